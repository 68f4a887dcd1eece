/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include <stdio.h>
#include <string.h>

enum { FOREIGN = 1 << 20 }; /* bytes without any header that make a source a foreign one */

/*
 * Bytes that may be looked at in vain: so many, and so many for each byte of the file. Else a file
 * of headers that promise large payloads, one every 72 bytes, would take hours.
 */
enum { IN_VAIN = 64 << 20, IN_VAIN_EACH = 16 };

enum verdict {
	NOT_HERE,
	HERE,
	NEWER, /* here, and this reader must not go on */
};

int scan_init(struct scan *s, struct source source)
{
	memset(s, 0, sizeof(*s));
	return window_init(&s->in, source);
}

void scan_release(struct scan *s)
{
	window_release(&s->in);
	memset(s, 0, sizeof(*s));
}

void scan_reset(struct scan *s, struct source source)
{
	struct window in = s->in;

	window_reset(&in, source);
	memset(s, 0, sizeof(*s));
	s->in = in;
}

static void advance(struct scan *s, size_t len)
{
	window_pass(&s->in, len);
	s->searched = 0;
}

/* Reads until there are need bytes, or fewer if the source has no more for now. */
static int fill(struct scan *s, size_t need)
{
	int status = window_fill(&s->in, need);
	uint64_t seen = s->in.offset + window_held(&s->in);

	s->stats.fetched = s->in.fetched;
	if (s->stats.bytes < seen)
		s->stats.bytes = seen;
	return status;
}

/* Whether a recording can go on with this header, or another one begin. */
static bool follows(const struct scan *s, const struct block_header *h)
{
	if (!s->known)
		return true;
	if (h->recording != s->recording)
		return h->type == BLOCK_TYPE_GROUP;
	return h->seq >= s->next_seq || (s->ended && !h->seq);
}

/* direct: where a block must be, not found by searching. */
static enum verdict judge(struct scan *s, const uint8_t *at, bool direct, struct block_header *h)
{
	unsigned int flags;

	if (!block_header_get(at, h))
		return NOT_HERE;
	if (h->version != BLOCK_VERSION) {
		if (!direct && s->known)
			return NOT_HERE;
		snprintf(s->needed, sizeof(s->needed), "format version %u",
			(unsigned int)h->version);
		return NEWER;
	}
	if (!block_header_sane(h) || !follows(s, h))
		return NOT_HERE;
	flags = h->flags & BLOCK_FLAGS_NEEDED;
	if (!flags)
		return HERE;
	if (!direct && s->known && h->recording != s->recording)
		return NOT_HERE;
	snprintf(s->needed, sizeof(s->needed), "block flags 0x%02x", flags);
	return NEWER;
}

/* How far to go from start to get where a header may begin; at least one byte. */
static size_t next_candidate(const struct scan *s, size_t from, size_t end)
{
	const uint8_t *at = window_at(&s->in);

	while (from < end) {
		const uint8_t *hit = memchr(at + from, block_sync[0], end - from);

		if (!hit)
			break;
		from = (size_t)(hit - at);
		if (block_may_begin(hit, end - from))
			return from;
		from++;
	}
	return end;
}

/* Where, within len bytes, another header begins: the payload there was not what was promised. */
static size_t find_inner(struct scan *s, size_t len)
{
	size_t at = s->searched ? s->searched : 1;
	struct block_header h;

	if (s->in_vain > IN_VAIN + IN_VAIN_EACH * s->in.offset)
		return 0;
	for (;; at++) {
		at = next_candidate(s, at, len);
		if (at + BLOCK_HEADER > len)
			break;
		if (judge(s, window_at(&s->in) + at, false, &h) == HERE) {
			s->in_vain += len - at;
			return at;
		}
	}
	s->searched = at;
	return 0;
}

static int tell(struct scan *s, struct found *f, const struct damage *damage)
{
	f->is_damage = true;
	f->offset = damage->offset;
	f->damage = *damage;
	s->stats.damaged_bytes += damage->length;
	return FMT_OK;
}

static int damaged(
	struct scan *s, struct found *f, enum damage_cause cause, uint64_t offset, uint64_t length)
{
	return tell(s, f, &(struct damage){.offset = offset, .length = length, .cause = cause});
}

static int end_gap(struct scan *s, struct found *f)
{
	s->in_gap = false;
	s->after_gap = true;
	return damaged(s, f, DAMAGE_GAP, s->gap, s->in.offset - s->gap);
}

/* Of the next len bytes, which are not told yet, and what comes before them. */
static void count_zeros(struct scan *s, size_t len)
{
	const uint8_t *at = window_at(&s->in);
	size_t zeros = 0;

	while (zeros < len && !at[len - 1 - zeros])
		zeros++;
	s->zeros = zeros == len ? s->zeros + len : zeros;
}

/* That is told once it is known what comes behind the len bytes. */
static int bad_payload(struct scan *s, const struct block_header *h, size_t len)
{
	s->skip = len;
	s->is_held = true;
	s->held = (struct damage){.offset = s->in.offset,
		.length = len,
		.samples_known = true,
		.samples = h->type == BLOCK_TYPE_SAMPLES ? h->records : 0,
		.cause = DAMAGE_PAYLOAD};
	s->zeros = 0;
	count_zeros(s, len);
	return FMT_OK;
}

/* Whether numbers are missing before this header. From here on it is the recording's latest. */
static bool numbers_missing(struct scan *s, const struct block_header *h)
{
	bool goes_on = s->known && h->recording == s->recording && h->seq >= s->next_seq;
	uint32_t expected = goes_on ? s->next_seq : 0;
	bool missing = h->seq != expected && !s->after_gap;

	s->known = true;
	s->ended = false;
	s->recording = h->recording;
	s->next_seq = h->seq;
	s->after_gap = false;
	return missing;
}

/* Whether the recording goes on behind the len bytes as it must: then they are all one block's. */
static bool goes_on_behind(struct scan *s, size_t len)
{
	struct block_header h;

	if (window_held(&s->in) < len + BLOCK_HEADER)
		return false;
	return judge(s, window_at(&s->in) + len, true, &h) == HERE && h.recording == s->recording &&
	       h.seq == s->next_seq + 1;
}

/* The payload is not what its header says: maybe another block begins before it ends. */
static int spoiled_block(struct scan *s, const struct block_header *h)
{
	size_t whole = BLOCK_HEADER + (size_t)h->payload, inner = 0;
	size_t reach = whole + BLOCK_HEADER;
	int status = fill(s, reach);

	if (status)
		return status;
	/* Behind the last byte of the payload would be no other block, but the next one. */
	reach -= 1;
	if (!goes_on_behind(s, whole))
		inner = find_inner(s, window_held(&s->in) < reach ? window_held(&s->in) : reach);
	s->after_gap = inner != 0;
	s->next_seq += !inner;
	return bad_payload(s, h, inner ? inner : whole);
}

/* The header at start is good. */
static int take_block(struct scan *s, const struct block_header *h, struct found *f)
{
	size_t whole = BLOCK_HEADER + (size_t)h->payload, inner;
	int status;

	if (numbers_missing(s, h))
		return damaged(s, f, DAMAGE_MISSING, s->in.offset, 0);
	status = fill(s, whole);
	if (status)
		return status;
	if (window_held(&s->in) < whole) {
		inner = find_inner(s, window_held(&s->in));
		if (!inner)
			return FMT_END;
		s->after_gap = true;
		return bad_payload(s, h, inner);
	}
	f->payload = window_at(&s->in) + BLOCK_HEADER;
	if (block_crc(f->payload, h->payload) != h->payload_crc)
		return spoiled_block(s, h);
	f->header = *h;
	f->offset = s->in.offset;
	s->skip = whole;
	s->next_seq++;
	s->ended = h->type == BLOCK_TYPE_END;
	s->stats.blocks++;
	return FMT_OK;
}

/* What comes before a header, or before an end that is not torn. */
static int tell_before(struct scan *s, struct found *f)
{
	if (!s->is_held)
		return end_gap(s, f);
	s->is_held = false;
	return tell(s, f, &s->held);
}

/* Where that began which was not told yet. */
static uint64_t untold(const struct scan *s)
{
	if (s->is_held)
		return s->held.offset;
	return s->in_gap ? s->gap : s->in.offset;
}

/* At the end: whether it turns to zeros, as something does that was not written to its end. */
static bool ends_in_zeros(const struct scan *s)
{
	uint64_t start = untold(s), first = s->in.offset - s->zeros;
	uint64_t len = s->is_held ? s->held.length : BLOCK_HEADER;

	return first <= start || (s->zeros >= TORN_ZEROS && first < start + len);
}

/* There are len bytes of what may be a header. */
static int at_end(struct scan *s, struct found *f, size_t len)
{
	if (!s->is_held && !s->in_gap)
		return FMT_END;
	if (!s->known)
		return FMT_EFOREIGN;
	return !len && ends_in_zeros(s) ? FMT_END : tell_before(s, f);
}

/* No header begins at start. */
static void pass_gap(struct scan *s, size_t held)
{
	size_t len = next_candidate(s, 1, held);

	if (!s->in_gap) {
		s->gap = s->in.offset;
		if (!s->is_held)
			s->zeros = 0;
	}
	s->in_gap = true;
	count_zeros(s, len);
	advance(s, len);
}

/* One step: FMT_OK with found set, or with *again set when there is nothing to tell yet. */
static int step(struct scan *s, struct found *f, bool *again)
{
	int status = fill(s, BLOCK_HEADER);
	const uint8_t *at = window_at(&s->in);
	size_t held = window_held(&s->in);
	enum verdict verdict = NOT_HERE;
	struct block_header h;

	if (status)
		return status;
	if (held >= BLOCK_HEADER)
		verdict = judge(s, at, !s->in_gap, &h);
	if (verdict != NOT_HERE && (s->is_held || s->in_gap))
		return tell_before(s, f);
	if (verdict == NEWER)
		return FMT_EVERSION;
	if (verdict == HERE) {
		status = take_block(s, &h, f);
		*again = s->is_held;
		return status;
	}
	if (held < BLOCK_HEADER && block_may_begin(at, held))
		return at_end(s, f, held);
	pass_gap(s, held);
	if (!s->known && s->in.offset >= FOREIGN)
		return FMT_EFOREIGN;
	*again = true;
	return FMT_OK;
}

static void note_torn(struct scan *s)
{
	struct reader_stats *stats = &s->stats;

	stats->torn_offset = untold(s);
	stats->torn_bytes = s->in.offset + window_held(&s->in) - stats->torn_offset;
	if (s->is_held || s->in_gap)
		stats->torn_zeros = s->zeros < stats->torn_bytes ? s->zeros : stats->torn_bytes;
}

/* What is torn its writer may take back, and write another block there: it is read again then. */
static void let_go(struct scan *s)
{
	if (!s->in.read_at || !window_held(&s->in))
		return;
	window_seek(&s->in, s->in.offset);
	s->searched = 0;
}

int scan_next(struct scan *s, struct found *found)
{
	bool again;
	int status;

	memset(found, 0, sizeof(*found));
	s->stats.torn_bytes = 0;
	s->stats.torn_offset = 0;
	s->stats.torn_zeros = 0;
	do {
		again = false;
		advance(s, s->skip);
		s->skip = 0;
		status = step(s, found, &again);
	} while (again);
	if (status == FMT_END) {
		note_torn(s);
		let_go(s);
	}
	return status;
}

void scan_seek(struct scan *s, uint64_t offset, uint32_t seq)
{
	window_seek(&s->in, offset);
	s->skip = s->searched = 0;
	s->next_seq = seq;
	s->in_gap = s->is_held = s->after_gap = s->ended = false;
	if (s->stats.bytes < offset)
		s->stats.bytes = offset;
}

static bool is_of_group(const struct scan *s, const struct block_header *h, uint32_t group)
{
	return h->recording == s->recording && h->group == group && h->type != BLOCK_TYPE_GROUP;
}

int scan_summary(struct scan *s, uint32_t group, struct found *found)
{
	struct scan ahead = *s;
	int status;

	do {
		status = scan_next(&ahead, found);
		if (!status && !found->is_damage && !is_of_group(s, &found->header, group))
			status = FMT_END;
	} while (!status && (found->is_damage || found->header.type != BLOCK_TYPE_SUMMARY));
	s->in = ahead.in;
	return status;
}

/* The header at offset, when it is the one that must be there. */
static int read_header(struct scan *s, uint64_t offset, uint32_t seq, struct block_header *h)
{
	uint8_t bytes[BLOCK_HEADER];
	int64_t got = window_read(&s->in, offset, bytes, sizeof(bytes));

	s->stats.fetched = s->in.fetched;
	if (got != sizeof(bytes))
		return FMT_END;
	return judge(s, bytes, true, h) == HERE && h->seq == seq ? FMT_OK : FMT_END;
}

/* false: times that nobody has. */
static bool add_times(struct extent *e, const struct block_header *h)
{
	int64_t first = h->first_wall_us, last = (int64_t)((uint64_t)first + h->span_us);

	if (h->span_us > INT64_MAX || last < first)
		return false;
	e->blocks++;
	if (first < e->first_wall_us)
		e->first_wall_us = first;
	if (last > e->last_wall_us)
		e->last_wall_us = last;
	return true;
}

static uint64_t clock_of(const struct block_header *h)
{
	return (uint64_t)h->first_wall_us - h->first_us;
}

int scan_extent(struct scan *s, uint32_t group, struct extent *e)
{
	struct block_header h, first = {0};

	e->end = s->in.offset + s->skip;
	e->end_seq = s->next_seq;
	e->first_wall_us = INT64_MAX;
	e->last_wall_us = INT64_MIN;
	e->one_clock = true;
	do {
		if (read_header(s, e->end, e->end_seq, &h) || !is_of_group(s, &h, group))
			return FMT_END;
		if (h.type == BLOCK_TYPE_SAMPLES && !add_times(e, &h))
			return FMT_END;
		if (!first.type)
			first = h;
		e->one_clock &= clock_of(&h) == clock_of(&first);
		e->summary = e->end;
		e->end += BLOCK_HEADER + (uint64_t)h.payload;
		e->end_seq++;
	} while (h.type != BLOCK_TYPE_SUMMARY);
	return FMT_OK;
}

int scan_block(struct scan *s, uint64_t offset, uint32_t seq, struct found *found)
{
	struct block_header *h = &found->header;
	size_t whole;
	int status;

	memset(found, 0, sizeof(*found));
	scan_seek(s, offset, seq);
	status = fill(s, BLOCK_HEADER);
	if (status || window_held(&s->in) < BLOCK_HEADER ||
		judge(s, window_at(&s->in), true, h) != HERE || h->seq != seq)
		return FMT_END;
	whole = BLOCK_HEADER + (size_t)h->payload;
	status = fill(s, whole);
	if (status || window_held(&s->in) < whole)
		return FMT_END;
	found->offset = offset;
	found->payload = window_at(&s->in) + BLOCK_HEADER;
	return block_crc(found->payload, h->payload) == h->payload_crc ? FMT_OK : FMT_END;
}
