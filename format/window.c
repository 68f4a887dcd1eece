/* SPDX-License-Identifier: MIT */
#include "window.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_CAP = 1 << 20,
	FIRST_PORTION = 64 << 10, /* at the start of a source */
	SEEK_PORTION = 4 << 10,   /* elsewhere */
	MOST = BLOCK_HEADER + BLOCK_PAYLOAD + BLOCK_HEADER,
};

int window_init(struct window *w, struct source source)
{
	*w = (struct window){.source = source, .cap = FIRST_CAP, .portion = FIRST_PORTION};
	w->data = malloc(w->cap);
	return w->data ? FMT_OK : FMT_ENOMEM;
}

void window_reset(struct window *w, struct source source)
{
	*w = (struct window){
		.source = source, .data = w->data, .cap = w->cap, .portion = FIRST_PORTION};
}

void window_release(struct window *w)
{
	free(w->data);
	memset(w, 0, sizeof(*w));
}

const uint8_t *window_at(const struct window *w)
{
	return w->data + w->start;
}

size_t window_held(const struct window *w)
{
	return w->end - w->start;
}

void window_pass(struct window *w, size_t len)
{
	w->start += len;
	w->offset += len;
}

void window_seek(struct window *w, uint64_t offset)
{
	w->start = w->end = 0;
	w->offset = offset;
	w->portion = SEEK_PORTION;
}

/* Makes room for need bytes from start on. */
static int make_room(struct window *w, size_t need)
{
	size_t cap = w->cap;
	uint8_t *data;

	if (cap - w->start >= need)
		return FMT_OK;
	memmove(w->data, w->data + w->start, window_held(w));
	w->end -= w->start;
	w->start = 0;
	while (cap < need)
		cap *= 2;
	if (cap > MOST)
		cap = MOST;
	if (cap == w->cap)
		return FMT_OK;
	data = realloc(w->data, cap);
	if (!data)
		return FMT_ENOMEM;
	w->data = data;
	w->cap = cap;
	return FMT_OK;
}

static int64_t read_some(struct window *w, uint64_t offset, void *data, size_t len)
{
	int64_t got = w->read_at ? w->read_at(w->source.ctx, offset, data, len)
				 : w->source.read(w->source.ctx, data, len);

	if (got < 0 || (uint64_t)got > len)
		return -1;
	w->fetched += (uint64_t)got;
	return got;
}

/* How much to read: what is needed, and beyond that the more the longer no one has jumped. */
static size_t portion(struct window *w, size_t need)
{
	size_t room = w->cap - w->end, len = need - window_held(w);

	if (len < w->portion)
		len = w->portion;
	if (w->portion < FIRST_CAP)
		w->portion *= 2;
	return len < room ? len : room;
}

int window_fill(struct window *w, size_t need)
{
	int status = make_room(w, need);

	while (!status && window_held(w) < need) {
		int64_t got = read_some(
			w, w->offset + window_held(w), w->data + w->end, portion(w, need));

		if (got < 0)
			return FMT_EIO;
		if (!got)
			break;
		w->end += (size_t)got;
	}
	return status;
}

int64_t window_read(struct window *w, uint64_t offset, void *data, size_t len)
{
	size_t held = 0;

	while (held < len) {
		int64_t got = read_some(w, offset + held, (uint8_t *)data + held, len - held);

		if (got < 0)
			return -1;
		if (!got)
			break;
		held += (size_t)got;
	}
	return (int64_t)held;
}
