/* SPDX-License-Identifier: MIT */
/*
 * units.h: bytes in tables for people. For the views.
 */
#ifndef REPORT_UNITS_H
#define REPORT_UNITS_H

#include <stdint.h>

enum unit {
	UNIT_KB, /* divided by 1024 and rounded down, as tcptop does */
	UNIT_BYTES,
	UNIT_HUMAN, /* 517, 1.4K, 12.0G: divided by a power of 1024, rounded down */
};

enum {
	UNIT_SIZE = 24,
};

/* "RX_KB" and the like. */
const char *units_rx(enum unit unit);
const char *units_tx(enum unit unit);
const char *units_rate(enum unit unit);

void units_text(char to[UNIT_SIZE], enum unit unit, uint64_t bytes);
/* A part of all, such as "12.5%". */
void units_share_text(char to[UNIT_SIZE], double bytes, double all);
/* A rate: KB with one decimal. */
void units_rate_text(char to[UNIT_SIZE], enum unit unit, double bytes);

#endif
