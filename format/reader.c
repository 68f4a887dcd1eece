/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include "reading.h"
#include "records.h"
#include <stdlib.h>
#include <string.h>

int reader_new(struct reader **out, struct source source)
{
	struct reader *r = calloc(1, sizeof(*r));
	int status;

	*out = NULL;
	if (!r)
		return FMT_ENOMEM;
	r->session = malloc(GROUP_SESSIONS * sizeof(*r->session));
	r->sum = malloc(GROUP_SESSIONS * sizeof(*r->sum));
	r->loss = malloc(RECORDS * sizeof(*r->loss));
	r->load = malloc(RECORDS * sizeof(*r->load));
	status = r->session && r->sum && r->loss && r->load ? FMT_OK : FMT_ENOMEM;
	if (!status)
		status = scan_init(&r->scan, source);
	if (!status)
		status = decoder_init(&r->decoder);
	if (!status)
		status = defs_init(&r->defs);
	if (!status)
		status = samples_init(&r->samples);
	if (status) {
		reader_free(r);
		return status;
	}
	*out = r;
	return FMT_OK;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	scan_release(&r->scan);
	decoder_release(&r->decoder);
	own_header_release(&r->header);
	defs_release(&r->defs);
	samples_release(&r->samples);
	free(r->session);
	free(r->sum);
	free(r->loss);
	free(r->load);
	free(r);
}

void reader_read_at(struct reader *r, source_read_at *read_at)
{
	r->scan.in.read_at = read_at;
}

void reader_reset(struct reader *r, struct source source)
{
	scan_reset(&r->scan, source);
	own_header_release(&r->header);
	defs_clear(&r->defs);
	r->decoder.needed[0] = 0;
	r->over = 0;
	r->has_header = r->in_group = r->fresh = r->incomplete = r->has_extent = false;
	r->sessions = r->unknown = 0;
	r->head = r->len = 0;
}

/* A place for one more item. */
static struct item *enqueue(struct reader *r, enum item_kind kind, uint64_t offset)
{
	struct item *item = &r->queue[r->len++].item;

	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->offset = offset;
	return item;
}

static void enqueue_damage(struct reader *r, const struct damage *damage)
{
	struct damage *own = &r->queue[r->len].damage;

	*own = *damage;
	enqueue(r, ITEM_DAMAGE, damage->offset)->damage = own;
	r->incomplete = true;
}

static void begin_group(struct reader *r, const struct found *f)
{
	r->in_group = true;
	r->recording = f->header.recording;
	r->group = f->header.group;
	r->offset = f->offset;
	r->fresh = f->header.type == BLOCK_TYPE_GROUP;
	r->incomplete = !r->fresh;
	r->searched = false;
	r->sessions = 0;
	r->unknown = 0;
	r->given = (struct amount){0};
	defs_clear(&r->defs);
	r->scan.stats.groups++;
	enqueue(r, ITEM_GROUP, f->offset)->header = &r->header.header;
}

static int take_group(struct reader *r, const struct found *f)
{
	struct totals so_far;
	int status = totals_decode(&r->decoder, &so_far);

	r->in_group = false;
	r->scan.stats.finished = r->scan.stats.continues = false;
	if (!status)
		status = header_decode(&r->decoder, &r->header);
	if (status)
		return status;
	r->header.header.recording = f->header.recording;
	r->has_header = true;
	begin_group(r, f);
	return FMT_OK;
}

/* The block belongs to a group whose header is not there: the last known one stays in force. */
static int find_group(struct reader *r, const struct found *f)
{
	const struct block_header *h = &f->header;
	struct header unknown = {.recording = h->recording,
		.start_us = h->first_us,
		.start_wall_us = h->first_wall_us};
	int status = FMT_OK;

	if (r->in_group && r->recording == h->recording && r->group == h->group)
		return FMT_OK;
	if (!r->has_header || r->header.header.recording != h->recording)
		status = own_header_set(&r->header, &unknown);
	if (status)
		return status;
	r->has_header = true;
	r->scan.stats.finished = r->scan.stats.continues = false;
	begin_group(r, f);
	return FMT_OK;
}

/* Makes sessions of the definitions that came with a block. */
static void add_sessions(struct reader *r)
{
	uint32_t count = r->defs.count.sessions;
	uint32_t from = r->unknown ? 0 : r->sessions;

	for (uint32_t id = from; id < count; id++) {
		struct session *s = &r->session[id];
		bool is_new = id >= r->sessions;

		if (!is_new && s->conn.family)
			continue;
		if (defs_session(&r->defs, id, s)) {
			r->unknown -= !is_new;
			continue;
		}
		memset(s, 0, sizeof(*s));
		s->process.cgroup = "";
		r->unknown += is_new;
	}
	r->sessions = count;
}

static bool is_known(const struct reader *r, uint32_t key)
{
	return key / 2 < r->sessions && r->session[key / 2].conn.family;
}

/* Whether there are samples of unknown sessions. */
static bool has_orphans(const struct reader *r)
{
	const struct samples *s = &r->samples;

	if (!r->unknown || s->orphans)
		return s->orphans;
	for (uint32_t i = 0; i < s->n; i++) {
		if (!is_known(r, s->key[i]))
			return true;
	}
	return false;
}

/* Removes the samples of unknown sessions; answers how many they were. */
static uint32_t drop_orphans(struct reader *r)
{
	struct samples *s = &r->samples;
	uint32_t kept = 0, dropped;

	for (uint32_t i = 0; i < s->n; i++) {
		if (!is_known(r, s->key[i]))
			continue;
		s->time_us[kept] = s->time_us[i];
		s->key[kept] = s->key[i];
		s->bytes[kept] = s->bytes[i];
		if (s->many_calls)
			s->calls[kept] = s->calls[i];
		if (s->any_flags)
			s->flags[kept] = s->flags[i];
		kept++;
	}
	dropped = s->n - kept;
	s->n = kept;
	return dropped;
}

static void count_block(struct amount *a, const struct block *b)
{
	a->samples += b->samples;
	for (uint32_t i = 0; i < b->samples; i++)
		a->bytes += b->bytes[i];
	if (!b->calls)
		a->calls += b->samples;
	for (uint32_t i = 0; b->calls && i < b->samples; i++)
		a->calls += b->calls[i];
	for (uint32_t i = 0; i < b->losses; i++)
		volume_add(&a->lost, &b->loss[i].volume);
}

static void enqueue_block(struct reader *r, const struct found *f)
{
	const struct block_header *h = &f->header;
	const struct samples *s = &r->samples;
	struct block *b = &r->block;

	b->samples = s->n;
	b->time_us = s->time_us;
	b->key = s->key;
	b->bytes = s->bytes;
	b->calls = s->many_calls ? s->calls : NULL;
	b->flags = s->any_flags ? s->flags : NULL;
	b->first_us = h->first_us;
	b->last_us = h->first_us + h->span_us;
	b->wall_offset_us = (int64_t)((uint64_t)h->first_wall_us - h->first_us);
	b->loss = r->loss;
	b->load = r->load;
	count_block(&r->given, b);
	enqueue(r, ITEM_BLOCK, f->offset)->block = b;
}

/*
 * Looks for the missing definitions in the group's summary, once a group, and goes back to the
 * block, which is read again.
 */
static int restore(struct reader *r, const struct found *f)
{
	struct found ahead;
	int status = scan_summary(&r->scan, r->group, &ahead);

	r->searched = true;
	if (!status)
		status = decoder_open(&r->decoder, ahead.payload, ahead.header.payload);
	if (!status)
		status = defs_decode(&r->decoder, &r->defs);
	add_sessions(r);
	scan_seek(&r->scan, f->offset, f->header.seq);
	r->scan.stats.blocks--;
	return status == FMT_ENOMEM ? status : FMT_OK;
}

static int take_samples(struct reader *r, const struct found *f)
{
	const struct block_header *h = &f->header;
	struct samples *s = &r->samples;
	struct damage orphans = {
		.offset = f->offset, .samples_known = true, .cause = DAMAGE_ORPHANS};
	int status = defs_decode(&r->decoder, &r->defs);

	add_sessions(r);
	if (!status)
		status = samples_decode(&r->decoder, s, &r->defs, h->records, h->first_us,
			h->first_us + h->span_us);
	if (!status)
		status = losses_decode(&r->decoder, r->loss, &r->block.losses, s->wide);
	if (!status)
		status = loads_decode(&r->decoder, r->load, &r->block.loads, s->wide);
	if (status)
		return status;
	if (has_orphans(r) && !r->incomplete)
		return FMT_EDAMAGED;
	if (has_orphans(r) && !r->searched && r->scan.in.read_at)
		return restore(r, f);
	if (has_orphans(r)) {
		orphans.samples = drop_orphans(r);
		enqueue_damage(r, &orphans);
	}
	enqueue_block(r, f);
	return FMT_OK;
}

int reading_summary(struct reader *r, const struct found *f)
{
	const struct block_header *h = &f->header;
	struct summary *s = &r->summary;
	uint32_t losses;
	int status = defs_decode(&r->decoder, &r->defs);

	add_sessions(r);
	if (!status)
		status = sums_decode(&r->decoder, r->sum, &s->sessions, r->defs.column);
	if (!status)
		status = losses_decode(&r->decoder, r->loss, &losses, r->defs.column);
	if (status)
		return status;
	if (s->sessions != h->records || s->sessions != r->sessions || r->unknown)
		return FMT_EDAMAGED;
	s->sum = r->sum;
	s->losses = losses;
	s->loss = r->loss;
	s->first_us = h->first_us;
	s->last_us = h->first_us + h->span_us;
	s->wall_offset_us = (int64_t)((uint64_t)h->first_wall_us - h->first_us);
	memset(&s->lost, 0, sizeof(s->lost));
	for (uint32_t i = 0; i < losses; i++)
		volume_add(&s->lost, &r->loss[i].volume);
	return FMT_OK;
}

static uint64_t both(const uint64_t pair[2])
{
	return pair[DIR_RX] + pair[DIR_TX];
}

/* What the summary has and the damaged group's blocks had not. */
static void enqueue_missed(struct reader *r)
{
	const struct summary *s = &r->summary;
	struct damage d = {.offset = r->offset, .samples_known = true, .cause = DAMAGE_SUM};

	for (uint32_t i = 0; i < s->sessions; i++) {
		d.samples += s->sum[i].samples;
		d.calls += both(s->sum[i].volume.calls);
		d.bytes += both(s->sum[i].volume.bytes);
	}
	if (d.samples < r->given.samples)
		return; /* it contradicts its group's blocks */
	d.samples -= r->given.samples;
	d.calls -= r->given.calls;
	d.bytes -= r->given.bytes;
	d.lost_calls = both(s->lost.calls) - both(r->given.lost.calls);
	d.lost_bytes = both(s->lost.bytes) - both(r->given.lost.bytes);
	if (d.samples || d.lost_calls || d.lost_bytes)
		enqueue_damage(r, &d);
}

static int take_summary(struct reader *r, const struct found *f)
{
	int status = reading_summary(r, f);

	if (status)
		return status;
	if (r->incomplete)
		enqueue_missed(r);
	enqueue(r, ITEM_SUMMARY, f->offset)->summary = &r->summary;
	return FMT_OK;
}

static int take_end(struct reader *r, const struct found *f)
{
	bool continues;
	int status = totals_decode(&r->decoder, &r->totals);

	if (!status)
		status = ending_decode(&r->decoder, &continues);
	if (status)
		return status;
	r->scan.stats.finished = true;
	r->scan.stats.continues = continues;
	r->scan.stats.finish_us = f->header.first_us;
	r->scan.stats.finish_wall_us = f->header.first_wall_us;
	enqueue(r, ITEM_FINISH, f->offset)->totals = &r->totals;
	return FMT_OK;
}

static int take_block(struct reader *r, const struct found *f)
{
	enum block_type type = f->header.type;
	int status;

	/* A later version's, or an index. */
	if (type < BLOCK_TYPE_GROUP || type == BLOCK_TYPE_INDEX || type > BLOCK_TYPE_END)
		return FMT_OK;
	status = decoder_open(&r->decoder, f->payload, f->header.payload);
	if (status)
		return status;
	if (type == BLOCK_TYPE_GROUP)
		return take_group(r, f);
	if (type == BLOCK_TYPE_END)
		return take_end(r, f);
	status = find_group(r, f);
	if (status)
		return status;
	r->fresh = false;
	return type == BLOCK_TYPE_SAMPLES ? take_samples(r, f) : take_summary(r, f);
}

/* A block with the right CRC that contradicts the specification. */
static void enqueue_strange(struct reader *r, const struct found *f)
{
	struct damage d = {.offset = f->offset,
		.length = BLOCK_HEADER + f->header.payload,
		.samples_known = true,
		.cause = DAMAGE_CONTENT};

	if (f->header.type == BLOCK_TYPE_SAMPLES)
		d.samples = f->header.records;
	r->scan.stats.damaged_bytes += d.length;
	r->scan.stats.blocks--;
	enqueue_damage(r, &d);
}

/* Puts what the next block, or the damage before it, has to say into the queue; maybe nothing. */
static int refill(struct reader *r)
{
	struct found f;
	int status = scan_next(&r->scan, &f);

	r->head = r->len = 0;
	if (status)
		return status;
	if (f.is_damage) {
		enqueue_damage(r, &f.damage);
		return FMT_OK;
	}
	status = take_block(r, &f);
	if (status != FMT_EDAMAGED)
		return status;
	enqueue_strange(r, &f);
	return FMT_OK;
}

int reader_next(struct reader *r, struct item *item)
{
	memset(item, 0, sizeof(*item));
	while (r->head == r->len) {
		int status = r->over ? r->over : refill(r);

		if (status == FMT_EVERSION || status == FMT_EFOREIGN)
			r->over = status;
		if (status)
			return status;
	}
	*item = r->queue[r->head++].item;
	return FMT_OK;
}

const struct session *reader_sessions(const struct reader *r, uint32_t *count)
{
	*count = r->sessions;
	return r->session;
}

const char *reader_version_needed(const struct reader *r)
{
	return r->decoder.needed[0] ? r->decoder.needed : r->scan.needed;
}

const struct reader_stats *reader_stats(const struct reader *r)
{
	return &r->scan.stats;
}
