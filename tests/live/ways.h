/* SPDX-License-Identifier: MIT */
/*
 * ways.h: the ways bytes enter and leave a TCP socket, as tables.
 *
 * A new way is a function and a line in the table of ways.c; traffic picks from the tables, by name
 * or at random.
 */
#ifndef TESTS_LIVE_WAYS_H
#define TESTS_LIVE_WAYS_H

#include <stddef.h>
#include <sys/types.h>

/* One call moves up to len bytes; answers as the system call does, with errno. */
struct way {
	const char *name;
	ssize_t (*call)(int fd, void *data, size_t len);
};

struct ways {
	const struct way *way;
	size_t count;
};

/* All of one direction (RX or TX of books.h). */
struct ways ways_all(int direction);
/* The one of that name, or none. */
struct ways ways_named(int direction, const char *name);

/*
 * Calls that move nothing for good: peeks, the error queue, failures, empty ones. None of them
 * blocks, none may be counted, whatever it answers.
 */
struct ways ways_idle(void);

#endif
