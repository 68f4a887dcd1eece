/* SPDX-License-Identifier: MIT */
/*
 * fake_overflow.h: the probes' side of the overflow table, as in bpf/emit.bpf.h, for tests of what
 * reads it. May run in a thread of its own.
 */
#ifndef TESTS_FAKE_OVERFLOW_H
#define TESTS_FAKE_OVERFLOW_H

#include "bpf/events.h"
#include <stdbool.h>
#include <stdint.h>

/* The table, in ordinary memory that begins as zeros. */
struct fake_overflow {
	struct event_overflow *table;
	uint32_t places;
};

struct fake_sum {
	uint64_t time_ns, calls, bytes;
	uint32_t session;
	unsigned dir; /* enum direction */
	bool inferred;
};

/* Both: false if the table has no place for the session. */
bool fake_overflow_add(const struct fake_overflow *o, const struct fake_sum *sum);
bool fake_overflow_define(const struct fake_overflow *o, const struct event_session *definition);

#endif
