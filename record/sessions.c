/* SPDX-License-Identifier: MIT */
#include "sessions.h"

#include "grace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	FIRST_PLACES = 1024,
	MOST_PLACES = 1 << 24, /* sessions between two sweeps */
	MANY_SESSIONS = 16384, /* defined, before the next sweep */
	MANY_BYTES = 4 << 20,  /* of their cgroups' paths */
	DRAINS_WITHOUT_GRACE = 1000,
};

void sessions_init(struct sessions *s, struct writer *w, uint32_t *generation)
{
	*s = (struct sessions){.writer = w, .generation = generation, .first = 1};
}

void sessions_free(struct sessions *s)
{
	free(s->known);
}

static bool grow(struct sessions *s, uint32_t index)
{
	uint32_t len = s->len ? s->len : FIRST_PLACES;
	struct known *grown;

	while (len <= index)
		len *= 2;
	grown = realloc(s->known, len * sizeof(*grown));
	if (!grown)
		return false;
	for (uint32_t i = s->len; i < len; i++)
		grown[i] = (struct known){.handle = SESSIONS_UNDEFINED};
	s->known = grown;
	s->len = len;
	return true;
}

/* The place of a session; NULL: no memory for it. Ids may start over: modulo 2^32. */
static struct known *place_of(struct sessions *s, uint32_t id)
{
	uint32_t index = id - s->first;

	if (index >= MOST_PLACES || (index >= s->len && !grow(s, index)))
		return NULL;
	if (index >= s->used)
		s->used = index + 1;
	return &s->known[index];
}

static bool is_mapped(const uint8_t addr[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return !memcmp(addr, prefix, sizeof(prefix));
}

static bool is_unset(const uint8_t addr[16])
{
	static const uint8_t unset[16];

	return !memcmp(addr, unset, sizeof(unset));
}

/* IPv4 over an AF_INET6 socket. A UDP socket may lack either address of its own. */
static bool is_ipv4_within(const struct event_session *e)
{
	bool local = is_mapped(e->laddr), remote = is_mapped(e->raddr);

	return (local && remote) || (local && is_unset(e->raddr)) || (remote && is_unset(e->laddr));
}

static void unmap(uint8_t to[16], const uint8_t from[16])
{
	memset(to, 0, 16);
	memcpy(to, from + 12, 4);
}

static void describe_connection(const struct event_session *e, struct connection *conn)
{
	conn->proto = e->proto;
	conn->family = e->family == AF_INET6 ? 6 : 4;
	conn->lport = e->lport;
	conn->rport = e->rport;
	conn->netns = e->netns;
	if (conn->family == 6 && is_ipv4_within(e)) {
		conn->family = 4;
		unmap(conn->laddr, e->laddr);
		unmap(conn->raddr, e->raddr);
		return;
	}
	memcpy(conn->laddr, e->laddr, sizeof(conn->laddr));
	memcpy(conn->raddr, e->raddr, sizeof(conn->raddr));
}

void sessions_define(struct sessions *s, const struct event_session *e, const char *cgroup)
{
	struct session session = {
		.process =
			{
				.pid = e->tgid,
				.start_us = e->start_ns / 1000,
				.cgroup_id = e->cgroup_id,
				.cgroup = cgroup,
			},
	};
	struct known *known = place_of(s, e->session);

	memcpy(session.process.comm, e->comm, EVENT_COMM_SIZE);
	describe_connection(e, &session.conn);
	if (!known)
		return; /* its samples will be losses */
	if (writer_define(s->writer, &session, &known->handle) < 0)
		known->handle = SESSIONS_NO_MEMORY;
	known->generation = e->generation;
	s->defined++;
	s->bytes += strlen(cgroup);
}

/* --- Generations: forgetting sessions that nobody uses any more ------------------------------ */

void sessions_renew(struct sessions *s)
{
	uint32_t many = s->live > MANY_SESSIONS / 2 ? 2 * s->live : MANY_SESSIONS;
	size_t bytes = s->live_bytes > MANY_BYTES / 2 ? 2 * s->live_bytes : MANY_BYTES;

	if (s->sweep_in || (s->defined < many && s->bytes < bytes))
		return;
	__atomic_store_n(s->generation, *s->generation + 1, __ATOMIC_SEQ_CST);
	/* After the next drain nothing speaks of the old ones; or after long, if nobody can tell.
	 */
	s->sweep_in = grace_wait() ? 1 : DRAINS_WITHOUT_GRACE;
	s->defined = 0;
	s->bytes = 0;
}

static void drop_leading(struct sessions *s)
{
	uint32_t gone = 0;

	/* Not beyond the youngest: the next session has the id after it. */
	while (gone < s->used && s->known[gone].handle == SESSIONS_UNDEFINED)
		gone++;
	memmove(s->known, s->known + gone, (s->used - gone) * sizeof(*s->known));
	for (uint32_t i = s->used - gone; i < s->used; i++)
		s->known[i] = (struct known){.handle = SESSIONS_UNDEFINED};
	s->first += gone;
	s->used -= gone;
}

void sessions_drained(struct sessions *s)
{
	if (!s->sweep_in || --s->sweep_in)
		return;
	s->live = 0;
	s->live_bytes = s->bytes;
	for (uint32_t i = 0; i < s->used; i++) {
		struct known *k = &s->known[i];

		if (k->handle == SESSIONS_UNDEFINED)
			continue;
		if (k->generation == *s->generation) {
			s->live++;
			continue;
		}
		if (k->handle != SESSIONS_NO_MEMORY)
			writer_forget(s->writer, k->handle);
		k->handle = SESSIONS_UNDEFINED;
	}
	drop_leading(s);
}
