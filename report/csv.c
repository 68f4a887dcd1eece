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

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Blanks around it do not matter. */
static bool is_truth(const char *cell)
{
	const char *word;
	size_t len;

	while (*cell == ' ')
		cell++;
	word = (*cell | 0x20) == 't' ? "true" : (*cell | 0x20) == 'f' ? "false" : NULL;
	if (!word)
		return false;
	len = strlen(word);
	return !strncasecmp(cell, word, len) && !cell[len + strspn(cell + len, " ")];
}

/* The length of the word at s that may be a part of a number, a date or a time; 0 for any other. */
static size_t value_word(const char *s)
{
	/* By their first letters, as most names are none of them. */
	static const char *const words[26][8] = {
		['a' - 'a'] = {"am", "apr", "april", "aug", "august"},
		['d' - 'a'] = {"dec", "december"},
		['e' - 'a'] = {"e"},
		['f' - 'a'] = {"feb", "february", "fri", "friday"},
		['j' - 'a'] = {"jan", "january", "jun", "june", "jul", "july"},
		['m' - 'a'] = {"mar", "march", "may", "mon", "monday"},
		['n' - 'a'] = {"nov", "november"},
		['o' - 'a'] = {"oct", "october"},
		['p' - 'a'] = {"pm"},
		['s' - 'a'] = {"sep", "sept", "september", "sat", "saturday", "sun", "sunday"},
		['t' - 'a'] = {"t", "tue", "tuesday", "thu", "thursday"},
		['w' - 'a'] = {"wed", "wednesday"}};
	const char *const *word = words[(s[0] | 0x20) - 'a'];
	size_t len = 0;

	while (is_letter(s[len]))
		len++;
	for (; *word; word++) {
		if (!strncasecmp(s, *word, len) && !(*word)[len])
			return len;
	}
	return 0;
}

/* The length of what may be a part of a number, a date or a time at s; 0 for anything else. */
static size_t value_part(const char *s)
{
	if (is_letter(s[0]))
		return value_word(s);
	if (!strncmp(s, "\xc2\xa0", 2)) /* a blank that does not break */
		return 2;
	if (!strncmp(s, "\xe2\x80\xaf", 3)) /* a narrow one */
		return 3;
	return strspn(s, "0123456789 .,:/+-()$%");
}

/* 0123, 1e5, 2026-11-20, Mar-1, 1/2, 12:30, 1 pm, $5, TRUE; but no path. */
static bool is_value(const char *cell)
{
	if (is_truth(cell))
		return true;
	if (cell[0] == '/' || !strpbrk(cell, "0123456789"))
		return false;
	while (*cell) {
		size_t len = value_part(cell);

		if (!len)
			return false;
		cell += len;
	}
	return true;
}

/* Most names and paths are so plain that they stay as they are: that is seen faster. */
static bool is_plain(const char *text)
{
	if (text[0] != '/' && !is_letter(text[0]))
		return false;
	for (const char *c = text; *c; c++) {
		/* From - to : are also . / and the digits. */
		if (!is_letter(*c) && !(*c >= '-' && *c <= ':') && *c != '_')
			return false;
	}
	if (text[0] == '/')
		return true;
	/* A number, a date or a time that begins with a letter begins with such a word. */
	return !is_truth(text) && !(value_word(text) && is_value(text));
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
