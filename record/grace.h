/* SPDX-License-Identifier: MIT */
/*
 * grace.h: waiting for probes that run at this moment. For tracer.c, overflow.c and sessions.c.
 *
 * Probes run inside RCU read-side sections, and membarrier's global command waits for an RCU grace
 * period (kernel/sched/membarrier.c). It needs no rights and takes some ten milliseconds.
 */
#ifndef RECORD_GRACE_H
#define RECORD_GRACE_H

#include <stdbool.h>

/* Until each of them has returned. False where the kernel cannot tell (nohz_full). */
bool grace_wait(void);

#endif
