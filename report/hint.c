/* SPDX-License-Identifier: MIT */
#include "report/hint.h"

#include "report/option_table.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	NAME_LONGEST = 20,
};

/* What tcptop-record alone can do, and what the report has instead. */
static const struct {
	const char *name, *instead;
} of_recorder[] = {
	{"--cgroupmap", "here '--cgroup' selects by path"},
	{"--mntnsmap", "here '--cgroup' selects by path"},
	{"--duration", "here '--until=+TIME' ends early"},
	{"--output", "here standard output is written"},
	{"-o", "here standard output is written"},
	{"-d", "here '--until=+TIME' ends early"},
	{"--check", "here '--info' tells what was seen"},
	{"--udp", "what it recorded is shown"},
	{"--rotate", NULL},
	{"--rotate-size", NULL},
	{"--keep", NULL},
	{"--max-size", NULL},
	{"--ring-size", NULL},
	{"--flush", NULL},
	{"--hook", NULL},
	{"--user", NULL},
	{"--force", NULL},
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Letters to put in, leave out, change, or swap with the next one, to make one of the other. */
static int distance(const char *a, const char *b)
{
	int row[3][NAME_LONGEST + 1];
	size_t lena = strlen(a), lenb = strlen(b);

	if (lena > NAME_LONGEST || lenb > NAME_LONGEST)
		return NAME_LONGEST;
	for (size_t j = 0; j <= lenb; j++)
		row[0][j] = (int)j;
	for (size_t i = 1; i <= lena; i++) {
		int *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];

		now[0] = (int)i;
		for (size_t j = 1; j <= lenb; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
				last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return row[lena % 3][lenb];
}

static const char *nearest(const char *name)
{
	/* Of a short name a letter is much. */
	int best = strlen(name) < 4 ? 2 : 3;
	const char *found = NULL;

	for (const struct arg_option *o = option_table; o->id; o++) {
		int d = distance(name, o->name);

		if (d < best) {
			best = d;
			found = o->name;
		}
	}
	return found;
}

void hint_option(char to[HINT_SIZE], const char *spelt)
{
	const char *name;

	to[0] = '\0';
	for (size_t i = 0; i < sizeof(of_recorder) / sizeof(of_recorder[0]); i++) {
		if (strcmp(of_recorder[i].name, spelt) != 0)
			continue;
		snprintf(to, HINT_SIZE, ": it is one of tcptop-record's%s%s",
			of_recorder[i].instead ? "; " : "",
			of_recorder[i].instead ? of_recorder[i].instead : "");
		return;
	}
	name = strncmp(spelt, "--", 2) ? NULL : nearest(spelt + 2);
	if (name)
		snprintf(to, HINT_SIZE, "; did you mean '--%s'?", name);
}
