/* SPDX-License-Identifier: MIT */
/*
 * filter.h: which sessions are in view. For the views; asked once a session, not once a sample.
 *
 * Values of one kind are alternatives; what is negated must not match; different kinds must all
 * hold.
 */
#ifndef REPORT_FILTER_H
#define REPORT_FILTER_H

#include "format/model.h"
#include <stdbool.h>
#include <stddef.h>

enum filter_kind {
	FILTER_PID,
	FILTER_COMM,
	FILTER_CGROUP,
	FILTER_LADDR,
	FILTER_RADDR,
	FILTER_PORT, /* local or remote */
	FILTER_LPORT,
	FILTER_RPORT,
	FILTER_CONN, /* one end or both, whichever is local */
	FILTER_KINDS,
};

struct filter_rule;

/* All zero lets everything pass. */
struct filter {
	struct filter_rule *rule;
	size_t rules;
	uint8_t family; /* 4 or 6; 0: both */
	bool no_loopback;
	bool matched; /* a session has passed; an empty filter does not look */
};

/*
 * Adds what an option's value says: a list such as "181,4711", one pattern, or a connection; with
 * '!' in front, its negation. 0, -EINVAL (see filter_wants), or -ENOMEM. The value must outlive the
 * filter.
 */
int filter_add(struct filter *f, enum filter_kind kind, const char *value);
/* What a value of this kind must be: "a list of process ids such as 12,345". */
const char *filter_wants(enum filter_kind kind);
/* NULL is fine. Frees what the filter holds, not the filter. */
void filter_clear(struct filter *f);

bool filter_is_empty(const struct filter *f);
bool filter_session(struct filter *f, const struct session *session);

#endif
