/* SPDX-License-Identifier: MIT */
/* The largest rows of the whole selection, in one table; or the same as CSV or JSON. */
#include "report/view.h"

#include "report/clock.h"
#include "report/fields.h"
#include "report/gather.h"
#include "report/grid.h"
#include "report/hosts.h"
#include "report/line.h"
#include "report/losses.h"
#include "report/span.h"
#include "report/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HOST_SIZE = 128,  /* a name that is longer is cut in the headline */
	FIGURES_KEPT = 2, /* columns after the key that even a narrow terminal shows */
};

struct top {
	struct view view;
	struct view_setup setup;
	struct clock clock;
	struct table *table;
	struct gather *gather;
	struct hosts hosts;
	struct span span; /* that is recorded of the selection */
	bool udp;         /* there is some, and it is told apart */
	bool proto;       /* a session shown is not TCP */
};

/* A row for other programs, or the names of its columns. */
static void print_line(struct top *v, enum line_form form, uint64_t rank, const struct row *row)
{
	enum key_by by = v->setup.options->by;
	char epoch[CLOCK_SIZE];
	struct line l;

	line_begin(&l, v->setup.out, form);
	line_u64(&l, "rank", rank);
	fields_key(&l, by, row->key);
	fields_sums(&l, row->sums);
	clock_epoch(epoch, row->sums->first_us, false);
	line_number(&l, "first_epoch", epoch);
	clock_epoch(epoch, row->sums->last_us, false);
	line_number(&l, "last_epoch", epoch);
	fields_udp(&l, by, row->udp);
	line_word(&l, "first_time", clock_date_time(&v->clock, row->sums->first_us));
	line_word(&l, "last_time", clock_date_time(&v->clock, row->sums->last_us));
	line_end(&l);
}

static int begin(struct view *view)
{
	struct top *v = (struct top *)view;

	if (v->setup.options->csv)
		print_line(v, LINE_NAMES, 0, &fields_no_row);
	return 0;
}

/* A block, or a whole group. */
static int see_part(struct top *v, const struct feed *feed, uint64_t first_us, uint64_t last_us,
	int64_t wall_offset_us, const struct loss *loss, uint32_t losses)
{
	struct host *host = hosts_find(&v->hosts, feed->origin.host);

	if (!host)
		return -ENOMEM;
	span_part(&v->span, &v->setup, clock_wall(first_us, wall_offset_us),
		clock_wall(last_us, wall_offset_us));
	for (uint32_t i = 0; i < losses; i++)
		losses_add(&host->pending.due, &loss[i], wall_offset_us);
	return 0;
}

static int add_block(struct top *v, const struct feed *feed, const struct block *b)
{
	int err = see_part(v, feed, b->first_us, b->last_us, b->wall_offset_us, b->loss, b->losses);

	return err ? err : gather_add(v->gather, feed, b, 0, b->samples);
}

static int add_summary(struct top *v, const struct feed *feed, const struct summary *s)
{
	int err = see_part(v, feed, s->first_us, s->last_us, s->wall_offset_us, s->loss, s->losses);

	return err ? err : gather_sums(v->gather, feed, s);
}

/* Of a recording in which nothing happened it is all there is. */
static int see_end(struct top *v, const struct feed *feed)
{
	if (!span_finish(&v->span, &v->setup, feed))
		return 0;
	return hosts_find(&v->hosts, feed->origin.host) ? 0 : -ENOMEM;
}

static int item(struct view *view, const struct feed *feed, const struct item *item)
{
	struct top *v = (struct top *)view;

	switch (item->kind) {
	case ITEM_GROUP:
		gather_group(v->gather, feed);
		span_group(&v->span, item->header);
		return 0;
	case ITEM_BLOCK:
		return add_block(v, feed, item->block);
	case ITEM_SUMMARY:
		return add_summary(v, feed, item->summary);
	case ITEM_FINISH:
		return see_end(v, feed);
	default:
		return 0;
	}
}

static void left(struct view *view)
{
	struct top *v = (struct top *)view;

	span_left(&v->span, &v->setup);
}

static void number_cell(struct grid *g, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	grid_cell(g, text, true);
}

static bool one_day(struct top *v)
{
	return clock_day(&v->clock, v->span.first_us) == clock_day(&v->clock, v->span.last_us);
}

/* Time of day; with the day in front where the selection has several. */
static void time_cell(struct top *v, struct grid *g, int64_t wall)
{
	grid_cell(g, one_day(v) ? clock_time(&v->clock, wall) : clock_date_time(&v->clock, wall),
		true);
}

static void share_cell(struct grid *g, double bytes, double all)
{
	char text[UNIT_SIZE];

	units_share_text(text, bytes, all);
	grid_cell(g, text, true);
}

/* The columns of the key, after that of the rank. */
static size_t key_columns(const struct top *v, const struct column *columns[CELL_COLUMNS_MAX])
{
	return fields_columns(v->setup.options->by, v->hosts.count > 1, columns);
}

static void bytes_cell(struct top *v, struct grid *g, uint64_t bytes)
{
	char text[UNIT_SIZE];

	units_text(text, v->setup.options->unit, bytes);
	grid_cell(g, text, true);
}

static void mean_cell(struct grid *g, uint64_t bytes, uint64_t calls)
{
	if (calls)
		number_cell(g, bytes / calls);
	else
		grid_cell(g, "-", true);
}

/* How many, and how large on average: received and sent. */
static void call_cells(struct grid *g, const uint64_t calls[2], const uint64_t bytes[2])
{
	for (int d = 0; d < 2; d++) {
		number_cell(g, calls[d]);
		mean_cell(g, bytes[d], calls[d]);
	}
}

/* By process as netatop has it, TCP and UDP apart; else the calls alone. */
static void calls_cells(
	struct top *v, struct grid *g, const struct sums *s, const struct volume *udp)
{
	uint64_t calls[2], bytes[2];

	if (v->setup.options->by != BY_PROCESS) {
		number_cell(g, s->calls[DIR_RX] + s->calls[DIR_TX]);
		return;
	}
	for (int d = 0; d < 2; d++) {
		calls[d] = s->calls[d] - udp->calls[d];
		bytes[d] = s->bytes[d] - udp->bytes[d];
	}
	call_cells(g, calls, bytes);
	if (v->udp)
		call_cells(g, udp->calls, udp->bytes);
}

static void figure_cells(
	struct top *v, struct grid *g, const struct sums *s, const struct volume *udp, double all)
{
	double bytes = sums_bytes(s);
	double seconds = ((double)v->span.last_us - (double)v->span.first_us) / SECOND_US;
	char text[UNIT_SIZE];

	bytes_cell(v, g, s->bytes[DIR_RX]);
	bytes_cell(v, g, s->bytes[DIR_TX]);
	share_cell(g, bytes, all);
	if (seconds > 0)
		units_rate_text(text, v->setup.options->unit, bytes / seconds);
	grid_cell(g, seconds > 0 ? text : "-", true);
	calls_cells(v, g, s, udp);
	time_cell(v, g, s->first_us);
	time_cell(v, g, s->last_us);
}

/* Their titles: of all, or where g is NULL their number. */
static size_t figure_titles(struct top *v, struct grid *g)
{
	/* As atop titles them: received, their average size, sent, theirs. */
	static const char *const apart[] = {
		"TCPRCV", "TCPRASZ", "TCPSND", "TCPSASZ", "UDPRCV", "UDPRASZ", "UDPSND", "UDPSASZ"};
	static const char *const together[] = {"CALLS"};
	enum unit unit = v->setup.options->unit;
	bool by_process = v->setup.options->by == BY_PROCESS;
	const char *const *calls = by_process ? apart : together;
	size_t n = by_process ? v->udp ? 8 : 4 : 1;
	const char *before[] = {units_rx(unit), units_tx(unit), "SHARE", units_rate(unit)};

	for (size_t i = 0; g && i < 4; i++)
		grid_cell(g, before[i], true);
	for (size_t i = 0; g && i < n; i++)
		grid_cell(g, calls[i], true);
	if (g) {
		grid_cell(g, "FIRST", true);
		grid_cell(g, "LAST", true);
	}
	return 4 + n + 2;
}

static void title_cells(struct top *v, struct grid *g)
{
	const struct column *columns[CELL_COLUMNS_MAX];
	size_t n = key_columns(v, columns);

	grid_cell(g, "#", true);
	for (size_t i = 0; i < n; i++)
		grid_cell(g, columns[i]->title, false);
	if (v->proto)
		grid_cell(g, "PROTO", false);
	figure_titles(v, g);
}

static void row_cells(
	struct top *v, struct grid *g, uint64_t rank, const struct row *row, double all)
{
	const struct column *columns[CELL_COLUMNS_MAX];
	size_t n = key_columns(v, columns);
	char text[CELL_SIZE];

	number_cell(g, rank);
	for (size_t i = 0; i < n; i++) {
		columns[i]->cell(text, sizeof(text), row->key, 0);
		grid_cell(g, text, false);
	}
	if (v->proto)
		grid_cell(g, fields_proto(row->key->proto), false);
	figure_cells(v, g, row->sums, row->udp, all);
}

static void total_cells(struct top *v, struct grid *g, const struct sums *total, double all)
{
	const struct column *columns[CELL_COLUMNS_MAX];
	struct volume udp = table_total_udp(v->table);
	size_t n = key_columns(v, columns);

	grid_cell(g, "", true);
	grid_cell(g, "TOTAL", false);
	for (size_t i = v->proto ? 0 : 1; i < n; i++)
		grid_cell(g, "", false);
	figure_cells(v, g, total, &udp, all);
}

static const char *plural(enum key_by by, size_t n)
{
	static const char *const words[BY_COUNT][2] = {
		[BY_SESSION] = {"session", "sessions"},
		[BY_PROCESS] = {"process", "processes"},
		[BY_COMM] = {"process name", "process names"},
		[BY_CGROUP] = {"cgroup", "cgroups"},
		[BY_LADDR] = {"local address", "local addresses"},
		[BY_RADDR] = {"remote address", "remote addresses"},
		[BY_LPORT] = {"local port", "local ports"},
		[BY_RPORT] = {"remote port", "remote ports"},
		[BY_PEER] = {"peer", "peers"},
	};

	return words[by][n != 1];
}

/* What the table is about: how many of how many rows, and of which time. */
static void print_headline(struct top *v, size_t shown)
{
	struct out *o = v->setup.out;
	size_t rows = table_rows(v->table);
	char before[CLOCK_SIZE], zone[CLOCK_SIZE], span[CLOCK_SIZE], host[HOST_SIZE];

	if (span_is_empty(&v->span)) {
		out_str(o, "no traffic, and no time recorded\n");
		return;
	}
	clock_zone(&v->clock, v->span.first_us, before);
	clock_zone(&v->clock, v->span.last_us, zone);
	clock_span(span, clock_between(v->span.first_us, v->span.last_us));
	if (v->hosts.count > 1)
		snprintf(host, sizeof(host), "%zu hosts", v->hosts.count);
	else
		text_escape(host, sizeof(host), host_title(v->hosts.host[0]), TEXT_ALL);
	out_printf(
		o, "%zu of %zu %s on %s, ", shown, rows, plural(v->setup.options->by, rows), host);
	out_str(o, clock_date_time(&v->clock, v->span.first_us));
	if (strcmp(before, zone) != 0)
		out_printf(o, " %s", before);
	out_printf(o, " to %s %s (%s)\n",
		one_day(v) ? clock_time(&v->clock, v->span.last_us)
			   : clock_date_time(&v->clock, v->span.last_us),
		zone, span);
}

static int make_grid(struct top *v, struct grid **out)
{
	const struct column *columns[CELL_COLUMNS_MAX];
	size_t n = key_columns(v, columns), keep = 1 + n + v->proto + FIGURES_KEPT;
	int err = grid_new(out, 1 + n + v->proto + figure_titles(v, NULL));

	if (err)
		return err;
	grid_fit(*out, v->setup.width, keep);
	for (size_t i = 0; i < n; i++) {
		if (columns[i]->least && !columns[i]->cut)
			grid_may_cut(*out, 1 + i, columns[i]->least);
	}
	return 0;
}

static int print_table(struct top *v, const struct row *rows, size_t shown)
{
	struct sums total = table_total(v->table);
	struct volume udp = table_total_udp(v->table);
	double all = sums_bytes(&total);
	struct grid *g;
	int err;

	print_headline(v, shown);
	if (!table_rows(v->table))
		return 0;
	v->udp = udp.calls[DIR_RX] || udp.calls[DIR_TX];
	for (size_t i = 0; i < shown; i++)
		v->proto |= fields_has_proto(rows[i].key);
	err = make_grid(v, &g);
	if (err)
		return err;
	title_cells(v, g);
	for (size_t i = 0; i < shown; i++)
		row_cells(v, g, i + 1, &rows[i], all);
	total_cells(v, g, &total, all);
	err = grid_print(g, v->setup.out);
	grid_free(g);
	return err;
}

static void print_losses(struct top *v)
{
	const struct options *options = v->setup.options;
	char text[LOSSES_TEXT], plain[HOST_SIZE], name[HOST_SIZE + 2] = "";

	for (size_t i = 0; i < v->hosts.count; i++) {
		const struct host *host = v->hosts.host[i];
		const struct losses *lost = &host->pending.due;

		if (!losses_any(lost))
			continue;
		if (v->hosts.count > 1) {
			text_escape(plain, sizeof(plain), host->name, TEXT_ALL);
			snprintf(name, sizeof(name), "%s: ", plain);
		}
		losses_text(lost, text);
		if (options->json)
			losses_json(lost, host->name, v->setup.out);
		else if (options->csv)
			log_error(v->setup.log, NULL, "%slost: %s", name, text);
		else
			out_printf(v->setup.out, "%slost: %s\n", name, text);
	}
}

static int end(struct view *view)
{
	struct top *v = (struct top *)view;
	const struct options *options = v->setup.options;
	const struct row *rows = table_largest(v->table, options->sort, options->rows);
	size_t shown = table_rows(v->table);
	int err = 0;

	if (!rows)
		return -ENOMEM;
	if (shown > options->rows)
		shown = options->rows;
	if (!options->csv && !options->json)
		err = print_table(v, rows, shown);
	for (size_t i = 0; i < shown && options->csv; i++)
		print_line(v, LINE_CSV, i + 1, &rows[i]);
	for (size_t i = 0; i < shown && options->json; i++)
		print_line(v, LINE_JSON, i + 1, &rows[i]);
	if (!err)
		print_losses(v);
	return err;
}

static void top_free(struct view *view)
{
	struct top *v = (struct top *)view;

	hosts_clear(&v->hosts);
	gather_free(v->gather);
	table_free(v->table);
	free(v);
}

int view_top_new(struct view **out, const struct view_setup *setup)
{
	struct top *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	v->view = (struct view){begin, item, NULL, left, NULL, end, top_free};
	v->setup = *setup;
	span_init(&v->span);
	clock_init(&v->clock, setup->options->utc);
	clock_fix(&v->clock, setup->zone);
	if (table_new(&v->table) ||
		gather_new(&v->gather, setup->filter, setup->options->by, v->table)) {
		top_free(&v->view);
		return -ENOMEM;
	}
	*out = &v->view;
	return 0;
}
