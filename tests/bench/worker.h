/* SPDX-License-Identifier: MIT */
/* worker.h: the sessions of traffic that is made up, the same for all that measure with it. */
#ifndef TESTS_BENCH_WORKER_H
#define TESTS_BENCH_WORKER_H

#include "format/model.h"
#include <stdio.h>
#include <string.h>

enum { WORKER_PATH = 64 };

/* The session that is born as number `born`, into the slot: of so many there is one at a time. */
static inline void worker_session(
	struct session *s, char path[WORKER_PATH], uint32_t slot, uint32_t born)
{
	uint16_t port = (uint16_t)(32768 + born % 28000);

	memset(s, 0, sizeof(*s));
	snprintf(path, WORKER_PATH, "/system.slice/app-%u.service", slot % 40);
	snprintf(s->process.comm, sizeof(s->process.comm), "worker-%u", slot % 60);
	s->process.cgroup = path;
	s->process.cgroup_id = 4000 + slot % 40;
	s->process.pid = 1000 + slot % 120;
	s->process.start_us = (uint64_t)1000000 * (slot % 120);
	s->conn.proto = PROTO_TCP;
	s->conn.family = 4;
	memcpy(s->conn.laddr, (uint8_t[]){10, 0, 0, 1}, 4);
	memcpy(s->conn.raddr, (uint8_t[]){10, 0, (uint8_t)(slot % 8), (uint8_t)(slot % 250)}, 4);
	s->conn.lport = slot % 3 ? 443 : port;
	s->conn.rport = slot % 3 ? port : 5432;
	s->conn.netns = 4026531840;
}

#endif
