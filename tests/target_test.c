/* SPDX-License-Identifier: MIT */
/* What becomes of the file that a page is written to, also when there is no page. */
#include "report/log.h"
#include "report/target.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include "tests/tape.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_text(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void expect_text(const char *name, const char *text)
{
	char found[64] = "";
	FILE *f = fopen(name, "r");

	assert_non_null(f);
	assert_true(fread(found, 1, sizeof(found) - 1, f) < sizeof(found) - 1);
	fclose(f);
	assert_string_equal(found, text);
}

static bool is_there(const char *name)
{
	struct stat st;

	return !lstat(name, &st);
}

static void expect_open(struct target *t, const char *page, int answer, const char *said)
{
	struct heard heard;

	heard_open(&heard);
	assert_int_equal(target_open(t, page, &heard.log), answer);
	assert_string_equal(heard.said, said);
	heard_close(&heard);
}

static void leave(struct target *t)
{
	target_close(t);
	close(t->fd);
}

static void standard_output_is_left_as_it_is(void **state)
{
	struct target t;

	(void)state;
	expect_open(&t, NULL, 0, "");
	assert_int_equal(t.fd, STDOUT_FILENO);
	assert_false(t.replaces);
	target_close(&t);
	expect_open(&t, "-", 0, "");
	assert_int_equal(t.fd, STDOUT_FILENO);
	target_close(&t);
	assert_false(is_there("-"));
	assert_true(fcntl(STDOUT_FILENO, F_GETFD) >= 0);
}

static void a_page_that_is_new(void **state)
{
	struct target t;

	(void)state;
	expect_open(&t, "new", 0, "");
	assert_true(is_there("new")); /* whether it can be made is known before all the work */
	assert_int_equal(target_write(&t, "one ", 4), 0);
	assert_int_equal(target_write(&t, "two", 3), 0);
	leave(&t);
	expect_text("new", "one two");
}

static void a_page_that_is_replaced(void **state)
{
	struct target t;

	(void)state;
	write_text("old", "longer than what takes its place");
	expect_open(&t, "old", 0, "");
	expect_text("old", "longer than what takes its place"); /* until then */
	assert_int_equal(target_write(&t, "one ", 4), 0);
	assert_int_equal(target_write(&t, "two", 3), 0);
	leave(&t);
	expect_text("old", "one two");
}

static void nothing_to_write_changes_nothing(void **state)
{
	struct target t;

	(void)state;
	expect_open(&t, "vain", 0, "");
	leave(&t);
	assert_false(is_there("vain"));
	write_text("vain", "somebody else's");
	target_close(&t); /* twice is fine */
	expect_text("vain", "somebody else's");
	write_text("kept", "as it was");
	expect_open(&t, "kept", 0, "");
	leave(&t);
	expect_text("kept", "as it was");
}

/* The name was there, and is not ours to take away. */
static void a_link_to_nowhere_stays_one(void **state)
{
	struct target t;

	(void)state;
	assert_int_equal(symlink("behind", "link"), 0);
	expect_open(&t, "link", 0, "");
	leave(&t);
	assert_true(is_there("link"));
	expect_open(&t, "link", 0, "");
	assert_int_equal(target_write(&t, "page", 4), 0);
	leave(&t);
	expect_text("behind", "page");
}

static void a_recording_is_never_replaced(void **state)
{
	static const char refused[] =
		"tcptop-report: a.data: is a recording, which the page would replace; name the "
		"page before it, as in '--html page.html a.data'\n";
	struct target t;
	struct tape tape = {0};
	struct stat st;

	(void)state;
	tape_record(&tape, &(const struct header){.recording = 1});
	tape_save(&tape, 0, "a.data");
	expect_open(&t, "a.data", -EEXIST, refused);
	target_close(&t);
	assert_int_equal(stat("a.data", &st), 0);
	assert_int_equal(st.st_size, tape.len);
	tape.data[8]++; /* too new for us, but one */
	tape_reframe(&tape, 0);
	tape_save(&tape, 0, "a.data");
	tape_release(&tape);
	expect_open(&t, "a.data", -EEXIST, refused);
	target_close(&t);
}

/* A pipe or a device is written to from where it stands. */
static void what_is_no_file_is_not_emptied(void **state)
{
	struct target t;

	(void)state;
	expect_open(&t, "/dev/null", 0, "");
	assert_false(t.replaces);
	assert_int_equal(target_write(&t, "x", 1), 0);
	leave(&t);
	assert_true(is_there("/dev/null"));
}

static void what_cannot_be_written_is_told(void **state)
{
	struct target t;

	(void)state;
	expect_open(&t, ".", -EISDIR, "tcptop-report: .: Is a directory\n");
	target_close(&t);
	expect_open(&t, "nowhere/page", -ENOENT,
		"tcptop-report: nowhere/page: No such file or directory\n");
	target_close(&t);
	expect_open(&t, "", -ENOENT, "tcptop-report: : No such file or directory\n");
	target_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standard_output_is_left_as_it_is),
		cmocka_unit_test(a_page_that_is_new),
		cmocka_unit_test(a_page_that_is_replaced),
		cmocka_unit_test(nothing_to_write_changes_nothing),
		cmocka_unit_test(a_link_to_nowhere_stays_one),
		cmocka_unit_test(a_recording_is_never_replaced),
		cmocka_unit_test(what_is_no_file_is_not_emptied),
		cmocka_unit_test(what_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests_name("target", tests, scratch_enter, scratch_leave);
}
