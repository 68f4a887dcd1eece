/* SPDX-License-Identifier: MIT */
#include "report/hint.h"
#include "tests/report_fixture.h"

static void expect(const char *spelt, const char *hint)
{
	char to[HINT_SIZE];

	hint_option(to, spelt);
	assert_string_equal(to, hint);
}

static void a_slip_of_the_finger_is_seen(void **state)
{
	(void)state;
	expect("--sicne", "; did you mean '--since'?");
	expect("--untill", "; did you mean '--until'?");
	expect("--evnets", "; did you mean '--events'?");
	expect("--bye", "; did you mean '--by'?");
	expect("--no-lopback", "; did you mean '--no-loopback'?");
}

static void what_is_far_from_all_has_no_hint(void **state)
{
	(void)state;
	expect("--", "");
	expect("--color", "");
	expect("--abcdefghijklmnopqrstuvwxyz", "");
	expect("-Z", "");
}

static void options_of_the_recorder_are_known(void **state)
{
	(void)state;
	expect("--mntnsmap", ": it is one of tcptop-record's; here '--cgroup' selects by path");
	expect("--keep", ": it is one of tcptop-record's");
	expect("-d", ": it is one of tcptop-record's; here '--until=+TIME' ends early");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_of_the_finger_is_seen),
		cmocka_unit_test(what_is_far_from_all_has_no_hint),
		cmocka_unit_test(options_of_the_recorder_are_known),
	};

	return cmocka_run_group_tests_name("hint", tests, NULL, NULL);
}
