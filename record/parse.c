/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

/* Digits, perhaps a point and more digits, then one of the units; in the smallest unit. */
static int parse_with_unit(const char *text, const struct unit *units, uint64_t *value)
{
	const char *at = text;
	double number = 0, scale = 1;

	/* Not strtod: that knows signs, blanks, "inf", "0x" and the locale's decimal point. */
	if (!isdigit((unsigned char)*at))
		return -EINVAL;
	for (; isdigit((unsigned char)*at); at++)
		number = number * 10 + (*at - '0');
	if (*at == '.' && isdigit((unsigned char)at[1]))
		for (at++; isdigit((unsigned char)*at); at++)
			number += (*at - '0') * (scale /= 10);
	for (; units->name; units++) {
		if (strcmp(at, units->name) != 0)
			continue;
		number *= (double)units->factor;
		if (number >= 9e18)
			return -ERANGE;
		*value = (uint64_t)(number + 0.5);
		return *value ? 0 : -EINVAL;
	}
	return -EINVAL;
}

int parse_duration(const char *text, uint64_t *us)
{
	static const struct unit units[] = {
		{"", 1000000},
		{"ms", 1000},
		{"s", 1000000},
		{"m", 60 * 1000000ull},
		{"h", 3600 * 1000000ull},
		{"d", 86400 * 1000000ull},
		{NULL, 0},
	};

	return parse_with_unit(text, units, us);
}

int parse_size(const char *text, uint64_t *bytes)
{
	static const struct unit units[] = {
		{"", 1},
		{"K", 1ull << 10},
		{"M", 1ull << 20},
		{"G", 1ull << 30},
		{"T", 1ull << 40},
		{NULL, 0},
	};

	return parse_with_unit(text, units, bytes);
}

int parse_number(const char *text, uint64_t most, uint64_t *number, const char **rest)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++) {
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > most)
			return -ERANGE;
	}
	*number = value;
	*rest = text;
	return value ? 0 : -EINVAL;
}
