/* SPDX-License-Identifier: MIT */
/*
 * csv.h: cells of comma-separated values as RFC 4180 has them. For line.c.
 *
 * Lines end with LF alone, as every tool on Unix writes and all readers take it. Text is escaped
 * as text.h says. What a spreadsheet would turn into something else gets an apostrophe in front: a
 * formula, a number, a date, a truth value; and so that one leading apostrophe can always be taken
 * away again, text that begins with one. A semicolon, which many a spreadsheet takes for a comma,
 * is escaped as well, or what follows it might be a formula.
 */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

struct out;

/* One cell, without the comma before it. */
void csv_text(struct out *o, const char *text);

#endif
