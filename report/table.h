/* SPDX-License-Identifier: MIT */
/*
 * table.h: rows by key with their sums. For the aggregation and the views.
 *
 * Rows are numbered from 1 in order of their making, and a row's number is good until table_clear.
 * Row 0 is never shown: it takes what nobody asked for. Memory goes with the rows.
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/key.h"
#include <stdbool.h>
#include <stddef.h>

struct table;

/* Index enum direction, as in struct volume. */
struct sums {
	uint64_t calls[2];
	uint64_t bytes[2];
	int64_t first_us, last_us; /* wall clock */
};

struct row {
	const struct key *key;
	const struct sums *sums;
	const struct volume *udp; /* the part of the sums that is UDP; kept by process only */
};

enum sort {
	SORT_TOTAL,
	SORT_RX,
	SORT_TX,
	SORT_CALLS,
	SORT_COUNT,
};

/* Of both directions, which may need more than 64 bits. */
double sums_bytes(const struct sums *s);

int table_new(struct table **out);
/* NULL is fine. */
void table_free(struct table *t);
void table_clear(struct table *t);
/*
 * Empties it as well, but remembers the rows, as most will come back. true: their numbers stay
 * good, for table_use; false: too many have not come back, and all are forgotten.
 */
bool table_renew(struct table *t);
/* The row is in the table again, where it was not. */
void table_use(struct table *t, uint32_t row);

/* The number of the key's row, made where there is none; 0 when there is no memory. hash: its own.
 */
uint32_t table_row(struct table *t, const struct key *key, uint64_t hash);
/*
 * A large table is mostly not in the processor's caches. Where many rows are asked for, it is
 * faster to have said of each a dozen before, and then a few before, that it will be: first the
 * one, then the other.
 */
void table_expect(const struct table *t, uint64_t hash);
void table_expect_soon(const struct table *t, uint64_t hash);
/* By row number, row 0 as well; moves with the next table_row. */
struct sums *table_sums(struct table *t);
/* NULL when there is no memory. */
struct volume *table_udp(struct table *t);
size_t table_rows(const struct table *t);
/* Of all rows, as if they were one. */
struct sums table_total(const struct table *t);
struct volume table_total_udp(const struct table *t);

/*
 * All rows, largest first, equal ones by key; good until the next table_row or table_clear. NULL
 * when there is no memory.
 */
const struct row *table_sorted(struct table *t, enum sort sort);
/* The same, but no more than the first so many. */
const struct row *table_largest(struct table *t, enum sort sort, size_t most);

#endif
