/* SPDX-License-Identifier: MIT */
/*
 * output.h: where the recording goes: a new file of its own, or standard output. For store.c,
 * series.c and recorder.c.
 *
 * A file is created 0600 and never through a symbolic link; nothing is overwritten unasked. Each
 * write is one block: after a short one a file is cut back to the last whole block, so that the
 * next write can follow. A pipe or socket is a stream.h: its writes never wait.
 */
#ifndef RECORD_OUTPUT_H
#define RECORD_OUTPUT_H

#include "stream.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { OUTPUT_ERROR_SIZE = 5120 };

struct output {
	int fd;
	const char *name; /* for messages */
	bool is_file;     /* a new one of our own */
	bool is_stdout;
	struct stream *stream; /* NULL: not a pipe or socket */
	uint64_t size;         /* bytes of whole blocks */
	off_t start;           /* where they begin, in a file that is standard output */
	size_t torn;           /* bytes behind them that could not be taken back yet */
	uint64_t failures;     /* writes that failed */
	int error; /* negative errno of the last of them; 0: no write, or a good one since */
};

/* Puts the words into `error` and answers err. For those who open outputs: here and series.c. */
int output_fail(char error[OUTPUT_ERROR_SIZE], int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * path "-": standard output. path NULL: `fallback`, whose older file becomes FILE.old. Any other
 * existing path is refused, or with `force` replaced (a regular file) or written to (a pipe or
 * device). Negative errno and one line in `error` on failure.
 */
int output_open(struct output *o, const char *path, const char *fallback, bool force,
	char error[OUTPUT_ERROR_SIZE]);

/*
 * Whether output_open() would refuse this path, without touching anything: for saying so before
 * the kernel is asked for anything.
 */
int output_check(const char *path, const char *fallback, bool force, char error[OUTPUT_ERROR_SIZE]);

/*
 * Writes a block, or with a negative errno nothing of it. `before` is what the blocks before it
 * hold.
 */
int output_write(struct output *o, const void *data, size_t len, const struct totals *before);

/* Whether later writes may succeed after the last one failed: a disk may get room again. */
bool output_may_recover(const struct output *o);

/* What to poll for beside other things (fd -1: nothing), and what to do then. */
struct pollfd output_poll(const struct output *o);
void output_polled(struct output *o, short revents);
/* Bytes that a slow reader has not taken yet. */
size_t output_waiting(const struct output *o);

/* Takes a file that was created, and holds nothing of use, away again. */
void output_discard(struct output *o);

/* Sees that a file is on its disk. 0 or a negative errno: not all of it may be there. */
int output_close(struct output *o);

#endif
