/* SPDX-License-Identifier: MIT */
/*
 * bytes.h: little-endian numbers into and out of bytes, within bounds. For format/ only.
 *
 * Neither side answers a status a call: a failure sticks to the buffer or the cursor and is asked
 * for once, at the end.
 */
#ifndef FORMAT_BYTES_H
#define FORMAT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Grows as needed; all zero is an empty one. failed: there was no memory, the rest was dropped. */
struct buffer {
	uint8_t *data;
	size_t len, cap;
	bool failed;
};

void buffer_free(struct buffer *b);
/* Where more bytes may be written after len, which the caller then moves; NULL: no memory. */
uint8_t *buffer_reserve(struct buffer *b, size_t more);

void put_u8(struct buffer *b, uint8_t v);
void put_u16(struct buffer *b, uint16_t v);
void put_u32(struct buffer *b, uint32_t v);
void put_u64(struct buffer *b, uint64_t v);
void put_bytes(struct buffer *b, const void *data, size_t len);

/* bad: more was asked for than there is; what was got then is 0. */
struct cursor {
	const uint8_t *at, *end;
	bool bad;
};

size_t cursor_left(const struct cursor *c);
uint8_t get_u8(struct cursor *c);
uint16_t get_u16(struct cursor *c);
uint32_t get_u32(struct cursor *c);
uint64_t get_u64(struct cursor *c);
/* NULL when there are fewer. */
const uint8_t *get_bytes(struct cursor *c, size_t len);

/* The same at a fixed place. */
void store_le(uint8_t *at, uint64_t v, unsigned int bytes);
uint64_t load_le(const uint8_t *at, unsigned int bytes);

#endif
