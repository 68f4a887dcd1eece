/* SPDX-License-Identifier: MIT */
#include "report/merge.h"

#include "report/clock.h"
#include "report/folder.h"
#include "report/interrupt.h"
#include "report/wall.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum state {
	STATE_WAITING, /* its time has not come */
	STATE_OPEN,
	STATE_ENDING, /* that was said, and it is closed next time */
	STATE_DONE,
};

struct stream {
	const char *name;
	const char *host; /* as was peeked */
	const struct log *follow;
	int64_t start_us;
	enum state state;
	struct input *in;
	struct ahead *ahead;
	bool threaded; /* it uses threads, which one at a time may */
	struct feed feed;
	struct item item;
	bool has_item;
	bool may_go_on;    /* it was read to its end */
	uint32_t at, to;   /* samples of the block that are still to come */
	struct block part; /* the slice at hand */
};

struct merge {
	struct stream *stream; /* in order of their start, in which they are opened */
	size_t count;
	/* Those before the first are done, those from the second on wait: of thousands few are
	 * looked at. */
	size_t done, opened;
	char *host; /* the first that is known */
	bool many_hosts;
	struct names names; /* of files that others went on with */
	struct merge_options options;
};

/* What begins at the same time has an order too, whatever that of the command line. */
static int compare_streams(const void *pa, const void *pb)
{
	const struct stream *a = pa, *b = pb;
	int order;

	if (a->start_us != b->start_us)
		return a->start_us < b->start_us ? -1 : 1;
	order = strcmp(a->host, b->host);
	if (!order)
		order = strcmp(a->name, b->name);
	if (order)
		return order;
	return a->feed.number < b->feed.number ? -1 : a->feed.number > b->feed.number;
}

/* Of a pipe it is known only when it is read. */
static int see_host(struct merge *m, const char *host)
{
	if (m->host) {
		m->many_hosts |= strcmp(m->host, host) != 0;
		return 0;
	}
	m->host = strdup(host);
	return m->host ? 0 : -ENOMEM;
}

/* What is to come has its place among the others from its first sample on. */
static bool waited_for(const struct file *file, const struct merge_options *options)
{
	return options->follow && !file->settled && !file->peek.known;
}

int merge_new(struct merge **out, const struct files *files, const struct merge_options *options)
{
	struct merge *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->options = *options;
	m->stream = calloc(files->count ? files->count : 1, sizeof(*m->stream));
	if (!m->stream)
		goto no_memory;
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->file[i];

		m->stream[m->count++] = (struct stream){.name = file->name,
			.host = file->peek.host,
			.start_us = waited_for(file, options) ? INT64_MIN : file->peek.start_us,
			.follow = file->settled ? NULL : options->follow,
			.feed.number = (uint32_t)i};
		if (file->peek.known && see_host(m, file->peek.host))
			goto no_memory;
	}
	qsort(m->stream, m->count, sizeof(*m->stream), compare_streams);
	*out = m;
	return 0;

no_memory:
	merge_free(m);
	return -ENOMEM;
}

static void close_stream(struct stream *s)
{
	ahead_free(s->ahead);
	input_close(s->in);
	s->ahead = NULL;
	s->in = NULL;
	s->threaded = false;
}

void merge_free(struct merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++)
		close_stream(&m->stream[i]);
	names_clear(&m->names);
	free(m->host);
	free(m->stream);
	free(m);
}

/* --- One of them ---------------------------------------------------------------------------- */

/* The time of what comes next, at the earliest. */
static int64_t position(const struct stream *s)
{
	const struct block *b = s->item.block;

	if (s->at < s->to)
		return wall_at(b, s->at);
	return clock_wall(b->first_us, b->wall_offset_us);
}

/* Whether any of the block lies in the selection, or tells of a loss that does; its samples that do
 * are at..to-1. */
static bool select_block(const struct merge *m, struct stream *s)
{
	const struct block *b = s->item.block;
	const struct selection *want = &m->options.ahead.selection;

	s->at = wall_first(b, 0, b->samples, want->since_us);
	s->to = wall_first(b, s->at, b->samples, want->until_us);
	return (clock_wall(b->first_us, b->wall_offset_us) < want->until_us &&
		       clock_wall(b->last_us, b->wall_offset_us) >= want->since_us) ||
	       wall_lost(b->loss, b->losses, b->wall_offset_us, want);
}

static uint64_t boot_time(const struct block *b, int64_t wall_us)
{
	return (uint64_t)wall_us - (uint64_t)b->wall_offset_us;
}

/* The samples at..to-1, and with the block's last ones all else that it holds. */
static void cut_part(const struct merge *m, struct stream *s, uint32_t to)
{
	const struct block *b = s->item.block;
	const struct selection *want = &m->options.ahead.selection;
	struct block *p = &s->part;
	uint32_t at = s->at;

	*p = *b;
	p->samples = to - at;
	p->time_us += at;
	p->key += at;
	p->bytes += at;
	p->calls = b->calls ? b->calls + at : NULL;
	p->flags = b->flags ? b->flags + at : NULL;
	/* Where none of its samples is selected, it has its turn by its start, see position(). */
	if (at && at < to)
		p->first_us = b->time_us[at];
	if (clock_wall(p->first_us, b->wall_offset_us) < want->since_us)
		p->first_us = boot_time(b, want->since_us);
	if (to < s->to) {
		p->last_us = b->time_us[to - 1];
		p->losses = p->loads = 0;
	} else if (clock_wall(p->last_us, b->wall_offset_us) >= want->until_us) {
		p->last_us = boot_time(b, want->until_us - 1);
		if (p->first_us > p->last_us) /* all of it is behind, but for a loss */
			p->first_us = p->last_us;
	}
	s->at = to;
	s->has_item = to < s->to;
}

/* --- All of them ---------------------------------------------------------------------------- */

static const char *title_of(const struct stream *s)
{
	return strcmp(s->name, "-") != 0 ? s->name : "standard input";
}

static enum merge_step fail(struct stream *s, const struct feed **feed)
{
	s->state = STATE_ENDING;
	s->feed.name = title_of(s);
	*feed = &s->feed;
	return MERGE_FAILED;
}

/* The smallest number that no open feed has. */
static uint32_t free_number(const struct merge *m)
{
	uint32_t number = 0;

	for (size_t i = m->done; i < m->opened; i++) {
		if (m->stream[i].state == STATE_OPEN && m->stream[i].feed.number == number) {
			number++;
			i = m->done - 1;
		}
	}
	return number;
}

static void take_feed(struct stream *s, const struct feed *feed)
{
	uint32_t number = s->feed.number;

	s->feed = *feed;
	s->feed.name = title_of(s);
	s->feed.number = number;
}

/* Reads until there is something to hand out. MERGE_END: there is. */
static enum merge_step fill(struct merge *m, struct stream *s, char why[INPUT_WHY])
{
	while (!s->has_item) {
		const struct feed *feed;
		int status = ahead_next(s->ahead, &s->item, &feed, why);

		take_feed(s, feed);
		if (status < 0)
			return MERGE_FAILED;
		if (status == FMT_END)
			return ahead_is_past(s->ahead) ? MERGE_LEFT : MERGE_FILE_END;
		if (s->item.kind == ITEM_GROUP && see_host(m, feed->origin.host)) {
			snprintf(why, INPUT_WHY, "no memory");
			return MERGE_FAILED;
		}
		s->has_item = s->item.kind != ITEM_BLOCK || select_block(m, s);
	}
	return MERGE_END;
}

static struct stream *next_waiting(struct merge *m)
{
	return m->opened < m->count ? &m->stream[m->opened] : NULL;
}

/* The open one whose turn it is; in *limit where the turn of another comes. */
static struct stream *choose(struct merge *m, int64_t *limit)
{
	struct stream *first = NULL;

	*limit = INT64_MAX;
	for (size_t i = m->done; i < m->opened; i++) {
		struct stream *s = &m->stream[i];

		if (s->state != STATE_OPEN)
			continue;
		if (s->item.kind != ITEM_BLOCK)
			return s;
		if (!first || position(s) < position(first)) {
			if (first && position(first) < *limit)
				*limit = position(first);
			first = s;
		} else if (position(s) < *limit) {
			*limit = position(s);
		}
	}
	return first;
}

/* Whether another stream reads, has read or will read the file that this one has come to. */
static bool is_another(const struct merge *m, const struct stream *s)
{
	for (size_t i = 0; i < m->count; i++) {
		if (&m->stream[i] != s && input_is(s->in, m->stream[i].name))
			return true;
	}
	return false;
}

/* Views go on naming a file when it is closed. */
static int take_name(struct merge *m, struct stream *s)
{
	const char *name = input_feed(s->in)->name;

	if (!strcmp(s->name, "-") || !strcmp(s->name, name))
		return 0;
	if (names_add(&m->names, name))
		return -ENOMEM;
	s->name = m->names.name[m->names.count - 1];
	return 0;
}

/* Reads what the input of the stream is. 0, or a negative errno with the reason in why. */
static int start_reading(struct merge *m, struct stream *s, char why[INPUT_WHY])
{
	struct ahead_options how = m->options.ahead;
	int err;

	for (size_t i = m->done; i < m->opened; i++) {
		if (m->stream[i].threaded && how.threads > 1)
			how.threads = 1;
	}
	s->threaded = how.threads > 1;
	ahead_free(s->ahead);
	err = take_name(m, s);
	if (!err)
		err = ahead_new(&s->ahead, s->in, &how);
	if (err)
		snprintf(why, INPUT_WHY, "no memory");
	else
		s->state = STATE_OPEN;
	return err;
}

/*
 * The stream's end was told: closes it, or takes the file that goes on. False where that cannot be
 * had.
 */
static bool go_on(struct merge *m, struct stream *s, char why[INPUT_WHY])
{
	int went = s->may_go_on ? input_go_on(s->in, why) : 0;

	if (went > 0 && !is_another(m, s))
		went = start_reading(m, s, why);
	if (s->state == STATE_OPEN)
		return true;
	close_stream(s);
	s->state = STATE_DONE;
	s->feed.name = s->name;
	return went >= 0 || went == -EINTR;
}

/* Fills all that are open. MERGE_END: done, and nothing to say. */
static enum merge_step fill_all(struct merge *m, const struct feed **feed, char why[INPUT_WHY])
{
	while (m->done < m->opened && m->stream[m->done].state == STATE_DONE)
		m->done++;
	for (size_t i = m->done; i < m->opened; i++) {
		struct stream *s = &m->stream[i];
		enum merge_step step;

		if (s->state == STATE_ENDING && !go_on(m, s, why)) {
			*feed = &s->feed;
			return MERGE_FAILED;
		}
		if (s->state != STATE_OPEN)
			continue;
		step = fill(m, s, why);
		if (step == MERGE_END)
			continue;
		s->may_go_on = step == MERGE_FILE_END;
		s->state = STATE_ENDING;
		*feed = &s->feed;
		return step;
	}
	return MERGE_END;
}

/* How far a stream may go while the turn of another comes at the limit. */
static int64_t slice_end(const struct merge *m, int64_t limit)
{
	int64_t grain = m->options.ahead.grain_us, rest = limit % grain;

	if (limit > INT64_MAX - grain || grain == 1)
		return limit;
	return limit - (rest < 0 ? rest + grain : rest) + grain;
}

static enum merge_step give(struct merge *m, struct stream *s, int64_t limit, struct item *item,
	const struct feed **feed)
{
	uint32_t to;

	*item = s->item;
	*feed = &s->feed;
	s->feed.others_us = limit;
	s->feed.many_hosts = m->many_hosts;
	if (item->kind != ITEM_BLOCK) {
		s->has_item = false;
		return MERGE_ITEM;
	}
	to = limit == INT64_MAX ? s->to
				: wall_first(s->item.block, s->at, s->to, slice_end(m, limit));
	cut_part(m, s, to > s->at || s->at == s->to ? to : s->at + 1);
	item->block = &s->part;
	return MERGE_ITEM;
}

/* 0, or a negative errno with the reason in why. */
static int open_stream(struct merge *m, struct stream *s, char why[INPUT_WHY])
{
	/* After an interrupt what is there is shown all the same, and nothing waited for. */
	bool wait = s->start_us == INT64_MIN || !interrupt_came();
	int err;

	m->opened++;
	s->feed.number = free_number(m);
	err = input_open(&s->in, s->name, wait ? s->follow : NULL, why);
	return err ? err : start_reading(m, s, why);
}

enum merge_step merge_next(
	struct merge *m, struct item *item, const struct feed **feed, char why[INPUT_WHY])
{
	for (;;) {
		enum merge_step step = fill_all(m, feed, why);
		struct stream *first, *waiting;
		int64_t limit;
		int err;

		if (step != MERGE_END)
			return step;
		first = choose(m, &limit);
		waiting = next_waiting(m);
		if (!first && !waiting)
			return MERGE_END;
		if (first && (first->item.kind != ITEM_BLOCK || m->options.in_turn || !waiting ||
				     waiting->start_us > position(first))) {
			if (waiting && !m->options.in_turn && waiting->start_us < limit)
				limit = waiting->start_us;
			return give(m, first, m->options.in_turn ? INT64_MAX : limit, item, feed);
		}
		err = open_stream(m, waiting, why);
		if (err && err != -EINTR)
			return fail(waiting, feed);
		if (err)
			waiting->state = STATE_DONE;
	}
}
