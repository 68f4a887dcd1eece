/* SPDX-License-Identifier: MIT */
#include "report/moment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const int64_t MOST_S = INT64_C(100000000000); /* the year 5138 */

/* So many digits; moves *s behind them. */
static bool digits(const char **s, int count, int *v)
{
	*v = 0;
	for (; count > 0; count--, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		*v = *v * 10 + (**s - '0');
	}
	return true;
}

static bool take(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* ".5" and the like, or nothing; up to six digits. */
static bool fraction(const char **s, int *us)
{
	int unit = 100000;

	*us = 0;
	if (!take(s, '.'))
		return true;
	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++, unit /= 10) {
		if (!unit)
			return false;
		*us += (**s - '0') * unit;
	}
	return true;
}

/* Digits with a fraction, as microseconds of a unit of so many. */
static bool amount(const char **s, int64_t *us, int64_t *rest_us)
{
	int64_t v = 0;
	int part;

	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++) {
		v = v * 10 + (**s - '0');
		if (v > MOST_S)
			return false;
	}
	if (!fraction(s, &part))
		return false;
	*us = v * SECOND_US;
	*rest_us = part;
	return true;
}

static bool unit_seconds(const char *s, int64_t *unit)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(s, units[i].name)) {
			*unit = units[i].seconds;
			return true;
		}
	}
	return false;
}

static int parse_span(struct moment *m, const char *s)
{
	int64_t us, rest, unit;

	m->kind = *s++ == '+' ? MOMENT_FROM_START : MOMENT_FROM_END;
	if (!amount(&s, &us, &rest))
		return -EINVAL;
	if (!strcmp(s, "ms")) {
		m->us = (us + rest) / 1000;
		return 0;
	}
	if (!unit_seconds(s, &unit) || us > MOST_S * SECOND_US / unit)
		return -EINVAL;
	m->us = (us + rest) * unit;
	return 0;
}

static int parse_epoch(struct moment *m, const char *s)
{
	int64_t us, rest;

	m->kind = MOMENT_EPOCH;
	if (!amount(&s, &us, &rest) || *s)
		return -EINVAL;
	m->us = us + rest;
	return 0;
}

/* 09:55, 09:55:30, 09:55:30.25 */
static bool parse_clock(struct moment *m, const char **s)
{
	if (!digits(s, 2, &m->hour) || !take(s, ':') || !digits(s, 2, &m->minute))
		return false;
	if (take(s, ':') && (!digits(s, 2, &m->second) || !fraction(s, &m->fraction_us)))
		return false;
	return m->hour < 24 && m->minute < 60 && m->second < 61;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool parse_date(struct moment *m, const char **s)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (!digits(s, 4, &m->year) || !take(s, '-') || !digits(s, 2, &m->month) || !take(s, '-') ||
		!digits(s, 2, &m->day) || m->month < 1 || m->month > 12)
		return false;
	return m->day >= 1 && m->day <= days[m->month - 1] + (m->month == 2 && is_leap(m->year));
}

/* Z, +01:00, -0330; *s is at its end. */
static bool parse_zone(const char **s, int *offset_s)
{
	int sign, hours, minutes;

	*offset_s = 0;
	if (take(s, 'Z'))
		return !**s;
	sign = **s == '-' ? -1 : 1;
	if (!take(s, '+') && !take(s, '-'))
		return false;
	if (!digits(s, 2, &hours) || (take(s, ':'), !digits(s, 2, &minutes)) || minutes > 59)
		return false;
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return !**s;
}

static struct tm broken_down(const struct moment *m, int year, int month, int day)
{
	return (struct tm){.tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = m->hour,
		.tm_min = m->minute,
		.tm_sec = m->second};
}

int moment_parse(struct moment *m, const char *text)
{
	const char *s = text;
	struct tm tm;
	int offset;

	*m = (struct moment){.kind = MOMENT_TIME};
	if (*s == '+' || *s == '-')
		return parse_span(m, s);
	if (*s == '@')
		return parse_epoch(m, s + 1);
	if (strlen(s) > 2 && s[2] == ':')
		return parse_clock(m, &s) && !*s ? 0 : -EINVAL;
	m->kind = MOMENT_DATE;
	if (!parse_date(m, &s))
		return -EINVAL;
	if (!*s)
		return 0;
	if ((!take(&s, 'T') && !take(&s, ' ')) || !parse_clock(m, &s))
		return -EINVAL;
	if (!*s)
		return 0;
	if (!parse_zone(&s, &offset))
		return -EINVAL;
	tm = broken_down(m, m->year, m->month, m->day);
	m->kind = MOMENT_EPOCH;
	m->us = (clock_utc_seconds(&tm) - offset) * SECOND_US + m->fraction_us;
	return 0;
}

/* The file says when it begins, and a file may say anything: no further than a number goes. */
static int64_t add(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}

static int64_t on_day(
	const struct moment *m, struct clock *c, int year, int month, int day, bool late)
{
	struct tm tm = broken_down(m, year, month, day);

	int64_t seconds = clock_seconds(c, &tm, late);

	if (seconds > INT64_MAX / SECOND_US)
		return INT64_MAX;
	if (seconds < INT64_MIN / SECOND_US)
		return INT64_MIN;
	return add(seconds * SECOND_US, m->fraction_us);
}

/* This time on the day of start, or so many days later. */
static int64_t on_start_day(
	const struct moment *m, struct clock *c, int64_t start_us, int later, bool late)
{
	int year, month, day;

	if (sscanf(clock_date_time(c, start_us), "%d-%d-%d", &year, &month, &day) != 3)
		return start_us;
	return on_day(m, c, year, month, day + later, late);
}

bool moment_wants_end(const struct moment *m, struct clock *c, int64_t start_us)
{
	if (m->kind == MOMENT_TIME)
		return on_start_day(m, c, start_us, 0, false) < start_us;
	return m->kind == MOMENT_FROM_END;
}

int64_t moment_find(
	const struct moment *m, struct clock *c, int64_t start_us, int64_t end_us, bool late)
{
	int64_t today, tomorrow;

	switch (m->kind) {
	case MOMENT_DATE:
		return on_day(m, c, m->year, m->month, m->day, late);
	case MOMENT_TIME:
		today = on_start_day(m, c, start_us, 0, late);
		tomorrow = on_start_day(m, c, start_us, 1, late);
		return today < start_us && tomorrow <= end_us ? tomorrow : today;
	case MOMENT_FROM_START:
		return add(start_us, m->us);
	case MOMENT_FROM_END:
		return add(end_us, -m->us);
	default:
		return m->us;
	}
}
