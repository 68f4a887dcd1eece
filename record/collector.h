/* SPDX-License-Identifier: MIT */
/*
 * collector.h: events in, samples out. Takes the definitions, then the calls, oldest first over all
 * CPUs, knows which session each means, and hands samples, definitions and losses to the writer.
 *
 * For capture.c and recorder.c. Needs no kernel: tests give it rings in ordinary memory and a
 * writer of their own. Answers 0 or a negative enum fmt_status (format/status.h), the first that
 * the writer gave.
 */
#ifndef RECORD_COLLECTOR_H
#define RECORD_COLLECTOR_H

#include "calls.h"
#include "ring.h"

#include "bpf/events.h"
#include "format/writer.h"
#include <stdbool.h>

struct collector;

struct collector_input {
	struct calls *calls; /* a ring for each of the first CPUs */
	unsigned rings, cpus;
	struct ring *definitions;                       /* of sessions and cgroups */
	const volatile struct event_counters *counters; /* one for each CPU */
	struct event_overflow *overflow;                /* the table, shared with the probes */
	uint32_t overflow_places;
	uint32_t *generation; /* of sessions; shared with the probes */
	/* The path of a cgroup, "" when unknown; good until the next call. pid helps to find it. */
	const char *(*cgroup_path)(void *ctx, uint64_t id, uint32_t pid);
	/* A cgroup was made. */
	void (*cgroup_made)(void *ctx, uint64_t id, const char *path);
	void *cgroup_ctx;
};

/* Rings, counters and writer stay the caller's and outlive the collector. */
int collector_new(struct collector **out, const struct collector_input *input, struct writer *w);
/* NULL is fine. */
void collector_free(struct collector *c);

/*
 * Takes all calls up to now_ns (boot clock, read before the call), then what found no room in the
 * rings: sums by session, as samples of several calls, and what the counters say was lost. Later
 * calls stay in their rings: an older one may yet come up on another CPU. One that is just being
 * written holds back what is younger until next time, a definition holds back all.
 */
int collector_drain(struct collector *c, uint64_t now_ns);

/* How full the fullest ring was at the last drain, 0 to 1: for choosing when to come again. */
double collector_fill(const struct collector *c);

/* Whether something was left for the next drain that is older than now_ns. */
bool collector_held_back(const struct collector *c);

#endif
