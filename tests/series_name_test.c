/* SPDX-License-Identifier: MIT */
#include "format/series_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NINE 1795168500 /* 2026-11-20 09:55:00 UTC */

static void suffixes(void **state)
{
	char suffix[SERIES_SUFFIX];

	(void)state;
	assert_true(series_suffix(suffix, NINE, 0));
	assert_string_equal(suffix, ".20261120T095500Z");
	assert_true(series_suffix(suffix, NINE, 1));
	assert_string_equal(suffix, ".20261120T095500Z-001");
	assert_true(series_suffix(suffix, NINE, 999));
	assert_string_equal(suffix, ".20261120T095500Z-999");
	assert_false(series_suffix(suffix, NINE, 1000));
	assert_true(series_suffix(suffix, 0, 0));
	assert_string_equal(suffix, ".19700101T000000Z");
	assert_false(series_suffix(suffix, 253402300800, 0)); /* the year 10000 */
}

static void bases(void **state)
{
	static const struct {
		const char *name;
		size_t base;
	} cases[] = {
		{"x.20261120T095500Z", 1},
		{"x.20261120T095500Z-001", 1},
		{"tcptop.data.20261120T095500Z", 11},
		{"x.20261120T095500Z.20261120T095501Z", 18},
		{".20261120T095500Z", 0}, /* it has to be of something */
		{"x.20261120T095500", 0},
		{"x.20261120T095500z", 0},
		{"x.20261120T095500Z-01", 0},
		{"x.20261120T095500Z-0001", 0},
		{"x.20261120T095500Z~", 0},
		{"x.20261120T09550aZ", 0},
		{"x20261120T095500Z", 0},
		{"x", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(series_base(cases[i].name), cases[i].base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suffixes),
		cmocka_unit_test(bases),
	};

	return cmocka_run_group_tests_name("series_name", tests, NULL, NULL);
}
