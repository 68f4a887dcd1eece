/* SPDX-License-Identifier: MIT */
/*
 * clock_set.h: notices at once when the wall clock is set, as something to wait for, so that hardly
 * a call is shown by the wrong one. For recorder.c.
 *
 * A kernel that has no such timer does no harm: the next poll notices it as well.
 */
#ifndef RECORD_CLOCK_SET_H
#define RECORD_CLOCK_SET_H

#include <poll.h>

struct clock_set {
	int fd; /* -1: none */
};

void clock_set_open(struct clock_set *c);
void clock_set_close(struct clock_set *c);

struct pollfd clock_set_poll(const struct clock_set *c);
/* What came of that: from now on it waits for the next time. */
void clock_set_polled(struct clock_set *c, short revents);

#endif
