/* SPDX-License-Identifier: MIT */
#include "report/text.h"
#include "tests/report_fixture.h"

static void expect(const char *raw, const char *escaped, int columns)
{
	char to[256];

	assert_int_equal(text_escape(to, sizeof(to), raw, TEXT_ALL), columns);
	assert_string_equal(to, escaped);
	assert_int_equal(text_columns(to), columns);
}

static void plain_text_stays(void **state)
{
	(void)state;
	expect("", "", 0);
	expect("nginx: worker #1", "nginx: worker #1", 16);
	expect("größe", "größe", 5);
	expect("\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2\xe5\xad\x97", 4); /* two wide ones */
	expect("e\xcc\x81", "e\xcc\x81", 1);                               /* combining */
	expect("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 2);
}

static void control_bytes_are_shown(void **state)
{
	(void)state;
	expect("a\nb", "a\\x0Ab", 6);
	expect("\x1b[31m", "\\x1B[31m", 8);
	expect("\x7f\t", "\\x7F\\x09", 8);
	expect("\xc2\x9b"
	       "31m",
		"\\xC2\\x9B31m", 11);                           /* CSI as one C1 character */
	expect("\xe2\x80\xae", "\\xE2\\x80\\xAE", 12);          /* right-to-left override */
	expect("\xf3\xa0\x80\x81", "\\xF3\\xA0\\x80\\x81", 16); /* a language tag */
}

static void what_nobody_sees_is_shown(void **state)
{
	(void)state;
	expect("a\xe2\x80\x8b"
	       "b",
		"a\\xE2\\x80\\x8Bb", 14);                       /* zero width space */
	expect("\xe2\x80\x8d", "\\xE2\\x80\\x8D", 12);          /* joiner */
	expect("\xe2\x81\xa0", "\\xE2\\x81\\xA0", 12);          /* word joiner */
	expect("\xe2\x81\xa6", "\\xE2\\x81\\xA6", 12);          /* left-to-right isolate */
	expect("\xd8\x9c", "\\xD8\\x9C", 8);                    /* Arabic letter mark */
	expect("\xc2\xad", "\\xC2\\xAD", 8);                    /* soft hyphen */
	expect("\xe3\x85\xa4", "\\xE3\\x85\\xA4", 12);          /* Hangul filler */
	expect("\xef\xb8\x8f", "\\xEF\\xB8\\x8F", 12);          /* variation selector */
	expect("\xf3\xa0\x84\x80", "\\xF3\\xA0\\x84\\x80", 16); /* another */
}

/* Scripts of all kinds: columns as a terminal has them. */
static void widths_are_those_of_a_terminal(void **state)
{
	(void)state;
	expect("\xd7\xa9\xd6\xb8", "\xd7\xa9\xd6\xb8", 1);                 /* shin, qamats */
	expect("\xe0\xa4\x95\xe0\xa5\x81", "\xe0\xa4\x95\xe0\xa5\x81", 1); /* ku */
	expect("\xe0\xa4\x95\xe0\xa4\xbe", "\xe0\xa4\x95\xe0\xa4\xbe", 2); /* kaa */
	expect("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2);
	expect("\xef\xbc\xa1\xef\xbd\xb1", "\xef\xbc\xa1\xef\xbd\xb1", 3); /* full, half */
	expect("\xe3\x81\x8b\xe3\x82\x99", "\xe3\x81\x8b\xe3\x82\x99", 2); /* ka, dakuten */
	expect("\xe2\x8c\x9a\xe2\x98\x80", "\xe2\x8c\x9a\xe2\x98\x80", 3); /* watch, sun */
	expect("\xf0\x9f\x9a\x80\xf0\x9f\xa5\xb0", "\xf0\x9f\x9a\x80\xf0\x9f\xa5\xb0", 4);
	expect("\xf0\xa0\x80\x80", "\xf0\xa0\x80\x80", 2); /* beyond 16 bits */
	expect("\xef\xbf\xbd\xee\x82\xa0", "\xef\xbf\xbd\xee\x82\xa0",
		2); /* replacement, private */
}

static void bad_utf8_is_shown(void **state)
{
	(void)state;
	expect("\xff", "\\xFF", 4);
	expect("\xc3", "\\xC3", 4);
	expect("\xc3(", "\\xC3(", 5);
	expect("\xc0\xaf", "\\xC0\\xAF", 8);                    /* overlong */
	expect("\xe0\x80\xaf", "\\xE0\\x80\\xAF", 12);          /* overlong */
	expect("\xed\xa0\x80", "\\xED\\xA0\\x80", 12);          /* a surrogate */
	expect("\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80", 16); /* beyond Unicode */
	expect("\xe2\x82", "\\xE2\\x82", 8);                    /* cut */
}

static void backslash_is_doubled(void **state)
{
	(void)state;
	expect("\\", "\\\\", 2);
	expect("\\x0A", "\\\\x0A", 5);
}

static void cut_never_splits(void **state)
{
	char to[64];

	(void)state;
	assert_int_equal(text_escape(to, sizeof(to), "abcdef", 3), 3);
	assert_string_equal(to, "abc");
	assert_int_equal(text_escape(to, sizeof(to), "abc\n", 6), 3);
	assert_string_equal(to, "abc");
	assert_int_equal(text_escape(to, sizeof(to), "a\xe6\xbc\xa2", 2), 1);
	assert_string_equal(to, "a");
	assert_int_equal(text_escape(to, 4, "abcdef", TEXT_ALL), 3);
	assert_string_equal(to, "abc");
	assert_int_equal(text_escape(to, 4, "\n", TEXT_ALL), 0);
	assert_string_equal(to, "");
	assert_int_equal(text_escape(to, 1, "abc", TEXT_ALL), 0);
	assert_string_equal(to, "");
	assert_int_equal(text_escape(NULL, 0, "abc", TEXT_ALL), 0);
}

static void expect_end(const char *text, int max_columns, const char *expected)
{
	char to[64];

	strcpy(to, text);
	assert_int_equal(text_keep_end(to, text_columns(to), max_columns), text_columns(expected));
	assert_string_equal(to, expected);
}

static void the_end_of_a_path_is_kept(void **state)
{
	(void)state;
	expect_end("/system.slice/nginx.service", 15, "..nginx.service");
	expect_end("abcdef", 6, "abcdef");
	expect_end("abcdef", 5, "..def");
	expect_end("abcdef", 2, "..");
	expect_end("abcdef", 0, "abcdef");
	/* A wide one that would stand half in, and one that combines with what is cut. */
	expect_end("ab\xe6\xbc\xa2\xe5\xad\x97", 5, "..\xe5\xad\x97");
	expect_end("abe\xcc\x81zzz", 5, "..zzz");
}

static void plain_text_is_told_apart(void **state)
{
	(void)state;
	assert_int_equal(text_plain("nginx: worker, 'a' \"b\""), 22);
	assert_int_equal(text_plain(""), 0);
	assert_int_equal(text_plain("a\\"), 0);
	assert_int_equal(text_plain("a\n"), 0);
	assert_int_equal(text_plain("a\x7f"), 0);
	assert_int_equal(text_plain("na\xc3\xafve"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_told_apart),
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(control_bytes_are_shown),
		cmocka_unit_test(what_nobody_sees_is_shown),
		cmocka_unit_test(widths_are_those_of_a_terminal),
		cmocka_unit_test(bad_utf8_is_shown),
		cmocka_unit_test(backslash_is_doubled),
		cmocka_unit_test(cut_never_splits),
		cmocka_unit_test(the_end_of_a_path_is_kept),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
