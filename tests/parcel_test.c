/* SPDX-License-Identifier: MIT */
/* A group read by itself is what reading from the start finds there, or is refused. */
#include "format/block.h"
#include "report/input.h"
#include "report/parcel.h"
#include "tests/fixture.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include <errno.h>

enum { GROUPS = 3, BLOCKS = 3 }; /* of books_small; blocks of a group */

static const struct condense_cuts one_cut = {.length_us = 3600 * (int64_t)SECOND_US};

struct opened {
	struct input *in;
	struct parcel *parcel;
	struct extent extent[GROUPS];
	size_t groups;
};

/* The file's groups, each passed over. */
static void open_file(struct opened *o, const char *name, const struct condense_cuts *cuts)
{
	char why[INPUT_WHY];
	struct item item;

	*o = (struct opened){.in = NULL};
	assert_int_equal(input_open(&o->in, name, NULL, why), 0);
	while (input_next(o->in, &item, why) == FMT_OK) {
		struct reader *r = input_own_reader(o->in);

		if (item.kind != ITEM_GROUP)
			continue;
		assert_true(o->groups < GROUPS);
		assert_int_equal(reader_extent(r, &o->extent[o->groups++]), FMT_OK);
		reader_skip(r);
	}
	assert_int_equal(parcel_new(&o->parcel, o->in, cuts), 0);
}

static void close_file(struct opened *o)
{
	parcel_free(o->parcel);
	input_close(o->in);
}

static int read_group(struct opened *o, enum parcel_task task, size_t group)
{
	parcel_set(o->parcel, task, &o->extent[group]);
	parcel_read(o->parcel);
	return parcel_status(o->parcel);
}

static void add_samples(struct volume *v, const struct block *b)
{
	for (uint32_t i = 0; i < b->samples; i++) {
		v->bytes[b->key[i] & 1] += b->bytes[i];
		v->calls[b->key[i] & 1] += b->calls ? b->calls[i] : 1;
	}
}

/* The parcel's next item; it stands where the file's next one of that kind does, as *b. */
static bool expect_next(struct opened *o, struct input *in, struct item *a, struct item *b)
{
	struct feed feed = {.number = 7};
	char why[INPUT_WHY];

	if (!parcel_next(o->parcel, a, &feed))
		return false;
	while (input_next(in, b, why) == FMT_OK && b->kind != a->kind)
		;
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->offset, b->offset);
	assert_string_equal(feed.origin.host, "here");
	assert_int_equal(feed.number, 7);
	/* Those that later blocks define are known as well. */
	assert_in_range(input_feed(in)->session_count, 0, feed.session_count);
	for (uint32_t i = 0; i < input_feed(in)->session_count; i++)
		assert_int_equal(
			feed.sessions[i].process.pid, input_feed(in)->sessions[i].process.pid);
	return true;
}

static void save_small(struct fixture *f)
{
	tape_save(&f->tape, 0, "small");
}

static void blocks_are_those_of_the_file(void **state)
{
	char why[INPUT_WHY];
	struct opened o;
	struct input *in;

	save_small(*state);
	open_file(&o, "small", &one_cut);
	assert_int_equal(o.groups, GROUPS);
	assert_int_equal(input_open(&in, "small", NULL, why), 0);
	for (size_t group = 0; group < GROUPS; group++) {
		unsigned int items = 0;
		struct item item, own;

		assert_int_equal(read_group(&o, PARCEL_BLOCKS, group), 0);
		for (; expect_next(&o, in, &item, &own); items++) {
			struct volume sum = {{0, 0}, {0, 0}}, own_sum = sum;

			assert_int_equal(item.kind, items ? ITEM_BLOCK : ITEM_GROUP);
			if (!items)
				continue;
			add_samples(&sum, item.block);
			add_samples(&own_sum, own.block);
			assert_memory_equal(&sum, &own_sum, sizeof(sum));
			assert_int_equal(item.block->losses, own.block->losses);
		}
		assert_int_equal(items, 1 + BLOCKS);
	}
	input_close(in);
	close_file(&o);
}

static void expect_summaries(enum parcel_task task)
{
	char why[INPUT_WHY];
	struct opened o;
	struct input *in;

	open_file(&o, "small", &one_cut);
	assert_int_equal(input_open(&in, "small", NULL, why), 0);
	for (size_t group = 0; group < GROUPS; group++) {
		struct item item, own;

		assert_int_equal(read_group(&o, task, group), 0);
		assert_true(expect_next(&o, in, &item, &own));
		assert_int_equal(item.kind, ITEM_GROUP);
		assert_true(expect_next(&o, in, &item, &own));
		assert_int_equal(item.kind, ITEM_SUMMARY);
		assert_int_equal(item.summary->sessions, own.summary->sessions);
		assert_memory_equal(item.summary->sum, own.summary->sum,
			own.summary->sessions * sizeof(*own.summary->sum));
		assert_int_equal(item.summary->losses, own.summary->losses);
		assert_false(expect_next(&o, in, &item, &own));
	}
	input_close(in);
	close_file(&o);
}

static void a_summary_is_that_of_the_file(void **state)
{
	save_small(*state);
	expect_summaries(PARCEL_SUMS);
	expect_summaries(PARCEL_CHECKED);
}

/* Of the second group, whichever block it is: who needs it not does not see it. */
static void damage_is_left_to_who_reads_in_turn(void **state)
{
	struct fixture *f = *state;
	struct opened o;

	save_small(f);
	open_file(&o, "small", &one_cut);
	for (unsigned int block = 0; block < 1 + BLOCKS + 1; block++) {
		size_t end, at = nth_block(&f->tape, 1 + BLOCKS + 1 + block, &end);
		bool is_samples = block > 0 && block <= BLOCKS;

		f->tape.data[end - 1] ^= 1;
		save_small(f);
		f->tape.data[end - 1] ^= 1;
		assert_true(at >= o.extent[1].offset && end <= o.extent[1].end);
		assert_int_equal(read_group(&o, PARCEL_BLOCKS, 1), -EBADMSG);
		assert_int_equal(read_group(&o, PARCEL_CHECKED, 1), -EBADMSG);
		assert_int_equal(read_group(&o, PARCEL_SUMS, 1), is_samples ? 0 : -EBADMSG);
		assert_int_equal(read_group(&o, PARCEL_BLOCKS, 0), 0);
		assert_int_equal(read_group(&o, PARCEL_BLOCKS, 2), 0);
	}
	close_file(&o);
}

static void what_does_not_begin_there_is_refused(void **state)
{
	struct fixture *f = *state;
	struct opened o;

	save_small(f);
	open_file(&o, "small", &one_cut);
	assert_int_equal(read_group(&o, PARCEL_BLOCKS, 0), 0);
	parcel_set(o.parcel, PARCEL_BLOCKS, &o.extent[1]);
	assert_int_equal(parcel_status(o.parcel), -EBADMSG); /* not read yet */
	assert_memory_equal(parcel_extent(o.parcel), &o.extent[1], sizeof(o.extent[1]));
	o.extent[1].offset++;
	assert_int_equal(read_group(&o, PARCEL_BLOCKS, 1), -EBADMSG);
	assert_int_equal(read_group(&o, PARCEL_SUMS, 1), -EBADMSG);
	f->tape.len = (size_t)o.extent[2].summary; /* the file has become shorter */
	save_small(f);
	assert_int_equal(read_group(&o, PARCEL_BLOCKS, 2), -EBADMSG);
	close_file(&o);
	parcel_free(NULL);
}

/* A recording of one group, of calls of so many bytes, a millisecond apart. */
static void write_calls(struct tape *t, uint32_t calls, uint64_t bytes)
{
	struct sample sample = {.time_us = BOOT_START, .bytes = bytes, .calls = 1};
	struct header header;
	struct writer *w;

	books_header(&header, 1);
	assert_int_equal(writer_new(&w, &header, tape_sink(t)), FMT_OK);
	assert_int_equal(writer_define(w, &fixture_sessions[CURL], &sample.session), FMT_OK);
	for (uint32_t i = 0; i < calls; i++) {
		sample.time_us += 1000;
		assert_int_equal(writer_sample(w, &sample), FMT_OK);
	}
	assert_int_equal(writer_finish(w, sample.time_us), FMT_OK);
	writer_free(w);
}

/* So many calls under the summary of ten of 100 bytes: what the three tasks make of it. */
static void expect_swapped(uint32_t calls, uint64_t bytes, int blocks, int checked)
{
	struct tape lying = {0}, other = {0};
	struct opened o;
	size_t end, lying_end;

	write_calls(&other, 10, 100);
	write_calls(&lying, calls, bytes);
	nth_block(&lying, 1, &lying_end);
	lying.len = lying_end;
	nth_block(&other, 1, &end);
	tape_append(&lying, other.data + end, other.len - end);
	tape_save(&lying, 0, "lying");
	open_file(&o, "lying", &one_cut);
	assert_int_equal(read_group(&o, PARCEL_SUMS, 0), 0);
	assert_int_equal(read_group(&o, PARCEL_BLOCKS, 0), blocks);
	assert_int_equal(read_group(&o, PARCEL_CHECKED, 0), checked);
	close_file(&o);
	tape_release(&lying);
	tape_release(&other);
}

/* Only who trusts it takes it as it is. */
static void a_summary_that_lies(void **state)
{
	(void)state;
	expect_swapped(10, 100, 0, 0);
	expect_swapped(10, 101, 0, -EBADMSG);
	expect_swapped(11, 100, -EBADMSG, -EBADMSG);
}

static void expect_size(uint32_t calls, const struct condense_cuts *cuts, int answer)
{
	struct tape t = {0};
	struct opened o;

	write_calls(&t, calls, 1);
	tape_save(&t, 0, "large");
	tape_release(&t);
	open_file(&o, "large", cuts);
	assert_int_equal(read_group(&o, PARCEL_BLOCKS, 0), answer);
	assert_int_equal(read_group(&o, PARCEL_CHECKED, 0), 0);
	close_file(&o);
}

/* With as many intervals as calls nothing is summed: a call takes 24 bytes, or a few more. */
static void one_that_is_too_large_is_refused(void **state)
{
	static const struct condense_cuts many_cuts = {.length_us = 1000};

	(void)state;
	expect_size(PARCEL_BYTES / 32, &many_cuts, 0);
	expect_size(PARCEL_BYTES / 24, &many_cuts, -E2BIG);
	expect_size(PARCEL_BYTES / 24, &one_cut, 0);
}

#define SMALL(name) cmocka_unit_test_setup_teardown(name, fixture_small, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SMALL(blocks_are_those_of_the_file),
		SMALL(a_summary_is_that_of_the_file),
		SMALL(damage_is_left_to_who_reads_in_turn),
		SMALL(what_does_not_begin_there_is_refused),
		cmocka_unit_test(a_summary_that_lies),
		cmocka_unit_test(one_that_is_too_large_is_refused),
	};

	return cmocka_run_group_tests_name("parcel", tests, scratch_enter, scratch_leave);
}
