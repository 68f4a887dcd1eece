/* SPDX-License-Identifier: MIT */
/*
 * shared.h: the memory that probes and recorder share: a ring of calls for each CPU, one of
 * definitions, counters, the overflow table. For tracer.c. Answers 0 or a negative errno.
 */
#ifndef RECORD_SHARED_H
#define RECORD_SHARED_H

#include "calls.h"
#include "ring.h"

#include "bpf/events.h"

struct tcptop_bpf;

struct shared {
	unsigned cpus;  /* that are possible: counters */
	unsigned rings; /* of calls, up to the last CPU that is online */
	size_t ring_size;
	struct calls *calls;
	struct ring definitions;
	struct event_counters *counters;
	struct event_overflow *overflow;

	/* As they are mapped. */
	struct event_position *positions;
	struct event_call *places;
	void *consumer_page, *producer_pages;
	size_t definitions_size, page_size;
};

/* Sets the sizes of the maps, before they are loaded. ring_size 0: chosen by the number of rings.
 */
int shared_plan(struct shared *s, struct tcptop_bpf *bpf, unsigned cpus, size_t ring_size,
	uint32_t overflow_places);

/* Maps what was loaded. */
int shared_map(struct shared *s, struct tcptop_bpf *bpf);

/* Also after a failure, and with zeros. */
void shared_unmap(struct shared *s, const struct tcptop_bpf *bpf);

#endif
