/* SPDX-License-Identifier: MIT */
#include "report/passes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum answer {
	ANSWER_UNKNOWN = 0, /* the filter was not asked yet */
	ANSWER_YES,
	ANSWER_NO,
};

struct answers {
	uint8_t *answer; /* by session of the group */
	size_t space;
};

struct passes {
	struct filter *filter;
	struct answers *feed; /* by its number */
	size_t feeds;
};

int passes_new(struct passes **out, struct filter *filter)
{
	struct passes *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->filter = filter;
	*out = p;
	return 0;
}

void passes_free(struct passes *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->feeds; i++)
		free(p->feed[i].answer);
	free(p->feed);
	free(p);
}

void passes_group(struct passes *p, const struct feed *feed)
{
	if (feed->number < p->feeds && p->feed[feed->number].space)
		memset(p->feed[feed->number].answer, ANSWER_UNKNOWN, p->feed[feed->number].space);
}

static int make_room(struct passes *p, const struct feed *feed)
{
	struct answers *a, *more = p->feed;
	size_t space;
	uint8_t *answer;

	if (feed->number >= p->feeds) {
		more = realloc(more, (feed->number + (size_t)1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		memset(more + p->feeds, 0, (feed->number + 1 - p->feeds) * sizeof(*more));
		p->feed = more;
		p->feeds = feed->number + (size_t)1;
	}
	a = &more[feed->number];
	if (feed->session_count <= a->space)
		return 0;
	for (space = a->space ? a->space : 256; space < feed->session_count;)
		space *= 2;
	answer = realloc(a->answer, space);
	if (!answer)
		return -ENOMEM;
	memset(answer + a->space, ANSWER_UNKNOWN, space - a->space);
	*a = (struct answers){answer, space};
	return 0;
}

int passes_ask(struct passes *p, const struct feed *feed, uint32_t session)
{
	uint8_t *answer;

	if (feed->number >= p->feeds || session >= p->feed[feed->number].space) {
		if (make_room(p, feed))
			return -ENOMEM;
	}
	answer = &p->feed[feed->number].answer[session];
	if (*answer == ANSWER_UNKNOWN)
		*answer = filter_session(p->filter, &feed->sessions[session]) ? ANSWER_YES
									      : ANSWER_NO;
	return *answer == ANSWER_YES;
}
