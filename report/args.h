/* SPDX-License-Identifier: MIT */
/*
 * args.h: walks a command line by a table of options. For options.c.
 *
 * As getopt_long does it (short ones in a bunch, values attached or apart, long names shortened as
 * long as they stay unique, words anywhere, "--" ends the options), but with no globals and with
 * the same messages on every system.
 */
#ifndef REPORT_ARGS_H
#define REPORT_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum arg_value {
	VALUE_NONE,
	VALUE_NEEDED,
	VALUE_OPTIONAL, /* attached only: --top=5 */
};

struct arg_option {
	int id;           /* above 0 */
	char letter;      /* '\0': none */
	const char *name; /* NULL: none */
	enum arg_value need;
	const char *value; /* its name in the help */
	const char *help;  /* lines after the first are separated by '\n' */
};

enum {
	ARG_END = 0,
	ARG_WORD = -1,  /* value is the word */
	ARG_ERROR = -2, /* error says what is wrong */
};

struct args {
	const struct arg_option *options; /* ends with id 0 */
	int argc;
	char *const *argv;
	int at;              /* the next word */
	const char *letters; /* what is left of a bunch such as -SC */
	int words_only;      /* after "--" */
	const char *value;   /* of the option just given; NULL: none */
	char spelt[64];      /* the option just given, as it was written */
	char error[160];
	bool unknown; /* the error is that there is no such option */
};

void args_init(struct args *a, const struct arg_option *options, int argc, char *const *argv);
/* The id of the next option, or ARG_*. */
int args_next(struct args *a);

#endif
