/* SPDX-License-Identifier: MIT */
/*
 * What a power cut leaves of a file: it ends anywhere, and its last pages may be zeros. All whole
 * blocks before that are read, nothing is invented, and where it begins is said: torn, not damaged.
 */
#include "format/scan.h"
#include "traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct books books;
	struct tape whole, tape;
	struct harvest before, after; /* without and with the zeros */
};

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (f)
		books_small(&f->books, &f->whole);
	return f ? 0 : -1;
}

static int leave(void **state)
{
	struct fixture *f = *state;

	harvest_release(&f->before);
	harvest_release(&f->after);
	tape_release(&f->whole);
	tape_release(&f->tape);
	books_release(&f->books);
	free(f);
	return 0;
}

/* Where the block ends that is the last whole one in the first `len` bytes. */
static size_t last_whole(const struct tape *t, size_t len)
{
	size_t at = 0, end = 0;

	while (at < len) {
		tape_block(t, at, &end);
		if (end > len)
			break;
		at = end;
	}
	return at;
}

static void read_cut(struct fixture *f, size_t len, size_t zeros, struct harvest *h)
{
	static const uint8_t zero[1 << 20];

	f->tape.len = 0;
	tape_append(&f->tape, f->whole.data, len);
	tape_append(&f->tape, zero, zeros);
	harvest_release(h);
	harvest_read(h, &f->tape, &f->books);
}

static void check_cut(struct fixture *f, size_t len, size_t zeros)
{
	size_t good = last_whole(&f->whole, len);
	const struct harvest *h = &f->after;
	uint64_t named;

	read_cut(f, good, 0, &f->before);
	read_cut(f, len, zeros, &f->after);
	assert_int_equal(h->status, FMT_END);
	assert_int_equal(h->seen.len, f->before.seen.len);
	assert_int_equal(h->groups, f->before.groups);
	assert_int_equal(h->summaries, f->before.summaries);
	assert_true(harvest_is_part(h, &f->books));
	/* Every byte behind the last whole block is named: as a torn end, or as damage where there
	 * are so few zeros that something else may have put them there. */
	named = h->stats.damaged_bytes + h->stats.torn_bytes;
	assert_int_equal(named, len - good + zeros);
	if (h->damages) {
		assert_int_equal(h->damage[0].offset, good);
		assert_true(len > good && zeros < TORN_ZEROS);
	} else if (h->stats.torn_bytes) {
		assert_int_equal(h->stats.torn_offset, good);
	}
	assert_true(h->stats.torn_zeros <= h->stats.torn_bytes);
	if (len == good && !h->damages)
		assert_int_equal(h->stats.torn_zeros, zeros);
}

static const size_t zero_lengths[] = {0, 1, 7, 8, 71, 72, 73, 511, 4095, 4096, 4097, 100000};

enum { LENGTHS = sizeof(zero_lengths) / sizeof(zero_lengths[0]) };

static void test_zeros_behind_whole_blocks(void **state)
{
	struct fixture *f = *state;
	size_t end = 0;

	for (size_t at = 0; at < f->whole.len; at = end) {
		tape_block(&f->whole, at, &end);
		for (int i = 0; i < LENGTHS; i++)
			check_cut(f, end, zero_lengths[i]);
	}
	check_cut(f, f->whole.len, 1 << 20);
}

/* Cut at every byte of the last two blocks and of one in the middle. */
static void test_zeros_amid_a_block(void **state)
{
	struct fixture *f = *state;
	size_t ends[3], end, from = tape_block(&f->whole, f->whole.len / 2, &end);

	for (size_t len = from; len <= end; len++)
		for (int i = 0; i < LENGTHS; i++)
			check_cut(f, len, zero_lengths[i]);
	ends[0] = f->whole.len;
	for (int i = 1; i < 3; i++)
		ends[i] = tape_block(&f->whole, ends[i - 1] - 1, &end);
	for (size_t len = ends[2]; len < ends[0]; len++)
		for (int i = 0; i < LENGTHS; i++)
			check_cut(f, len, zero_lengths[i]);
}

/* What does not begin like a block, or goes on where a block would end, is damage with zeros or
 * not. */
static void test_zeros_behind_rubbish(void **state)
{
	struct fixture *f = *state;
	uint8_t rubbish[100], zero[100] = {0};
	size_t begin, end;

	memset(rubbish, 'x', sizeof(rubbish));
	begin = tape_block(&f->whole, f->whole.len - 1, &end);
	for (size_t cut = begin; cut <= end; cut += end - begin) {
		f->tape.len = 0;
		tape_append(&f->tape, f->whole.data, f->whole.len);
		f->tape.data[f->tape.len - 1] ^= cut == begin;
		tape_append(&f->tape, rubbish, sizeof(rubbish));
		tape_append(&f->tape, zero, sizeof(zero));
		harvest_release(&f->after);
		harvest_read(&f->after, &f->tape, &f->books);
		assert_int_equal(f->after.stats.torn_bytes, 0);
		assert_int_equal(f->after.stats.damaged_bytes, f->tape.len - cut);
		assert_int_equal(f->after.damages, cut == begin ? 2 : 1);
	}
}

/* Such an end may grow after all: then it is damage. */
static void test_blocks_behind_zeros(void **state)
{
	struct fixture *f = *state;
	uint8_t zero[100] = {0};
	size_t begin, end, behind;

	begin = tape_block(&f->whole, f->whole.len / 2, &end);
	behind = f->whole.len - end;
	for (size_t keep = begin; keep < end; keep += 40) {
		f->tape.len = 0;
		tape_append(&f->tape, f->whole.data, f->whole.len);
		memset(f->tape.data + keep, 0, end - keep);
		f->tape.len = end;
		tape_append(&f->tape, zero, sizeof(zero));
		tape_append(&f->tape, f->whole.data + end, behind);
		harvest_release(&f->after);
		harvest_read(&f->after, &f->tape, &f->books);
		assert_int_equal(f->after.status, FMT_END);
		assert_int_equal(f->after.stats.torn_bytes, 0);
		assert_int_equal(f->after.stats.damaged_bytes, end - begin + sizeof(zero));
		assert_true(harvest_is_part(&f->after, &f->books));
	}
}

/* Pages that never got to the disk, with good ones behind them. */
static void test_zeros_in_the_middle(void **state)
{
	struct fixture *f = *state;

	for (size_t at = 0; at < f->whole.len; at += 61) {
		size_t len = f->whole.len - at < 300 ? f->whole.len - at : 300;

		f->tape.len = 0;
		tape_append(&f->tape, f->whole.data, f->whole.len);
		memset(f->tape.data + at, 0, len);
		harvest_release(&f->after);
		harvest_read(&f->after, &f->tape, &f->books);
		assert_int_equal(f->after.status, FMT_END);
		assert_true(f->after.damages > 0 || f->after.stats.torn_bytes > 0);
		assert_true(harvest_is_part(&f->after, &f->books));
	}
}

#define test_cut(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_cut(test_zeros_behind_whole_blocks),
		test_cut(test_zeros_amid_a_block),
		test_cut(test_zeros_behind_rubbish),
		test_cut(test_blocks_behind_zeros),
		test_cut(test_zeros_in_the_middle),
	};

	return cmocka_run_group_tests_name("zeros", tests, NULL, NULL);
}
