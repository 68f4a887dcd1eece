/* SPDX-License-Identifier: MIT */
#include "report/units.h"
#include "tests/report_fixture.h"

static void expect(enum unit unit, uint64_t bytes, const char *expected)
{
	char text[UNIT_SIZE];

	units_text(text, unit, bytes);
	assert_string_equal(text, expected);
}

static void sizes(void **state)
{
	(void)state;
	expect(UNIT_KB, 1023, "0");
	expect(UNIT_KB, 2047, "1");
	expect(UNIT_BYTES, UINT64_MAX, "18446744073709551615");
	expect(UNIT_HUMAN, 0, "0");
	expect(UNIT_HUMAN, 1023, "1023");
	expect(UNIT_HUMAN, 1024, "1.0K");
	expect(UNIT_HUMAN, 1024 * 1024 - 1, "1023.9K");
	expect(UNIT_HUMAN, 5000000000, "4.6G");
	expect(UNIT_HUMAN, (1 << 20) + 104857, "1.0M");
	expect(UNIT_HUMAN, (1 << 20) + 104858, "1.1M"); /* a tenth and a bit */
	expect(UNIT_HUMAN, UINT64_MAX, "15.9E");
}

static void rates(void **state)
{
	char text[UNIT_SIZE];

	(void)state;
	units_rate_text(text, UNIT_KB, 1536);
	assert_string_equal(text, "1.5");
	units_rate_text(text, UNIT_BYTES, 1536.7);
	assert_string_equal(text, "1536");
	units_rate_text(text, UNIT_HUMAN, 1536);
	assert_string_equal(text, "1.5K");
	units_rate_text(text, UNIT_HUMAN, 1e30);
	assert_string_equal(text, "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(rates),
	};

	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
