/* SPDX-License-Identifier: MIT */
#include "tape.h"

#include "format/block.h"
#include "format/bytes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tape_release(struct tape *t)
{
	reader_free(t->reader);
	free(t->data);
	memset(t, 0, sizeof(*t));
}

void tape_append(struct tape *t, const void *data, size_t len)
{
	if (t->cap - t->len < len) {
		t->cap = 2 * (t->len + len);
		t->data = realloc(t->data, t->cap);
		if (!t->data)
			abort();
	}
	if (len)
		memcpy(t->data + t->len, data, len);
	t->len += len;
}

static int take(void *ctx, const void *data, size_t len)
{
	struct tape *t = ctx;

	if (t->full) {
		t->refused++;
		return -1;
	}
	tape_append(t, data, len);
	return 0;
}

static int64_t give(void *ctx, void *data, size_t len)
{
	struct tape *t = ctx;
	size_t left = (t->limit ? t->limit : t->len) - t->pos;

	if (t->broken)
		return -1;
	if (len > left)
		len = left;
	if (t->chunk && len > t->chunk)
		len = t->chunk;
	if (len)
		memcpy(data, t->data + t->pos, len);
	t->pos += len;
	return (int64_t)len;
}

struct sink tape_sink(struct tape *t)
{
	return (struct sink){take, t};
}

struct source tape_source(struct tape *t)
{
	return (struct source){give, t};
}

static int64_t give_at(void *ctx, uint64_t offset, void *data, size_t len)
{
	struct tape *t = ctx;

	t->pos = offset < t->len ? (size_t)offset : t->len;
	return give(ctx, data, len);
}

struct reader *tape_reader(struct tape *t)
{
	t->pos = 0;
	if (t->reader)
		reader_reset(t->reader, tape_source(t));
	else if (reader_new(&t->reader, tape_source(t)))
		abort();
	if (t->is_file)
		reader_read_at(t->reader, give_at);
	return t->reader;
}

void tape_record(struct tape *t, const struct header *header)
{
	const struct session session = {
		{.pid = 1, .cgroup = "", .comm = "curl"}, {.proto = PROTO_TCP, .family = 4}};
	struct sample sample = {.time_us = header->start_us + 1000000, .bytes = 1, .calls = 1};
	int64_t offset = header->start_wall_us - (int64_t)header->start_us;
	struct writer *w;

	if (writer_new(&w, header, tape_sink(t)) ||
		writer_clock(w, offset, header->zone_offset_s, "UTC") ||
		writer_define(w, &session, &sample.session) || writer_sample(w, &sample) ||
		writer_finish(w, sample.time_us))
		abort();
	writer_free(w);
}

void tape_save(const struct tape *t, size_t from, const char *name)
{
	FILE *f = fopen(name, "wb");

	if (!f || (t->len > from && fwrite(t->data + from, t->len - from, 1, f) != 1) || fclose(f))
		abort();
}

size_t tape_block(const struct tape *t, size_t at, size_t *end)
{
	size_t begin = 0, next = 0;

	while (next <= at && next + BLOCK_HEADER <= t->len) {
		begin = next;
		next += BLOCK_HEADER + (size_t)load_le(t->data + begin + 12, 4);
	}
	*end = next;
	return begin;
}

void tape_reframe(struct tape *t, size_t block)
{
	uint8_t *at = t->data + block;
	size_t payload = (size_t)load_le(at + 12, 4);

	if (payload <= t->len - block - BLOCK_HEADER)
		store_le(at + 60, block_crc(at + BLOCK_HEADER, payload), 4);
	store_le(at + 68, block_crc(at, 68), 4);
}

void tape_rename(struct tape *t, size_t from, uint64_t recording)
{
	while (from + BLOCK_HEADER <= t->len) {
		uint8_t *at = t->data + from;

		store_le(at + 16, recording, 8);
		store_le(at + 68, block_crc(at, 68), 4);
		from += BLOCK_HEADER + (size_t)load_le(at + 12, 4);
	}
}
