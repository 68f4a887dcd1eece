/* SPDX-License-Identifier: MIT */
#include "report/cut.h"
#include "tests/report_fixture.h"

static const int64_t S = SECOND_US;

static void intervals_are_whole_multiples(void **state)
{
	struct cut c;

	(void)state;
	cut_init(&c, 10 * S);
	assert_int_equal(cut_ask(&c, 25 * S), CUT_FIRST);
	assert_true(c.start_us == 20 * S && c.end_us == 30 * S);
	assert_int_equal(cut_ask(&c, 20 * S), CUT_SAME);
	assert_int_equal(cut_ask(&c, 30 * S - 1), CUT_SAME);
	assert_int_equal(cut_ask(&c, 30 * S), CUT_NEXT);
	assert_int_equal(cut_move(&c, 30 * S), 0);
	assert_true(c.start_us == 30 * S && c.end_us == 40 * S);
}

static void intervals_before_1970(void **state)
{
	struct cut c;

	(void)state;
	cut_init(&c, 10 * S);
	cut_ask(&c, -1);
	assert_true(c.start_us == -10 * S && c.end_us == 0);
}

static void what_lies_between_is_counted(void **state)
{
	struct cut c;

	(void)state;
	cut_init(&c, S / 2);
	cut_ask(&c, 0);
	assert_int_equal(cut_ask(&c, 10 * S), CUT_NEXT);
	assert_int_equal(cut_move(&c, 10 * S), 19);
}

static void a_little_backwards_stays(void **state)
{
	struct cut c;

	(void)state;
	cut_init(&c, S);
	cut_ask(&c, 10 * S + 5);
	assert_int_equal(cut_ask(&c, 10 * S - 1), CUT_SAME);
	assert_int_equal(cut_ask(&c, 9 * S + 1), CUT_SAME);
	assert_int_equal(cut_ask(&c, 9 * S), CUT_BACK);
	assert_int_equal(cut_move(&c, 9 * S), 0);
	assert_true(c.start_us == 9 * S);
}

static void absurd_times_do_no_harm(void **state)
{
	struct cut c;

	(void)state;
	cut_init(&c, 1000);
	assert_int_equal(cut_ask(&c, INT64_MIN), CUT_FIRST);
	assert_int_equal(cut_ask(&c, INT64_MAX), CUT_NEXT);
	assert_true(cut_move(&c, INT64_MAX) > 1);
	assert_int_equal(cut_ask(&c, INT64_MAX), CUT_SAME);
	assert_int_equal(cut_ask(&c, INT64_MIN), CUT_BACK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_are_whole_multiples),
		cmocka_unit_test(intervals_before_1970),
		cmocka_unit_test(what_lies_between_is_counted),
		cmocka_unit_test(a_little_backwards_stays),
		cmocka_unit_test(absurd_times_do_no_harm),
	};

	return cmocka_run_group_tests_name("cut", tests, NULL, NULL);
}
