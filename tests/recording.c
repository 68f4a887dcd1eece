/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int append(void *ctx, const void *data, size_t len)
{
	struct recording_bytes *b = ctx;

	if (b->len + len > b->size) {
		b->size = 2 * (b->len + len);
		b->data = realloc(b->data, b->size);
		assert_non_null(b->data);
	}
	memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

struct sink recording_sink(struct recording_bytes *bytes)
{
	return (struct sink){.write = append, .ctx = bytes};
}

static int64_t give(void *ctx, void *data, size_t len)
{
	struct recording_bytes *b = ctx;

	if (len > b->len - b->read)
		len = b->len - b->read;
	if (len)
		memcpy(data, b->data + b->read, len);
	b->read += len;
	return (int64_t)len;
}

static void add_block(struct recording *got, const struct block *b)
{
	got->row = realloc(got->row, (got->rows + b->samples + 1) * sizeof(*got->row));
	got->loss = realloc(got->loss, (got->losses + b->losses + 1) * sizeof(*got->loss));
	assert_non_null(got->row);
	assert_non_null(got->loss);
	for (uint32_t i = 0; i < b->samples; i++) {
		assert_true(b->key[i] / 2 < got->sessions);
		got->row[got->rows++] = (struct recording_row){
			.time_us = b->time_us[i],
			.bytes = b->bytes[i],
			.pid = got->session[b->key[i] / 2].process.pid,
			.calls = b->calls ? b->calls[i] : 1,
			.dir = b->key[i] & 1,
			.flags = b->flags ? b->flags[i] : 0,
		};
	}
	for (uint32_t i = 0; i < b->losses; i++)
		got->loss[got->losses++] = b->loss[i];
}

void recording_read(struct recording *got, struct recording_bytes *bytes)
{
	struct item item = {.kind = ITEM_GROUP};

	assert_int_equal(
		reader_new(&got->reader, (struct source){.read = give, .ctx = bytes}), FMT_OK);
	while (reader_next(got->reader, &item) == FMT_OK) {
		assert_int_not_equal(item.kind, ITEM_DAMAGE);
		got->session = reader_sessions(got->reader, &got->sessions);
		if (item.kind == ITEM_BLOCK)
			add_block(got, item.block);
	}
	assert_true(reader_stats(got->reader)->finished);
}

void recording_free(struct recording *got)
{
	reader_free(got->reader);
	free(got->row);
	free(got->loss);
	*got = (struct recording){0};
}
