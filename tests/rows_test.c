/* SPDX-License-Identifier: MIT */
/* Structs as columns, with differences where a kind says so: FORMAT.md, "Columns and tables". */
#include "format/rows.h"

#include "format/column.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 6, FORBIDDEN = 1000 };

struct row {
	uint64_t plain, steps;
	uint32_t sets; /* how many columns it was given */
};

static uint64_t get(const void *row, unsigned int column)
{
	const struct row *r = row;

	return column ? r->steps : r->plain;
}

static bool set(void *row, unsigned int column, uint64_t v)
{
	struct row *r = row;

	*(column ? &r->steps : &r->plain) = v;
	r->sets++;
	return v != FORBIDDEN;
}

static const struct row_kind kind = {sizeof(struct row), 2, 2, get, set};

/* Up, down, not at all, and round at 2^64. */
static const struct row rows[ROWS] = {
	{1, 0, 0}, {2, 1, 0}, {3, 0, 0}, {4, 0, 0}, {5, UINT64_MAX, 0}, {6, 1, 0}};

static struct cursor cursor_of(const struct buffer *b, size_t len)
{
	return (struct cursor){b->data, b->data + len, false};
}

/* The differences 0, 1, -1, 0, -1, 2, as FORMAT.md writes these. */
static void differences(void **state)
{
	static const uint64_t written[ROWS] = {0, 2, 1, 0, 1, 4};
	uint64_t scratch[ROWS], got[ROWS];
	struct buffer b = {0};
	struct cursor c;

	(void)state;
	put_rows(&b, &kind, rows, ROWS, scratch);
	c = cursor_of(&b, b.len);
	assert_true(get_column(&c, got, ROWS));
	for (int i = 0; i < ROWS; i++)
		assert_int_equal(got[i], rows[i].plain);
	assert_true(get_column(&c, got, ROWS));
	assert_memory_equal(got, written, sizeof(written));
	assert_int_equal(cursor_left(&c), 0);
	buffer_free(&b);
}

/* The largest differences either way. */
static void largest_differences(void **state)
{
	static const uint64_t half = UINT64_C(1) << 63;
	const struct row far[] = {{0, half, 0}, {0, 0, 0}, {0, half - 1, 0}, {0, UINT64_MAX, 0}};
	struct row back[4] = {{0, 0, 0}};
	uint64_t scratch[4];
	struct buffer b = {0};
	struct cursor c;

	(void)state;
	put_rows(&b, &kind, far, 4, scratch);
	c = cursor_of(&b, b.len);
	assert_true(get_rows(&c, &kind, back, 4, scratch));
	for (int i = 0; i < 4; i++)
		assert_int_equal(back[i].steps, far[i].steps);
	buffer_free(&b);
}

/* Whatever follows is left to who comes next. */
static void reads_no_further(void **state)
{
	struct row back[ROWS] = {{0, 0, 0}};
	uint64_t scratch[ROWS];
	struct buffer b = {0};
	struct cursor c;
	size_t len;

	(void)state;
	put_rows(&b, &kind, rows, ROWS, scratch);
	len = b.len;
	put_u8(&b, 0xff);
	c = cursor_of(&b, b.len);
	assert_true(get_rows(&c, &kind, back, ROWS, scratch));
	assert_int_equal(cursor_left(&c), 1);
	for (int i = 0; i < ROWS; i++) {
		assert_int_equal(back[i].plain, rows[i].plain);
		assert_int_equal(back[i].steps, rows[i].steps);
		assert_int_equal(back[i].sets, 2);
	}
	while (len--) {
		c = cursor_of(&b, len);
		assert_false(get_rows(&c, &kind, back, ROWS, scratch));
	}
	buffer_free(&b);
}

/* One value that is not allowed, in any row and column. */
static void values_that_are_not_allowed(void **state)
{
	struct buffer b = {0};

	(void)state;
	for (int i = 0; i < 2 * ROWS; i++) {
		struct row bad[ROWS] = {{0, 0, 0}}, back[ROWS];
		uint64_t scratch[ROWS];
		struct cursor c;

		*(i % 2 ? &bad[i / 2].steps : &bad[i / 2].plain) = FORBIDDEN;
		b.len = 0;
		put_rows(&b, &kind, bad, ROWS, scratch);
		c = cursor_of(&b, b.len);
		assert_false(get_rows(&c, &kind, back, ROWS, scratch));
	}
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences),
		cmocka_unit_test(largest_differences),
		cmocka_unit_test(reads_no_further),
		cmocka_unit_test(values_that_are_not_allowed),
	};

	return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
