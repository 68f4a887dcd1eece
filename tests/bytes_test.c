/* SPDX-License-Identifier: MIT */
#include "format/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void little_endian(void **state)
{
	static const uint8_t want[] = {1, 3, 2, 7, 6, 5, 4, 15, 14, 13, 12, 11, 10, 9, 8, 'x', 'y'};
	struct buffer b = {0};
	struct cursor c;

	(void)state;
	put_u8(&b, 1);
	put_u16(&b, 0x0203);
	put_u32(&b, 0x04050607);
	put_u64(&b, 0x08090a0b0c0d0e0f);
	put_bytes(&b, "xy", 2);
	put_bytes(&b, NULL, 0);
	assert_false(b.failed);
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(b.data, want, sizeof(want));
	c = (struct cursor){b.data, b.data + b.len, false};
	assert_int_equal(get_u8(&c), 1);
	assert_int_equal(get_u16(&c), 0x0203);
	assert_int_equal(get_u32(&c), 0x04050607);
	assert_int_equal(get_u64(&c), 0x08090a0b0c0d0e0f);
	assert_memory_equal(get_bytes(&c, 2), "xy", 2);
	assert_int_equal(cursor_left(&c), 0);
	assert_false(c.bad);
	buffer_free(&b);
}

/* Once too much was asked for, nothing more is given. */
static void short_input(void **state)
{
	static const uint8_t data[] = {1, 2, 3};
	struct cursor c = {data, data + sizeof(data), false};

	(void)state;
	assert_int_equal(get_u32(&c), 0);
	assert_true(c.bad);
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(get_u8(&c), 0);
	assert_null(get_bytes(&c, 1));
	assert_null(get_bytes(&c, SIZE_MAX));
}

static void grows_as_needed(void **state)
{
	struct buffer b = {0};

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		put_u32(&b, i);
	assert_int_equal(b.len, 400000);
	assert_int_equal(load_le(b.data + 4 * 77777, 4), 77777);
	assert_null(buffer_reserve(&b, SIZE_MAX / 2));
	assert_true(b.failed);
	put_u8(&b, 1);
	assert_int_equal(b.len, 400000);
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(little_endian),
		cmocka_unit_test(short_input),
		cmocka_unit_test(grows_as_needed),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
