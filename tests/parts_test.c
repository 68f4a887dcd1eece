/* SPDX-License-Identifier: MIT */
/* Copies count once, and what a rotated set lacks is named. */
#include "report/parts.h"
#include "tests/report_fixture.h"

static const struct selection hour = {WALL_START, WALL_START + 3600 * (int64_t)SECOND_US};

struct found {
	struct files files;
	uint64_t missing;
	struct heard heard;
};

static int find(void **state)
{
	struct found *f = calloc(1, sizeof(*f));

	*state = f;
	if (f)
		heard_open(&f->heard);
	return f ? 0 : -1;
}

static int leave(void **state)
{
	struct found *f = *state;

	files_clear(&f->files);
	heard_close(&f->heard);
	free(f);
	return 0;
}

/* A file of web1's, as it was found; it began so many seconds after the hour. */
static struct peek *add(struct found *f, const char *name, int second)
{
	struct files *all = &f->files;
	struct file *file;

	all->file = realloc(all->file, (all->count + 1) * sizeof(*all->file));
	assert_non_null(all->file);
	file = &all->file[all->count++];
	*file = (struct file){.name = strdup(name),
		.peek = {.known = true, .began_us = hour.since_us + second * SECOND_US}};
	file->peek.recording = (uint64_t)second;
	strcpy(file->peek.host, "web1");
	return &file->peek;
}

static struct peek *add_copy(struct found *f, const char *name, uint64_t recording, uint64_t size)
{
	struct peek *p = add(f, name, 0);

	p->recording = recording;
	p->size = size;
	return p;
}

/* The part of series 7 that began at that second. */
static struct peek *add_part(struct found *f, const char *name, uint32_t part, int second)
{
	struct peek *p = add(f, name, second);

	p->series = 7;
	p->part = part;
	return p;
}

/* Drops what is a copy: the names of the files that are left, in order, and all that was said. */
static void expect_left(struct found *f, const char *names, const char *said)
{
	char left[64] = "";

	assert_int_equal(parts_drop_copies(&f->files, &f->heard.log), 0);
	for (size_t i = 0; i < f->files.count; i++)
		strcat(left, f->files.file[i].name);
	assert_string_equal(left, names);
	assert_string_equal(f->heard.said, said);
}

static uint64_t missing_in(struct found *f, struct selection want)
{
	assert_int_equal(parts_name_missing(&f->files, &want, &f->heard.log, &f->missing), 0);
	return f->missing;
}

#define PASSED_OVER(name, of)                                                                      \
	"tcptop-report: " name ": the same recording as '" of                                      \
	"', passed over, so that no byte counts twice\n"

static void of_copies_the_longest_stays(void **state)
{
	struct found *f = *state;

	add_copy(f, "a", 1, 10);
	add_copy(f, "b", 2, 10);
	add_copy(f, "c", 1, 30);
	add_copy(f, "d", 3, 10);
	add_copy(f, "e", 1, 20);
	expect_left(f, "bcd", PASSED_OVER("e", "c") PASSED_OVER("a", "c"));
}

static void of_equal_copies_that_which_was_named_first(void **state)
{
	struct found *f = *state;

	add_copy(f, "z", 1, 10);
	add_copy(f, "a", 1, 10);
	expect_left(f, "z", PASSED_OVER("a", "z"));
}

/* The number of a recording is random: another beginning or host is another one. */
static void a_number_alone_makes_no_copy(void **state)
{
	struct found *f = *state;

	add_copy(f, "a", 1, 10);
	add_copy(f, "b", 1, 10)->began_us++;
	strcpy(add_copy(f, "c", 1, 10)->host, "web2");
	expect_left(f, "abc", "");
}

/* Such as pipes, or what is not there: whoever opens them tells. */
static void files_that_are_not_known_stay(void **state)
{
	struct found *f = *state;

	add_copy(f, "-", 0, 0)->known = false;
	add_copy(f, "x", 0, 0)->known = false;
	add_copy(f, "a", 0, 0);
	expect_left(f, "-xa", "");
}

static void a_whole_set_lacks_nothing(void **state)
{
	struct found *f = *state;

	add_part(f, "c", 2, 20);
	add_part(f, "a", 0, 0);
	add_part(f, "b", 1, 10);
	add_part(f, "b again", 1, 10);
	add(f, "alone", 5);
	assert_int_equal(missing_in(f, selection_all), 0);
	assert_string_equal(f->heard.said, "");
}

#define MISSING_ONE                                                                                \
	": of its rotated set the file before it is missing; what it recorded is not shown\n"

static void what_lacks_between_two_is_named(void **state)
{
	struct found *f = *state;

	add_part(f, "e", 4, 40);
	add_part(f, "b", 2, 20);
	add_part(f, "j", 9, 90);
	assert_int_equal(missing_in(f, selection_all), 1 + 4);
	assert_string_equal(f->heard.said,
		"tcptop-report: e" MISSING_ONE
		"tcptop-report: j: of its rotated set the 4 files before it are missing; "
		"what they recorded is not shown\n");
}

static void sets_are_counted_apart(void **state)
{
	struct found *f = *state;

	add_part(f, "a", 0, 0);
	add_part(f, "x", 1, 10)->series = 8;
	add_part(f, "c", 2, 20);
	add_part(f, "z", 5, 30)->series = 9;
	add_part(f, "y", 2, 40)->series = 8;
	assert_int_equal(missing_in(f, selection_all), 1);
	assert_string_equal(f->heard.said, "tcptop-report: c" MISSING_ONE);
}

/* Files of no set have no part, whatever stands there. */
static void single_files_lack_nothing(void **state)
{
	struct found *f = *state;

	add_part(f, "a", 0, 0)->series = 0;
	add_part(f, "b", 5, 10)->series = 0;
	assert_int_equal(missing_in(f, selection_all), 0);
}

/* What is missing lies between the beginnings of the two beside it. */
static void only_what_is_selected_is_missed(void **state)
{
	struct found *f = *state;
	const int64_t a = hour.since_us + 10 * SECOND_US, c = hour.since_us + 30 * SECOND_US;

	add_part(f, "a", 0, 10);
	add_part(f, "c", 2, 30);
	assert_int_equal(missing_in(f, hour), 1);
	assert_int_equal(missing_in(f, (struct selection){c - 1, c}), 1);
	assert_int_equal(missing_in(f, (struct selection){c, c + 1}), 0);
	assert_int_equal(missing_in(f, (struct selection){a, a + 1}), 1);
	assert_int_equal(missing_in(f, (struct selection){a - 1, a}), 0);
}

/* One whose header is damaged does not say which part it is: by its time it may be that. */
static void a_file_without_a_header_may_be_the_missing_one(void **state)
{
	struct found *f = *state;

	add_part(f, "a", 0, 10);
	add_part(f, "d", 3, 40);
	add(f, "b", 20)->headless = true;
	add(f, "c", 30)->headless = true;
	assert_int_equal(missing_in(f, selection_all), 0);
	add(f, "c2", 31)->headless = true;
	assert_int_equal(missing_in(f, selection_all), 0);
	assert_string_equal(f->heard.said, "");
}

static void a_file_of_another_time_is_not_the_missing_one(void **state)
{
	struct found *f = *state;

	add_part(f, "a", 0, 10);
	add_part(f, "d", 3, 40);
	add(f, "before", 9)->headless = true;
	add(f, "b", 20)->headless = true;
	add(f, "behind", 41)->headless = true;
	assert_int_equal(missing_in(f, selection_all), 1);
	assert_string_equal(f->heard.said, "tcptop-report: d" MISSING_ONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, find, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_copies_the_longest_stays),
		TEST(of_equal_copies_that_which_was_named_first),
		TEST(a_number_alone_makes_no_copy),
		TEST(files_that_are_not_known_stay),
		TEST(a_whole_set_lacks_nothing),
		TEST(what_lacks_between_two_is_named),
		TEST(sets_are_counted_apart),
		TEST(single_files_lack_nothing),
		TEST(only_what_is_selected_is_missed),
		TEST(a_file_without_a_header_may_be_the_missing_one),
		TEST(a_file_of_another_time_is_not_the_missing_one),
	};

	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
