/* SPDX-License-Identifier: MIT */
/*
 * parse.h: the values of options, from text. For options.c.
 * Answers 0, -EINVAL (not such a value, or 0), or -ERANGE (too large).
 */
#ifndef RECORD_PARSE_H
#define RECORD_PARSE_H

#include <stdint.h>

/* "30s", "5m", "1h", "1d", "250ms"; a bare number is seconds, fractions are fine: microseconds. */
int parse_duration(const char *text, uint64_t *us);

/* "64K", "16M", "2G", in powers of 1024; a bare number is bytes. */
int parse_size(const char *text, uint64_t *bytes);

/* A decimal number from 1 to `most`; *rest is what follows it. */
int parse_number(const char *text, uint64_t most, uint64_t *number, const char **rest);

#endif
