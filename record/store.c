/* SPDX-License-Identifier: MIT */
#include "store.h"

#include "host.h"
#include "series.h"
#include "syncer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TRY_AGAIN_US = 10 * 1000000, /* when the next file could not be made */
	SYNC_US = 5 * 1000000,       /* from one request to be put on the disk to the next */
};

static bool is_series(const struct options *o)
{
	return o->rotate_us || o->rotate_size;
}

int store_check(const struct options *o, char error[OUTPUT_ERROR_SIZE])
{
	if (is_series(o))
		return 0; /* its files have names that are always new */
	return output_check(o->output, DEFAULT_OUTPUT, o->force, error);
}

static int64_t wall_now_us(void)
{
	return (int64_t)(clock_boot_ns() / 1000) + clock_wall_offset_us();
}

int store_open(struct store *s, const struct options *o, char error[OUTPUT_ERROR_SIZE])
{
	int err;

	s->options = o;
	if (!is_series(o))
		return output_open(&s->output, o->output, DEFAULT_OUTPUT, o->force, error);
	err = series_new(
		&s->series, o->output ? o->output : DEFAULT_OUTPUT, (unsigned)o->keep, error);
	if (err)
		return err;
	s->prune = o->keep > 0;
	err = series_check(s->series, &o->user, error);
	return err ? err : series_next(s->series, &s->output, wall_now_us(), error);
}

static int put(void *ctx, const void *data, size_t len)
{
	struct store *s = ctx;

	return output_write(&s->output, data, len, writer_in_file(s->writer));
}

int store_begin(struct store *s, const struct header *header)
{
	struct sink sink = {.write = put, .ctx = s};

	s->header = *header;
	if (s->series)
		s->header.series = header->recording;
	s->next_us = header->start_us + s->options->rotate_us;
	s->sync_us = header->start_us + SYNC_US;
	s->syncer = syncer_new();
	if (!s->syncer)
		return FMT_ENOMEM;
	return writer_new(&s->writer, &s->header, sink);
}

int store_flush(struct store *s, uint64_t now_us)
{
	return writer_flush(s->writer, now_us);
}

/* --- On the disk ---------------------------------------------------------------------------- */

static int tell_unsafe(struct store *s, int err, char error[OUTPUT_ERROR_SIZE])
{
	bool told = s->unsafe;

	s->unsafe = err != 0;
	if (!err || told)
		return 0;
	return output_fail(error, err,
		"%s: cannot be put on its disk: %s; its end may be missing, at the latest after a "
		"power cut",
		s->await_name, strerror(-err));
}

/* But for the last ones, and `more`. */
static int prune(struct store *s, unsigned more, int err, char error[OUTPUT_ERROR_SIZE])
{
	bool told = s->stuck;

	if (err)
		output_fail(error, err,
			"%s: cannot be put on its disk: %s; older files stay for now",
			s->await_name, strerror(-err));
	else
		err = series_prune(s->series, more, error);
	s->stuck = err != 0;
	return told ? 0 : err;
}

/* What came of the last request. */
static int take_answer(struct store *s, char error[OUTPUT_ERROR_SIZE])
{
	enum store_await await = s->await;
	int err = syncer_result(s->syncer), told;

	s->await = AWAIT_NOTHING;
	if (await == AWAIT_NOTHING)
		return 0;
	if (await == AWAIT_NEW)
		return prune(s, 0, err, error);
	told = tell_unsafe(s, err, error);
	/* The file at hand may hold nothing yet. */
	return await == AWAIT_OLD && s->old_prune && !err ? prune(s, 1, 0, error) : told;
}

static void ask(struct store *s, enum store_await await, int fd, int dir, const char *name)
{
	s->await = await;
	s->await_name = name;
	syncer_ask(s->syncer, fd, dir);
}

static void ask_next(struct store *s, uint64_t now_us)
{
	const struct output *o = &s->output;

	if (s->has_old) {
		s->has_old = false;
		ask(s, AWAIT_OLD, s->old_fd, s->old_prune ? series_dir(s->series) : -1,
			s->old_name);
		close(s->old_fd); /* after which it is the syncer's */
	} else if (s->prune && o->size) {
		s->prune = false;
		ask(s, AWAIT_NEW, o->fd, series_dir(s->series), o->name);
	} else if (o->is_file && now_us >= s->sync_us && o->size != s->synced) {
		s->sync_us = now_us + SYNC_US;
		s->synced = o->size;
		ask(s, AWAIT_ROUTINE, o->fd, -1, o->name);
	}
}

int store_care(struct store *s, uint64_t now_us, char error[OUTPUT_ERROR_SIZE])
{
	int err;

	if (!syncer_is_idle(s->syncer))
		return 0;
	err = take_answer(s, error);
	ask_next(s, now_us);
	return err;
}

static bool is_settled(const struct store *s)
{
	return !s->has_old && s->await != AWAIT_OLD && s->await != AWAIT_NEW &&
	       !(s->prune && s->output.size);
}

int store_settle(struct store *s, char error[OUTPUT_ERROR_SIZE])
{
	int err = 0;

	while (!err && !is_settled(s)) {
		syncer_wait(s->syncer);
		err = store_care(s, 0, error);
	}
	return err;
}

/* --- From file to file ---------------------------------------------------------------------- */

bool store_is_due(const struct store *s, uint64_t now_us)
{
	const struct options *o = s->options;

	if (!s->series || now_us < s->not_before_us)
		return false;
	return (o->rotate_us && now_us >= s->next_us) ||
	       (o->rotate_size && s->output.size >= o->rotate_size);
}

uint64_t store_left_us(const struct store *s, uint64_t now_us)
{
	uint64_t next_us = s->next_us > s->not_before_us ? s->next_us : s->not_before_us;

	if (!s->options->rotate_us)
		return UINT64_MAX;
	return next_us > now_us ? next_us - now_us : 0;
}

/* No file is older than --rotate says; where nothing else comes between, they are of one length. */
static void plan_next(struct store *s, uint64_t now_us)
{
	uint64_t length = s->options->rotate_us, late = now_us - s->next_us;

	s->next_us = now_us + length - (now_us >= s->next_us && late < length ? late : 0);
}

struct totals store_totals(const struct store *s)
{
	const struct totals *now = writer_totals(s->writer);
	struct totals all = s->before;

	all.samples += now->samples;
	all.sessions = writer_sessions(s->writer);
	volume_add(&all.volume, &now->volume);
	volume_add(&all.lost, &now->lost);
	return all;
}

struct totals store_undelivered(const struct store *s)
{
	const struct totals *put = writer_in_file(s->writer);
	const struct totals *delivered =
		s->output.stream ? stream_delivered(s->output.stream) : NULL;
	struct totals rest = {0};

	if (!delivered)
		return rest;
	rest.samples = put->samples - delivered->samples;
	rest.volume = put->volume;
	volume_subtract(&rest.volume, &delivered->volume);
	return rest;
}

struct volume store_untold(const struct store *s)
{
	struct volume rest = writer_totals(s->writer)->lost;

	volume_subtract(&rest, &writer_in_file(s->writer)->lost);
	return rest;
}

uint64_t store_bytes(const struct store *s)
{
	return s->bytes_before + s->output.size;
}

/* What it lacks on the disk is seen to later. */
static void leave_file(struct store *s)
{
	s->has_old = true;
	s->old_prune = s->prune && s->output.size;
	s->old_fd = s->output.fd;
	s->old_name = s->output.name;
	s->output.fd = -1;
}

/* A full disk: another file would hold as little, and count among those that are kept. */
static bool takes_nothing(const struct store *s)
{
	return s->output.error && !s->output.size;
}

int store_rotate(struct store *s, uint64_t now_us, int64_t wall_offset_us, int *status,
	char error[OUTPUT_ERROR_SIZE])
{
	int err = store_settle(s, error), other;
	struct output next;
	bool told;

	*status = 0;
	if (err)
		return err;
	if (takes_nothing(s)) {
		plan_next(s, now_us);
		return 0;
	}
	err = series_next(s->series, &next, (int64_t)now_us + wall_offset_us, error);
	if (err) {
		told = s->not_before_us != 0;
		s->not_before_us = now_us + TRY_AGAIN_US;
		return told ? 0 : err;
	}
	s->not_before_us = 0;
	*status = writer_hand_over(s->writer, now_us);
	s->before = store_totals(s);
	s->bytes_before = store_bytes(s);
	leave_file(s);
	s->output = next;
	host_describe_moment(&s->header, now_us, wall_offset_us);
	s->header.part++;
	plan_next(s, now_us);
	s->prune = s->options->keep > 0;
	other = writer_restart(s->writer, &s->header);
	/* A loss that the new file begins with is told of there, not twice. */
	volume_subtract(&s->before.lost, &writer_totals(s->writer)->lost);
	*status = *status < 0 ? *status : other;
	return 0;
}

int store_finish(struct store *s, uint64_t now_us)
{
	return writer_finish(s->writer, now_us);
}

int store_close(struct store *s)
{
	return output_close(&s->output);
}

void store_discard(struct store *s)
{
	output_discard(&s->output);
}

void store_free(struct store *s)
{
	output_close(&s->output);
	if (s->has_old)
		close(s->old_fd);
	syncer_free(s->syncer);
	writer_free(s->writer);
	series_free(s->series);
}
