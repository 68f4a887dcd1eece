/* SPDX-License-Identifier: MIT */
/*
 * A file whose every write fails in turn, in each way that the kernel knows: what is in the file is
 * whole, what is not is a loss that the file tells of, and recording goes on.
 */
#include "record/outage.h"
#include "record/store.h"
#include "record/syncer.h"
#include "traffic.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

/* --- A disk that fails --------------------------------------------------------------------- */

/* What calls to the file at hand come to. */
struct disk {
	int fd;            /* -1: none */
	unsigned writes;   /* so far */
	unsigned at, most; /* these fail: from the one with this number on, so many */
	int error;
	bool torn;     /* half of what it should takes place first */
	bool half;     /* no error, but only half of it takes place */
	unsigned kept; /* calls to ftruncate() that fail */
	int sync_error;
	unsigned syncs;
};

static struct disk disk = {.fd = -1};

/* In place of the C library's. */
ssize_t write(int fd, const void *data, size_t len)
{
	unsigned n;

	if (fd != disk.fd)
		return syscall(SYS_write, fd, data, len);
	n = disk.writes++;
	if (n < disk.at || n - disk.at >= disk.most)
		return syscall(SYS_write, fd, data, len);
	if (disk.half)
		return syscall(SYS_write, fd, data, len / 2 + 1);
	if (disk.torn && len > 1) {
		disk.torn = false;
		disk.at++;
		return syscall(SYS_write, fd, data, len / 2);
	}
	errno = disk.error;
	return -1;
}

int ftruncate(int fd, off_t len)
{
	if (fd == disk.fd && disk.kept) {
		disk.kept--;
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_ftruncate, fd, len);
}

int fdatasync(int fd)
{
	if (disk.fd < 0)
		return (int)syscall(SYS_fdatasync, fd);
	__atomic_fetch_add(&disk.syncs, 1, __ATOMIC_SEQ_CST);
	errno = disk.sync_error;
	return disk.sync_error ? -1 : 0;
}

/* --- A recording on it ---------------------------------------------------------------------- */

enum { STEPS = 24, SAMPLES = 20, SESSIONS = 12 };

struct run {
	struct books books;
	struct store store;
	struct options options;
	struct volume untold;
	struct tape tape;
	struct harvest harvest;
	unsigned outages, ends; /* that were told of */
	char words[OUTAGE_WORDS];
};

static int enter(void **state)
{
	*state = calloc(1, sizeof(struct run));
	return *state ? 0 : -1;
}

static int leave(void **state)
{
	struct run *r = *state;

	disk.fd = -1;
	harvest_release(&r->harvest);
	tape_release(&r->tape);
	books_release(&r->books);
	unlink(r->options.output ? r->options.output : "");
	free(r);
	return 0;
}

static void read_back(struct run *r)
{
	static uint8_t data[1 << 20];
	int fd = open(r->options.output, O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, data, sizeof(data));

	assert_true(len >= 0 && len < (ssize_t)sizeof(data));
	close(fd);
	r->tape.len = 0;
	tape_append(&r->tape, data, (size_t)len);
	harvest_release(&r->harvest);
	harvest_read(&r->harvest, &r->tape, &r->books);
}

static void begin(struct run *r, char path[64])
{
	char error[OUTPUT_ERROR_SIZE] = "";
	struct header header;

	snprintf(path, 64, "/tmp/outage_test.%d", (int)getpid());
	r->options.output = path;
	unlink(path);
	assert_int_equal(store_open(&r->store, &r->options, error), 0);
	books_make(&r->books, SESSIONS, 7);
	books_header(&header, 7);
	assert_int_equal(store_begin(&r->store, &header), FMT_OK);
	books_use(&r->books, r->store.writer);
	disk.fd = r->store.output.fd;
	disk.writes = 0;
}

static void look(struct run *r, struct outage *o)
{
	bool before = o->on;

	if (!outage_look(o, &r->store, r->books.now_us, r->words))
		return;
	r->outages += !before;
	r->ends += before;
}

/* Records, and reads what came of it. */
static void record(struct run *r, int wanted_close)
{
	struct outage outage = {0};
	char path[64];

	begin(r, path);
	for (int i = 0; i < STEPS; i++) {
		books_write(&r->books, SAMPLES);
		/* Now and then a group is so old that it ends. */
		r->books.now_us += i % 8 == 7 ? 1000000000 : 250000;
		if (i < STEPS - 1) /* the last is for the end */
			store_flush(&r->store, r->books.now_us);
		look(r, &outage);
	}
	store_finish(&r->store, r->books.now_us);
	r->untold = store_untold(&r->store);
	assert_int_equal(store_close(&r->store), wanted_close);
	disk.fd = -1;
	read_back(r);
	r->books.writer = NULL;
	store_free(&r->store);
	unlink(path);
	r->options.output = NULL;
}

static void again(struct run *r)
{
	books_release(&r->books);
	harvest_release(&r->harvest);
	tape_release(&r->tape);
	memset(r, 0, sizeof(*r));
}

static struct volume volume_of(const struct seen_list *list)
{
	struct volume v = {0};

	for (size_t i = 0; i < list->len; i++) {
		v.calls[list->at[i].dir] += list->at[i].calls;
		v.bytes[list->at[i].dir] += list->at[i].bytes;
	}
	return v;
}

/* Recorded, told to be lost, and known to be missing are together what was made. */
static void assert_balanced(const struct run *r)
{
	struct volume all = volume_of(&r->books.seen), sum = volume_of(&r->harvest.seen);

	for (uint32_t i = 0; i < r->harvest.losses; i++) {
		assert_int_equal(r->harvest.loss[i].cause, LOST_DISK);
		volume_add(&sum, &r->harvest.loss[i].volume);
	}
	volume_add(&sum, &r->untold);
	assert_memory_equal(&sum, &all, sizeof(all));
	assert_true(harvest_is_part(&r->harvest, &r->books));
}

static void assert_whole_blocks(const struct run *r)
{
	assert_int_equal(r->harvest.status, FMT_END);
	assert_int_equal(r->harvest.damages, 0);
	assert_int_equal(r->harvest.stats.torn_bytes, 0);
	assert_int_equal(r->harvest.stats.bytes, r->tape.len);
}

/* How many writes a recording takes that nothing befalls. */
static unsigned undisturbed(struct run *r)
{
	disk = (struct disk){.fd = -1};
	record(r, 0);
	assert_balanced(r);
	assert_whole_blocks(r);
	assert_true(harvest_is_whole(&r->harvest, &r->books));
	assert_true(r->harvest.stats.finished && r->harvest.groups >= 3);
	assert_int_equal(disk.syncs, 1);
	assert_int_equal(r->outages, 0);
	again(r);
	return disk.writes;
}

static void test_each_write_fails(void **state)
{
	static const int errors[] = {ENOSPC, EDQUOT, EIO};
	struct run *r = *state;
	unsigned writes = undisturbed(r);

	assert_true(writes > STEPS);
	for (unsigned at = 0; at < writes; at++) {
		for (unsigned kind = 0; kind < 8; kind++) {
			disk = (struct disk){.at = at,
				.most = 1 + kind / 2,
				.error = errors[at % 3],
				.torn = kind % 2};
			record(r, 0);
			assert_balanced(r);
			assert_whole_blocks(r);
			/* A summary that fails is no loss, the end block's failure no news. */
			assert_true(r->outages <= 1 && r->ends <= r->outages);
			if (r->harvest.stats.finished)
				assert_int_equal(r->untold.calls[0] + r->untold.calls[1], 0);
			again(r);
		}
	}
}

static void test_room_returns(void **state)
{
	struct run *r = *state;
	unsigned writes = undisturbed(r);

	for (unsigned at = 1; at + 12 < writes; at++) {
		disk = (struct disk){.at = at, .most = 6, .error = ENOSPC, .torn = at % 2};
		record(r, 0);
		assert_balanced(r);
		assert_whole_blocks(r);
		assert_true(r->harvest.losses > 0);
		assert_int_equal(r->harvest.seen.at[r->harvest.seen.len - 1].time_us,
			r->books.seen.at[r->books.seen.len - 1].time_us);
		assert_true(r->harvest.stats.finished);
		assert_int_equal(r->outages, 1);
		assert_int_equal(r->ends, 1);
		assert_non_null(strstr(r->words, "can be written again after "));
		again(r);
	}
}

/* The file ends at its last whole block, and what it cannot tell of is known. */
static void test_room_never_returns(void **state)
{
	struct run *r = *state;
	unsigned writes = undisturbed(r);

	for (unsigned at = 1; at < writes; at++) {
		disk = (struct disk){.at = at, .most = UINT32_MAX, .error = ENOSPC, .torn = at % 2};
		record(r, 0);
		assert_balanced(r);
		assert_whole_blocks(r);
		assert_false(r->harvest.stats.finished);
		assert_int_equal(r->harvest.losses, 0);
		assert_int_equal(r->ends, 0);
		again(r);
	}
}

static void test_interruptions_and_short_writes(void **state)
{
	struct run *r = *state;
	unsigned writes = undisturbed(r);

	for (unsigned at = 0; at < writes; at++) {
		disk = (struct disk){.at = at, .most = 1 + at % 3, .error = EINTR, .torn = at % 2};
		record(r, 0);
		assert_true(harvest_is_whole(&r->harvest, &r->books));
		assert_whole_blocks(r);
		assert_true(r->harvest.stats.finished);
		again(r);
		disk = (struct disk){.at = at, .most = 1 + at % 5, .half = true};
		record(r, 0);
		assert_true(harvest_is_whole(&r->harvest, &r->books));
		assert_whole_blocks(r);
		assert_int_equal(r->outages, 0);
		again(r);
	}
}

/* A file that cannot be cut back at once is later, or has damage that is named. */
static void test_half_a_block_that_stays(void **state)
{
	struct run *r = *state;
	unsigned writes = undisturbed(r);

	for (unsigned at = 1; at + 6 < writes; at++) {
		disk = (struct disk){.at = at, .most = 1, .error = EIO, .torn = true, .kept = 1};
		record(r, 0);
		assert_balanced(r);
		assert_whole_blocks(r);
		again(r);
		disk = (struct disk){.at = at, .most = 1, .error = EIO, .torn = true, .kept = 100};
		record(r, 0);
		assert_balanced(r);
		assert_int_equal(r->harvest.damages, 1);
		assert_true(r->harvest.stats.finished);
		again(r);
	}
}

static void test_failure_that_shows_on_closing(void **state)
{
	struct run *r = *state;

	disk = (struct disk){.sync_error = EIO};
	record(r, -EIO);
	assert_true(harvest_is_whole(&r->harvest, &r->books));
}

static void step(struct run *r, uint64_t later_us)
{
	r->books.now_us += later_us;
	books_write(&r->books, SAMPLES);
	assert_int_equal(store_flush(&r->store, r->books.now_us), FMT_OK);
}

/* Each five seconds, if there is something new; a failure is said once. */
static void test_put_on_the_disk(void **state)
{
	char error[OUTPUT_ERROR_SIZE] = "", path[64];
	struct run *r = *state;
	uint64_t *now_us = &r->books.now_us;

	disk = (struct disk){.fd = -1};
	begin(r, path);
	step(r, 1000000);
	assert_int_equal(store_care(&r->store, *now_us, error), 0);
	syncer_wait(r->store.syncer);
	assert_int_equal(disk.syncs, 0);
	step(r, 4000000);
	assert_int_equal(store_care(&r->store, *now_us, error), 0);
	syncer_wait(r->store.syncer);
	assert_int_equal(disk.syncs, 1);
	assert_int_equal(store_care(&r->store, *now_us, error), 0);
	*now_us += 5000000;
	assert_int_equal(store_care(&r->store, *now_us, error), 0);
	syncer_wait(r->store.syncer);
	assert_int_equal(disk.syncs, 1);
	disk.sync_error = EIO;
	for (int i = 0; i < 3; i++) {
		step(r, 5000000);
		assert_int_equal(store_care(&r->store, *now_us, error), i == 1 ? -EIO : 0);
		syncer_wait(r->store.syncer);
	}
	assert_non_null(strstr(error, ": cannot be put on its disk: Input/output error; "));
	r->books.writer = NULL;
	store_free(&r->store);
}

static void test_words(void **state)
{
	static const char wanted[] = ": No space left on device after 0 bytes; recording goes on, "
				     "and what cannot be written is counted as lost";
	struct outage outage = {0};
	struct run *r = *state;
	char path[64];

	disk = (struct disk){.most = UINT32_MAX, .error = ENOSPC};
	begin(r, path);
	assert_false(outage_look(&outage, &r->store, r->books.now_us, r->words));
	books_write(&r->books, SAMPLES);
	store_flush(&r->store, r->books.now_us);
	assert_true(outage_look(&outage, &r->store, r->books.now_us, r->words));
	assert_string_equal(r->words + strlen(path), wanted);
	assert_true(output_may_recover(&r->store.output));
	for (int i = 0; i < 5; i++) { /* said once */
		r->books.now_us += 250000;
		books_write(&r->books, SAMPLES);
		store_flush(&r->store, r->books.now_us);
		assert_false(outage_look(&outage, &r->store, r->books.now_us, r->words));
	}
	assert_true(outage_rest(&r->store, r->words));
	assert_non_null(strstr(r->words, "its end is missing, which would tell of "));
	disk.most = 0;
	store_flush(&r->store, r->books.now_us);
	assert_false(outage_rest(&r->store, r->words));
	assert_false(outage_look(&outage, &r->store, r->books.now_us, r->words));
	r->books.now_us += 2000000; /* calm for so long */
	assert_true(outage_look(&outage, &r->store, r->books.now_us, r->words));
	assert_non_null(strstr(r->words, ": can be written again after "));
	assert_int_equal(outage.lost_calls, 0);
	store_discard(&r->store);
	assert_int_equal(access(path, F_OK), -1);
	r->books.writer = NULL;
	store_free(&r->store);
	r->options.output = NULL;
}

#define test_on_disk(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_on_disk(test_each_write_fails),
		test_on_disk(test_room_returns),
		test_on_disk(test_room_never_returns),
		test_on_disk(test_interruptions_and_short_writes),
		test_on_disk(test_half_a_block_that_stays),
		test_on_disk(test_failure_that_shows_on_closing),
		test_on_disk(test_put_on_the_disk),
		test_on_disk(test_words),
	};

	return cmocka_run_group_tests_name("outage", tests, NULL, NULL);
}
