/* SPDX-License-Identifier: MIT */
/*
 * parcel.h: a group of a file, read by itself. For ahead.c, which has several read at once.
 *
 * A parcel has a reader of its own and touches nothing else, so that any thread may read it.
 * Whatever is not as it must be is left to who reads the file from its start to its end.
 */
#ifndef REPORT_PARCEL_H
#define REPORT_PARCEL_H

#include "report/condense.h"
#include "report/feed.h"

struct parcel;
struct input;

enum parcel_task {
	PARCEL_BLOCKS,  /* its blocks, condensed */
	PARCEL_SUMS,    /* its summary; its blocks are not read */
	PARCEL_CHECKED, /* its summary, once all blocks were read and nothing is wrong with them */
};

/* Bytes that the blocks of a parcel may take; one that has more is not for a parcel. */
enum { PARCEL_BYTES = 8 << 20 };

/* 0 or -ENOMEM. The input must outlive it. cuts: for PARCEL_BLOCKS. */
int parcel_new(struct parcel **out, const struct input *in, const struct condense_cuts *cuts);
/* NULL is fine. */
void parcel_free(struct parcel *u);

/* What is to be read next; what was read is forgotten. */
void parcel_set(struct parcel *u, enum parcel_task task, const struct extent *extent);
const struct extent *parcel_extent(const struct parcel *u);
void parcel_read(struct parcel *u);

/*
 * After parcel_read: 0, or negative where the group has to be read in turn: -EBADMSG for damage or
 * an end, -E2BIG, -ENOMEM.
 */
int parcel_status(const struct parcel *u);
/*
 * The next item: the ITEM_GROUP, then each ITEM_BLOCK, or the ITEM_SUMMARY. false: no more. What it
 * points to is good until the next parcel_set, and so are the origin and the sessions in *feed.
 */
bool parcel_next(struct parcel *u, struct item *item, struct feed *feed);

#endif
