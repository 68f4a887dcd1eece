/* SPDX-License-Identifier: MIT */
/*
 * series_name.h: how the files are called that follow each other: BASE.20261120T095500Z, after the
 * moment at which each was begun, and BASE.20261120T095500Z-001 where that name was taken. For the
 * recorder, which makes them, and the reader, which looks for them.
 */
#ifndef FORMAT_SERIES_NAME_H
#define FORMAT_SERIES_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum {
	SERIES_STAMP = 16,    /* 20261120T095500Z */
	SERIES_SUFFIX = 22,   /* the most behind BASE */
	SERIES_AT_ONCE = 1000 /* names of a second */
};

/* What comes behind BASE, with NUL, for the n-th name of this second. False: it is none of ours. */
bool series_suffix(char suffix[SERIES_SUFFIX], time_t second, unsigned n);

/* How much of a file's name is BASE; 0: it is none of a series. */
size_t series_base(const char *name);

#endif
