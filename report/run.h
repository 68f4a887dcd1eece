/* SPDX-License-Identifier: MIT */
/*
 * run.h: drives a view through the files and answers for the exit status. For main.c and tests.
 */
#ifndef REPORT_RUN_H
#define REPORT_RUN_H

#include "report/view.h"

enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_DAMAGED = 3,
};

/* Reorders options->file by time. Flushes out; a closed pipe is no failure. */
enum exit_status run(struct options *options, struct out *out, const struct log *log);

#endif
