/* SPDX-License-Identifier: MIT */
/*
 * defs.h: what a group has defined so far: strings, processes, sessions, each numbered from 0 in
 * order of first use. The writer fills one and encodes it, the reader decodes into one.
 * For format/ only. FORMAT.md, "Definitions".
 *
 * On the reading side there may be holes, where a damaged block had the definition.
 */
#ifndef FORMAT_DEFS_H
#define FORMAT_DEFS_H

#include "model.h"
#include "section.h"

enum {
	DEFS_TEXT = 4 << 20, /* bytes of all strings of a group with their NULs, at the most */
	DEFS_STRINGS = 2 * GROUP_SESSIONS,
	DEFS_UNKNOWN = UINT32_MAX / 2, /* in place of an id or offset: a hole */
};

struct def_process {
	uint64_t start_us, cgroup_id;
	uint32_t pid, comm, cgroup; /* the latter two are strings; comm is DEFS_UNKNOWN in a hole */
	uint32_t sessions;          /* writer: that it has in the group */
};

struct def_session {
	uint32_t process; /* DEFS_UNKNOWN in a hole */
	uint32_t place;   /* among the process's sessions of the group, from 0 */
	struct connection conn;
};

struct defs_count {
	uint32_t strings, processes, sessions;
};

/* The arrays have room for a whole group from the start, so that they never move. */
struct defs {
	struct defs_count count;
	uint32_t text_len;
	char *text;
	uint32_t *string; /* offsets in text */
	struct def_process *process;
	struct def_session *session;
	uint64_t *column; /* scratch, GROUP_SESSIONS long */
	uint32_t *next;   /* scratch, by process */
};

int defs_init(struct defs *d);
void defs_release(struct defs *d);
void defs_clear(struct defs *d);

/* Whether any one session and what it refers to still fits. */
bool defs_room(const struct defs *d);
/* Each answers the new id. The caller has asked defs_room. A session is given its place. */
uint32_t defs_add_string(struct defs *d, const char *text);
uint32_t defs_add_process(struct defs *d, const struct def_process *process);
uint32_t defs_add_session(struct defs *d, const struct def_session *session);

/* Puts what was added since from into sections of the block. */
void defs_encode(struct encoder *e, struct defs *d, const struct defs_count *from);
/* Takes in a block's definitions; what damaged blocks held becomes holes, or fills them. */
int defs_decode(struct decoder *decoder, struct defs *d);

/* false: the session or something that it refers to is not known. */
bool defs_session(const struct defs *d, uint32_t id, struct session *out);

#endif
