/* SPDX-License-Identifier: MIT */
#include "header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Never renumbered. Numbers take eight bytes, texts end with NUL. */
enum field {
	FIELD_NEEDS = 1, /* text: names of what a reader must know; none so far */
	FIELD_START = 2,
	FIELD_START_WALL = 3,
	FIELD_ZONE_OFFSET = 4,
	FIELD_CPUS = 5,
	FIELD_SERIES = 6,
	FIELD_PART = 7,
	FIELD_TEXT = 16, /* from here on: the texts of text_at() in its order */
};

enum { TEXTS = 10 };

/* Bits of the ending; others are not looked at. */
enum { ENDING_CONTINUES = 1 };

static const char **text_at(struct header *h, unsigned int i)
{
	const char **texts[TEXTS] = {
		&h->zone,
		&h->host,
		&h->boot_id,
		&h->kernel,
		&h->tool,
		&h->command,
		&h->filters,
		&h->hooks,
		&h->coverage,
		&h->selftest,
	};

	return texts[i];
}

int own_header_set(struct own_header *own, const struct header *from)
{
	struct header copy = *from;
	size_t size[TEXTS], sum = 0;
	char *texts, *at;

	for (unsigned int i = 0; i < TEXTS; i++) {
		const char **text = text_at(&copy, i);

		if (!*text)
			*text = "";
		size[i] = strlen(*text) + 1;
		if (size[i] > TEXT_SIZE)
			return FMT_ELIMIT;
		sum += size[i];
	}
	at = texts = malloc(sum);
	if (!texts)
		return FMT_ENOMEM;
	for (unsigned int i = 0; i < TEXTS; i++) {
		const char **text = text_at(&copy, i);

		memcpy(at, *text, size[i]);
		*text = at;
		at += size[i];
	}
	free(own->texts);
	own->texts = texts;
	own->header = copy;
	return FMT_OK;
}

void own_header_release(struct own_header *own)
{
	free(own->texts);
	memset(own, 0, sizeof(*own));
}

static void put_number(struct buffer *b, uint16_t field, uint64_t v)
{
	put_u16(b, field);
	put_u32(b, 8);
	put_u64(b, v);
}

void header_encode(struct encoder *e, const struct header *header)
{
	struct header h = *header;
	struct buffer *b = section_begin(e);

	put_number(b, FIELD_START, h.start_us);
	put_number(b, FIELD_START_WALL, (uint64_t)h.start_wall_us);
	put_number(b, FIELD_ZONE_OFFSET, (uint64_t)(int64_t)h.zone_offset_s);
	put_number(b, FIELD_CPUS, h.cpus);
	if (h.series) {
		put_number(b, FIELD_SERIES, h.series);
		put_number(b, FIELD_PART, h.part);
	}
	for (unsigned int i = 0; i < TEXTS; i++) {
		const char *text = *text_at(&h, i);
		size_t size = strlen(text) + 1;

		put_u16(b, (uint16_t)(FIELD_TEXT + i));
		put_u32(b, (uint32_t)size);
		put_bytes(b, text, size);
	}
	section_end(e, SECTION_HEADER);
}

static bool is_text(const uint8_t *data, size_t len)
{
	return len && len <= TEXT_SIZE && memchr(data, 0, len) == data + len - 1;
}

static int take_number(struct header *h, uint16_t field, uint64_t v)
{
	int64_t zone = (int64_t)v;

	switch (field) {
	case FIELD_START:
		h->start_us = v;
		return FMT_OK;
	case FIELD_START_WALL:
		h->start_wall_us = (int64_t)v;
		return FMT_OK;
	case FIELD_ZONE_OFFSET:
		h->zone_offset_s = (int32_t)zone;
		return zone >= INT32_MIN && zone <= INT32_MAX ? FMT_OK : FMT_EDAMAGED;
	case FIELD_SERIES:
		h->series = v;
		return FMT_OK;
	default:
		*(field == FIELD_CPUS ? &h->cpus : &h->part) = (uint32_t)v;
		return v <= UINT32_MAX ? FMT_OK : FMT_EDAMAGED;
	}
}

static int take_field(
	struct decoder *d, struct header *h, uint16_t field, const uint8_t *data, size_t len)
{
	if (field >= FIELD_TEXT && field < FIELD_TEXT + TEXTS) {
		if (!is_text(data, len))
			return FMT_EDAMAGED;
		*text_at(h, field - FIELD_TEXT) = (const char *)data;
		return FMT_OK;
	}
	if (field == FIELD_NEEDS) {
		if (!is_text(data, len))
			return FMT_EDAMAGED;
		if (len == 1)
			return FMT_OK;
		snprintf(d->needed, sizeof(d->needed), "%s", (const char *)data);
		return FMT_EVERSION;
	}
	if (field < FIELD_START || field > FIELD_PART)
		return FMT_OK;
	return len == 8 ? take_number(h, field, load_le(data, 8)) : FMT_EDAMAGED;
}

int header_decode(struct decoder *d, struct own_header *own)
{
	struct header h = {.recording = own->header.recording};
	struct cursor c;
	int status = section_content(d, SECTION_HEADER, &c);

	while (!status && cursor_left(&c)) {
		uint16_t field = get_u16(&c);
		uint32_t len = get_u32(&c);
		const uint8_t *data = get_bytes(&c, len);

		status = data ? take_field(d, &h, field, data, len) : FMT_EDAMAGED;
	}
	return status ? status : own_header_set(own, &h);
}

void ending_encode(struct encoder *e)
{
	put_u32(section_begin(e), ENDING_CONTINUES);
	section_end(e, SECTION_ENDING);
}

int ending_decode(struct decoder *d, bool *continues)
{
	struct cursor c;
	int status = section_content(d, SECTION_ENDING, &c);

	*continues = false;
	if (status || !section_present(d, SECTION_ENDING))
		return status;
	*continues = get_u32(&c) & ENDING_CONTINUES;
	return c.bad ? FMT_EDAMAGED : FMT_OK;
}

static uint64_t *total_at(struct totals *t, unsigned int i)
{
	uint64_t *numbers[] = {
		&t->samples,
		&t->sessions,
		&t->volume.calls[DIR_RX],
		&t->volume.calls[DIR_TX],
		&t->volume.bytes[DIR_RX],
		&t->volume.bytes[DIR_TX],
		&t->lost.calls[DIR_RX],
		&t->lost.calls[DIR_TX],
		&t->lost.bytes[DIR_RX],
		&t->lost.bytes[DIR_TX],
	};

	return i < sizeof(numbers) / sizeof(numbers[0]) ? numbers[i] : NULL;
}

void totals_encode(struct encoder *e, const struct totals *totals)
{
	struct totals t = *totals;
	struct buffer *b = section_begin(e);

	for (unsigned int i = 0; total_at(&t, i); i++)
		put_u64(b, *total_at(&t, i));
	section_end(e, SECTION_TOTALS);
}

int totals_decode(struct decoder *d, struct totals *totals)
{
	struct cursor c;
	int status = section_content(d, SECTION_TOTALS, &c);

	memset(totals, 0, sizeof(*totals));
	if (status || !section_present(d, SECTION_TOTALS))
		return status;
	for (unsigned int i = 0; total_at(totals, i); i++)
		*total_at(totals, i) = get_u64(&c);
	return c.bad ? FMT_EDAMAGED : FMT_OK;
}
