/* SPDX-License-Identifier: MIT */
#include "format/column.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 1000 };

static void check(const uint64_t *in, uint32_t n, size_t size)
{
	uint64_t wide[N];
	uint32_t narrow[N];
	uint8_t bytes[N];
	struct buffer b = {0};
	struct cursor c;

	put_column(&b, in, n);
	assert_int_equal(b.len, size);
	c = (struct cursor){b.data, b.data + b.len, false};
	assert_true(get_column(&c, wide, n));
	assert_int_equal(cursor_left(&c), 0);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(wide[i], in[i]);
	c = (struct cursor){b.data, b.data + b.len, false};
	if ((b.data[0] & 15) <= 4) {
		assert_true(get_column32(&c, narrow, n));
		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(narrow[i], in[i]);
	} else {
		assert_false(get_column32(&c, narrow, n));
	}
	c = (struct cursor){b.data, b.data + b.len, false};
	if ((b.data[0] & 15) <= 1) {
		assert_true(get_column8(&c, bytes, n));
		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(bytes[i], in[i]);
	} else {
		assert_false(get_column8(&c, bytes, n));
	}
	/* Cut anywhere it is none. */
	for (size_t len = 0; len < b.len; len++) {
		c = (struct cursor){b.data, b.data + len, false};
		assert_false(get_column(&c, wide, n));
	}
	buffer_free(&b);
}

/* Each width, at lengths around those of the inner loop. */
static void every_width(void **state)
{
	static const uint32_t lengths[] = {2, 3, 31, 32, 33, 63, 64, 65, N};
	uint64_t in[N], seed = 1;

	(void)state;
	for (unsigned int width = 1; width <= 8; width++) {
		for (unsigned int k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
			uint32_t n = lengths[k];

			for (uint32_t i = 0; i < n; i++) {
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				in[i] = seed >> (64 - 8 * width);
			}
			in[0] = 0;
			in[n - 1] = UINT64_MAX >> (64 - 8 * width);
			check(in, n, 1 + (size_t)width * n);
		}
	}
}

static void constants(void **state)
{
	uint64_t in[N];

	(void)state;
	for (unsigned int width = 0; width <= 8; width++) {
		for (uint32_t i = 0; i < N; i++)
			in[i] = width ? UINT64_MAX >> (64 - 8 * width) : 0;
		check(in, N, 1 + width);
		check(in, 1, 1 + width);
	}
	check(in, 0, 1);
}

static void wrong_width(void **state)
{
	uint8_t data[64] = {9};
	uint64_t out[2];
	struct cursor c = {data, data + sizeof(data), false};

	(void)state;
	assert_false(get_column(&c, out, 2));
	data[0] = 0x80 | 9;
	c = (struct cursor){data, data + sizeof(data), false};
	assert_false(get_column(&c, out, 2));
	data[0] = 0x7f;
	c = (struct cursor){data, data + sizeof(data), false};
	assert_false(get_column(&c, out, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_width),
		cmocka_unit_test(constants),
		cmocka_unit_test(wrong_width),
	};

	return cmocka_run_group_tests_name("column", tests, NULL, NULL);
}
