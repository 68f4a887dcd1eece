/* SPDX-License-Identifier: MIT */
/*
 * grid.h: a table whose columns are as wide as what is in them. For views that know all of their
 * rows before the first is printed. Two blanks lie between columns, none at a line's end.
 */
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include <stdbool.h>
#include <stddef.h>

struct grid;
struct out;

int grid_new(struct grid **out, size_t columns);
/* NULL is fine. */
void grid_free(struct grid *g);

/* The next cell, row after row; text is escaped already. A failure shows at grid_print. */
void grid_cell(struct grid *g, const char *text, bool to_the_right);
/*
 * For a terminal of so many columns, 0 being none: the column's texts may be cut as far as least,
 * and then the last columns are left out, but none of the first keep.
 */
void grid_fit(struct grid *g, int terminal, size_t keep);
void grid_may_cut(struct grid *g, size_t column, int least);
/* 0 or -ENOMEM, and then nothing is printed. */
int grid_print(struct grid *g, struct out *o);

#endif
