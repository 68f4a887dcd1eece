/* SPDX-License-Identifier: MIT */
/*
 * Whatever processes, cgroups and hosts are called: no view sends a terminal anything but harmless
 * characters, and tables stay straight.
 */
#include "report/screen.h"
#include "report/text.h"
#include "tests/report_fixture.h"
#include <stdio.h>

enum {
	NAMES = 24,
	ROUNDS = 300,
};

/* Octal where a letter follows that could be taken for a hexadecimal digit. */
static const char *const names[NAMES] = {"plain", "", " ", "a\nb", "\033[31mred", "\033]0;x\007",
	"\2332J", "\xc2\2332J", "\r\b\t\x7f", "\xff\xfe\xc3", "\xe2\x80\xaegnp.exe",
	"a\xe2\x80\x8b\xe2\x80\215b", "\xef\xbb\277bom", "\xd8\x9c\xe2\x81\xa6\xe2\x81\xa9",
	"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", "e\xcc\x81\xcc\x81\xcc\x81o", "\xcc\x81start",
	"\xf0\x9f\x98\x80\xf0\x9f\x9a\x80", "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9",
	"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "back\\slash", "=1+1", "\"q,;\"", "\xe2\x80\xa8line"};

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* The length of the well-formed UTF-8 character at s, by the table of the Unicode standard. */
static size_t character(const unsigned char *s)
{
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
		(s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

/* What steers a terminal, turns the order, or is not seen. */
static bool is_harmful(const unsigned char *s)
{
	static const char *const harmful[] = {"\xc2\xad", "\xd8\x9c", "\xef\xbb\xbf"};

	if ((s[0] < 0x20 && s[0] != '\n') || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0))
		return true;
	for (size_t i = 0; i < sizeof(harmful) / sizeof(harmful[0]); i++) {
		if (!strncmp((const char *)s, harmful[i], strlen(harmful[i])))
			return true;
	}
	if (s[0] != 0xe2)
		return false;
	return (s[1] == 0x80 &&
		       ((s[2] >= 0x8b && s[2] <= 0x8f) || (s[2] >= 0xa8 && s[2] <= 0xae))) ||
	       (s[1] == 0x81 && s[2] >= 0xa0 && s[2] <= 0xaf);
}

static void expect_harmless(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	assert_true(*s);
	while (*s) {
		size_t len = character(s);

		assert_true(len > 0);
		assert_false(is_harmful(s));
		s += len;
	}
}

/* All lines of a table, from its titles on, have the same width. */
static void expect_straight(char *text, const char *titles)
{
	char *line = strstr(text, titles), *end;
	int width = -1;

	while (line && line > text && line[-1] != '\n')
		line--;
	for (; line && *line && *line != '\n'; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		*end = '\0';
		if (width < 0)
			width = text_columns(line);
		assert_int_equal(text_columns(line), width);
		*end = '\n';
	}
	assert_true(width > 0);
}

static void fill(struct session *sessions, uint32_t count, uint32_t *seed)
{
	static char paths[NAMES][64];
	bool random = *seed;

	for (uint32_t i = 0; i < count; i++) {
		char *comm = sessions[i].process.comm, *path = paths[i];
		uint32_t len = next_random(seed) % sizeof(sessions[i].process.comm);

		sessions[i] = fixture_sessions[CURL];
		snprintf(comm, sizeof(sessions[i].process.comm), "%s", names[i]);
		snprintf(path, 64, "/%s/%s", names[(i + 5) % NAMES], names[(i + 7) % NAMES]);
		/* After the first round anything at all. */
		for (uint32_t k = 0; random && k < len; k++)
			comm[k] = (char)(1 + next_random(seed) % 255);
		sessions[i].process.pid = i + 1;
		sessions[i].process.cgroup = path;
		sessions[i].process.cgroup_id = i + 1;
	}
}

static char *show(int width, const char *const *args, const struct session *sessions)
{
	const struct header header = {.host = names[4],
		.boot_id = names[6],
		.kernel = names[9],
		.tool = names[10],
		.command = names[3],
		.filters = names[7],
		.hooks = names[11],
		.selftest = names[8],
		.coverage = names[13],
		.zone = names[5],
		.start_wall_us = WALL_START};
	struct stage s;
	char *text;

	stage_open(&s, width, args);
	s.feed.name = names[4];
	s.feed.origin.host = names[(size_t)width % NAMES];
	s.feed.many_hosts = width == 100;
	s.feed.sessions = sessions;
	s.feed.session_count = NAMES;
	s.stats.groups = 1;
	assert_int_equal(stage_group(&s, &header), 0);
	for (uint32_t i = 0; i < NAMES; i++) {
		stage_sample(&s, 100, i, DIR_RX, 4096 * (i + 1), 1);
		if (s.block.samples == FEED_SAMPLES)
			assert_int_equal(stage_block(&s), 0);
	}
	assert_int_equal(stage_block(&s), 0);
	if (s.view->file_end)
		assert_int_equal(s.view->file_end(s.view, &s.feed), 0);
	text = strdup(stage_end(&s));
	assert_non_null(text);
	stage_close(&s);
	return text;
}

static void round_of_views(uint32_t seed)
{
	static const struct {
		const char *args[4];
		const char *titles; /* of a table that is to be straight */
	} views[] = {{{"-S", NULL}, "PID "}, {{"-S", "--by=comm", NULL}, "COMM "},
		{{"-S", "--by=process", NULL}, "PID "}, {{"-S", "--by=cgroup", NULL}, "CGROUP "},
		{{"--top=99", NULL}, " # "}, {{"--top=99", "--by=process", NULL}, " # "},
		{{"--top=99", "--by=cgroup", NULL}, " # "}, {{"--events", NULL}, NULL},
		{{"--info", NULL}, NULL}, {{"--json", NULL}, NULL}, {{"--csv", NULL}, NULL},
		{{"--json", "--top", NULL}, NULL}, {{"--csv", "--events", NULL}, NULL}};
	static const int widths[] = {0, 60, 100, 250};
	struct session sessions[NAMES] = {0};

	fill(sessions, NAMES, &seed);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		char *text = show(widths[seed % 4], views[i].args, sessions);

		expect_harmless(text);
		if (views[i].titles)
			expect_straight(text, views[i].titles);
		free(text);
	}
}

static void names_do_no_harm(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < ROUNDS; seed++)
		round_of_views(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_do_no_harm),
	};

	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
