/* SPDX-License-Identifier: MIT */
/*
 * Whatever the input, a reader needs at most 64 MiB: read by a child process that may not have
 * more, as address space, so that what is reserved and not touched counts too. And what it reads
 * and looks at grows no faster than the input.
 */
#include "fixture.h"

#include "format/block.h"
#include "format/bytes.h"
#include "format/reading.h"
#include "format/section.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include <cmocka.h>

enum { MOST = 64 << 20 };

#ifdef __SANITIZE_ADDRESS__
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

/* Bytes of address space in use. */
static rlim_t in_use(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* 0: read to the end; the number of blocks in *blocks. Frees nothing: the limit is for all. */
static int read_all(struct tape *t, uint64_t *blocks)
{
	struct reader *r;
	struct item item;
	const struct summary *s;
	int status = FMT_OK;

	if (t->is_file)
		r = tape_reader(t);
	else
		status = reader_new(&r, tape_source(t));
	while (!status && !(status = reader_next(r, &item))) {
		if (item.kind == ITEM_GROUP)
			reader_peek(r, &s);
	}
	*blocks = status == FMT_END ? reader_stats(r)->blocks : 0;
	return status == FMT_END ? 0 : 1;
}

static void reads_within(struct tape *t, rlim_t most, int expected)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		struct rlimit limit = {in_use() + most, in_use() + most};
		uint64_t blocks = 0;

		if (setrlimit(RLIMIT_AS, &limit))
			_exit(3);
		_exit(read_all(t, &blocks) ? 1 : blocks ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

/* A block of samples with the given sections, whose content is zeros. */
static void add_block(
	struct tape *t, const struct block_header *header, const uint16_t *ids, unsigned int count)
{
	uint8_t *raw = calloc(1, SECTION_RAW), frame[SECTION_FRAME], packed[4096];
	size_t len = ZSTD_compress(packed, sizeof(packed), raw, SECTION_RAW, 1), at = t->len;
	uint8_t place[BLOCK_HEADER];
	struct block_header h = *header;

	assert_non_null(raw);
	assert_false(ZSTD_isError(len));
	tape_append(t, place, sizeof(place));
	for (unsigned int i = 0; i < count; i++) {
		store_le(frame, ids[i], 2);
		store_le(frame + 2, 1, 2);
		store_le(frame + 4, SECTION_RAW, 4);
		store_le(frame + 8, len, 4);
		tape_append(t, frame, sizeof(frame));
		tape_append(t, packed, len);
	}
	/* The rest of the payload is a section that nobody knows. */
	h.payload = BLOCK_PAYLOAD;
	len = at + BLOCK_HEADER + BLOCK_PAYLOAD - t->len - SECTION_FRAME;
	memset(frame, 0, sizeof(frame));
	store_le(frame, 0x7000, 2);
	store_le(frame + 8, len, 4);
	tape_append(t, frame, sizeof(frame));
	while (len) {
		size_t some = len < SECTION_RAW ? len : SECTION_RAW;

		tape_append(t, raw, some);
		len -= some;
	}
	free(raw);
	block_header_put(t->data + at, &h);
	tape_reframe(t, at);
}

/* The largest blocks, whose sections decode to the most that is allowed. */
static void largest_blocks(void **state)
{
	static const uint16_t ids[] = {
		SECTION_LOADS, SECTION_LOSSES, SECTION_STRINGS, SECTION_PROCESSES};
	struct fixture *f = *state;
	struct tape t = {0};
	struct block_header h;
	size_t end, at = nth_block(&f->tape, 0, &end);

	if (sanitized) {
		print_message("address space has no meaning with AddressSanitizer\n");
		skip();
	}
	assert_true(block_header_get(f->tape.data + at, &h));
	tape_append(&t, f->tape.data, end);
	for (int i = 0; i < 3; i++) {
		h.type = BLOCK_TYPE_SAMPLES;
		h.seq++;
		h.records = BLOCK_SAMPLES;
		add_block(&t, &h, ids, 4);
	}
	reads_within(&t, MOST, 0);
	t.is_file = true;
	reads_within(&t, MOST, 0);
	t.is_file = false;
	/* The test would notice. */
	reads_within(&t, MOST / 2, 1);
	tape_release(&t);
}

/* As many sessions in a group as there may be, with long and different paths. */
static void fullest_group(void **state)
{
	struct books b;
	struct tape t = {0};

	(void)state;
	if (sanitized) {
		print_message("address space has no meaning with AddressSanitizer\n");
		skip();
	}
	books_open(&b, &t, GROUP_SESSIONS + 10, 3);
	for (uint32_t i = 0; i < b.sessions; i++) {
		struct sample s = books_sample(&b);

		s.session = b.handle[i];
		assert_int_equal(writer_sample(b.writer, &s), FMT_OK);
	}
	books_finish(&b);
	reads_within(&t, MOST, 0);
	t.is_file = true;
	reads_within(&t, MOST, 0);
	books_release(&b);
	tape_release(&t);
}

/* A group header of a recording of its own, all of whose texts are as long as they may be. */
static void add_host(struct tape *t, uint32_t number)
{
	const size_t field = 6 + TEXT_SIZE, fields = 10, raw = fields * field;
	uint8_t *content = malloc(raw), *packed = malloc(ZSTD_compressBound(raw));
	uint8_t head[BLOCK_HEADER + SECTION_FRAME] = {0};
	struct block_header h = {
		.version = 1, .type = BLOCK_TYPE_GROUP, .recording = 1000 + number};
	size_t len, at = t->len;

	assert_true(content && packed);
	for (size_t i = 0; i < fields; i++) {
		store_le(content + i * field, 16 + i, 2);
		store_le(content + i * field + 2, TEXT_SIZE, 4);
		memset(content + i * field + 6, 'a' + (int)(number % 26), TEXT_SIZE - 1);
		content[i * field + 5 + TEXT_SIZE] = 0;
	}
	len = ZSTD_compress(packed, ZSTD_compressBound(raw), content, raw, 1);
	assert_false(ZSTD_isError(len));
	store_le(head + BLOCK_HEADER, SECTION_HEADER, 2);
	store_le(head + BLOCK_HEADER + 2, 1, 2);
	store_le(head + BLOCK_HEADER + 4, raw, 4);
	store_le(head + BLOCK_HEADER + 8, len, 4);
	h.payload = (uint32_t)(SECTION_FRAME + len);
	block_header_put(head, &h);
	tape_append(t, head, sizeof(head));
	tape_append(t, packed, len);
	tape_reframe(t, at);
	free(content);
	free(packed);
}

static void many_hosts(void **state)
{
	struct tape t = {0};
	struct reader *r;
	struct item item;
	unsigned int hosts = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		add_host(&t, i);
	r = tape_reader(&t);
	while (!reader_next(r, &item)) {
		assert_int_equal(item.kind, ITEM_GROUP);
		assert_int_equal(strlen(item.header->host), TEXT_SIZE - 1);
		hosts++;
	}
	assert_int_equal(hosts, 1000);
	t.pos = 0;
	if (!sanitized)
		reads_within(&t, MOST, 0);
	tape_release(&t);
}

/* --- Work ----------------------------------------------------------------------------------- */

/* Groups of two blocks of samples. */
static void make_groups(struct books *b, struct tape *t, unsigned int groups)
{
	books_open(b, t, 50, 7);
	for (unsigned int i = 0; i < groups; i++) {
		books_write(b, 60);
		assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
		books_write(b, 60);
		b->now_us += 1000000000;
		assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
	}
	books_finish(b);
}

/* Spoils the payloads of the blocks of that type. */
static void spoil(struct tape *t, uint8_t type)
{
	size_t end;

	for (size_t at = 0; at < t->len; at = end) {
		tape_block(t, at, &end);
		if (t->data[at + 9] == type)
			t->data[at + BLOCK_HEADER + 5] ^= 1;
	}
}

/* Bytes that were read, and bytes that were looked at to find blocks in them. */
static uint64_t work(struct tape *t, bool peeks)
{
	struct reader *r;
	struct item item;
	const struct summary *s;
	int status;

	t->is_file = true;
	r = tape_reader(t);
	while (!(status = reader_next(r, &item))) {
		if (peeks && item.kind == ITEM_GROUP)
			reader_peek(r, &s);
	}
	assert_int_equal(status, FMT_END);
	return reader_stats(r)->fetched + r->scan.in_vain;
}

/* Damage of which each costs a look ahead: at most so many times what there is. */
static void looking_ahead_is_linear(void **state)
{
	static const uint8_t types[] = {
		BLOCK_TYPE_GROUP, BLOCK_TYPE_SAMPLES, BLOCK_TYPE_SUMMARY, BLOCK_TYPE_END};

	(void)state;
	for (unsigned int groups = 40; groups <= 640; groups *= 4) {
		for (int i = 0; i < 8; i++) {
			struct tape t = {0};
			struct books b;

			make_groups(&b, &t, groups);
			spoil(&t, types[i % 4]);
			/* The first block of each group has the definitions of all others. */
			for (size_t at = 0, end; i & 4 && at < t.len; at = end) {
				tape_block(&t, at, &end);
				if (t.data[at + 9] == BLOCK_TYPE_GROUP)
					t.data[end + BLOCK_HEADER + 5] ^= 1;
			}
			assert_true(work(&t, false) <= 6 * t.len + (1 << 20));
			assert_true(work(&t, true) <= 8 * t.len + (1 << 20));
			books_release(&b);
			tape_release(&t);
		}
	}
}

/* Headers every 72 bytes whose payloads reach over thousands of others. */
static void searching_is_linear(void **state)
{
	struct block_header b = {
		.version = 1, .type = BLOCK_TYPE_SAMPLES, .recording = 5, .payload = 1 << 20};
	uint8_t header[BLOCK_HEADER];

	(void)state;
	for (size_t len = 8 << 20; len <= 32 << 20; len *= 2) {
		struct tape t = {0};

		/* Numbers that follow each other, and numbers that leave every other one out. */
		for (b.seq = 1; t.len < len; b.seq += len & 16 << 20 ? 2 : 1) {
			block_header_put(header, &b);
			tape_append(&t, header, sizeof(header));
		}
		/* What FORMAT.md's "again and again" is here: scan.c, IN_VAIN. */
		assert_true(work(&t, false) <= (uint64_t)(64 << 20) + 20 * t.len);
		tape_release(&t);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_small, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(largest_blocks),
		cmocka_unit_test(fullest_group),
		cmocka_unit_test(many_hosts),
		cmocka_unit_test(looking_ahead_is_linear),
		cmocka_unit_test(searching_is_linear),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
