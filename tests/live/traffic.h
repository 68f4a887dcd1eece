/* SPDX-License-Identifier: MIT */
/*
 * traffic.h: what the parts of the traffic generator share: its orders and its kinds of traffic.
 *
 * Functions answer 0 or negative errno. Every process of the generator ends by itself: each sets
 * the alarm of traffic_child and dies with its parent.
 */
#ifndef TESTS_LIVE_TRAFFIC_H
#define TESTS_LIVE_TRAFFIC_H

#include "net.h"
#include "ways.h"
#include <stdbool.h>
#include <stdint.h>

struct traffic {
	unsigned clients, servers; /* processes */
	unsigned connections;
	enum family families[8]; /* connection i is of families[i % family_count] */
	unsigned family_count;
	uint64_t calls, rate; /* of all processes together, in all and a second; 0: no bound */
	uint64_t duration_ns; /* 0: no bound */
	uint64_t seed;
	struct ways tx, rx;  /* to pick from */
	unsigned idle_every; /* before one call in so many, one that must not count */
	bool wait;           /* name the processes, then wait for the end of standard input */
	unsigned limit;      /* seconds after which everything is given up */
	int books;           /* where rows go */
	uint64_t made;       /* out: calls counted, where known */
};

/* Clients and servers that exchange rounds of requests and responses. */
int plain_run(struct traffic *t);
/* t->clients processes that live a moment each, with one connection. */
int shortlived_run(struct traffic *t);
/* One connection, whose client changes on the way. */
int exec_run(struct traffic *t);
int rename_run(struct traffic *t);
int fork_shared_run(struct traffic *t);
int half_closed_run(struct traffic *t);
/* t->clients processes that all wait in a receive before anybody sends. */
int waiting_run(struct traffic *t);
/* The rest of a client of exec_run, in its second program. */
int exec_resume(int fd, int books);

/* A new process: 0 in it, with its name, alarm and parent bound; its pid in the parent. */
int traffic_fork(const struct traffic *t, const char *name, unsigned number);
/* Waits for count children; -ECHILD when one did not end well. */
int traffic_reap(unsigned count);

#endif
