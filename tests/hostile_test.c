/* SPDX-License-Identifier: MIT */
/* Recordings of later versions, and such as no writer would write. */
#include "fixture.h"

#include "format/block.h"
#include "format/bytes.h"
#include "format/section.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

/* Puts a section before the others of a block. */
static void insert_section(struct tape *t, size_t block, uint16_t id, uint8_t codec,
	const void *data, uint32_t raw, uint32_t stored)
{
	size_t at = block + BLOCK_HEADER;
	struct tape n = {0};
	uint8_t frame[SECTION_FRAME];

	store_le(frame, id, 2);
	store_le(frame + 2, codec, 2);
	store_le(frame + 4, raw, 4);
	store_le(frame + 8, stored, 4);
	tape_append(&n, t->data, at);
	tape_append(&n, frame, sizeof(frame));
	tape_append(&n, data, stored);
	tape_append(&n, t->data + at, t->len - at);
	store_le(n.data + block + 12, load_le(n.data + block + 12, 4) + sizeof(frame) + stored, 4);
	tape_reframe(&n, block);
	tape_release(t);
	*t = n;
}

static void newer_is_refused(struct fixture *f, const char *needed)
{
	struct harvest *h = read_again(f);

	assert_int_equal(h->status, FMT_EVERSION);
	assert_string_equal(h->needed, needed);
	assert_int_equal(h->damages, 0);
}

static void newer_version(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 2, &end);

	f->tape.data[at + 8] = 2;
	tape_reframe(&f->tape, at);
	newer_is_refused(f, "format version 2");
	f->tape.data[at + 8] = 1;
	f->tape.data[at + 10] = 0x10;
	tape_reframe(&f->tape, at);
	newer_is_refused(f, "block flags 0x10");
	assert_int_equal(f->harvest.seen.len, 10);
}

static void newer_section(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 2, &end);

	insert_section(&f->tape, at, 0x8123, 9, "abc", 100, 3);
	newer_is_refused(f, "section 0x8123");
}

static void newer_codec(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 2, &end);

	insert_section(&f->tape, at, SECTION_FLAGS, 7, "abc", 3, 3);
	newer_is_refused(f, "codec 7 of section 10");
}

static void newer_needs(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 0, &end);

	/* The header's own section becomes one that is unknown. */
	store_le(f->tape.data + at + BLOCK_HEADER, 0x7001, 2);
	insert_section(&f->tape, at, SECTION_HEADER, 0, "\x01\0\x05\0\0\0warp", 11, 11);
	newer_is_refused(f, "warp");
}

/* What a later version may add without harm. */
static void newer_but_compatible(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 2, &end);
	struct harvest *h;

	insert_section(&f->tape, at, 0x0123, 9, "abc", 100, 3);
	f->tape.data[at + 11] = 0xff;
	tape_reframe(&f->tape, at);
	at = nth_block(&f->tape, 4, &end);
	assert_int_equal(f->tape.data[at + 9], BLOCK_TYPE_SUMMARY);
	f->tape.data[at + 9] = 77;
	tape_reframe(&f->tape, at);
	h = read_again(f);
	assert_int_equal(h->status, FMT_END);
	assert_int_equal(h->damages, 0);
	assert_int_equal(h->summaries, 2);
	assert_true(harvest_is_whole(h, &f->books));
}

/* A section that a right block cannot have: the block is damaged, the rest is not. */
static void hostile_section(struct fixture *f, unsigned int block, uint16_t replaced, uint8_t codec,
	const void *data, uint32_t raw, uint32_t stored)
{
	size_t end, at = nth_block(&f->tape, block, &end);
	struct tape kept = {0};
	struct harvest *h;

	tape_append(&kept, f->tape.data, f->tape.len);
	for (size_t s = at + BLOCK_HEADER; s < end;) {
		size_t next = s + SECTION_FRAME + (size_t)load_le(f->tape.data + s + 8, 4);

		if (load_le(f->tape.data + s, 2) == replaced)
			store_le(f->tape.data + s, 0x7001, 2);
		s = next;
	}
	insert_section(&f->tape, at, replaced, codec, data, raw, stored);
	h = read_again(f);
	tape_release(&f->tape);
	f->tape = kept;
	assert_int_equal(h->status, FMT_END);
	assert_true(h->damages >= 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_CONTENT);
	assert_int_equal(h->damage[0].offset, at);
	assert_true(h->seen.len >= f->books.seen.len - 30);
	assert_true(harvest_is_part(h, &f->books));
}

static void hostile_sections(void **state)
{
	static const uint8_t zstd[] = {
		0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0};
	struct fixture *f = *state;
	uint8_t wide[4096];

	memset(wide, 0xff, sizeof(wide));
	hostile_section(f, 1, SECTION_PLACE, 0, "", 0, 0);
	hostile_section(f, 1, SECTION_PLACE, 0, "\x01", 1, 1);
	hostile_section(f, 1, SECTION_PLACE, 0, "\x01", 5, 1);
	hostile_section(f, 1, SECTION_PLACE, 0, "\x09xxxxxxxxxxxx", 13, 13);
	/* Sessions that nobody defined, within the limits and beyond. */
	hostile_section(f, 1, SECTION_PLACE, 0, "\x82\xff\x01", 3, 3);
	hostile_section(f, 1, SECTION_PLACE, 0, "\x84\xff\xff\xff\xff", 5, 5);
	hostile_section(f, 1, SECTION_PLACE, 0, "\x83\0\0\x01", 4, 4);
	/* The largest place there is, in several processes: together they are too many. */
	hostile_section(f, 1, SECTION_PLACE, 0, "\x82\xff\xff", 3, 3);
	/* The same of processes and directions. */
	hostile_section(f, 1, SECTION_WHO, 0, "", 0, 0);
	hostile_section(f, 1, SECTION_WHO, 0, "\x82\xff\xff", 3, 3);
	hostile_section(f, 1, SECTION_WHO, 0, "\x83\xff\xff\1", 4, 4);
	hostile_section(f, 1, SECTION_WHO, 0, "\x83\0\0\2", 4, 4);
	hostile_section(f, 1, SECTION_WHO, 0, "\x84\xff\xff\xff\xff", 5, 5);
	/* Times that leave the block, and that go round. */
	hostile_section(f, 1, SECTION_TIME, 0, "\x84\xff\xff\xff\xff", 5, 5);
	wide[0] = 0x88;
	hostile_section(f, 1, SECTION_TIME, 0, wide, 9, 9);
	hostile_section(f, 1, SECTION_BYTES, 0, "\x8f", 1, 1);
	hostile_section(f, 1, SECTION_CALLS, 0, wide, 9, 9);
	hostile_section(f, 1, SECTION_FLAGS, 0, "\x82\1\1", 3, 3);
	/* Compressed to nonsense, to more than promised, to more than allowed. */
	hostile_section(f, 1, SECTION_BYTES, 1, wide, 100, sizeof(wide));
	hostile_section(f, 1, SECTION_BYTES, 1, zstd, 100, sizeof(zstd));
	hostile_section(f, 1, SECTION_BYTES, 1, zstd, UINT32_MAX, sizeof(zstd));
	hostile_section(f, 1, SECTION_BYTES, 1, zstd, SECTION_RAW + 1, sizeof(zstd));
	/* Strings without an end, from a number beyond all, too long. */
	hostile_section(f, 1, SECTION_STRINGS, 0, "\0\0\0\0abc", 7, 7);
	hostile_section(f, 1, SECTION_STRINGS, 0, "\xff\xff\xff\xff\0", 5, 5);
	hostile_section(f, 1, SECTION_STRINGS, 0, "\0\0", 2, 2);
	memset(wide, 'a', sizeof(wide));
	hostile_section(f, 1, SECTION_STRINGS, 0, wide, sizeof(wide), sizeof(wide));
	/* Rows beyond the limits, or not there. */
	hostile_section(f, 1, SECTION_PROCESSES, 0, "\0\0\0\0\xff\xff\xff\xff", 8, 8);
	hostile_section(f, 1, SECTION_PROCESSES, 0, "\xff\xff\xff\xff\1\0\0\0", 8, 8);
	hostile_section(f, 1, SECTION_SESSIONS, 0, "\0\0\0\0\0\0\1\0", 8, 8);
	hostile_section(f, 1, SECTION_SESSIONS, 0, "\0\0\0\0\1\0\0\0\0\0\0\0", 12, 12);
	/* A family that there is not; all else is right. */
	hostile_section(f, 3, SECTION_SESSIONS, 0, "\0\0\0\0\1\0\0\0\0\x81\6\x81\5\0\0\0\0\0\0\0\0",
		21, 21);
	/* A place beyond the largest. */
	hostile_section(f, 3, SECTION_SESSIONS, 0,
		"\0\0\0\0\2\0\0\0\0\x81\6\x81\4\0\0\0\0\0\0\0\2\0\xff\0\xff", 25, 25);
	hostile_section(f, 1, SECTION_LOSSES, 0, "\1\x10\0\0", 4, 4);
	hostile_section(f, 1, SECTION_LOADS, 0, "\xff\xff\xff\xff", 4, 4);
	hostile_section(f, 4, SECTION_SUMS, 0, "\1\0\0\0\0\0\0\0\0\0\0", 11, 11);
	hostile_section(f, 0, SECTION_HEADER, 0, "\x10\0\3\0\0\0abc", 9, 9);
	hostile_section(f, 0, SECTION_HEADER, 0, "\x10\0\xff\xff\xff\xff", 6, 6);
	hostile_section(f, 0, SECTION_HEADER, 0, "\2\0\4\0\0\0abcd", 10, 10);
	hostile_section(f, 0, SECTION_TOTALS, 0, "abc", 3, 3);
}

/*
 * A whole recording of another host within each block, as if somebody had chosen the sizes of his
 * calls so: it is never seen, also when the block around it is damaged.
 */
static void planted_recording(void **state)
{
	struct fixture *f = *state;
	struct tape other = {0}, kept = {0};
	struct books books;

	books_tiny(&books, &other);
	tape_append(&kept, f->tape.data, f->tape.len);
	for (unsigned int i = 0; i < 15; i++) {
		size_t end, at = nth_block(&kept, i, &end);
		struct harvest *h;

		insert_section(&f->tape, at, 0x7000, 1, other.data, 0, (uint32_t)other.len);
		h = read_again(f);
		assert_int_equal(h->damages, 0);
		assert_true(harvest_is_whole(h, &f->books));
		/* Before it, so that it may be what a search would find first. */
		f->tape.data[at + BLOCK_HEADER + 3] ^= 1;
		h = read_again(f);
		assert_int_equal(h->damages >= 1 ? h->damage[0].offset : 0, at);
		assert_int_equal(h->damage[0].length, end - at + SECTION_FRAME + other.len);
		assert_int_equal(h->finishes, 1);
		assert_int_equal(h->groups, 3);
		assert_true(h->seen.len + harvest_missed(h) == f->books.seen.len);
		tape_release(&f->tape);
		tape_append(&f->tape, kept.data, kept.len);
	}
	books_release(&books);
	tape_release(&other);
	tape_release(&kept);
}

/* Headers that this reader would have to refuse, where nobody has put one: they stop nothing. */
static void planted_refusal(void **state)
{
	struct block_header b = {.version = 1, .type = BLOCK_TYPE_GROUP, .recording = 5};
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 3, &end);
	uint8_t header[BLOCK_HEADER];

	for (int i = 0; i < 2; i++) {
		struct tape n = {0}, kept = f->tape;

		b.version = 1 + i;
		b.flags = i ? 0 : 0x10;
		block_header_put(header, &b);
		tape_append(&n, kept.data, at);
		tape_append(&n, "??", 2);
		tape_append(&n, header, sizeof(header));
		tape_append(&n, kept.data + at, kept.len - at);
		f->tape = n;
		assert_int_equal(read_again(f)->damages, 1);
		assert_int_equal(f->harvest.status, FMT_END);
		assert_int_equal(f->harvest.damage[0].length, 2 + BLOCK_HEADER);
		assert_true(harvest_is_whole(&f->harvest, &f->books));
		tape_release(&f->tape);
		f->tape = kept;
	}
}

/* A section that is right but for its size costs no memory. */
static void large_section(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 2, &end), len;
	uint8_t *raw = calloc(1, SECTION_RAW + 1), stored[4096];
	struct tape kept = {0};

	assert_non_null(raw);
	tape_append(&kept, f->tape.data, f->tape.len);
	len = ZSTD_compress(stored, sizeof(stored), raw, SECTION_RAW, 1);
	insert_section(&f->tape, at, SECTION_LOADS, 1, stored, SECTION_RAW, (uint32_t)len);
	assert_int_equal(read_again(f)->damages, 0);
	tape_release(&f->tape);
	f->tape = kept;
	len = ZSTD_compress(stored, sizeof(stored), raw, SECTION_RAW + 1, 1);
	hostile_section(f, 2, SECTION_LOADS, 1, stored, SECTION_RAW + 1, (uint32_t)len);
	free(raw);
}

/* The largest payload there may be. */
static void large_payload(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 2, &end);
	uint32_t fill = BLOCK_PAYLOAD - SECTION_FRAME - (uint32_t)(end - at - BLOCK_HEADER);
	uint8_t *data = calloc(1, fill);

	assert_non_null(data);
	insert_section(&f->tape, at, 0x7000, 1, data, 0, fill);
	assert_int_equal(load_le(f->tape.data + at + 12, 4), BLOCK_PAYLOAD);
	assert_int_equal(read_again(f)->damages, 0);
	assert_true(harvest_is_whole(&f->harvest, &f->books));
	free(data);
}

static void too_many_sections(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 3, &end);
	struct harvest *h;

	for (int i = 0; i < SECTION_COUNT; i++)
		insert_section(&f->tape, at, 0x7000, 0, "", 0, 0);
	h = read_again(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_CONTENT);
}

static void twice_the_same_section(void **state)
{
	struct fixture *f = *state;
	size_t end, at = nth_block(&f->tape, 3, &end);
	struct harvest *h;

	insert_section(&f->tape, at, SECTION_PLACE, 0, "\0", 1, 1);
	h = read_again(f);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->damage[0].cause, DAMAGE_CONTENT);
}

/* A header that is right and unreasonable is no header. */
static void hostile_header(struct fixture *f, size_t field, uint64_t v, unsigned int bytes)
{
	size_t end, at = nth_block(&f->tape, 3, &end);
	uint8_t kept[BLOCK_HEADER];
	struct harvest *h;

	memcpy(kept, f->tape.data + at, sizeof(kept));
	store_le(f->tape.data + at + field, v, bytes);
	store_le(f->tape.data + at + 68, block_crc(f->tape.data + at, 68), 4);
	h = read_again(f);
	memcpy(f->tape.data + at, kept, sizeof(kept));
	assert_int_equal(h->status, FMT_END);
	assert_int_equal(h->damage[0].cause, DAMAGE_GAP);
	assert_int_equal(h->damage[0].length, end - at);
	assert_int_equal(h->damages, 1);
	assert_int_equal(h->seen.len, f->books.seen.len - 10);
}

static void hostile_headers(void **state)
{
	struct fixture *f = *state;

	hostile_header(f, 12, BLOCK_PAYLOAD + 1, 4);
	hostile_header(f, 12, UINT32_MAX, 4);
	hostile_header(f, 24, 0, 4);
	hostile_header(f, 48, UINT64_MAX, 8);
	hostile_header(f, 56, BLOCK_SAMPLES + 1, 4);
	hostile_header(f, 64, 7, 4);
}

/*
 * A header every 72 bytes, each of which promises a payload of 16 MiB: must not be read as often as
 * there are headers, which would take longer than any test may.
 */
static void nested_headers(void **state)
{
	struct block_header b = {
		.version = 1, .type = BLOCK_TYPE_SAMPLES, .recording = 5, .payload = BLOCK_PAYLOAD};
	uint8_t header[BLOCK_HEADER];
	struct tape t = {0};
	struct item item;
	struct reader *r;
	uint64_t damaged = 0;
	int status;

	(void)state;
	for (b.seq = 1; t.len < 3u * BLOCK_PAYLOAD; b.seq++) {
		block_header_put(header, &b);
		tape_append(&t, header, sizeof(header));
	}
	r = tape_reader(&t);
	while (!(status = reader_next(r, &item)))
		damaged++;
	assert_int_equal(status, FMT_END);
	assert_true(damaged > 2);
	tape_release(&t);
}

/* Wrong bytes with right checksums: no crash, and what is checked in harvest_read still holds. */
static void mutations(void **state)
{
	struct fixture *f = *state;
	uint64_t seed = 12345;

	for (int i = 0; i < 500; i++) {
		struct tape kept = {0};
		struct reader *r;
		struct item item;
		size_t at, block, end;

		tape_append(&kept, f->tape.data, f->tape.len);
		for (int k = 0; k < 3; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			at = (size_t)(seed >> 33) % f->tape.len;
			block = tape_block(&kept, at, &end);
			if (at - block >= 12 && (at - block < 8 || at - block > 15))
				f->tape.data[at] = (uint8_t)(seed >> 25);
			tape_reframe(&f->tape, block);
		}
		f->tape.is_file = i & 1;
		r = tape_reader(&f->tape);
		for (int k = 0; k < 1000; k++) {
			int status = reader_next(r, &item);
			uint32_t sessions;

			reader_sessions(r, &sessions);
			if (status)
				break;
			for (uint32_t s = 0; item.kind == ITEM_BLOCK && s < item.block->samples;
				s++)
				assert_true(item.block->key[s] / 2 < sessions);
		}
		memcpy(f->tape.data, kept.data, kept.len);
		tape_release(&kept);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_small, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(newer_version),
		TEST(newer_section),
		TEST(newer_codec),
		TEST(newer_needs),
		TEST(newer_but_compatible),
		TEST(hostile_sections),
		TEST(planted_recording),
		TEST(planted_refusal),
		TEST(large_section),
		TEST(large_payload),
		TEST(too_many_sections),
		TEST(twice_the_same_section),
		TEST(hostile_headers),
		cmocka_unit_test(nested_headers),
		TEST(mutations),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
