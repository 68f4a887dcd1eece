/* SPDX-License-Identifier: MIT */
/* What is known of a file before it is opened, whatever it is. */
#include "format/block.h"
#include "report/peek.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include "tests/tape.h"
#include <stdio.h>
#include <sys/stat.h>

static const struct header header = {.recording = 77,
	.start_us = BOOT_START,
	.start_wall_us = WALL_START,
	.zone_offset_s = -12600,
	.series = 88,
	.part = 9,
	.host = "web1"};

static struct peek peek_tape(struct tape *t)
{
	struct peek p;

	tape_save(t, 0, "file");
	peek_file("file", &p);
	assert_int_equal(p.size, t->len);
	tape_release(t);
	return p;
}

static struct peek peek_bytes(const void *data, size_t len)
{
	struct tape t = {0};

	tape_append(&t, data, len);
	return peek_tape(&t);
}

static void a_recording_says_what_it_is(void **state)
{
	struct tape t = {0};
	struct peek p;

	(void)state;
	tape_record(&t, &header);
	p = peek_tape(&t);
	assert_true(p.known && !p.foreign && !p.headless);
	assert_int_equal(p.recording, 77);
	assert_int_equal(p.series, 88);
	assert_int_equal(p.part, 9);
	assert_int_equal(p.zone_offset_s, -12600);
	assert_string_equal(p.host, "web1");
	assert_int_equal(p.began_us, WALL_START);
}

/* The first block's, which the clock may have been set before. */
static void it_starts_with_its_first_block(void **state)
{
	struct sample sample = {.time_us = BOOT_START + 5 * SECOND, .bytes = 1, .calls = 1};
	int64_t set = 3600 * (int64_t)SECOND_US;
	struct tape t = {0};
	struct writer *w;
	struct peek p;

	(void)state;
	assert_int_equal(writer_new(&w, &header, tape_sink(&t)), FMT_OK);
	assert_int_equal(writer_clock(w, WALL_START - (int64_t)BOOT_START + set, 0, "UTC"), FMT_OK);
	assert_int_equal(writer_define(w, &fixture_sessions[CURL], &sample.session), FMT_OK);
	assert_int_equal(writer_sample(w, &sample), FMT_OK);
	assert_int_equal(writer_finish(w, sample.time_us), FMT_OK);
	writer_free(w);
	p = peek_tape(&t);
	assert_int_equal(p.began_us, WALL_START);
	assert_int_equal(p.start_us, WALL_START + 5 * SECOND_US + set);
}

/* Cut behind its header, as a recorder leaves it that was killed at once. */
static void without_a_block_it_starts_when_it_began(void **state)
{
	struct tape t = {0};
	struct peek p;

	(void)state;
	tape_record(&t, &header);
	tape_block(&t, 0, &t.len);
	p = peek_tape(&t);
	assert_true(p.known);
	assert_int_equal(p.start_us, WALL_START);
}

/* What follows says that it is a recording, but not whose. */
static void a_damaged_header_is_told(void **state)
{
	struct tape t = {0};
	struct peek p;

	(void)state;
	tape_record(&t, &header);
	t.data[BLOCK_HEADER + 1] ^= 0xff;
	p = peek_tape(&t);
	assert_true(p.headless && !p.foreign);
	assert_int_equal(p.series, 0);
	assert_int_equal(p.part, 0);
	assert_string_equal(p.host, "");
	assert_int_equal(p.start_us, WALL_START + SECOND_US);
}

static void what_is_none_is_foreign(void **state)
{
	static const uint8_t zeros[BLOCK_HEADER + 1];
	struct peek p;

	(void)state;
	p = peek_bytes("", 0);
	assert_true(p.foreign && !p.known);
	assert_int_equal(p.start_us, INT64_MAX);
	assert_true(peek_bytes("x", 1).foreign);
	assert_true(peek_bytes("some text, that is a little longer than the header of a block, "
			       "which has seventy-two bytes",
		90)
			    .foreign);
	assert_true(peek_bytes(zeros, sizeof(zeros)).foreign);
}

/* It is one, which somebody has to be told about. */
static void one_that_is_too_new_is_neither(void **state)
{
	struct tape t = {0};
	struct peek p;

	(void)state;
	tape_record(&t, &header);
	t.data[8]++;
	tape_reframe(&t, 0);
	p = peek_tape(&t);
	assert_false(p.known);
	assert_false(p.foreign);
}

static void what_cannot_be_looked_into(void **state)
{
	struct peek p;

	(void)state;
	peek_file("nowhere", &p);
	assert_true(!p.known && !p.foreign && p.start_us == INT64_MAX);
	/* Not opened, for that would wait for a writer. */
	assert_int_equal(mkfifo("fifo", 0600), 0);
	peek_file("fifo", &p);
	assert_true(!p.known && !p.foreign && p.start_us == INT64_MIN);
	peek_file(".", &p);
	assert_true(!p.known && !p.foreign && p.start_us == INT64_MIN);
}

/* The longest that a header may hold is longer than what is kept. */
static void a_long_name_is_cut(void **state)
{
	char host[sizeof(((struct peek *)0)->host) + 100];
	struct header h = header;
	struct tape t = {0};
	struct peek p;

	(void)state;
	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	h.host = host;
	tape_record(&t, &h);
	p = peek_tape(&t);
	assert_int_equal(strlen(p.host), sizeof(p.host) - 1);
	assert_int_equal(strncmp(p.host, host, sizeof(p.host) - 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_says_what_it_is),
		cmocka_unit_test(it_starts_with_its_first_block),
		cmocka_unit_test(without_a_block_it_starts_when_it_began),
		cmocka_unit_test(a_damaged_header_is_told),
		cmocka_unit_test(what_is_none_is_foreign),
		cmocka_unit_test(one_that_is_too_new_is_neither),
		cmocka_unit_test(what_cannot_be_looked_into),
		cmocka_unit_test(a_long_name_is_cut),
	};

	return cmocka_run_group_tests_name("peek", tests, scratch_enter, scratch_leave);
}
