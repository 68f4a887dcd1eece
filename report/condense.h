/* SPDX-License-Identifier: MIT */
/*
 * condense.h: sums the samples of a block by session, direction and interval. For parcel.c.
 *
 * What comes out is a block again, of fewer samples, in order of time: each stands for those of its
 * session and direction in its interval, and has the time of the first. To a view that sums by
 * interval it is the same. Flags are left out.
 */
#ifndef REPORT_CONDENSE_H
#define REPORT_CONDENSE_H

#include "format/reader.h"
#include <stddef.h>

struct condense;

/* How the wall clock is cut: at whole multiples of the length, and at the edges. */
struct condense_cuts {
	int64_t length_us;
	int64_t edge_us[2];
};

/* 0 or -ENOMEM. */
int condense_new(struct condense **out, const struct condense_cuts *cuts);
/* NULL is fine. */
void condense_free(struct condense *c);

/*
 * Sessions of the block are below the number. All that *to points to is one piece of memory of the
 * caller, *piece, of so many bytes. 0 or -ENOMEM.
 */
int condense_block(struct condense *c, uint32_t sessions, const struct block *from,
	struct block *to, void **piece, size_t *bytes);

#endif
