/* SPDX-License-Identifier: MIT */
/*
 * books.h: what a process of the traffic generator knows it has sent and received.
 *
 * A row is one connection as one process under one name sees it. Rows are appended to a CSV file
 * that all processes share; the same key may be written more than once, readers add up.
 * A call counts when it returned more than 0 and took or gave payload for good: no peeks, no error
 * queue, no failures.
 */
#ifndef TESTS_LIVE_BOOKS_H
#define TESTS_LIVE_BOOKS_H

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { RX, TX };

struct row {
	int family; /* 4 or 6; a mapped address is 4 */
	char laddr[INET6_ADDRSTRLEN], raddr[INET6_ADDRSTRLEN];
	uint16_t lport, rport;
	uint64_t calls[2], bytes[2]; /* index RX or TX */
};

/* Creates FILE with its heading; the descriptor appends. Negative errno on failure. */
int books_open(const char *file);

/* The addresses of a connected socket, figures 0. Negative errno on failure. */
int row_open(struct row *row, int fd);

static inline void row_count(struct row *row, int direction, ssize_t result)
{
	if (result <= 0)
		return;
	row->calls[direction]++;
	row->bytes[direction] += (uint64_t)result;
}

/* Appends rows under the pid and the name that this process has now, and sets their figures to 0.
 */
int books_write(int books, struct row *rows, size_t count);

#endif
