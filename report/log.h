/* SPDX-License-Identifier: MIT */
/*
 * log.h: messages for the user on standard error, a line each: `tcptop-report: FILE: text`.
 *
 * File names are escaped as all other text is. Tests give a stream of their own.
 */
#ifndef REPORT_LOG_H
#define REPORT_LOG_H

#include <stdbool.h>
#include <stdio.h>

struct log {
	FILE *to;
	bool quiet; /* no warnings; errors, damage and losses are always said */
};

/* file may be NULL. log_error is also for losses that have no place in the output. */
void log_error(const struct log *log, const char *file, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void log_warn(const struct log *log, const char *file, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
