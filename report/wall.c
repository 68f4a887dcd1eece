/* SPDX-License-Identifier: MIT */
#include "report/wall.h"

uint32_t wall_first(const struct block *b, uint32_t from, uint32_t to, int64_t wall_us)
{
	while (from < to) {
		uint32_t mid = from + (to - from) / 2;

		if (wall_at(b, mid) < wall_us)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

bool wall_lost(const struct loss *loss, uint32_t losses, int64_t wall_offset_us,
	const struct selection *within)
{
	for (uint32_t i = 0; i < losses; i++) {
		if (clock_wall(loss[i].from_us, wall_offset_us) < within->until_us &&
			clock_wall(loss[i].to_us, wall_offset_us) >= within->since_us)
			return true;
	}
	return false;
}
