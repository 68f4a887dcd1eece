/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* A block that waits. */
struct waiting {
	struct waiting *next;
	struct totals before;
	size_t len;
	uint8_t data[];
};

struct stream {
	int fd;
	bool is_socket;
	int gone; /* why nothing can be written any more: negative errno */
	struct waiting *first, **last;
	size_t given; /* bytes of the first block that the reader has */
	size_t bytes; /* of all blocks, without these */
};

bool stream_is(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

struct stream *stream_new(int fd)
{
	struct stream *s = calloc(1, sizeof(*s));
	struct stat st;

	if (!s)
		return NULL;
	s->fd = fd;
	s->is_socket = !fstat(fd, &st) && S_ISSOCK(st.st_mode);
	s->last = &s->first;
	return s;
}

static void drop_first(struct stream *s)
{
	struct waiting *w = s->first;

	s->first = w->next;
	if (!s->first)
		s->last = &s->first;
	s->given = 0;
	free(w);
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	while (s->first)
		drop_first(s);
	free(s);
}

/* As write(), but never waits: -EAGAIN. */
static ssize_t write_some(const struct stream *s, const uint8_t *data, size_t len)
{
	struct pollfd room = {.fd = s->fd, .events = POLLOUT};
	ssize_t done;

	if (s->is_socket) {
		done = send(s->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		return done < 0 ? -errno : done;
	}
	/* What poll() calls room is room for this much, at least. */
	if (poll(&room, 1, 0) <= 0)
		return -EAGAIN;
	done = write(s->fd, data, len < PIPE_BUF ? len : PIPE_BUF);
	return done < 0 ? -errno : done;
}

static int hand_over(struct stream *s)
{
	while (s->first && !s->gone) {
		const struct waiting *w = s->first;
		ssize_t done = write_some(s, w->data + s->given, w->len - s->given);

		if (done == -EAGAIN)
			return 0;
		if (done == -EINTR)
			continue;
		if (done < 0) {
			s->gone = done == -ECONNRESET ? -EPIPE : (int)done;
			break;
		}
		s->given += (size_t)done;
		s->bytes -= (size_t)done;
		if (s->given == w->len)
			drop_first(s);
	}
	return s->gone;
}

/* The last one, of which the reader has not got all. */
static void take_back(struct stream *s, struct waiting *w)
{
	struct waiting **at = &s->first;

	s->bytes -= w->len - (s->first == w ? s->given : 0);
	if (s->first == w)
		s->given = 0;
	while (*at != w)
		at = &(*at)->next;
	*at = NULL;
	s->last = at;
	free(w);
}

int stream_put(struct stream *s, const void *data, size_t len, const struct totals *before)
{
	struct waiting *w;
	int err;

	if (s->gone)
		return s->gone;
	if (len > STREAM_MOST - s->bytes)
		return -ENOBUFS;
	w = malloc(sizeof(*w) + len);
	if (!w)
		return -ENOMEM;
	w->next = NULL;
	w->before = *before;
	w->len = len;
	memcpy(w->data, data, len);
	*s->last = w;
	s->last = &w->next;
	s->bytes += len;
	err = hand_over(s);
	if (err)
		take_back(s, w);
	return err;
}

struct pollfd stream_poll(const struct stream *s)
{
	return (struct pollfd){
		.fd = s->gone ? -1 : s->fd,
		.events = s->first ? POLLOUT : 0,
	};
}

int stream_polled(struct stream *s, short revents)
{
	/* Without waiting for something to write: the end need not take long to be noticed. */
	if (revents & (POLLERR | POLLHUP | POLLNVAL) && !s->gone)
		s->gone = -EPIPE;
	return hand_over(s);
}

size_t stream_waiting(const struct stream *s)
{
	return s->bytes;
}

const struct totals *stream_delivered(const struct stream *s)
{
	return s->first ? &s->first->before : NULL;
}
