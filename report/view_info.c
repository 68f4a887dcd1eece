/* SPDX-License-Identifier: MIT */
/* About each recording: whose it is, what it could see, what is in it, and what is missing. */
#include "report/view.h"

#include "report/clock.h"
#include "report/damage.h"
#include "report/fields.h"
#include "report/gather.h"
#include "report/losses.h"
#include "report/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	LABEL_WIDTH = 12,
	DAMAGES_KEPT = 20,
};

struct info {
	struct view view;
	struct view_setup setup;
	struct clock clock;
	uint64_t files;

	/* Of the recording at hand. */
	bool open;
	uint64_t recording;
	struct table *table;
	struct gather *gather;
	struct losses losses;
	uint64_t samples;
	uint64_t start_us; /* boot clock, as the header has it */
	int64_t start_wall_us;
	bool timed;                 /* the four that follow are known */
	uint64_t first_us, last_us; /* boot clock */
	int64_t first_wall_us, last_wall_us;

	/* Of the file at hand. */
	uint64_t file_samples;
	uint64_t damages;
	struct damage damage[DAMAGES_KEPT];
};

static void label(struct info *v, const char *text)
{
	out_printf(v->setup.out, "%-*s", LABEL_WIDTH, text);
}

/* A text of the header; each line of it under the first. */
static void print_text(struct info *v, const char *name, const char *text, const char *otherwise)
{
	char line[1024], shown[sizeof(line) * TEXT_GROWTH];

	if (!text || !text[0])
		text = otherwise;
	while (*text) {
		size_t len = strcspn(text, "\n");
		size_t part = len < sizeof(line) ? len : sizeof(line) - 1;

		memcpy(line, text, part);
		line[part] = '\0';
		text_escape(shown, sizeof(shown), line, TEXT_ALL);
		label(v, name);
		out_str(v->setup.out, shown);
		out_str(v->setup.out, part < len ? "...\n" : "\n");
		text += text[len] ? len + 1 : len;
		name = "";
	}
}

static void print_moment(struct info *v, int64_t wall)
{
	out_str(v->setup.out, clock_date_time(&v->clock, wall));
	out_printf(v->setup.out, ".%06" PRIu32, clock_fraction(wall));
}

static void print_zone(struct info *v, const struct header *h)
{
	char name[4 * NAME_SIZE];
	int32_t s = h->zone_offset_s;
	uint32_t minutes = (uint32_t)(s < 0 ? -(int64_t)s : s) / 60;

	text_escape(name, sizeof(name), h->zone ? h->zone : "", TEXT_ALL);
	label(v, "zone");
	out_printf(v->setup.out, "%s%sUTC%c%02" PRIu32 ":%02" PRIu32 " on the recorder's host\n",
		name, name[0] ? ", " : "", s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static void print_header(struct info *v, const struct header *h)
{
	char zone[CLOCK_SIZE];

	print_text(v, "host", h->host, "unknown");
	print_text(v, "boot", h->boot_id, "unknown");
	print_text(v, "kernel", h->kernel, "unknown");
	label(v, "cpus");
	out_printf(v->setup.out, "%" PRIu32 "\n", h->cpus);
	print_text(v, "recorder", h->tool, "unknown");
	print_text(v, "command", h->command, "unknown");
	print_text(v, "hooks", h->hooks, "unknown");
	print_text(v, "self-test", h->selftest, "unknown");
	print_text(v, "coverage", h->coverage, "unknown");
	print_text(v, "filters", h->filters, "none");
	print_zone(v, h);
	clock_zone(&v->clock, h->start_wall_us, zone);
	label(v, "began");
	print_moment(v, h->start_wall_us);
	out_printf(v->setup.out, " %s\n", zone);
}

static void print_times(struct info *v)
{
	char text[CLOCK_SIZE];

	if (!v->timed)
		return;
	label(v, "from");
	print_moment(v, v->first_wall_us);
	clock_zone(&v->clock, v->first_wall_us, text);
	out_printf(v->setup.out, " %s\n", text);
	label(v, "to");
	print_moment(v, v->last_wall_us);
	clock_zone(&v->clock, v->last_wall_us, text);
	out_printf(v->setup.out, " %s\n", text);
	label(v, "duration");
	clock_span(text, clock_between((int64_t)v->first_us, (int64_t)v->last_us));
	out_printf(v->setup.out, "%s\n", text);
}

static void print_losses(struct info *v)
{
	struct out *o = v->setup.out;
	char text[LOSSES_TEXT];

	losses_text(&v->losses, text);
	label(v, "lost");
	out_printf(o, "%s\n", text);
	for (size_t i = 0; i < LOSS_CAUSES; i++) {
		const struct loss_sum *l = &v->losses.cause[i];
		const uint64_t *calls = l->volume.calls, *bytes = l->volume.bytes;

		if (!l->any)
			continue;
		label(v, "");
		out_printf(o,
			"%s: rx %" PRIu64 " call%s %" PRIu64 " byte%s, tx %" PRIu64
			" call%s %" PRIu64 " byte%s, between ",
			losses_cause(i), calls[DIR_RX], text_s(calls[DIR_RX]), bytes[DIR_RX],
			text_s(bytes[DIR_RX]), calls[DIR_TX], text_s(calls[DIR_TX]), bytes[DIR_TX],
			text_s(bytes[DIR_TX]));
		print_moment(v, l->from_us);
		out_str(o, " and ");
		print_moment(v, l->to_us);
		out_char(o, '\n');
	}
}

static void print_pair(struct info *v, const char *name, const uint64_t pair[2])
{
	label(v, name);
	out_printf(v->setup.out, "%" PRIu64 " (%" PRIu64 " rx, %" PRIu64 " tx)\n",
		pair[DIR_RX] + pair[DIR_TX], pair[DIR_RX], pair[DIR_TX]);
}

static void close_recording(struct info *v)
{
	struct sums total = table_total(v->table);

	if (!v->open)
		return;
	print_times(v);
	label(v, "samples");
	out_printf(v->setup.out, "%" PRIu64 "\n", v->samples);
	print_pair(v, "calls", total.calls);
	print_pair(v, "bytes", total.bytes);
	label(v, "sessions");
	out_printf(v->setup.out, "%zu\n", table_rows(v->table));
	print_losses(v);
	v->open = false;
}

static void open_recording(struct info *v, const struct feed *feed, const struct header *h)
{
	if (v->open && h->recording == v->recording) {
		gather_group(v->gather, feed);
		return;
	}
	close_recording(v);
	if (v->files++)
		out_char(v->setup.out, '\n');
	print_text(v, "file", feed->name, "");
	print_header(v, h);
	gather_group(v->gather, feed);
	gather_clear(v->gather);
	losses_clear(&v->losses);
	v->timed = false;
	v->start_us = h->start_us;
	v->start_wall_us = h->start_wall_us;
	v->samples = 0;
	v->recording = h->recording;
	v->open = true;
}

static void see_time(struct info *v, uint64_t first_us, int64_t first_wall_us)
{
	if (v->timed)
		return;
	v->timed = true;
	v->last_us = first_us;
	v->last_wall_us = first_wall_us;
	v->first_us = first_us;
	v->first_wall_us = first_wall_us;
}

/* The recording went on until here, also where nothing happened any more. */
static void take_finish(struct info *v, const struct reader_stats *s)
{
	if (!v->open)
		return;
	see_time(v, v->start_us, v->start_wall_us);
	v->last_us = s->finish_us;
	v->last_wall_us = s->finish_wall_us;
}

/* A block, or a whole group. */
static void see_part(struct info *v, uint64_t first_us, uint64_t last_us, int64_t wall_offset_us)
{
	see_time(v, first_us, clock_wall(first_us, wall_offset_us));
	if (last_us < v->last_us)
		return;
	v->last_us = last_us;
	v->last_wall_us = clock_wall(last_us, wall_offset_us);
}

static int add_block(struct info *v, const struct feed *feed, const struct block *b)
{
	see_part(v, b->first_us, b->last_us, b->wall_offset_us);
	v->samples += b->samples;
	v->file_samples += b->samples;
	for (uint32_t i = 0; i < b->losses; i++)
		losses_add(&v->losses, &b->loss[i], b->wall_offset_us);
	return gather_add(v->gather, feed, b, 0, b->samples);
}

static int add_summary(struct info *v, const struct feed *feed, const struct summary *s)
{
	see_part(v, s->first_us, s->last_us, s->wall_offset_us);
	for (uint32_t i = 0; i < s->sessions; i++) {
		v->samples += s->sum[i].samples;
		v->file_samples += s->sum[i].samples;
	}
	for (uint32_t i = 0; i < s->losses; i++)
		losses_add(&v->losses, &s->loss[i], s->wall_offset_us);
	return gather_sums(v->gather, feed, s);
}

static void keep_damage(struct info *v, const struct damage *d)
{
	if (v->damages < DAMAGES_KEPT)
		v->damage[v->damages] = *d;
	v->damages++;
}

static int begin(struct view *view)
{
	(void)view;
	return 0;
}

static int item(struct view *view, const struct feed *feed, const struct item *item)
{
	struct info *v = (struct info *)view;

	switch (item->kind) {
	case ITEM_GROUP:
		open_recording(v, feed, item->header);
		return 0;
	case ITEM_BLOCK:
		return add_block(v, feed, item->block);
	case ITEM_SUMMARY:
		return add_summary(v, feed, item->summary);
	case ITEM_DAMAGE:
		keep_damage(v, item->damage);
		return 0;
	case ITEM_FINISH:
		take_finish(v, feed->stats);
		return 0;
	default:
		return 0;
	}
}

static void print_damages(struct info *v, const struct reader_stats *s)
{
	label(v, "damaged");
	out_printf(v->setup.out, "%" PRIu64 " byte%s", s->damaged_bytes, text_s(s->damaged_bytes));
	if (v->damages)
		out_printf(v->setup.out, " in %" PRIu64 " place%s", v->damages,
			v->damages == 1 ? "" : "s");
	out_char(v->setup.out, '\n');
	for (uint64_t i = 0; i < v->damages && i < DAMAGES_KEPT; i++) {
		char text[DAMAGE_TEXT];

		damage_text(&v->damage[i], text);
		label(v, "");
		out_printf(v->setup.out, "%s\n", text);
	}
	if (v->damages > DAMAGES_KEPT) {
		label(v, "");
		out_printf(v->setup.out, "and in %" PRIu64 " more places\n",
			v->damages - DAMAGES_KEPT);
	}
}

static void print_finish(struct info *v, const struct reader_stats *s)
{
	label(v, "finished");
	if (s->torn_zeros)
		out_printf(v->setup.out,
			"%s ends in %" PRIu64 " zero%s (all before offset %" PRIu64 " is used)\n",
			s->finished ? "yes, but it" : "no:", s->torn_zeros, text_s(s->torn_zeros),
			s->torn_offset);
	else if (s->torn_bytes)
		out_printf(v->setup.out,
			"no: ends inside a block (offset %" PRIu64 ", %" PRIu64 " byte%s of it)\n",
			s->torn_offset, s->torn_bytes, text_s(s->torn_bytes));
	else if (!s->finished)
		out_str(v->setup.out, "no: cut, recorder killed, or still being written\n");
	else
		out_str(v->setup.out, "yes\n");
}

static int file_end(struct view *view, const struct feed *feed)
{
	struct info *v = (struct info *)view;
	const struct reader_stats *s = feed->stats;

	close_recording(v);
	label(v, "size");
	out_printf(v->setup.out, "%" PRIu64 " byte%s", s->bytes, text_s(s->bytes));
	if (v->file_samples)
		out_printf(v->setup.out, ", %.2f a sample",
			(double)s->bytes / (double)v->file_samples);
	out_char(v->setup.out, '\n');
	print_damages(v, s);
	print_finish(v, s);
	v->file_samples = 0;
	v->damages = 0;
	return 0;
}

static int end(struct view *view)
{
	(void)view;
	return 0;
}

static void info_free(struct view *view)
{
	struct info *v = (struct info *)view;

	gather_free(v->gather);
	table_free(v->table);
	free(v);
}

int view_info_new(struct view **out, const struct view_setup *setup)
{
	struct info *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	v->view = (struct view){begin, item, file_end, NULL, NULL, end, info_free};
	v->setup = *setup;
	clock_init(&v->clock, setup->options->utc);
	clock_fix(&v->clock, setup->zone);
	if (table_new(&v->table) || gather_new(&v->gather, setup->filter, BY_SESSION, v->table)) {
		info_free(&v->view);
		return -ENOMEM;
	}
	*out = &v->view;
	return 0;
}
