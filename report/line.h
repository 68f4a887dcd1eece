/* SPDX-License-Identifier: MIT */
/*
 * line.h: a row for other programs, as CSV or as a line of JSON, or the names of its columns: what
 * writes rows names each column once. For the views.
 *
 * Text is escaped as text.h says, so that the value in JSON is the cell of CSV, but for what csv.h
 * adds for spreadsheets.
 */
#ifndef REPORT_LINE_H
#define REPORT_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct out;

enum line_form {
	LINE_CSV,
	LINE_JSON,
	LINE_NAMES, /* the first line of CSV; values are not looked at */
};

struct line {
	struct out *out;
	enum line_form form;
	char before; /* the next value: '\0', ',' or '{' */
};

void line_begin(struct line *l, struct out *out, enum line_form form);
void line_end(struct line *l);

/* Text from a recording. */
void line_text(struct line *l, const char *name, const char *text);
/* A word that is harmless as it is: "tcp", an address, a time. */
void line_word(struct line *l, const char *name, const char *word);
/* Decimal digits. */
void line_number(struct line *l, const char *name, const char *number);
void line_u64(struct line *l, const char *name, uint64_t number);

/* {"name":{…}}, JSON alone: what is written in between is within. */
void line_open(struct line *l, const char *name);
void line_close(struct line *l);

#endif
