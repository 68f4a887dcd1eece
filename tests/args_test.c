/* SPDX-License-Identifier: MIT */
#include "report/args.h"
#include "tests/report_fixture.h"

enum {
	OPT_IN = 1,
	OPT_INTO,
	OPT_SHORT,
	OPT_MAYBE,
};

static const struct arg_option options[] = {
	{OPT_INTO, 0, "into", VALUE_NEEDED, "DIR", ""},
	{OPT_IN, 'i', "in", VALUE_NEEDED, "FILE", ""},
	{OPT_SHORT, 's', NULL, VALUE_NONE, NULL, ""},
	{OPT_MAYBE, 0, "maybe", VALUE_OPTIONAL, "N", ""},
	{0, 0, NULL, VALUE_NONE, NULL, NULL},
};

static void expect(struct args *a, int id, const char *value)
{
	assert_int_equal(args_next(a), id);
	if (value)
		assert_string_equal(a->value, value);
	else
		assert_null(a->value);
}

#define ARGS(a, ...)                                                                               \
	char *argv[] = {"program", __VA_ARGS__, NULL};                                             \
	args_init(a, options, (int)(sizeof(argv) / sizeof(argv[0])) - 1, argv)

static void every_spelling(void **state)
{
	struct args a;

	(void)state;
	ARGS(&a, "-ssi", "x", "-siy", "--in=z", "--in", "=", "--int", "--", "-", "--maybe", "w",
		"--maybe=", "--", "--in", "--");
	expect(&a, OPT_SHORT, NULL);
	expect(&a, OPT_SHORT, NULL);
	expect(&a, OPT_IN, "x");
	expect(&a, OPT_SHORT, NULL);
	expect(&a, OPT_IN, "y");
	expect(&a, OPT_IN, "z");
	expect(&a, OPT_IN, "="); /* a whole name, though another one begins so */
	expect(&a, OPT_INTO, "--");
	expect(&a, ARG_WORD, "-");
	expect(&a, OPT_MAYBE, NULL);
	expect(&a, ARG_WORD, "w");
	expect(&a, OPT_MAYBE, "");
	expect(&a, ARG_WORD, "--in");
	expect(&a, ARG_WORD, "--");
	expect(&a, ARG_END, NULL);
	expect(&a, ARG_END, NULL);
}

static void an_option_is_named_in_full(void **state)
{
	struct args a;

	(void)state;
	ARGS(&a, "--may", "-i");
	expect(&a, OPT_MAYBE, NULL);
	assert_string_equal(a.spelt, "--maybe");
	assert_int_equal(args_next(&a), ARG_ERROR);
	assert_string_equal(a.error, "option '-i' needs a value: FILE");
}

static void what_is_long_is_cut(void **state)
{
	char name[1000];
	struct args a;

	(void)state;
	memset(name, 'x', sizeof(name));
	memcpy(name, "--", 2);
	name[sizeof(name) - 1] = '\0';
	ARGS(&a, name);
	assert_int_equal(args_next(&a), ARG_ERROR);
	assert_true(strlen(a.error) < 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling),
		cmocka_unit_test(an_option_is_named_in_full),
		cmocka_unit_test(what_is_long_is_cut),
	};

	return cmocka_run_group_tests_name("args", tests, NULL, NULL);
}
