/* SPDX-License-Identifier: MIT */
/* What is listed of a directory, of a series, and under which names. */
#include "report/folder.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static void make(const char *name)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	fclose(f);
}

/* names: one behind the other, each with a blank behind it. */
static void expect(int answer, struct names *n, const char *names)
{
	char all[512] = "";

	assert_int_equal(answer, 0);
	for (size_t i = 0; i < n->count; i++) {
		strcat(all, n->name[i]);
		strcat(all, " ");
	}
	assert_string_equal(all, names);
	names_clear(n);
	assert_true(!n->name && !n->count);
}

static void expect_series(const char *path, const char *names)
{
	struct names n = {NULL, 0};

	expect(folder_series(&n, path), &n, names);
}

static void a_directory_in_order(void **state)
{
	struct names n = {NULL, 0};

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	expect(folder_list(&n, "d"), &n, "");
	make("d/b");
	make("d/a10");
	make("d/.hidden");
	assert_int_equal(mkdir("d/c", 0700), 0);
	make("d/c/below");
	make("d/a");
	expect(folder_list(&n, "d"), &n, "d/a d/a10 d/b d/c ");
	expect(folder_list(&n, "d/"), &n, "d/a d/a10 d/b d/c ");
	expect(folder_list(&n, "./d"), &n, "./d/a ./d/a10 ./d/b ./d/c ");
}

static void what_is_no_directory_is_refused(void **state)
{
	struct names n = {NULL, 0};

	(void)state;
	make("file");
	assert_int_equal(folder_list(&n, "file"), -ENOTDIR);
	assert_int_equal(folder_list(&n, "nowhere"), -ENOENT);
	assert_int_equal(folder_series(&n, "nowhere/x"), -ENOENT);
	assert_int_equal(n.count, 0);
}

/* In order of time, as they sort by their names. */
static void a_series_by_its_base_or_a_member(void **state)
{
	static const char all[] = "s/x.20261120T095500Z s/x.20261120T095500Z-001 "
				  "s/x.20261120T095501Z ";

	(void)state;
	assert_int_equal(mkdir("s", 0700), 0);
	make("s/x.20261120T095501Z");
	make("s/x.20261120T095500Z-001");
	make("s/x.20261120T095500Z");
	make("s/x");                      /* no stamp */
	make("s/x.20261120T095502Z.zst"); /* not the recorder's name */
	make("s/xy.20261120T095500Z");    /* another base, that begins alike */
	make("s/w.20261120T095500Z");
	expect_series("s/x", all);
	expect_series("s/x.20261120T095501Z", all);
	expect_series("s/x.20270101T000000Z", all); /* as if it was deleted already */
	expect_series("s/xy", "s/xy.20261120T095500Z ");
	expect_series("s/z", "");
	expect_series("s/x.2026", "");
	expect_series("s/", ""); /* of no name at all */
}

/* With the folder as it was named: here with none. */
static void a_series_that_lies_here(void **state)
{
	(void)state;
	make(".x.20261120T095500Z"); /* who names it wants it */
	make("h.20261120T095500Z");
	expect_series("h", "h.20261120T095500Z ");
	expect_series("./h", "./h.20261120T095500Z ");
	expect_series(".x", ".x.20261120T095500Z ");
}

static void names_are_copies(void **state)
{
	struct names n = {NULL, 0};
	char name[] = "a";

	(void)state;
	assert_int_equal(names_add(&n, name), 0);
	name[0] = 'b';
	assert_int_equal(names_add(&n, name), 0);
	expect(0, &n, "a b ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_in_order),
		cmocka_unit_test(what_is_no_directory_is_refused),
		cmocka_unit_test(a_series_by_its_base_or_a_member),
		cmocka_unit_test(a_series_that_lies_here),
		cmocka_unit_test(names_are_copies),
	};

	return cmocka_run_group_tests_name("folder", tests, scratch_enter, scratch_leave);
}
