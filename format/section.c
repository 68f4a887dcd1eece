/* SPDX-License-Identifier: MIT */
#include "section.h"

#include "block.h"
#include <stdio.h>
#include <string.h>
#include <zstd.h>

enum codec {
	CODEC_RAW = 0,
	CODEC_ZSTD = 1,
};

enum {
	LEVEL = 1,         /* on byte planes the higher levels are slower and no smaller */
	WORTH_TRYING = 32, /* a zstd frame has about ten bytes of its own */
	WORTH_CUTTING = 4096,
};

int encoder_init(struct encoder *e)
{
	memset(e, 0, sizeof(*e));
	e->zstd = ZSTD_createCCtx();
	return e->zstd ? FMT_OK : FMT_ENOMEM;
}

void encoder_release(struct encoder *e)
{
	buffer_free(&e->out);
	buffer_free(&e->raw);
	ZSTD_freeCCtx(e->zstd);
	e->zstd = NULL;
}

void encoder_begin(struct encoder *e)
{
	e->status = FMT_OK;
	e->out.failed = false;
	e->out.len = 0;
	if (buffer_reserve(&e->out, BLOCK_HEADER))
		e->out.len = BLOCK_HEADER;
}

struct buffer *section_begin(struct encoder *e)
{
	e->raw.failed = false;
	e->raw.len = 0;
	return &e->raw;
}

/*
 * Compresses to out in frames, of which all but the first have `piece` bytes; answers how many
 * bytes these take, or 0 if there is no gain.
 */
static size_t squeeze(struct encoder *e, size_t piece, uint8_t *out, size_t room)
{
	size_t raw = e->raw.len, from = 0, to = raw - (raw - 1) / piece * piece, len = 0, got;

	for (; from < raw; from = to, to += piece, len += got) {
		got = ZSTD_compressCCtx(
			e->zstd, out + len, room - len, e->raw.data + from, to - from, LEVEL);
		if (ZSTD_isError(got))
			return 0;
	}
	return len < raw ? len : 0;
}

void section_end(struct encoder *e, enum section_id id)
{
	section_end_cut(e, id, e->raw.len);
}

void section_end_cut(struct encoder *e, enum section_id id, size_t piece)
{
	size_t raw = e->raw.len, room = ZSTD_compressBound(raw), stored = 0;
	uint8_t *at = buffer_reserve(&e->out, SECTION_FRAME + room);

	if (!at || e->raw.failed) {
		e->status = FMT_ENOMEM;
		return;
	}
	if (raw > SECTION_RAW) {
		e->status = FMT_ELIMIT;
		return;
	}
	if (raw >= WORTH_TRYING)
		stored = squeeze(e, piece < WORTH_CUTTING ? raw : piece, at + SECTION_FRAME, room);
	store_le(at, id, 2);
	store_le(at + 2, stored ? CODEC_ZSTD : CODEC_RAW, 1);
	store_le(at + 3, 0, 1);
	store_le(at + 4, raw, 4);
	if (!stored) {
		stored = raw;
		if (raw)
			memcpy(at + SECTION_FRAME, e->raw.data, raw);
	}
	store_le(at + 8, stored, 4);
	e->out.len += SECTION_FRAME + stored;
}

int encoder_end(struct encoder *e)
{
	if (e->out.failed)
		return FMT_ENOMEM;
	if (!e->status && e->out.len - BLOCK_HEADER > BLOCK_PAYLOAD)
		return FMT_ELIMIT;
	return e->status;
}

int decoder_init(struct decoder *d)
{
	memset(d, 0, sizeof(*d));
	d->zstd = ZSTD_createDCtx();
	return d->zstd ? FMT_OK : FMT_ENOMEM;
}

void decoder_release(struct decoder *d)
{
	buffer_free(&d->scratch);
	ZSTD_freeDCtx(d->zstd);
	d->zstd = NULL;
}

/* Takes in one section of the list; a section that nobody here knows is passed over. */
static int take(struct decoder *d, struct cursor *c, size_t *sum)
{
	uint16_t id = get_u16(c);
	struct section s;

	s.codec = get_u8(c);
	get_u8(c);
	s.raw = get_u32(c);
	s.stored = get_u32(c);
	s.data = get_bytes(c, s.stored);
	if (c->bad || s.raw > SECTION_RAW)
		return FMT_EDAMAGED;
	*sum += s.raw;
	if (*sum > SECTION_RAW_SUM)
		return FMT_EDAMAGED;
	if (!id || id > SECTION_LAST) {
		if (!(id & SECTION_NEEDED))
			return FMT_OK;
		snprintf(d->needed, sizeof(d->needed), "section 0x%04x", (unsigned int)id);
		return FMT_EVERSION;
	}
	if (d->section[id].data)
		return FMT_EDAMAGED;
	if (s.codec > CODEC_ZSTD) {
		snprintf(d->needed, sizeof(d->needed), "codec %u of section %u",
			(unsigned int)s.codec, (unsigned int)id);
		return FMT_EVERSION;
	}
	if (s.codec == CODEC_RAW && s.raw != s.stored)
		return FMT_EDAMAGED;
	d->section[id] = s;
	return FMT_OK;
}

int decoder_open(struct decoder *d, const uint8_t *payload, size_t len)
{
	struct cursor c = {payload, payload + len, false};
	size_t sum = 0;
	int status = FMT_OK;

	memset(d->section, 0, sizeof(d->section));
	for (unsigned int n = 0; !status && cursor_left(&c); n++)
		status = n < SECTION_COUNT ? take(d, &c, &sum) : FMT_EDAMAGED;
	return status;
}

bool section_present(const struct decoder *d, enum section_id id)
{
	return d->section[id].data != NULL;
}

int section_content(struct decoder *d, enum section_id id, struct cursor *out)
{
	const struct section *s = &d->section[id];
	uint8_t *room;

	out->bad = false;
	out->at = s->data;
	out->end = s->data ? s->data + s->stored : NULL;
	if (!s->data || s->codec == CODEC_RAW)
		return FMT_OK;
	d->scratch.failed = false;
	d->scratch.len = 0;
	room = buffer_reserve(&d->scratch, s->raw);
	if (!room)
		return FMT_ENOMEM;
	if (ZSTD_decompressDCtx(d->zstd, room, s->raw, s->data, s->stored) != s->raw)
		return FMT_EDAMAGED;
	out->at = room;
	out->end = room + s->raw;
	return FMT_OK;
}
