/* SPDX-License-Identifier: MIT */
/*
 * interval_print.h: how an interval looks, as bcc's table, CSV and JSON. For view_intervals.c.
 */
#ifndef REPORT_INTERVAL_PRINT_H
#define REPORT_INTERVAL_PRINT_H

#include "report/clock.h"
#include "report/losses.h"
#include "report/table.h"
#include "report/view.h"

struct interval_printer {
	struct view_setup setup;
	struct clock clock;
	bool has_printed;  /* anything at all */
	bool many_hosts;   /* name them */
	int64_t first_day; /* that was printed */
};

struct interval_host {
	const char *name;
	const struct load *load; /* NULL: not known */
	const struct losses *losses;
	const char *file; /* that tells of them, for messages */
};

struct interval {
	int64_t start_us, end_us;
	const struct row *row; /* largest first */
	size_t rows;
	const struct interval_host *host;
	size_t hosts;
};

/* Intervals without traffic, one after the other. */
struct interval_run {
	int64_t start_us, end_us;
	uint64_t intervals;
	bool recorded; /* else they lie between two recordings */
};

void interval_printer_init(struct interval_printer *p, const struct view_setup *setup);
void interval_begin(struct interval_printer *p);
void interval_table(struct interval_printer *p, const struct interval *i);
void interval_idle(struct interval_printer *p, const struct interval_run *run);

#endif
