/* SPDX-License-Identifier: MIT */
#include "report/losses.h"
#include "tests/report_fixture.h"

static void nothing_lost(void **state)
{
	struct losses l = {0};
	char text[LOSSES_TEXT];

	(void)state;
	assert_false(losses_any(&l));
	losses_text(&l, text);
	assert_string_equal(text, "0 calls, 0 bytes");
}

static void causes_are_summed(void **state)
{
	const struct loss a = {100, 200, {{1, 2}, {30, 40}}, LOST_RING, 0};
	const struct loss b = {50, 150, {{10, 0}, {500, 0}}, LOST_RING, 1};
	struct losses l = {0};
	char text[LOSSES_TEXT];

	(void)state;
	losses_add(&l, &a, 1000);
	losses_add(&l, &b, 1000);
	assert_true(losses_any(&l));
	losses_text(&l, text);
	assert_string_equal(text, "13 calls, 570 bytes (ring full)");
	assert_true(l.cause[LOST_RING].from_us == 1050 && l.cause[LOST_RING].to_us == 1200);
	losses_clear(&l);
	assert_false(losses_any(&l));
}

static void every_cause_has_a_name(void **state)
{
	struct losses l = {0};
	char text[LOSSES_TEXT];

	(void)state;
	for (uint32_t cause = 0; cause <= LOSS_CAUSES; cause++) {
		const struct loss loss = {0, 0, {{1, 0}, {0, 0}}, cause, 0};

		losses_add(&l, &loss, 0);
	}
	losses_text(&l, text);
	assert_string_equal(text,
		"7 calls, 0 bytes (unknown cause, ring full, session unknown, not "
		"written, probe skipped, no memory)");
	assert_string_equal(losses_cause(99), "unknown cause");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_lost),
		cmocka_unit_test(causes_are_summed),
		cmocka_unit_test(every_cause_has_a_name),
	};

	return cmocka_run_group_tests_name("losses", tests, NULL, NULL);
}
