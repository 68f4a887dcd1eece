/* SPDX-License-Identifier: MIT */
/*
 * fake_kernel.h: what tcptop.bpf.c would have put into the rings, the overflow table and the
 * counters, for tests of what takes it out.
 */
#ifndef TESTS_FAKE_KERNEL_H
#define TESTS_FAKE_KERNEL_H

#include "fake_calls.h"
#include "fake_overflow.h"
#include "fake_ring.h"

#include "bpf/events.h"
#include "format/model.h"

enum {
	FAKE_CPUS = 7,
	FAKE_DEFINITIONS = 1 << 16, /* bytes */
	FAKE_PLACES = 32,           /* of the overflow table */
	FAKE_FIRST_PID = 100000,    /* the pid of session 0; each session has its own */
};

struct fake_kernel {
	unsigned cpus;
	struct fake_calls calls[FAKE_CPUS];
	struct fake_ring definitions;
	struct event_counters counters[FAKE_CPUS];
	struct event_overflow overflow[FAKE_PLACES];
	uint32_t generation;
};

/* `places` has the ring of each CPU. False: no memory. */
bool fake_kernel_new(struct fake_kernel *k, unsigned cpus, uint64_t places);
void fake_kernel_free(struct fake_kernel *k);

/* 10.0.0.1:80 to 10.0.0.2:id, in cgroup 40 + id, of a process named "fake". */
struct event_session fake_session(uint32_t id);
struct event_call fake_sample(uint64_t time_ns, uint32_t id, uint32_t bytes, unsigned dir);

/* Put them into a ring; false when it is full. */
bool fake_define(struct fake_kernel *k, uint32_t id);
bool fake_call(struct fake_kernel *k, unsigned cpu, uint64_t time_ns, uint32_t id, uint32_t bytes,
	unsigned dir);

/* Into the counters: calls that are lost. */
void fake_lose(struct fake_kernel *k, unsigned cpu, unsigned cause, unsigned dir, uint64_t calls,
	uint64_t bytes);

/* Into the overflow table; false when it is full. */
bool fake_gather(struct fake_kernel *k, unsigned cpu, const struct fake_sum *sum);
bool fake_gather_definition(struct fake_kernel *k, unsigned cpu, const struct event_session *e);

enum {
	FAKE_SESSIONS = 40,     /* numbered from 1 */
	FAKE_NO_SESSION = 5000, /* never defined */
	FAKE_CAUSES = LOST_MEMORY + 1,
};

/* What must come out of what fake_random_call() did. */
struct fake_books {
	struct volume recorded[FAKE_SESSIONS + 1]; /* by session */
	struct volume lost[FAKE_CAUSES];           /* by enum lost_cause */
	uint64_t now_ns;
	uint64_t gathered; /* calls, of those recorded */
	bool defined[FAKE_SESSIONS + 1];
	struct event_call busy_call[FAKE_CPUS];
	struct fake_place busy[FAKE_CPUS];
};

/* One call, now and then lost for one of the causes, or left busy. */
void fake_random_call(struct fake_kernel *k, struct fake_books *b);
/* Completes what was left busy. */
void fake_submit_busy(struct fake_books *b);

#endif
