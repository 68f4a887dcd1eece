/* SPDX-License-Identifier: MIT */
#include "report/coverage.h"

#include "tests/report_fixture.h"

/* Seconds of a recording of the feed numbered. */
static int begin(struct coverage *c, uint32_t number, uint64_t recording, int64_t start)
{
	const struct feed feed = {.number = number};
	const struct header header = {.recording = recording, .start_wall_us = start * SECOND_US};

	return coverage_begin(c, &feed, &header);
}

static void end(struct coverage *c, uint32_t number, int64_t at)
{
	const struct feed feed = {.number = number};

	coverage_seen(c, at * SECOND_US);
	coverage_end(c, &feed);
}

/* "9+ 5-": of the n seconds from start on, 9 were recorded, and then 5 not. */
static void expect(const struct coverage *c, int64_t start, uint64_t n, const char *text)
{
	char got[64] = "";

	while (n) {
		bool recorded;
		uint64_t alike = coverage_alike(c, start * SECOND_US, SECOND_US, n, &recorded);
		size_t len = strlen(got);

		assert_in_range(alike, 1, n);
		snprintf(got + len, sizeof(got) - len, "%s%d%c", len ? " " : "", (int)alike,
			recorded ? '+' : '-');
		start += (int64_t)alike;
		n -= alike;
	}
	assert_string_equal(got, text);
}

static void between_two_recordings(void **state)
{
	struct coverage c = {0};

	(void)state;
	expect(&c, 0, 5, "5+");
	assert_int_equal(begin(&c, 0, 1, 10), 0);
	end(&c, 0, 20);
	assert_int_equal(begin(&c, 0, 2, 25), 1);
	expect(&c, 5, 30, "15+ 5- 10+");
	expect(&c, 22, 1, "1-");
	expect(&c, 25, 9, "9+");
	c.from_us += 1; /* no more than touched is recorded */
	c.to_us -= 1;
	expect(&c, 18, 10, "3+ 3- 4+");
	c.to_us = c.from_us + SECOND_US - 1;
	expect(&c, 18, 10, "3+ 7+");
	coverage_clear(&c);
}

static void a_file_without_an_end_is_over_with_it(void **state)
{
	const struct feed feed = {.number = 0};
	struct coverage c = {0};

	(void)state;
	assert_int_equal(begin(&c, 0, 1, 10), 0);
	coverage_seen(&c, 12 * SECOND_US);
	assert_int_equal(begin(&c, 0, 1, 10), 0); /* its next group */
	coverage_end(&c, &feed);
	assert_int_equal(begin(&c, 0, 2, 14), 1);
	expect(&c, 10, 6, "2+ 2- 2+");
	assert_int_equal(begin(&c, 0, 3, 16), 1); /* another one behind it in the same file */
	expect(&c, 12, 6, "2+ 2- 2+");
	coverage_clear(&c);
}

static void one_that_goes_on_covers_all(void **state)
{
	struct coverage c = {0};

	(void)state;
	assert_int_equal(begin(&c, 0, 1, 10), 0);
	coverage_seen(&c, 12 * SECOND_US);
	assert_int_equal(begin(&c, 7, 2, 15), 0); /* the first has only not been heard of since */
	end(&c, 0, 20);
	assert_int_equal(begin(&c, 0, 3, 30), 0); /* the second still is at work */
	end(&c, 7, 31);
	end(&c, 0, 40);
	assert_int_equal(begin(&c, 0, 4, 35), 0); /* began before the others ended */
	expect(&c, 0, 50, "50+");
	coverage_clear(&c);
}

static void absurd_times_do_no_harm(void **state)
{
	const struct feed feed = {.number = 0};
	const struct header last = {.recording = 2, .start_wall_us = INT64_MAX};
	struct coverage c = {0};
	bool recorded;

	(void)state;
	coverage_seen(&c, INT64_MIN);
	assert_int_equal(coverage_begin(&c, &feed, &last), 1);
	assert_int_equal(coverage_alike(&c, INT64_MIN, 1, UINT64_MAX, &recorded), UINT64_MAX);
	assert_false(recorded);
	c.from_us = INT64_MAX - 1;
	assert_int_equal(coverage_alike(&c, INT64_MIN, 1, UINT64_MAX, &recorded), UINT64_MAX - 1);
	assert_true(recorded);
	coverage_clear(&c);
}

/* What a recorder could not write, if no other was at work. */
static void within_an_outage(void **state)
{
	struct coverage c = {0};

	(void)state;
	assert_int_equal(begin(&c, 0, 1, 10), 0);
	coverage_lost(&c, 12 * SECOND_US, 15 * SECOND_US);
	expect(&c, 10, 9, "2+ 3- 4+");
	coverage_lost(&c, 17 * SECOND_US, 17 * SECOND_US);
	expect(&c, 15, 5, "5+");
	assert_int_equal(begin(&c, 1, 2, 20), 0);
	coverage_lost(&c, 22 * SECOND_US, 25 * SECOND_US);
	expect(&c, 20, 9, "9+");
	coverage_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(between_two_recordings),
		cmocka_unit_test(a_file_without_an_end_is_over_with_it),
		cmocka_unit_test(one_that_goes_on_covers_all),
		cmocka_unit_test(within_an_outage),
		cmocka_unit_test(absurd_times_do_no_harm),
	};

	return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
