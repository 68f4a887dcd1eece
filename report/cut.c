/* SPDX-License-Identifier: MIT */
#include "report/cut.h"

#include "report/clock.h"

/* Absurd times of a damaged file are taken for these, to stay clear of overflow: the year 146,000.
 */
static const int64_t LIMIT_US = INT64_MAX / 2;

static int64_t clamp(int64_t wall_us)
{
	if (wall_us > LIMIT_US)
		return LIMIT_US;
	return wall_us < -LIMIT_US ? -LIMIT_US : wall_us;
}

void cut_init(struct cut *c, int64_t length_us)
{
	*c = (struct cut){.length_us = length_us};
}

static void open_at(struct cut *c, int64_t wall_us)
{
	int64_t rest = wall_us % c->length_us;

	c->start_us = wall_us - (rest < 0 ? rest + c->length_us : rest);
	c->end_us = c->start_us + c->length_us;
	c->open = true;
}

enum cut_step cut_ask(struct cut *c, int64_t wall_us)
{
	int64_t wall = clamp(wall_us);

	if (!c->open) {
		open_at(c, wall);
		return CUT_FIRST;
	}
	if (wall >= c->end_us)
		return CUT_NEXT;
	return c->start_us - wall >= SECOND_US ? CUT_BACK : CUT_SAME;
}

uint64_t cut_move(struct cut *c, int64_t wall_us)
{
	int64_t end = c->end_us;

	open_at(c, clamp(wall_us));
	return c->start_us > end ? (uint64_t)(c->start_us - end) / (uint64_t)c->length_us : 0;
}
