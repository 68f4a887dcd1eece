/* SPDX-License-Identifier: MIT */
/* When a flight recorder begins another file, what it says when it cannot, and its books. */
#include "record/store.h"

#include "record/syncer.h"

#include "format/reader.h"
#include "scratch.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000)
#define START  (1000 * SECOND) /* boot clock */
#define NOBODY 65534

static const int64_t wall_offset = INT64_C(1795168500000000) - (int64_t)START;

static const struct session session = {
	{.pid = 101, .cgroup = "/", .comm = "curl"}, {PROTO_TCP, 4, {10}, {192}, 40000, 443, 1}};

/* A disk that, where it is slow, is done when the test says so: a byte for each time. */
static bool slow;
static int done[2];
static int answer; /* an errno */

int fdatasync(int fd)
{
	char byte;

	if (fcntl(fd, F_GETFD) < 0 || (slow && read(done[0], &byte, 1) != 1))
		abort();
	errno = answer;
	return answer ? -1 : 0;
}

/* Each test runs in a directory of its own, and as somebody whom a mode can stop. */
static int enter(void **state)
{
	slow = false;
	answer = 0;
	if (scratch_enter(state))
		return -1;
	return geteuid() ? 0 : chown(".", NOBODY, NOBODY) || seteuid(NOBODY);
}

static int leave(void **state)
{
	return seteuid(getuid()) || scratch_leave(state);
}

/* A store with one session, whose handle is 0. */
static void open_store(struct store *s, const struct options *o)
{
	const struct header header = {
		.recording = 7, .start_us = START, .start_wall_us = (int64_t)START + wall_offset};
	char error[OUTPUT_ERROR_SIZE];
	uint32_t handle;

	memset(s, 0, sizeof(*s));
	if (store_open(s, o, error))
		fail_msg("%s", error);
	assert_int_equal(store_begin(s, &header), FMT_OK);
	assert_int_equal(writer_clock(s->writer, wall_offset, 0, "UTC"), FMT_OK);
	assert_int_equal(writer_define(s->writer, &session, &handle), FMT_OK);
	assert_int_equal(handle, 0);
}

static void call(struct store *s, uint64_t now_us, uint64_t bytes)
{
	const struct sample sample = {.time_us = now_us, .bytes = bytes, .calls = 1};

	assert_int_equal(writer_sample(s->writer, &sample), FMT_OK);
}

static int rotate(struct store *s, uint64_t now_us, char error[OUTPUT_ERROR_SIZE])
{
	int status, err = store_rotate(s, now_us, wall_offset, &status, error);

	assert_int_equal(status, FMT_OK);
	return err;
}

static void rotate_well(struct store *s, uint64_t now_us)
{
	char error[OUTPUT_ERROR_SIZE];

	if (rotate(s, now_us, error))
		fail_msg("%s", error);
}

static unsigned files(void)
{
	DIR *dir = opendir(".");
	const struct dirent *entry;
	unsigned n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* Each a little late, and yet not later and later. */
static void in_time(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND};
	uint64_t now = START;
	struct store s;

	(void)state;
	open_store(&s, &o);
	assert_false(store_is_due(&s, now));
	assert_int_equal(store_left_us(&s, now), SECOND);
	for (int i = 1; i <= 10; i++) {
		now = START + (uint64_t)i * SECOND;
		assert_false(store_is_due(&s, now - 1));
		assert_int_equal(store_left_us(&s, now - 1), 1);
		assert_true(store_is_due(&s, now));
		assert_int_equal(store_left_us(&s, now + 3000), 0);
		rotate_well(&s, now + 3000);
		assert_int_equal(store_left_us(&s, now + 3000), SECOND - 3000);
	}
	/* After a suspend there is one, not one for each second that was slept. */
	now += 3600 * SECOND;
	assert_true(store_is_due(&s, now));
	rotate_well(&s, now);
	assert_int_equal(store_left_us(&s, now), SECOND);
	assert_int_equal(store_finish(&s, now), FMT_OK);
	store_free(&s);
}

/* One that is begun because of the size is not cut short by the clock. */
static void by_size_as_well(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND, .rotate_size = 64 << 10};
	struct store s;

	(void)state;
	open_store(&s, &o);
	s.output.size = 64 << 10;
	assert_true(store_is_due(&s, START + 900000));
	rotate_well(&s, START + 900000);
	assert_false(store_is_due(&s, START + SECOND));
	assert_int_equal(store_left_us(&s, START + SECOND), 900000);
	assert_int_equal(store_finish(&s, START + SECOND), FMT_OK);
	store_free(&s);
}

/* Without --rotate there is nothing to wait for. */
static void not_by_time(void **state)
{
	const struct options size = {.output = "x", .rotate_size = 64 << 10}, one = {.output = "y"};
	struct store s;

	(void)state;
	open_store(&s, &size);
	assert_int_equal(store_left_us(&s, START), UINT64_MAX);
	assert_false(store_is_due(&s, START + 86400 * SECOND));
	store_free(&s);
	open_store(&s, &one);
	assert_int_equal(store_left_us(&s, START), UINT64_MAX);
	assert_false(store_is_due(&s, START + 86400 * SECOND));
	store_free(&s);
}

/* The old file goes on; it is said once, and again after it worked in between. */
static void no_next_file(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND};
	char error[OUTPUT_ERROR_SIZE];
	uint64_t now = START + SECOND;
	struct store s;

	(void)state;
	open_store(&s, &o);
	for (int round = 0; round < 2; round++) {
		const char *name = s.output.name;

		assert_int_equal(chmod(".", 0500), 0);
		assert_int_equal(rotate(&s, now, error), -EACCES);
		assert_string_equal(error, "x: cannot make the next file: Permission denied");
		assert_string_equal(s.output.name, name);
		assert_false(store_is_due(&s, now + SECOND)); /* not at once again */
		assert_true(store_left_us(&s, now + SECOND) > SECOND);
		now += 100 * SECOND;
		assert_true(store_is_due(&s, now));
		assert_int_equal(rotate(&s, now, error), 0);
		assert_string_equal(s.output.name, name);
		call(&s, now, 5);
		assert_int_equal(chmod(".", 0700), 0);
		now += 100 * SECOND;
		rotate_well(&s, now);
		assert_string_not_equal(s.output.name, name);
		now += SECOND;
	}
	assert_int_equal(store_totals(&s).volume.bytes[DIR_RX], 10);
	assert_int_equal(store_finish(&s, now), FMT_OK);
	store_free(&s);
}

/* One that nothing can be written to is enough. */
static void no_room(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND, .keep = 1};
	uint64_t now = START;
	const char *name;
	struct store s;

	(void)state;
	open_store(&s, &o);
	call(&s, now, 1);
	now += SECOND;
	rotate_well(&s, now);
	name = s.output.name;
	s.output.error = -ENOSPC;
	for (int i = 0; i < 3; i++) {
		now += SECOND;
		assert_true(store_is_due(&s, now));
		rotate_well(&s, now);
		assert_string_equal(s.output.name, name);
		assert_int_equal(store_left_us(&s, now), SECOND);
		assert_int_equal(files(), 2);
	}
	call(&s, now, 2);
	assert_int_equal(store_flush(&s, now), FMT_OK);
	now += SECOND;
	rotate_well(&s, now);
	assert_string_not_equal(s.output.name, name);
	assert_int_equal(store_totals(&s).volume.bytes[DIR_RX], 3);
	assert_int_equal(store_finish(&s, now), FMT_OK);
	store_free(&s);
}

/* An old file that stays is said once, and again after a time at which all went. */
static void an_old_file_stays(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND, .keep = 1};
	char error[OUTPUT_ERROR_SIZE];
	uint64_t now = START;
	struct store s;

	(void)state;
	open_store(&s, &o);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3; i++) {
			now += SECOND;
			call(&s, now, 1);
			rotate_well(&s, now);
			assert_int_equal(store_settle(&s, error), 0); /* it holds nothing yet */
			call(&s, now, 1);
			assert_int_equal(store_flush(&s, now), FMT_OK);
			assert_int_equal(chmod(".", 0500), 0);
			assert_int_equal(store_settle(&s, error), i ? 0 : -EACCES);
			assert_int_equal(store_settle(&s, error), 0); /* not again for this one */
			assert_int_equal(chmod(".", 0700), 0);
		}
		now += SECOND;
		rotate_well(&s, now);
		call(&s, now, 1);
		assert_int_equal(store_flush(&s, now), FMT_OK);
		assert_int_equal(store_settle(&s, error), 0);
	}
	assert_int_equal(store_finish(&s, now), FMT_OK);
	store_free(&s);
}

/* The disk is done with the oldest request, and the store hears of it. */
static void disk_is_done(struct store *s)
{
	char error[OUTPUT_ERROR_SIZE];

	assert_int_equal(write(done[1], "", 1), 1);
	syncer_wait(s->syncer);
	assert_int_equal(store_care(s, 0, error), 0);
}

static bool is_there(const char *name)
{
	return !access(name, F_OK);
}

/* Nobody waits for it, and nothing is removed before it is done; the next rotation waits. */
static void slow_disk(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND, .keep = 1};
	char error[OUTPUT_ERROR_SIZE], first[64];
	struct store s;

	(void)state;
	assert_int_equal(pipe2(done, O_CLOEXEC), 0);
	open_store(&s, &o);
	snprintf(first, sizeof(first), "%s", s.output.name);
	call(&s, START, 1);
	assert_int_equal(store_flush(&s, START), FMT_OK);
	assert_int_equal(store_settle(&s, error), 0);
	slow = true;
	rotate_well(&s, START + SECOND);
	call(&s, START + SECOND, 1);
	assert_int_equal(store_flush(&s, START + SECOND), FMT_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(store_care(&s, 0, error), 0);
	assert_true(s.await == AWAIT_OLD && !syncer_is_idle(s.syncer));
	disk_is_done(&s);
	assert_true(s.await == AWAIT_NEW && !syncer_is_idle(s.syncer));
	assert_true(is_there(first));
	disk_is_done(&s);
	assert_false(is_there(first));
	rotate_well(&s, START + 2 * SECOND);
	call(&s, START + 2 * SECOND, 1);
	assert_int_equal(store_flush(&s, START + 2 * SECOND), FMT_OK);
	assert_true(is_there("x.20261120T095501Z"));
	assert_int_equal(write(done[1], "..", 2), 2); /* for both that it has to wait for */
	rotate_well(&s, START + 3 * SECOND);
	assert_false(is_there("x.20261120T095501Z"));
	assert_true(is_there("x.20261120T095502Z"));
	slow = false;
	assert_int_equal(store_finish(&s, START + 3 * SECOND), FMT_OK);
	assert_int_equal(store_settle(&s, error), 0);
	assert_false(is_there("x.20261120T095502Z"));
	store_free(&s);
	close(done[0]);
	close(done[1]);
}

/* All that failed while nobody looked is said, each with its words, and then the file is made. */
static void bad_disk(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND, .keep = 1};
	char error[OUTPUT_ERROR_SIZE] = "";
	struct store s;

	(void)state;
	open_store(&s, &o);
	call(&s, START, 1);
	assert_int_equal(store_flush(&s, START), FMT_OK);
	rotate_well(&s, START + SECOND);
	call(&s, START + SECOND, 1);
	assert_int_equal(store_flush(&s, START + SECOND), FMT_OK);
	answer = EIO;
	assert_int_equal(rotate(&s, START + 2 * SECOND, error), -EIO);
	assert_non_null(strstr(error, "; its end may be missing"));
	assert_true(store_is_due(&s, START + 2 * SECOND));
	assert_int_equal(rotate(&s, START + 2 * SECOND, error), -EIO);
	assert_non_null(strstr(error, "x.20261120T095501Z: cannot be put on its disk: "));
	assert_non_null(strstr(error, "; older files stay for now"));
	rotate_well(&s, START + 2 * SECOND);
	assert_int_equal(files(), 3);
	answer = 0;
	assert_int_equal(store_finish(&s, START + 2 * SECOND), FMT_OK);
	assert_int_equal(store_settle(&s, error), 0);
	assert_int_equal(files(), 1);
	store_free(&s);
}

/* Each file is done before it is flushed, so that it holds nothing until then. */
static void never_flushed(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND, .keep = 2};
	char error[OUTPUT_ERROR_SIZE], last[64];
	uint64_t now = START;
	struct store s;

	(void)state;
	open_store(&s, &o);
	for (int i = 0; i < 10; i++) {
		snprintf(last, sizeof(last), "%s", s.output.name);
		now += SECOND;
		rotate_well(&s, now);
		assert_int_equal(s.output.size, 0);
		assert_true(files() <= 4);
		assert_int_equal(store_settle(&s, error), 0);
		/* What holds nothing is in no other's place. */
		assert_int_equal(files(), i ? 3 : 2);
		assert_true(is_there(last));
	}
	call(&s, now, 1);
	assert_int_equal(store_finish(&s, now), FMT_OK);
	assert_int_equal(store_settle(&s, error), 0);
	assert_int_equal(files(), 2);
	store_free(&s);
}

static int64_t read_file(void *ctx, void *data, size_t len)
{
	return read(*(int *)ctx, data, len);
}

/* What a file says of itself: its samples' bytes, its part, and whether another one follows. */
static void check_file(const char *name, uint64_t bytes, uint32_t part, bool continues)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	uint64_t sum = 0;
	struct reader *r;
	struct item item;

	assert_true(fd >= 0);
	assert_int_equal(reader_new(&r, (struct source){read_file, &fd}), FMT_OK);
	while (reader_next(r, &item) == FMT_OK) {
		assert_int_not_equal(item.kind, ITEM_DAMAGE);
		if (item.kind == ITEM_GROUP) {
			assert_int_equal(item.header->series, 7);
			assert_int_equal(item.header->part, part);
		}
		for (uint32_t i = 0; item.kind == ITEM_BLOCK && i < item.block->samples; i++)
			sum += item.block->bytes[i];
		if (item.kind == ITEM_FINISH)
			assert_int_equal(item.totals->volume.bytes[DIR_RX], sum);
	}
	assert_int_equal(sum, bytes);
	assert_true(reader_stats(r)->finished);
	assert_int_equal(reader_stats(r)->continues, continues);
	reader_free(r);
	close(fd);
}

/* Each sample is in one file, which is whole; the totals are over all. */
static void books_over_files(void **state)
{
	const struct options o = {.output = "x", .rotate_us = SECOND};
	struct store s;

	(void)state;
	open_store(&s, &o);
	for (uint64_t part = 0; part < 3; part++) {
		uint64_t now = START + part * SECOND;

		if (part)
			rotate_well(&s, now);
		call(&s, now + 1, 10 + part);
		assert_int_equal(store_flush(&s, now), FMT_OK);
		call(&s, now + 2, 100 + part); /* and what is not flushed */
	}
	assert_int_equal(store_finish(&s, START + 3 * SECOND), FMT_OK);
	assert_int_equal(store_totals(&s).samples, 6);
	assert_int_equal(store_totals(&s).sessions, 1);
	assert_int_equal(store_totals(&s).volume.bytes[DIR_RX], 336);
	assert_int_equal(store_close(&s), 0);
	store_free(&s);
	assert_int_equal(rename("x.20261120T095501Z", "1"), 0);
	check_file("1", 112, 1, true);
	check_file("x.20261120T095502Z", 114, 2, false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_time),
		TEST(by_size_as_well),
		TEST(not_by_time),
		TEST(no_next_file),
		TEST(no_room),
		TEST(an_old_file_stays),
		TEST(slow_disk),
		TEST(bad_disk),
		TEST(never_flushed),
		TEST(books_over_files),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
