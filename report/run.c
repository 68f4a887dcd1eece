/* SPDX-License-Identifier: MIT */
#include "report/run.h"

#include "report/damage.h"
#include "report/files.h"
#include "report/merge.h"
#include "report/parts.h"
#include "report/progress.h"
#include "report/screen.h"
#include "report/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	DAMAGES_NAMED = 10, /* of a file; the others are counted */
};

struct run {
	struct out *out;
	const char *target; /* what out writes to, for messages */
	const struct log *log;
	struct view *view;
	struct files files;
	struct progress progress;
	struct zone *zone; /* of the recorder, where it is shown; else NULL */
	char host[256];    /* whose zone that is */
	bool strict, lost, unfinished;
	bool any; /* a block was selected */
	bool begun, failed, damaged;
	bool usage;       /* what was asked for makes no sense */
	bool stopped;     /* by an interrupt */
	bool broken;      /* the view failed */
	bool enough;      /* the view needs no more, or nothing more can be done */
	uint64_t damages; /* of the file at hand */
};

static void fail(struct run *r, const char *file, const char *why)
{
	out_flush(r->out);
	log_error(r->log, file, "%s", why);
	r->failed = true;
	if (r->view && r->view->failed)
		r->view->failed(r->view);
}

/* What a function of the view answered. */
static void take_answer(struct run *r, int answer)
{
	if (answer < 0) {
		fail(r, NULL, answer == -ENOMEM ? "no memory" : strerror(-answer));
		r->broken = true;
	}
	if (answer || out_error(r->out))
		r->enough = true;
}

static void name_damage(struct run *r, const char *file, const struct damage *d)
{
	char text[DAMAGE_TEXT];

	r->damaged = true;
	if (++r->damages > DAMAGES_NAMED)
		return;
	damage_text(d, text);
	out_flush(r->out);
	log_error(r->log, file, "damaged: %s; the rest is used", text);
}

/* The zone of the first host; it changes with summer time. */
static void take_zone(struct run *r, const char *host, int32_t offset_s, const char *name)
{
	if (!r->zone || (r->zone->known && strcmp(host, r->host) != 0))
		return;
	snprintf(r->host, sizeof(r->host), "%s", host);
	r->zone->known = true;
	r->zone->offset_s = offset_s;
	text_escape(r->zone->name, sizeof(r->zone->name), name ? name : "", TEXT_ALL);
}

static void take_item(struct run *r, const struct feed *feed, const struct item *item)
{
	if (item->kind == ITEM_DAMAGE)
		name_damage(r, feed->name, item->damage);
	if (item->kind == ITEM_GROUP)
		take_zone(r, feed->origin.host, item->header->zone_offset_s, item->header->zone);
	if (item->kind == ITEM_BLOCK) {
		r->lost |= item->block->losses != 0;
		r->any = true;
	}
	if (item->kind == ITEM_SUMMARY) {
		r->lost |= item->summary->losses != 0;
		r->any = true;
	}
	if (!r->begun) {
		take_answer(r, r->view->begin(r->view));
		out_flush(r->out); /* it may be a while until there is more */
	}
	r->begun = true;
	if (!r->enough)
		take_answer(r, r->view->item(r->view, feed, item));
}

/* The end of a file that was read to its end. */
static void check_end(struct run *r, const struct feed *feed)
{
	const struct reader_stats *s = feed->stats;

	if (feed->stopped)
		return;
	if (s->torn_bytes || !s->finished)
		r->unfinished = true;
	if (r->damages > DAMAGES_NAMED)
		log_error(r->log, feed->name, "damaged in %" PRIu64 " more places; see --info",
			r->damages - DAMAGES_NAMED);
	if (!s->bytes)
		fail(r, feed->name, "empty: nothing was recorded, or nothing was written yet");
	else if (!s->groups && !r->damages)
		fail(r, feed->name,
			"ends before its first block is whole: there is nothing to show");
	else if (s->torn_zeros)
		log_warn(r->log, feed->name,
			"ends in %" PRIu64 " zero%s, as a power cut leaves them; all before offset "
			"%" PRIu64 " is used",
			s->torn_zeros, text_s(s->torn_zeros), s->torn_offset);
	else if (s->torn_bytes)
		log_warn(r->log, feed->name,
			"ends inside a block (offset %" PRIu64 ", %" PRIu64
			" byte%s of it %s there); all before it is used",
			s->torn_offset, s->torn_bytes, text_s(s->torn_bytes),
			s->torn_bytes == 1 ? "is" : "are");
	else if (!s->finished)
		log_warn(r->log, feed->name,
			"has no end: it was cut (offset %" PRIu64
			"), its recorder was killed or still writes; all there is is used",
			s->bytes);
}

static void end_file(struct run *r, const struct feed *feed)
{
	out_flush(r->out);
	if (r->begun && r->view->file_end && feed->stats->groups)
		take_answer(r, r->view->file_end(r->view, feed));
	out_flush(r->out);
	check_end(r, feed);
	r->stopped |= feed->stopped;
	r->damages = 0;
}

static int64_t now_us(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

static void start_progress(struct run *r, const struct options *o)
{
	uint64_t total = 0;
	struct stat st;

	for (size_t i = 0; i < r->files.count; i++) {
		if (!stat(r->files.file[i].name, &st) && S_ISREG(st.st_mode))
			total += (uint64_t)st.st_size;
	}
	progress_init(&r->progress, screen_shows_progress(o) ? r->log->to : NULL, total, now_us());
}

static void read_all(struct run *r, struct merge *m, const struct options *o)
{
	enum merge_step step = MERGE_ITEM;
	const struct feed *feed;
	char why[INPUT_WHY];
	struct item item;

	start_progress(r, o);
	while (!r->enough && (step = merge_next(m, &item, &feed, why)) != MERGE_END) {
		if (step == MERGE_ITEM) {
			take_item(r, feed, &item);
			if (progress_see(&r->progress, feed->stats->bytes))
				progress_show(&r->progress, now_us());
			continue;
		}
		if (step == MERGE_FAILED) {
			fail(r, feed->name, why);
			continue;
		}
		if (step == MERGE_LEFT && r->begun && r->view->left)
			r->view->left(r->view);
		progress_file_end(&r->progress, feed->stats->bytes);
		if (step == MERGE_FILE_END)
			end_file(r, feed);
	}
	progress_clear(&r->progress);
}

static enum exit_status finish(struct run *r)
{
	int err = out_flush(r->out);

	if (err == -EPIPE)
		return r->failed ? STATUS_FAILED : STATUS_OK;
	if (err)
		fail(r, r->target, strerror(-err));
	if (r->usage)
		return STATUS_USAGE;
	if (r->failed)
		return STATUS_FAILED;
	if (r->strict && r->lost)
		log_error(
			r->log, NULL, "--strict: some calls were lost; see the output, or --info");
	return r->damaged || (r->strict && (r->lost || r->unfinished)) ? STATUS_DAMAGED : STATUS_OK;
}

/* An empty table may mean a quiet host; a mistyped filter or time should not look like one. */
static void say_nothing_matched(struct run *r, const struct options *o)
{
	if (!r->begun || r->failed || r->stopped)
		return;
	out_flush(r->out);
	if (!r->any && (o->since.kind != MOMENT_NONE || o->until.kind != MOMENT_NONE))
		log_warn(r->log, NULL,
			"nothing was recorded at the time selected; see from when to when with "
			"--info");
	else if (!filter_is_empty(&o->filter) && !o->filter.matched)
		log_warn(r->log, NULL,
			"no traffic passes the filter; see what there is with --top or --top "
			"--by=process");
}

/* From when to when the files go; end_us only where it is asked for. */
static bool find_span(const struct files *f, bool want_end, int64_t *start_us, int64_t *end_us)
{
	*start_us = INT64_MAX;
	*end_us = INT64_MIN;
	for (size_t i = 0; i < f->count; i++) {
		const struct file *file = &f->file[i];
		int64_t last;

		if (file->peek.known && file->peek.start_us < *start_us)
			*start_us = file->peek.start_us;
		if (want_end && input_last(file->name, &last) && last > *end_us)
			*end_us = last;
	}
	return *start_us != INT64_MAX;
}

static int refuse(struct run *r, const char *why)
{
	fail(r, NULL, why);
	r->usage = true;
	return -EINVAL;
}

/* Nothing but standard input. */
static bool is_stream(const struct files *f)
{
	return f->count == 1 && !strcmp(f->file[0].name, "-");
}

static bool is_absolute(const struct moment *m)
{
	return m->kind == MOMENT_NONE || m->kind == MOMENT_EPOCH || m->kind == MOMENT_DATE;
}

/* What --since and --until mean for these files. */
static int select_time(struct run *r, const struct options *o, struct selection *s)
{
	int64_t start = 0, end = INT64_MAX;
	struct clock clock;

	clock_init(&clock, o->utc);
	clock_fix(&clock, r->zone);
	*s = selection_all;
	if (!is_absolute(&o->since) || !is_absolute(&o->until)) {
		/* Where a file has no times, what is wrong with it shows when it is read. */
		if (!find_span(&r->files, false, &start, &end))
			return is_stream(&r->files)
				       ? refuse(r, "a time that counts from a recording's start or "
						   "end needs a file to find it in; give a date, "
						   "or @EPOCH")
				       : 0;
		if (moment_wants_end(&o->since, &clock, start) ||
			moment_wants_end(&o->until, &clock, start))
			find_span(&r->files, true, &start, &end);
	}
	if (o->since.kind != MOMENT_NONE)
		s->since_us = moment_find(&o->since, &clock, start, end, false);
	if (o->until.kind == MOMENT_TIME && s->since_us > start)
		start = s->since_us;
	if (o->until.kind != MOMENT_NONE)
		s->until_us = moment_find(&o->until, &clock, start, end, true);
	if (s->since_us < s->until_us)
		return 0;
	return refuse(r, "--until is not after --since: nothing is selected");
}

/* Times on the command line are of the zone that is shown. */
static void learn_zone(struct run *r)
{
	for (size_t i = 0; i < r->files.count && !r->zone->known; i++) {
		const struct peek *peek = &r->files.file[i].peek;

		if (peek->known)
			take_zone(r, peek->host, peek->zone_offset_s, NULL);
	}
}

/* What is wrong with samples that only a summary is shown of, is asked for only where it says so.
 */
static enum ahead_want wanted(const struct options *o)
{
	switch (o->view) {
	case VIEW_INTERVALS:
		return WANT_SLICES;
	case VIEW_TOP:
		return o->strict ? WANT_CHECKED : WANT_SUMS;
	case VIEW_INFO:
		return WANT_CHECKED;
	default:
		return WANT_SAMPLES;
	}
}

static int open_all(struct run *r, struct options *o, struct merge **merge)
{
	struct view_setup setup = {.options = o,
		.filter = &o->filter,
		.clear = screen_clears(o),
		.width = screen_width(),
		.zone = r->zone,
		.out = r->out,
		.log = r->log};
	/* The sums of --top and --html are the same in any order. */
	struct merge_options how = {
		.in_turn = o->view == VIEW_INFO || o->view == VIEW_TOP || o->view == VIEW_HTML,
		.follow = o->follow ? r->log : NULL,
		.ahead = {.want = wanted(o),
			.grain_us = o->view == VIEW_INTERVALS ? o->interval_us : 1,
			.threads = o->threads}};
	int err;

	/* One that cannot be used does not keep the others from being shown. */
	for (size_t i = 0; i < o->files; i++) {
		err = files_add(&r->files, o->file[i], o->follow, r->log);
		r->stopped |= err == -EINTR;
		r->failed |= err && err != -EINTR;
	}
	if (!r->files.count)
		return -ENOENT;
	if (o->view != VIEW_INFO && parts_drop_copies(&r->files, r->log)) {
		fail(r, NULL, "no memory");
		return -ENOMEM;
	}
	if (o->tz_recorder)
		learn_zone(r);
	err = select_time(r, o, &how.ahead.selection);
	if (err)
		return err;
	setup.selection = how.ahead.selection;
	/* Who follows goes from each part to the next one. */
	if (!o->follow)
		err = parts_name_missing(&r->files, &setup.selection, r->log, &setup.missing);
	r->unfinished |= setup.missing != 0;
	if (!err)
		err = merge_new(merge, &r->files, &how);
	if (!err)
		err = view_new(&r->view, &setup);
	if (err)
		fail(r, NULL, "no memory");
	else if (r->failed && r->view->failed)
		r->view->failed(r->view);
	return err;
}

enum exit_status run(struct options *options, struct out *out, const struct log *log)
{
	struct zone zone = {0};
	struct run r = {.out = out,
		.target = options->html && strcmp(options->html, "-") != 0 ? options->html
									   : "standard output",
		.log = log,
		.strict = options->strict,
		.zone = options->tz_recorder ? &zone : NULL};
	struct merge *merge = NULL;

	if (!open_all(&r, options, &merge)) {
		read_all(&r, merge, options);
		if (r.begun && !r.broken && !out_error(out))
			take_answer(&r, r.view->end(r.view));
		say_nothing_matched(&r, options);
	}
	view_free(r.view);
	r.view = NULL;
	merge_free(merge);
	files_clear(&r.files);
	return finish(&r);
}
