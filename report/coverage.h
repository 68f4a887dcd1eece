/* SPDX-License-Identifier: MIT */
/*
 * coverage.h: when any recording at all was made: between two of them nobody knows what happened,
 * which is not the same as that nothing did. Nor does anybody where a lone recorder could write
 * nothing. For view_intervals.c.
 *
 * Told in order of time, of however many files at once. A recording is at work from its start until
 * it is finished, or where it is not, until its last block.
 */
#ifndef REPORT_COVERAGE_H
#define REPORT_COVERAGE_H

#include "report/feed.h"
#include <stdbool.h>

struct coverage_feed {
	uint64_t recording;
	bool at_work;
};

/* All zero is nothing told yet. */
struct coverage {
	struct coverage_feed *feed; /* by their numbers */
	size_t feeds;
	bool any;
	int64_t seen_us;        /* so far there was a recording, wall clock */
	int64_t from_us, to_us; /* the last stretch of that kind; from == to: there is none */
};

/* Another group of the feed begins. 1: a stretch without a recording ends here; 0, or -ENOMEM. */
int coverage_begin(struct coverage *c, const struct feed *feed, const struct header *header);
void coverage_seen(struct coverage *c, int64_t wall_us);
/* All that happened meanwhile was lost. */
void coverage_lost(struct coverage *c, int64_t from_us, int64_t to_us);
/* The feed's recording is over, or its file. */
void coverage_end(struct coverage *c, const struct feed *feed);
/*
 * How many of the n intervals from start_us on, from the first, are alike in whether they lie in
 * the last stretch without a recording, and in *recorded that they do not.
 */
uint64_t coverage_alike(
	const struct coverage *c, int64_t start_us, int64_t length_us, uint64_t n, bool *recorded);
void coverage_clear(struct coverage *c);

#endif
