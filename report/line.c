/* SPDX-License-Identifier: MIT */
#include "report/line.h"

#include "report/csv.h"
#include "report/out.h"
#include "report/text.h"
#include <string.h>

enum {
	TEXT_VALUE = 4096 * TEXT_GROWTH, /* a cgroup path is the longest text in a row */
};

void line_begin(struct line *l, struct out *out, enum line_form form)
{
	*l = (struct line){out, form, form == LINE_JSON ? '{' : '\0'};
}

void line_end(struct line *l)
{
	if (l->form == LINE_JSON)
		out_str(l->out, l->before == '{' ? "{}" : "}");
	out_char(l->out, '\n');
}

/* What comes before a value; false where there is no value, only its name. */
static bool begin_value(struct line *l, const char *name)
{
	if (l->before)
		out_char(l->out, l->before);
	l->before = ',';
	if (l->form == LINE_CSV)
		return true;
	if (l->form == LINE_NAMES) {
		out_str(l->out, name);
		return false;
	}
	out_char(l->out, '"');
	out_str(l->out, name);
	out_str(l->out, "\":");
	return true;
}

static void json_text(struct out *o, const char *text)
{
	size_t len = text_plain(text);
	char value[TEXT_VALUE];

	out_char(o, '"');
	if (len && !memchr(text, '"', len)) {
		out_bytes(o, text, len);
		out_char(o, '"');
		return;
	}
	text_escape(value, sizeof(value), text, TEXT_ALL);
	for (const char *c = value; *c; c++) {
		if (*c == '"' || *c == '\\')
			out_char(o, '\\');
		out_char(o, *c);
	}
	out_char(o, '"');
}

void line_text(struct line *l, const char *name, const char *text)
{
	if (!begin_value(l, name))
		return;
	if (l->form == LINE_JSON)
		json_text(l->out, text);
	else
		csv_text(l->out, text);
}

void line_word(struct line *l, const char *name, const char *word)
{
	if (!begin_value(l, name))
		return;
	if (l->form == LINE_JSON)
		out_char(l->out, '"');
	out_str(l->out, word);
	if (l->form == LINE_JSON)
		out_char(l->out, '"');
}

void line_number(struct line *l, const char *name, const char *number)
{
	if (begin_value(l, name))
		out_str(l->out, number);
}

void line_u64(struct line *l, const char *name, uint64_t number)
{
	if (begin_value(l, name))
		out_u64(l->out, number);
}

void line_open(struct line *l, const char *name)
{
	begin_value(l, name);
	l->before = '{';
}

void line_close(struct line *l)
{
	out_str(l->out, l->before == '{' ? "{}" : "}");
	l->before = ',';
}
