/* SPDX-License-Identifier: MIT */
#include "report/layout.h"

#include <string.h>

enum {
	BYTES_WIDTH = 6,
	PROTO_WIDTH = 5,
	CELL_WIDEST = 200, /* columns; what is longer than any terminal breaks its own row */
};

static int wider(int width, int other)
{
	return other > width ? other : width;
}

const char *layout_title(const struct layout *l, size_t column)
{
	const struct column *c = l->column[column];

	return l->family == 6 ? c->title6 : c->title;
}

void layout_begin(
	struct layout *l, enum key_by by, bool host, uint8_t family, enum unit unit, int terminal)
{
	*l = (struct layout){.rx = BYTES_WIDTH,
		.tx = BYTES_WIDTH,
		.family = family,
		.unit = unit,
		.terminal = terminal};
	l->columns = fields_columns(by, host, l->column);
	for (size_t c = 0; c < l->columns; c++) {
		l->width[c] = family == 6 ? l->column[c]->width6 : l->column[c]->width;
		l->needed[c] = (int)strlen(layout_title(l, c));
		/* A terminal may have room for more than bcc shows. */
		l->cut[c] = terminal ? 0 : l->column[c]->cut;
	}
}

void layout_see(struct layout *l, const struct row *row)
{
	char cell[CELL_SIZE];

	for (size_t c = 0; c < l->columns; c++) {
		int used = l->column[c]->cell(cell, sizeof(cell), row->key, l->cut[c]);

		if (used <= CELL_WIDEST || l->terminal)
			l->needed[c] = wider(l->needed[c], used);
	}
	units_text(cell, l->unit, row->sums->bytes[DIR_RX]);
	l->rx = wider(l->rx, (int)strlen(cell));
	units_text(cell, l->unit, row->sums->bytes[DIR_TX]);
	l->tx = wider(l->tx, (int)strlen(cell));
	l->proto |= fields_has_proto(row->key);
}

/* Columns that are missing on the terminal, if any. */
static int missing(const struct layout *l)
{
	int all = l->rx + 1 + l->tx + (l->proto ? 1 + PROTO_WIDTH : 0);

	for (size_t c = 0; c < l->columns; c++)
		all += l->width[c] + 1;
	return l->terminal && all > l->terminal ? all - l->terminal : 0;
}

static void narrow(struct layout *l, size_t column, int least)
{
	int less = missing(l);

	if (least > l->width[column])
		return;
	if (less > l->width[column] - least)
		less = l->width[column] - least;
	l->width[column] -= less;
}

void layout_end(struct layout *l)
{
	for (size_t c = 0; c < l->columns; c++)
		l->width[c] = wider(l->width[c], l->needed[c]);
	for (size_t c = l->columns; c-- > 0;)
		narrow(l, c, l->needed[c]);
	for (size_t c = l->columns; c-- > 0;) {
		if (!l->column[c]->least)
			continue;
		narrow(l, c, l->column[c]->least);
		if (l->width[c] < l->needed[c])
			l->cut[c] = l->width[c];
	}
}
