/* SPDX-License-Identifier: MIT */
/*
 * text.h: makes text from a recording safe to show. For everyone who prints such text.
 *
 * A process chooses its own name, so a name may hold anything: line breaks, terminal sequences,
 * marks that turn the writing direction. Control characters (also the C1 ones), direction and line
 * marks, characters that nobody sees and bytes that are not UTF-8 become \xHH a byte, and a
 * backslash becomes two: reversible.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum {
	TEXT_ALL = 1 << 30, /* as many columns as it takes */
	TEXT_GROWTH = 4,    /* escaping makes text this many times longer, at the most */
};

/*
 * Writes as much of s as fits into size bytes with the NUL and into max_columns of a terminal;
 * never part of a character or escape. Answers the columns used.
 */
int text_escape(char *to, size_t size, const char *s, int max_columns);

/*
 * Of escaped text that takes so many columns only the end, after "..", where max_columns of them
 * are given and it has more: of a path that is what tells it from others. Answers the columns used.
 */
int text_keep_end(char *text, int columns, int max_columns);

/* The length of s where escaping leaves it as it is, as nearly all text; 0 where it may not. */
size_t text_plain(const char *s);

/* "s" unless n is 1, for the plural of a noun. */
const char *text_s(uint64_t n);

/* Columns that text, already escaped, takes on a terminal. */
int text_columns(const char *s);

#endif
