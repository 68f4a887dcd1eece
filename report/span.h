/* SPDX-License-Identifier: MIT */
/*
 * span.h: from when to when of the selection there was a recording, idle or not, on the wall clock.
 * For views that are told of files one after the other.
 */
#ifndef REPORT_SPAN_H
#define REPORT_SPAN_H

#include "report/view.h"
#include <stdbool.h>

struct span {
	int64_t start_us;          /* of the recording at hand; INT64_MAX: not known */
	int64_t first_us, last_us; /* first > last: nothing was recorded */
};

void span_init(struct span *s);
bool span_is_empty(const struct span *s);
/* A group begins, whose recording began before, and may have no part in the selection. */
void span_group(struct span *s, const struct header *header);
/* A block or a group of that recording. */
void span_part(struct span *s, const struct view_setup *setup, int64_t first_us, int64_t last_us);
/* Its end, of which it is told whether it lies in the selection or behind it. */
bool span_finish(struct span *s, const struct view_setup *setup, const struct feed *feed);
/* It goes on beyond the selection. */
void span_left(struct span *s, const struct view_setup *setup);

#endif
