/* SPDX-License-Identifier: MIT */
#include "report/log.h"

#include "report/text.h"
#include <stdarg.h>

static void say(const struct log *log, const char *file, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static void say(const struct log *log, const char *file, const char *format, va_list args)
{
	char name[512];

	fputs("tcptop-report: ", log->to);
	if (file) {
		text_escape(name, sizeof(name), file, TEXT_ALL);
		fprintf(log->to, "%s: ", name);
	}
	vfprintf(log->to, format, args);
	fputc('\n', log->to);
	fflush(log->to);
}

void log_error(const struct log *log, const char *file, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(log, file, format, args);
	va_end(args);
}

void log_warn(const struct log *log, const char *file, const char *format, ...)
{
	va_list args;

	if (log->quiet)
		return;
	va_start(args, format);
	say(log, file, format, args);
	va_end(args);
}
