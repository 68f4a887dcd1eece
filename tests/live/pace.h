/* SPDX-License-Identifier: MIT */
/*
 * pace.h: how far all processes of the generator are together, in memory that they share; and
 * whether they may go on.
 */
#ifndef TESTS_LIVE_PACE_H
#define TESTS_LIVE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Counted calls of one process; alone on its cache line. */
struct tally {
	_Alignas(64) volatile uint64_t calls;
};

struct pace {
	volatile uint64_t start_ns;        /* monotonic */
	uint64_t calls, rate, duration_ns; /* bounds of all together; 0: none */
	unsigned processes;
	struct tally tally[];
};

/* Shared with the children; NULL with errno. */
struct pace *pace_new(unsigned processes);
void pace_free(struct pace *p);
void pace_start(struct pace *p);
uint64_t pace_calls(const struct pace *p);
uint64_t pace_elapsed_ns(const struct pace *p);
/* Sleeps while all together are ahead of the rate; false when a bound is reached. */
bool pace_more(const struct pace *p);

#endif
