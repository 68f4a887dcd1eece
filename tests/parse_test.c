/* SPDX-License-Identifier: MIT */
#include "record/parse.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef int (*parse_fn)(const char *text, uint64_t *value);

static void assert_value(parse_fn parse, const char *text, uint64_t wanted)
{
	uint64_t value = 0;

	if (parse(text, &value))
		fail_msg("'%s' is refused", text);
	if (value != wanted)
		fail_msg("'%s' is %llu, not %llu", text, (unsigned long long)value,
			(unsigned long long)wanted);
}

static void assert_error(parse_fn parse, const char *text, int wanted)
{
	uint64_t value;
	int err = parse(text, &value);

	if (err != wanted)
		fail_msg("'%s' answers %d, not %d", text, err, wanted);
}

static void test_durations(void **state)
{
	(void)state;
	assert_value(parse_duration, "1", 1000000);
	assert_value(parse_duration, "007", 7000000);
	assert_value(parse_duration, "250ms", 250000);
	assert_value(parse_duration, "30s", 30000000);
	assert_value(parse_duration, "5m", 300000000);
	assert_value(parse_duration, "1h", UINT64_C(3600000000));
	assert_value(parse_duration, "0.5", 500000);
	assert_value(parse_duration, "1.5h", UINT64_C(5400000000));
	assert_value(parse_duration, "2d", UINT64_C(172800000000));
	assert_value(parse_duration, "0.001ms", 1);
	assert_value(parse_duration, "8760h", UINT64_C(31536000000000));
}

static void test_sizes(void **state)
{
	(void)state;
	assert_value(parse_size, "1", 1);
	assert_value(parse_size, "4096", 4096);
	assert_value(parse_size, "64K", 65536);
	assert_value(parse_size, "16M", 16777216);
	assert_value(parse_size, "2G", UINT64_C(2147483648));
	assert_value(parse_size, "1T", UINT64_C(1099511627776));
	assert_value(parse_size, "1.5K", 1536);
}

static void test_what_is_no_value(void **state)
{
	static const char *const bad[] = {"", " ", "x", "-1", "+1", " 1", "1 ", ".5", "1..5",
		"1.5.5", "1e3", "0x10", "inf", "nan", "1,5", "5x", "5 s", "5ss", "1k5", "--",
		"1\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_error(parse_duration, bad[i], -EINVAL);
		assert_error(parse_size, bad[i], -EINVAL);
	}
	/* Units of the other kind, or of another case. */
	assert_error(parse_duration, "5K", -EINVAL);
	assert_error(parse_size, "5d", -EINVAL);
	assert_error(parse_duration, "5S", -EINVAL);
	assert_error(parse_size, "5s", -EINVAL);
	assert_error(parse_size, "5k", -EINVAL);
	assert_error(parse_size, "5KB", -EINVAL);
}

static void test_nothing_is_no_value(void **state)
{
	(void)state;
	assert_error(parse_duration, "0", -EINVAL);
	assert_error(parse_duration, "0h", -EINVAL);
	assert_error(parse_duration, "0.0000001s", -EINVAL);
	assert_error(parse_size, "0", -EINVAL);
	assert_error(parse_size, "0.0G", -EINVAL);
}

static void test_too_large(void **state)
{
	(void)state;
	assert_error(parse_duration, "99999999999999999999", -ERANGE);
	assert_error(parse_duration, "9999999999999h", -ERANGE);
	assert_error(parse_size, "18446744073709551616", -ERANGE);
	assert_error(parse_size, "16777216T", -ERANGE);
	assert_error(parse_size,
		"1000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"0",
		-ERANGE);
}

static void test_numbers(void **state)
{
	uint64_t number = 0;
	const char *rest;

	(void)state;
	assert_int_equal(parse_number("1", 10, &number, &rest), 0);
	assert_int_equal(number, 1);
	assert_string_equal(rest, "");
	assert_int_equal(parse_number("10,2", 10, &number, &rest), 0);
	assert_int_equal(number, 10);
	assert_string_equal(rest, ",2");
	assert_int_equal(parse_number("4194304x", 1 << 22, &number, &rest), 0);
	assert_int_equal(number, 1 << 22);
	assert_string_equal(rest, "x");
	assert_int_equal(parse_number("11", 10, &number, &rest), -ERANGE);
	/* 2^64 + 1 must not come round to 1. */
	assert_int_equal(parse_number("18446744073709551617", 1 << 22, &number, &rest), -ERANGE);
	assert_int_equal(parse_number("0", 10, &number, &rest), -EINVAL);
	assert_int_equal(parse_number("", 10, &number, &rest), -EINVAL);
	assert_int_equal(parse_number("-1", 10, &number, &rest), -EINVAL);
	assert_int_equal(parse_number(" 1", 10, &number, &rest), -EINVAL);
	assert_int_equal(parse_number("x", 10, &number, &rest), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_what_is_no_value),
		cmocka_unit_test(test_nothing_is_no_value),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
