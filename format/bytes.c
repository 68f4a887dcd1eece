/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 4096 };

void buffer_free(struct buffer *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

uint8_t *buffer_reserve(struct buffer *b, size_t more)
{
	size_t cap = b->cap ? b->cap : FIRST_CAP;
	uint8_t *data;

	if (b->failed)
		return NULL;
	if (b->data && b->cap - b->len >= more)
		return b->data + b->len;
	if (more > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
		b->failed = true;
		return NULL;
	}
	while (cap - b->len < more)
		cap *= 2;
	data = realloc(b->data, cap);
	if (!data) {
		b->failed = true;
		return NULL;
	}
	b->data = data;
	b->cap = cap;
	return data + b->len;
}

void store_le(uint8_t *at, uint64_t v, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

uint64_t load_le(const uint8_t *at, unsigned int bytes)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < bytes; i++)
		v |= (uint64_t)at[i] << (8 * i);
	return v;
}

static void put_le(struct buffer *b, uint64_t v, unsigned int bytes)
{
	uint8_t *at = buffer_reserve(b, bytes);

	if (!at)
		return;
	store_le(at, v, bytes);
	b->len += bytes;
}

void put_u8(struct buffer *b, uint8_t v)
{
	put_le(b, v, 1);
}

void put_u16(struct buffer *b, uint16_t v)
{
	put_le(b, v, 2);
}

void put_u32(struct buffer *b, uint32_t v)
{
	put_le(b, v, 4);
}

void put_u64(struct buffer *b, uint64_t v)
{
	put_le(b, v, 8);
}

void put_bytes(struct buffer *b, const void *data, size_t len)
{
	uint8_t *at = buffer_reserve(b, len);

	if (!at)
		return;
	if (len)
		memcpy(at, data, len);
	b->len += len;
}

size_t cursor_left(const struct cursor *c)
{
	return c->bad ? 0 : (size_t)(c->end - c->at);
}

const uint8_t *get_bytes(struct cursor *c, size_t len)
{
	const uint8_t *at = c->at;

	if (c->bad || cursor_left(c) < len) {
		c->bad = true;
		return NULL;
	}
	c->at += len;
	return at;
}

static uint64_t get_le(struct cursor *c, unsigned int bytes)
{
	const uint8_t *at = get_bytes(c, bytes);

	return at ? load_le(at, bytes) : 0;
}

uint8_t get_u8(struct cursor *c)
{
	return (uint8_t)get_le(c, 1);
}

uint16_t get_u16(struct cursor *c)
{
	return (uint16_t)get_le(c, 2);
}

uint32_t get_u32(struct cursor *c)
{
	return (uint32_t)get_le(c, 4);
}

uint64_t get_u64(struct cursor *c)
{
	return get_le(c, 8);
}
