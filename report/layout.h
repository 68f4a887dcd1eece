/* SPDX-License-Identifier: MIT */
/*
 * layout.h: the columns of an interval table and how wide they are. For interval_print.c.
 *
 * They have bcc's widths, and are as much wider as what they hold needs, so that what is long
 * breaks no row. On a terminal that is too narrow for that the padding goes first, then text is
 * cut.
 */
#ifndef REPORT_LAYOUT_H
#define REPORT_LAYOUT_H

#include "report/fields.h"
#include "report/units.h"

struct layout {
	const struct column *column[CELL_COLUMNS_MAX];
	int width[CELL_COLUMNS_MAX];
	int needed[CELL_COLUMNS_MAX]; /* by what they hold, and their titles */
	int cut[CELL_COLUMNS_MAX];    /* longest text; 0: as it is */
	size_t columns;
	int rx, tx; /* widths */
	bool proto; /* a row is not TCP, so a last column says what each is */
	uint8_t family;
	enum unit unit;
	int terminal; /* its width; 0: none, or not known */
};

/* family 6 has titles and widths of its own. */
void layout_begin(
	struct layout *l, enum key_by by, bool host, uint8_t family, enum unit unit, int terminal);
/* A row that will be printed. */
void layout_see(struct layout *l, const struct row *row);
/* All rows are seen: widths and cuts are good from here on. */
void layout_end(struct layout *l);
const char *layout_title(const struct layout *l, size_t column);

#endif
