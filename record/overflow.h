/* SPDX-License-Identifier: MIT */
/*
 * overflow.h: the user's side of the table where the probes sum up, session by session, what finds
 * no room in the rings (struct event_overflow). For collector.c; tests give it ordinary memory.
 *
 * The sums in the table only grow; what was taken of them is remembered here.
 */
#ifndef RECORD_OVERFLOW_H
#define RECORD_OVERFLOW_H

#include "bpf/events.h"
#include <stdbool.h>
#include <stdint.h>

struct overflow;

/* Calls of one session and direction that were summed up since the last time. */
struct overflow_sum {
	uint64_t last_ns; /* the latest of them, boot clock */
	uint64_t calls, bytes;
	uint32_t session;
	bool tx;
	bool inferred; /* some of them */
};

/* The table stays the caller's, shared with the probes. NULL: no memory. */
struct overflow *overflow_new(struct event_overflow *table, uint32_t places);
/* NULL is fine. */
void overflow_free(struct overflow *o);

/* Shows each definition that waits in the table, once. */
void overflow_definitions(struct overflow *o,
	void (*take)(void *ctx, const struct event_session *definition), void *ctx);

/* Shows each new sum; one that is refused (false) is shown again, grown or not, next time. */
void overflow_sums(
	struct overflow *o, bool (*take)(void *ctx, const struct overflow_sum *sum), void *ctx);

/*
 * When the table gets full: frees the places that had nothing new at the last overflow_sums().
 * Waits until no probe can still be adding to them (some milliseconds), then shows what came last.
 */
void overflow_make_room(
	struct overflow *o, bool (*take)(void *ctx, const struct overflow_sum *sum), void *ctx);

#endif
