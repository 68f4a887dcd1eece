/* SPDX-License-Identifier: MIT */
/* What the writer does when its sink fails, at its limits, and when there is little to write. */
#include "traffic.h"

#include "format/block.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int open_books(void **state)
{
	struct books *b = calloc(1, sizeof(*b));

	*state = b;
	return b ? 0 : -1;
}

static int close_books(void **state)
{
	books_release(*state);
	free(*state);
	return 0;
}

static void empty_recording(void **state)
{
	struct books *b = *state;
	struct tape t = {0};
	struct harvest h;

	books_open(b, &t, 1, 1);
	assert_int_equal(writer_flush(b->writer, 5), FMT_OK);
	assert_int_equal(t.len, 0);
	books_finish(b);
	harvest_read(&h, &t, b);
	assert_int_equal(h.status, FMT_END);
	assert_int_equal(h.groups, 1);
	assert_int_equal(h.finishes, 1);
	assert_int_equal(h.damages, 0);
	assert_int_equal(h.stats.blocks, 2);
	tape_release(&t);
}

/* The same flush time and again costs nothing while there is nothing. */
static void flush_of_nothing(void **state)
{
	struct books *b = *state;
	struct tape t = {0};
	size_t len;

	books_open(b, &t, 2, 2);
	books_write(b, 3);
	assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
	len = t.len;
	assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
	assert_int_equal(t.len, len);
	books_finish(b);
	tape_release(&t);
}

/* What could not be written is accounted for, to the byte, and the rest is whole. */
static void full_disk(void **state)
{
	struct books *b = *state;
	struct tape t = {0};
	struct volume lost = {{0, 0}, {0, 0}};
	struct harvest h;
	size_t from, to;

	books_open(b, &t, 20, 3);
	books_write(b, 1000);
	assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
	from = b->seen.len;
	t.full = true;
	for (int i = 0; i < 3; i++) {
		books_write(b, 500);
		assert_int_equal(writer_flush(b->writer, b->now_us), FMT_EIO);
	}
	to = b->seen.len;
	assert_true(t.refused >= 3);
	t.full = false;
	books_write(b, 1000);
	books_finish(b);
	for (size_t i = from; i < to; i++) {
		lost.calls[b->seen.at[i].dir] += b->seen.at[i].calls;
		lost.bytes[b->seen.at[i].dir] += b->seen.at[i].bytes;
	}
	memmove(b->seen.at + from, b->seen.at + to, (b->seen.len - to) * sizeof(*b->seen.at));
	b->seen.len -= to - from;
	harvest_read(&h, &t, b);
	assert_int_equal(h.damages, 0);
	assert_true(harvest_is_whole(&h, b));
	assert_int_equal(h.losses, 1);
	assert_int_equal(h.loss[0].cause, LOST_DISK);
	assert_int_equal(h.loss[0].cpu, UINT32_MAX);
	assert_memory_equal(&h.loss[0].volume, &lost, sizeof(lost));
	assert_memory_equal(&h.totals.lost, &lost, sizeof(lost));
	assert_int_equal(h.totals.samples, b->seen.len);
	harvest_release(&h);
	tape_release(&t);
}

/* A loss that was noted while the disk was full reaches the file later. */
static void losses_outlive_a_full_disk(void **state)
{
	struct books *b = *state;
	struct loss loss = {.from_us = 1,
		.to_us = 2,
		.cause = LOST_RING,
		.cpu = 3,
		.volume = {{1, 0}, {100, 0}}};
	struct tape t = {.full = true};
	struct harvest h;

	books_open(b, &t, 2, 4);
	for (int i = 0; i < 20000; i++) {
		int status = writer_loss(b->writer, &loss);

		assert_true(status == FMT_OK || status == FMT_EIO);
	}
	t.full = false;
	books_finish(b);
	harvest_read(&h, &t, b);
	assert_int_equal(h.damages, 0);
	assert_int_equal(h.totals.lost.calls[DIR_RX], 20000);
	assert_int_equal(h.summary.lost.calls[DIR_RX], 20000);
	assert_int_equal(h.summary.lost.bytes[DIR_RX], 2000000);
	harvest_release(&h);
	tape_release(&t);
}

/* A full block closes itself; a failure then is told to who gave the sample. */
static void full_disk_in_a_sample(void **state)
{
	struct books *b = *state;
	struct tape t = {.full = true};
	struct sample s;

	books_open(b, &t, 2, 5);
	books_write(b, BLOCK_SAMPLES - 1);
	s = books_sample(b);
	assert_int_equal(writer_sample(b->writer, &s), FMT_EIO);
	assert_int_equal(writer_totals(b->writer)->samples, 0);
	t.full = false;
	books_write(b, 1);
	assert_int_equal(writer_totals(b->writer)->samples, 1);
	assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
	tape_release(&t);
}

static void refuses(void **state)
{
	struct books *b = *state;
	char path[PATH_SIZE + 1], zone[NAME_SIZE + 1], text[TEXT_SIZE + 1];
	struct sample s = {.session = 0, .calls = 1};
	struct loss loss = {.from_us = 2, .to_us = 1};
	struct header header = {.coverage = text};
	struct session session;
	struct writer *w;
	struct tape t = {0};
	uint32_t handle;

	books_open(b, &t, 1, 6);
	memset(path, 'p', PATH_SIZE);
	path[PATH_SIZE] = 0;
	memset(zone, 'z', NAME_SIZE);
	zone[NAME_SIZE] = 0;
	memset(text, 't', TEXT_SIZE);
	text[TEXT_SIZE] = 0;
	s.dir = 2;
	assert_int_equal(writer_sample(b->writer, &s), FMT_ELIMIT);
	s.dir = 0;
	s.session = 1;
	assert_int_equal(writer_sample(b->writer, &s), FMT_ELIMIT);
	s.session = 0;
	assert_int_equal(writer_sample(b->writer, &s), FMT_OK);
	writer_forget(b->writer, 0);
	assert_int_equal(writer_sample(b->writer, &s), FMT_ELIMIT);
	writer_forget(b->writer, 77);
	assert_int_equal(writer_loss(b->writer, &loss), FMT_ELIMIT);
	session = b->session[0];
	session.process.cgroup = path;
	assert_int_equal(writer_define(b->writer, &session, &handle), FMT_ELIMIT);
	session = b->session[0];
	memset(session.process.comm, 'c', NAME_SIZE);
	assert_int_equal(writer_define(b->writer, &session, &handle), FMT_ELIMIT);
	session = b->session[0];
	session.conn.family = 5;
	assert_int_equal(writer_define(b->writer, &session, &handle), FMT_ELIMIT);
	assert_int_equal(writer_clock(b->writer, 0, 0, zone), FMT_ELIMIT);
	assert_int_equal(writer_new(&w, &header, tape_sink(&t)), FMT_ELIMIT);
	assert_null(w);
	assert_int_equal(writer_totals(b->writer)->samples, 1);
	tape_release(&t);
}

/* Long paths fill a group's strings before its sessions. */
static void long_paths(void **state)
{
	enum { PATHS = 1500 };
	struct books *b = *state;
	char *paths = malloc((size_t)PATHS * PATH_SIZE);
	struct tape t = {0};
	struct harvest h;

	assert_non_null(paths);
	books_open(b, &t, PATHS, 7);
	for (uint32_t i = 0; i < PATHS; i++) {
		char *path = paths + (size_t)i * PATH_SIZE;
		struct sample s = books_sample(b);

		for (int k = 0; k < PATH_SIZE - 1; k++)
			path[k] = (char)('a' + books_random(b) % 26);
		path[PATH_SIZE - 1] = 0;
		b->session[i].process.cgroup = path;
		writer_forget(b->writer, b->handle[i]);
		assert_int_equal(writer_define(b->writer, &b->session[i], &b->handle[i]), FMT_OK);
		b->seen.at[i].who = i;
		s.session = b->handle[i];
		assert_int_equal(writer_sample(b->writer, &s), FMT_OK);
	}
	books_finish(b);
	harvest_read(&h, &t, b);
	assert_int_equal(h.damages, 0);
	assert_int_equal(h.groups, 2);
	assert_true(harvest_is_whole(&h, b));
	harvest_release(&h);
	tape_release(&t);
	free(paths);
}

/* Groups follow one another by age only where that costs little beside the samples. */
static void groups_by_age(void **state)
{
	struct books *b = *state;
	struct tape t = {0};
	struct harvest h;

	books_open(b, &t, 10, 8);
	for (int i = 0; i < 120; i++) {
		books_write(b, i < 60 ? 20000 : 2);
		b->now_us = 1000000 + 1000000u * (unsigned int)(i + 1);
		assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
	}
	books_finish(b);
	harvest_read(&h, &t, b);
	assert_true(h.groups >= 6);
	assert_true(h.groups <= 8);
	harvest_release(&h);
	tape_release(&t);
}

/* The next item of this kind. */
static struct item next_of(struct reader *r, enum item_kind kind)
{
	struct item item;

	do
		assert_int_equal(reader_next(r, &item), FMT_OK);
	while (item.kind != kind);
	return item;
}

/* Two files that follow each other, here on one tape: each says which it is, the first that the
 * other one comes. */
static void a_series(void **state)
{
	const struct header alone = {.recording = 5};
	struct header header = {.recording = 77, .series = 77};
	struct books *b = *state;
	struct tape t = {0};
	struct reader *r;
	struct item item;
	uint32_t handle;
	struct writer *w;

	books_open(b, &t, 1, 1);
	tape_release(&t);
	t = (struct tape){0};
	assert_int_equal(writer_new(&w, &header, tape_sink(&t)), FMT_OK);
	assert_int_equal(writer_define(w, &b->session[0], &handle), FMT_OK);
	for (uint32_t part = 0; part < 2; part++) {
		const struct sample s = {
			.time_us = 10 + part, .bytes = 3 + part, .calls = 1, .session = handle};

		assert_int_equal(writer_sample(w, &s), FMT_OK);
		if (part)
			break;
		assert_int_equal(writer_hand_over(w, 11), FMT_OK);
		header.recording = 78;
		header.part = 1;
		assert_int_equal(writer_restart(w, &header), FMT_OK);
	}
	assert_int_equal(writer_finish(w, 12), FMT_OK);
	assert_int_equal(writer_totals(w)->samples, 1);
	writer_free(w);
	r = tape_reader(&t);
	for (uint32_t part = 0; part < 2; part++) {
		item = next_of(r, ITEM_GROUP);
		assert_int_equal(item.header->recording, 77 + part);
		assert_int_equal(item.header->series, 77);
		assert_int_equal(item.header->part, part);
		item = next_of(r, ITEM_BLOCK);
		assert_int_equal(item.block->samples, 1);
		assert_int_equal(item.block->bytes[0], 3 + part);
		next_of(r, ITEM_FINISH);
		assert_int_equal(reader_stats(r)->continues, !part);
	}
	tape_release(&t);
	/* A file that stands alone says nothing of it. */
	t = (struct tape){0};
	assert_int_equal(writer_new(&w, &alone, tape_sink(&t)), FMT_OK);
	assert_int_equal(writer_finish(w, 12), FMT_OK);
	writer_free(w);
	r = tape_reader(&t);
	assert_int_equal(next_of(r, ITEM_GROUP).header->series, 0);
	next_of(r, ITEM_FINISH);
	assert_true(reader_stats(r)->finished);
	assert_false(reader_stats(r)->continues);
	tape_release(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_books, close_books)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty_recording),
		TEST(flush_of_nothing),
		TEST(full_disk),
		TEST(losses_outlive_a_full_disk),
		TEST(full_disk_in_a_sample),
		TEST(refuses),
		TEST(long_paths),
		TEST(groups_by_age),
		TEST(a_series),
	};

	return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
