/* SPDX-License-Identifier: MIT */
/*
 * cut.h: cuts time into intervals at whole multiples of their length on the wall clock. For the
 * interval view, which asks it with each time it sees.
 *
 * A clock that goes back by less than a second stays in the interval at hand; one that is set back
 * further begins another interval, as a tool that was running then would have done.
 */
#ifndef REPORT_CUT_H
#define REPORT_CUT_H

#include <stdbool.h>
#include <stdint.h>

struct cut {
	int64_t length_us;
	int64_t start_us, end_us; /* of the interval at hand, where one is open */
	bool open;
};

enum cut_step {
	CUT_SAME,  /* the time lies in the interval at hand */
	CUT_FIRST, /* the first interval was opened */
	CUT_NEXT,  /* it lies behind the interval at hand: close that, then cut_move */
	CUT_BACK,  /* it lies well before: close, then cut_move */
};

/* All lengths from 1 us. */
void cut_init(struct cut *c, int64_t length_us);
enum cut_step cut_ask(struct cut *c, int64_t wall_us);
/* Opens the interval that holds the time; answers how many whole ones lie between (for CUT_NEXT).
 */
uint64_t cut_move(struct cut *c, int64_t wall_us);

#endif
