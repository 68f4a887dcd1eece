/* SPDX-License-Identifier: MIT */
/*
 * sessions.h: what the probes' session ids mean to the writer. For collector.c.
 *
 * Nobody tells when a session is over. So now and then another generation begins: the probes define
 * anew what is still in use, and what was not, once all that can speak of it is taken, is
 * forgotten.
 */
#ifndef RECORD_SESSIONS_H
#define RECORD_SESSIONS_H

#include "bpf/events.h"
#include "format/writer.h"

/* Instead of the writer's handle. */
#define SESSIONS_UNDEFINED UINT32_MAX
#define SESSIONS_NO_MEMORY (UINT32_MAX - 1)

/* A session that the probes have defined. */
struct known {
	uint32_t handle; /* the writer's; or one of those above */
	uint32_t generation;
};

struct sessions {
	struct writer *writer;
	uint32_t *generation; /* shared with the probes */
	struct known *known;  /* by the probes' id, from `first` on */
	uint32_t first, len;
	uint32_t used;            /* places up to the youngest session; there are `len` */
	uint32_t defined;         /* in this generation */
	uint32_t live;            /* of them, when the last generation ended */
	size_t bytes, live_bytes; /* of their cgroups' paths, likewise */
	uint32_t sweep_in; /* drains, until nothing can speak of older generations; 0: no sweep */
};

/* Writer and generation stay the caller's. */
void sessions_init(struct sessions *s, struct writer *w, uint32_t *generation);
void sessions_free(struct sessions *s);

/* A definition has come; `cgroup` is its path. Without memory its id stays without a handle. */
void sessions_define(struct sessions *s, const struct event_session *e, const char *cgroup);

/* All calls up to a moment after the last sessions_renew() are taken. */
void sessions_drained(struct sessions *s);

/* Begins another generation when there have been many sessions, or long ones, since the last. */
void sessions_renew(struct sessions *s);

/* The writer's handle for an id; for each call, and so not behind a call of its own. */
static inline uint32_t sessions_handle(const struct sessions *s, uint32_t id)
{
	uint32_t index = id - s->first;

	return index < s->len ? s->known[index].handle : SESSIONS_UNDEFINED;
}

#endif
