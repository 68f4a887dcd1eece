/* SPDX-License-Identifier: MIT */
#include "status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define SECOND_US 1000000u

enum { NUMBER_SIZE = 32, COUNT_SIZE = 48 };

/* 1234567 as "1,234,567". */
static const char *grouped(uint64_t n, char text[NUMBER_SIZE])
{
	size_t at = NUMBER_SIZE - 1;
	int digits = 0;

	text[at] = '\0';
	do {
		if (digits && digits % 3 == 0)
			text[--at] = ',';
		text[--at] = (char)('0' + n % 10);
		n /= 10;
		digits++;
	} while (n);
	return &text[at];
}

/* "1 call", "1,234,567 calls". */
static const char *counted(uint64_t n, const char *noun, char text[COUNT_SIZE])
{
	char number[NUMBER_SIZE];

	snprintf(text, COUNT_SIZE, "%s %s%s", grouped(n, number), noun, n == 1 ? "" : "s");
	return text;
}

static const char *megabytes(uint64_t bytes, char text[NUMBER_SIZE])
{
	snprintf(text, NUMBER_SIZE, "%.*f MB", bytes < 100000000 ? 3 : 0, (double)bytes / 1e6);
	return text;
}

/* More than samples where calls were summed up under overload. */
static uint64_t all_calls(const struct totals *t)
{
	return t->volume.calls[DIR_RX] + t->volume.calls[DIR_TX];
}

static uint64_t lost_calls(const struct totals *t)
{
	return t->lost.calls[DIR_RX] + t->lost.calls[DIR_TX];
}

static uint64_t lost_bytes(const struct totals *t)
{
	return t->lost.bytes[DIR_RX] + t->lost.bytes[DIR_TX];
}

void status_ready(const struct status *s, const char *output, const char *hooks, bool command)
{
	if (!s->quiet)
		fprintf(stderr, "Recording to %s (hooks: %s). %s\n", output, hooks,
			command ? "Stops with the command." : "Ctrl-C to stop.");
}

void status_live(struct status *s, uint64_t now_us, const struct totals *t, uint64_t bytes)
{
	char samples[COUNT_SIZE], rate[NUMBER_SIZE], sessions[COUNT_SIZE], size[NUMBER_SIZE],
		lost[NUMBER_SIZE];
	uint64_t since_us = now_us - (s->shown_us ? s->shown_us : s->start_us);

	if (s->quiet || !s->terminal || since_us < SECOND_US)
		return;
	fprintf(stderr, "\r%.0f s  %s  %s/s  %s  %s  lost %s\033[K",
		(double)(now_us - s->start_us) / SECOND_US, counted(t->samples, "sample", samples),
		grouped((t->samples - s->shown_samples) * SECOND_US / since_us, rate),
		counted(t->sessions, "session", sessions), megabytes(bytes, size),
		grouped(lost_calls(t), lost));
	s->shown_us = now_us;
	s->shown_samples = t->samples;
	s->line = true;
}

void status_clear(struct status *s)
{
	if (s->line)
		fputs("\r\033[K", stderr);
	s->line = false;
}

void status_warn(struct status *s, const char *format, ...)
{
	va_list args;

	status_clear(s);
	va_start(args, format);
	fputs("tcptop-record: warning: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

void status_waiting(struct status *s, const char *output, size_t bytes)
{
	char size[COUNT_SIZE];

	status_clear(s);
	if (!s->quiet)
		fprintf(stderr,
			"Waiting for the reader of %s to take the last %s. Ctrl-C to give up.\n",
			output, counted(bytes, "byte", size));
}

void status_reader_gone(struct status *s, const char *output)
{
	status_clear(s);
	if (!s->quiet)
		fprintf(stderr, "Stopped, as the reader of %s has gone.\n", output);
}

void status_summary(struct status *s, uint64_t now_us, const struct totals *t, uint64_t bytes,
	const char *output, uint32_t files)
{
	char samples[COUNT_SIZE], sessions[COUNT_SIZE], size[NUMBER_SIZE], calls[COUNT_SIZE],
		lost[COUNT_SIZE];

	status_clear(s);
	if (lost_calls(t) || lost_bytes(t))
		status_warn(s, "lost %s, %s%s", counted(lost_calls(t), "call", calls),
			counted(lost_bytes(t), "byte", lost),
			s->untold ? "" : "; tcptop-report --info says when and why");
	if (s->quiet)
		return;
	fprintf(stderr, "[ tcptop-record: Captured %s of ", counted(t->samples, "sample", samples));
	if (all_calls(t) != t->samples)
		fprintf(stderr, "%s in ", counted(all_calls(t), "call", calls));
	fprintf(stderr, "%s in %.1f s and wrote %s to ", counted(t->sessions, "session", sessions),
		(double)(now_us - s->start_us) / SECOND_US, megabytes(bytes, size));
	if (files > 1)
		fprintf(stderr, "%" PRIu32 " files, the last of them ", files);
	fputs(output, stderr);
	if (t->samples)
		fprintf(stderr, " (%.2f bytes/sample)", (double)bytes / (double)t->samples);
	fprintf(stderr, ", lost %s ]\n", counted(lost_calls(t), "call", calls));
}
