/* SPDX-License-Identifier: MIT */
/*
 * fields.h: a key as columns, of CSV, JSON and tables. For the views.
 */
#ifndef REPORT_FIELDS_H
#define REPORT_FIELDS_H

#include "report/key.h"
#include "report/table.h"
#include <stdbool.h>
#include <stddef.h>

struct line;

enum {
	CELL_COLUMNS_MAX = 5,
	CELL_SIZE = 16384 + 16, /* a cgroup path, escaped, is the longest */
};

/* A row to write where the names of the columns are all that is wanted. */
extern const struct row fields_no_row;

/* host, pid, … and the like. */
void fields_key(struct line *l, enum key_by by, const struct key *key);
/* rx_calls, tx_calls, rx_bytes, tx_bytes. */
void fields_sums(struct line *l, const struct sums *s);
/* By process: the part of them that is UDP, for the end of a row. Else nothing. */
void fields_udp(struct line *l, enum key_by by, const struct volume *udp);

/* A column of a table. Widths are bcc's where bcc has the column. */
struct column {
	const char *title, *title6; /* over IPv4, over IPv6 */
	int width, width6;
	int cut;   /* text beyond this is cut in interval tables; 0: never */
	int least; /* on a narrow terminal text is cut as far as this; 0: never */
	int (*cell)(char *to, size_t size, const struct key *key, int cut); /* columns used */
};

/* How many there are, at most CELL_COLUMNS_MAX; the host is the first where it is wanted. */
size_t fields_columns(enum key_by by, bool host, const struct column *columns[CELL_COLUMNS_MAX]);

/* Whether the rows are told apart by their protocol, and this one is of another than TCP. */
bool fields_has_proto(const struct key *key);
/* "tcp", "mptcp", "udp"; "?" for what is none of them. */
const char *fields_proto(uint16_t proto);

#endif
