/* SPDX-License-Identifier: MIT */
/*
 * ahead.h: hands out the items of a file in the file's order, as an input does, but reads only what
 * it must, and several groups at once. For merge.c.
 *
 * Of a regular file, block headers tell what a group is about before it is read. One that has
 * nothing of the selection is passed over (its ITEM_GROUP is handed out). One that is whole is read
 * by a parcel, on a thread of its own where there are several. Wherever anything is wrong the file
 * is read block by block, so that damage is told as if it were always read so. What is passed over
 * is not checked.
 *
 * An ITEM_SUMMARY stands for all blocks of its group and is handed out in place of them.
 */
#ifndef REPORT_AHEAD_H
#define REPORT_AHEAD_H

#include "report/input.h"

/* What a view does with a group's samples. */
enum ahead_want {
	WANT_SAMPLES, /* anything */
	WANT_SLICES,  /* sums them by intervals of grain_us */
	WANT_SUMS,    /* sums them; what is wrong with those it need not read is not asked for */
	WANT_CHECKED, /* sums them; whatever is wrong is to be found */
};

struct ahead_options {
	enum ahead_want want;
	int64_t grain_us;
	struct selection selection;
	unsigned int threads; /* 0: block by block from start to end, passing over nothing */
};

struct ahead;

/* Borrows the input. 0 or -ENOMEM. */
int ahead_new(struct ahead **out, struct input *in, const struct ahead_options *options);
/* NULL is fine. Before input_close. */
void ahead_free(struct ahead *a);

/*
 * As input_next. Behind the selection it ends a stream, and of a file no longer tells damage and
 * end; a file may come back into the selection, where the wall clock was set back.
 */
int ahead_next(struct ahead *a, struct item *item, const struct feed **feed, char why[INPUT_WHY]);
/* Whether what was read last lies behind the selection. */
bool ahead_is_past(const struct ahead *a);

#endif
