/* SPDX-License-Identifier: MIT */
/*
 * One page for people who were not there: what moved when, who moved the most, what is missing.
 * It is printed at the end, and holds no more than its tables and pictures show.
 */
#include "report/view.h"

#include "report/chart.h"
#include "report/clock.h"
#include "report/damage.h"
#include "report/fields.h"
#include "report/gather.h"
#include "report/hosts.h"
#include "report/losses.h"
#include "report/page.h"
#include "report/span.h"
#include "report/text.h"
#include "report/timeline.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOPS = 4,
	WITNESSES = 64, /* recorders of which it is told what they saw */
	DAMAGES = 20,   /* that are told one by one */
	HOST_SIZE = 128,
};

/* A table of the page. */
struct top {
	enum key_by by;
	struct table *table;
	struct gather *gather;
};

/* What a host's recorder says of itself; not the same each time it was started. */
struct witness {
	char *host, *hooks, *selftest, *coverage, *filters;
};

struct html {
	struct view view;
	struct view_setup setup;
	struct clock clock;
	struct top top[TOPS];
	size_t tops;
	enum key_by line_by; /* what the timeline tells apart */
	struct timeline *timeline;
	struct picture picture;
	struct hosts hosts;
	struct witness witness[WITNESSES];
	size_t witnesses;
	bool unheard;     /* there are others */
	struct span span; /* that is recorded of the selection */
	uint64_t damages, unfinished;
	int error;     /* from where none could be answered */
	bool unusable; /* a file was, and is left out */
	char damage[DAMAGES][DAMAGE_TEXT];
};

static int begin(struct view *view)
{
	(void)view;
	return 0;
}

static bool has_said(const struct witness *s, const struct header *h)
{
	return !strcmp(s->host, h->host) && !strcmp(s->hooks, h->hooks) &&
	       !strcmp(s->selftest, h->selftest) && !strcmp(s->coverage, h->coverage) &&
	       !strcmp(s->filters, h->filters);
}

static int add_witness(struct html *v, const struct header *h)
{
	struct witness *s = &v->witness[v->witnesses];

	for (size_t i = 0; i < v->witnesses; i++) {
		if (has_said(&v->witness[i], h))
			return 0;
	}
	if (v->witnesses == WITNESSES) {
		v->unheard = true;
		return 0;
	}
	v->witnesses++;
	s->host = strdup(h->host);
	s->hooks = strdup(h->hooks);
	s->selftest = strdup(h->selftest);
	s->coverage = strdup(h->coverage);
	s->filters = strdup(h->filters);
	return s->host && s->hooks && s->selftest && s->coverage && s->filters ? 0 : -ENOMEM;
}

static int begin_group(struct html *v, const struct feed *feed, const struct header *header)
{
	for (size_t i = 0; i < v->tops; i++)
		gather_group(v->top[i].gather, feed);
	timeline_group(v->timeline, feed, header, v->setup.selection.since_us);
	span_group(&v->span, header);
	return add_witness(v, header);
}

static int add_block(struct html *v, const struct feed *feed, const struct block *b)
{
	int64_t first = clock_wall(b->first_us, b->wall_offset_us);
	int64_t last = clock_wall(b->last_us, b->wall_offset_us);
	struct host *host = hosts_find(&v->hosts, feed->origin.host);
	int err;

	if (!host)
		return -ENOMEM;
	span_part(&v->span, &v->setup, first, last);
	for (uint32_t i = 0; i < b->losses; i++)
		losses_add(&host->pending.due, &b->loss[i], b->wall_offset_us);
	err = timeline_add(v->timeline, feed, b);
	for (size_t i = 0; i < v->tops && !err; i++)
		err = gather_add(v->top[i].gather, feed, b, 0, b->samples);
	return err;
}

/* The recording goes on until its end, also where nothing happened any more. */
static int finish(struct html *v, const struct feed *feed)
{
	if (!span_finish(&v->span, &v->setup, feed))
		return 0;
	if (!hosts_find(&v->hosts, feed->origin.host))
		return -ENOMEM;
	return timeline_end(v->timeline, view_end(&v->setup, feed));
}

static int item(struct view *view, const struct feed *feed, const struct item *item)
{
	struct html *v = (struct html *)view;

	switch (item->kind) {
	case ITEM_GROUP:
		return begin_group(v, feed, item->header);
	case ITEM_BLOCK:
		return add_block(v, feed, item->block);
	case ITEM_DAMAGE:
		timeline_hole(v->timeline);
		if (v->damages < DAMAGES)
			damage_text(item->damage, v->damage[v->damages]);
		v->damages++;
		return 0;
	case ITEM_FINISH:
		return finish(v, feed);
	default:
		return 0;
	}
}

static int file_end(struct view *view, const struct feed *feed)
{
	struct html *v = (struct html *)view;

	v->unfinished += !feed->stats->finished || feed->stats->torn_bytes;
	return 0;
}

static void left(struct view *view)
{
	struct html *v = (struct html *)view;

	span_left(&v->span, &v->setup);
	if (timeline_end(v->timeline, v->setup.selection.until_us))
		v->error = -ENOMEM;
}

static void failed(struct view *view)
{
	((struct html *)view)->unusable = true;
}

/* --- Printing ------------------------------------------------------------------------------------
 */

static void headline(struct html *v, char to[2 * HOST_SIZE])
{
	char host[HOST_SIZE] = "no host";

	if (v->hosts.count == 1)
		text_escape(host, sizeof(host), host_title(v->hosts.host[0]), TEXT_ALL);
	else if (v->hosts.count)
		snprintf(host, sizeof(host), "%zu hosts", v->hosts.count);
	snprintf(to, 2 * HOST_SIZE, "TCP traffic by process on %s", host);
}

static void print_span(struct html *v)
{
	struct out *o = v->setup.out;
	struct sums total = table_total(v->top[0].table);
	char zone[CLOCK_SIZE], span[CLOCK_SIZE], rx[UNIT_SIZE], tx[UNIT_SIZE];

	if (span_is_empty(&v->span)) {
		out_str(o, "<p>No traffic, and no time recorded.</p>\n");
		return;
	}
	clock_zone(&v->clock, v->span.first_us, zone);
	clock_span(span, clock_between(v->span.first_us, v->span.last_us));
	units_text(rx, UNIT_HUMAN, total.bytes[DIR_RX]);
	units_text(tx, UNIT_HUMAN, total.bytes[DIR_TX]);
	out_printf(o, "<p>From %s", clock_date_time(&v->clock, v->span.first_us));
	out_printf(o, " to %s ", clock_date_time(&v->clock, v->span.last_us));
	page_text(o, zone);
	out_printf(o, " (%s)", span);
	if (v->setup.options->since.kind != MOMENT_NONE ||
		v->setup.options->until.kind != MOMENT_NONE)
		out_str(o, ", cut from a longer recording");
	out_printf(o,
		": %s bytes received in %" PRIu64 " call%s, %s bytes sent in %" PRIu64
		" call%s.</p>\n",
		rx, total.calls[DIR_RX], text_s(total.calls[DIR_RX]), tx, total.calls[DIR_TX],
		text_s(total.calls[DIR_TX]));
	if (!filter_is_empty(&v->setup.options->filter))
		out_str(o, "<p>A filter was given: other traffic is left out.</p>\n");
}

static void print_losses(struct html *v)
{
	struct out *o = v->setup.out;
	char text[LOSSES_TEXT];
	bool any = false;

	for (size_t i = 0; i < v->hosts.count; i++) {
		const struct host *host = v->hosts.host[i];

		if (!losses_any(&host->pending.due))
			continue;
		losses_text(&host->pending.due, text);
		out_str(o, "<p class=\"bad\">Lost on ");
		page_foreign(o, host->name);
		out_printf(o, ": %s</p>\n", text);
		any = true;
	}
	for (size_t i = 0; i < v->damages && i < DAMAGES; i++)
		out_printf(o, "<p class=\"bad\">Damaged: %s</p>\n", v->damage[i]);
	if (v->damages > DAMAGES)
		out_printf(o, "<p class=\"bad\">Damaged in %" PRIu64 " more places</p>\n",
			v->damages - DAMAGES);
	if (v->unfinished)
		out_printf(o,
			"<p class=\"bad\">%" PRIu64 " file%s without an end: cut, or the recorder "
			"was killed or still writes</p>\n",
			v->unfinished, text_s(v->unfinished));
	if (v->setup.missing)
		out_printf(o,
			"<p class=\"bad\">%" PRIu64 " file%s missing of a rotated set, between "
			"others: what was recorded then is not shown</p>\n",
			v->setup.missing, v->setup.missing == 1 ? " is" : "s are");
	if (v->unusable)
		out_str(o, "<p class=\"bad\">Not all files could be used: what is in the others is "
			   "not shown</p>\n");
	if (!any && !v->damages && !v->unfinished && !v->setup.missing && !v->unusable)
		out_str(o, "<p>Nothing was lost, nothing is damaged.</p>\n");
}

/* The key in one line: "1234 curl". */
static void series_name(void *ctx, size_t series, char *to, size_t size)
{
	struct html *v = ctx;
	const struct column *columns[CELL_COLUMNS_MAX];
	size_t n = fields_columns(v->line_by, v->hosts.count > 1, columns), len = 0;
	char cell[CELL_SIZE];

	if (series >= v->picture.series) {
		snprintf(to, size, "all others");
		return;
	}
	/* A process is known by its id and name; its cgroup is in the table. */
	if (v->line_by == BY_PROCESS)
		n--;
	to[0] = '\0';
	for (size_t i = 0; i < n && len < size; i++) {
		columns[i]->cell(cell, sizeof(cell), v->picture.key[series], 0);
		len += (size_t)snprintf(to + len, size - len, "%s%s", i ? " " : "", cell);
	}
}

static void print_titles(struct html *v, const struct column *const *columns, size_t n)
{
	struct out *o = v->setup.out;
	enum unit unit = v->setup.options->unit;

	page_column(o, "#", true);
	for (size_t i = 0; i < n; i++)
		page_column(o, columns[i]->title, false);
	page_column(o, units_rx(unit), true);
	page_column(o, units_tx(unit), true);
	page_column(o, "SHARE", true);
	page_column(o, "CALLS", true);
	page_column(o, "FIRST", true);
	page_column(o, "LAST", true);
}

/* The day in front where the page is about several. */
static const char *moment(struct html *v, int64_t wall_us)
{
	if (clock_day(&v->clock, v->span.first_us) == clock_day(&v->clock, v->span.last_us))
		return clock_time(&v->clock, wall_us);
	return clock_date_time(&v->clock, wall_us);
}

static void print_figures(struct html *v, const struct sums *s, const struct sums *total)
{
	struct out *o = v->setup.out;
	char text[UNIT_SIZE];

	for (int d = 0; d < 2; d++) {
		units_text(text, v->setup.options->unit, s->bytes[d]);
		page_cell(o, text, true);
	}
	units_share_text(text, sums_bytes(s), sums_bytes(total));
	page_cell(o, text, true);
	snprintf(text, sizeof(text), "%" PRIu64, s->calls[DIR_RX] + s->calls[DIR_TX]);
	page_cell(o, text, true);
	page_cell(o, moment(v, s->first_us), true);
	page_cell(o, moment(v, s->last_us), true);
}

static int print_top(struct html *v, const struct top *t)
{
	const struct row *rows = table_sorted(t->table, v->setup.options->sort);
	const struct column *columns[CELL_COLUMNS_MAX];
	size_t n = fields_columns(t->by, v->hosts.count > 1, columns);
	size_t shown = table_rows(t->table);
	struct sums total = table_total(t->table);
	struct out *o = v->setup.out;
	char cell[CELL_SIZE];

	if (!rows)
		return -ENOMEM;
	if (shown > v->setup.options->rows)
		shown = v->setup.options->rows;
	snprintf(cell, sizeof(cell), "By %s: %zu of %zu", key_name(t->by), shown,
		table_rows(t->table));
	page_heading(o, cell);
	page_table_begin(o);
	print_titles(v, columns, n);
	for (size_t i = 0; i < shown; i++) {
		page_row(o);
		snprintf(cell, sizeof(cell), "%zu", i + 1);
		page_cell(o, cell, true);
		for (size_t k = 0; k < n; k++) {
			columns[k]->cell(cell, sizeof(cell), rows[i].key, 0);
			page_cell(o, cell, false);
		}
		print_figures(v, rows[i].sums, &total);
	}
	page_table_end(o);
	return 0;
}

/* A text of the header, each line of it on one. */
static void print_said(struct out *o, const char *name, const char *text)
{
	if (!text[0])
		return;
	out_printf(o, "<p class=\"dim\">%s</p>\n<pre>", name);
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);

		if (line)
			page_foreign(o, line);
		free(line);
		out_char(o, '\n');
		text += text[len] ? len + 1 : len;
	}
	out_str(o, "</pre>\n");
}

static void print_witnesses(struct html *v)
{
	struct out *o = v->setup.out;

	page_heading(o, "What was seen, and what cannot be");
	for (size_t i = 0; i < v->witnesses; i++) {
		const struct witness *s = &v->witness[i];

		out_str(o, "<p><b>");
		page_foreign(o, s->host);
		out_str(o, "</b>, hooks: ");
		page_foreign(o, s->hooks);
		out_str(o, "</p>\n");
		print_said(o, "coverage", s->coverage);
		print_said(o, "self-test", s->selftest);
		print_said(o, "left out when recording", s->filters);
	}
	if (v->unheard)
		out_str(o, "<p>There are more recordings, which --info tells about.</p>\n");
}

static int end(struct view *view)
{
	struct html *v = (struct html *)view;
	struct out *o = v->setup.out;
	char title[2 * HOST_SIZE];
	int err = timeline_picture(v->timeline, v->setup.options->sort, &v->picture);

	if (err || v->error)
		return err ? err : v->error;
	headline(v, title);
	page_begin(o, title);
	print_span(v);
	print_losses(v);
	snprintf(title, sizeof(title), "Bytes over time, by %s", key_name(v->line_by));
	page_heading(o, title);
	chart_print(o, &v->picture, &v->clock, series_name, v);
	for (size_t i = 0; i < v->tops && !err; i++)
		err = print_top(v, &v->top[i]);
	print_witnesses(v);
	page_end(o);
	return err;
}

static void html_free(struct view *view)
{
	struct html *v = (struct html *)view;

	for (size_t i = 0; i < v->tops; i++) {
		gather_free(v->top[i].gather);
		table_free(v->top[i].table);
	}
	for (size_t i = 0; i < v->witnesses; i++) {
		free(v->witness[i].host);
		free(v->witness[i].hooks);
		free(v->witness[i].selftest);
		free(v->witness[i].coverage);
		free(v->witness[i].filters);
	}
	timeline_free(v->timeline);
	hosts_clear(&v->hosts);
	free(v);
}

static int add_top(struct html *v, enum key_by by)
{
	struct top *t = &v->top[v->tops];

	for (size_t i = 0; i < v->tops; i++) {
		if (v->top[i].by == by)
			return 0;
	}
	v->tops++;
	t->by = by;
	if (table_new(&t->table))
		return -ENOMEM;
	return gather_new(&t->gather, v->setup.filter, by, t->table);
}

int view_html_new(struct view **out, const struct view_setup *setup)
{
	struct html *v = calloc(1, sizeof(*v));
	enum key_by by = setup->options->by;

	if (!v)
		return -ENOMEM;
	v->view = (struct view){begin, item, file_end, left, failed, end, html_free};
	v->setup = *setup;
	span_init(&v->span);
	v->line_by = by == BY_SESSION ? BY_PROCESS : by;
	clock_init(&v->clock, setup->options->utc);
	clock_fix(&v->clock, setup->zone);
	if (add_top(v, by) || add_top(v, BY_PROCESS) || add_top(v, BY_PEER) ||
		add_top(v, BY_CGROUP) || timeline_new(&v->timeline, setup->filter, v->line_by)) {
		html_free(&v->view);
		return -ENOMEM;
	}
	*out = &v->view;
	return 0;
}
