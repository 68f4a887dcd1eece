/* SPDX-License-Identifier: MIT */
/*
 * roster.h: the sessions that the writer's user has defined, by handle, and their numbers in the
 * group at hand. For writer.c only.
 */
#ifndef FORMAT_ROSTER_H
#define FORMAT_ROSTER_H

#include "defs.h"
#include "intern.h"

struct roster_entry {
	struct connection conn;
	struct intern_entry *process; /* NULL: a free handle */
	uint32_t next;                /* in a free handle: the next free one */
	bool counted;                 /* has been in a group of the recording at hand */
	bool known;                   /* or of one before it */
};

/* Apart from the entry because each sample asks for it: eight bytes a session stay in the cache. */
struct roster_number {
	uint32_t group; /* that the id is of; 0: of none */
	uint32_t id;
};

struct roster {
	struct roster_entry *entry;
	struct roster_number *number;
	uint32_t len, cap;
	uint32_t free;    /* the first free handle, or len */
	uint64_t entered; /* how many have been in a group of any recording */
	struct intern strings, processes;
};

/* All zero is an empty roster. */
void roster_release(struct roster *r);
int roster_define(struct roster *r, const struct session *session, uint32_t *handle);
void roster_forget(struct roster *r, uint32_t handle);
/* A new recording begins: none of the sessions has been in a group of it. */
void roster_recount(struct roster *r);
bool roster_has(const struct roster *r, uint32_t handle);
/*
 * Gives a session its number in group (not 0), whose definitions are defs, where there is room.
 * true: it has not been in a group of this recording before.
 */
bool roster_enter(struct roster *r, uint32_t handle, uint32_t group, struct defs *defs);

#endif
