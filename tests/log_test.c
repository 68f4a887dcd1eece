/* SPDX-License-Identifier: MIT */
/* A message is one line, whatever a file is called, and is said at once. */
#include "report/log.h"
#include "tests/report_fixture.h"

static int hear(void **state)
{
	struct heard *h = calloc(1, sizeof(*h));

	*state = h;
	if (h)
		heard_open(h);
	return h ? 0 : -1;
}

static int leave(void **state)
{
	heard_close(*state);
	free(*state);
	return 0;
}

/* Each is flushed, of which its length tells: it must be there when all ends in a crash. */
static void who_says_what_of_which_file(void **state)
{
	static const char first[] = "tcptop-report: a.data: 7 of 9\n";
	struct heard *h = *state;

	log_error(&h->log, "a.data", "%d of %s", 7, "9");
	assert_string_equal(h->said, first);
	assert_int_equal(h->len, sizeof(first) - 1);
	log_warn(&h->log, NULL, "100 %%");
	assert_string_equal(h->said + sizeof(first) - 1, "tcptop-report: 100 %\n");
}

static void quiet_is_about_warnings(void **state)
{
	struct heard *h = *state;

	h->log.quiet = true;
	log_warn(&h->log, "a", "warning");
	assert_int_equal(h->len, 0);
	log_error(&h->log, "a", "error");
	assert_string_equal(h->said, "tcptop-report: a: error\n");
}

static void names_of_files_do_no_harm(void **state)
{
	struct heard *h = *state;

	log_error(&h->log, "a\n\x1b[2J%s%n\xe2\x80\xae", "text");
	assert_string_equal(h->said, "tcptop-report: a\\x0A\\x1B[2J%s%n\\xE2\\x80\\xAE: text\n");
}

static void a_name_without_end_is_cut(void **state)
{
	struct heard *h = *state;
	char name[5000];

	memset(name, '\n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	log_error(&h->log, name, "text");
	assert_in_range(h->len, 400, 600);
	assert_string_equal(h->said + h->len - 11, "\\x0A: text\n"); /* no half of an escape */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hear, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_says_what_of_which_file),
		TEST(quiet_is_about_warnings),
		TEST(names_of_files_do_no_harm),
		TEST(a_name_without_end_is_cut),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
