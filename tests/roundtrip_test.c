/* SPDX-License-Identifier: MIT */
/* What the writer is told is what the reader tells. */
#include "traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void random_samples(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct tape t = {0};
		struct books b;
		struct harvest h;

		books_open(&b, &t, (uint32_t)(1 + seed * seed * 50), seed);
		books_write(&b, 70000);
		for (int i = 0; i < 20; i++) {
			books_write(&b, (uint32_t)(books_random(&b) % 3000));
			assert_int_equal(writer_flush(b.writer, b.now_us), FMT_OK);
		}
		books_finish(&b);
		harvest_read(&h, &t, &b);
		assert_int_equal(h.status, FMT_END);
		assert_true(harvest_is_whole(&h, &b));
		assert_int_equal(h.damages, 0);
		assert_int_equal(h.groups, h.summaries);
		assert_int_equal(h.finishes, 1);
		assert_true(h.stats.finished);
		assert_int_equal(h.stats.bytes, t.len);
		assert_int_equal(h.stats.torn_bytes, 0);
		assert_int_equal(h.totals.samples, b.seen.len);
		assert_int_equal(h.totals.sessions, b.sessions);
		harvest_release(&h);
		books_release(&b);
		tape_release(&t);
	}
}

/* 1.2 million samples make two groups by their number alone. */
static void many_blocks(void **state)
{
	struct tape t = {0};
	struct books b;
	struct harvest h;

	(void)state;
	books_open(&b, &t, 300, 5);
	books_write(&b, 1200000);
	books_finish(&b);
	harvest_read(&h, &t, &b);
	assert_true(harvest_is_whole(&h, &b));
	assert_int_equal(h.groups, 2);
	assert_int_equal(h.summaries, 2);
	assert_int_equal(h.blocks, 19);
	harvest_release(&h);
	books_release(&b);
	tape_release(&t);
}

/* More sessions than a group can have. */
static void many_sessions(void **state)
{
	const uint32_t n = GROUP_SESSIONS + 10000;
	struct tape t = {0};
	struct books b;
	struct harvest h;

	(void)state;
	books_open(&b, &t, n, 6);
	for (uint32_t i = 0; i < n; i++) {
		struct sample s = books_sample(&b);

		b.seen.at[i].who = i;
		s.session = b.handle[i];
		assert_int_equal(writer_sample(b.writer, &s), FMT_OK);
		if (i % 10000 == 0)
			assert_int_equal(writer_flush(b.writer, b.now_us), FMT_OK);
	}
	books_finish(&b);
	harvest_read(&h, &t, &b);
	assert_int_equal(h.status, FMT_END);
	assert_int_equal(h.damages, 0);
	assert_int_equal(h.groups, 2);
	assert_true(harvest_is_whole(&h, &b));
	assert_int_equal(h.totals.sessions, n);
	harvest_release(&h);
	books_release(&b);
	tape_release(&t);
}

static int by_time(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	/* calls tells the order in which they were written. */
	return x->calls < y->calls ? -1 : x->calls > y->calls;
}

/* Samples come out by time, those of one microsecond as they went in. */
static void out_of_order(void **state)
{
	(void)state;
	for (uint32_t spread = 2; spread < 100000; spread *= 20) {
		struct tape t = {0};
		struct books b;
		struct harvest h;

		books_open(&b, &t, 50, spread);
		for (uint32_t i = 0; i < 30000; i++) {
			struct sample s = books_sample(&b);

			s.time_us = 1000000 + i / 3 + books_random(&b) % spread;
			s.calls = i;
			b.seen.at[i].time_us = s.time_us;
			b.seen.at[i].calls = i;
			assert_int_equal(writer_sample(b.writer, &s), FMT_OK);
		}
		qsort(b.seen.at, b.seen.len, sizeof(*b.seen.at), by_time);
		books_finish(&b);
		harvest_read(&h, &t, &b);
		assert_true(harvest_is_whole(&h, &b));
		harvest_release(&h);
		books_release(&b);
		tape_release(&t);
	}
}

static void limits(void **state)
{
	static const uint64_t sizes[] = {0, 1, 255, 256, 1u << 31, UINT32_MAX, UINT64_MAX};
	char path[PATH_SIZE];
	struct tape t = {0};
	struct books b;
	struct harvest h;

	(void)state;
	books_open(&b, &t, 4, 7);
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	b.session[1].process.cgroup = path;
	for (int i = 0; i < NAME_SIZE - 1; i++)
		b.session[1].process.comm[i] = (char)(i + 1);
	b.session[1].process.comm[NAME_SIZE - 1] = 0;
	b.session[1].process.start_us = b.session[1].process.cgroup_id = UINT64_MAX;
	b.session[2].conn.proto = UINT16_MAX;
	b.session[2].conn.netns = UINT64_MAX;
	memset(b.session[2].conn.laddr, 0xff, 16);
	b.session[2].conn.family = 6;
	memset(&b.session[3].conn, 0, sizeof(b.session[3].conn));
	b.session[3].conn.family = 4;
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(writer_define(b.writer, &b.session[i], &b.handle[i]), FMT_OK);
	for (uint32_t i = 0; i < 4 * 7; i++) {
		struct sample s = books_sample(&b);
		struct seen *seen = &b.seen.at[b.seen.len - 1];

		seen->bytes = s.bytes = sizes[i % 7];
		seen->calls = s.calls = (uint32_t)sizes[i % 6];
		seen->flags = s.flags = (uint8_t)(i * 9);
		seen->time_us = s.time_us = i < 14 ? 0 : UINT64_MAX - 20 + i / 2;
		assert_int_equal(writer_sample(b.writer, &s), FMT_OK);
	}
	assert_int_equal(writer_finish(b.writer, UINT64_MAX), FMT_OK);
	harvest_read(&h, &t, &b);
	assert_int_equal(h.damages, 0);
	assert_true(harvest_is_whole(&h, &b));
	harvest_release(&h);
	books_release(&b);
	tape_release(&t);
}

static void header_comes_back(void **state)
{
	char big[TEXT_SIZE];
	const struct header in = {
		.recording = UINT64_MAX,
		.start_us = UINT64_MAX - 1,
		.start_wall_us = INT64_MIN,
		.zone_offset_s = -43200,
		.cpus = UINT32_MAX,
		.zone = "zone",
		.host = "host",
		.boot_id = "boot",
		.kernel = "kernel",
		.tool = "tool",
		.command = big,
		.filters = NULL,
		.hooks = "\x01\xff",
		.coverage = "two\nlines",
		.selftest = "seen\nnot seen",
	};
	const struct header *out;
	struct tape t = {0};
	struct writer *w;
	struct reader *r;
	struct item item;

	(void)state;
	memset(big, 'c', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	assert_int_equal(writer_new(&w, &in, tape_sink(&t)), FMT_OK);
	assert_int_equal(writer_finish(w, 1), FMT_OK);
	assert_int_equal(reader_new(&r, tape_source(&t)), FMT_OK);
	assert_int_equal(reader_next(r, &item), FMT_OK);
	assert_int_equal(item.kind, ITEM_GROUP);
	out = item.header;
	assert_int_equal(out->recording, in.recording);
	assert_int_equal(out->start_us, in.start_us);
	assert_true(out->start_wall_us == in.start_wall_us);
	assert_int_equal(out->zone_offset_s, in.zone_offset_s);
	assert_int_equal(out->cpus, in.cpus);
	assert_string_equal(out->zone, in.zone);
	assert_string_equal(out->host, in.host);
	assert_string_equal(out->boot_id, in.boot_id);
	assert_string_equal(out->kernel, in.kernel);
	assert_string_equal(out->tool, in.tool);
	assert_string_equal(out->command, in.command);
	assert_string_equal(out->filters, "");
	assert_string_equal(out->hooks, in.hooks);
	assert_string_equal(out->coverage, in.coverage);
	assert_string_equal(out->selftest, in.selftest);
	assert_int_equal(reader_next(r, &item), FMT_OK);
	assert_int_equal(item.kind, ITEM_FINISH);
	assert_int_equal(reader_next(r, &item), FMT_END);
	reader_free(r);
	writer_free(w);
	tape_release(&t);
}

/* An hour without traffic, a load a second: small, in few groups. */
static void idle(void **state)
{
	struct tape t = {0};
	struct books b;
	struct harvest h;

	(void)state;
	books_open(&b, &t, 1, 8);
	for (uint32_t i = 0; i < 3600; i++) {
		struct load load = {.time_us = b.now_us += 1000000,
			.avg = {i, 2 * i, UINT32_MAX},
			.running = 3,
			.threads = 400,
			.last_pid = i};

		assert_int_equal(writer_load(b.writer, &load), FMT_OK);
		assert_int_equal(writer_flush(b.writer, b.now_us), FMT_OK);
		assert_int_equal(writer_flush(b.writer, b.now_us), FMT_OK);
	}
	books_finish(&b);
	assert_true(t.len < 3600 * 150);
	harvest_read(&h, &t, &b);
	assert_int_equal(h.blocks, 3600);
	assert_int_equal(h.damages, 0);
	assert_true(h.groups < 3600 / 100);
	assert_int_equal(h.load[63].avg[1], 2 * 63);
	assert_int_equal(h.load[63].avg[2], UINT32_MAX);
	assert_int_equal(h.load[63].running, 3);
	assert_int_equal(h.load[63].threads, 400);
	assert_int_equal(h.load[63].last_pid, 63);
	harvest_release(&h);
	books_release(&b);
	tape_release(&t);
}

static void losses(void **state)
{
	const struct loss in = {.from_us = 3,
		.to_us = UINT64_MAX,
		.cause = LOST_MEMORY,
		.cpu = UINT32_MAX,
		.volume = {{UINT64_MAX, 1}, {2, UINT64_MAX}}};
	struct tape t = {0};
	struct books b;
	struct harvest h;

	(void)state;
	books_open(&b, &t, 3, 9);
	books_write(&b, 5);
	assert_int_equal(writer_loss(b.writer, &in), FMT_OK);
	books_finish(&b);
	harvest_read(&h, &t, &b);
	assert_true(harvest_is_whole(&h, &b));
	assert_int_equal(h.losses, 1);
	assert_memory_equal(&h.loss[0], &in, sizeof(in));
	assert_memory_equal(&h.summary.lost, &in.volume, sizeof(in.volume));
	assert_memory_equal(&h.totals.lost, &in.volume, sizeof(in.volume));
	harvest_release(&h);
	books_release(&b);
	tape_release(&t);
}

/* Defined and forgotten again and again, in one group and in later ones. */
static void short_sessions(void **state)
{
	struct tape t = {0};
	struct books b;
	struct harvest h;

	(void)state;
	books_open(&b, &t, 500, 10);
	for (uint32_t i = 0; i < 20000; i++) {
		uint32_t who = (uint32_t)(books_random(&b) % b.sessions);

		books_write(&b, 1);
		writer_forget(b.writer, b.handle[who]);
		writer_forget(b.writer, b.handle[who]);
		assert_int_equal(writer_define(b.writer, &b.session[who], &b.handle[who]), FMT_OK);
		if (i % 1000 == 0) {
			b.now_us += 700000000;
			assert_int_equal(writer_flush(b.writer, b.now_us), FMT_OK);
		}
	}
	books_finish(&b);
	harvest_read(&h, &t, &b);
	assert_true(harvest_is_whole(&h, &b));
	assert_true(h.groups >= 20);
	harvest_release(&h);
	books_release(&b);
	tape_release(&t);
}

static void clock_steps(void **state)
{
	struct tape t = {0};
	struct books b;
	struct harvest h;

	(void)state;
	books_open(&b, &t, 3, 11);
	assert_int_equal(writer_clock(b.writer, -500, 0, "UTC"), FMT_OK);
	books_write(&b, 5);
	assert_int_equal(writer_clock(b.writer, -500, 7200, "CEST"), FMT_OK);
	books_write(&b, 5);
	assert_int_equal(t.len, 0);
	assert_int_equal(writer_clock(b.writer, INT64_MAX, 7200, "CEST"), FMT_OK);
	assert_true(t.len > 0);
	books_write(&b, 5);
	books_finish(&b);
	harvest_read(&h, &t, &b);
	assert_true(harvest_is_whole(&h, &b));
	assert_int_equal(h.blocks, 2);
	assert_true(h.wall_offset_us == INT64_MAX);
	harvest_release(&h);
	books_release(&b);
	tape_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_samples),
		cmocka_unit_test(many_blocks),
		cmocka_unit_test(many_sessions),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(limits),
		cmocka_unit_test(header_comes_back),
		cmocka_unit_test(idle),
		cmocka_unit_test(losses),
		cmocka_unit_test(short_sessions),
		cmocka_unit_test(clock_steps),
	};

	return cmocka_run_group_tests_name("roundtrip", tests, NULL, NULL);
}
