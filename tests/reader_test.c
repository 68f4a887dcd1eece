/* SPDX-License-Identifier: MIT */
/* Whatever is intact is given, and whatever is not is named. */
#include "fixture.h"

#include "format/block.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void cut_out(struct tape *t, size_t from, size_t to)
{
	memmove(t->data + from, t->data + to, t->len - to);
	t->len -= to - from;
}

static void reads_whole(void **state)
{
	struct fixture *f = *state;
	struct harvest *h = read_again(f);

	assert_int_equal(h->status, FMT_END);
	assert_true(harvest_is_whole(h, &f->books));
	assert_int_equal(h->groups, 3);
	assert_int_equal(h->blocks, 9);
	assert_int_equal(h->summaries, 3);
	assert_int_equal(h->stats.blocks, 16);
	assert_int_equal(h->stats.groups, 3);
	assert_int_equal(h->losses, 3);
	assert_int_equal(h->loads, 3);
}

static void short_reads(void **state)
{
	struct fixture *f = *state;

	for (f->tape.chunk = 1; f->tape.chunk < 200; f->tape.chunk += 13) {
		struct harvest *h = read_again(f);

		assert_true(harvest_is_whole(h, &f->books));
		assert_int_equal(h->damages, 0);
		assert_true(h->stats.finished);
	}
}

/* Cut anywhere: the samples of the whole blocks, and the rest is torn. */
static void cut_anywhere(void **state)
{
	struct fixture *f = *state;
	size_t whole = f->tape.len;

	for (size_t len = 0; len < whole; len++) {
		size_t end, begin = tape_block(&f->tape, len, &end);
		struct harvest *h;

		f->tape.limit = f->tape.len = len;
		h = read_again(f);
		f->tape.len = whole;
		assert_int_equal(h->status, FMT_END);
		assert_int_equal(h->damages, 0);
		assert_false(h->stats.finished);
		assert_int_equal(h->seen.len, h->blocks * 4);
		for (size_t i = 0; i < h->seen.len; i++)
			assert_int_equal(h->seen.at[i].time_us, f->books.seen.at[i].time_us);
		assert_true(harvest_is_part(h, &f->books));
		assert_int_equal(h->stats.torn_bytes, len - begin);
		if (len > begin)
			assert_int_equal(h->stats.torn_offset, begin);
	}
}

/* The end may come anywhere for a while, and more later. */
static void grows(void **state)
{
	struct fixture *f = *state;
	uint64_t samples = 0;
	struct reader *r;
	struct item item;
	int status = FMT_END;

	assert_int_equal(reader_new(&r, tape_source(&f->tape)), FMT_OK);
	for (f->tape.limit = 1; f->tape.limit <= f->tape.len; f->tape.limit++) {
		while (!(status = reader_next(r, &item))) {
			assert_true(item.kind != ITEM_DAMAGE);
			samples += item.kind == ITEM_BLOCK ? item.block->samples : 0;
		}
		assert_int_equal(status, FMT_END);
	}
	assert_int_equal(samples, f->books.seen.len);
	assert_true(reader_stats(r)->finished);
	reader_free(r);
}

/* Half a block that its writer takes back, on a full disk, and another one in its place later. */
static void is_taken_back(void **state)
{
	struct fixture *f = *state;
	struct tape *t = &f->tape;
	uint64_t samples = 0;
	struct reader *r;
	struct item item;
	size_t end;

	t->is_file = true;
	r = tape_reader(t);
	for (size_t begin = 0; begin < t->len; begin = end) {
		size_t half;

		tape_block(t, begin, &end);
		half = begin + BLOCK_HEADER + (end - begin - BLOCK_HEADER) / 2;
		t->data[half - 1] ^= 1;
		t->limit = half;
		assert_int_equal(reader_next(r, &item), FMT_END);
		t->data[half - 1] ^= 1;
		t->limit = end;
		while (!reader_next(r, &item)) {
			assert_true(item.kind != ITEM_DAMAGE);
			samples += item.kind == ITEM_BLOCK ? item.block->samples : 0;
		}
	}
	assert_int_equal(samples, f->books.seen.len);
	assert_true(reader_stats(r)->finished);
}

/* One byte is wrong: every other block's samples come, and what is missing is told. */
static void flip_anywhere(void **state)
{
	static const uint8_t masks[] = {0x01, 0x80, 0xff};
	struct fixture *f = *state;

	for (size_t at = 0; at < f->tape.len; at++) {
		uint8_t mask = masks[at % 3];
		struct harvest *h;

		f->tape.data[at] ^= mask;
		h = read_again(f);
		f->tape.data[at] ^= mask;
		assert_int_equal(h->status, FMT_END);
		assert_true(h->damages > 0);
		assert_true(harvest_is_part(h, &f->books));
		assert_true(h->stats.damaged_bytes > 0);
		/* At the most the group's samples after the damage are lost with it. */
		assert_true(h->seen.len >= f->books.seen.len - 8);
		assert_true(h->seen.len + harvest_missed(h) <= f->books.seen.len);
	}
}

/* Some definitions were in the group's second block: of the third, only some samples are orphans.
 */
static void payload_and_orphans(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 2, &end);
	struct harvest *h;

	f->tape.data[at + BLOCK_HEADER + 30] ^= 4;
	h = read_again(f);
	assert_true(harvest_is_part(h, &f->books));
	assert_int_equal(h->damage[0].cause, DAMAGE_PAYLOAD);
	assert_int_equal(h->damage[0].offset, at);
	assert_int_equal(h->damage[0].length, end - at);
	assert_true(h->damage[0].samples_known);
	assert_int_equal(h->damage[0].samples, 10);
	assert_int_equal(h->stats.damaged_bytes, end - at);
	assert_int_equal(h->damages, 2);
	assert_int_equal(h->damage[1].cause, DAMAGE_ORPHANS);
	assert_true(h->damage[1].samples_known);
	assert_int_equal(h->damage[1].offset, end);
	assert_true(h->damage[1].samples > 0);
	assert_true(h->damage[1].samples < 10);
	assert_int_equal(h->seen.len + harvest_missed(h), f->books.seen.len);
	assert_int_equal(h->summaries, 3);
}

static void missing_block(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 3, &end);
	struct harvest *h;

	cut_out(&f->tape, at, end);
	h = read_again(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_MISSING);
	assert_int_equal(h->damage[0].offset, at);
	assert_false(h->damage[0].samples_known);
	assert_int_equal(h->seen.len, f->books.seen.len - 10);
	assert_true(harvest_is_part(h, &f->books));
}

/* Bytes in between that are nobody's; the group goes on behind them. */
static void gap(void **state)
{
	struct fixture *f = *state;
	struct tape spliced = {0};
	size_t end, at = nth_block(&f->tape, 2, &end);
	uint8_t junk[5000];
	struct harvest *h;

	memset(junk, 0x89, sizeof(junk));
	memcpy(junk + 1000, block_sync, sizeof(block_sync));
	tape_append(&spliced, f->tape.data, at);
	tape_append(&spliced, junk, sizeof(junk));
	tape_append(&spliced, f->tape.data + at, f->tape.len - at);
	tape_release(&f->tape);
	f->tape = spliced;
	for (f->tape.chunk = 0; f->tape.chunk < 3; f->tape.chunk++) {
		h = read_again(f);
		assert_int_equal(h->damages, 1);
		assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
		assert_int_equal(h->damage[0].offset, at);
		assert_int_equal(h->damage[0].length, sizeof(junk));
		assert_int_equal(h->groups, 3);
		assert_true(harvest_is_whole(h, &f->books));
	}
}

static void zero_tail(void **state)
{
	static const uint8_t zeros[3 << 20];
	struct fixture *f = *state;
	size_t len = f->tape.len;
	struct harvest *h;

	tape_append(&f->tape, zeros, sizeof(zeros));
	h = read_again(f);
	assert_int_equal(h->status, FMT_END);
	assert_true(harvest_is_whole(h, &f->books));
	assert_int_equal(h->damages, 0);
	assert_int_equal(h->stats.torn_offset, len);
	assert_int_equal(h->stats.torn_bytes, sizeof(zeros));
	assert_int_equal(h->stats.torn_zeros, sizeof(zeros));
}

/* The header of a group is not there: the one before stays in force. */
static void lost_group_header(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 5, &end);
	struct harvest *h;

	assert_int_equal(f->tape.data[at + 9], BLOCK_TYPE_GROUP);
	f->tape.data[at + BLOCK_HEADER + 20] ^= 1;
	h = read_again(f);
	assert_int_equal(h->groups, 3);
	assert_int_equal(h->damages, 1);
	assert_true(harvest_is_whole(h, &f->books));
	f->tape.data[at] ^= 1;
	h = read_again(f);
	assert_int_equal(h->groups, 3);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
	assert_true(harvest_is_whole(h, &f->books));
}

/* Nor is the first block, so that its definitions are missing in a group that begins without. */
static void lost_beginning_of_group(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 5, &end);
	struct harvest *h;

	nth_block(&f->tape, 6, &end);
	memset(f->tape.data + at, 0, end - at);
	h = read_again(f);
	assert_int_equal(h->groups, 3);
	assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
	assert_false(h->damage[0].samples_known);
	for (uint32_t i = 1; i < h->damages; i++)
		assert_int_equal(h->damage[i].cause, DAMAGE_ORPHANS);
	assert_int_equal(h->damages, 3);
	assert_int_equal(h->seen.len + harvest_missed(h), f->books.seen.len - 10);
	assert_int_equal(h->stats.damaged_bytes, end - at);
	assert_int_equal(h->summaries, 3);
	assert_true(harvest_is_part(h, &f->books));
}

/* The file's beginning is cut off: no header at all until the next group. */
static void lost_first_header(void **state)
{
	struct fixture *f = *state;
	struct harvest *h;
	struct reader *r;
	struct item item;
	size_t end;

	nth_block(&f->tape, 0, &end);
	cut_out(&f->tape, 0, end);
	h = read_again(f);
	assert_int_equal(h->groups, 3);
	assert_int_equal(h->damage[0].cause, DAMAGE_MISSING);
	assert_true(harvest_is_whole(h, &f->books));
	f->tape.pos = 0;
	assert_int_equal(reader_new(&r, tape_source(&f->tape)), FMT_OK);
	assert_int_equal(reader_next(r, &item), FMT_OK);
	assert_int_equal(item.kind, ITEM_DAMAGE);
	assert_int_equal(reader_next(r, &item), FMT_OK);
	assert_int_equal(item.kind, ITEM_GROUP);
	assert_string_equal(item.header->host, "");
	assert_int_equal(item.header->recording, 99 * 77);
	reader_free(r);
}

static void concatenation(void **state)
{
	struct fixture *f = *state;
	struct tape joined = {0};
	struct harvest *h;

	tape_append(&joined, f->tape.data, f->tape.len);
	tape_append(&joined, f->tape.data, f->tape.len);
	tape_rename(&joined, f->tape.len, 1234);
	tape_release(&f->tape);
	f->tape = joined;
	h = read_again(f);
	assert_int_equal(h->damages, 0);
	assert_int_equal(h->finishes, 2);
	assert_int_equal(h->groups, 6);
	assert_int_equal(h->seen.len, 2 * f->books.seen.len);
}

/* The same one once more, which did not end, is not counted twice. */
static void same_again(void **state)
{
	struct fixture *f = *state;
	size_t end, whole = nth_block(&f->tape, 15, &end);
	struct tape joined = {0};
	struct harvest *h;

	tape_append(&joined, f->tape.data, whole);
	tape_append(&joined, f->tape.data, whole);
	tape_release(&f->tape);
	f->tape = joined;
	h = read_again(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
	assert_int_equal(h->damage[0].offset, whole);
	assert_int_equal(h->damage[0].length, whole);
	assert_true(harvest_is_whole(h, &f->books));
}

/* A torn recording with another one behind it: only the torn block is lost. */
static void torn_then_another(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 8, &end), len = f->tape.len;
	struct tape joined = {0};
	struct harvest *h;

	tape_append(&joined, f->tape.data, at + BLOCK_HEADER + 20);
	tape_append(&joined, f->tape.data, len);
	tape_rename(&joined, at + BLOCK_HEADER + 20, 1234);
	tape_release(&f->tape);
	f->tape = joined;
	h = read_again(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_PAYLOAD);
	assert_int_equal(h->damage[0].length, BLOCK_HEADER + 20);
	assert_int_equal(h->seen.len, 50 + f->books.seen.len);
	assert_int_equal(h->finishes, 1);
	assert_true(h->stats.finished);
}

/* A torn block that claims more than what is left of the file, in which another recording is. */
static void torn_then_shorter(void **state)
{
	struct fixture *f = *state;
	uint8_t header[BLOCK_HEADER];
	struct block_header b = {.version = 1,
		.type = BLOCK_TYPE_SAMPLES,
		.payload = 1 << 20,
		.recording = 5,
		.seq = 1,
		.back = 90,
		.records = 77};
	struct tape joined = {0};
	struct harvest *h;

	block_header_put(header, &b);
	tape_append(&joined, header, sizeof(header));
	tape_append(&joined, f->tape.data, f->tape.len);
	tape_release(&f->tape);
	f->tape = joined;
	h = read_again(f);
	assert_int_equal(h->damages, 2);
	assert_int_equal(h->damage[0].cause, DAMAGE_MISSING);
	assert_int_equal(h->damage[1].cause, DAMAGE_PAYLOAD);
	assert_int_equal(h->damage[1].samples, 77);
	assert_true(harvest_is_whole(h, &f->books));
}

/* A block of another recording in the middle is nobody's. */
static void strange_block(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 3, &end);
	struct harvest *h;

	f->tape.data[at + 16] ^= 1;
	tape_reframe(&f->tape, at);
	h = read_again(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
	assert_int_equal(h->damage[0].length, end - at);
	assert_int_equal(h->seen.len, f->books.seen.len - 10);
}

static void foreign(void **state)
{
	static uint8_t zeros[2 << 20];
	struct books none = {0};
	struct harvest h;
	struct tape t = {0};

	(void)state;
	harvest_read(&h, &t, &none);
	assert_int_equal(h.status, FMT_END);
	assert_int_equal(h.stats.bytes, 0);
	assert_int_equal(h.stats.blocks, 0);
	tape_append(&t, "x", 1);
	harvest_read(&h, &t, &none);
	assert_int_equal(h.status, FMT_EFOREIGN);
	tape_append(&t, "\x89TCPT", 5);
	harvest_read(&h, &t, &none);
	assert_int_equal(h.status, FMT_EFOREIGN);
	t.len = 0;
	tape_append(&t, block_sync, sizeof(block_sync));
	harvest_read(&h, &t, &none);
	assert_int_equal(h.status, FMT_END);
	assert_int_equal(h.stats.torn_bytes, 8);
	tape_append(&t, zeros, sizeof(zeros));
	harvest_read(&h, &t, &none);
	assert_int_equal(h.status, FMT_EFOREIGN);
	/* Does not read all of a large one. */
	assert_true(h.stats.bytes < t.len);
	tape_release(&t);
}

static void failing_source(void **state)
{
	struct fixture *f = *state;

	f->tape.broken = true;
	assert_int_equal(read_again(f)->status, FMT_EIO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_small, fixture_close)
#define TINY(name) cmocka_unit_test_setup_teardown(name, fixture_tiny, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_whole),
		TEST(short_reads),
		TINY(cut_anywhere),
		TEST(grows),
		TEST(is_taken_back),
		TINY(flip_anywhere),
		TEST(payload_and_orphans),
		TEST(missing_block),
		TEST(gap),
		TEST(zero_tail),
		TEST(lost_group_header),
		TEST(lost_beginning_of_group),
		TEST(lost_first_header),
		TEST(concatenation),
		TEST(same_again),
		TEST(torn_then_another),
		TEST(torn_then_shorter),
		TEST(strange_block),
		cmocka_unit_test(foreign),
		TEST(failing_source),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
