/* SPDX-License-Identifier: MIT */
#include "report/span.h"

void span_init(struct span *s)
{
	*s = (struct span){INT64_MAX, INT64_MAX, INT64_MIN};
}

bool span_is_empty(const struct span *s)
{
	return s->first_us > s->last_us;
}

void span_group(struct span *s, const struct header *header)
{
	s->start_us = header->start_wall_us;
}

static void see(struct span *s, int64_t wall_us)
{
	s->first_us = wall_us < s->first_us ? wall_us : s->first_us;
	s->last_us = wall_us > s->last_us ? wall_us : s->last_us;
}

static void see_start(struct span *s, const struct view_setup *setup)
{
	int64_t since = setup->selection.since_us;
	int64_t start = s->start_us > since ? s->start_us : since;

	s->first_us = start < s->first_us ? start : s->first_us;
}

void span_part(struct span *s, const struct view_setup *setup, int64_t first_us, int64_t last_us)
{
	see_start(s, setup);
	see(s, first_us);
	see(s, last_us);
}

bool span_finish(struct span *s, const struct view_setup *setup, const struct feed *feed)
{
	int64_t end = view_end(setup, feed);

	if (end < setup->selection.since_us)
		return false;
	see_start(s, setup);
	see(s, end);
	return true;
}

void span_left(struct span *s, const struct view_setup *setup)
{
	if (!span_is_empty(s))
		see(s, setup->selection.until_us);
}
