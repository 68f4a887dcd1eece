/* SPDX-License-Identifier: MIT */
/*
 * noisy.c: a recording of any length for the measurements of the report, made without traffic:
 * 100,000 calls a second of 2,000 sessions at a time, by Zipf's law, with noisy sizes.
 *
 * Usage: noisy SAMPLES >FILE
 */
#include "format/writer.h"
#include "worker.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2000, RATE = 100000, BORN_EACH = RATE / 194, FLUSH_US = 250000, TABLE = 1 << 16 };

static const uint64_t START_US = 1000000000;
static const int64_t WALL_US = 1795168500000000;

struct noisy {
	struct writer *writer;
	uint32_t handle[SLOTS]; /* of the session that lives in the slot */
	uint32_t born;
	uint16_t zipf[TABLE];     /* slots, as often as their share */
	float exponential[TABLE]; /* quantiles of mean 1 */
	uint64_t state;
};

static uint64_t draw(struct noisy *n)
{
	n->state ^= n->state << 13;
	n->state ^= n->state >> 7;
	n->state ^= n->state << 17;
	return n->state;
}

static void make_tables(struct noisy *n)
{
	double sum = 0, upto = 0;
	uint32_t at = 0;

	for (int i = 0; i < SLOTS; i++)
		sum += 1.0 / (i + 1);
	for (int i = 0; i < SLOTS; i++) {
		upto += 1.0 / (i + 1) / sum;
		while (at < TABLE && at < upto * TABLE)
			n->zipf[at++] = (uint16_t)i;
	}
	for (int i = 0; i < TABLE; i++)
		n->exponential[i] = (float)-log((i + 0.5) / TABLE);
}

/* Another session takes the place of the slot's. */
static int bear(struct noisy *n, uint32_t slot)
{
	struct session s;
	char path[WORKER_PATH];

	worker_session(&s, path, slot, n->born);
	if (n->born >= SLOTS)
		writer_forget(n->writer, n->handle[slot]);
	n->born++;
	return writer_define(n->writer, &s, &n->handle[slot]);
}

static int write_samples(struct noisy *n, uint64_t samples)
{
	uint64_t flush_us = START_US + FLUSH_US;
	double time = (double)START_US;
	int failed = 0;

	for (uint32_t slot = 0; !failed && slot < SLOTS; slot++)
		failed = bear(n, slot);
	for (uint64_t i = 0; !failed && i < samples; i++) {
		uint64_t u = draw(n);
		uint32_t slot = n->zipf[u % TABLE];
		float size = n->exponential[u >> 16 & (TABLE - 1)];
		struct sample s = {.calls = 1, .dir = u >> 63};

		if (i % BORN_EACH == 0)
			failed = bear(n, slot);
		time += (double)n->exponential[u >> 32 & (TABLE - 1)] * (1e6 / RATE);
		s.time_us = (uint64_t)time;
		s.session = n->handle[slot];
		s.bytes =
			u >> 48 & 3 ? 1 + (uint64_t)(size * (50 + 7 * (float)(slot % 300))) : 16384;
		failed |= writer_sample(n->writer, &s);
		if (s.time_us > flush_us) {
			failed |= writer_flush(n->writer, s.time_us);
			flush_us = s.time_us + FLUSH_US;
		}
	}
	return failed ? failed : writer_finish(n->writer, (uint64_t)time);
}

static int write_stream(void *ctx, const void *data, size_t len)
{
	return fwrite(data, 1, len, ctx) == len ? 0 : -1;
}

int main(int argc, char **argv)
{
	static struct noisy n = {.state = 88172645463325252u};
	struct header header = {.recording = 1,
		.start_us = START_US,
		.start_wall_us = WALL_US,
		.host = "bench",
		.coverage = "all"};
	int failed;

	if (argc != 2) {
		fputs("usage: noisy SAMPLES >FILE\n", stderr);
		return 2;
	}
	make_tables(&n);
	failed = writer_new(&n.writer, &header, (struct sink){write_stream, stdout});
	if (!failed)
		failed = writer_clock(n.writer, WALL_US - (int64_t)START_US, 0, "UTC");
	if (!failed)
		failed = write_samples(&n, strtoull(argv[1], NULL, 10));
	writer_free(n.writer);
	if (!failed && !fflush(stdout))
		return 0;
	fputs("noisy: cannot be written\n", stderr);
	return 1;
}
