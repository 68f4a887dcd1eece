/* SPDX-License-Identifier: MIT */
/*
 * page.h: the parts that a page of HTML is put together from. For view_html.c.
 *
 * A page needs nothing but itself: no script, no other file, no network. Text that comes from a
 * recording is escaped twice, as all such text is (text.h) and then for HTML; functions say where
 * they want text that the first was done to.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdbool.h>

struct out;

/* The title is escaped by text.h. */
void page_begin(struct out *o, const char *title);
void page_end(struct out *o);

/* Text that text.h has escaped, or that is our own. */
void page_text(struct out *o, const char *text);
/* Text from a recording. */
void page_foreign(struct out *o, const char *text);

void page_heading(struct out *o, const char *text);

/* A table: its columns, then rows of as many cells. Text as for page_text. */
void page_table_begin(struct out *o);
void page_column(struct out *o, const char *title, bool number);
void page_row(struct out *o);
void page_cell(struct out *o, const char *text, bool number);
void page_table_end(struct out *o);

#endif
