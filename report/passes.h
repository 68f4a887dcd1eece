/* SPDX-License-Identifier: MIT */
/*
 * passes.h: remembers what the filter said of each session, for views that ask with each sample.
 */
#ifndef REPORT_PASSES_H
#define REPORT_PASSES_H

#include "report/feed.h"
#include "report/filter.h"

struct passes;

/* Borrows the filter. */
int passes_new(struct passes **out, struct filter *filter);
/* NULL is fine. */
void passes_free(struct passes *p);

/* Another group of the feed begins: its session numbers mean others from now on. */
void passes_group(struct passes *p, const struct feed *feed);
/* 1 where the feed's session is in view, 0 where not, -ENOMEM. */
int passes_ask(struct passes *p, const struct feed *feed, uint32_t session);

#endif
