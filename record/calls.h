/* SPDX-License-Identifier: MIT */
/*
 * calls.h: a cursor over one CPU's ring of calls (bpf/events.h), in the memory that the probes
 * write. For shared.c, which maps it, and collector.c, which reads it. Not thread-safe.
 */
#ifndef RECORD_CALLS_H
#define RECORD_CALLS_H

#include "bpf/events.h"
#include <stdbool.h>
#include <stdint.h>

enum { CALLS_AHEAD = 8 };

struct calls {
	struct event_position *position;
	const struct event_call *place;
	uint64_t places;    /* a power of two */
	uint64_t read, end; /* the next one, and the end of what calls_refresh() saw */
};

/* The memory stays the caller's. */
void calls_init(struct calls *c, struct event_position *position, const struct event_call *place,
	uint64_t places);

/* Looks how far the probes have got. */
void calls_refresh(struct calls *c);

/* Gives the places of all calls taken back to the probes. */
void calls_release(struct calls *c);

/* For each call, and so not behind a call of its own: */

static inline bool calls_empty(const struct calls *c)
{
	return c->read == c->end;
}

/* The next call, where there is one; its stamp, without the round. False: not yet written. */
static inline bool calls_peek(
	const struct calls *c, const struct event_call **call, uint64_t *stamp)
{
	const struct event_call *e = &c->place[c->read & (c->places - 1)];
	/* Acquire: the stamp was written last. */
	uint64_t word = __atomic_load_n(&e->stamp, __ATOMIC_ACQUIRE);
	bool round = !(c->read & c->places);

	*call = e;
	*stamp = word & ~EVENT_ROUND;
	return round == (word >= EVENT_ROUND);
}

/* Takes the call that calls_peek() showed. It stays until calls_release(). */
static inline void calls_next(struct calls *c)
{
	c->read++;
	/* With many rings the processor does not guess what comes next. */
	__builtin_prefetch(&c->place[(c->read + CALLS_AHEAD) & (c->places - 1)]);
}

#endif
