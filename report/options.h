/* SPDX-License-Identifier: MIT */
/*
 * options.h: what the command line of tcptop-report asks for. Everyone may read it.
 */
#ifndef REPORT_OPTIONS_H
#define REPORT_OPTIONS_H

#include "report/filter.h"
#include "report/key.h"
#include "report/moment.h"
#include "report/table.h"
#include "report/units.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct log;
struct out;

enum action {
	ACTION_REPORT,
	ACTION_HELP,
	ACTION_VERSION,
};

enum view_kind {
	VIEW_INTERVALS,
	VIEW_TOP,
	VIEW_EVENTS,
	VIEW_INFO,
	VIEW_HTML,
};

struct options {
	enum action action;
	enum view_kind view;
	enum key_by by;
	enum sort sort;
	enum unit unit;
	struct filter filter;
	struct moment since, until;
	int64_t interval_us;
	uint64_t count; /* intervals; 0: all */
	uint64_t rows;  /* of each table; 0: all */
	bool csv, json; /* neither: for people */
	bool nosummary, noclear, quiet, follow, strict;
	unsigned int threads;  /* see ahead.h */
	bool utc, tz_recorder; /* neither: the reader's own zone */
	const char *html;      /* where the page goes, "-": standard output; borrowed as well */
	const char **file;     /* borrowed from argv */
	size_t files;
};

/* 0, or a negative errno after a message to log. */
int options_parse(struct options *o, int argc, char *const *argv, const struct log *log);
/* Frees what options_parse took; good after its failure as well. */
void options_clear(struct options *o);

void options_help(struct out *out);

#endif
