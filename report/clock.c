/* SPDX-License-Identifier: MIT */
#include "report/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	DAY_S = 86400,
};

static int64_t floor_second(int64_t wall_us)
{
	int64_t s = wall_us / SECOND_US;

	return wall_us % SECOND_US < 0 ? s - 1 : s;
}

void clock_init(struct clock *c, bool utc)
{
	memset(c, 0, sizeof(*c));
	c->utc = utc;
	tzset();
}

int64_t clock_wall(uint64_t time_us, int64_t wall_offset_us)
{
	return (int64_t)(time_us + (uint64_t)wall_offset_us);
}

int64_t clock_between(int64_t from_us, int64_t to_us)
{
	return (int64_t)((uint64_t)to_us - (uint64_t)from_us);
}

void clock_fix(struct clock *c, const struct zone *zone)
{
	c->zone = zone;
	c->known = false;
}

static int32_t zone_offset(const struct clock *c)
{
	return c->zone && c->zone->known ? c->zone->offset_s : 0;
}

static bool is_local(const struct clock *c)
{
	return !c->utc && !c->zone;
}

static void look_up(struct clock *c, int64_t wall_us)
{
	int64_t second = floor_second(wall_us);
	int32_t offset = zone_offset(c);
	time_t t = (time_t)(second + offset);

	if (c->known && c->second == second && c->offset_s == offset)
		return;
	if (!(is_local(c) ? localtime_r(&t, &c->tm) : gmtime_r(&t, &c->tm)))
		memset(&c->tm, 0, sizeof(c->tm));
	c->second = second;
	c->offset_s = offset;
	c->known = true;
	snprintf(c->text, sizeof(c->text), "%04lld-%02u-%02u %02u:%02u:%02u",
		1900LL + c->tm.tm_year, (c->tm.tm_mon + 1u) % 100, c->tm.tm_mday % 100u,
		c->tm.tm_hour % 100u, c->tm.tm_min % 100u, c->tm.tm_sec % 100u);
}

int64_t clock_utc_seconds(const struct tm *utc)
{
	/* Days since 0000-03-01, so that a leap day is the last of its year. */
	int64_t month = (utc->tm_mon + 10) % 12;
	int64_t year = 1900 + (int64_t)utc->tm_year - (utc->tm_mon < 2);
	int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 +
		       utc->tm_mday - 1;

	return (days - 719468) * 86400 + utc->tm_hour * INT64_C(3600) + utc->tm_min * INT64_C(60) +
	       utc->tm_sec;
}

/* How far local time is ahead of UTC at a moment. */
static int64_t ahead_of_utc(int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	return localtime_r(&t, &tm) ? clock_utc_seconds(&tm) - seconds : 0;
}

int64_t clock_seconds(struct clock *c, const struct tm *local, bool late)
{
	int64_t shown = clock_utc_seconds(local), before, after;
	bool is_before, is_after;

	if (!is_local(c))
		return shown - zone_offset(c);
	/*
	 * By the time before a change on that day, and by that behind it. To mktime() a change is
	 * one of summer time, which in Ireland is in winter, and none where a zone moves for good.
	 */
	before = shown - ahead_of_utc(shown - DAY_S);
	after = shown - ahead_of_utc(shown + DAY_S);
	is_before = before + ahead_of_utc(before) == shown;
	is_after = after + ahead_of_utc(after) == shown;
	if (is_before && is_after)
		return late ? after : before;
	return is_after ? after : before;
}

const char *clock_date_time(struct clock *c, int64_t wall_us)
{
	look_up(c, wall_us);
	return c->text;
}

const char *clock_time(struct clock *c, int64_t wall_us)
{
	look_up(c, wall_us);
	return strchr(c->text, ' ') + 1;
}

int64_t clock_day(struct clock *c, int64_t wall_us)
{
	look_up(c, wall_us);
	return (int64_t)c->tm.tm_year * 366 + c->tm.tm_yday;
}

void clock_zone(struct clock *c, int64_t wall_us, char to[CLOCK_SIZE])
{
	uint32_t minutes;
	int32_t offset;

	look_up(c, wall_us);
	if (is_local(c) && strftime(to, CLOCK_SIZE, "%Z", &c->tm))
		return;
	offset = zone_offset(c);
	minutes = (uint32_t)(offset < 0 ? -(int64_t)offset : offset) / 60;
	if (c->zone && c->zone->name[0])
		snprintf(to, CLOCK_SIZE, "%s", c->zone->name);
	else if (minutes)
		snprintf(to, CLOCK_SIZE, "UTC%c%02" PRIu32 ":%02" PRIu32, offset < 0 ? '-' : '+',
			minutes / 60, minutes % 60);
	else
		snprintf(to, CLOCK_SIZE, "UTC");
}

uint32_t clock_fraction(int64_t wall_us)
{
	int64_t rest = wall_us % SECOND_US;

	return (uint32_t)(rest < 0 ? rest + SECOND_US : rest);
}

/* The digits of v, at least so many, before end; answers where they begin. */
static char *put_digits(char *end, uint64_t v, int least)
{
	for (; v || least > 0; least--) {
		*--end = (char)('0' + v % 10);
		v /= 10;
	}
	return end;
}

int clock_epoch(char to[CLOCK_SIZE], int64_t wall_us, bool plain)
{
	uint64_t size = wall_us < 0 ? -(uint64_t)wall_us : (uint64_t)wall_us;
	char text[CLOCK_SIZE], *end = text + sizeof(text), *p = end;

	*--p = '\0';
	if (!plain || size % SECOND_US) {
		p = put_digits(p, size % SECOND_US, 6);
		*--p = '.';
	}
	p = put_digits(p, size / SECOND_US, 1);
	if (wall_us < 0)
		*--p = '-';
	memcpy(to, p, (size_t)(end - p));
	return (int)(end - p) - 1;
}

void clock_span(char to[CLOCK_SIZE], int64_t span_us)
{
	uint64_t us = span_us < 0 ? 0 : (uint64_t)span_us;
	uint64_t s = us / SECOND_US;

	if (s < 60)
		snprintf(to, CLOCK_SIZE, "%" PRIu64 ".%03" PRIu64 " s", s, us % SECOND_US / 1000);
	else if (s < 3600)
		snprintf(to, CLOCK_SIZE, "%" PRIu64 " m %02" PRIu64 " s", s / 60, s % 60);
	else
		snprintf(to, CLOCK_SIZE, "%" PRIu64 " h %02" PRIu64 " m %02" PRIu64 " s", s / 3600,
			s / 60 % 60, s % 60);
}
