/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include "block.h"
#include "defs.h"
#include "header.h"
#include "records.h"
#include "roster.h"
#include "samples.h"
#include <stdlib.h>
#include <string.h>

/* When a group ends; see FORMAT.md, "When to end a group". */
enum {
	GROUP_SAMPLES = 16 * BLOCK_SAMPLES,
	GROUP_BYTES = 64 << 20,
	GROUP_BYTES_WORTH = 32 << 10,
	GROUP_OVERHEAD_WORTH = 8,
	GROUP_AGE_US = 10 * 1000000,
	GROUP_AGE_MOST_US = 600 * 1000000,
	GROUP_CAUSES = 64, /* kinds of loss in a summary */
};

struct group {
	uint32_t number;   /* in the roster's sense: never 0 */
	bool begun;        /* its header is in the file */
	uint64_t overhead; /* bytes of header and definitions */
	uint64_t samples;
	uint64_t first_us, last_us;
	struct defs_count in_file; /* definitions that were in blocks */
	struct loss loss[GROUP_CAUSES];
	uint32_t losses;
};

struct writer {
	struct sink sink;
	struct own_header header;
	uint64_t wall_offset;  /* modulo 2^64 */
	struct totals totals;  /* of everything taken */
	struct totals in_file; /* without the block at hand */
	uint64_t written;
	uint64_t group_at;  /* where the last group's header lies */
	uint32_t group_seq; /* and its sequence number */
	uint32_t seq;

	struct roster roster;
	struct defs defs;
	struct session_sum *sum; /* by session of the group */
	struct group group;

	/* the block at hand */
	struct samples samples;
	struct loss loss[RECORDS];
	struct load load[RECORDS];
	uint32_t losses, loads;

	struct encoder encoder;
};

static void group_reset(struct writer *w)
{
	uint32_t number = w->group.number + 1;

	memset(&w->group, 0, sizeof(w->group));
	w->group.number = number ? number : 1;
	w->group.first_us = UINT64_MAX;
	defs_clear(&w->defs);
}

int writer_new(struct writer **out, const struct header *header, struct sink sink)
{
	struct writer *w = calloc(1, sizeof(*w));
	int status;

	*out = NULL;
	if (!w)
		return FMT_ENOMEM;
	w->sink = sink;
	w->wall_offset = (uint64_t)header->start_wall_us - header->start_us;
	w->sum = malloc(GROUP_SESSIONS * sizeof(*w->sum));
	status = w->sum ? own_header_set(&w->header, header) : FMT_ENOMEM;
	if (!status)
		status = defs_init(&w->defs);
	if (!status)
		status = samples_init(&w->samples);
	if (!status)
		status = encoder_init(&w->encoder);
	if (status) {
		writer_free(w);
		return status;
	}
	group_reset(w);
	*out = w;
	return FMT_OK;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	own_header_release(&w->header);
	roster_release(&w->roster);
	defs_release(&w->defs);
	samples_release(&w->samples);
	encoder_release(&w->encoder);
	free(w->sum);
	free(w);
}

/* Frames what the encoder holds and gives it to the sink. */
static int emit(struct writer *w, enum block_type type, uint32_t records, uint64_t first_us,
	uint64_t last_us)
{
	struct buffer *out = &w->encoder.out;
	struct block_header h = {.version = BLOCK_VERSION, .type = (uint8_t)type};
	int status = encoder_end(&w->encoder);

	if (status)
		return status;
	h.payload = (uint32_t)(out->len - BLOCK_HEADER);
	h.recording = w->header.header.recording;
	h.seq = w->seq;
	h.back = type == BLOCK_TYPE_GROUP ? 0 : (uint32_t)(w->written - w->group_at);
	h.group = type == BLOCK_TYPE_GROUP ? w->seq : w->group_seq;
	h.first_us = first_us;
	h.first_wall_us = (int64_t)(first_us + w->wall_offset);
	h.span_us = last_us - first_us;
	h.records = records;
	h.payload_crc = block_crc(out->data + BLOCK_HEADER, h.payload);
	block_header_put(out->data, &h);
	if (w->sink.write(w->sink.ctx, out->data, out->len) < 0)
		return FMT_EIO;
	w->written += out->len;
	w->seq++;
	return FMT_OK;
}

static int begin_group(struct writer *w, uint64_t first_us)
{
	uint64_t at = w->written;
	uint32_t seq = w->seq;
	int status;

	encoder_begin(&w->encoder);
	header_encode(&w->encoder, &w->header.header);
	totals_encode(&w->encoder, &w->in_file);
	status = emit(w, BLOCK_TYPE_GROUP, 0, first_us, first_us);
	if (status)
		return status;
	w->group.begun = true;
	w->group_at = at;
	w->group_seq = seq;
	w->group.overhead = w->written - at;
	return FMT_OK;
}

static int end_group(struct writer *w)
{
	const struct defs_count start = {0, 0, 0};
	struct group *g = &w->group;
	int status = FMT_OK;

	if (g->begun) {
		encoder_begin(&w->encoder);
		defs_encode(&w->encoder, &w->defs, &start);
		sums_encode(&w->encoder, w->sum, w->defs.count.sessions, w->defs.column);
		losses_encode(&w->encoder, g->loss, g->losses, w->defs.column);
		status = emit(
			w, BLOCK_TYPE_SUMMARY, w->defs.count.sessions, g->first_us, g->last_us);
	}
	group_reset(w);
	return status;
}

static bool group_is_due(const struct writer *w, uint64_t now_us)
{
	const struct group *g = &w->group;
	uint64_t age, bytes;

	if (!g->begun)
		return false;
	age = now_us > g->first_us ? now_us - g->first_us : 0;
	bytes = w->written - w->group_at;
	if (g->samples >= GROUP_SAMPLES || bytes >= GROUP_BYTES || age >= GROUP_AGE_MOST_US)
		return true;
	return age >= GROUP_AGE_US &&
	       bytes >= GROUP_BYTES_WORTH + (GROUP_OVERHEAD_WORTH + 1) * g->overhead;
}

/* Adds to the list, or merges into an entry of the same cause once the list is full. */
static int note_loss(
	struct loss *list, uint32_t *n, uint32_t most, const struct loss *loss, bool by_cause)
{
	for (uint32_t i = 0; i < *n && (by_cause || *n >= most); i++) {
		if (list[i].cause == loss->cause) {
			loss_merge(&list[i], loss);
			return FMT_OK;
		}
	}
	if (*n >= most)
		return FMT_ELIMIT;
	list[(*n)++] = *loss;
	return FMT_OK;
}

static void add_sums(struct writer *w)
{
	const struct samples *s = &w->samples;

	for (uint32_t id = w->group.in_file.sessions; id < w->defs.count.sessions; id++)
		w->sum[id] = (struct session_sum){.first_us = UINT64_MAX};
	for (uint32_t i = 0; i < s->n; i++) {
		struct session_sum *sum = &w->sum[s->key[i] >> 1];
		unsigned int dir = s->key[i] & 1;

		sum->volume.calls[dir] += s->calls[i];
		sum->volume.bytes[dir] += s->bytes[i];
		sum->samples++;
		if (s->time_us[i] < sum->first_us)
			sum->first_us = s->time_us[i];
		if (s->time_us[i] > sum->last_us)
			sum->last_us = s->time_us[i];
	}
}

/* The block is in the file: the group takes it into its sums. */
static void keep_block(struct writer *w, uint64_t first_us, uint64_t last_us)
{
	struct group *g = &w->group;

	add_sums(w);
	for (uint32_t i = 0; i < w->losses; i++)
		note_loss(g->loss, &g->losses, GROUP_CAUSES, &w->loss[i], true);
	g->in_file = w->defs.count;
	g->samples += w->samples.n;
	if (first_us < g->first_us)
		g->first_us = first_us;
	if (last_us > g->last_us)
		g->last_us = last_us;
	w->in_file = w->totals;
	w->losses = 0;
}

/*
 * The block is not in the file, and with it the definitions that it held are missing: its group
 * ends here without a summary, and the next block begins another one.
 */
static void drop_block(struct writer *w, uint64_t first_us, uint64_t last_us)
{
	struct loss loss = {.cause = LOST_DISK, .cpu = UINT32_MAX};
	struct totals *t = &w->totals;

	if (w->samples.n) {
		loss.from_us = first_us;
		loss.to_us = last_us;
		for (int dir = DIR_RX; dir <= DIR_TX; dir++) {
			loss.volume.calls[dir] =
				t->volume.calls[dir] - w->in_file.volume.calls[dir];
			loss.volume.bytes[dir] =
				t->volume.bytes[dir] - w->in_file.volume.bytes[dir];
		}
		t->samples = w->in_file.samples;
		t->volume = w->in_file.volume;
		volume_add(&t->lost, &loss.volume);
		/* writer_loss leaves room for this one. */
		note_loss(w->loss, &w->losses, RECORDS, &loss, true);
	}
	group_reset(w);
}

/* The range of the block at hand. Needs samples in order. */
static void find_range(const struct writer *w, uint64_t *first_us, uint64_t *last_us)
{
	const struct samples *s = &w->samples;

	*first_us = s->n ? s->time_us[0] : UINT64_MAX;
	*last_us = s->n ? s->time_us[s->n - 1] : 0;
	for (uint32_t i = 0; i < w->losses; i++) {
		if (w->loss[i].to_us < *first_us)
			*first_us = w->loss[i].to_us;
		if (w->loss[i].to_us > *last_us)
			*last_us = w->loss[i].to_us;
	}
	for (uint32_t i = 0; i < w->loads; i++) {
		if (w->load[i].time_us < *first_us)
			*first_us = w->load[i].time_us;
		if (w->load[i].time_us > *last_us)
			*last_us = w->load[i].time_us;
	}
}

static int put_block(struct writer *w, uint64_t first_us, uint64_t last_us)
{
	struct encoder *e = &w->encoder;
	size_t before;

	encoder_begin(e);
	before = e->out.len;
	defs_encode(e, &w->defs, &w->group.in_file);
	w->group.overhead += e->out.len - before;
	samples_encode(e, &w->samples, &w->defs, first_us);
	losses_encode(e, w->loss, w->losses, w->defs.column);
	loads_encode(e, w->load, w->loads, w->defs.column);
	return emit(w, BLOCK_TYPE_SAMPLES, w->samples.n, first_us, last_us);
}

static int close_block(struct writer *w)
{
	uint64_t first_us, last_us;
	int status = FMT_OK;

	if (!w->samples.n && !w->losses && !w->loads)
		return FMT_OK;
	samples_sort(&w->samples);
	find_range(w, &first_us, &last_us);
	if (!w->group.begun)
		status = begin_group(w, first_us);
	if (!status)
		status = put_block(w, first_us, last_us);
	if (status)
		drop_block(w, first_us, last_us);
	else
		keep_block(w, first_us, last_us);
	samples_clear(&w->samples);
	w->loads = 0;
	return status;
}

/* Closes the block and, when it is due, the group. */
static int close_both(struct writer *w, uint64_t now_us)
{
	int status = close_block(w), other = FMT_OK;

	if (group_is_due(w, now_us))
		other = end_group(w);
	return status ? status : other;
}

int writer_clock(struct writer *w, int64_t offset_us, int32_t zone_offset_s, const char *zone)
{
	struct header h = w->header.header;
	int status, other = FMT_OK;

	if (zone && strlen(zone) >= NAME_SIZE)
		return FMT_ELIMIT;
	h.zone_offset_s = zone_offset_s;
	h.zone = zone;
	status = own_header_set(&w->header, &h);
	if (w->wall_offset != (uint64_t)offset_us)
		other = close_block(w);
	w->wall_offset = (uint64_t)offset_us;
	return status ? status : other;
}

int writer_define(struct writer *w, const struct session *session, uint32_t *handle)
{
	return roster_define(&w->roster, session, handle);
}

void writer_forget(struct writer *w, uint32_t handle)
{
	roster_forget(&w->roster, handle);
}

/* Gives a session its number in the group at hand, or in a new one if this one is full. */
static int enter(struct writer *w, uint32_t handle)
{
	int status = FMT_OK, other;

	if (!defs_room(&w->defs)) {
		status = close_block(w);
		other = end_group(w);
		status = status ? status : other;
	}
	if (roster_enter(&w->roster, handle, w->group.number, &w->defs))
		w->totals.sessions++;
	return status;
}

int writer_sample(struct writer *w, const struct sample *sample)
{
	struct samples *s = &w->samples;
	uint32_t i, handle = sample->session;
	unsigned int dir = sample->dir;
	int status = FMT_OK, other;

	if (handle >= w->roster.len || dir > DIR_TX)
		return FMT_ELIMIT;
	if (w->roster.number[handle].group != w->group.number) {
		if (!roster_has(&w->roster, handle))
			return FMT_ELIMIT;
		status = enter(w, handle);
	}
	i = s->n++;
	s->time_us[i] = sample->time_us;
	s->bytes[i] = sample->bytes;
	s->key[i] = 2 * w->roster.number[handle].id + dir;
	s->calls[i] = sample->calls;
	s->flags[i] = sample->flags;
	s->many_calls |= sample->calls != 1;
	s->any_flags |= sample->flags != 0;
	w->totals.samples++;
	w->totals.volume.calls[dir] += sample->calls;
	w->totals.volume.bytes[dir] += sample->bytes;
	if (s->n < BLOCK_SAMPLES)
		return status;
	other = close_both(w, sample->time_us);
	return status ? status : other;
}

int writer_loss(struct writer *w, const struct loss *loss)
{
	int status = FMT_OK;

	if (loss->from_us > loss->to_us)
		return FMT_ELIMIT;
	if (w->losses >= RECORDS - 1)
		status = close_both(w, loss->to_us);
	if (note_loss(w->loss, &w->losses, RECORDS - 1, loss, false))
		return FMT_ELIMIT;
	volume_add(&w->totals.lost, &loss->volume);
	return status;
}

int writer_load(struct writer *w, const struct load *load)
{
	int status = FMT_OK;

	if (w->loads == RECORDS)
		status = close_both(w, load->time_us);
	w->load[w->loads++] = *load;
	return status;
}

int writer_flush(struct writer *w, uint64_t now_us)
{
	return close_both(w, now_us);
}

static int finish(struct writer *w, uint64_t now_us, bool continues)
{
	int status = close_block(w), other;

	if (status && w->losses) /* what that block would have held; a small one may find room */
		close_block(w);
	if (w->losses)
		return status; /* no good order: nobody would know what is missing */
	if (w->written)
		other = end_group(w);
	else
		other = begin_group(w, now_us);
	status = status ? status : other;
	encoder_begin(&w->encoder);
	totals_encode(&w->encoder, &w->totals);
	if (continues)
		ending_encode(&w->encoder);
	other = emit(w, BLOCK_TYPE_END, 0, now_us, now_us);
	return status ? status : other;
}

int writer_finish(struct writer *w, uint64_t now_us)
{
	return finish(w, now_us, false);
}

int writer_hand_over(struct writer *w, uint64_t now_us)
{
	return finish(w, now_us, true);
}

int writer_restart(struct writer *w, const struct header *header)
{
	int status = own_header_set(&w->header, header);

	if (status)
		return status;
	roster_recount(&w->roster);
	memset(&w->totals, 0, sizeof(w->totals));
	memset(&w->in_file, 0, sizeof(w->in_file));
	/* A block that the sink refused at the end is a loss that the new recording tells of. */
	for (uint32_t i = 0; i < w->losses; i++)
		volume_add(&w->totals.lost, &w->loss[i].volume);
	w->written = 0;
	w->group_at = 0;
	w->group_seq = 0;
	w->seq = 0;
	group_reset(w);
	return FMT_OK;
}

const struct totals *writer_totals(const struct writer *w)
{
	return &w->totals;
}

uint64_t writer_sessions(const struct writer *w)
{
	return w->roster.entered;
}

const struct totals *writer_in_file(const struct writer *w)
{
	return &w->in_file;
}
