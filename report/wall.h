/* SPDX-License-Identifier: MIT */
/* wall.h: where a block's samples lie on the wall clock. For whoever goes through them. */
#ifndef REPORT_WALL_H
#define REPORT_WALL_H

#include "format/reader.h"
#include "report/clock.h"
#include "report/feed.h"

/* The time of sample i. */
static inline int64_t wall_at(const struct block *b, uint32_t i)
{
	return clock_wall(b->time_us[i], b->wall_offset_us);
}

/* The first of the samples from..to-1 whose time is at least wall_us; to: none is. */
uint32_t wall_first(const struct block *b, uint32_t from, uint32_t to, int64_t wall_us);

/* Whether something was lost within the selection, as far as these losses tell. */
bool wall_lost(const struct loss *loss, uint32_t losses, int64_t wall_offset_us,
	const struct selection *within);

#endif
