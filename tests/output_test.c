/* SPDX-License-Identifier: MIT */
#include "record/output.h"

#include "scratch.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void assert_holds(const char *path, const char *text)
{
	char got[256] = "";
	FILE *f = fopen(path, "r");
	size_t len;

	assert_non_null(f);
	len = fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	assert_int_equal(len, strlen(text));
	assert_string_equal(got, text);
}

static void assert_opens(struct output *o, const char *path, bool force)
{
	char error[OUTPUT_ERROR_SIZE] = "";

	if (output_open(o, path, "tcptop.data", force, error))
		fail_msg("%s", error);
}

static int put_block(struct output *o, const char *data, size_t len)
{
	return output_write(o, data, len, &(struct totals){0});
}

static void assert_refused(const char *path, bool force, int err, const char *message)
{
	char error[OUTPUT_ERROR_SIZE] = "";
	struct output o;

	assert_int_equal(output_open(&o, path, "tcptop.data", force, error), err);
	assert_string_equal(error, message);
	assert_int_equal(o.fd, -1);
}

static void assert_mode(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, mode);
}

static void test_new_file_is_private(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0277, 0777};

	(void)state;
	for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
		mode_t before = umask(masks[i]);
		struct output o;

		assert_opens(&o, "f", false);
		umask(before);
		assert_mode("f", S_IFREG | 0600);
		assert_true(o.is_file);
		assert_false(o.is_stdout);
		assert_string_equal(o.name, "f");
		assert_true(fcntl(o.fd, F_GETFD) & FD_CLOEXEC);
		assert_int_equal(output_close(&o), 0);
		assert_int_equal(unlink("f"), 0);
	}
}

static void test_writes(void **state)
{
	struct output o;

	(void)state;
	assert_opens(&o, "f", false);
	assert_int_equal(put_block(&o, "abc", 3), 0);
	assert_int_equal(put_block(&o, "defg", 4), 0);
	assert_int_equal(o.size, 7);
	assert_int_equal(o.error, 0);
	assert_int_equal(output_close(&o), 0);
	assert_int_equal(o.fd, -1);
	assert_int_equal(output_close(&o), 0); /* a second time is fine */
	assert_holds("f", "abcdefg");
}

static void test_default_renames_the_older_one(void **state)
{
	struct output o;

	(void)state;
	for (int i = 0; i < 3; i++) {
		char text[] = {(char)('0' + i), '\0'};

		assert_opens(&o, NULL, false);
		assert_string_equal(o.name, "tcptop.data");
		assert_int_equal(put_block(&o, text, 1), 0);
		assert_int_equal(output_close(&o), 0);
	}
	assert_holds("tcptop.data", "2");
	assert_holds("tcptop.data.old", "1");
	assert_mode("tcptop.data", S_IFREG | 0600);
}

/* The link itself is renamed; what it points to is left alone. */
static void test_default_that_is_a_link(void **state)
{
	static const char words[] = "tcptop.data: is a symbolic link, and a recording never goes "
				    "through one; name the file itself";

	(void)state;
	put("target", "precious");
	assert_int_equal(symlink("target", "tcptop.data"), 0);
	assert_refused(NULL, false, -ELOOP, words);
	assert_refused(NULL, true, -ELOOP, words);
	assert_holds("target", "precious");
}

/* It is asked before the probes are loaded, which takes a while. */
static void test_check_touches_nothing(void **state)
{
	char error[OUTPUT_ERROR_SIZE] = "";

	(void)state;
	assert_int_equal(output_check(NULL, "tcptop.data", false, error), 0);
	assert_int_equal(output_check("f", "tcptop.data", false, error), 0);
	assert_int_equal(access("f", F_OK), -1);
	put("tcptop.data", "old");
	put("f", "precious");
	assert_int_equal(output_check(NULL, "tcptop.data", false, error), 0);
	assert_int_equal(output_check("f", "tcptop.data", true, error), 0);
	assert_string_equal(error, "");
	assert_int_equal(output_check("f", "tcptop.data", false, error), -EEXIST);
	assert_string_equal(
		error, "f: exists already; name another file, or replace it with --force");
	assert_holds("tcptop.data", "old");
	assert_holds("f", "precious");
}

static void test_default_that_cannot_be_renamed(void **state)
{
	(void)state;
	put("tcptop.data", "old");
	assert_int_equal(mkdir("tcptop.data.old", 0700), 0);
	assert_refused(NULL, false, -EISDIR,
		"tcptop.data: cannot rename to tcptop.data.old: Is a directory");
	assert_holds("tcptop.data", "old");
	assert_int_equal(rmdir("tcptop.data.old"), 0);
}

static void test_named_file_is_not_overwritten(void **state)
{
	(void)state;
	put("f", "precious");
	assert_refused("f", false, -EEXIST,
		"f: exists already; name another file, or replace it with --force");
	put("tcptop.data", "precious"); /* only as the default it is set aside */
	assert_refused("tcptop.data", false, -EEXIST,
		"tcptop.data: exists already; name another file, or replace it with --force");
	assert_holds("f", "precious");
}

/* A new file: one that somebody else holds open, or may read, is not written to. */
static void test_force_replaces_a_file(void **state)
{
	struct output o;
	struct stat old, new;

	(void)state;
	put("f", "a longer text than the new one");
	assert_int_equal(chmod("f", 0666), 0);
	assert_int_equal(link("f", "target"), 0);
	assert_int_equal(stat("target", &old), 0);
	assert_opens(&o, "f", true);
	assert_int_equal(put_block(&o, "new", 3), 0);
	assert_int_equal(output_close(&o), 0);
	assert_holds("f", "new");
	assert_mode("f", S_IFREG | 0600);
	assert_int_equal(stat("f", &new), 0);
	assert_int_not_equal(old.st_ino, new.st_ino);
	assert_holds("target", "a longer text than the new one");
}

static void test_force_on_nothing(void **state)
{
	struct output o;

	(void)state;
	assert_opens(&o, "f", true);
	assert_mode("f", S_IFREG | 0600);
	assert_int_equal(output_close(&o), 0);
}

static void test_links_are_refused(void **state)
{
	static const char message[] =
		"link: is a symbolic link, and a recording never goes through "
		"one; name the file itself";

	(void)state;
	put("target", "precious");
	for (int dangling = 0; dangling < 2; dangling++) {
		assert_int_equal(symlink(dangling ? "nowhere" : "target", "link"), 0);
		assert_refused("link", false, -ELOOP, message);
		assert_refused("link", true, -ELOOP, message);
		assert_int_equal(unlink("link"), 0);
	}
	assert_holds("target", "precious");
	assert_int_equal(access("nowhere", F_OK), -1);
}

static void test_directories_are_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_refused("dir", false, -EISDIR, "dir: is a directory; name a file in it");
	assert_refused("dir", true, -EISDIR, "dir: is a directory; name a file in it");
}

static void test_impossible_names(void **state)
{
	char longest[5000];

	(void)state;
	assert_refused("nowhere/f", false, -ENOENT,
		"nowhere/f: cannot create: its directory does not exist");
	put("f", "");
	assert_refused("f/f", false, -ENOTDIR, "f/f: Not a directory");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(output_open(&(struct output){0}, longest, "tcptop.data", false,
				 (char[OUTPUT_ERROR_SIZE]){0}),
		-ENAMETOOLONG);
}

static void test_force_writes_to_a_pipe(void **state)
{
	char got[4] = "";
	struct output o;
	int reader;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_refused("pipe", false, -EEXIST,
		"pipe: exists already; name another file, or replace it with --force");
	assert_refused(
		"pipe", true, -ENXIO, "pipe: nobody reads this pipe yet; start the reader first");
	reader = open("pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_opens(&o, "pipe", true);
	assert_false(o.is_file);
	assert_int_equal(put_block(&o, "abc", 3), 0);
	assert_int_equal(read(reader, got, sizeof(got)), 3);
	assert_string_equal(got, "abc");
	assert_int_equal(close(reader), 0);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(put_block(&o, "abc", 3), -EPIPE);
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(o.error, -EPIPE);
	assert_int_equal(o.size, 3);
	assert_int_equal(output_waiting(&o), 0);
	assert_int_equal(output_close(&o), 0);
}

static void test_device_without_room(void **state)
{
	struct output o;

	(void)state;
	assert_opens(&o, "/dev/full", true);
	assert_int_equal(put_block(&o, "abc", 3), -ENOSPC);
	assert_int_equal(o.error, -ENOSPC);
	assert_int_equal(o.size, 0);
	assert_int_equal(output_close(&o), 0);
}

static void limit_file_size(rlim_t bytes, struct rlimit *before)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, before), 0);
	limit = *before;
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Half a block would be damage: the file ends with the last whole one, and can be written on. */
static void test_short_write_is_taken_back(void **state)
{
	struct rlimit before;
	struct output o;
	int err;

	(void)state;
	assert_opens(&o, "f", false);
	assert_int_equal(put_block(&o, "whole", 5), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit_file_size(8, &before);
	err = put_block(&o, "12345", 5);
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(err, -EFBIG);
	assert_int_equal(o.error, -EFBIG);
	assert_int_equal(o.size, 5);
	assert_holds("f", "whole");
	assert_int_equal(put_block(&o, "again", 5), 0);
	assert_int_equal(output_close(&o), 0);
	assert_holds("f", "wholeagain");
}

static void test_standard_output(void **state)
{
	int saved = dup(STDOUT_FILENO), file, failed;
	char error[OUTPUT_ERROR_SIZE] = "";
	struct output o;

	(void)state;
	put("f", "");
	file = open("f", O_WRONLY | O_CLOEXEC);
	assert_true(saved >= 0 && file >= 0);
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	failed = output_open(&o, "-", "tcptop.data", false, error) || put_block(&o, "abc", 3) ||
		 output_close(&o) || fcntl(STDOUT_FILENO, F_GETFD) < 0;
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(file);
	assert_false(failed); /* and it is still open: it is not ours */
	assert_string_equal(o.name, "standard output");
	assert_true(o.is_stdout);
	assert_holds("f", "abc");
	assert_int_equal(access("-", F_OK), -1);
}

#define test_in_place(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_in_place(test_new_file_is_private),
		test_in_place(test_writes),
		test_in_place(test_default_renames_the_older_one),
		test_in_place(test_default_that_is_a_link),
		test_in_place(test_check_touches_nothing),
		test_in_place(test_default_that_cannot_be_renamed),
		test_in_place(test_named_file_is_not_overwritten),
		test_in_place(test_force_replaces_a_file),
		test_in_place(test_force_on_nothing),
		test_in_place(test_links_are_refused),
		test_in_place(test_directories_are_refused),
		test_in_place(test_impossible_names),
		test_in_place(test_force_writes_to_a_pipe),
		test_in_place(test_device_without_room),
		test_in_place(test_short_write_is_taken_back),
		test_in_place(test_standard_output),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
