/* SPDX-License-Identifier: MIT */
#include "format/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct block_header example = {
	.version = 1,
	.type = BLOCK_TYPE_SAMPLES,
	.flags = 0x0203,
	.payload = 0x04050607,
	.recording = 0x08090a0b0c0d0e0f,
	.seq = 0x10111213,
	.back = 0x14151617,
	.first_us = 0x18191a1b1c1d1e1f,
	.first_wall_us = -2,
	.span_us = 0x20212223,
	.records = 9,
	.payload_crc = 0x24252627,
	.group = 0x28292a2b,
};

/* The bytes of FORMAT.md, written down by hand. */
static void layout(void **state)
{
	static const uint8_t want[BLOCK_HEADER - 4] = {
		0x89, 'T', 'C', 'P', 'T', '\r', '\n', 0x1a,     /* sync */
		1, 2, 3, 2,                                     /* version, type, flags */
		7, 6, 5, 4,                                     /* payload */
		15, 14, 13, 12, 11, 10, 9, 8,                   /* recording */
		0x13, 0x12, 0x11, 0x10,                         /* seq */
		0x17, 0x16, 0x15, 0x14,                         /* back */
		0x1f, 0x1e, 0x1d, 0x1c, 0x1b, 0x1a, 0x19, 0x18, /* first */
		0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* first_wall */
		0x23, 0x22, 0x21, 0x20, 0, 0, 0, 0,             /* span */
		9, 0, 0, 0,                                     /* records */
		0x27, 0x26, 0x25, 0x24,                         /* payload_crc */
		0x2b, 0x2a, 0x29, 0x28,                         /* group */
	};
	uint8_t bytes[BLOCK_HEADER];
	struct block_header back;

	(void)state;
	block_header_put(bytes, &example);
	assert_memory_equal(bytes, want, sizeof(want));
	memset(&back, 0, sizeof(back));
	assert_true(block_header_get(bytes, &back));
	assert_int_equal(back.recording, example.recording);
	assert_true(back.first_wall_us == -2);
	assert_int_equal(back.group, example.group);
	assert_int_equal(back.flags, example.flags);
	block_header_put(bytes, &back);
	assert_memory_equal(bytes, want, sizeof(want));
}

static void every_bit_counts(void **state)
{
	uint8_t bytes[BLOCK_HEADER];
	struct block_header back;

	(void)state;
	block_header_put(bytes, &example);
	for (int bit = 0; bit < 8 * BLOCK_HEADER; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(block_header_get(bytes, &back));
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(block_header_get(bytes, &back));
}

/* The check value that every description of this CRC gives. */
static void crc(void **state)
{
	(void)state;
	assert_int_equal(block_crc((const uint8_t *)"123456789", 9), 0xcbf43926);
}

static void limits(void **state)
{
	struct block_header h = {.version = 1, .type = BLOCK_TYPE_SAMPLES, .seq = 1};

	(void)state;
	assert_true(block_header_sane(&h));
	h.payload = BLOCK_PAYLOAD;
	h.records = 65536;
	h.first_us = 1;
	h.span_us = UINT64_MAX - 1;
	assert_true(block_header_sane(&h));
	h.span_us++;
	assert_false(block_header_sane(&h));
	h.span_us = 0;
	h.records++;
	assert_false(block_header_sane(&h));
	h.records = 0;
	h.payload++;
	assert_false(block_header_sane(&h));
	h.payload = 0;
	h.group = 1;
	assert_false(block_header_sane(&h));
	h.type = BLOCK_TYPE_GROUP;
	assert_true(block_header_sane(&h));
	h.group = 0;
	assert_false(block_header_sane(&h));
}

static void beginnings(void **state)
{
	(void)state;
	for (size_t len = 0; len <= BLOCK_SYNC; len++)
		assert_true(block_may_begin(block_sync, len));
	assert_false(block_may_begin((const uint8_t *)"\x89TCPX", 5));
	assert_false(block_may_begin((const uint8_t *)"x", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(crc),
		cmocka_unit_test(limits),
		cmocka_unit_test(beginnings),
	};

	return cmocka_run_group_tests_name("block", tests, NULL, NULL);
}
