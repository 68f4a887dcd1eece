/* SPDX-License-Identifier: MIT */
/*
 * progress.h: how far a long replay has come, on a terminal's standard error. For run.c.
 */
#ifndef REPORT_PROGRESS_H
#define REPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *to;       /* NULL: nobody wants to know */
	uint64_t total; /* bytes to read */
	uint64_t ended; /* of the files that were read to their end */
	uint64_t seen;
	int64_t begun_us, shown_us;
	bool shown;
};

/* now_us is of any clock that goes on. */
void progress_init(struct progress *p, FILE *to, uint64_t total, int64_t now_us);
/* So many bytes of the file at hand are read. Whether to look at the clock for progress_show. */
bool progress_see(struct progress *p, uint64_t bytes);
void progress_show(struct progress *p, int64_t now_us);
/* The file at hand is read. */
void progress_file_end(struct progress *p, uint64_t bytes);
/* Wipes out what was shown. */
void progress_clear(struct progress *p);

#endif
