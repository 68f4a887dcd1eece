/* SPDX-License-Identifier: MIT */
/* The columns of samples, their order and their limits: FORMAT.md, "Samples". */
#include "format/samples.h"

#include "format/column.h"
#include "payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 6, WHOS = 2 * GROUP_SESSIONS, FIRST = 1000 };

struct fixture {
	struct payload *payload;
	struct defs defs;
	struct samples samples;
};

/* Sessions 0 and 2 are of process 0, session 1 of process 1. */
static const uint32_t owners[] = {0, 1, 0};

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f || defs_init(&f->defs) || samples_init(&f->samples))
		return -1;
	defs_add_process(&f->defs, &(struct def_process){.pid = 1});
	defs_add_process(&f->defs, &(struct def_process){.pid = 2});
	for (int i = 0; i < 3; i++)
		defs_add_session(&f->defs, &(struct def_session){.process = owners[i]});
	return payload_enter((void **)&f->payload);
}

static int leave(void **state)
{
	struct fixture *f = *state;

	defs_release(&f->defs);
	samples_release(&f->samples);
	payload_leave((void **)&f->payload);
	free(f);
	return 0;
}

/* --- Six samples ---------------------------------------------------------------------------- */

/* By session and direction; which of them that is in its process, and what it moved. */
static const uint32_t keys[N] = {5, 1, 2, 1, 4, 5};
static const uint64_t times[N] = {0, 10, 0, 0, 5, 1};
static const uint64_t sizes[N] = {100, 200, 300, 400, 500, UINT64_MAX};

/*
 * The same as FORMAT.md has it. Process 0 received (who 0) sample 4, of place 1; it sent (who 1)
 * 0, 1, 3 and 5, of places 1, 0, 0, 1; process 1 received (who 2) sample 2.
 */
static const uint64_t who[N] = {1, 1, 2, 1, 0, 1};
static const uint64_t place[N] = {1, 1, 0, 0, 1, 0};
static const uint64_t bytes[N] = {500, 200, 400, 100, UINT64_MAX, 300};

static void put(struct fixture *f, enum section_id id, const uint64_t *values, uint32_t n)
{
	payload_column(f->payload, values, n);
	payload_put_content(f->payload, id);
}

static void put_all_but(struct fixture *f, enum section_id left_out)
{
	payload_begin(f->payload);
	if (left_out != SECTION_WHO)
		put(f, SECTION_WHO, who, N);
	if (left_out != SECTION_PLACE)
		put(f, SECTION_PLACE, place, N);
	if (left_out != SECTION_TIME)
		put(f, SECTION_TIME, times, N);
	if (left_out != SECTION_BYTES)
		put(f, SECTION_BYTES, bytes, N);
}

static int decode(struct fixture *f, uint32_t n, uint64_t last_us)
{
	assert_int_equal(payload_open(f->payload), FMT_OK);
	return samples_decode(&f->payload->decoder, &f->samples, &f->defs, n, FIRST, last_us);
}

static int decode_six(struct fixture *f)
{
	return decode(f, N, UINT64_MAX);
}

static void grouping_is_undone(void **state)
{
	struct fixture *f = *state;
	uint64_t now = FIRST;

	put_all_but(f, SECTION_FLAGS);
	assert_int_equal(decode_six(f), FMT_OK);
	assert_int_equal(f->samples.n, N);
	assert_false(f->samples.orphans || f->samples.many_calls || f->samples.any_flags);
	for (int i = 0; i < N; i++) {
		now += times[i];
		assert_int_equal(f->samples.key[i], keys[i]);
		assert_int_equal(f->samples.bytes[i], sizes[i]);
		assert_int_equal(f->samples.time_us[i], now);
	}
}

static void assert_written(struct fixture *f, enum section_id id, const uint64_t *wanted)
{
	uint64_t got[N];
	struct cursor c;

	assert_int_equal(section_content(&f->payload->decoder, id, &c), FMT_OK);
	assert_true(get_column(&c, got, N));
	assert_int_equal(cursor_left(&c), 0);
	assert_memory_equal(got, wanted, sizeof(got));
}

static void is_grouped(void **state)
{
	struct fixture *f = *state;
	struct samples *s = &f->samples;
	uint64_t now = FIRST;

	s->n = N;
	for (int i = 0; i < N; i++) {
		s->time_us[i] = now += times[i];
		s->key[i] = keys[i];
		s->bytes[i] = sizes[i];
		s->calls[i] = 1;
		s->flags[i] = 0;
	}
	encoder_begin(&f->payload->encoder);
	samples_encode(&f->payload->encoder, s, &f->defs, FIRST);
	payload_open_encoded(f->payload);
	assert_written(f, SECTION_WHO, who);
	assert_written(f, SECTION_PLACE, place);
	assert_written(f, SECTION_TIME, times);
	assert_written(f, SECTION_BYTES, bytes);
	/* What is 1, or 0, of all of them takes nothing. */
	assert_false(section_present(&f->payload->decoder, SECTION_CALLS));
	assert_false(section_present(&f->payload->decoder, SECTION_FLAGS));
}

static void columns_that_are_missing(void **state)
{
	static const enum section_id ids[] = {
		SECTION_WHO, SECTION_PLACE, SECTION_TIME, SECTION_BYTES};
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		put_all_but(f, ids[i]);
		assert_int_equal(decode_six(f), FMT_EDAMAGED);
	}
	/* A block of no samples needs none. */
	payload_begin(f->payload);
	assert_int_equal(decode(f, 0, FIRST), FMT_OK);
	assert_int_equal(f->samples.n, 0);
}

/* A column one value too short is damage; what is behind one is passed over. */
static void columns_of_another_length(void **state)
{
	static const struct {
		enum section_id id;
		const uint64_t *values;
	} columns[] = {{SECTION_WHO, who}, {SECTION_PLACE, place}, {SECTION_TIME, times},
		{SECTION_BYTES, bytes}, {SECTION_CALLS, sizes}, {SECTION_FLAGS, who}};
	struct fixture *f = *state;

	for (int i = 0; i < 6; i++) {
		const uint64_t *values = columns[i].values;

		put_all_but(f, columns[i].id);
		put(f, columns[i].id, values, N - 1);
		assert_int_equal(decode_six(f), FMT_EDAMAGED);
		put_all_but(f, columns[i].id);
		payload_column(f->payload, columns[i].id == SECTION_CALLS ? who : values, N);
		put_u8(&f->payload->content, 0xff);
		payload_put_content(f->payload, columns[i].id);
		assert_int_equal(decode_six(f), FMT_OK);
	}
}

/* --- Limits --------------------------------------------------------------------------------- */

/* All of two samples' columns, each of one value. */
struct two {
	uint64_t who, place, time, bytes, calls, flags;
};

static int decode_two(struct fixture *f, const struct two *t, uint64_t last_us)
{
	const uint64_t values[] = {t->who, t->place, t->time, t->bytes, t->calls, t->flags};
	static const enum section_id ids[] = {SECTION_WHO, SECTION_PLACE, SECTION_TIME,
		SECTION_BYTES, SECTION_CALLS, SECTION_FLAGS};

	payload_begin(f->payload);
	for (int i = 0; i < 6; i++) {
		payload_constant(f->payload, values[i], 2);
		payload_put_content(f->payload, ids[i]);
	}
	return decode(f, 2, last_us);
}

static void limits_of_columns(void **state)
{
	struct fixture *f = *state;
	const struct two most = {.who = WHOS - 1,
		.place = GROUP_SESSIONS - 1,
		.bytes = UINT64_MAX,
		.calls = UINT32_MAX,
		.flags = UINT8_MAX};
	struct two t = most;

	assert_int_equal(decode_two(f, &t, FIRST), FMT_OK);
	assert_int_equal(f->samples.bytes[1], UINT64_MAX);
	assert_int_equal(f->samples.calls[1], UINT32_MAX);
	assert_int_equal(f->samples.flags[1], UINT8_MAX);
	t.who++;
	assert_int_equal(decode_two(f, &t, FIRST), FMT_EDAMAGED);
	t.who = UINT32_MAX;
	assert_int_equal(decode_two(f, &t, FIRST), FMT_EDAMAGED);
	t = most;
	t.place++;
	assert_int_equal(decode_two(f, &t, FIRST), FMT_EDAMAGED);
	t.place = UINT32_MAX;
	assert_int_equal(decode_two(f, &t, FIRST), FMT_EDAMAGED);
	t = most;
	t.calls++;
	assert_int_equal(decode_two(f, &t, FIRST), FMT_EDAMAGED);
	t = most;
	t.flags++;
	assert_int_equal(decode_two(f, &t, FIRST), FMT_EDAMAGED);
}

/* Within the block, and not round at 2^64 into it again. */
static void times_stay_in_the_block(void **state)
{
	struct fixture *f = *state;
	struct two t = {.time = 5};

	assert_int_equal(decode_two(f, &t, FIRST + 10), FMT_OK);
	assert_int_equal(f->samples.time_us[1], FIRST + 10);
	assert_int_equal(decode_two(f, &t, FIRST + 9), FMT_EDAMAGED);
	t.time = (UINT64_MAX - FIRST) / 2;
	assert_int_equal(decode_two(f, &t, UINT64_MAX), FMT_OK);
	t.time = UINT64_C(1) << 63;
	assert_int_equal(decode_two(f, &t, UINT64_MAX), FMT_EDAMAGED);
}

/* Places from 0 to the largest of each who: at most 131,072 in all. */
static void places_in_all(void **state)
{
	static const struct {
		uint64_t who[4], place[4]; /* the latter grouped, of who in ascending order */
		int status;
	} cases[] = {
		{{9, 3, 9, 3}, {65535, 0, 65535, 0}, FMT_OK},
		{{9, 3, 9, 3}, {0, 65535, 0, 65535}, FMT_OK},
		{{9, 3, 9, 99}, {65535, 65535, 0, 0}, FMT_EDAMAGED},
		{{9, 3, 9, 99}, {65534, 65535, 0, 0}, FMT_OK},
		{{9, 3, 9, 0}, {0, 65535, 65535, 0}, FMT_EDAMAGED},
		{{9, 3, 9, 0}, {0, 65535, 65534, 0}, FMT_OK},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		payload_begin(f->payload);
		put(f, SECTION_WHO, cases[i].who, 4);
		put(f, SECTION_PLACE, cases[i].place, 4);
		put(f, SECTION_TIME, times, 4);
		put(f, SECTION_BYTES, sizes, 4);
		assert_int_equal(decode(f, 4, UINT64_MAX), cases[i].status);
	}
}

/* --- Sessions that are not known, or known twice -------------------------------------------- */

static void orphans(void **state)
{
	struct fixture *f = *state;

	f->defs.session[2].process = DEFS_UNKNOWN;
	put_all_but(f, SECTION_FLAGS);
	assert_int_equal(decode_six(f), FMT_OK);
	assert_true(f->samples.orphans);
	for (int i = 0; i < N; i++) {
		assert_int_equal(f->samples.key[i], keys[i] / 2 == 2 ? SAMPLES_UNKNOWN : keys[i]);
		assert_int_equal(f->samples.bytes[i], sizes[i]);
	}
}

/* Two of a process with the same place; of different ones it is nothing special. */
static void the_same_place_twice(void **state)
{
	struct fixture *f = *state;

	f->defs.session[2].place = 0;
	put_all_but(f, SECTION_FLAGS);
	assert_int_equal(decode_six(f), FMT_EDAMAGED);
	f->defs.session[2].place = 1;
	f->defs.session[1].place = 0;
	assert_int_equal(decode_six(f), FMT_OK);
}

/* --- Order ---------------------------------------------------------------------------------- */

/* By time; those of the same time stay as they are to each other, with all that is theirs. */
static void sorting(void **state)
{
	enum { MANY = 1000 };
	struct fixture *f = *state;
	struct samples *s = &f->samples;
	uint64_t seed = 1;

	s->n = MANY;
	for (uint32_t i = 0; i < MANY; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		s->time_us[i] = seed >> 57;
		s->bytes[i] = s->key[i] = s->calls[i] = i;
		s->flags[i] = (uint8_t)i;
	}
	samples_sort(s);
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t was = s->key[i];

		assert_true(!i || s->time_us[i - 1] < s->time_us[i] ||
			    (s->time_us[i - 1] == s->time_us[i] && s->key[i - 1] < was));
		assert_int_equal(s->bytes[i], was);
		assert_int_equal(s->calls[i], was);
		assert_int_equal(s->flags[i], (uint8_t)was);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(grouping_is_undone),
		TEST(is_grouped),
		TEST(columns_that_are_missing),
		TEST(columns_of_another_length),
		TEST(limits_of_columns),
		TEST(times_stay_in_the_block),
		TEST(places_in_all),
		TEST(orphans),
		TEST(the_same_place_twice),
		TEST(sorting),
	};

	return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
