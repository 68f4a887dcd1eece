/* SPDX-License-Identifier: MIT */
/* From when to when there was a recording, as far as it is selected. */
#include "report/span.h"
#include "tests/report_fixture.h"

/* Times are seconds after the start. */
static int64_t wall(int second)
{
	return WALL_START + second * SECOND_US;
}

static struct view_setup select_time(int since, int until)
{
	return (struct view_setup){.selection = {wall(since), wall(until)}};
}

static const struct view_setup everything = {.selection = {INT64_MIN, INT64_MAX}};

/* A recording begins; first and last: of its first group. */
static void group(struct span *s, const struct view_setup *setup, int start, int first, int last)
{
	const struct header header = {.start_wall_us = wall(start)};

	span_group(s, &header);
	span_part(s, setup, wall(first), wall(last));
}

static bool finish(struct span *s, const struct view_setup *setup, int end)
{
	const struct reader_stats stats = {.finish_wall_us = wall(end)};
	const struct feed feed = {.stats = &stats};

	return span_finish(s, setup, &feed);
}

static void expect(const struct span *s, int first, int last)
{
	assert_false(span_is_empty(s));
	assert_int_equal((s->first_us - WALL_START) / SECOND_US, first);
	assert_int_equal((s->last_us - WALL_START) / SECOND_US, last);
}

static void a_recording_counts_from_its_start_to_its_end(void **state)
{
	struct span s;

	(void)state;
	span_init(&s);
	group(&s, &everything, 1, 3, 5);
	expect(&s, 1, 5);
	span_part(&s, &everything, wall(6), wall(8));
	expect(&s, 1, 8);
	assert_true(finish(&s, &everything, 9));
	expect(&s, 1, 9);
	span_left(&s, &everything); /* that is, until the end of time */
	assert_true(s.last_us == INT64_MAX);
}

/* A group may begin in the selection, or before, and have no part in it. */
static void a_beginning_alone_is_nothing(void **state)
{
	const struct header header = {.start_wall_us = wall(0)};
	const struct view_setup setup = select_time(10, 20);
	struct span s;

	(void)state;
	span_init(&s);
	assert_true(span_is_empty(&s));
	span_group(&s, &header);
	assert_true(span_is_empty(&s));
	span_left(&s, &setup);
	assert_true(span_is_empty(&s));
}

static void only_what_is_selected_counts(void **state)
{
	const struct view_setup setup = select_time(10, 20);
	struct span s;

	(void)state;
	span_init(&s);
	group(&s, &setup, 1, 12, 15);
	expect(&s, 10, 15);
	assert_true(finish(&s, &setup, 30));
	expect(&s, 10, 20);

	span_init(&s);
	group(&s, &setup, 11, 12, 15);
	span_left(&s, &setup);
	expect(&s, 11, 20);
}

/* Idle all the time: there is no part that would tell. */
static void an_end_is_enough(void **state)
{
	const struct header header = {.start_wall_us = wall(1)};
	const struct view_setup setup = select_time(10, 20);
	struct span s;

	(void)state;
	span_init(&s);
	span_group(&s, &header);
	assert_false(finish(&s, &setup, 9));
	assert_true(span_is_empty(&s));
	assert_true(finish(&s, &setup, 10));
	expect(&s, 10, 10);
}

static void files_in_any_order_come_to_the_same(void **state)
{
	struct span s;

	(void)state;
	span_init(&s);
	group(&s, &everything, 50, 51, 60);
	assert_true(finish(&s, &everything, 61));
	group(&s, &everything, 1, 3, 5);
	assert_true(finish(&s, &everything, 6));
	group(&s, &everything, 20, 21, 22);
	expect(&s, 1, 61);
}

/* Its header may be lost. */
static void a_start_that_is_not_known(void **state)
{
	struct span s;

	(void)state;
	span_init(&s);
	span_part(&s, &everything, wall(3), wall(5));
	expect(&s, 3, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_counts_from_its_start_to_its_end),
		cmocka_unit_test(a_beginning_alone_is_nothing),
		cmocka_unit_test(only_what_is_selected_counts),
		cmocka_unit_test(an_end_is_enough),
		cmocka_unit_test(files_in_any_order_come_to_the_same),
		cmocka_unit_test(a_start_that_is_not_known),
	};

	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
