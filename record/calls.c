/* SPDX-License-Identifier: MIT */
#include "calls.h"

void calls_init(struct calls *c, struct event_position *position, const struct event_call *place,
	uint64_t places)
{
	*c = (struct calls){
		.position = position,
		.place = place,
		.places = places,
		.read = position->read,
		.end = position->read,
	};
}

void calls_refresh(struct calls *c)
{
	/* Acquire: all that is before it is taken, if not written. */
	c->end = __atomic_load_n(&c->position->taken, __ATOMIC_ACQUIRE);
}

void calls_release(struct calls *c)
{
	/* Release: what was read was read before the probes write there again. */
	__atomic_store_n(&c->position->read, c->read, __ATOMIC_RELEASE);
}
