/* SPDX-License-Identifier: MIT */
/*
 * Damage of every kind, from a file and from a pipe: nothing wrong is given as good, what is intact
 * is given, and a file's summaries restore lost definitions.
 */
#include "fixture.h"

#include "format/block.h"
#include "format/bytes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PER_BLOCK = SMALL_PER_BLOCK, BLOCKS = SMALL_BLOCKS };

static void flip_payload(struct fixture *f, unsigned int block)
{
	size_t end, at = nth_block(&f->tape, block, &end);

	f->tape.data[at + BLOCK_HEADER + 30] ^= 4;
}

/* Puts len bytes in at a place. */
static void splice(struct tape *t, size_t at, const void *data, size_t len)
{
	struct tape n = {.is_file = t->is_file};

	tape_append(&n, t->data, at);
	tape_append(&n, data, len);
	tape_append(&n, t->data + at, t->len - at);
	tape_release(t);
	*t = n;
}

static struct harvest *read_checked(struct fixture *f)
{
	struct harvest *h = read_again(f);

	assert_int_equal(h->status, FMT_END);
	assert_true(harvest_is_part(h, &f->books));
	assert_true(h->seen.len + harvest_missed(h) <= f->books.seen.len);
	return h;
}

static void summary_restores(void **state)
{
	struct fixture *f = *state;
	struct harvest *h;

	f->tape.is_file = true;
	flip_payload(f, 2);
	h = read_checked(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].samples, PER_BLOCK);
	assert_int_equal(h->seen.len, f->books.seen.len - PER_BLOCK);
	assert_int_equal(h->summaries, 3);
	assert_int_equal(h->stats.blocks, BLOCKS - 1);
	assert_int_equal(h->stats.bytes, f->tape.len);
	flip_payload(f, 1);
	h = read_checked(f);
	assert_int_equal(h->damages, 2);
	assert_int_equal(h->seen.len, f->books.seen.len - 2 * PER_BLOCK);
}

/* Not when the summary is damaged too; the reader looks for it no further than its group. */
static void no_summary_to_restore(void **state)
{
	struct fixture *f = *state;
	struct harvest *h;

	f->tape.is_file = true;
	flip_payload(f, 1);
	flip_payload(f, 4);
	h = read_checked(f);
	assert_int_equal(h->damage[0].cause, DAMAGE_PAYLOAD);
	assert_int_equal(h->damage[1].cause, DAMAGE_ORPHANS);
	assert_true(h->seen.len < f->books.seen.len - PER_BLOCK);
	assert_true(h->seen.len >= f->books.seen.len - 3 * PER_BLOCK);
	assert_int_equal(h->summaries, 2);
}

static void lost_beginning_is_restored(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 5, &end);
	struct harvest *h;

	f->tape.is_file = true;
	nth_block(&f->tape, 6, &end);
	memset(f->tape.data + at, 0, end - at);
	h = read_checked(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
	assert_int_equal(h->damage[0].offset, at);
	assert_int_equal(h->damage[0].length, end - at);
	assert_int_equal(h->seen.len, f->books.seen.len - PER_BLOCK);
}

/* From a file, one wrong byte costs one block. */
static void flip_anywhere_in_file(void **state)
{
	struct fixture *f = *state;

	f->tape.is_file = true;
	for (size_t at = 0; at < f->tape.len; at++) {
		uint8_t mask = (uint8_t)(1u << at % 8);
		struct harvest *h;

		f->tape.data[at] ^= mask;
		h = read_checked(f);
		f->tape.data[at] ^= mask;
		assert_true(h->damages > 0);
		assert_true(h->seen.len >= f->books.seen.len - 4);
	}
}

/* Bytes are gone, so that the next block begins before this one should end: it is not lost too. */
static void shortened_blocks(void **state)
{
	struct fixture *f = *state;
	struct tape whole = {0};

	tape_append(&whole, f->tape.data, f->tape.len);
	for (unsigned int i = 0; i < BLOCKS - 1; i++) {
		size_t end, at = nth_block(&whole, i, &end) + BLOCK_HEADER, gone = 1 + 5 * i;
		struct harvest *h;

		memmove(f->tape.data + at, whole.data + at + gone, whole.len - at - gone);
		f->tape.len = whole.len - gone;
		f->tape.is_file = true;
		h = read_checked(f);
		assert_int_equal(h->damages, 1);
		assert_int_equal(h->damage[0].cause, DAMAGE_PAYLOAD);
		assert_int_equal(h->damage[0].length, end - at + BLOCK_HEADER - gone);
		assert_true(h->seen.len >= f->books.seen.len - PER_BLOCK);
		assert_int_equal(h->stats.blocks, BLOCKS - 1);
		memcpy(f->tape.data, whole.data, whole.len);
	}
	tape_release(&whole);
}

static void many_damages(void **state)
{
	struct fixture *f = *state;
	struct tape whole = {0};

	tape_append(&whole, f->tape.data, f->tape.len);
	for (unsigned int round = 0; round < 3000 * fixture_long(); round++) {
		uint64_t r = books_random(&f->books);
		struct harvest *h;

		f->tape.is_file = round & 1;
		memcpy(f->tape.data, whole.data, whole.len);
		for (uint64_t n = r % 12; n; n--) {
			uint64_t v = books_random(&f->books);

			f->tape.data[(v >> 8) % f->tape.len] = (uint8_t)v;
		}
		if (r & 1 << 20) {
			size_t from = (r >> 24) % f->tape.len, len = (r >> 40) % 2000;

			if (len > f->tape.len - from)
				len = f->tape.len - from;
			memset(f->tape.data + from, r & 1 << 21 ? 0 : 0x89, len);
		}
		h = read_checked(f);
		assert_true(h->seen.len >= fixture_least(f, &whole));
		if (memcmp(f->tape.data, whole.data, whole.len) != 0)
			assert_true(h->damages > 0 || h->stats.torn_bytes > 0);
	}
	tape_release(&whole);
}

static void swapped_blocks(void **state)
{
	struct fixture *f = *state;
	struct tape whole = {0};

	tape_append(&whole, f->tape.data, f->tape.len);
	for (unsigned int i = 0; i + 1 < BLOCKS; i++) {
		size_t mid, end, at = nth_block(&whole, i, &mid);
		struct harvest *h;

		nth_block(&whole, i + 1, &end);
		memcpy(f->tape.data + at, whole.data + mid, end - mid);
		memcpy(f->tape.data + at + (end - mid), whole.data + at, mid - at);
		for (int is_file = 0; is_file < 2; is_file++) {
			f->tape.is_file = is_file;
			h = read_checked(f);
			assert_true(h->damages > 0);
			assert_true(h->seen.len >= f->books.seen.len - 3 * PER_BLOCK);
		}
		memcpy(f->tape.data, whole.data, whole.len);
	}
	tape_release(&whole);
}

static void doubled_blocks(void **state)
{
	struct fixture *f = *state;
	struct tape whole = {0};

	tape_append(&whole, f->tape.data, f->tape.len);
	for (unsigned int i = 1; i < BLOCKS; i++) {
		size_t end, at = nth_block(&whole, i, &end);
		struct harvest *h;

		if (i % 5 == 0)
			continue;
		splice(&f->tape, end, whole.data + at, end - at);
		f->tape.is_file = i & 1;
		h = read_checked(f);
		assert_int_equal(h->damages, 1);
		assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
		assert_int_equal(h->damage[0].offset, end);
		assert_int_equal(h->damage[0].length, end - at);
		assert_true(harvest_is_whole(h, &f->books));
		tape_release(&f->tape);
		tape_append(&f->tape, whole.data, whole.len);
	}
	tape_release(&whole);
}

/* Groups that come twice, maybe not whole, are not counted twice. */
static void doubled_groups(void **state)
{
	struct fixture *f = *state;
	struct tape whole = {0};

	tape_append(&whole, f->tape.data, f->tape.len);
	for (unsigned int i = 0; i < BLOCKS - 1; i += 5) {
		size_t end, at = nth_block(&whole, i, &end), behind;

		nth_block(&whole, i + 4, &behind);
		for (size_t len = end - at; len <= behind - at; len += 100) {
			struct harvest *h;

			splice(&f->tape, behind, whole.data + at, len);
			f->tape.is_file = len & 1;
			h = read_checked(f);
			assert_int_equal(h->damages, 1);
			assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
			assert_int_equal(h->damage[0].length, len);
			assert_true(harvest_is_whole(h, &f->books));
			tape_release(&f->tape);
			tape_append(&f->tape, whole.data, whole.len);
		}
	}
	tape_release(&whole);
}

/* The group's summary says what is missing, in calls and bytes too. */
static void sum_is_told(void **state)
{
	struct fixture *f = *state;
	const struct seen *gone = &f->books.seen.at[2 * PER_BLOCK];
	uint64_t calls = 0, bytes = 0;
	struct harvest *h;

	for (int i = 0; i < PER_BLOCK; i++) {
		calls += gone[i].calls;
		bytes += gone[i].bytes;
	}
	f->tape.is_file = true;
	/* The block that holds a loss, too. */
	flip_payload(f, 3);
	h = read_checked(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->sum.samples, PER_BLOCK);
	assert_int_equal(h->sum.calls, calls);
	assert_int_equal(h->sum.bytes, bytes);
	assert_int_equal(h->sum.lost_calls, 3);
	assert_int_equal(h->sum.lost_bytes, 7);
	/* From a pipe the samples without definitions count, too. */
	f->tape.is_file = false;
	flip_payload(f, 1);
	h = read_checked(f);
	assert_int_equal(h->sum.samples + h->seen.len, f->books.seen.len);
}

/* A block of another recording is nobody's; a group header of it begins it. */
static void strange_blocks(void **state)
{
	struct fixture *f = *state;
	struct tape other = {0}, whole = {0};
	struct books books;

	books_open(&books, &other, 8, 55);
	books_write(&books, 50);
	books_finish(&books);
	tape_append(&whole, f->tape.data, f->tape.len);
	for (unsigned int i = 0; i < 4; i++) {
		size_t end, at = nth_block(&other, i, &end), place, here;
		struct harvest *h;

		here = nth_block(&whole, 7, &place);
		splice(&f->tape, here, other.data + at, end - at);
		f->tape.is_file = i & 1;
		h = read_checked(f);
		if (i == 0) {
			assert_true(h->seen.len >= f->books.seen.len - 2 * PER_BLOCK);
		} else {
			assert_true(harvest_is_whole(h, &f->books));
			assert_int_equal(h->damages, 1);
			assert_int_equal(h->damage[0].offset, here);
			assert_int_equal(h->damage[0].length, end - at);
		}
		tape_release(&f->tape);
		tape_append(&f->tape, whole.data, whole.len);
	}
	books_release(&books);
	tape_release(&other);
	tape_release(&whole);
}

static void peeked_is_what_is_read(void **state)
{
	struct fixture *f = *state;
	const struct summary *s;
	struct reader *r;
	struct item item;
	uint64_t samples = 0;
	uint32_t sessions, groups = 0;

	f->tape.is_file = true;
	r = tape_reader(&f->tape);
	assert_int_equal(reader_peek(r, &s), FMT_END);
	while (!reader_next(r, &item)) {
		assert_int_not_equal(item.kind, ITEM_DAMAGE);
		assert_int_not_equal(item.kind, groups == 2 ? -1 : (int)ITEM_SUMMARY);
		samples += item.kind == ITEM_BLOCK ? item.block->samples : 0;
		if (item.kind != ITEM_GROUP) {
			assert_int_equal(reader_peek(r, &s), FMT_END);
			continue;
		}
		assert_int_equal(reader_peek(r, &s), FMT_OK);
		reader_sessions(r, &sessions);
		assert_int_equal(sessions, s->sessions);
		/* The second group is read after all. */
		if (++groups == 2)
			continue;
		for (uint32_t i = 0; i < s->sessions; i++)
			samples += s->sum[i].samples;
		reader_skip(r);
	}
	assert_int_equal(groups, 3);
	assert_int_equal(samples, f->books.seen.len);
	assert_int_equal(reader_stats(r)->blocks, BLOCKS);
	assert_int_equal(reader_stats(r)->bytes, f->tape.len);
	assert_true(reader_stats(r)->finished);
}

/* Where the summary cannot be had, the blocks come as if nobody had asked. */
static void peek_in_vain(void **state)
{
	struct fixture *f = *state;
	const struct summary *s;
	struct item item;

	for (unsigned int i = 0; i < 5; i++) {
		size_t end, at = nth_block(&f->tape, i == 4 ? 4 : 2, &end);
		struct tape kept = {0};
		struct reader *r;
		uint64_t samples = 0;
		bool damaged = false;

		tape_append(&kept, f->tape.data, f->tape.len);
		f->tape.is_file = i > 0;
		if (i == 1)
			f->tape.data[at + 30] ^= 1;
		else if (i == 2)
			f->tape.len = end;
		else if (i == 3)
			flip_payload(f, 4);
		else if (i == 4)
			f->tape.data[at + 70] ^= 1;
		r = tape_reader(&f->tape);
		while (!reader_next(r, &item)) {
			if (item.kind == ITEM_GROUP && item.offset == 0)
				assert_int_equal(reader_peek(r, &s), FMT_END);
			samples += item.kind == ITEM_BLOCK ? item.block->samples : 0;
			damaged |= item.kind == ITEM_DAMAGE;
		}
		assert_int_equal(damaged, i == 1 || i > 2);
		if (i == 1)
			assert_true(samples >= f->books.seen.len - PER_BLOCK);
		else
			assert_int_equal(samples, i == 2 ? 20 : f->books.seen.len);
		tape_release(&f->tape);
		f->tape = kept;
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_small, fixture_close)
#define TINY(name) cmocka_unit_test_setup_teardown(name, fixture_tiny, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(summary_restores),
		TEST(no_summary_to_restore),
		TEST(lost_beginning_is_restored),
		TINY(flip_anywhere_in_file),
		TEST(shortened_blocks),
		TEST(many_damages),
		TEST(swapped_blocks),
		TEST(doubled_blocks),
		TEST(doubled_groups),
		TEST(sum_is_told),
		TEST(strange_blocks),
		TEST(peeked_is_what_is_read),
		TEST(peek_in_vain),
	};

	return cmocka_run_group_tests_name("recover", tests, NULL, NULL);
}
