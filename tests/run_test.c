/* SPDX-License-Identifier: MIT */
#include "format/writer.h"
#include "report/run.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct result {
	enum exit_status status;
	struct memory out;
	char *said;
	size_t said_len;
};

static int write_file(void *ctx, const void *data, size_t len)
{
	return fwrite(data, 1, len, ctx) == len ? 0 : -1;
}

/* A recording of one call at the second. */
static void record(const char *name, uint64_t second, uint64_t bytes, bool finish)
{
	const struct header header = {
		.recording = 1 + second,
		.start_us = BOOT_START,
		.start_wall_us = WALL_START,
		.cpus = 1,
		.zone = "UTC",
		.host = "web1",
		.boot_id = "boot",
		.kernel = "k",
		.tool = "t",
		.command = "c",
		.filters = "",
		.hooks = "h",
		.coverage = "c",
	};
	struct sample sample = {
		.time_us = BOOT_START + second * SECOND, .bytes = bytes, .calls = 1};
	FILE *file = fopen(name, "wb");
	struct writer *w;

	assert_non_null(file);
	assert_int_equal(writer_new(&w, &header, (struct sink){write_file, file}), 0);
	assert_int_equal(writer_clock(w, WALL_START - (int64_t)BOOT_START, 0, "UTC"), 0);
	assert_int_equal(writer_define(w, &fixture_sessions[CURL], &sample.session), 0);
	for (int block = 0; block < 3; block++) {
		assert_int_equal(writer_sample(w, &sample), 0);
		assert_int_equal(writer_flush(w, sample.time_us), 0);
	}
	if (finish)
		assert_int_equal(writer_finish(w, sample.time_us), 0);
	writer_free(w);
	fclose(file);
}

static off_t size_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(name, &st), 0);
	return st.st_size;
}

static void overwrite(const char *name, off_t offset, const char *text)
{
	FILE *file = fopen(name, "r+b");

	assert_non_null(file);
	assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
	fputs(text, file);
	fclose(file);
}

/* Output goes to the sink, or where that is none into the result. */
static struct result report_to(struct out_sink sink, const char *const *args)
{
	char *argv[16] = {"tcptop-report"};
	struct result r = {0};
	struct log log = {.to = open_memstream(&r.said, &r.said_len)};
	struct options options;
	struct out *out;
	int argc = 1;

	setenv("TZ", "UTC0", 1);
	for (; args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	out = memory_out(&r.out);
	if (sink.write) {
		out_free(out);
		assert_int_equal(out_new(&out, sink), 0);
	}
	assert_int_equal(options_parse(&options, argc, argv, &log), 0);
	log.quiet = options.quiet;
	r.status = run(&options, out, &log);
	out_free(out);
	options_clear(&options);
	fclose(log.to);
	return r;
}

#define REPORT(...)                                                                                \
	report_to((struct out_sink){NULL, NULL}, (const char *const[]){__VA_ARGS__, NULL})

static void release(struct result *r)
{
	free(r->out.text);
	free(r->said);
}

static void expect_failure(struct result r, const char *said)
{
	assert_string_equal(r.said, said);
	assert_int_equal(r.status, STATUS_FAILED);
	assert_string_equal(r.out.text, "");
	release(&r);
}

static void a_whole_file_is_fine(void **state)
{
	struct result r;

	(void)state;
	record("a", 1, 1024, true);
	r = REPORT("a", "-S", "--by=comm");
	assert_int_equal(r.status, STATUS_OK);
	assert_string_equal(r.said, "");
	assert_string_equal(r.out.text, "COMM          RX_KB  TX_KB\ncurl              3      0\n");
	release(&r);
}

static void what_is_no_recording_is_named(void **state)
{
	(void)state;
	expect_failure(REPORT("nowhere"), "tcptop-report: nowhere: no such file; name a recording, "
					  "or make one with tcptop-record\n");
	expect_failure(REPORT("-q"),
		"tcptop-report: tcptop.data: no such file; name a recording, or "
		"make one with tcptop-record\n");
	assert_int_equal(mkdir("folder", 0700), 0);
	expect_failure(REPORT("folder"),
		"tcptop-report: folder: a directory without a recording in it; name the files\n");
	fclose(fopen("empty", "wb"));
	expect_failure(REPORT("--csv", "empty"),
		"tcptop-report: empty: empty: nothing was recorded, "
		"or nothing was written yet\n");
	fclose(fopen("foreign", "wb"));
	overwrite(
		"foreign", 0, "PERFILE2 and more, more than enough of what is no block of ours\n");
	expect_failure(REPORT("foreign"),
		"tcptop-report: foreign: not a recording of tcptop-record; if "
		"one was compressed, decompress it first\n");
}

static void a_directory_is_its_recordings(void **state)
{
	struct result r;

	(void)state;
	record("folder/a", 5, 1, true);
	record("folder/b", 1, 2, true);
	record("folder/.hidden", 3, 4, true);
	fclose(fopen("folder/notes", "wb"));
	r = REPORT("folder/", "--events", "--csv", "--by=comm");
	assert_int_equal(r.status, STATUS_OK);
	assert_string_equal(r.said, "tcptop-report: folder/notes: no recording, passed over\n");
	assert_string_equal(r.out.text, "epoch,time,host,comm,dir,bytes,calls\n"
					"1795168501.000000,2026-11-20 09:55:01,web1,curl,rx,2,1\n"
					"1795168501.000000,2026-11-20 09:55:01,web1,curl,rx,2,1\n"
					"1795168501.000000,2026-11-20 09:55:01,web1,curl,rx,2,1\n"
					"1795168505.000000,2026-11-20 09:55:05,web1,curl,rx,1,1\n"
					"1795168505.000000,2026-11-20 09:55:05,web1,curl,rx,1,1\n"
					"1795168505.000000,2026-11-20 09:55:05,web1,curl,rx,1,1\n");
	release(&r);
	unlink("folder/a");
	unlink("folder/b");
	unlink("folder/.hidden");
	unlink("folder/notes");
	assert_int_equal(rmdir("folder"), 0);
}

static void files_are_read_in_order_of_time(void **state)
{
	struct result r;

	(void)state;
	record("late", 5, 1, true);
	record("early", 1, 2, true);
	r = REPORT("late", "nowhere", "early", "--events", "--csv", "--by=comm", "-n4");
	assert_int_equal(r.status, STATUS_OK); /* ended before it came to nowhere */
	assert_string_equal(r.out.text, "epoch,time,host,comm,dir,bytes,calls\n"
					"1795168501.000000,2026-11-20 09:55:01,web1,curl,rx,2,1\n"
					"1795168501.000000,2026-11-20 09:55:01,web1,curl,rx,2,1\n"
					"1795168501.000000,2026-11-20 09:55:01,web1,curl,rx,2,1\n"
					"1795168505.000000,2026-11-20 09:55:05,web1,curl,rx,1,1\n");
	release(&r);
	r = REPORT("nowhere", "late", "early", "-S", "--by=comm", "--csv", "10");
	assert_int_equal(r.status, STATUS_FAILED);
	assert_string_equal(r.said, "tcptop-report: nowhere: no such file; name a recording, or "
				    "make one with tcptop-record\n");
	assert_non_null(strstr(r.out.text, ",web1,curl,6,0,9,0\n"));
	release(&r);
}

static void a_file_without_an_end_warns(void **state)
{
	struct result r;
	char expected[256];

	(void)state;
	record("killed", 1, 1024, false);
	snprintf(expected, sizeof(expected),
		"tcptop-report: killed: has no end: it was cut (offset %lld), its recorder was "
		"killed "
		"or still writes; all there is is used\n",
		(long long)size_of("killed"));
	r = REPORT("killed", "-S");
	assert_int_equal(r.status, STATUS_OK);
	assert_string_equal(r.said, expected);
	release(&r);
	r = REPORT("killed", "-Sq");
	assert_string_equal(r.said, "");
	release(&r);
}

static void a_torn_end_warns(void **state)
{
	struct result r;

	(void)state;
	record("torn", 1, 1024, false);
	assert_int_equal(truncate("torn", size_of("torn") - 3), 0);
	r = REPORT("torn", "--top", "--csv", "--by=comm");
	assert_int_equal(r.status, STATUS_OK);
	assert_int_equal(
		strncmp(r.said, "tcptop-report: torn: ends inside a block (offset ", 49), 0);
	assert_ptr_equal(strchr(r.said, '\n'), r.said + r.said_len - 1); /* one line */
	assert_non_null(strstr(r.out.text, "\n1,web1,curl,2,0,2048,0,"));
	release(&r);
	assert_int_equal(truncate("torn", 10), 0);
	expect_failure(REPORT("torn"), "tcptop-report: torn: ends before its first block is whole: "
				       "there is nothing to show\n");
}

/* As a power cut leaves it: the block that was not written yet is all zeros from somewhere on. */
static void zeros_at_the_end_warn(void **state)
{
	struct result r;
	unsigned int zeros = 0;
	off_t whole;

	(void)state;
	record("zeros", 1, 1024, false);
	whole = (off_t)size_of("zeros");
	assert_int_equal(truncate("zeros", whole - 10), 0);
	assert_int_equal(truncate("zeros", whole + 97), 0);
	r = REPORT("zeros", "--top", "--csv", "--by=comm");
	assert_int_equal(r.status, STATUS_OK);
	/* The payload may have some of its own before them. */
	assert_int_equal(sscanf(r.said, "tcptop-report: zeros: ends in %u zeros, ", &zeros), 1);
	assert_in_range(zeros, 107, 120);
	assert_non_null(strstr(r.said, ", as a power cut leaves them; all before offset "));
	assert_ptr_equal(strchr(r.said, '\n'), r.said + r.said_len - 1); /* one line */
	assert_non_null(strstr(r.out.text, "\n1,web1,curl,2,0,2048,0,"));
	release(&r);
	r = REPORT("zeros", "--info");
	assert_int_equal(r.status, STATUS_OK);
	assert_non_null(strstr(r.out.text, "\ndamaged     0 bytes\n"));
	assert_non_null(strstr(r.out.text, "\nfinished    no: ends in 1"));
	release(&r);
	/* Behind a recording's end they take nothing away. */
	record("zeros", 1, 1024, true);
	assert_int_equal(truncate("zeros", (off_t)size_of("zeros") + 1), 0);
	r = REPORT("zeros", "--info");
	assert_int_equal(r.status, STATUS_OK);
	assert_non_null(strstr(r.out.text, "\nfinished    yes, but it ends in 1 zero (all "));
	release(&r);
}

static void damage_in_the_middle_is_named(void **state)
{
	struct result r;

	(void)state;
	record("damaged", 1, 1024, true);
	overwrite("damaged", size_of("damaged") / 2, "XXXX");
	r = REPORT("damaged", "--top", "--csv", "-q");
	assert_int_equal(r.status, STATUS_DAMAGED);
	assert_int_equal(strncmp(r.said, "tcptop-report: damaged: damaged: offset ", 40), 0);
	release(&r);
	r = REPORT("damaged", "nowhere", "--top", "-q");
	assert_int_equal(r.status, STATUS_FAILED);
	release(&r);
}

static int refuse(void *ctx, const void *data, size_t len)
{
	(void)data;
	(void)len;
	return *(int *)ctx;
}

static void output_that_fails(void **state)
{
	const char *const args[] = {"a", NULL};
	int err = -ENOSPC;
	struct result r;

	(void)state;
	record("a", 1, 1024, true);
	r = report_to((struct out_sink){refuse, &err}, args);
	assert_int_equal(r.status, STATUS_FAILED);
	assert_string_equal(r.said, "tcptop-report: standard output: No space left on device\n");
	release(&r);
	err = -EPIPE;
	r = report_to((struct out_sink){refuse, &err}, args);
	assert_int_equal(r.status, STATUS_OK);
	assert_string_equal(r.said, "");
	release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_file_is_fine),
		cmocka_unit_test(what_is_no_recording_is_named),
		cmocka_unit_test(a_directory_is_its_recordings),
		cmocka_unit_test(files_are_read_in_order_of_time),
		cmocka_unit_test(a_file_without_an_end_warns),
		cmocka_unit_test(a_torn_end_warns),
		cmocka_unit_test(zeros_at_the_end_warn),
		cmocka_unit_test(damage_in_the_middle_is_named),
		cmocka_unit_test(output_that_fails),
	};

	return cmocka_run_group_tests_name("run", tests, scratch_enter, scratch_leave);
}
