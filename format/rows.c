/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include "column.h"

/* Numbers that grow, but for a few, as differences: 0, -1, 1, -2, … are written 0, 1, 2, 3, … */
static void take_steps(uint64_t *values, uint32_t n)
{
	uint64_t before = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t step = values[i] - before;

		before = values[i];
		values[i] = step << 1 ^ (step >> 63 ? UINT64_MAX : 0);
	}
}

static void add_steps(uint64_t *values, uint32_t n)
{
	uint64_t now = 0;

	for (uint32_t i = 0; i < n; i++) {
		now += values[i] >> 1 ^ (values[i] & 1 ? UINT64_MAX : 0);
		values[i] = now;
	}
}

void put_rows(struct buffer *b, const struct row_kind *kind, const void *rows, uint32_t n,
	uint64_t *scratch)
{
	for (unsigned int column = 0; column < kind->columns; column++) {
		const char *row = rows;

		for (uint32_t i = 0; i < n; i++, row += kind->size)
			scratch[i] = kind->get(row, column);
		if (kind->steps >> column & 1)
			take_steps(scratch, n);
		put_column(b, scratch, n);
	}
}

bool get_rows(
	struct cursor *c, const struct row_kind *kind, void *rows, uint32_t n, uint64_t *scratch)
{
	bool fits = true;

	for (unsigned int column = 0; fits && column < kind->columns; column++) {
		char *row = rows;

		if (!get_column(c, scratch, n))
			return false;
		if (kind->steps >> column & 1)
			add_steps(scratch, n);
		for (uint32_t i = 0; i < n; i++, row += kind->size)
			fits &= kind->set(row, column, scratch[i]);
	}
	return fits;
}
