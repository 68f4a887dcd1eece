/* SPDX-License-Identifier: MIT */
#include "pulse.h"

#include "host.h"

enum { CLOCK_STEP_US = 1000 }; /* a smaller change of the wall clock is not worth a step */

#define SECOND_US 1000000

void pulse_init(struct pulse *p, uint64_t now_us)
{
	*p = (struct pulse){
		.wall_offset_us = INT64_MIN / 2, /* no clock is there */
		.load_wall_s = INT64_MIN,
		.skipped_us = now_us,
	};
}

void pulse_renew(struct pulse *p)
{
	p->zone_offset_s = INT32_MIN; /* no zone is there */
}

int pulse_clock(struct pulse *p, struct writer *w, uint64_t now_us)
{
	int64_t offset = clock_wall_offset_us(), step = offset - p->wall_offset_us;
	char zone[NAME_SIZE];
	int32_t zone_offset = clock_zone((int64_t)now_us + offset, zone);

	if (step < CLOCK_STEP_US && step > -CLOCK_STEP_US) {
		if (zone_offset == p->zone_offset_s)
			return FMT_OK;
		offset = p->wall_offset_us;
	}
	p->wall_offset_us = offset;
	p->zone_offset_s = zone_offset;
	return writer_clock(w, offset, zone_offset, zone);
}

int pulse_skipped(struct pulse *p, struct writer *w, const struct tracer *t, uint64_t now_us)
{
	struct loss loss = {
		.from_us = p->skipped_us,
		.to_us = now_us,
		.cause = LOST_HOOK,
		.cpu = UINT32_MAX,
	};
	uint64_t now[2];

	if (p->skipped_unknown)
		return FMT_OK;
	if (tracer_skipped(t, now)) {
		p->skipped_unknown = true;
		return FMT_OK;
	}
	for (int dir = 0; dir < 2; dir++) {
		loss.volume.calls[dir] = now[dir] - p->skipped[dir];
		p->skipped[dir] = now[dir];
	}
	p->skipped_us = now_us;
	if (!loss.volume.calls[0] && !loss.volume.calls[1])
		return FMT_OK;
	return writer_loss(w, &loss);
}

int pulse_second(struct pulse *p, struct writer *w, const struct tracer *t, uint64_t now_us)
{
	int64_t wall_s = ((int64_t)now_us + p->wall_offset_us) / SECOND_US;
	int status, other = FMT_OK;
	struct load load;

	if (wall_s == p->load_wall_s)
		return FMT_OK;
	p->load_wall_s = wall_s;
	status = pulse_skipped(p, w, t, now_us);
	if (!host_load(&load)) {
		load.time_us = now_us; /* so far all is told */
		other = writer_load(w, &load);
	}
	return status < 0 ? status : other;
}
