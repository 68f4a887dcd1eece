/* SPDX-License-Identifier: MIT */
/*
 * workers.h: threads that do jobs, first come, first served. For ahead.c.
 */
#ifndef REPORT_WORKERS_H
#define REPORT_WORKERS_H

#include <stdbool.h>

struct workers;

/* Part of whatever is to be done; belongs to its owner, but between workers_give and _wait. */
struct job {
	void (*run)(struct job *job);
	struct job *next;
	bool done;
};

/* -ENOMEM, or 0: then also with fewer threads than asked for, or none. */
int workers_new(struct workers **out, unsigned int threads);
/* Waits for the jobs at hand; the others are not begun. NULL is fine. */
void workers_free(struct workers *w);

/* Sets all but job->run. */
void workers_give(struct workers *w, struct job *job);
/* Until the job is done; where no thread has begun it, the caller does it. */
void workers_wait(struct workers *w, struct job *job);
/* The same, but what no thread has begun is not done at all. */
void workers_cancel(struct workers *w, struct job *job);

#endif
