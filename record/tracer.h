/* SPDX-License-Identifier: MIT */
/*
 * tracer.h: puts the probes into the kernel and hands out what they produce: a ring of calls for
 * each CPU, the ring of definitions, and the counters of what found no room. With shared.c, hooks.c
 * and skipped.c the only user of libbpf. For capture.c and those it hands it to.
 *
 * After tracer_attach() events and counters are read from mapped memory, so that no right is needed
 * any more; only tracer_skipped() asks the kernel, which older ones refuse without rights.
 */
#ifndef RECORD_TRACER_H
#define RECORD_TRACER_H

#include "calls.h"
#include "ring.h"

#include "bpf/events.h"
#include <stdbool.h>

enum hook {
	HOOK_AUTO, /* the most exact that this kernel grants */
	HOOK_TRACEPOINT,
	HOOK_FENTRY,
	HOOK_KPROBE,
};

struct tracer_options {
	enum hook hook;
	bool udp;
	int family;           /* AF_INET, AF_INET6; 0: both */
	const uint32_t *pids; /* these only; none: all */
	size_t pid_count;
	const char *cgroup; /* this directory of the unified hierarchy and those below; NULL: all */
	const char *cgroupmap; /* pinned map of cgroup ids; NULL: none */
	const char *mntnsmap;  /* pinned map of mount namespaces; NULL: none */
	const struct event_port_range *ports;
	size_t port_count; /* EVENT_PORT_RANGES at the most */
	bool no_loopback;
	size_t ring_size; /* bytes for each CPU, a power of two and of pages; 0: tracer's choice */
	bool verbose;     /* what libbpf says goes to standard error */
};

enum {
	TRACER_PIDS = EVENT_FILTER_PIDS,
	TRACER_OVERFLOW_PLACES = 16384, /* sessions that can be summed up while rings are full */
	TRACER_ERROR_SIZE = 5120,
};

struct tracer;

/* What this kernel grants, a line each, without loading anything that stays. */
void tracer_grants(char *text, size_t size);

/*
 * Loads the probes; nothing is seen before tracer_attach(). On failure a negative errno, and in
 * `error` what is missing and the remedy, in one line.
 */
int tracer_new(
	struct tracer **out, const struct tracer_options *options, char error[TRACER_ERROR_SIZE]);
int tracer_attach(struct tracer *t, char error[TRACER_ERROR_SIZE]);
/* No more events after this; those in the rings can still be read. */
void tracer_detach(struct tracer *t);
/* NULL is fine. */
void tracer_free(struct tracer *t);

/* Possible CPUs: counters and rings are numbered from 0. */
unsigned tracer_cpus(const struct tracer *t);
/* Rings of calls: up to the last CPU that is online. One that comes later has its calls summed. */
unsigned tracer_rings(const struct tracer *t);
struct calls *tracer_calls(struct tracer *t);
/* Of new sessions and cgroups, from all CPUs. */
struct ring *tracer_definitions(struct tracer *t);
/* One for each CPU; the kernel goes on counting while they are read. */
const volatile struct event_counters *tracer_counters(const struct tracer *t);
/* The table of TRACER_OVERFLOW_PLACES, shared with the probes. */
struct event_overflow *tracer_overflow(struct tracer *t);
/* Shared with the probes: another number here makes them define each session anew. */
uint32_t *tracer_generation(struct tracer *t);

/*
 * Calls received [0] and sent [1] that a probe was skipped for, by the kernel's own count; their
 * bytes nobody knows. Only grows. 0, or a negative errno where the kernel does not tell.
 */
int tracer_skipped(const struct tracer *t, uint64_t calls[2]);

/* For people: the hooks in use, and a line for each path they see or miss. */
const char *tracer_hooks(const struct tracer *t);
const char *tracer_coverage(const struct tracer *t);

#endif
