/* SPDX-License-Identifier: MIT */
/*
 * window.h: the part of a source that is at hand, which moves over it forward, and may be put
 * elsewhere where the source can be read at any offset. For scan.c only.
 */
#ifndef FORMAT_WINDOW_H
#define FORMAT_WINDOW_H

#include "block.h"
#include "reader.h"

struct window {
	struct source source;
	source_read_at *read_at; /* NULL: forward only */
	uint8_t *data;
	size_t cap, start, end; /* data[start, end) was read and not passed yet */
	uint64_t offset;        /* of start, in the source */
	size_t portion;         /* bytes to read at once, where no more are needed */
	uint64_t fetched;       /* bytes read so far */
};

/* FMT_OK or FMT_ENOMEM. */
int window_init(struct window *w, struct source source);
/* As if it were new, but for the memory that it keeps. */
void window_reset(struct window *w, struct source source);
void window_release(struct window *w);

/* What is at hand, window_held bytes; until the next fill. */
const uint8_t *window_at(const struct window *w);
size_t window_held(const struct window *w);

/*
 * Reads until there are need bytes, no more than a block with the header behind it has, or fewer if
 * the source has no more for now. FMT_OK, FMT_ENOMEM or FMT_EIO.
 */
int window_fill(struct window *w, size_t need);
void window_pass(struct window *w, size_t len);

/* For a source with read_at: goes on there, where maybe no more than a header is wanted. */
void window_seek(struct window *w, uint64_t offset);
/* The bytes at the offset, whatever is at hand; fewer at the end. -1: they cannot be read. */
int64_t window_read(struct window *w, uint64_t offset, void *data, size_t len);

#endif
