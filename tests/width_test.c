/* SPDX-License-Identifier: MIT */
/*
 * The columns of a character. What becomes of bytes that are none is text_test.c's; here are the
 * edges of what is wide and of what combines, where a table is easily wrong by one.
 */
#include "report/width.h"
#include "tests/report_fixture.h"

/* All from first to last, and neither of those beside them. */
static void expect(uint32_t first, uint32_t last, int columns)
{
	for (uint32_t c = first; c <= last; c++) {
		if (width_columns(c) != columns)
			fail_msg("U+%04X takes %d, not %d", c, width_columns(c), columns);
	}
	if (width_columns(first - 1) == columns || width_columns(last + 1) == columns)
		fail_msg("U+%04X to U+%04X goes on", first, last);
}

static void letters_take_one(void **state)
{
	static const uint32_t narrow[] = {0, ' ', 'a', '~', 0xa0, 0xe4, 0x2ff, 0x3b1, 0x5d0, 0x905,
		0x1e00, 0x2022, 0x2500, 0xff61, 0xfffd, 0x10000, 0x1d400, 0xe000};

	(void)state;
	for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++)
		assert_int_equal(width_columns(narrow[i]), 1);
}

static void marks_take_none(void **state)
{
	(void)state;
	expect(0x300, 0x36f, 0);     /* the first that there are */
	expect(0x5bf, 0x5bf, 0);     /* one between two letters */
	expect(0x93c, 0x93c, 0);     /* Devanagari */
	expect(0xe34, 0xe3a, 0);     /* Thai */
	expect(0x1dc0, 0x1dff, 0);   /* more Latin ones */
	expect(0x20d0, 0x20f0, 0);   /* for symbols */
	expect(0xfe20, 0xfe2f, 0);   /* halves */
	expect(0x1e944, 0x1e94a, 0); /* Adlam: the last */
}

static void east_asia_takes_two(void **state)
{
	(void)state;
	expect(0x1100, 0x115e, 2); /* Hangul: the first of a syllable … */
	expect(0x1161, 0x11ff, 0); /* … to which the rest is joined */
	expect(0xac00, 0xd7a3, 2);
	expect(0x3041, 0x3098, 2); /* Hiragana, up to its marks */
	expect(0x3099, 0x309a, 0);
	expect(0x309b, 0x3247, 2);
	expect(0x4e00, 0xa4c6, 2);
	expect(0xff01, 0xff60, 2); /* full width */
	expect(0x20000, 0x3fffd, 2);
}

static void emoji_take_two(void **state)
{
	(void)state;
	expect(0x231a, 0x231b, 2);
	expect(0x26a1, 0x26a1, 2);
	expect(0x1f5fb, 0x1f64f, 2);
	expect(0x1fa70, 0x1faf6, 2);
}

/* Beyond Unicode no text leads, yet it must not lead beyond the tables. */
static void any_number_has_an_answer(void **state)
{
	(void)state;
	assert_int_equal(width_columns(0x3fffe), 1);
	assert_int_equal(width_columns(0x10ffff), 1);
	assert_int_equal(width_columns(UINT32_MAX), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_take_one),
		cmocka_unit_test(marks_take_none),
		cmocka_unit_test(east_asia_takes_two),
		cmocka_unit_test(emoji_take_two),
		cmocka_unit_test(any_number_has_an_answer),
	};

	return cmocka_run_group_tests_name("width", tests, NULL, NULL);
}
