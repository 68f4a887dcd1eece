/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "selftest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* Several lines under one title. */
static void print_lines(const char *title, const char *lines)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		printf("%-10s %.*s\n", title, (int)len, lines);
		lines += len + (lines[len] == '\n');
		title = "";
	}
}

static bool try_it(struct tracer *t)
{
	char words[SELFTEST_SIZE], error[TRACER_ERROR_SIZE];
	bool good;

	print_lines("hooks", tracer_hooks(t));
	print_lines("coverage", tracer_coverage(t));
	if (tracer_attach(t, error)) {
		fprintf(stderr, "tcptop-record: %s\n", error);
		return false;
	}
	good = selftest_run(tracer_counters(t), tracer_cpus(t), words);
	tracer_detach(t);
	print_lines("self-test", words);
	return good;
}

int check_run(const struct options *o)
{
	struct tracer_options options;
	char error[TRACER_ERROR_SIZE], grants[1024];
	struct tracer *t = NULL;
	struct utsname uts;
	bool good = false;

	options_tracer(o, &options);
	if (!uname(&uts))
		printf("%-10s %s %s\n", "kernel", uts.release, uts.machine);
	tracer_grants(grants, sizeof(grants));
	print_lines("grants", grants);
	if (tracer_new(&t, &options, error))
		fprintf(stderr, "tcptop-record: %s\n", error);
	else
		good = try_it(t);
	tracer_free(t);
	if (fflush(stdout) || ferror(stdout)) {
		fputs("tcptop-record: cannot write to standard output\n", stderr);
		good = false;
	}
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
