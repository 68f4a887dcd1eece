/* SPDX-License-Identifier: MIT */
#include "report/units.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	const char *rx, *tx, *rate;
} titles[] = {
	[UNIT_KB] = {"RX_KB", "TX_KB", "KB/S"},
	[UNIT_BYTES] = {"RX_B", "TX_B", "B/S"},
	[UNIT_HUMAN] = {"RX", "TX", "RATE/S"},
};

const char *units_rx(enum unit unit)
{
	return titles[unit].rx;
}

const char *units_tx(enum unit unit)
{
	return titles[unit].tx;
}

const char *units_rate(enum unit unit)
{
	return titles[unit].rate;
}

static void human(char to[UNIT_SIZE], uint64_t bytes)
{
	uint64_t unit = 1;
	int power = 0;

	for (; bytes / unit >= 1024; power++)
		unit *= 1024;
	if (power)
		snprintf(to, UNIT_SIZE, "%" PRIu64 ".%" PRIu64 "%c", bytes / unit,
			bytes % unit * 10 / unit, "BKMGTPE"[power]);
	else
		snprintf(to, UNIT_SIZE, "%" PRIu64, bytes);
}

void units_text(char to[UNIT_SIZE], enum unit unit, uint64_t bytes)
{
	if (unit == UNIT_HUMAN)
		human(to, bytes);
	else
		snprintf(to, UNIT_SIZE, "%" PRIu64, unit == UNIT_KB ? bytes / 1024 : bytes);
}

void units_share_text(char to[UNIT_SIZE], double bytes, double all)
{
	double percent = all > 0 ? 100.0 * bytes / all : 0.0;

	if (bytes > 0 && percent < 0.05)
		snprintf(to, UNIT_SIZE, "<0.1%%");
	else
		snprintf(to, UNIT_SIZE, "%.1f%%", percent);
}

void units_rate_text(char to[UNIT_SIZE], enum unit unit, double bytes)
{
	if (unit == UNIT_KB)
		snprintf(to, UNIT_SIZE, "%.1f", bytes / 1024);
	else if (bytes < (double)INT64_MAX)
		units_text(to, unit, (uint64_t)bytes);
	else
		snprintf(to, UNIT_SIZE, "-");
}
