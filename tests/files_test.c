/* SPDX-License-Identifier: MIT */
/* Which files a name on the command line means, and what is said of those passed over. */
#include "report/files.h"
#include "report/interrupt.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include "tests/tape.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

struct named {
	struct files files;
	struct heard heard;
};

/* In an empty directory. */
static int name(void **state)
{
	struct named *n = calloc(1, sizeof(*n));

	*state = n;
	if (n)
		heard_open(&n->heard);
	return n ? scratch_enter(state) : -1;
}

static int leave(void **state)
{
	struct named *n = *state;

	files_clear(&n->files);
	heard_close(&n->heard);
	free(n);
	return scratch_leave(state);
}

/* A recording of that host, begun so many seconds after the start. */
static void record(const char *file, const char *host, int second)
{
	const struct header header = {.recording = 1 + (uint64_t)second,
		.start_us = BOOT_START,
		.start_wall_us = WALL_START + second * SECOND_US,
		.host = host};
	struct tape t = {0};

	tape_record(&t, &header);
	tape_save(&t, 0, file);
	tape_release(&t);
}

static void write_text(const char *file, const char *text)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void make_folder(const char *folder)
{
	assert_int_equal(mkdir(folder, 0700), 0);
}

/* What the name means, and what was said. Names end with a blank each, or "! " where settled. */
static void expect(struct named *n, const char *word, bool follow, int answer, const char *names,
	const char *said)
{
	char all[512] = "";

	assert_int_equal(files_add(&n->files, word, follow, &n->heard.log), answer);
	for (size_t i = 0; i < n->files.count; i++) {
		strcat(all, n->files.file[i].name);
		strcat(all, n->files.file[i].settled ? "! " : " ");
	}
	assert_string_equal(all, names);
	assert_string_equal(n->heard.said, said);
}

static void names_are_kept_in_order(void **state)
{
	struct named *n = *state;

	record("b", "web1", 5);
	write_text("notes", "no recording");
	make_folder("-"); /* which is not meant */
	expect(n, "b", false, 0, "b ", "");
	expect(n, "-", false, 0, "b - ", "");
	/* Named outright: told when it is opened, and so is what is not there. */
	expect(n, "notes", true, 0, "b - notes ", "");
	expect(n, "nowhere", false, 0, "b - notes nowhere ", "");
	expect(n, "b", false, 0, "b - notes nowhere b ", "");
	assert_int_equal(n->files.file[0].peek.began_us, WALL_START + 5 * SECOND_US);
	assert_int_equal(n->files.file[1].peek.start_us, INT64_MIN);
	assert_true(n->files.file[2].peek.foreign);
	assert_false(n->files.file[3].peek.known);
	files_clear(&n->files);
	expect(n, "-", true, 0, "- ", "");
}

static void a_directory_is_its_recordings(void **state)
{
	struct named *n = *state;

	make_folder("d");
	make_folder("d/below");
	record("d/b", "web1", 0);
	record("d/a", "web1", 1);
	record("d/.hidden", "web1", 2);
	record("d/below/c", "web1", 3);
	assert_int_equal(mkfifo("d/fifo", 0600), 0);
	expect(n, "d", false, 0, "d/a d/b ", "");
}

/* Also one that would just have been begun, were it followed. */
static void strangers_are_told(void **state)
{
	struct named *n = *state;

	make_folder("d");
	record("d/a", "web1", 0);
	write_text("d/x.20261120T095500Z", "");
	expect(n, "d", false, 0, "d/a ",
		"tcptop-report: d/x.20261120T095500Z: no recording, passed over\n");
	write_text("d/0", "no recording");
	expect(n, "d", false, 0, "d/a d/a ",
		"tcptop-report: d/x.20261120T095500Z: no recording, passed over\n"
		"tcptop-report: d: 2 files in it are no recordings and passed over, such as d/0\n");
}

static void only_strangers_are_an_error(void **state)
{
	struct named *n = *state;

	make_folder("d");
	write_text("d/b", "no recording");
	expect(n, "d", false, -ENOENT, "",
		"tcptop-report: d: a directory without a recording in it; name the files\n");
}

/* What is one, but cannot be used, must not go without a word. */
static void one_that_is_too_new_is_no_stranger(void **state)
{
	struct tape t = {0};
	struct named *n = *state;

	make_folder("d");
	tape_record(&t, &(const struct header){.recording = 1, .host = "web1"});
	t.data[8]++;
	tape_reframe(&t, 0);
	tape_save(&t, 0, "d/a");
	tape_release(&t);
	expect(n, "d", false, 0, "d/a ", "");
}

static void what_names_begin_with_is_the_set(void **state)
{
	struct named *n = *state;

	record("x.20261120T095501Z", "web1", 1);
	record("x.20261120T095500Z", "web1", 0);
	record("y.20261120T095500Z", "web1", 0);
	write_text("x.20261120T095502Z", "");
	/* Those of no recording as well: they are told when they are opened. */
	expect(n, "x", false, 0, "x.20261120T095502Z x.20261120T095501Z x.20261120T095500Z ", "");
	files_clear(&n->files);
	record("x", "web1", 9);
	expect(n, "x", false, 0, "x ", "");
}

/* The last one has just been begun. */
static void of_a_set_the_newest_is_followed(void **state)
{
	struct named *n = *state;

	record("x.20261120T095500Z", "web1", 0);
	record("x.20261120T095501Z", "web1", 1);
	write_text("x.20261120T095502Z", "");
	expect(n, "x", true, 0, "x.20261120T095501Z ", "");
	files_clear(&n->files);
	write_text("y.20261120T095502Z", "");
	expect(n, "y", true, 0, "y ", ""); /* waited for */
}

/* It would wait for ever for an end that does not come, were all of them to grow. */
static void of_a_followed_directory_each_hosts_newest_grows(void **state)
{
	struct named *n = *state;

	make_folder("d");
	record("d/a", "web1", 5);
	record("d/b", "web1", 3);
	record("d/c", "db1", 1);
	record("d/x.20261120T095500Z", "db1", 2);
	write_text("d/x.20261120T095501Z", ""); /* just begun: no stranger */
	expect(n, "d", true, 0, "d/a d/b! d/c! d/x.20261120T095500Z ", "");
	files_clear(&n->files);
	record("d/b", "web1", 5); /* at the same time: that which sorts last */
	expect(n, "d", true, 0, "d/a! d/b d/c! d/x.20261120T095500Z ", "");
	files_clear(&n->files);
	/* One that was named before is none of the directory's. */
	record("a", "web1", 0);
	expect(n, "a", true, 0, "a ", "");
	expect(n, "d", true, 0, "a d/a! d/b d/c! d/x.20261120T095500Z ", "");
}

/* Last of all, for it stays interrupted. */
static void an_interrupt_ends_the_wait_for_a_first_one(void **state)
{
	struct named *n = *state;

	make_folder("d");
	interrupt_spare();
	raise(SIGINT);
	expect(n, "d", true, -EINTR, "", "");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, name, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_kept_in_order),
		TEST(a_directory_is_its_recordings),
		TEST(strangers_are_told),
		TEST(only_strangers_are_an_error),
		TEST(one_that_is_too_new_is_no_stranger),
		TEST(what_names_begin_with_is_the_set),
		TEST(of_a_set_the_newest_is_followed),
		TEST(of_a_followed_directory_each_hosts_newest_grows),
		TEST(an_interrupt_ends_the_wait_for_a_first_one),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
