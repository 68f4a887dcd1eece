/* SPDX-License-Identifier: MIT */
/*
 * fake_calls.h: a CPU's ring of calls in ordinary memory, and the probes' part in it (emit.bpf.h),
 * for tests of what reads one.
 */
#ifndef TESTS_FAKE_CALLS_H
#define TESTS_FAKE_CALLS_H

#include "bpf/events.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake_calls {
	struct event_position position;
	struct event_call *place;
	uint64_t places;
};

/* A place that was taken and is not yet written. */
struct fake_place {
	struct event_call *call; /* NULL: the ring is full */
	uint64_t round;
};

/* `places` is a power of two. False: no memory. */
bool fake_calls_new(struct fake_calls *f, uint64_t places);
void fake_calls_free(struct fake_calls *f);

struct fake_place fake_calls_take(struct fake_calls *f);
/* `call` is as it shall be, but for the round. */
void fake_calls_write(struct fake_place place, const struct event_call *call);

/* Both; false when the ring is full. */
bool fake_calls_put(struct fake_calls *f, const struct event_call *call);

#endif
