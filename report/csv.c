/* SPDX-License-Identifier: MIT */
#include "report/csv.h"

#include "report/out.h"
#include "report/text.h"
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
	TEXT_CELL = 4096 * TEXT_GROWTH, /* a cgroup path is the longest text in a row */
};

/* The wide ones are formulas to a Japanese or Chinese Excel. */
static bool is_formula(const char *cell)
{
	static const char wide[][4] = {
		"\xef\xbc\x9d", /* = */
		"\xef\xbc\x8b", /* + */
		"\xef\xbc\x8d", /* - */
		"\xef\xbc\xa0", /* @ */
	};

	if (cell[0] && strchr("=+-@", cell[0]))
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (!strncmp(cell, wide[i], 3))
			return true;
	}
	return false;
}

/* 0123, 1e5, 2026-11-20, 1/2, 12:30, $5, TRUE; but no path. */
static bool is_value(const char *cell)
{
	if (!strcasecmp(cell, "true") || !strcasecmp(cell, "false"))
		return true;
	return cell[0] != '/' && strpbrk(cell, "0123456789") &&
	       !cell[strspn(cell, "0123456789eE .,:/+-()$%")];
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/*
 * Most names and paths are so plain that all that follows would leave them as they are: that is
 * seen faster. Words that begin with e, f or t may be values.
 */
static bool is_plain(const char *text)
{
	char first = (char)(text[0] | 0x20);

	if (text[0] != '/' && (!is_letter(text[0]) || first == 'e' || first == 'f' || first == 't'))
		return false;
	for (; *text; text++) {
		/* From - to : are also . / and the digits. */
		if (!is_letter(*text) && !(*text >= '-' && *text <= ':') && *text != '_')
			return false;
	}
	return true;
}

void csv_text(struct out *o, const char *text)
{
	char cell[TEXT_CELL];
	bool quoted;

	if (is_plain(text)) {
		out_str(o, text);
		return;
	}
	text_escape(cell, sizeof(cell), text, TEXT_ALL);
	quoted = strpbrk(cell, ",\"");
	if (quoted)
		out_char(o, '"');
	if (cell[0] == '\'' || is_formula(cell) || is_value(cell))
		out_char(o, '\'');
	for (const char *c = cell; *c; c++) {
		if (*c == '"')
			out_char(o, '"');
		if (*c == ';')
			out_str(o, "\\x3B");
		else
			out_char(o, *c);
	}
	if (quoted)
		out_char(o, '"');
}
