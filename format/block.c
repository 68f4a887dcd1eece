/* SPDX-License-Identifier: MIT */
#include "block.h"

#include "bytes.h"
#include "model.h"
#include <string.h>
#include <zlib.h>

/* As PNG's: not text, and altered by whoever strips the eighth bit or translates line ends. */
const uint8_t block_sync[BLOCK_SYNC] = {0x89, 'T', 'C', 'P', 'T', '\r', '\n', 0x1a};

enum offset {
	AT_VERSION = 8,
	AT_TYPE = 9,
	AT_FLAGS = 10,
	AT_PAYLOAD = 12,
	AT_RECORDING = 16,
	AT_SEQ = 24,
	AT_BACK = 28,
	AT_FIRST = 32,
	AT_FIRST_WALL = 40,
	AT_SPAN = 48,
	AT_RECORDS = 56,
	AT_PAYLOAD_CRC = 60,
	AT_GROUP = 64,
	AT_HEADER_CRC = 68,
};

uint32_t block_crc(const uint8_t *data, size_t len)
{
	uLong crc = crc32(0, NULL, 0);

	return (uint32_t)crc32_z(crc, data, len);
}

void block_header_put(uint8_t out[BLOCK_HEADER], const struct block_header *h)
{
	memcpy(out, block_sync, BLOCK_SYNC);
	store_le(out + AT_VERSION, h->version, 1);
	store_le(out + AT_TYPE, h->type, 1);
	store_le(out + AT_FLAGS, h->flags, 2);
	store_le(out + AT_PAYLOAD, h->payload, 4);
	store_le(out + AT_RECORDING, h->recording, 8);
	store_le(out + AT_SEQ, h->seq, 4);
	store_le(out + AT_BACK, h->back, 4);
	store_le(out + AT_FIRST, h->first_us, 8);
	store_le(out + AT_FIRST_WALL, (uint64_t)h->first_wall_us, 8);
	store_le(out + AT_SPAN, h->span_us, 8);
	store_le(out + AT_RECORDS, h->records, 4);
	store_le(out + AT_PAYLOAD_CRC, h->payload_crc, 4);
	store_le(out + AT_GROUP, h->group, 4);
	store_le(out + AT_HEADER_CRC, block_crc(out, AT_HEADER_CRC), 4);
}

bool block_header_get(const uint8_t in[BLOCK_HEADER], struct block_header *h)
{
	if (memcmp(in, block_sync, BLOCK_SYNC) ||
		load_le(in + AT_HEADER_CRC, 4) != block_crc(in, AT_HEADER_CRC))
		return false;
	h->version = in[AT_VERSION];
	h->type = in[AT_TYPE];
	h->flags = (uint16_t)load_le(in + AT_FLAGS, 2);
	h->payload = (uint32_t)load_le(in + AT_PAYLOAD, 4);
	h->recording = load_le(in + AT_RECORDING, 8);
	h->seq = (uint32_t)load_le(in + AT_SEQ, 4);
	h->back = (uint32_t)load_le(in + AT_BACK, 4);
	h->first_us = load_le(in + AT_FIRST, 8);
	h->first_wall_us = (int64_t)load_le(in + AT_FIRST_WALL, 8);
	h->span_us = load_le(in + AT_SPAN, 8);
	h->records = (uint32_t)load_le(in + AT_RECORDS, 4);
	h->payload_crc = (uint32_t)load_le(in + AT_PAYLOAD_CRC, 4);
	h->group = (uint32_t)load_le(in + AT_GROUP, 4);
	return true;
}

bool block_header_sane(const struct block_header *h)
{
	if (h->payload > BLOCK_PAYLOAD || h->span_us > UINT64_MAX - h->first_us)
		return false;
	if (h->group > h->seq || (h->type == BLOCK_TYPE_GROUP) != (h->group == h->seq))
		return false;
	if (h->type == BLOCK_TYPE_SAMPLES)
		return h->records <= BLOCK_SAMPLES;
	if (h->type == BLOCK_TYPE_SUMMARY)
		return h->records <= GROUP_SESSIONS;
	return true;
}

bool block_may_begin(const uint8_t *in, size_t len)
{
	return !memcmp(in, block_sync, len < BLOCK_SYNC ? len : BLOCK_SYNC);
}
