/* SPDX-License-Identifier: MIT */
/* Also what run.c makes of it: whole command lines over files of several hosts. */
#include "format/writer.h"
#include "report/merge.h"
#include "report/run.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include <stdio.h>
#include <unistd.h>

static int write_file(void *ctx, const void *data, size_t len)
{
	return fwrite(data, 1, len, ctx) == len ? 0 : -1;
}

static struct writer *open_recording_at(FILE *file, const char *host, uint64_t ms, uint32_t *handle)
{
	const struct header header = {.recording = (uint64_t)host[0] + (uint64_t)ftell(file),
		.start_us = BOOT_START + ms * 1000,
		.start_wall_us = WALL_START + (int64_t)ms * 1000,
		.zone_offset_s = 3600,
		.zone = "CET",
		.host = host,
		.boot_id = "",
		.kernel = "",
		.tool = "",
		.command = "",
		.filters = "",
		.hooks = "",
		.selftest = "",
		.coverage = ""};
	struct writer *w;

	assert_int_equal(writer_new(&w, &header, (struct sink){write_file, file}), 0);
	assert_int_equal(writer_clock(w, WALL_START - (int64_t)BOOT_START, 3600, "CET"), 0);
	assert_int_equal(writer_define(w, &fixture_sessions[CURL], handle), 0);
	return w;
}

static struct writer *open_recording(FILE *file, const char *host, uint32_t *handle)
{
	return open_recording_at(file, host, 0, handle);
}

/* A call of `bytes` at each of the times (ms, ends with -1), two to a block. */
static void record(const char *name, const char *host, uint64_t bytes, const int *ms)
{
	FILE *file = fopen(name, "wb");
	struct sample sample = {.bytes = bytes, .calls = 1};
	struct load load = {.avg = {100, 0, 0}, .last_pid = (uint32_t)host[0]};
	struct writer *w;

	assert_non_null(file);
	w = open_recording(file, host, &sample.session);
	for (int i = 0; ms[i] >= 0; i++) {
		sample.time_us = BOOT_START + (uint64_t)ms[i] * 1000;
		assert_int_equal(writer_sample(w, &sample), 0);
		if (i % 2 == 0)
			continue;
		load.time_us = sample.time_us + 600000; /* that is, not in order with other hosts */
		assert_int_equal(writer_load(w, &load), 0);
		assert_int_equal(writer_flush(w, sample.time_us), 0);
	}
	assert_int_equal(writer_finish(w, BOOT_START + 10 * SECOND), 0);
	writer_free(w);
	fclose(file);
}

static struct memory report(const char *const *args, enum exit_status status, char **said)
{
	char *argv[16] = {"tcptop-report"};
	struct memory m;
	struct out *out = memory_out(&m);
	struct options options;
	struct log log = {0};
	size_t len;
	enum exit_status answer;
	int argc = 1;

	*said = NULL;
	log.to = open_memstream(said, &len);
	assert_non_null(log.to);
	setenv("TZ", "UTC0", 1);
	for (; args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	assert_int_equal(options_parse(&options, argc, argv, &log), 0);
	log.quiet = options.quiet;
	answer = run(&options, out, &log);
	fflush(log.to);
	if (answer != status)
		print_message("# %s", *said);
	assert_int_equal(answer, status);
	out_free(out);
	options_clear(&options);
	fclose(log.to);
	return m;
}

static void expect(
	const char *const *args, enum exit_status status, const char *text, const char *message)
{
	char *said;
	struct memory m = report(args, status, &said);

	assert_string_equal(m.text, text);
	assert_string_equal(said, message);
	free(m.text);
	free(said);
}

#define EXPECT(text, ...)      expect((const char *const[]){__VA_ARGS__, NULL}, STATUS_OK, text, "")
#define EVENTS                 "epoch,time,host,comm,dir,bytes,calls\n"
#define EVENT(ms, host, bytes) "17951685" ms "000,2026-11-20 09:55:0" host ",curl,rx," bytes ",1\n"

static void samples_of_two_hosts_are_in_order(void **state)
{
	(void)state;
	record("a", "alpha", 1, (const int[]){100, 500, 900, 1500, -1});
	record("b", "beta", 2, (const int[]){200, 300, 900, 1100, -1});
	EXPECT(EVENTS EVENT("00.100", "0,alpha", "1") EVENT("00.200", "0,beta", "2")
			EVENT("00.300", "0,beta", "2") EVENT("00.500", "0,alpha", "1") EVENT(
				"00.900", "0,alpha", "1") EVENT("00.900", "0,beta", "2")
				EVENT("01.100", "1,beta", "2") EVENT("01.500", "1,alpha", "1"),
		"--events", "--csv", "--by=comm", "b", "a");
}

/* From their first sample on: whichever was named first. */
static void hosts_of_one_time_have_an_order(void **state)
{
	(void)state;
	record("c", "alpha", 1, (const int[]){100, 500, -1});
	record("d", "beta", 2, (const int[]){100, 500, -1});
	for (int i = 0; i < 2; i++)
		EXPECT(EVENTS EVENT("00.100", "0,alpha", "1") EVENT("00.100", "0,beta", "2")
				EVENT("00.500", "0,alpha", "1") EVENT("00.500", "0,beta", "2"),
			"--events", "--csv", "--by=comm", i ? "c" : "d", i ? "d" : "c");
}

/* alpha's load average of 1100 ms comes before beta's sample of 200 ms. */
static void intervals_wait_for_all_hosts(void **state)
{
	(void)state;
	EXPECT("09:55:01 alpha loadavg: unknown\n"
	       "09:55:01 beta loadavg: 1.00 0.00 0.00 0/0 98\n\n"
	       "HOST             COMM           RX_B   TX_B\n"
	       "beta             curl              6      0\n"
	       "alpha            curl              3      0\n\n"
	       "09:55:02 alpha loadavg: 1.00 0.00 0.00 0/0 97\n"
	       "09:55:02 beta loadavg: 1.00 0.00 0.00 0/0 98\n\n"
	       "HOST             COMM           RX_B   TX_B\n"
	       "beta             curl              2      0\n"
	       "alpha            curl              1      0\n\n"
	       "09:55:10 idle since 09:55:02 (8 intervals)\n",
		"--by=comm", "--bytes", "a", "b");
}

/* A recording from one time to the other, in ms, with a call at both. */
static void record_from_to(const char *name, const char *host, uint64_t from, uint64_t to)
{
	FILE *file = fopen(name, "wb");
	struct sample sample = {.bytes = 1, .calls = 1, .time_us = BOOT_START + from * 1000};
	struct writer *w;

	assert_non_null(file);
	w = open_recording_at(file, host, from, &sample.session);
	assert_int_equal(writer_sample(w, &sample), 0);
	assert_int_equal(writer_flush(w, sample.time_us), 0);
	sample.time_us = BOOT_START + to * 1000;
	assert_int_equal(writer_sample(w, &sample), 0);
	assert_int_equal(writer_finish(w, sample.time_us), 0);
	writer_free(w);
	fclose(file);
}

/* That of a ends after 10 s. */
static void what_no_host_recorded_is_not_idle(void **state)
{
	(void)state;
	record_from_to("late", "alpha", 13500, 15500);
	record_from_to("other", "gamma", 2500, 15600);
	EXPECT("COMM           RX_B   TX_B\n"
	       "curl              1      0\n\n"
	       "09:55:10 idle since 09:55:02 (8 intervals)\n\n"
	       "09:55:13 no recording since 09:55:10 (3 intervals)\n\n"
	       "COMM           RX_B   TX_B\n"
	       "curl              1      0\n\n"
	       "09:55:15 idle since 09:55:14 (1 interval)\n\n"
	       "COMM           RX_B   TX_B\n"
	       "curl              1      0\n",
		"-S", "--by=comm", "--bytes", "late", "a", "--since=+1s");
	EXPECT("HOST             COMM           RX_B   TX_B\n"
	       "gamma            curl              1      0\n\n"
	       "09:55:13 idle since 09:55:03 (10 intervals)\n\n"
	       "HOST             COMM           RX_B   TX_B\n"
	       "alpha            curl              1      0\n",
		"-S", "--by=comm", "--bytes", "late", "a", "other", "--since=+2s", "--until=+14s");
}

/* The load average of 2100 ms is in the block of 1500 ms. */
static void nothing_behind_the_selection_is_idle(void **state)
{
	(void)state;
	EXPECT("COMM           RX_B   TX_B\n"
	       "curl              1      0\n",
		"-S", "--by=comm", "--bytes", "a", "--since=@1795168501.5", "--until=@1795168501.6",
		"0.1");
}

/* That of a goes on for 6 s when the other one is over. */
static void the_end_is_that_of_the_last(void **state)
{
	(void)state;
	record_from_to("short", "alpha", 2500, 3500);
	EXPECT("COMM           RX_B   TX_B\n"
	       "curl              1      0\n\n"
	       "COMM           RX_B   TX_B\n"
	       "curl              1      0\n\n"
	       "COMM           RX_B   TX_B\n"
	       "curl              1      0\n\n"
	       "09:55:10 idle since 09:55:04 (6 intervals)\n",
		"-S", "--by=comm", "--bytes", "a", "short", "--since=+1400ms", "1");
}

/* alpha's first block has no sample behind 600 ms and goes until 1100 ms: that is not its time. */
static void the_first_interval_is_that_of_the_selection(void **state)
{
	(void)state;
	EXPECT("epoch,time,seconds,host,comm,rx_calls,tx_calls,rx_bytes,tx_bytes\n"
	       "1795168500,2026-11-20 09:55:00,1,beta,curl,1,0,2,0\n"
	       "1795168500,2026-11-20 09:55:00,1,alpha,curl,1,0,1,0\n"
	       "1795168501,2026-11-20 09:55:01,1,beta,curl,1,0,2,0\n"
	       "1795168501,2026-11-20 09:55:01,1,alpha,curl,1,0,1,0\n",
		"--csv", "--by=comm", "a", "b", "--since=@1795168500.6");
}

static void a_time_is_selected(void **state)
{
	const char *const nothing[] = {"--top", "a", "--since=+5s", "--until=+4s", NULL};

	(void)state;
	EXPECT(EVENTS EVENT("00.500", "0,alpha", "1"), "--events", "--csv", "--by=comm", "a",
		"--since=+300ms", "--until=@1795168500.9");
	EXPECT(EVENTS EVENT("00.900", "0,alpha", "1") EVENT("00.900", "0,beta", "2")
			EVENT("01.100", "1,beta", "2"),
		"--events", "--csv", "--by=comm", "a", "b", "--since=2026-11-20T09:55:00.9Z",
		"--until=09:55:01.5");
	EXPECT(EVENTS EVENT("01.500", "1,alpha", "1"), "--events", "--csv", "--by=comm", "a",
		"--since=-8.6s");
	EXPECT("epoch,time,seconds,host,comm,rx_calls,tx_calls,rx_bytes,tx_bytes\n"
	       "1795168501,2026-11-20 09:55:01,1,alpha,curl,1,0,1,0\n",
		"--csv", "--by=comm", "a", "--since=09:55:01");
	expect(nothing, STATUS_USAGE, "",
		"tcptop-report: --until is not after --since: nothing is selected\n");
}

static void times_of_the_recorder(void **state)
{
	(void)state;
	EXPECT("10:55:02.000 loadavg: unknown\n\n"
	       "COMM          RX_KB  TX_KB\n"
	       "curl              0      0\n\n"
	       "10:55:10.000 idle since 10:55:02.000 (16 intervals)\n",
		"--by=comm", "--tz=recorder", "--since=10:55:01.5", "a", "0.5");
}

static void strict_about_losses(void **state)
{
	const struct loss loss = {
		BOOT_START + SECOND, BOOT_START + SECOND, {{1, 0}, {1, 0}}, LOST_RING, 0};
	const char *const args[] = {"--strict", "--top", "lost", "--by=comm", "--json", NULL};
	FILE *file = fopen("lost", "wb");
	struct memory m;
	uint32_t handle;
	struct writer *w;
	char *said;

	(void)state;
	assert_non_null(file);
	w = open_recording(file, "alpha", &handle);
	assert_int_equal(writer_loss(w, &loss), 0);
	assert_int_equal(writer_finish(w, BOOT_START + 10 * SECOND), 0);
	writer_free(w);
	fclose(file);
	m = report(args, STATUS_DAMAGED, &said);
	assert_int_equal(strncmp(m.text, "{\"lost\":{\"host\":\"alpha\",", 24), 0);
	free(m.text);
	free(said);
	EXPECT("", "--strict", "--top", "lost", "--by=comm", "--json", "--since=+2s", "-q");
	expect((const char *const[]){"--strict", "a", "--json", "--until=@1795168500", NULL},
		STATUS_OK, "",
		"tcptop-report: nothing was recorded at the time selected; see from when to when "
		"with --info\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_of_two_hosts_are_in_order),
		cmocka_unit_test(hosts_of_one_time_have_an_order),
		cmocka_unit_test(intervals_wait_for_all_hosts),
		cmocka_unit_test(what_no_host_recorded_is_not_idle),
		cmocka_unit_test(nothing_behind_the_selection_is_idle),
		cmocka_unit_test(the_end_is_that_of_the_last),
		cmocka_unit_test(the_first_interval_is_that_of_the_selection),
		cmocka_unit_test(a_time_is_selected),
		cmocka_unit_test(times_of_the_recorder),
		cmocka_unit_test(strict_about_losses),
	};

	return cmocka_run_group_tests_name("merge", tests, scratch_enter, scratch_leave);
}
