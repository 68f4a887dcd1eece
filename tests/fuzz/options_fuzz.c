/* SPDX-License-Identifier: MIT */
/*
 * options_fuzz.c: the input is the command line of tcptop-report, an argument a line; and what its
 * times, filters and addresses then make of sessions that no honest recording has.
 */
#include "record/parse.h"
#include "report/log.h"
#include "report/options.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 64 };

static const struct session fuzz_sessions[] = {
	{{.pid = 101, .cgroup = "/a/b", .comm = "curl"},
		{PROTO_TCP, 4, {10, 0, 0, 1}, {192, 0, 2, 80}, 40000, 443, 1}},
	{{.pid = UINT32_MAX, .cgroup = "", .comm = ""},
		{PROTO_MPTCP, 6, {[15] = 1}, {0x20, 0x01, [15] = 2}, 0, UINT16_MAX, 0}},
	{{.cgroup = "*[", .comm = "\xff\x1b[31m,\"=?*[]"}, {.proto = UINT16_MAX, .family = 6}},
};

static void find_moment(const struct moment *m)
{
	static const int64_t starts[] = {INT64_MIN, -1, 1795168500000000, INT64_MAX};
	struct clock clock;

	if (m->kind == MOMENT_NONE)
		return;
	clock_init(&clock, true);
	for (int i = 0; i < 4; i++) {
		moment_wants_end(m, &clock, starts[i]);
		moment_find(m, &clock, starts[i], INT64_MAX, i & 1);
		moment_find(m, &clock, starts[i], starts[i], !(i & 1));
	}
}

static void parse_values(const char *word)
{
	const char *rest = "";
	uint64_t v;

	if (!parse_duration(word, &v) && !v)
		abort();
	if (!parse_size(word, &v) && !v)
		abort();
	if (!parse_number(word, 65535, &v, &rest) && (!v || v > 65535 || !rest))
		abort();
}

/* Each line is a word; answers how many. */
static int split(char *text, char *word[WORDS])
{
	int count = 0;
	char *end;

	word[count++] = text;
	while (count < WORDS - 1 && (end = strchr(text, '\n'))) {
		*end = '\0';
		text = end + 1;
		word[count++] = text;
	}
	word[count] = NULL;
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct log log;
	char *text = malloc(size + 16), *word[WORDS];
	struct options options;
	int count;

	if (!log.to)
		log.to = fopen("/dev/null", "w");
	if (!log.to || !text)
		abort();
	memcpy(text, "tcptop-report\n", 14);
	if (size)
		memcpy(text + 14, data, size);
	text[14 + size] = '\0';
	count = split(text, word);
	for (int i = 1; i < count; i++)
		parse_values(word[i]);
	if (!options_parse(&options, count, word, &log)) {
		find_moment(&options.since);
		find_moment(&options.until);
		for (size_t i = 0; i < sizeof(fuzz_sessions) / sizeof(fuzz_sessions[0]); i++)
			filter_session(&options.filter, &fuzz_sessions[i]);
	}
	options_clear(&options);
	free(text);
	return 0;
}
