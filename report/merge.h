/* SPDX-License-Identifier: MIT */
/*
 * merge.h: several recordings as one, in order of wall time, and what was selected of them. For
 * run.c.
 *
 * A block is handed out in slices wherever another file has samples in between. A file is opened
 * when its time has come and closed at its end, so that a rotated set costs the memory of one file.
 */
#ifndef REPORT_MERGE_H
#define REPORT_MERGE_H

#include "report/ahead.h"
#include "report/files.h"

struct merge;

enum merge_step {
	MERGE_END = 0,  /* all is read */
	MERGE_ITEM,     /* an item of the feed */
	MERGE_FILE_END, /* the feed was read to its end */
	MERGE_LEFT,     /* the feed was read as far as the selection goes, or ends behind it */
	MERGE_FAILED,   /* the feed cannot be read any further; why says it */
};

struct merge_options {
	bool in_turn;             /* one file after the other, whole */
	const struct log *follow; /* see input_open; of files that are not settled */
	/* Within multiples of grain_us the order does not matter, which makes larger slices; 1: it
	 * does. */
	struct ahead_options ahead;
};

/* The files must outlive the merge. 0 or -ENOMEM. */
int merge_new(struct merge **out, const struct files *files, const struct merge_options *options);
/* NULL is fine. */
void merge_free(struct merge *m);

/* What it answers with is good until the next call. */
enum merge_step merge_next(
	struct merge *m, struct item *item, const struct feed **feed, char why[INPUT_WHY]);

#endif
