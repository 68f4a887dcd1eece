/* SPDX-License-Identifier: MIT */
/*
 * timeline.h: how much each key moved when, in a bounded number of equal steps. For the page.
 *
 * Steps begin at whole multiples of their width on the wall clock; they become wider as the time
 * that they must cover grows, whatever order it is told in. Memory goes with the keys and the
 * steps in which they moved something. Functions answer 0 or -ENOMEM.
 */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H

#include "report/feed.h"
#include "report/filter.h"
#include "report/table.h"
#include <stdbool.h>

enum {
	TIMELINE_STEPS = 150, /* at the most */
	TIMELINE_SERIES = 8,  /* the largest keys; what is left is one more */
};

struct timeline;

/* What happened in a step. */
struct step {
	bool recorded; /* the recorder was at work, at least for a part of it, if only to see
			  nothing */
	bool lost;     /* something was lost, then or in a stretch of time that touches it */
	uint64_t bytes[TIMELINE_SERIES + 1][2]; /* by series; index enum direction */
};

struct picture {
	int64_t start_us, width_us; /* wall clock; of the first step, of each step */
	size_t steps;               /* 0: nothing was recorded */
	size_t series;              /* without what is left */
	bool others;                /* something is left */
	const struct key *key[TIMELINE_SERIES];
	struct step step[TIMELINE_STEPS];
};

/* Borrows the filter. */
int timeline_new(struct timeline **out, struct filter *filter, enum key_by by);
/* NULL is fine. */
void timeline_free(struct timeline *t);

/*
 * Another group of the feed begins. Feeds come one after the other. Of what a recorder saw before
 * since_us nothing is told.
 */
void timeline_group(
	struct timeline *t, const struct feed *feed, const struct header *header, int64_t since_us);
/* Something is missing between the block before and the next one. */
void timeline_hole(struct timeline *t);
int timeline_add(struct timeline *t, const struct feed *feed, const struct block *b);
/* The recorder was at work until then, wall clock, if nothing is missing before. */
int timeline_end(struct timeline *t, int64_t until_us);

/* What all of that comes to; the keys belong to the timeline. */
int timeline_picture(struct timeline *t, enum sort sort, struct picture *out);

#endif
