/* SPDX-License-Identifier: MIT */
#include "report/moment.h"
#include "tests/report_fixture.h"
#include <errno.h>
#include <unistd.h>

static const int64_t HOUR = 3600 * (int64_t)SECOND_US;

/* What the text means for a recording of an hour from WALL_START on, as text of the zone. */
static void expect_in(const char *zone, const char *text, bool late, const char *expected)
{
	struct moment m;
	struct clock c;
	char found[CLOCK_SIZE + 8];
	int64_t wall;

	setenv("TZ", zone, 1);
	clock_init(&c, false);
	assert_int_equal(moment_parse(&m, text), 0);
	wall = moment_find(&m, &c, WALL_START, WALL_START + HOUR, late);
	clock_init(&c, true);
	snprintf(found, sizeof(found), "%s.%06u", clock_date_time(&c, wall), clock_fraction(wall));
	assert_string_equal(found, expected);
}

static void expect(const char *text, const char *expected)
{
	expect_in("UTC0", text, false, expected);
}

static void dates(void **state)
{
	(void)state;
	expect("2026-11-20T09:55:00Z", "2026-11-20 09:55:00.000000");
	expect("2026-11-20T09:55:00.25+01:00", "2026-11-20 08:55:00.250000");
	expect("2026-11-20 09:55:00-0330", "2026-11-20 13:25:00.000000");
	expect("2026-11-20 09:55", "2026-11-20 09:55:00.000000");
	expect("2026-11-20", "2026-11-20 00:00:00.000000");
	expect("2024-02-29 23:59:59.999999", "2024-02-29 23:59:59.999999");
	expect("@1795168500.5", "2026-11-20 09:55:00.500000");
	expect("1969-12-31T23:59:59Z", "1969-12-31 23:59:59.000000");
	expect_in("CET-1CEST,M3.5.0,M10.5.0/3", "2026-11-20 09:55", false,
		"2026-11-20 08:55:00.000000");
	expect_in("CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-20 09:55", false,
		"2026-07-20 07:55:00.000000");
}

static void spans(void **state)
{
	(void)state;
	expect("+90s", "2026-11-20 09:56:30.000000");
	expect("+90", "2026-11-20 09:56:30.000000");
	expect("+250ms", "2026-11-20 09:55:00.250000");
	expect("+1.5h", "2026-11-20 11:25:00.000000");
	expect("-5m", "2026-11-20 10:50:00.000000");
	expect("-1d", "2026-11-19 10:55:00.000000");
}

static void times_of_day(void **state)
{
	(void)state;
	expect("09:55:30", "2026-11-20 09:55:30.000000");
	expect("10:00", "2026-11-20 10:00:00.000000");
	expect("09:50", "2026-11-20 09:50:00.000000"); /* before all: from the start on */
	expect_in("XYZ-13:30", "00:10", false, "2026-11-20 10:40:00.000000"); /* past midnight */
	expect_in("XYZ-13:30", "23:50", false, "2026-11-20 10:20:00.000000");
}

/* The hour that comes twice, and the one that never comes. */
static void clock_changes(void **state)
{
	static const char cet[] = "CET-1CEST,M3.5.0,M10.5.0/3";

	(void)state;
	expect_in(cet, "2026-10-25 02:30", false, "2026-10-25 00:30:00.000000");
	expect_in(cet, "2026-10-25 02:30", true, "2026-10-25 01:30:00.000000");
	expect_in(cet, "2026-03-29 02:30", false, "2026-03-29 01:30:00.000000");
	expect_in(cet, "2026-03-29 01:59", false, "2026-03-29 00:59:00.000000");
	expect_in(cet, "2026-03-29 03:00", false, "2026-03-29 01:00:00.000000");
}

/* In Ireland the time of summer is the standard, and that of winter is what is set back. */
static void clock_changes_of_winter_time(void **state)
{
	static const char dublin[] = "IST-1GMT0,M10.5.0,M3.5.0/1";

	(void)state;
	expect_in(dublin, "2026-10-25 01:30", false, "2026-10-25 00:30:00.000000");
	expect_in(dublin, "2026-10-25 01:30", true, "2026-10-25 01:30:00.000000");
	expect_in(dublin, "2026-03-29 01:30", false, "2026-03-29 01:30:00.000000");
	expect_in(dublin, "2026-03-29 01:30", true, "2026-03-29 01:30:00.000000");
}

/* Kazakhstan gave up an hour, and Samoa a day. */
static void clock_changes_for_good(void **state)
{
	static const char almaty[] = "Asia/Almaty", apia[] = "Pacific/Apia";

	(void)state;
	if (access("/usr/share/zoneinfo/Asia/Almaty", R_OK)) {
		print_message("the time zones are not installed\n");
		skip();
	}
	expect_in(almaty, "2024-02-29 23:30", false, "2024-02-29 17:30:00.000000");
	expect_in(almaty, "2024-02-29 23:30", true, "2024-02-29 18:30:00.000000");
	expect_in(apia, "2011-12-30 12:00", false, "2011-12-30 22:00:00.000000");
	expect_in(apia, "2011-12-31 12:00", false, "2011-12-30 22:00:00.000000");
}

static void a_zone_that_is_told(void **state)
{
	const struct zone zone = {.known = true, .offset_s = -12600, .name = "NST"};
	char name[CLOCK_SIZE];
	struct moment m;
	struct clock c;
	int64_t wall;

	(void)state;
	setenv("TZ", "CET-1", 1);
	clock_init(&c, false);
	clock_fix(&c, &zone);
	assert_int_equal(moment_parse(&m, "2026-11-20 06:25"), 0);
	wall = moment_find(&m, &c, 0, 0, false);
	assert_true(wall == WALL_START);
	assert_string_equal(clock_date_time(&c, wall), "2026-11-20 06:25:00");
	clock_zone(&c, wall, name);
	assert_string_equal(name, "NST");
}

static void what_needs_the_end(void **state)
{
	struct moment m;
	struct clock c;

	(void)state;
	setenv("TZ", "UTC0", 1);
	clock_init(&c, false);
	assert_int_equal(moment_parse(&m, "-5m"), 0);
	assert_true(moment_wants_end(&m, &c, WALL_START));
	assert_int_equal(moment_parse(&m, "+5m"), 0);
	assert_false(moment_wants_end(&m, &c, WALL_START));
	assert_int_equal(moment_parse(&m, "09:54"), 0);
	assert_true(moment_wants_end(&m, &c, WALL_START));
	assert_int_equal(moment_parse(&m, "09:56"), 0);
	assert_false(moment_wants_end(&m, &c, WALL_START));
}

static void bad_times(void **state)
{
	static const char *const bad[] = {"", "x", "@", "@x", "@1.", "+", "+5x", "-", "-m", "9:55",
		"24:00", "09:60", "09:55:", "09:55:3", "09:55:30.", "2026", "2026-13-01",
		"2026-02-29", "2026-11-20X09:55", "2026-11-20T", "2026-11-20T09:55Q",
		"2026-11-20T09:55+1", "2026-11-20T09:55+01:60", "2026-11-20T09:55Zx",
		"+99999999999999d", "@99999999999999999999", "1795168500", "@1.1234567"};
	struct moment m;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(moment_parse(&m, bad[i]), -EINVAL);
}

/* A recording may claim to begin or end at any time. */
static void absurd_recordings(void **state)
{
	static const char *const texts[] = {"09:55:30.5", "+1000000d", "-1000000d", "2026-11-20"};
	struct moment m;
	struct clock c;

	(void)state;
	clock_init(&c, true);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(moment_parse(&m, texts[i]), 0);
		moment_wants_end(&m, &c, INT64_MIN);
		moment_wants_end(&m, &c, INT64_MAX);
		assert_true(moment_find(&m, &c, INT64_MIN, INT64_MIN, false) <=
			    moment_find(&m, &c, INT64_MAX, INT64_MAX, true));
	}
	assert_int_equal(moment_parse(&m, "+90s"), 0);
	assert_true(moment_find(&m, &c, INT64_MAX - 1, INT64_MAX, false) == INT64_MAX);
	assert_int_equal(moment_parse(&m, "-90s"), 0);
	assert_true(moment_find(&m, &c, INT64_MIN, INT64_MIN + 1, false) == INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates),
		cmocka_unit_test(spans),
		cmocka_unit_test(times_of_day),
		cmocka_unit_test(clock_changes),
		cmocka_unit_test(clock_changes_of_winter_time),
		cmocka_unit_test(clock_changes_for_good),
		cmocka_unit_test(a_zone_that_is_told),
		cmocka_unit_test(what_needs_the_end),
		cmocka_unit_test(bad_times),
		cmocka_unit_test(absurd_recordings),
	};

	return cmocka_run_group_tests_name("moment", tests, NULL, NULL);
}
