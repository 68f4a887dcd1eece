/* SPDX-License-Identifier: MIT */
/*
 * moment.h: the times that --since and --until take. Parsed before anything is read, and found on
 * the wall clock once it is known when the recordings begin and end.
 */
#ifndef REPORT_MOMENT_H
#define REPORT_MOMENT_H

#include "report/clock.h"

enum moment_kind {
	MOMENT_NONE,
	MOMENT_EPOCH,      /* @1795168500.5, or a date with its zone: us */
	MOMENT_DATE,       /* 2026-11-20 09:55, of the zone that is shown */
	MOMENT_TIME,       /* 09:55:30, of a day that the recording has */
	MOMENT_FROM_START, /* +90s: us */
	MOMENT_FROM_END,   /* -5m: us */
};

struct moment {
	enum moment_kind kind;
	int64_t us;
	int year, month, day, hour, minute, second, fraction_us;
};

/* 0 or -EINVAL. */
int moment_parse(struct moment *m, const char *text);

/* Whether moment_find must know where the recordings end. */
bool moment_wants_end(const struct moment *m, struct clock *c, int64_t start_us);

/*
 * The moment on the wall clock. A time of day is the first one from start on, unless end comes
 * before it: then the one of start's day. Of a local time that a clock change repeats, the earlier
 * one, or where late the later one.
 */
int64_t moment_find(
	const struct moment *m, struct clock *c, int64_t start_us, int64_t end_us, bool late);

#endif
