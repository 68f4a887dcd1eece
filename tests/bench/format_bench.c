/* SPDX-License-Identifier: MIT */
/*
 * format_bench.c: what a sample costs in the file and in the processor, column by column beside
 * what xz -9 makes of the same columns: of synthetic traffic, or of a recording, which is read and
 * written anew as the recorder would have.
 *
 * Usage: format_bench [noisy|rpc|bulk|FILE] [SAMPLES]
 */
#include "format/block.h"
#include "format/reader.h"
#include "format/section.h"
#include "format/writer.h"
#include "worker.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 2000, RATE = 100000, BORN_EACH = RATE / 194, FLUSH_US = 250000, ROUNDS = 5 };

struct memory {
	unsigned char *data;
	size_t len, cap, pos;
};

/* Samples, whose session is an index into the sessions. */
struct traffic {
	struct session *session;
	uint32_t sessions, sessions_cap;
	struct sample *sample;
	uint32_t samples, samples_cap;
	uint32_t *handle; /* of the sessions, while they are written */
};

static uint64_t state = 88172645463325252u;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static void *must(void *p)
{
	if (p)
		return p;
	fputs("format_bench: no memory\n", stderr);
	exit(1);
}

static void add_session(struct traffic *t, const struct session *s)
{
	if (t->sessions == t->sessions_cap) {
		t->sessions_cap = t->sessions_cap ? 2 * t->sessions_cap : 4096;
		t->session = must(realloc(t->session, t->sessions_cap * sizeof(*s)));
	}
	t->session[t->sessions] = *s;
	t->session[t->sessions].process.cgroup = must(strdup(s->process.cgroup));
	t->sessions++;
}

static void add_sample(struct traffic *t, const struct sample *s)
{
	if (t->samples == t->samples_cap) {
		t->samples_cap = t->samples_cap ? 2 * t->samples_cap : 65536;
		t->sample = must(realloc(t->sample, t->samples_cap * sizeof(*s)));
	}
	t->sample[t->samples++] = *s;
}

static void add_synthetic_session(struct traffic *t, uint32_t slot)
{
	struct session s;
	char path[WORKER_PATH];

	worker_session(&s, path, slot, t->sessions);
	add_session(t, &s);
}

static uint64_t size_of_call(const char *kind, unsigned int slot, unsigned int dir)
{
	double u = uniform();

	if (!strcmp(kind, "rpc"))
		return dir ? 120 + slot % 7 : u < 0.9 ? 512 + 64 * (slot % 5) : 40;
	if (!strcmp(kind, "bulk"))
		return u < 0.8 ? 65536 : 1448 * (1 + (uint64_t)(u * 40));
	return u < 0.2 ? 16384 : 1 + (uint64_t)(-log(uniform()) * (50 + 7.0 * (slot % 300)));
}

/* Zipf's law over the slots, in each of which sessions follow one another; Poisson in time. */
static void synthesise(struct traffic *t, const char *kind, uint32_t n)
{
	double upto[SLOTS], sum = 0, time = 1e9;
	uint32_t session[SLOTS];

	for (unsigned int i = 0; i < SLOTS; i++) {
		upto[i] = sum += 1.0 / (i + 1);
		session[i] = i;
		add_synthetic_session(t, i);
	}
	for (uint32_t i = 0; i < n; i++) {
		double u = uniform() * sum;
		unsigned int slot = 0;
		struct sample s = {.calls = 1};

		for (unsigned int step = 1024; step; step /= 2)
			if (slot + step < SLOTS && upto[slot + step - 1] < u)
				slot += step;
		if (i % BORN_EACH == 0) {
			session[slot] = t->sessions;
			add_synthetic_session(t, slot);
		}
		time += -log(uniform()) * 1e6 / RATE;
		s.time_us = (uint64_t)time;
		s.session = session[slot];
		s.dir = uniform() < 0.5;
		s.bytes = size_of_call(kind, slot, s.dir);
		add_sample(t, &s);
	}
}

static int64_t read_stream(void *ctx, void *data, size_t len)
{
	return (int64_t)fread(data, 1, len, ctx);
}

/* A session that lives through several groups counts as several here, and so in what is written. */
static void read_recording(struct traffic *t, const char *path, uint32_t most)
{
	FILE *f = fopen(path, "rb");
	uint32_t base = 0, known = 0, count;
	struct reader *r = NULL;
	struct item item;

	if (!f || reader_new(&r, (struct source){read_stream, f})) {
		fprintf(stderr, "format_bench: %s: cannot be read\n", path);
		exit(1);
	}
	while (!reader_next(r, &item)) {
		const struct session *s = reader_sessions(r, &count);
		const struct block *b = item.block;

		if (item.kind == ITEM_GROUP) {
			base = t->sessions;
			known = 0;
		}
		for (; known < count; known++)
			add_session(t, &s[known]);
		for (uint32_t i = 0; item.kind == ITEM_BLOCK && i < b->samples; i++) {
			struct sample one = {.time_us = b->time_us[i],
				.bytes = b->bytes[i],
				.session = base + b->key[i] / 2,
				.calls = b->calls ? b->calls[i] : 1,
				.dir = b->key[i] & 1,
				.flags = b->flags ? b->flags[i] : 0};

			if (t->samples < most)
				add_sample(t, &one);
		}
	}
	reader_free(r);
	fclose(f);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int memory_write(void *ctx, const void *data, size_t len)
{
	struct memory *m = ctx;

	if (m->len + len > m->cap)
		return -1;
	memcpy(m->data + m->len, data, len);
	m->len += len;
	return 0;
}

static int64_t memory_read(void *ctx, void *data, size_t len)
{
	struct memory *m = ctx;

	if (len > m->len - m->pos)
		len = m->len - m->pos;
	memcpy(data, m->data + m->pos, len);
	m->pos += len;
	return (int64_t)len;
}

static double encode(struct memory *m, struct traffic *t)
{
	struct header header = {.recording = 1, .host = "bench", .coverage = "all"};
	uint64_t flush_us = t->sample[0].time_us + FLUSH_US;
	struct writer *w = NULL;
	int failed = writer_new(&w, &header, (struct sink){memory_write, m});
	double start;

	for (uint32_t i = 0; !failed && i < t->sessions; i++)
		failed = writer_define(w, &t->session[i], &t->handle[i]);
	start = seconds();
	for (uint32_t i = 0; !failed && i < t->samples; i++) {
		struct sample s = t->sample[i];

		s.session = t->handle[s.session];
		failed = writer_sample(w, &s);
		if (s.time_us > flush_us) {
			failed |= writer_flush(w, s.time_us);
			flush_us = s.time_us + FLUSH_US;
		}
	}
	if (failed || writer_finish(w, t->sample[t->samples - 1].time_us))
		exit(1);
	start = seconds() - start;
	writer_free(w);
	return start;
}

static double decode(struct memory *m, uint32_t n)
{
	double start = seconds();
	uint64_t samples = 0;
	struct reader *r;
	struct item item;

	m->pos = 0;
	if (reader_new(&r, (struct source){memory_read, m}))
		exit(1);
	while (reader_next(r, &item) == FMT_OK)
		samples += item.kind == ITEM_BLOCK ? item.block->samples : 0;
	reader_free(r);
	if (samples != n)
		exit(1);
	return seconds() - start;
}

/* What xz -9 makes of it. */
static double xz(const struct buffer *b)
{
	char name[] = "/tmp/format_bench.XXXXXX", command[128];
	int fd = mkstemp(name);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "wb"), *p;
	unsigned long size = 0;

	if (!f)
		return 0;
	fwrite(b->data, 1, b->len, f);
	fclose(f);
	snprintf(command, sizeof(command), "xz -9 -c %s | wc -c", name);
	p = popen(command, "r");
	if (p) {
		if (fscanf(p, "%lu", &size) != 1)
			size = 0;
		pclose(p);
	}
	remove(name);
	return (double)size;
}

struct section_sum {
	double stored[2]; /* in blocks, in summaries */
	struct buffer raw;
};

static void add_sections(struct section_sum *sum, const struct memory *m)
{
	struct decoder d;
	struct block_header h;

	if (decoder_init(&d))
		return;
	for (size_t at = 0; at < m->len; at += BLOCK_HEADER + h.payload) {
		struct cursor c;

		if (!block_header_get(m->data + at, &h) ||
			decoder_open(&d, m->data + at + BLOCK_HEADER, h.payload))
			break;
		sum[0].stored[0] += BLOCK_HEADER;
		for (int id = 1; id <= SECTION_LAST; id++) {
			if (!section_present(&d, id) || section_content(&d, id, &c))
				continue;
			sum[0].stored[0] += SECTION_FRAME;
			sum[id].stored[h.type == BLOCK_TYPE_SUMMARY] += d.section[id].stored;
			put_bytes(&sum[id].raw, c.at, cursor_left(&c));
		}
	}
	decoder_release(&d);
}

static void print_sections(const struct memory *m, uint32_t n)
{
	static const char *const names[SECTION_LAST + 1] = {"frames", "header", "totals", "strings",
		"processes", "sessions", "place", "time", "bytes", "calls", "flags", "losses",
		"loads", "sums", "who"};
	struct section_sum sum[SECTION_LAST + 1] = {{{0}, {0}}};
	double stored = 0, packed = 0;

	add_sections(sum, m);
	puts("  bytes/sample  stored  in summaries   xz -9");
	for (int id = 0; id <= SECTION_LAST; id++) {
		const struct section_sum *s = &sum[id];
		double best = s->raw.len ? xz(&s->raw) : 0;

		if (s->stored[0] + s->stored[1] > 0)
			printf("  %-12s %7.3f %13.3f %7.3f\n", names[id], s->stored[0] / n,
				s->stored[1] / n, best / n);
		stored += s->stored[0] + s->stored[1];
		packed += best;
		buffer_free(&sum[id].raw);
	}
	printf("  %-12s %7.3f %21.3f\n", "all", stored / n, packed / n);
}

static void release(struct traffic *t)
{
	for (uint32_t i = 0; i < t->sessions; i++)
		free((char *)t->session[i].process.cgroup);
	free(t->session);
	free(t->sample);
	free(t->handle);
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "noisy";
	uint32_t n = argc > 2 ? (uint32_t)atol(argv[2]) : 3000000;
	struct traffic t = {0};
	struct memory m = {0};
	double enc = 1e9, dec = 1e9;

	if (!strcmp(kind, "noisy") || !strcmp(kind, "rpc") || !strcmp(kind, "bulk"))
		synthesise(&t, kind, n);
	else
		read_recording(&t, kind, n);
	if (!t.samples)
		return 1;
	t.handle = must(calloc(t.sessions, sizeof(*t.handle)));
	m.cap = (size_t)t.samples * 16 + (16 << 20);
	m.data = must(malloc(m.cap));
	for (int i = 0; i < ROUNDS; i++) {
		m.len = 0;
		enc = fmin(enc, encode(&m, &t));
		dec = fmin(dec, decode(&m, t.samples));
	}
	printf("%s: %u samples of %u sessions in %.1f s: %.3f bytes/sample, encode %.1f ns, "
	       "decode %.1f ns (%.0f M samples/s)\n",
		kind, t.samples, t.sessions,
		(double)(t.sample[t.samples - 1].time_us - t.sample[0].time_us) / 1e6,
		(double)m.len / t.samples, enc / t.samples * 1e9, dec / t.samples * 1e9,
		t.samples / dec / 1e6);
	print_sections(&m, t.samples);
	release(&t);
	free(m.data);
	return 0;
}
