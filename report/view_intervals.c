/* SPDX-License-Identifier: MIT */
/*
 * A table for each interval, as bcc's tcptop would have printed it then; or the same as CSV or
 * JSON.
 *
 * Losses belong to the interval in which they end. A run of intervals without traffic in view and
 * without losses is one line, and so is one that lies between two recordings.
 */
#include "report/view.h"

#include "report/clock.h"
#include "report/coverage.h"
#include "report/cut.h"
#include "report/gather.h"
#include "report/hosts.h"
#include "report/interval_print.h"
#include "report/wall.h"
#include <errno.h>
#include <stdlib.h>

struct intervals {
	struct view view;
	struct view_setup setup;
	struct cut cut;
	struct table *table;
	struct gather *gather;
	struct interval_printer printer;
	struct hosts hosts;
	struct coverage coverage;
	struct interval_host *told; /* room for all hosts */
	size_t told_space;
	struct interval_run idle; /* the run at hand */
	uint64_t count;
	int64_t last_us;       /* that the last block knows of, wall clock */
	int64_t finish_us;     /* the last end of a recording, INT64_MIN: none is known */
	const char *finish_in; /* its file */
};

static int begin(struct view *view)
{
	struct intervals *v = (struct intervals *)view;

	interval_begin(&v->printer);
	return 0;
}

static bool enough(const struct intervals *v)
{
	return v->setup.options->count && v->count >= v->setup.options->count;
}

/* A screen that is cleared has shown it as it grew. */
static void print_idle(struct intervals *v)
{
	if (v->idle.intervals && !v->setup.clear)
		interval_idle(&v->printer, &v->idle);
	v->idle.intervals = 0;
}

/* n intervals from start on that are alike. */
static void add_to_run(struct intervals *v, int64_t start_us, uint64_t n, bool recorded)
{
	struct interval_run *run = &v->idle;

	if (run->recorded != recorded)
		print_idle(v);
	if (!run->intervals)
		run->start_us = start_us;
	run->recorded = recorded;
	run->end_us = start_us + (int64_t)n * v->cut.length_us;
	run->intervals += n;
	v->count += n;
}

/* n intervals without traffic, from start on; no more of them than are still wanted. */
static void add_idle(struct intervals *v, int64_t start_us, uint64_t n)
{
	uint64_t wanted = v->setup.options->count - v->count;

	if (v->setup.options->count && n > wanted)
		n = wanted;
	if (!n)
		return;
	while (n) {
		bool recorded;
		uint64_t alike =
			coverage_alike(&v->coverage, start_us, v->cut.length_us, n, &recorded);

		add_to_run(v, start_us, alike, recorded);
		start_us += (int64_t)alike * v->cut.length_us;
		n -= alike;
	}
	/* Live, the table before must not stand there as if it were of now. */
	if (v->setup.clear) {
		interval_idle(&v->printer, &v->idle);
		out_flush(v->setup.out);
	}
}

/* What is due from each host until end_us; whether anything was lost. */
static bool take_due(struct intervals *v, int64_t end_us)
{
	bool lost = false;

	for (size_t i = 0; i < v->hosts.count; i++) {
		struct pending *p = &v->hosts.host[i]->pending;

		pending_take(p, end_us);
		lost |= losses_any(&p->due);
	}
	return lost;
}

static int64_t next_loss(const struct intervals *v)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < v->hosts.count; i++) {
		int64_t end = pending_next_loss(&v->hosts.host[i]->pending);

		next = end < next ? end : next;
	}
	return next;
}

/* What the printer is to tell of each host. */
static int tell_hosts(struct intervals *v, struct interval *i)
{
	struct interval_host *more;

	if (v->told_space < v->hosts.count) {
		more = realloc(v->told, v->hosts.count * sizeof(*more));
		if (!more)
			return -ENOMEM;
		v->told = more;
		v->told_space = v->hosts.count;
	}
	for (size_t n = 0; n < v->hosts.count; n++) {
		const struct host *host = v->hosts.host[n];
		const struct pending *p = &host->pending;

		v->told[n] = (struct interval_host){
			host->name, p->has_load ? &p->last_load : NULL, &p->due, host->lost_in};
	}
	i->host = v->told;
	i->hosts = v->hosts.count;
	return 0;
}

static int print_interval(struct intervals *v)
{
	struct interval i = {.start_us = v->cut.start_us,
		.end_us = v->cut.end_us,
		.rows = table_rows(v->table),
		.row = table_sorted(v->table, v->setup.options->sort)};

	if (!i.row || tell_hosts(v, &i))
		return -ENOMEM;
	print_idle(v);
	interval_table(&v->printer, &i);
	gather_clear(v->gather);
	for (size_t n = 0; n < v->hosts.count; n++)
		losses_clear(&v->hosts.host[n]->pending.due);
	v->count++;
	out_flush(v->setup.out);
	return 0;
}

/* The interval at hand is over. */
static int close_interval(struct intervals *v)
{
	if (take_due(v, v->cut.end_us) || table_rows(v->table))
		return print_interval(v);
	add_idle(v, v->cut.start_us, 1);
	return 0;
}

/* Time has come to wall: closes what is over, opens what holds it. */
static int advance(struct intervals *v, int64_t wall_us)
{
	enum cut_step step = cut_ask(&v->cut, wall_us);
	int err;

	while (step == CUT_NEXT || step == CUT_BACK) {
		int64_t end = v->cut.end_us, to = wall_us, loss;

		err = close_interval(v);
		if (err)
			return err;
		if (enough(v))
			return VIEW_ENOUGH;
		if (step == CUT_BACK)
			print_idle(v);
		/* An interval that knows of nothing but a loss is none of the idle ones. */
		loss = step == CUT_NEXT ? next_loss(v) : wall_us;
		to = loss < to ? loss : to;
		add_idle(v, end, cut_move(&v->cut, to));
		if (enough(v))
			return VIEW_ENOUGH;
		step = to == wall_us ? CUT_SAME : cut_ask(&v->cut, wall_us);
	}
	return 0;
}

static int add_samples(struct intervals *v, const struct feed *feed, const struct block *b)
{
	uint32_t at = 0;

	while (at < b->samples) {
		int err = advance(v, wall_at(b, at));
		uint32_t to = wall_first(b, at, b->samples, v->cut.end_us);

		if (err)
			return err;
		to = to > at ? to : at + 1; /* whatever the times of a damaged file */
		err = gather_add(v->gather, feed, b, at, to);
		if (err)
			return err;
		at = to;
	}
	return 0;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * How far the block says that all before is told. The recorder writes in order of time, and a load
 * average after the samples before it. A loss is dated when it was noticed, which may be after
 * samples that are still to come: it says nothing.
 */
static int64_t settled_until(const struct block *b)
{
	int64_t until = INT64_MIN;

	if (!b->losses)
		until = clock_wall(b->first_us, b->wall_offset_us);
	if (b->samples)
		until = later(until, wall_at(b, b->samples - 1));
	for (uint32_t i = 0; i < b->loads; i++)
		until = later(until, clock_wall(b->load[i].time_us, b->wall_offset_us));
	return until;
}

/* While the output takes nothing, all is lost; other causes leave some. */
static void take_outages(struct intervals *v, const struct block *b)
{
	for (uint32_t i = 0; i < b->losses; i++) {
		if (b->loss[i].cause == LOST_DISK)
			coverage_lost(&v->coverage,
				clock_wall(b->loss[i].from_us, b->wall_offset_us),
				clock_wall(b->loss[i].to_us, b->wall_offset_us));
	}
}

static int add_block(struct intervals *v, const struct feed *feed, const struct block *b)
{
	struct host *host = hosts_find(&v->hosts, feed->origin.host);
	int64_t settled = settled_until(b);
	int err;

	v->printer.many_hosts |= feed->many_hosts;
	v->last_us = clock_wall(b->last_us, b->wall_offset_us);
	if (v->finish_in == feed->name) /* another recording follows in it, at whatever time */
		v->finish_us = INT64_MIN;
	coverage_seen(&v->coverage, v->last_us);
	take_outages(v, b);
	if (!host)
		return -ENOMEM;
	if (b->losses)
		host->lost_in = feed->name;
	err = pending_add(&host->pending, b);
	if (!err && !v->cut.open)
		err = advance(v, clock_wall(b->first_us, b->wall_offset_us));
	if (!err)
		err = add_samples(v, feed, b);
	settled = sooner(settled, feed->others_us);
	settled = sooner(settled, v->setup.selection.until_us); /* loads may lie behind it */
	if (!err && settled != INT64_MIN && cut_ask(&v->cut, settled) == CUT_NEXT)
		err = advance(v, settled);
	return err;
}

/* Where no recording was made before it, its start is the time that has come. */
static int begin_group(struct intervals *v, const struct feed *feed, const struct header *header)
{
	int gap = coverage_begin(&v->coverage, feed, header);

	gather_group(v->gather, feed);
	if (gap <= 0 || !v->cut.open)
		return gap < 0 ? gap : 0;
	return advance(v, sooner(header->start_wall_us, v->setup.selection.until_us));
}

static void finish(struct intervals *v, const struct feed *feed)
{
	int64_t end_us = view_end(&v->setup, feed);

	/* Of several files others may still come to where this one ended. */
	if (end_us > v->finish_us) {
		v->finish_us = end_us;
		v->finish_in = feed->name;
	}
	coverage_seen(&v->coverage, end_us);
	coverage_end(&v->coverage, feed);
}

static int item(struct view *view, const struct feed *feed, const struct item *item)
{
	struct intervals *v = (struct intervals *)view;

	if (item->kind == ITEM_GROUP)
		return begin_group(v, feed, item->header);
	if (item->kind == ITEM_FINISH)
		finish(v, feed);
	return item->kind == ITEM_BLOCK ? add_block(v, feed, item->block) : 0;
}

static int file_end(struct view *view, const struct feed *feed)
{
	struct intervals *v = (struct intervals *)view;

	coverage_end(&v->coverage, feed);
	return 0;
}

static void left(struct view *view)
{
	struct intervals *v = (struct intervals *)view;

	v->last_us = later(v->last_us, v->setup.selection.until_us);
	coverage_seen(&v->coverage, v->last_us);
}

/* What is over when the recording ends; of the rest only what holds something. */
static int end(struct view *view)
{
	struct intervals *v = (struct intervals *)view;
	int err = 0;

	v->last_us = later(v->last_us, v->finish_us);
	if (v->cut.open && !enough(v) && cut_ask(&v->cut, v->last_us) == CUT_NEXT)
		err = advance(v, v->last_us);
	if (v->cut.open && !enough(v) && err >= 0) {
		if (take_due(v, INT64_MAX) || table_rows(v->table))
			err = print_interval(v);
	}
	print_idle(v);
	return err < 0 ? err : 0;
}

static void intervals_free(struct view *view)
{
	struct intervals *v = (struct intervals *)view;

	gather_free(v->gather);
	table_free(v->table);
	hosts_clear(&v->hosts);
	coverage_clear(&v->coverage);
	free(v->told);
	free(v);
}

int view_intervals_new(struct view **out, const struct view_setup *setup)
{
	struct intervals *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	v->view = (struct view){begin, item, file_end, left, NULL, end, intervals_free};
	v->setup = *setup;
	v->finish_us = INT64_MIN;
	cut_init(&v->cut, setup->options->interval_us);
	interval_printer_init(&v->printer, setup);
	if (table_new(&v->table) ||
		gather_new(&v->gather, setup->filter, setup->options->by, v->table)) {
		intervals_free(&v->view);
		return -ENOMEM;
	}
	*out = &v->view;
	return 0;
}
