/* SPDX-License-Identifier: MIT */
#include "column.h"

#include <string.h>

enum {
	WIDTH_MAX = 8,
	CONSTANT = 0x80,
	STRIDE = 32, /* a fixed inner trip count lets the compiler vectorise at -O2 */
};

static unsigned int width_of(uint64_t v)
{
	unsigned int width = 0;

	for (; v; v >>= 8)
		width++;
	return width;
}

static void put_plane(
	uint8_t *restrict out, const uint64_t *restrict in, uint32_t n, unsigned int shift)
{
	uint32_t i = 0;

	for (; i + STRIDE <= n; i += STRIDE)
		for (uint32_t k = 0; k < STRIDE; k++)
			out[i + k] = (uint8_t)(in[i + k] >> shift);
	for (; i < n; i++)
		out[i] = (uint8_t)(in[i] >> shift);
}

void put_column(struct buffer *b, const uint64_t *values, uint32_t n)
{
	uint64_t any = 0, differ = 0;
	unsigned int width;
	uint8_t *out;

	for (uint32_t i = 0; i < n; i++) {
		any |= values[i];
		differ |= values[i] ^ values[0];
	}
	width = width_of(any);
	if (!differ) {
		put_u8(b, (uint8_t)(width ? width | CONSTANT : 0));
		for (unsigned int p = 0; p < width; p++)
			put_u8(b, (uint8_t)(any >> (8 * p)));
		return;
	}
	put_u8(b, (uint8_t)width);
	out = buffer_reserve(b, (size_t)width * n);
	if (!out)
		return;
	for (unsigned int p = 0; p < width; p++)
		put_plane(out + (size_t)p * n, values, n, 8 * p);
	b->len += (size_t)width * n;
}

/* Reads the column's first byte; *data is its planes, or its one value when it is constant. */
static bool open_column(struct cursor *c, uint32_t n, unsigned int most, unsigned int *width,
	bool *constant, const uint8_t **data)
{
	uint8_t first = get_u8(c);

	*width = first & (CONSTANT - 1);
	*constant = !*width || first & CONSTANT;
	if (*width > most)
		c->bad = true;
	*data = get_bytes(c, *constant ? *width : (size_t)*width * n);
	return !c->bad;
}

/*
 * One loop for each number of planes, so that each is written once. The planes that a column has
 * not are read from its first one and masked away.
 */
#define MERGE(type, ...)                                                                           \
	do {                                                                                       \
		uint32_t i = 0;                                                                    \
		for (; i + STRIDE <= n; i += STRIDE)                                               \
			for (uint32_t k = i; k < i + STRIDE; k++)                                  \
				out[k] = (type)(__VA_ARGS__);                                      \
		for (uint32_t k = i; k < n; k++)                                                   \
			out[k] = (type)(__VA_ARGS__);                                              \
	} while (0)

static void merge64(
	uint64_t *restrict out, const uint8_t *restrict a, uint32_t n, unsigned int width)
{
	const uint8_t *b = a + n, *c = b + (width > 2 ? n : 0);

	if (width == 1)
		MERGE(uint64_t, a[k]);
	else if (width == 2)
		MERGE(uint64_t, a[k] | (uint32_t)b[k] << 8);
	else
		MERGE(uint64_t, a[k] | (uint32_t)b[k] << 8 | (uint32_t)c[k] << 16);
	for (unsigned int p = 3; p < width; p++) {
		const uint8_t *more = a + (size_t)p * n;
		MERGE(uint64_t, out[k] | (uint64_t)more[k] << (8 * p));
	}
}

static void merge32(
	uint32_t *restrict out, const uint8_t *restrict a, uint32_t n, unsigned int width)
{
	const uint8_t *b = a + n, *c = b + (width > 2 ? n : 0);

	if (width == 1)
		MERGE(uint32_t, a[k]);
	else if (width == 2)
		MERGE(uint32_t, a[k] | (uint32_t)b[k] << 8);
	else
		MERGE(uint32_t, a[k] | (uint32_t)b[k] << 8 | (uint32_t)c[k] << 16);
	if (width > 3) {
		const uint8_t *d = a + 3 * (size_t)n;
		MERGE(uint32_t, out[k] | (uint32_t)d[k] << 24);
	}
}

bool get_column(struct cursor *c, uint64_t *values, uint32_t n)
{
	unsigned int width;
	bool constant;
	const uint8_t *data;

	if (!open_column(c, n, sizeof(*values), &width, &constant, &data))
		return false;
	if (constant) {
		uint64_t v = load_le(data, width);

		for (uint32_t i = 0; i < n; i++)
			values[i] = v;
	} else {
		merge64(values, data, n, width);
	}
	return true;
}

bool get_column32(struct cursor *c, uint32_t *values, uint32_t n)
{
	unsigned int width;
	bool constant;
	const uint8_t *data;

	if (!open_column(c, n, sizeof(*values), &width, &constant, &data))
		return false;
	if (constant) {
		uint32_t v = (uint32_t)load_le(data, width);

		for (uint32_t i = 0; i < n; i++)
			values[i] = v;
	} else {
		merge32(values, data, n, width);
	}
	return true;
}

bool get_column8(struct cursor *c, uint8_t *values, uint32_t n)
{
	unsigned int width;
	bool constant;
	const uint8_t *data;

	if (!open_column(c, n, sizeof(*values), &width, &constant, &data))
		return false;
	if (!n)
		return true;
	if (constant)
		memset(values, (int)load_le(data, width), n);
	else
		memcpy(values, data, n);
	return true;
}
