/* SPDX-License-Identifier: MIT */
/*
 * clock.h: wall times, and as text. For everyone.
 *
 * Times are microseconds since 1970-01-01 00:00 UTC. Text is in the zone of the reader (TZ), in
 * UTC, or in a zone that is told. The last second is remembered, for times mostly come in order and
 * zones are slow to ask.
 */
#ifndef REPORT_CLOCK_H
#define REPORT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum {
	CLOCK_SIZE = 48, /* for any text of this module */
	SECOND_US = 1000000,
};

/* A zone that is told, and may change while it is used. */
struct zone {
	bool known;            /* else UTC */
	int32_t offset_s;      /* east */
	char name[CLOCK_SIZE]; /* "": none */
};

struct clock {
	bool utc;
	const struct zone *zone;
	int32_t offset_s; /* of the zone, that text belongs to */
	bool known;
	int64_t second; /* that tm and text belong to */
	struct tm tm;
	char text[CLOCK_SIZE];
};

void clock_init(struct clock *c, bool utc);
/* From now on all text is of this zone, as it is at each call; NULL: as initialised. */
void clock_fix(struct clock *c, const struct zone *zone);

/* What the wall clock shows at a moment of the boot clock; wraps where a damaged file is absurd. */
int64_t clock_wall(uint64_t time_us, int64_t wall_offset_us);

/* to - from; wraps as well. */
int64_t clock_between(int64_t from_us, int64_t to_us);

/* "2026-11-20 09:55:30"; good until the next call. */
const char *clock_date_time(struct clock *c, int64_t wall_us);
/* "09:55:30"; good until the next call. */
const char *clock_time(struct clock *c, int64_t wall_us);
/*
 * Seconds since 1970 of a local time; a day beyond its month is one of the next. Of two that a
 * clock change makes of one the earlier, or where late the later; one that it leaves out is as far
 * behind the change as it says.
 */
int64_t clock_seconds(struct clock *c, const struct tm *local, bool late);
int64_t clock_utc_seconds(const struct tm *utc);

/* The day's number in the clock's zone, to tell whether two times lie on one day. */
int64_t clock_day(struct clock *c, int64_t wall_us);
/* "CET" or "UTC". */
void clock_zone(struct clock *c, int64_t wall_us, char to[CLOCK_SIZE]);

/* "1763632530.000001"; with plain "1763632530" for a whole second. Answers the length. */
int clock_epoch(char to[CLOCK_SIZE], int64_t wall_us, bool plain);
/* The microseconds within the second, 0 to 999999. */
uint32_t clock_fraction(int64_t wall_us);
/* "0.5 s", "60 s", "1 h 02 m 03 s". */
void clock_span(char to[CLOCK_SIZE], int64_t span_us);

#endif
