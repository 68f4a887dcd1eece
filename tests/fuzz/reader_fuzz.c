/* SPDX-License-Identifier: MIT */
/*
 * reader_fuzz.c: any bytes, for the reader. The first byte says how they are read; so that the
 * fuzzer gets past the checksums, it can have them made right first.
 */
#include "format/block.h"
#include "format/bytes.h"
#include "format/reader.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum reader_fuzz_mode {
	FUZZ_REPAIR = 1, /* checksums are made right */
	FUZZ_FILE = 2,   /* can be read from any offset */
	FUZZ_PEEK = 4,   /* summaries are asked for in advance */
	FUZZ_SKIP = 8,   /* and passed over */
	FUZZ_SLOW = 16,  /* comes in small pieces */
	FUZZ_SEEK = 32,  /* at the end, back to the first group whose extent is known */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input {
	uint8_t *data;
	size_t len, pos;
	unsigned int mode;
};

static int64_t fuzz_read_at(void *ctx, uint64_t offset, void *data, size_t len)
{
	const struct fuzz_input *in = ctx;
	size_t left = offset < in->len ? in->len - (size_t)offset : 0;

	if (len > left)
		len = left;
	if (in->mode & FUZZ_SLOW && len > 7)
		len = 7;
	if (len)
		memcpy(data, in->data + offset, len);
	return (int64_t)len;
}

static int64_t fuzz_read(void *ctx, void *data, size_t len)
{
	struct fuzz_input *in = ctx;
	int64_t got = fuzz_read_at(ctx, in->pos, data, len);

	in->pos += (size_t)got;
	return got;
}

static void repair(struct fuzz_input *in)
{
	for (size_t at = 0; in->len - at >= BLOCK_HEADER; at++) {
		uint8_t *h = in->data + at;
		size_t payload = (size_t)load_le(h + 12, 4);

		if (!block_may_begin(h, BLOCK_HEADER))
			continue;
		if (payload > in->len - at - BLOCK_HEADER)
			payload = 0;
		store_le(h + 60, block_crc(h + BLOCK_HEADER, payload), 4);
		store_le(h + 68, block_crc(h, 68), 4);
		at += BLOCK_HEADER + payload - 1;
	}
}

/* What must be true of every block, whatever the input; reads every byte that is promised. */
static void check_block(const struct reader *r, const struct block *b)
{
	uint32_t sessions;
	const struct session *session = reader_sessions(r, &sessions);

	for (uint32_t i = 0; i < b->samples; i++) {
		uint32_t id = b->key[i] / 2;

		if (id >= sessions || !memchr(session[id].process.comm, 0, NAME_SIZE) ||
			strlen(session[id].process.cgroup) >= PATH_SIZE)
			abort();
		if (b->time_us[i] < b->first_us || b->time_us[i] > b->last_us ||
			(i && b->time_us[i] < b->time_us[i - 1]))
			abort();
		if (session[id].conn.family != 4 && session[id].conn.family != 6)
			abort();
	}
	for (uint32_t i = 0; i < b->losses; i++) {
		if (b->loss[i].from_us > b->loss[i].to_us)
			abort();
	}
	for (uint32_t i = 0; i < b->loads; i++) {
		if (b->load[i].time_us > UINT64_MAX - b->load[i].avg[0])
			continue;
	}
}

static void check_summary(const struct reader *r, const struct summary *s)
{
	uint32_t sessions;

	reader_sessions(r, &sessions);
	if (sessions != s->sessions)
		abort();
	for (uint32_t i = 0; i < sessions; i++) {
		if (s->sum[i].first_us > s->sum[i].last_us)
			abort();
	}
}

static void check_item(struct reader *r, const struct item *item, unsigned int mode)
{
	const struct summary *summary;

	switch (item->kind) {
	case ITEM_GROUP:
		if (strlen(item->header->selftest) >= TEXT_SIZE)
			abort();
		if (!(mode & FUZZ_PEEK) || reader_peek(r, &summary))
			break;
		check_summary(r, summary);
		if (mode & FUZZ_SKIP)
			reader_skip(r);
		break;
	case ITEM_BLOCK:
		check_block(r, item->block);
		break;
	case ITEM_SUMMARY:
		check_summary(r, item->summary);
		break;
	case ITEM_DAMAGE:
	case ITEM_FINISH:
		break;
	}
}

/* Samples of the group, read from its header on; then it need not be read further. */
static uint64_t read_group(struct reader *r, const struct extent *e)
{
	uint64_t samples = 0;
	struct item item;

	reader_seek(r, e);
	if (reader_next(r, &item) || item.kind != ITEM_GROUP || item.offset != e->offset)
		abort();
	while (!reader_next(r, &item) && item.kind != ITEM_GROUP && item.offset < e->end)
		samples += item.kind == ITEM_BLOCK ? item.block->samples : 0;
	return samples;
}

/* What is torn reaches to the end. */
static void check_end(const struct reader *r, const struct fuzz_input *in)
{
	const struct reader_stats *s = reader_stats(r);

	if (s->torn_offset + s->torn_bytes != in->len || s->torn_zeros > s->torn_bytes)
		abort();
	for (uint64_t i = 1; i <= s->torn_zeros; i++) {
		if (in->data[in->len - i])
			abort();
	}
}

static void read_all(struct reader *r, const struct fuzz_input *in)
{
	struct extent first;
	uint64_t samples = 0;
	bool known = false;
	struct item item;
	int status;

	while (!(status = reader_next(r, &item))) {
		if (item.kind == ITEM_GROUP && !known && in->mode & FUZZ_SEEK) {
			known = !reader_extent(r, &first);
		}
		if (known && item.kind == ITEM_BLOCK && item.offset < first.end)
			samples += item.block->samples;
		check_item(r, &item, in->mode);
	}
	if (status == FMT_END)
		check_end(r, in);
	/* After a refusal nothing more is read. */
	if (!known || status != FMT_END)
		return;
	if (read_group(r, &first) != samples && !(in->mode & FUZZ_SKIP))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reader *r;
	struct fuzz_input in = {.mode = size ? data[0] : 0};
	struct source source = {fuzz_read, &in};

	if (size < 2)
		return 0;
	in.len = size - 1;
	in.data = malloc(in.len);
	if (!in.data || (!r && reader_new(&r, source)))
		abort();
	memcpy(in.data, data + 1, in.len);
	if (in.mode & FUZZ_REPAIR)
		repair(&in);
	reader_reset(r, source);
	if (in.mode & FUZZ_FILE)
		reader_read_at(r, fuzz_read_at);
	read_all(r, &in);
	if (reader_stats(r)->bytes > in.len)
		abort();
	free(in.data);
	return 0;
}
