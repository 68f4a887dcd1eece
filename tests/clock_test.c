/* SPDX-License-Identifier: MIT */
#include "tests/report_fixture.h"

static void set_zone(const char *tz)
{
	setenv("TZ", tz, 1);
}

static void times_are_local(void **state)
{
	struct clock c;
	char zone[CLOCK_SIZE];

	(void)state;
	set_zone("XST-05:30");
	clock_init(&c, false);
	assert_string_equal(clock_date_time(&c, WALL_START), "2026-11-20 15:25:00");
	assert_string_equal(clock_time(&c, WALL_START + SECOND_US), "15:25:01");
	clock_zone(&c, WALL_START, zone);
	assert_string_equal(zone, "XST");
}

static void utc_is_utc_in_any_zone(void **state)
{
	struct clock c;
	char zone[CLOCK_SIZE];

	(void)state;
	set_zone("XST-05:30");
	clock_init(&c, true);
	assert_string_equal(clock_date_time(&c, WALL_START), "2026-11-20 09:55:00");
	clock_zone(&c, WALL_START, zone);
	assert_string_equal(zone, "UTC");
}

static void summer_time_is_followed(void **state)
{
	/* 2026-10-25 00:59:59 UTC, a second before Central Europe goes back to 02:00. */
	const int64_t before = (int64_t)1792889999 * SECOND_US;
	struct clock c;

	(void)state;
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	clock_init(&c, false);
	assert_string_equal(clock_date_time(&c, before), "2026-10-25 02:59:59");
	assert_string_equal(clock_date_time(&c, before + SECOND_US), "2026-10-25 02:00:00");
}

static void times_before_1970(void **state)
{
	struct clock c;
	char epoch[CLOCK_SIZE];

	(void)state;
	clock_init(&c, true);
	assert_string_equal(clock_date_time(&c, -1), "1969-12-31 23:59:59");
	assert_int_equal(clock_fraction(-1), 999999);
	clock_epoch(epoch, -1, false);
	assert_string_equal(epoch, "-0.000001");
	clock_epoch(epoch, -1500000, true);
	assert_string_equal(epoch, "-1.500000");
}

static void absurd_times_do_no_harm(void **state)
{
	struct clock c;
	char text[CLOCK_SIZE];

	(void)state;
	clock_init(&c, true);
	assert_non_null(strchr(clock_date_time(&c, INT64_MAX), ' '));
	assert_non_null(strchr(clock_date_time(&c, INT64_MIN), ' '));
	assert_int_equal(clock_fraction(INT64_MIN), 224192);
	clock_epoch(text, INT64_MIN, false);
	assert_string_equal(text, "-9223372036854.775808");
	clock_span(text, clock_between(INT64_MIN, INT64_MAX));
	assert_string_equal(text, "0.000 s");
	assert_true(clock_wall(UINT64_MAX, 2) == 1);
}

static void epochs_have_six_decimals(void **state)
{
	char epoch[CLOCK_SIZE];

	(void)state;
	assert_int_equal(clock_epoch(epoch, WALL_START, false), 17);
	assert_string_equal(epoch, "1795168500.000000");
	assert_int_equal(clock_epoch(epoch, WALL_START, true), 10);
	assert_string_equal(epoch, "1795168500");
	clock_epoch(epoch, WALL_START + 10, true);
	assert_string_equal(epoch, "1795168500.000010");
	clock_epoch(epoch, 0, true);
	assert_string_equal(epoch, "0");
	clock_epoch(epoch, 0, false);
	assert_string_equal(epoch, "0.000000");
}

static void spans_are_for_people(void **state)
{
	char text[CLOCK_SIZE];

	(void)state;
	clock_span(text, 0);
	assert_string_equal(text, "0.000 s");
	clock_span(text, 59999999);
	assert_string_equal(text, "59.999 s");
	clock_span(text, (int64_t)60 * SECOND_US);
	assert_string_equal(text, "1 m 00 s");
	clock_span(text, (int64_t)3723 * SECOND_US);
	assert_string_equal(text, "1 h 02 m 03 s");
}

static void days_are_told_apart(void **state)
{
	const int64_t midnight = (int64_t)1795219200 * SECOND_US; /* 2026-11-21 */
	struct clock c;

	(void)state;
	clock_init(&c, true);
	assert_true(clock_day(&c, midnight) != clock_day(&c, midnight - 1));
	assert_true(clock_day(&c, midnight) == clock_day(&c, midnight + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_local),
		cmocka_unit_test(utc_is_utc_in_any_zone),
		cmocka_unit_test(summer_time_is_followed),
		cmocka_unit_test(times_before_1970),
		cmocka_unit_test(absurd_times_do_no_harm),
		cmocka_unit_test(epochs_have_six_decimals),
		cmocka_unit_test(spans_are_for_people),
		cmocka_unit_test(days_are_told_apart),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
