/* SPDX-License-Identifier: MIT */
/*
 * roundtrip_fuzz.c: the input is a list of what happens to a writer; what it was given must come
 * out of the reader, or be in the losses.
 */
#include "format/reader.h"
#include "format/writer.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	STEPS_SESSIONS = 64,
	STEPS_REPEATS =
		1 << 17, /* of samples; so that two blocks can be filled, and not hundreds */
};

struct steps {
	const uint8_t *at, *end;
	struct writer *w;
	uint32_t handle[STEPS_SESSIONS];
	bool defined[STEPS_SESSIONS];
	uint64_t now_us;
	uint64_t repeats; /* that are left */
	struct volume given, lost;

	uint8_t *file;
	size_t len, cap, pos;
	bool full;
};

static uint64_t number(struct steps *s, unsigned int bytes)
{
	uint64_t v = 0;

	for (; bytes && s->at < s->end; bytes--)
		v = v << 8 | *s->at++;
	return v;
}

static int steps_write(void *ctx, const void *data, size_t len)
{
	struct steps *s = ctx;

	if (s->full)
		return -1;
	if (s->cap - s->len < len) {
		s->cap = 2 * (s->len + len);
		s->file = realloc(s->file, s->cap);
		if (!s->file)
			abort();
	}
	memcpy(s->file + s->len, data, len);
	s->len += len;
	return 0;
}

static int64_t steps_read(void *ctx, void *data, size_t len)
{
	struct steps *s = ctx;

	if (len > s->len - s->pos)
		len = s->len - s->pos;
	if (len)
		memcpy(data, s->file + s->pos, len);
	s->pos += len;
	return (int64_t)len;
}

static void define(struct steps *s, unsigned int slot)
{
	struct session session = {.process = {.cgroup = "/a"}};
	uint64_t r = number(s, 4);

	session.process.pid = r & 7;
	session.process.start_us = r >> 3 & 1;
	session.process.comm[0] = (char)(r >> 8);
	session.conn.family = r & 0x10 ? 6 : 4;
	session.conn.proto = PROTO_TCP;
	session.conn.lport = (uint16_t)(r >> 16);
	if (s->defined[slot])
		writer_forget(s->w, s->handle[slot]);
	s->defined[slot] = true;
	if (writer_define(s->w, &session, &s->handle[slot]))
		abort();
}

/* How often a sample is repeated; seldom so often that it fills a block, which takes long. */
static uint64_t repeats(struct steps *s, bool many)
{
	uint64_t n = many ? number(s, 1) : 0;

	if (n == UINT8_MAX)
		n = STEPS_REPEATS / 2;
	if (n > s->repeats)
		n = s->repeats;
	s->repeats -= n;
	return n;
}

static void sample(struct steps *s, unsigned int slot)
{
	unsigned int how = (unsigned int)number(s, 1);
	struct sample one = {.dir = how & 1, .calls = 1, .flags = how >> 7};

	if (!s->defined[slot])
		define(s, slot);
	s->now_us += number(s, 1 + (how >> 1 & 3));
	one.time_us = s->now_us;
	if (how & 8)
		one.time_us -= one.time_us > 255 ? number(s, 1) : 0;
	one.session = s->handle[slot];
	one.bytes = number(s, how & 16 ? 8 : 2);
	if (how & 32)
		one.calls = (uint32_t)number(s, 4);
	/* Repeats stand for the many samples that no input is long enough for. */
	for (uint64_t n = repeats(s, how & 64);; n--) {
		s->given.calls[one.dir] += one.calls;
		s->given.bytes[one.dir] += one.bytes;
		writer_sample(s->w, &one);
		if (!n)
			break;
	}
}

static void loss(struct steps *s)
{
	struct loss one = {.cause = (uint32_t)number(s, 1), .cpu = 1};

	one.to_us = s->now_us;
	one.from_us = s->now_us - (s->now_us > 1000 ? number(s, 1) : 0);
	for (int dir = DIR_RX; dir <= DIR_TX; dir++) {
		one.volume.calls[dir] = number(s, 1);
		one.volume.bytes[dir] = number(s, 3);
		s->lost.calls[dir] += one.volume.calls[dir];
		s->lost.bytes[dir] += one.volume.bytes[dir];
	}
	writer_loss(s->w, &one);
}

static void step(struct steps *s)
{
	unsigned int what = (unsigned int)number(s, 1), slot = what % STEPS_SESSIONS;
	struct load load = {.time_us = s->now_us, .avg = {what, 2, 3}};

	switch (what / STEPS_SESSIONS) {
	case 0:
	case 1:
		sample(s, slot);
		break;
	case 2:
		define(s, slot);
		break;
	default:
		if (slot < 16)
			writer_flush(s->w, s->now_us += number(s, 4));
		else if (slot < 24)
			loss(s);
		else if (slot < 32)
			writer_load(s->w, &load);
		else if (slot < 40)
			writer_clock(s->w, (int64_t)number(s, 7), 3600, "CET");
		else
			s->full = slot & 1;
	}
}

static void check_read(struct steps *s, struct reader *r)
{
	struct volume got = {{0}, {0}}, lost = {{0}, {0}};
	struct item item;
	bool finished = false;

	reader_reset(r, (struct source){steps_read, s});
	while (!reader_next(r, &item)) {
		const struct block *b = item.block;

		if (item.kind == ITEM_DAMAGE)
			abort();
		finished = item.kind == ITEM_FINISH;
		for (uint32_t i = 0; item.kind == ITEM_BLOCK && i < b->samples; i++) {
			got.calls[b->key[i] & 1] += b->calls ? b->calls[i] : 1;
			got.bytes[b->key[i] & 1] += b->bytes[i];
		}
		for (uint32_t i = 0; item.kind == ITEM_BLOCK && i < b->losses; i++) {
			for (int dir = DIR_RX; dir <= DIR_TX; dir++) {
				lost.calls[dir] += b->loss[i].volume.calls[dir];
				lost.bytes[dir] += b->loss[i].volume.bytes[dir];
			}
		}
	}
	for (int dir = DIR_RX; dir <= DIR_TX; dir++) {
		if (got.calls[dir] + lost.calls[dir] != s->given.calls[dir] + s->lost.calls[dir] ||
			got.bytes[dir] + lost.bytes[dir] !=
				s->given.bytes[dir] + s->lost.bytes[dir])
			abort();
	}
	if (!finished)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reader *r;
	static struct steps s;
	const struct header header = {.recording = 7, .start_us = 1000, .host = "h"};
	struct writer *w = s.w;

	/* One writer for all inputs: to make a new one takes longer than all the rest. */
	if (w ? writer_restart(w, &header)
	      : writer_new(&w, &header, (struct sink){steps_write, &s}))
		abort();
	if (!r && reader_new(&r, (struct source){steps_read, &s}))
		abort();
	s = (struct steps){.at = data,
		.end = data + size,
		.now_us = 1000,
		.w = w,
		.repeats = STEPS_REPEATS,
		.file = s.file,
		.cap = s.cap};
	while (s.at < s.end)
		step(&s);
	for (unsigned int slot = 0; slot < STEPS_SESSIONS; slot++) {
		if (s.defined[slot])
			writer_forget(w, s.handle[slot]);
	}
	s.full = false;
	if (writer_finish(w, s.now_us))
		abort();
	check_read(&s, r);
	return 0;
}
