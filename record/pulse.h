/* SPDX-License-Identifier: MIT */
/*
 * pulse.h: what a recording holds beside events: the wall clock, and each second the host's load
 * and the calls that no probe ran for. The load also tells an idle host from a dead recorder.
 * For recorder.c. Answers enum fmt_status, as the writer that it writes to.
 */
#ifndef RECORD_PULSE_H
#define RECORD_PULSE_H

#include "tracer.h"

#include "format/writer.h"

struct pulse {
	int64_t wall_offset_us; /* wall clock less boot clock, as the writer was told */
	int32_t zone_offset_s;
	int64_t load_wall_s; /* the wall clock's second of the last load */
	uint64_t skipped[2]; /* as tracer_skipped() said last, and when */
	uint64_t skipped_us;
	bool skipped_unknown; /* the kernel does not tell */
};

/* Nothing is known yet; now_us is when the recording began. */
void pulse_init(struct pulse *p, uint64_t now_us);

/* Tells the writer when the wall clock was set, or its zone has changed. */
int pulse_clock(struct pulse *p, struct writer *w, uint64_t now_us);

/* The writer has begun another file, whose header does not have today's zone. */
void pulse_renew(struct pulse *p);

/* Once in each second of the wall clock. The writer has all calls up to now_us. */
int pulse_second(struct pulse *p, struct writer *w, const struct tracer *t, uint64_t now_us);

/* Calls that no probe ran for since the last time. */
int pulse_skipped(struct pulse *p, struct writer *w, const struct tracer *t, uint64_t now_us);

#endif
