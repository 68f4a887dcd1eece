/* SPDX-License-Identifier: MIT */
/*
 * stream.h: a pipe or socket whose reader may be slow or stalled. For output.c.
 *
 * Nothing here waits. A block that the reader has no room for is kept in memory and handed over
 * piece by piece; the descriptor's own flags are left alone, as other processes may share it.
 * Functions answer 0 or a negative errno; once the reader has gone, always -EPIPE.
 */
#ifndef RECORD_STREAM_H
#define RECORD_STREAM_H

#include "format/model.h"
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	STREAM_MOST = 16 << 20,  /* bytes that wait, at the most */
	STREAM_PLENTY = 8 << 20, /* from here on the rings had better wait */
};

struct stream;

/* Whether this descriptor is one. */
bool stream_is(int fd);

/* The descriptor stays the caller's. NULL: no memory. */
struct stream *stream_new(int fd);
/* NULL is fine. What still waits is gone. */
void stream_free(struct stream *s);

/*
 * Takes a block, all of it or with a negative answer none: -ENOBUFS when too much waits already.
 * `before` is what the blocks before this one hold, for stream_delivered().
 */
int stream_put(struct stream *s, const void *data, size_t len, const struct totals *before);

/* What to poll for, and what to do then: hands over what there is room for. */
struct pollfd stream_poll(const struct stream *s);
int stream_polled(struct stream *s, short revents);

/* Bytes that wait. */
size_t stream_waiting(const struct stream *s);
/* What the blocks hold that the reader was given in whole; NULL: all of them. */
const struct totals *stream_delivered(const struct stream *s);

#endif
