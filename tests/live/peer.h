/* SPDX-License-Identifier: MIT */
/*
 * peer.h: one process of plain traffic: a client or a server with its ends of connections.
 *
 * On each connection rounds follow each other: a request of so many bytes, then a response, both
 * sizes known to both ends from the seed and the connection's number. Nothing blocks but the wait
 * for events, so no size can lock two processes up. At the end the client shuts its side down; the
 * server answers with a farewell and closes; the client reads that only after the FIN has come,
 * when the kernel has forgotten the socket's own port already.
 */
#ifndef TESTS_LIVE_PEER_H
#define TESTS_LIVE_PEER_H

#include "books.h"
#include "pace.h"
#include "ways.h"
#include <stdbool.h>

struct peer;

/* The end of a connection that this process has; number is the same at both ends. */
struct end {
	int fd;
	unsigned number;
};

struct peer_orders {
	uint64_t seed;
	struct ways tx, rx;  /* to pick from */
	unsigned idle_every; /* before one call in so many, one that must not count */
	const struct pace *pace;
	struct tally *tally; /* where calls are counted */
};

/* Takes the descriptors, makes them non-blocking and closes them. NULL with errno. */
struct peer *peer_new(
	bool client, const struct end *ends, unsigned count, const struct peer_orders *orders);
void peer_free(struct peer *p);

/* Until every connection is closed. 0 or negative errno. */
int peer_run(struct peer *p);

/* A row for each end, in their order. */
struct row *peer_rows(struct peer *p);

#endif
