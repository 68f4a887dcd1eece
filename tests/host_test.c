/* SPDX-License-Identifier: MIT */
#include "record/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <cmocka.h>

static void describe(struct header *header, struct host_texts *texts, char **argv)
{
	*header = (struct header){0};
	assert_int_equal(host_describe(header, texts, argv), 0);
}

static void assert_quoted(char **argv, const char *wanted)
{
	struct host_texts texts;
	struct header header;

	describe(&header, &texts, argv);
	assert_string_equal(header.command, wanted);
	host_texts_free(&texts);
}

static void test_words_are_quoted_where_needed(void **state)
{
	(void)state;
	assert_quoted((char *[]){"tcptop-record", NULL}, "tcptop-record");
	assert_quoted((char *[]){"a", "-p", "1,2", "--port=80", "/x/y.z", NULL},
		"a -p 1,2 --port=80 /x/y.z");
	assert_quoted(
		(char *[]){"two words", "", "$HOME", "*", NULL}, "'two words' '' '$HOME' '*'");
	assert_quoted((char *[]){"don't", "'", "''", NULL}, "'don'\\''t' ''\\''' ''\\'''\\'''");
	assert_quoted((char *[]){"back\\slash", "line\nbreak", "h\xc3\xa9", NULL},
		"'back\\slash' 'line\nbreak' 'h\xc3\xa9'");
	assert_quoted((char *[]){NULL}, "");
}

/* The proof of quoting: a shell makes the same words of it. */
static void test_a_shell_reads_the_same_words(void **state)
{
	char *argv[] = {"printf", "<%s>", "a b", "", "it's", "\"", "`x`", "$(x)", "\\", "a=b", "~",
		"#", "!", "{a,b}", "[a]", "x;y", "&", "|", "?", "^", "%", "@", "\t", "\n", NULL};
	char wanted[256] = "", got[256] = "";
	struct host_texts texts;
	struct header header;
	FILE *shell;

	(void)state;
	for (char **word = argv + 2; *word; word++)
		sprintf(wanted + strlen(wanted), "<%s>", *word);
	describe(&header, &texts, argv);
	shell = popen(header.command, "r"); /* NOLINT: what a shell makes of it is the question */
	assert_non_null(shell);
	assert_true(fread(got, 1, sizeof(got) - 1, shell) > 0);
	assert_int_equal(pclose(shell), 0);
	assert_string_equal(got, wanted);
	host_texts_free(&texts);
}

static void test_endless_command_line_is_cut(void **state)
{
	char *word = malloc(2 * TEXT_SIZE);
	struct host_texts texts;
	struct header header;

	(void)state;
	assert_non_null(word);
	memset(word, '\'', 2 * TEXT_SIZE); /* the kind that grows most */
	word[2 * TEXT_SIZE - 1] = '\0';
	describe(&header, &texts, (char *[]){"x", word, NULL});
	assert_int_equal(strlen(header.command), TEXT_SIZE - 1);
	assert_string_equal(header.command + TEXT_SIZE - 4, "...");
	host_texts_free(&texts);
	/* The longest that is not cut, and one more. */
	memset(word, 'a', TEXT_SIZE);
	word[TEXT_SIZE - 1] = '\0';
	describe(&header, &texts, (char *[]){word, NULL});
	assert_string_equal(header.command, word);
	host_texts_free(&texts);
	word[TEXT_SIZE - 1] = 'a';
	word[TEXT_SIZE] = '\0';
	describe(&header, &texts, (char *[]){word, NULL});
	assert_int_equal(strlen(header.command), TEXT_SIZE - 1);
	host_texts_free(&texts);
	free(word);
}

static void test_machine_and_moment(void **state)
{
	uint64_t before_us = clock_boot_ns() / 1000;
	struct host_texts texts, other_texts;
	struct header header, other;
	char *argv[] = {"x", NULL};
	char kernel[512];
	struct utsname uts;

	(void)state;
	describe(&header, &texts, argv);
	describe(&other, &other_texts, argv);
	assert_int_equal(uname(&uts), 0);
	assert_string_equal(header.host, uts.nodename);
	snprintf(kernel, sizeof(kernel), "%s %s", uts.release, uts.machine);
	assert_string_equal(header.kernel, kernel);
	assert_string_equal(header.tool, "tcptop-record " TCPTOP_VERSION);
	assert_string_equal(header.boot_id, other.boot_id);
	assert_null(strchr(header.boot_id, '\n'));
	assert_int_not_equal(header.recording, other.recording);
	assert_true(before_us <= header.start_us && header.start_us <= other.start_us);
	assert_true(other.start_us <= clock_boot_ns() / 1000);
	host_texts_free(&texts);
	host_texts_free(&other_texts);
	assert_null(texts.command);
	host_texts_free(&texts); /* a second time is fine */
}

/* Only as exact as a machine that is busy with other things allows: to the hour. */
static void test_wall_clock(void **state)
{
	int64_t wall_s = ((int64_t)(clock_boot_ns() / 1000) + clock_wall_offset_us()) / 1000000;
	int64_t off = wall_s - (int64_t)time(NULL);

	(void)state;
	assert_true(off > -3600 && off < 3600);
}

static void assert_zone(const char *tz, int64_t wall_s, int32_t offset_s, const char *wanted)
{
	char name[NAME_SIZE];

	assert_int_equal(setenv("TZ", tz, 1), 0);
	assert_int_equal(clock_zone(wall_s * 1000000, name), offset_s);
	assert_string_equal(name, wanted);
}

static void test_zone_of_a_moment(void **state)
{
	const int64_t january = 1768478400, july = 1784116800; /* 2026 */
	const char *europe = "CET-1CEST,M3.5.0,M10.5.0/3";

	(void)state;
	assert_zone("UTC0", january, 0, "UTC");
	assert_zone(europe, january, 3600, "CET");
	assert_zone(europe, july, 7200, "CEST");
	assert_zone("<-0330>3:30", january, -12600, "-0330");
	assert_int_equal(unsetenv("TZ"), 0);
}

static bool read_loadavg(char line[128])
{
	FILE *f = fopen("/proc/loadavg", "r");
	bool done = f && fgets(line, 128, f);

	if (f)
		fclose(f);
	return done;
}

static void test_load(void **state)
{
	char before[128], after[128], text[128];
	struct load l;

	(void)state;
	do {
		assert_true(read_loadavg(before));
		assert_int_equal(host_load(&l), 0);
		assert_true(read_loadavg(after));
	} while (strcmp(before, after) != 0); /* it changed meanwhile */
	snprintf(text, sizeof(text), "%u.%02u %u.%02u %u.%02u %u/%u %u\n", l.avg[0] / 100,
		l.avg[0] % 100, l.avg[1] / 100, l.avg[1] % 100, l.avg[2] / 100, l.avg[2] % 100,
		l.running, l.threads, l.last_pid);
	assert_string_equal(text, before);
	assert_true(l.time_us > 0 && l.time_us <= clock_boot_ns() / 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_quoted_where_needed),
		cmocka_unit_test(test_a_shell_reads_the_same_words),
		cmocka_unit_test(test_endless_command_line_is_cut),
		cmocka_unit_test(test_machine_and_moment),
		cmocka_unit_test(test_wall_clock),
		cmocka_unit_test(test_zone_of_a_moment),
		cmocka_unit_test(test_load),
	};

	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
