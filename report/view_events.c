/* SPDX-License-Identifier: MIT */
/* One line a sample, much as tcpdump has it; or the same as CSV or JSON. */
#include "report/view.h"

#include "report/clock.h"
#include "report/fields.h"
#include "report/line.h"
#include "report/losses.h"
#include "report/passes.h"
#include "report/text.h"
#include "report/wall.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME_COLUMNS = 15, /* the kernel has no longer names */
	HOST_SIZE = 128,   /* a name that is longer is cut where a loss is told */
};

struct events {
	struct view view;
	struct view_setup setup;
	struct clock clock;
	int64_t first_day; /* where anything was printed */
	bool has_day;
	uint64_t rows;
	bool many_hosts; /* from here on */
	struct passes *passes;
};

/* What a line tells of a sample. */
struct event {
	const struct key *key;
	int64_t wall_us;
	uint64_t bytes;
	uint32_t calls;
	uint16_t proto;
	enum direction dir;
	uint8_t flags;
};

/* A row for other programs, or the names of its columns. */
static void print_row(struct events *v, enum line_form form, const struct event *e)
{
	enum key_by by = v->setup.options->by;
	char epoch[CLOCK_SIZE];
	struct line l;

	line_begin(&l, v->setup.out, form);
	clock_epoch(epoch, e->wall_us, false);
	line_number(&l, "epoch", epoch);
	line_word(&l, "time", clock_date_time(&v->clock, e->wall_us));
	fields_key(&l, by, e->key);
	line_word(&l, "dir", e->dir == DIR_TX ? "tx" : "rx");
	line_u64(&l, "bytes", e->bytes);
	line_u64(&l, "calls", e->calls);
	if (by == BY_PROCESS)
		line_word(&l, "proto", fields_proto(e->proto));
	line_end(&l);
}

static int begin(struct view *view)
{
	const struct event none = {.key = fields_no_row.key};
	struct events *v = (struct events *)view;

	if (v->setup.options->csv)
		print_row(v, LINE_NAMES, &none);
	return 0;
}

/* From the second day on with the date. */
static const char *moment(struct events *v, int64_t wall)
{
	int64_t day = clock_day(&v->clock, wall);

	if (!v->has_day)
		v->first_day = day;
	v->has_day = true;
	return day == v->first_day ? clock_time(&v->clock, wall) : clock_date_time(&v->clock, wall);
}

static void print_time(struct events *v, int64_t wall)
{
	out_str(v->setup.out, moment(v, wall));
	out_printf(v->setup.out, ".%06" PRIu32 " ", clock_fraction(wall));
}

static void print_key(struct events *v, const struct event *e)
{
	const struct column *columns[CELL_COLUMNS_MAX];
	size_t n = fields_columns(BY_SESSION, v->many_hosts, columns);
	struct out *o = v->setup.out;
	char cell[CELL_SIZE];

	for (size_t c = 0; c < n; c++) {
		int used = columns[c]->cell(cell, sizeof(cell), e->key, 0);

		if (c == n - 1)
			out_str(o, e->dir == DIR_TX ? "> " : "< ");
		out_str(o, cell);
		out_fill(o, ' ', (columns[c]->cut ? NAME_COLUMNS : columns[c]->width) - used);
		out_char(o, ' ');
	}
}

static void print_line(struct events *v, const struct event *e)
{
	struct out *o = v->setup.out;
	char size[UNIT_SIZE];

	print_time(v, e->wall_us);
	print_key(v, e);
	if (v->setup.options->unit == UNIT_HUMAN) {
		units_text(size, UNIT_HUMAN, e->bytes);
		out_printf(o, "%7s", size);
	} else {
		out_printf(o, "%7" PRIu64 " byte%s", e->bytes, text_s(e->bytes));
	}
	if (e->calls != 1)
		out_printf(o, ", %" PRIu32 " calls", e->calls);
	if (e->proto != PROTO_TCP)
		out_printf(o, ", %s", fields_proto(e->proto));
	if (e->flags & SAMPLE_INFERRED)
		out_str(o, ", inferred");
	out_char(o, '\n');
}

static void print_losses(struct events *v, const struct feed *feed, const struct block *b)
{
	char plain[HOST_SIZE], host[HOST_SIZE + 2] = "";

	if (v->many_hosts) {
		text_escape(plain, sizeof(plain), feed->origin.host, TEXT_ALL);
		snprintf(host, sizeof(host), "%s: ", plain);
	}
	for (uint32_t i = 0; i < b->losses; i++) {
		struct losses one = {0};
		char text[LOSSES_TEXT];
		int64_t wall = clock_wall(b->loss[i].to_us, b->wall_offset_us);

		losses_add(&one, &b->loss[i], b->wall_offset_us);
		losses_text(&one, text);
		if (v->setup.options->json)
			losses_json(&one, feed->origin.host, v->setup.out);
		else if (v->setup.options->csv)
			log_error(v->setup.log, feed->name, "lost until %s: %s",
				clock_date_time(&v->clock, wall), text);
		else
			out_printf(
				v->setup.out, "%slost until %s: %s\n", host, moment(v, wall), text);
	}
}

static void show_sample(
	struct events *v, const struct feed *feed, const struct block *b, uint32_t i)
{
	const struct options *options = v->setup.options;
	const struct session *session = &feed->sessions[b->key[i] >> 1];
	struct key key;
	struct event e = {
		.key = &key,
		.wall_us = wall_at(b, i),
		.bytes = b->bytes[i],
		.calls = b->calls ? b->calls[i] : 1,
		.proto = session->conn.proto,
		.dir = b->key[i] & 1 ? DIR_TX : DIR_RX,
		.flags = b->flags ? b->flags[i] : 0,
	};

	key_make(&key, options->by, &feed->origin, session);
	if (options->csv)
		print_row(v, LINE_CSV, &e);
	else if (options->json)
		print_row(v, LINE_JSON, &e);
	else
		print_line(v, &e);
}

static int show(struct events *v, const struct feed *feed, const struct block *b)
{
	v->many_hosts |= feed->many_hosts;
	for (uint32_t i = 0; i < b->samples; i++) {
		uint32_t session = b->key[i] >> 1;
		int answer =
			session < feed->session_count ? passes_ask(v->passes, feed, session) : 0;

		if (answer < 0)
			return answer;
		if (!answer)
			continue;
		show_sample(v, feed, b, i);
		if (++v->rows == v->setup.options->rows)
			return VIEW_ENOUGH;
		if (out_error(v->setup.out))
			return 0;
	}
	print_losses(v, feed, b);
	out_flush(v->setup.out);
	return 0;
}

static int item(struct view *view, const struct feed *feed, const struct item *item)
{
	struct events *v = (struct events *)view;

	if (item->kind == ITEM_GROUP)
		passes_group(v->passes, feed);
	return item->kind == ITEM_BLOCK ? show(v, feed, item->block) : 0;
}

static int end(struct view *view)
{
	(void)view;
	return 0;
}

static void events_free(struct view *view)
{
	struct events *v = (struct events *)view;

	passes_free(v->passes);
	free(v);
}

int view_events_new(struct view **out, const struct view_setup *setup)
{
	struct events *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	v->view = (struct view){begin, item, NULL, NULL, NULL, end, events_free};
	v->setup = *setup;
	clock_init(&v->clock, setup->options->utc);
	clock_fix(&v->clock, setup->zone);
	if (passes_new(&v->passes, setup->filter)) {
		events_free(&v->view);
		return -ENOMEM;
	}
	*out = &v->view;
	return 0;
}
