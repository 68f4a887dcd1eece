/* SPDX-License-Identifier: MIT */
/* Names that are taken, links that are planted, clocks that are set, files that will not go. */
#include "record/series.h"

#include "scratch.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NINE    INT64_C(1795168500) /* 2026-11-20 09:55:00 UTC */
#define US      INT64_C(1000000)
#define NOBODY  65534
#define STAMP   "x.20261120T095500Z"
#define EARLIER "x.20200101T000000Z"

/* Each test runs in a directory of its own, and another one is above it. */
static int enter(void **state)
{
	umask(0);
	return scratch_enter(state) || mkdir("dir", 0700) || chdir("dir");
}

static int leave(void **state)
{
	return seteuid(getuid()) || scratch_leave(state);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static bool is_there(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static struct series *start(unsigned keep)
{
	char error[OUTPUT_ERROR_SIZE];
	struct series *s;

	assert_int_equal(series_new(&s, "x", keep, error), 0);
	return s;
}

/* Begins the next file, which holds something. */
static void next(struct series *s, struct output *o, int64_t wall_s, const char *name)
{
	char error[OUTPUT_ERROR_SIZE];
	struct stat st;

	assert_int_equal(series_next(s, o, wall_s * US, error), 0);
	assert_string_equal(o->name, name);
	assert_int_equal(output_write(o, "text", 4, &(struct totals){0}), 0);
	assert_int_equal(fstat(o->fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 4); /* it was new */
}

/* Only for its name. */
static void pass(struct series *s, int64_t wall_s, const char *name)
{
	struct output o;

	next(s, &o, wall_s, name);
	assert_int_equal(output_close(&o), 0);
}

static void prune(struct series *s)
{
	char error[OUTPUT_ERROR_SIZE] = "";

	if (series_prune(s, 0, error))
		fail_msg("%s", error);
}

static void taken_names(void **state)
{
	struct series *s = start(0);
	struct stat st;

	(void)state;
	put("target", "precious");
	put(STAMP, "older");
	assert_int_equal(symlink("target", STAMP "-001"), 0);
	assert_int_equal(symlink("nowhere", STAMP "-002"), 0);
	assert_int_equal(mkdir(STAMP "-003", 0700), 0);
	pass(s, NINE, STAMP "-004");
	pass(s, NINE, STAMP "-005");
	pass(s, NINE + 1, "x.20261120T095501Z");
	assert_int_equal(stat("target", &st), 0);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(stat(STAMP, &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_false(is_there("nowhere"));
	series_free(s);
}

/* What another recorder leaves of a second: younger files have names behind it. */
static void freed_names(void **state)
{
	struct series *s = start(1);
	struct output o;

	(void)state;
	put(STAMP "-007", "text");
	next(s, &o, NINE, STAMP "-008");
	prune(s);
	close(o.fd);
	assert_false(is_there(STAMP "-007"));
	next(s, &o, NINE, STAMP "-009");
	prune(s);
	close(o.fd);
	next(s, &o, NINE + 1, "x.20261120T095501Z");
	close(o.fd);
	next(s, &o, NINE, STAMP "-010");
	close(o.fd);
	series_free(s);
}

/* Nothing is removed but regular files of just these names, whatever else there is. */
static void strangers_stay(void **state)
{
	static const char *const stay[] = {"x", "x.old", "x.20200101T000000",
		"x.20200101T000000Z-1", "x.20200101T000000Z-0001", "x.20200101T000000Z~",
		"y.20200101T000000Z", "xx.20200101T000000Z", "x.2020010aT000000Z",
		"x.20200101T000000z"};
	struct series *s = start(2);
	struct output o;

	(void)state;
	for (size_t i = 0; i < sizeof(stay) / sizeof(*stay); i++)
		put(stay[i], "");
	put("target", "precious");
	assert_int_equal(symlink("target", EARLIER), 0);
	assert_int_equal(mkdir(EARLIER "-001", 0700), 0);
	put(EARLIER "-002", "of an earlier recorder");
	put("x.20250101T000000Z", "of another one");
	next(s, &o, NINE, STAMP);
	prune(s);
	for (size_t i = 0; i < sizeof(stay) / sizeof(*stay); i++)
		assert_true(is_there(stay[i]));
	assert_true(is_there("target"));
	assert_true(is_there(EARLIER));
	assert_true(is_there(EARLIER "-001"));
	assert_false(is_there(EARLIER "-002"));
	assert_true(is_there("x.20250101T000000Z")); /* with the new one these are two */
	assert_true(is_there(STAMP));
	output_close(&o);
	series_free(s);
}

/* The file at hand is the newest, and the one before it comes next, whatever their names say. */
static void clock_set_back(void **state)
{
	struct series *s = start(2);
	struct output o;

	(void)state;
	put("x.20300101T000000Z", "of an earlier recorder, whose clock was fast");
	pass(s, NINE, STAMP);
	pass(s, NINE + 60, "x.20261120T095600Z");
	next(s, &o, NINE - 3600, "x.20261120T085500Z");
	prune(s);
	assert_false(is_there("x.20300101T000000Z"));
	assert_false(is_there(STAMP));
	assert_true(is_there("x.20261120T095600Z"));
	assert_true(is_there("x.20261120T085500Z"));
	output_close(&o);
	next(s, &o, NINE - 3599, "x.20261120T085501Z");
	prune(s);
	assert_false(is_there("x.20261120T095600Z"));
	assert_true(is_there("x.20261120T085500Z"));
	assert_true(is_there("x.20261120T085501Z"));
	output_close(&o);
	series_free(s);
}

/* Somebody puts another directory in the place of ours: it is left alone. */
static void directory_swapped(void **state)
{
	struct series *s = start(1);
	struct output o;

	(void)state;
	pass(s, NINE, STAMP);
	assert_int_equal(rename("../dir", "../moved"), 0);
	assert_int_equal(mkdir("../dir", 0700), 0);
	put("../dir/" STAMP, "not ours");
	put("../dir/" EARLIER, "not ours");
	next(s, &o, NINE + 1, "x.20261120T095501Z");
	prune(s);
	assert_true(is_there("../dir/" STAMP));
	assert_true(is_there("../dir/" EARLIER));
	assert_false(is_there("../dir/x.20261120T095501Z"));
	assert_false(is_there("../moved/" STAMP));
	assert_true(is_there("../moved/x.20261120T095501Z"));
	output_close(&o);
	series_free(s);
}

/* What was removed by somebody else is not missed, nor counted. */
static void removed_by_others(void **state)
{
	struct series *s = start(2);
	struct output o;

	(void)state;
	pass(s, NINE, STAMP);
	pass(s, NINE + 1, "x.20261120T095501Z");
	assert_int_equal(unlink("x.20261120T095501Z"), 0);
	next(s, &o, NINE + 2, "x.20261120T095502Z");
	prune(s);
	assert_true(is_there(STAMP));
	assert_true(is_there("x.20261120T095502Z"));
	output_close(&o);
	series_free(s);
}

/* In a directory like /tmp another user's file cannot be removed: it is named, and the rest goes.
 */
static void one_that_stays(void **state)
{
	char error[OUTPUT_ERROR_SIZE];
	struct series *s;
	struct output o;

	(void)state;
	if (geteuid()) {
		print_message("takes root, to make files of two users\n");
		skip();
	}
	assert_int_equal(chmod(".", 01777), 0);
	put(EARLIER, "of root");
	assert_int_equal(seteuid(NOBODY), 0);
	put("x.20200101T000001Z", "of nobody");
	s = start(1);
	pass(s, NINE, STAMP);
	next(s, &o, NINE + 1, "x.20261120T095501Z");
	assert_int_equal(series_prune(s, 0, error), -EPERM);
	assert_string_equal(
		error, "x.20200101T000000Z: cannot be removed: Operation not permitted; it stays");
	assert_true(is_there(EARLIER));
	assert_false(is_there("x.20200101T000001Z"));
	assert_false(is_there(STAMP));
	assert_true(is_there("x.20261120T095501Z"));
	output_close(&o);
	series_free(s);
}

static void places_that_will_not_do(void **state)
{
	char error[OUTPUT_ERROR_SIZE], longest[300];
	struct series *s;

	(void)state;
	assert_int_equal(series_new(&s, "nowhere/x", 0, error), -ENOENT);
	assert_string_equal(
		error, "nowhere/x: cannot keep a series of files there: No such file or directory");
	put("file", "");
	assert_int_equal(series_new(&s, "file/x", 0, error), -ENOTDIR);
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(series_new(&s, longest, 0, error), -ENAMETOOLONG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(taken_names),
		TEST(freed_names),
		TEST(strangers_stay),
		TEST(clock_set_back),
		TEST(directory_swapped),
		TEST(removed_by_others),
		TEST(one_that_stays),
		TEST(places_that_will_not_do),
	};

	return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
