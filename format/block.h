/* SPDX-License-Identifier: MIT */
/*
 * block.h: the frame of a block, 72 bytes before each payload. For format/ only.
 * FORMAT.md, "Block header".
 */
#ifndef FORMAT_BLOCK_H
#define FORMAT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BLOCK_VERSION = 1,
	BLOCK_SYNC = 8,              /* bytes of the sync word */
	BLOCK_HEADER = 72,           /* bytes of the header */
	BLOCK_PAYLOAD = 16 << 20,    /* bytes of a payload, at the most */
	BLOCK_FLAGS_NEEDED = 0x00ff, /* a reader that does not know one of these must refuse */
};

enum block_type {
	BLOCK_TYPE_GROUP = 1,
	BLOCK_TYPE_SAMPLES = 2,
	BLOCK_TYPE_SUMMARY = 3,
	BLOCK_TYPE_INDEX = 4, /* reserved */
	BLOCK_TYPE_END = 5,
};

struct block_header {
	uint8_t version, type;
	uint16_t flags;
	uint32_t payload; /* bytes */
	uint64_t recording;
	uint32_t seq;
	uint32_t back; /* bytes to the group's first block */
	uint64_t first_us;
	int64_t first_wall_us;
	uint64_t span_us;
	uint32_t records;
	uint32_t payload_crc;
	uint32_t group; /* seq of the group's first block */
};

extern const uint8_t block_sync[BLOCK_SYNC];

void block_header_put(uint8_t out[BLOCK_HEADER], const struct block_header *h);
/* false: the sync word or the header's CRC is wrong. Says nothing about version or limits. */
bool block_header_get(const uint8_t in[BLOCK_HEADER], struct block_header *h);
/* Whether a version 1 header is within the limits. */
bool block_header_sane(const struct block_header *h);
/* Whether len bytes (also fewer than 8) can be the beginning of a header. */
bool block_may_begin(const uint8_t *in, size_t len);

uint32_t block_crc(const uint8_t *data, size_t len);

#endif
