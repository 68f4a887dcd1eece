/* SPDX-License-Identifier: MIT */
#include "report/grid.h"

#include "report/out.h"
#include "report/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	GAP = 2, /* blanks between columns */
};

struct cell {
	char *text;
	int width;
	bool to_the_right;
};

struct grid {
	size_t columns;
	int terminal; /* its width; 0: none */
	size_t keep;  /* columns that are not left out */
	size_t cut;   /* the column whose texts may be cut, */
	int least;    /* as far as this; 0: none may */
	struct cell *cell;
	size_t cells, space;
	int error;
};

int grid_new(struct grid **out, size_t columns)
{
	struct grid *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	g->columns = columns;
	*out = g;
	return 0;
}

void grid_free(struct grid *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->cells; i++)
		free(g->cell[i].text);
	free(g->cell);
	free(g);
}

static int make_room(struct grid *g)
{
	size_t space = g->space ? 2 * g->space : 256;
	struct cell *cell;

	if (g->cells < g->space)
		return 0;
	cell = realloc(g->cell, space * sizeof(*cell));
	if (!cell)
		return -ENOMEM;
	g->cell = cell;
	g->space = space;
	return 0;
}

void grid_cell(struct grid *g, const char *text, bool to_the_right)
{
	struct cell *c;

	if (g->error || make_room(g)) {
		g->error = -ENOMEM;
		return;
	}
	c = &g->cell[g->cells];
	c->text = strdup(text);
	if (!c->text) {
		g->error = -ENOMEM;
		return;
	}
	c->width = text_columns(text);
	c->to_the_right = to_the_right;
	g->cells++;
}

void grid_fit(struct grid *g, int terminal, size_t keep)
{
	g->terminal = terminal;
	g->keep = keep;
}

void grid_may_cut(struct grid *g, size_t column, int least)
{
	g->cut = column;
	g->least = least;
}

static int column_width(const struct grid *g, size_t column)
{
	int width = 0;

	for (size_t i = column; i < g->cells; i += g->columns) {
		if (g->cell[i].width > width)
			width = g->cell[i].width;
	}
	return width;
}

static int whole_width(const int *width, size_t columns)
{
	int whole = -GAP;

	for (size_t i = 0; i < columns; i++)
		whole += GAP + width[i];
	return whole;
}

/* Narrows what is too wide for the terminal; answers how many columns are shown. */
static size_t fit(const struct grid *g, int *width)
{
	size_t shown = g->columns;
	int less = whole_width(width, shown) - g->terminal;

	if (!g->terminal || less <= 0)
		return shown;
	if (g->least && width[g->cut] > g->least) {
		int most = width[g->cut] - g->least;

		width[g->cut] -= less < most ? less : most;
	}
	while (shown > g->keep && whole_width(width, shown) > g->terminal)
		shown--;
	return shown;
}

/* Answers the blanks that are due once something follows. */
static int print_cell(const struct grid *g, struct out *o, struct cell *c, int width, int pending)
{
	int gap;

	if (g->terminal)
		c->width = text_keep_end(c->text, c->width, width);
	gap = width - c->width;
	if (!c->width)
		return pending + gap;
	out_fill(o, ' ', pending + (c->to_the_right ? gap : 0));
	out_str(o, c->text);
	return c->to_the_right ? 0 : gap;
}

int grid_print(struct grid *g, struct out *o)
{
	int *width = calloc(g->columns, sizeof(*width));
	int pending = 0; /* blanks that are printed once something follows them */
	size_t shown;

	if (!width || g->error) {
		free(width);
		return -ENOMEM;
	}
	for (size_t i = 0; i < g->columns; i++)
		width[i] = column_width(g, i);
	shown = fit(g, width);
	for (size_t i = 0; i < g->cells; i++) {
		size_t column = i % g->columns;

		if (column < shown)
			pending = GAP + print_cell(g, o, &g->cell[i], width[column], pending);
		if (column + 1 == g->columns) {
			out_char(o, '\n');
			pending = 0;
		}
	}
	free(width);
	return 0;
}
