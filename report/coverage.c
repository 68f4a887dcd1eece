/* SPDX-License-Identifier: MIT */
#include "report/coverage.h"

#include <errno.h>
#include <stdlib.h>

static size_t at_work(const struct coverage *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->feeds; i++)
		n += c->feed[i].at_work;
	return n;
}

static struct coverage_feed *find_feed(struct coverage *c, uint32_t number)
{
	struct coverage_feed *more;

	if (number < c->feeds)
		return &c->feed[number];
	more = realloc(c->feed, ((size_t)number + 1) * sizeof(*more));
	if (!more)
		return NULL;
	c->feed = more;
	while (c->feeds <= number)
		c->feed[c->feeds++] = (struct coverage_feed){0, false};
	return &c->feed[number];
}

int coverage_begin(struct coverage *c, const struct feed *feed, const struct header *header)
{
	struct coverage_feed *f = find_feed(c, feed->number);
	bool gap;

	if (!f)
		return -ENOMEM;
	if (f->at_work && f->recording == header->recording)
		return 0;
	f->at_work = false;
	gap = c->any && !at_work(c) && header->start_wall_us > c->seen_us;
	if (gap) {
		c->from_us = c->seen_us;
		c->to_us = header->start_wall_us;
	}
	*f = (struct coverage_feed){header->recording, true};
	coverage_seen(c, header->start_wall_us);
	return gap;
}

void coverage_seen(struct coverage *c, int64_t wall_us)
{
	if (!c->any || wall_us > c->seen_us)
		c->seen_us = wall_us;
	c->any = true;
}

void coverage_lost(struct coverage *c, int64_t from_us, int64_t to_us)
{
	if (at_work(c) > 1 || from_us >= to_us)
		return;
	c->from_us = from_us;
	c->to_us = to_us;
}

void coverage_end(struct coverage *c, const struct feed *feed)
{
	if (feed->number < c->feeds)
		c->feed[feed->number].at_work = false;
}

uint64_t coverage_alike(
	const struct coverage *c, int64_t start_us, int64_t length_us, uint64_t n, bool *recorded)
{
	uint64_t length = (uint64_t)length_us, to_gap, alike = n;

	*recorded = true;
	if (c->from_us >= c->to_us || start_us >= c->to_us)
		return n;
	if (start_us < c->from_us) {
		to_gap = (uint64_t)c->from_us - (uint64_t)start_us;
		alike = to_gap / length + (to_gap % length != 0);
	} else if (((uint64_t)c->to_us - (uint64_t)start_us) / length) {
		*recorded = false;
		alike = ((uint64_t)c->to_us - (uint64_t)start_us) / length;
	}
	return alike < n ? alike : n;
}

void coverage_clear(struct coverage *c)
{
	free(c->feed);
	*c = (struct coverage){0};
}
