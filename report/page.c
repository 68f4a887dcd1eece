/* SPDX-License-Identifier: MIT */
#include "report/page.h"

#include "report/out.h"
#include "report/text.h"
#include <string.h>

/* Colours that are told apart also by those who see red and green alike. */
static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d0d7de;--dim:#59636e;"
	"--bad:#b3261e;--gap:#e4e7eb;"
	"--s0:#0072b2;--s1:#e69f00;--s2:#009e73;--s3:#cc79a7;--s4:#56b4e9;--s5:#d55e00;--s6:#"
	"b8a800;"
	"--s7:#7a5195;--s8:#9aa3ad}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--line:#30363d;"
	"--dim:#9198a1;--bad:#ff7b72;--gap:#21262d}}\n"
	"body{margin:2em auto;max-width:70em;padding:0 1em;font:15px/1.45 system-ui,sans-serif;"
	"color:var(--ink);background:var(--paper)}\n"
	"h1{font-size:1.4em}h2{font-size:1.1em;margin:2em 0 .5em}p{margin:.3em 0}\n"
	".dim{color:var(--dim)}.bad{color:var(--bad);font-weight:600}\n"
	".wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.15em .7em .15em 0;text-align:left;white-space:nowrap;"
	"border-bottom:1px solid var(--line)}th{color:var(--dim);font-weight:600}\n"
	".n{text-align:right}svg{display:block;width:100%;height:auto}\n"
	"svg text{font-size:11px;fill:var(--dim)}svg .axis{stroke:var(--line)}\n"
	"svg .hover{fill:transparent}svg .hover:hover{fill:var(--ink);fill-opacity:.08}\n"
	".key{display:inline-block;margin-right:1.2em}.key i{display:inline-block;width:.8em;"
	"height:.8em;margin-right:.35em;border-radius:2px}\n"
	"pre{white-space:pre-wrap;font-size:13px}\n"
	"@media print{body{max-width:none;margin:0}}\n";

void page_text(struct out *o, const char *text)
{
	for (const char *s = text; *s;) {
		size_t plain = strcspn(s, "&<>\"'");

		out_bytes(o, s, plain);
		s += plain;
		if (*s)
			out_printf(o, "&#%d;", *s++);
	}
}

void page_foreign(struct out *o, const char *text)
{
	char part[256 + 1], shown[sizeof(part) * TEXT_GROWTH];

	while (*text) {
		size_t len = strlen(text);

		/* Whole characters only: one of UTF-8 has four bytes at the most. */
		if (len > sizeof(part) - 1) {
			len = sizeof(part) - 1;
			for (int i = 0; i < 3 && ((unsigned char)text[len] & 0xc0) == 0x80; i++)
				len--;
		}
		memcpy(part, text, len);
		part[len] = '\0';
		text_escape(shown, sizeof(shown), part, TEXT_ALL);
		page_text(o, shown);
		text += len;
	}
}

void page_begin(struct out *o, const char *title)
{
	out_str(o, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		   "<meta name=\"viewport\" content=\"width=device-width\">\n"
		   "<meta http-equiv=\"Content-Security-Policy\" "
		   "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
	page_text(o, title);
	out_str(o, "</title>\n<style>\n");
	out_str(o, style);
	out_str(o, "</style>\n</head>\n<body>\n<h1>");
	page_text(o, title);
	out_str(o, "</h1>\n");
}

void page_end(struct out *o)
{
	out_str(o, "</body>\n</html>\n");
}

void page_heading(struct out *o, const char *text)
{
	out_str(o, "<h2>");
	page_text(o, text);
	out_str(o, "</h2>\n");
}

void page_table_begin(struct out *o)
{
	out_str(o, "<div class=\"wide\"><table>\n<tr>");
}

static void cell(struct out *o, const char *tag, const char *text, bool number)
{
	out_printf(o, number ? "<%s class=\"n\">" : "<%s>", tag);
	page_text(o, text);
}

void page_column(struct out *o, const char *title, bool number)
{
	cell(o, "th", title, number);
}

void page_row(struct out *o)
{
	out_str(o, "\n<tr>");
}

void page_cell(struct out *o, const char *text, bool number)
{
	cell(o, "td", text, number);
}

void page_table_end(struct out *o)
{
	out_str(o, "\n</table></div>\n");
}
