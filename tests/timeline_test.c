/* SPDX-License-Identifier: MIT */
#include "report/timeline.h"
#include "tests/report_fixture.h"

static struct filter everything;

static struct feed feed_of(uint32_t number)
{
	return (struct feed){.name = "a.data",
		.origin = {"web1", "boot"},
		.sessions = fixture_sessions,
		.session_count = FIXTURE_SESSIONS,
		.number = number};
}

/* A group of a recording that began so many ms after the start. */
static void begin(struct timeline *t, uint64_t recording, int64_t ms)
{
	const struct header header = {.recording = recording,
		.start_us = BOOT_START + (uint64_t)(ms * 1000),
		.start_wall_us = WALL_START + ms * 1000};
	struct feed feed = feed_of(0);

	timeline_group(t, &feed, &header, WALL_START);
}

static struct timeline *open_by(enum key_by by)
{
	struct timeline *t = NULL;

	assert_int_equal(timeline_new(&t, &everything, by), 0);
	begin(t, 1, 0);
	return t;
}

/* A block of one sample of the feed, so many ms after the start. */
static void add_from(struct timeline *t, const struct feed *feed, int64_t ms, uint32_t session,
	enum direction dir, uint64_t bytes)
{
	uint64_t time = BOOT_START + (uint64_t)(ms * 1000);
	uint32_t key = 2 * session + (uint32_t)dir;
	struct block b = {.samples = 1,
		.time_us = &time,
		.key = &key,
		.bytes = &bytes,
		.first_us = time,
		.last_us = time,
		.wall_offset_us = WALL_START - (int64_t)BOOT_START};

	assert_int_equal(timeline_add(t, feed, &b), 0);
}

static void add(
	struct timeline *t, int64_t ms, uint32_t session, enum direction dir, uint64_t bytes)
{
	struct feed feed = feed_of(0);

	add_from(t, &feed, ms, session, dir, bytes);
}

static struct picture picture_of(struct timeline *t)
{
	struct picture p;

	assert_int_equal(timeline_picture(t, SORT_TOTAL, &p), 0);
	return p;
}

static uint64_t all_bytes(const struct picture *p, int dir)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->steps; i++)
		for (size_t s = 0; s <= TIMELINE_SERIES; s++)
			sum += p->step[i].bytes[s][dir];
	return sum;
}

static void nothing(void **state)
{
	struct timeline *t = open_by(BY_SESSION);
	struct picture p = picture_of(t);

	(void)state;
	assert_int_equal(p.steps, 0);
	assert_int_equal(p.series, 0);
	timeline_free(t);
}

static void largest_first(void **state)
{
	struct timeline *t = open_by(BY_COMM);
	struct picture p;

	(void)state;
	add(t, 0, CURL, DIR_RX, 10);
	add(t, 20, NGINX, DIR_TX, 30);
	add(t, 40, DNS, DIR_TX, 5);
	p = picture_of(t);
	assert_int_equal(p.width_us, 10000);
	assert_int_equal(p.start_us, WALL_START);
	assert_int_equal(p.steps, 5);
	assert_int_equal(p.series, 2);
	assert_false(p.others);
	assert_string_equal(p.key[0]->comm, "nginx");
	assert_int_equal(p.step[2].bytes[0][DIR_TX], 30);
	assert_int_equal(p.step[0].bytes[1][DIR_RX], 10);
	assert_int_equal(p.step[4].bytes[1][DIR_TX], 5);
	timeline_free(t);
}

/* Whatever the order, every byte stands in the step that its time lies in. */
static void widens(void **state)
{
	static const int64_t times_ms[] = {
		5000, 0, 70, 999, 3600 * 1000, -60 * 1000, 86400 * 1000, 5001};
	struct timeline *t = open_by(BY_SESSION);
	struct picture p;
	uint64_t expected = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(times_ms) / sizeof(times_ms[0]); i++) {
		uint64_t bytes = UINT64_C(1) << (4 * i);

		add(t, times_ms[i], CURL, DIR_RX, bytes);
		expected += bytes;
		p = picture_of(t);
		assert_true(p.steps <= TIMELINE_STEPS);
		assert_int_equal(p.start_us % p.width_us, 0);
		assert_int_equal(all_bytes(&p, DIR_RX), expected);
		for (size_t k = 0; k <= i; k++) {
			int64_t wall = WALL_START + times_ms[k] * 1000;
			const struct step *s = &p.step[(wall - p.start_us) / p.width_us];

			assert_true(s->recorded);
			assert_true(s->bytes[0][DIR_RX] >> (4 * k) & 1);
		}
	}
	assert_int_equal(p.width_us, 600 * (int64_t)SECOND_US);
	timeline_free(t);
}

static void others(void **state)
{
	struct session sessions[12];
	struct timeline *t = open_by(BY_LPORT);
	struct feed feed = feed_of(0);
	struct picture p;

	(void)state;
	feed.sessions = sessions;
	feed.session_count = 12;
	for (uint32_t i = 0; i < 12; i++) {
		sessions[i] = fixture_sessions[CURL];
		sessions[i].conn.lport = (uint16_t)(1000 + i);
		add_from(t, &feed, 0, i, DIR_RX, 100 + i);
	}
	p = picture_of(t);
	assert_int_equal(p.series, TIMELINE_SERIES);
	assert_true(p.others);
	assert_int_equal(p.key[0]->lport, 1011);
	assert_int_equal(p.step[0].bytes[0][DIR_RX], 111);
	assert_int_equal(p.step[0].bytes[TIMELINE_SERIES][DIR_RX], 100 + 101 + 102 + 103);
	timeline_free(t);
}

static bool recorded_at(const struct picture *p, int64_t ms)
{
	return p->step[(WALL_START + ms * 1000 - p->start_us) / p->width_us].recorded;
}

/* Idle is not the same as absent. */
static void idle_and_absent(void **state)
{
	struct timeline *t = open_by(BY_SESSION);
	struct picture p;

	(void)state;
	add(t, 0, CURL, DIR_RX, 1);
	add(t, 100, CURL, DIR_RX, 1);
	timeline_hole(t);
	add(t, 200, CURL, DIR_RX, 1);
	begin(t, 1, 0);
	add(t, 300, CURL, DIR_RX, 1);
	begin(t, 2, 400);
	add(t, 400, CURL, DIR_RX, 1);
	p = picture_of(t);
	assert_true(recorded_at(&p, 50));
	assert_false(recorded_at(&p, 150));
	assert_true(recorded_at(&p, 250));
	assert_false(recorded_at(&p, 350));
	assert_true(recorded_at(&p, 400));
	timeline_free(t);
}

/* From its start until its end, also where it saw nothing; of the parts of a set no gap is shown.
 */
static void parts_follow_each_other(void **state)
{
	struct timeline *t = NULL;
	struct picture p;

	(void)state;
	assert_int_equal(timeline_new(&t, &everything, BY_SESSION), 0);
	begin(t, 1, -500); /* what it saw before is not selected */
	add(t, 100, CURL, DIR_RX, 1);
	assert_int_equal(timeline_end(t, WALL_START + 200000), 0);
	begin(t, 2, 200);
	add(t, 300, CURL, DIR_RX, 1);
	timeline_hole(t);
	assert_int_equal(timeline_end(t, WALL_START + 400000), 0);
	begin(t, 3, 400); /* something of it is missing */
	add(t, 500, CURL, DIR_RX, 1);
	p = picture_of(t);
	assert_int_equal(p.start_us, WALL_START);
	for (int64_t ms = 0; ms <= 300; ms += 10)
		assert_true(recorded_at(&p, ms));
	assert_false(recorded_at(&p, 350));
	assert_false(recorded_at(&p, 450));
	timeline_free(t);
}

static void losses(void **state)
{
	struct timeline *t = open_by(BY_SESSION);
	struct feed feed = feed_of(0);
	const struct loss loss = {
		BOOT_START + 20000, BOOT_START + 39999, {{1, 0}, {1, 0}}, LOST_RING, 0};
	struct block b = {.first_us = BOOT_START,
		.last_us = BOOT_START + 100000,
		.wall_offset_us = WALL_START - (int64_t)BOOT_START,
		.losses = 1,
		.loss = &loss};
	struct picture p;

	(void)state;
	assert_int_equal(timeline_add(t, &feed, &b), 0);
	p = picture_of(t);
	assert_int_equal(p.steps, 11);
	for (size_t i = 0; i < p.steps; i++)
		assert_int_equal(p.step[i].lost, i == 2 || i == 3);
	timeline_free(t);
}

/* Times from one end of their type to the other, as a hostile file may have them. */
static void absurd_times(void **state)
{
	static const int64_t offsets[] = {INT64_MIN, INT64_MAX, 0, -1};
	struct timeline *t = open_by(BY_SESSION);
	struct feed feed = feed_of(0);
	struct picture p;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint64_t time[2] = {0, UINT64_MAX}, bytes[2] = {1, 1};
		uint32_t key[2] = {0, 0};
		struct block b = {.samples = 2,
			.time_us = time,
			.key = key,
			.bytes = bytes,
			.first_us = 0,
			.last_us = UINT64_MAX,
			.wall_offset_us = offsets[i]};

		assert_int_equal(timeline_add(t, &feed, &b), 0);
	}
	p = picture_of(t);
	assert_true(p.steps > 0 && p.steps <= TIMELINE_STEPS);
	assert_int_equal(all_bytes(&p, DIR_RX), 8);
	timeline_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(largest_first),
		cmocka_unit_test(widens),
		cmocka_unit_test(others),
		cmocka_unit_test(idle_and_absent),
		cmocka_unit_test(parts_follow_each_other),
		cmocka_unit_test(losses),
		cmocka_unit_test(absurd_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
