/* SPDX-License-Identifier: MIT */
/*
 * gather.h: the aggregation: samples into the rows of a table. For the views.
 *
 * It remembers each session's row, so that a sample costs an index and a few additions; filter and
 * key are asked once a session and table. Answers 0 or -ENOMEM. UDP is summed apart where the rows
 * are processes.
 */
#ifndef REPORT_GATHER_H
#define REPORT_GATHER_H

#include "report/feed.h"
#include "report/filter.h"
#include "report/key.h"
#include "report/table.h"

struct gather;

/* Borrows filter and table. */
int gather_new(struct gather **out, struct filter *filter, enum key_by by, struct table *table);
/* NULL is fine. */
void gather_free(struct gather *g);

/* Another group of the feed begins: its session numbers mean others from now on. */
void gather_group(struct gather *g, const struct feed *feed);
/* Empties the table. */
void gather_clear(struct gather *g);

/* The samples from..to-1 of a block of the feed. */
int gather_add(struct gather *g, const struct feed *feed, const struct block *b, uint32_t from,
	uint32_t to);

/* All of a group of the feed. */
int gather_sums(struct gather *g, const struct feed *feed, const struct summary *summary);

#endif
