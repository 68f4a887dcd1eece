/* SPDX-License-Identifier: MIT */
/*
 * selftest.h: moves a known number of bytes over loopback connections of its own, and looks whether
 * the attached probes saw just those. For capture.c and check.c. The probes count the recorder's
 * own calls apart (struct event_counters), so that nothing of it gets into a recording.
 */
#ifndef RECORD_SELFTEST_H
#define RECORD_SELFTEST_H

#include "bpf/events.h"
#include <stdbool.h>
#include <stddef.h>

enum { SELFTEST_SIZE = 512 };

/*
 * True if something could be tried, and all of it was seen. `words` says what was, or what was not,
 * or why it could not be tried: a line for each address family.
 */
bool selftest_run(
	const volatile struct event_counters *counters, unsigned cpus, char words[SELFTEST_SIZE]);

#endif
