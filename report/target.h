/* SPDX-License-Identifier: MIT */
/*
 * target.h: where the report goes: standard output, or the page's file. For main.
 *
 * What a file held before is replaced when there is something to put in its place, and not when
 * the report comes to nothing.
 */
#ifndef REPORT_TARGET_H
#define REPORT_TARGET_H

#include <stdbool.h>
#include <stddef.h>

struct log;

struct target {
	int fd;
	const char *made; /* the name of a file that was not there; else NULL; borrowed */
	bool replaces;    /* what is there goes with the first write */
};

/*
 * page: a file's name, which must outlive it; NULL, or "-": standard output. 0 or a negative errno
 * after a message to log: -EEXIST where a recording would be replaced.
 */
int target_open(struct target *t, const char *page, const struct log *log);

/* For struct out_sink; ctx is the target. */
int target_write(void *ctx, const void *data, size_t len);

/* Takes away a file that it made in vain. Good after a failure as well. */
void target_close(struct target *t);

#endif
