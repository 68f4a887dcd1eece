/* SPDX-License-Identifier: MIT */
#include "report/key.h"

#include <string.h>

/* What a key is made of, as bits. */
enum part {
	PART_BOOT = 1 << 0,
	PART_PROCESS = 1 << 1,
	PART_COMM = 1 << 2,
	PART_CGROUP = 1 << 3,
	PART_CONN = 1 << 4, /* protocol and namespace */
	PART_LADDR = 1 << 5,
	PART_LPORT = 1 << 6,
	PART_RADDR = 1 << 7,
	PART_RPORT = 1 << 8,
	PART_FAMILY = PART_LADDR | PART_RADDR,
	PARTS_PROCESS = PART_BOOT | PART_PROCESS | PART_COMM | PART_CGROUP,
};

static const struct {
	const char *name;
	int parts;
} kinds[BY_COUNT] = {
	[BY_SESSION] = {"session",
		PARTS_PROCESS | PART_CONN | PART_LADDR | PART_LPORT | PART_RADDR | PART_RPORT},
	[BY_PROCESS] = {"process", PARTS_PROCESS},
	[BY_COMM] = {"comm", PART_COMM},
	[BY_CGROUP] = {"cgroup", PART_CGROUP},
	[BY_LADDR] = {"laddr", PART_LADDR},
	[BY_RADDR] = {"raddr", PART_RADDR},
	[BY_LPORT] = {"lport", PART_LPORT},
	[BY_RPORT] = {"rport", PART_RPORT},
	[BY_PEER] = {"peer", PART_RADDR | PART_RPORT},
};

const char *key_name(enum key_by by)
{
	return kinds[by].name;
}

bool key_has_family(enum key_by by)
{
	return kinds[by].parts & PART_FAMILY;
}

static void take_process(struct key *key, int parts, const struct process *p)
{
	if (parts & PART_PROCESS) {
		key->pid = p->pid;
		key->start_us = p->start_us;
	}
	if (parts & PART_COMM)
		key->comm = p->comm;
	if (parts & PART_CGROUP) {
		key->cgroup = p->cgroup ? p->cgroup : "";
		/* Over boots and restarts of a service only its path stays the same. */
		if ((parts & PART_BOOT) || !key->cgroup[0])
			key->cgroup_id = p->cgroup_id;
	}
}

static void take_connection(struct key *key, int parts, const struct connection *c)
{
	if (parts & PART_CONN) {
		key->proto = c->proto;
		key->netns = c->netns;
	}
	if (parts & PART_FAMILY)
		key->family = c->family;
	if (parts & PART_LADDR)
		memcpy(key->laddr, c->laddr, sizeof(key->laddr));
	if (parts & PART_RADDR)
		memcpy(key->raddr, c->raddr, sizeof(key->raddr));
	if (parts & PART_LPORT)
		key->lport = c->lport;
	if (parts & PART_RPORT)
		key->rport = c->rport;
}

void key_make(
	struct key *key, enum key_by by, const struct origin *origin, const struct session *session)
{
	int parts = kinds[by].parts;

	memset(key, 0, sizeof(*key));
	key->host = origin->host;
	key->comm = "";
	key->cgroup = "";
	take_process(key, parts, &session->process);
	/* Another boot gives the same ids anew. */
	key->boot_id = (parts & PART_BOOT) || key->cgroup_id ? origin->boot_id : "";
	take_connection(key, parts, &session->conn);
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, const char *s)
{
	size_t len = strlen(s);

	for (; len >= 8; len -= 8, s += 8) {
		uint64_t v;

		memcpy(&v, s, 8);
		h = mix(h, v);
	}
	for (; len; len--, s++)
		h = mix(h, (unsigned char)*s);
	return mix(h, 0xff);
}

static uint64_t mix_address(uint64_t h, const uint8_t address[16])
{
	uint64_t v[2];

	memcpy(v, address, sizeof(v));
	return mix(mix(h, v[0]), v[1]);
}

uint64_t key_hash(const struct key *key)
{
	uint64_t h = mix_text(0, key->host);

	h = mix_text(h, key->boot_id);
	h = mix_text(h, key->comm);
	if (key->cgroup_id)
		h = mix(h, key->cgroup_id);
	else
		h = mix_text(h, key->cgroup);
	h = mix(h, key->start_us);
	h = mix(h, key->netns);
	h = mix(h, (uint64_t)key->pid << 32 | (uint32_t)key->proto << 8 | key->family);
	h = mix(h, (uint32_t)key->lport << 16 | key->rport);
	h = mix_address(h, key->laddr);
	h = mix_address(h, key->raddr);
	return h ^ h >> 32;
}

bool key_equal(const struct key *a, const struct key *b)
{
	return a->pid == b->pid && a->lport == b->lport && a->rport == b->rport &&
	       a->start_us == b->start_us && a->cgroup_id == b->cgroup_id && a->netns == b->netns &&
	       a->proto == b->proto && a->family == b->family &&
	       !memcmp(a->laddr, b->laddr, sizeof(a->laddr)) &&
	       !memcmp(a->raddr, b->raddr, sizeof(a->raddr)) && !strcmp(a->comm, b->comm) &&
	       (a->cgroup_id || !strcmp(a->cgroup, b->cgroup)) && !strcmp(a->host, b->host) &&
	       !strcmp(a->boot_id, b->boot_id);
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int key_compare(const struct key *a, const struct key *b)
{
	int order[] = {
		strcmp(a->host, b->host),
		compare_u64(a->pid, b->pid),
		compare_u64(a->start_us, b->start_us),
		strcmp(a->comm, b->comm),
		strcmp(a->cgroup, b->cgroup),
		compare_u64(a->proto, b->proto),
		compare_u64(a->family, b->family),
		memcmp(a->laddr, b->laddr, sizeof(a->laddr)),
		compare_u64(a->lport, b->lport),
		memcmp(a->raddr, b->raddr, sizeof(a->raddr)),
		compare_u64(a->rport, b->rport),
		compare_u64(a->netns, b->netns),
		compare_u64(a->cgroup_id, b->cgroup_id),
		strcmp(a->boot_id, b->boot_id),
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i])
			return order[i];
	}
	return 0;
}
