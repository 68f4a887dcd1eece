/* SPDX-License-Identifier: MIT */
/*
 * A wall clock that is set while recording, slewed, or overtaken by a suspend: each sample has the
 * wall time that its moment had, on both sides of the step.
 */
#include "record/pulse.h"

#include "record/host.h"
#include "tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

/* --- The machine's clocks ------------------------------------------------------------------- */

#define SECOND_US INT64_C(1000000)

static int64_t boot_us, wall_us;

/* In place of the C library's: this machine's clock is not to be set. */
int clock_gettime(clockid_t id, struct timespec *t)
{
	int64_t us = id == CLOCK_REALTIME ? wall_us : boot_us;

	*t = (struct timespec){.tv_sec = us / SECOND_US, .tv_nsec = us % SECOND_US * 1000};
	return 0;
}

int tracer_skipped(const struct tracer *t, uint64_t calls[2])
{
	(void)t;
	calls[0] = calls[1] = 0;
	return 0;
}

static void pass(int64_t us)
{
	boot_us += us;
	wall_us += us;
}

/* --- A recording ---------------------------------------------------------------------------- */

enum { SAMPLES = 4096, ROUND_US = 100000, EACH_US = 10000 };

struct run {
	struct tape tape;
	struct writer *writer;
	struct pulse pulse;
	uint32_t handle;
	int64_t wall_us[SAMPLES]; /* as it was at each sample */
	uint32_t samples;
};

static int enter(void **state)
{
	struct run *r = calloc(1, sizeof(*r));
	struct session session = {.conn = {.proto = PROTO_TCP, .family = 4}};
	struct header header = {.recording = 1};

	*state = r;
	if (!r)
		return -1;
	boot_us = 5000 * SECOND_US;
	wall_us = 1795190000 * SECOND_US;
	session.process.cgroup = "";
	if (host_describe_moment(&header, (uint64_t)boot_us, clock_wall_offset_us()) ||
		writer_new(&r->writer, &header, tape_sink(&r->tape)) ||
		writer_define(r->writer, &session, &r->handle))
		return -1;
	pulse_init(&r->pulse, (uint64_t)boot_us);
	return 0;
}

static int leave(void **state)
{
	struct run *r = *state;

	writer_free(r->writer);
	tape_release(&r->tape);
	free(r);
	return 0;
}

/* As the recorder does it: looks at the clock, then takes what has happened since the last time. */
static void look(struct run *r)
{
	uint64_t now_us = (uint64_t)boot_us;

	assert_int_equal(pulse_clock(&r->pulse, r->writer, now_us), FMT_OK);
	assert_int_equal(pulse_second(&r->pulse, r->writer, NULL, now_us), FMT_OK);
}

static void record(struct run *r, int rounds)
{
	look(r);
	for (int i = 0; i < rounds; i++) {
		for (int k = 0; k < ROUND_US / EACH_US; k++) {
			struct sample s = {
				.session = r->handle, .bytes = 1 + r->samples, .calls = 1};

			pass(EACH_US);
			s.time_us = (uint64_t)boot_us;
			assert_true(r->samples < SAMPLES);
			r->wall_us[r->samples++] = wall_us;
			assert_int_equal(writer_sample(r->writer, &s), FMT_OK);
		}
		look(r);
		if (i % 3 == 2)
			assert_int_equal(writer_flush(r->writer, (uint64_t)boot_us), FMT_OK);
	}
}

/* The samples are those of the books, in order, at their times but for so much. */
static void assert_times(struct run *r, int64_t tolerance_us)
{
	uint32_t at = 0;
	struct item item;
	struct reader *reader;
	int status;

	assert_int_equal(writer_finish(r->writer, (uint64_t)boot_us), FMT_OK);
	reader = tape_reader(&r->tape);
	while (!(status = reader_next(reader, &item))) {
		const struct block *b = item.block;

		assert_int_not_equal(item.kind, ITEM_DAMAGE);
		for (uint32_t i = 0; item.kind == ITEM_BLOCK && i < b->samples; i++, at++) {
			int64_t off = (int64_t)b->time_us[i] + b->wall_offset_us - r->wall_us[at];

			assert_int_equal(b->bytes[i], 1 + at);
			assert_in_range(off + tolerance_us, 0, 2 * tolerance_us);
		}
	}
	assert_int_equal(status, FMT_END);
	assert_int_equal(at, r->samples);
}

static void test_nothing_happens(void **state)
{
	record(*state, 100);
	assert_times(*state, 0);
}

static void test_set_forwards_and_backwards(void **state)
{
	static const int64_t steps[] = {3600 * SECOND_US, -7200 * SECOND_US, 1500, -1500, SECOND_US,
		-SECOND_US, 86400 * 365 * SECOND_US, -86400 * 365 * SECOND_US, -200000};

	record(*state, 10);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		wall_us += steps[i];
		record(*state, 1 + (int)i);
	}
	assert_times(*state, 0);
}

/* Before 1970: what a host without a battery for its clock believes. */
static void test_set_before_the_epoch(void **state)
{
	record(*state, 10);
	wall_us = -5 * SECOND_US;
	record(*state, 100);
	wall_us = 1795190000 * SECOND_US;
	record(*state, 10);
	assert_times(*state, 0);
}

/* A clock that is slewed is never more than a millisecond off. */
static void test_slewed(void **state)
{
	for (int i = 0; i < 200; i++) {
		wall_us += i < 100 ? 50 : -50;
		record(*state, 1);
	}
	assert_times(*state, 1000);
}

/* Both clocks go on while the machine sleeps; and it may be set while nobody looks. */
static void test_suspend(void **state)
{
	record(*state, 10);
	pass(8 * 3600 * SECOND_US);
	record(*state, 10);
	pass(100 * 86400 * SECOND_US);
	wall_us -= 1234567;
	record(*state, 10);
	assert_times(*state, 0);
}

#define test_clock(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_clock(test_nothing_happens),
		test_clock(test_set_forwards_and_backwards),
		test_clock(test_set_before_the_epoch),
		test_clock(test_slewed),
		test_clock(test_suspend),
	};

	return cmocka_run_group_tests_name("pulse", tests, NULL, NULL);
}
