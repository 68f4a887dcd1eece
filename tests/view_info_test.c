/* SPDX-License-Identifier: MIT */
#include "tests/report_fixture.h"

static const struct header header = {
	.recording = 7,
	.start_us = BOOT_START,
	.start_wall_us = WALL_START,
	.zone_offset_s = -12600,
	.cpus = 4,
	.zone = "NST",
	.host = "web1\x1b[31m",
	.boot_id = "boot",
	.kernel = "6.12.48 x86_64",
	.tool = "tcptop-record 0.1.0",
	.command = "tcptop-record -o x",
	.filters = "",
	.hooks = "tracepoint",
	.selftest = "both ways\nof TCP",
	.coverage = "first\nsecond",
};

#define HEADER_TEXT                                                                                \
	"file        a.data\n"                                                                     \
	"host        web1\\x1B[31m\n"                                                              \
	"boot        boot\n"                                                                       \
	"kernel      6.12.48 x86_64\n"                                                             \
	"cpus        4\n"                                                                          \
	"recorder    tcptop-record 0.1.0\n"                                                        \
	"command     tcptop-record -o x\n"                                                         \
	"hooks       tracepoint\n"                                                                 \
	"self-test   both ways\n"                                                                  \
	"            of TCP\n"                                                                     \
	"coverage    first\n"                                                                      \
	"            second\n"                                                                     \
	"filters     none\n"                                                                       \
	"zone        NST, UTC-03:30 on the recorder's host\n"                                      \
	"began       2026-11-20 09:55:00.000000 UTC\n"

static void give(struct stage *s, enum item_kind kind, const struct damage *damage)
{
	struct item item = {.kind = kind, .damage = damage};

	assert_int_equal(s->view->item(s->view, &s->feed, &item), 0);
}

static const char *end_of_file(struct stage *s)
{
	assert_int_equal(s->view->file_end(s->view, &s->feed), 0);
	return stage_end(s);
}

static void all_is_well(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--info");
	stage_group(&s, &header);
	stage_sample(&s, 0, CURL, DIR_RX, 1000, 2);
	stage_sample(&s, 1, CURL2, DIR_TX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	stage_group(&s, &header); /* another group of the same recording */
	stage_sample(&s, 1500, CURL, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	s.stats = (struct reader_stats){.bytes = 1000, .groups = 2, .finished = true};
	assert_string_equal(end_of_file(&s),
		HEADER_TEXT "from        2026-11-20 09:55:00.000000 UTC\n"
			    "to          2026-11-20 09:55:01.500000 UTC\n"
			    "duration    1.500 s\n"
			    "samples     3\n"
			    "calls       4 (3 rx, 1 tx)\n"
			    "bytes       1002 (1001 rx, 1 tx)\n"
			    "sessions    2\n"
			    "lost        0 calls, 0 bytes\n"
			    "size        1000 bytes, 333.33 a sample\n"
			    "damaged     0 bytes\n"
			    "finished    yes\n");
	stage_close(&s);
}

static void all_is_not_well(void **state)
{
	const struct damage damage = {.offset = 100,
		.length = 50,
		.samples = 7,
		.samples_known = true,
		.cause = DAMAGE_PAYLOAD};
	const struct loss losses[] = {
		{BOOT_START, BOOT_START + SECOND, {{1, 2}, {100, 200}}, LOST_RING, 0},
		{BOOT_START + 1, BOOT_START + 2 * SECOND, {{10, 0}, {5, 0}}, LOST_RING, 1},
		{BOOT_START, BOOT_START, {{0, 0}, {0, 1}}, 99, 1},
	};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--info");
	stage_group(&s, &header);
	give(&s, ITEM_DAMAGE, &damage);
	s.block.loss = losses;
	s.block.losses = 3;
	stage_sample(&s, 0, CURL, DIR_RX, 1000, 2);
	assert_int_equal(stage_block(&s), 0);
	s.stats = (struct reader_stats){.bytes = 500,
		.groups = 1,
		.damaged_bytes = 50,
		.torn_offset = 480,
		.torn_bytes = 20};
	assert_string_equal(end_of_file(&s), HEADER_TEXT
		"from        2026-11-20 09:55:00.000000 UTC\n"
		"to          2026-11-20 09:55:00.000000 UTC\n"
		"duration    0.000 s\n"
		"samples     1\n"
		"calls       2 (2 rx, 0 tx)\n"
		"bytes       1000 (1000 rx, 0 tx)\n"
		"sessions    1\n"
		"lost        13 calls, 306 bytes (unknown cause, ring full)\n"
		"            unknown cause: rx 0 calls 0 bytes, tx 0 calls 1 byte, between "
		"2026-11-20 09:55:00.000000 and 2026-11-20 09:55:00.000000\n"
		"            ring full: rx 11 calls 105 bytes, tx 2 calls 200 bytes, between "
		"2026-11-20 09:55:00.000000 and 2026-11-20 09:55:02.000000\n"
		"size        500 bytes, 500.00 a sample\n"
		"damaged     50 bytes in 1 place\n"
		"            offset 100, 50 bytes: a block's contents do not match their checksum; "
		"7 samples are not shown\n"
		"finished    no: ends inside a block (offset 480, 20 bytes of it)\n");
	stage_close(&s);
}

static void a_quiet_recording_has_its_time(void **state)
{
	struct stage s;
	const char *text;

	(void)state;
	STAGE_OPEN(&s, "--info");
	stage_group(&s, &header);
	s.stats = (struct reader_stats){.bytes = 500,
		.groups = 1,
		.finished = true,
		.finish_us = BOOT_START + 90 * SECOND,
		.finish_wall_us = WALL_START + 90 * (int64_t)SECOND};
	give(&s, ITEM_FINISH, NULL);
	text = end_of_file(&s);
	assert_non_null(strstr(text, "\nfrom        2026-11-20 09:55:00.000000 UTC\n"
				     "to          2026-11-20 09:56:30.000000 UTC\n"
				     "duration    1 m 30 s\n"));
	stage_close(&s);
	STAGE_OPEN(&s, "--info");
	stage_group(&s, &header);
	stage_sample(&s, 1000, CURL, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	s.stats.finish_us = BOOT_START + 3 * SECOND;
	s.stats.finish_wall_us = WALL_START + 3 * (int64_t)SECOND;
	give(&s, ITEM_FINISH, NULL);
	text = end_of_file(&s);
	assert_non_null(strstr(text, "\nduration    2.000 s\n"));
	assert_non_null(strstr(text, "\nbytes       1 (1 rx, 0 tx)\n"));
	stage_close(&s);
}

static void each_recording_in_a_file(void **state)
{
	struct header second = header;
	struct stage s;
	const char *text;

	(void)state;
	second.recording = 8;
	STAGE_OPEN(&s, "--info");
	stage_group(&s, &header);
	stage_sample(&s, 0, CURL, DIR_RX, 1000, 1);
	assert_int_equal(stage_block(&s), 0);
	stage_group(&s, &second);
	s.stats = (struct reader_stats){.bytes = 500, .groups = 2, .finished = false};
	text = end_of_file(&s);
	assert_non_null(strstr(text, "\nsamples     1\n"));
	assert_non_null(strstr(text, "\n\nfile        a.data\n"));
	assert_non_null(strstr(text, "\nsamples     0\n"));
	assert_non_null(
		strstr(text, "finished    no: cut, recorder killed, or still being written\n"));
	stage_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_well),
		cmocka_unit_test(all_is_not_well),
		cmocka_unit_test(a_quiet_recording_has_its_time),
		cmocka_unit_test(each_recording_in_a_file),
	};

	return cmocka_run_group_tests_name("view_info", tests, NULL, NULL);
}
