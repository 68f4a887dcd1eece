/* SPDX-License-Identifier: MIT */
/*
 * key.h: what makes a row. For the aggregation and the views.
 *
 * A key is a session with everything left out (zero, "") that the rows are not told apart by. Two
 * rows may print alike and yet differ: the same pid with another start, the same addresses in
 * another network namespace.
 */
#ifndef REPORT_KEY_H
#define REPORT_KEY_H

#include "format/model.h"
#include <stdbool.h>

enum key_by {
	BY_SESSION,
	BY_PROCESS,
	BY_COMM,
	BY_CGROUP,
	BY_LADDR,
	BY_RADDR,
	BY_LPORT,
	BY_RPORT,
	BY_PEER,
	BY_COUNT,
};

/* Where sessions come from: pids, start times and namespaces mean something within a boot only. */
struct origin {
	const char *host;
	const char *boot_id;
};

/* Strings belong to whoever made the key. */
struct key {
	const char *host, *boot_id, *comm, *cgroup;
	uint64_t start_us;  /* of the process */
	uint64_t cgroup_id; /* where it is not 0 it tells cgroups apart, and not the path */
	uint64_t netns;
	uint32_t pid;
	uint16_t proto, lport, rport;
	uint8_t family;
	uint8_t laddr[16], raddr[16];
};

/* The words of --by, for people: "session" and so on. */
const char *key_name(enum key_by by);
/* Whether rows of IPv4 and of IPv6 are of different kinds. */
bool key_has_family(enum key_by by);

/* Borrows the strings of origin and session. */
void key_make(struct key *key, enum key_by by, const struct origin *origin,
	const struct session *session);
uint64_t key_hash(const struct key *key);
bool key_equal(const struct key *a, const struct key *b);
/* A total order of different keys, the same on every machine. */
int key_compare(const struct key *a, const struct key *b);

#endif
