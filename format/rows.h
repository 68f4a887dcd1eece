/* SPDX-License-Identifier: MIT */
/*
 * rows.h: arrays of structs as columns, one a field. For format/ only. FORMAT.md, "Tables".
 *
 * A kind names a struct's fields for both directions, so that their order stands in one place.
 */
#ifndef FORMAT_ROWS_H
#define FORMAT_ROWS_H

#include "bytes.h"

struct row_kind {
	size_t size; /* of the struct */
	unsigned int columns;
	unsigned int steps; /* a bit for each column of differences */
	uint64_t (*get)(const void *row, unsigned int column);
	/* false: the value is not allowed there. */
	bool (*set)(void *row, unsigned int column, uint64_t v);
};

/* scratch has room for n numbers. */
void put_rows(struct buffer *b, const struct row_kind *kind, const void *rows, uint32_t n,
	uint64_t *scratch);
/* Columns beyond those of the kind are left unread. false: damaged; the rows are then undefined. */
bool get_rows(
	struct cursor *c, const struct row_kind *kind, void *rows, uint32_t n, uint64_t *scratch);

#endif
