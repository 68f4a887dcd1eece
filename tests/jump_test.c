/* SPDX-License-Identifier: MIT */
/* Groups passed over, and gone back to. */
#include "fixture.h"

#include "format/block.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum {
	GROUPS = 3,         /* of books_small */
	BLOCKS = 3,         /* in each, and a summary */
	JUMP_BYTES = 24576, /* that may be read in vain at each place gone to */
};

static struct reader *file_reader(struct fixture *f)
{
	f->tape.is_file = true;
	return tape_reader(&f->tape);
}

/* What an extent says is what reading finds. */
static void extents_are_what_is_read(void **state)
{
	struct fixture *f = *state;
	struct reader *r = file_reader(f);
	struct extent e = {0}, none;
	struct item item;
	uint32_t groups = 0;

	assert_int_equal(reader_extent(r, &none), FMT_END);
	while (!reader_next(r, &item)) {
		const struct block *b = item.block;

		if (item.kind == ITEM_GROUP) {
			assert_int_equal(groups ? e.end : 0, item.offset);
			assert_int_equal(reader_extent(r, &e), FMT_OK);
			assert_int_equal(e.offset, item.offset);
			assert_int_equal(e.blocks, BLOCKS);
			assert_true(e.one_clock);
			groups++;
			continue;
		}
		assert_int_equal(reader_extent(r, &none), FMT_END);
		if (item.kind == ITEM_SUMMARY)
			assert_int_equal(item.offset, e.summary);
		if (item.kind != ITEM_BLOCK)
			continue;
		assert_true((int64_t)b->first_us + b->wall_offset_us >= e.first_wall_us);
		assert_true((int64_t)b->last_us + b->wall_offset_us <= e.last_wall_us);
	}
	assert_int_equal(groups, GROUPS);
}

/* Passes over all groups; their extents. */
static struct reader *pass_over(struct fixture *f, struct extent e[GROUPS])
{
	struct reader *r = file_reader(f);
	struct item item;
	uint32_t groups = 0;

	while (!reader_next(r, &item)) {
		if (item.kind != ITEM_GROUP) {
			assert_int_equal(item.kind, ITEM_FINISH);
			continue;
		}
		assert_true(groups < GROUPS);
		assert_int_equal(reader_extent(r, &e[groups++]), FMT_OK);
		reader_skip(r);
	}
	assert_int_equal(groups, GROUPS);
	return r;
}

static void what_is_passed_over_is_not_read(void **state)
{
	struct fixture *f = *state;
	struct extent e[GROUPS];
	struct books b;
	struct tape kept = f->tape;
	struct reader *r;

	memset(&f->tape, 0, sizeof(f->tape));
	books_open(&b, &f->tape, 50, 7);
	for (int i = 0; i < GROUPS; i++) {
		books_write(&b, 1 << 20);
		if (i == GROUPS - 1)
			books_finish(&b);
	}
	r = pass_over(f, e);
	assert_true(f->tape.len > 50 * JUMP_BYTES);
	assert_true(reader_stats(r)->fetched < (uint64_t)(GROUPS + 3) * JUMP_BYTES);
	assert_int_equal(reader_stats(r)->bytes, f->tape.len);
	assert_true(reader_stats(r)->finished);
	books_release(&b);
	tape_release(&f->tape);
	f->tape = kept;
}

/* Groups in any order, by a reader that has seen nothing before. */
static void groups_are_gone_to(void **state)
{
	static const uint32_t order[] = {2, 0, 1, 1};
	struct fixture *f = *state;
	struct extent e[GROUPS], again;
	const struct summary *summary;
	struct reader *r;
	struct item item;

	pass_over(f, e);
	r = file_reader(f);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const struct seen *s = f->books.seen.at + 30 * (size_t)order[i];
		uint32_t n = 0;

		reader_seek(r, &e[order[i]]);
		assert_int_equal(reader_next(r, &item), FMT_OK);
		assert_int_equal(item.kind, ITEM_GROUP);
		assert_int_equal(item.header->recording, e[0].recording);
		assert_int_equal(reader_extent(r, &again), FMT_OK);
		assert_memory_equal(&again, &e[order[i]], sizeof(again));
		assert_int_equal(reader_peek(r, &summary), FMT_OK);
		while (!reader_next(r, &item) && item.kind == ITEM_BLOCK) {
			for (uint32_t k = 0; k < item.block->samples; k++, n++) {
				assert_int_equal(item.block->time_us[k], s[n].time_us);
				assert_int_equal(item.block->bytes[k], s[n].bytes);
			}
		}
		assert_int_equal(n, 30);
		assert_int_equal(item.kind, ITEM_SUMMARY);
		assert_int_equal(item.offset, e[order[i]].summary);
	}
	assert_int_equal(reader_stats(r)->damaged_bytes, 0);
}

/* The wall clock is set within the second group, back or ahead. */
static void clock_steps_are_seen(void **state)
{
	struct fixture *f = *state;

	for (int ahead = 0; ahead < 2; ahead++) {
		int64_t step = ahead ? 3600000000 : -3600000000;
		struct extent e[GROUPS], before[GROUPS];
		struct block_header h;
		size_t end, at = nth_block(&f->tape, BLOCKS + 2 + 2, &end);

		pass_over(f, before);
		assert_true(block_header_get(f->tape.data + at, &h));
		h.first_wall_us += step;
		block_header_put(f->tape.data + at, &h);
		pass_over(f, e);
		assert_true(e[0].one_clock && e[2].one_clock);
		assert_false(e[1].one_clock);
		if (ahead)
			assert_true(e[1].last_wall_us >= h.first_wall_us + (int64_t)h.span_us);
		else
			assert_int_equal(e[1].first_wall_us, h.first_wall_us);
		h.first_wall_us -= step;
		block_header_put(f->tape.data + at, &h);
	}
}

/* Times that do not fit, or a header that is not right: the group must be read. */
static void doubtful_groups_have_no_extent(void **state)
{
	struct fixture *f = *state;
	struct extent e;
	struct item item;
	size_t end, at = nth_block(&f->tape, 2, &end);
	struct block_header h, strange;

	assert_true(block_header_get(f->tape.data + at, &h));
	for (int i = 0; i < 3; i++) {
		struct reader *r;

		strange = h;
		if (i == 0)
			strange.first_wall_us = INT64_MAX - 1;
		else if (i == 1)
			strange.seq++;
		else
			strange.group += 2;
		strange.span_us += 2;
		block_header_put(f->tape.data + at, &strange);
		r = file_reader(f);
		assert_int_equal(reader_next(r, &item), FMT_OK);
		assert_int_equal(reader_extent(r, &e), FMT_END);
		assert_int_equal(reader_extent(r, &e), FMT_END);
		assert_int_equal(reader_next(r, &item), FMT_OK);
		assert_int_equal(item.kind, ITEM_BLOCK);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_small, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(extents_are_what_is_read),
		TEST(what_is_passed_over_is_not_read),
		TEST(groups_are_gone_to),
		TEST(clock_steps_are_seen),
		TEST(doubtful_groups_have_no_extent),
	};

	return cmocka_run_group_tests_name("jump", tests, NULL, NULL);
}
