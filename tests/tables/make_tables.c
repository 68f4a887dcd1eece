/* SPDX-License-Identifier: MIT */
/*
 * make_tables: writes to standard output what a host recorded in ten minutes, the same bytes each
 * time: for each NAME a process and cgroup of that name, with a connection of its own. A client's
 * recording and a server's are of the same connections, so that two make a fleet.
 *
 * The first connection stalls from 180 to 240 s. The client loses something at 300 s.
 */
#include "format/writer.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ull
#define BOOTED (1000 * SECOND) /* the boot clock at the start */

/* 2026-11-20 03:05:00 UTC */
static const int64_t start_wall = 1795143900 * (int64_t)SECOND;

enum {
	ROUNDS = 200,
	ROUND_US = 3000000,
	STALL_FROM = 60, /* rounds */
	STALL_TO = 80,
	LOSS_ROUND = 100,
	SAMPLES = 2, /* of a connection in a round */
};

static void check(int status)
{
	if (status < 0) {
		fprintf(stderr, "make_tables: %s\n", fmt_status_text(status));
		exit(1);
	}
}

static int write_stdout(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	return fwrite(data, 1, len, stdout) == len ? 0 : -1;
}

/* Even ones are IPv4 and odd ones IPv6; each fifth is UDP. */
static struct connection connection(uint32_t i, bool server)
{
	static const uint8_t ends[2][2][16] = {
		{{192, 168, 178, 100}, {10, 0, 0, 1}},
		{{0x20, 0x01, 0x0d, 0xb8, [15] = 1}, {[15] = 1}},
	};
	uint16_t client_port = (uint16_t)(40000 + i), server_port = 5432;
	struct connection c = {
		.proto = i % 5 == 4 ? PROTO_UDP : PROTO_TCP,
		.family = i % 2 ? 6 : 4,
		.lport = server ? server_port : client_port,
		.rport = server ? client_port : server_port,
		.netns = 4026531840,
	};

	memcpy(c.laddr, ends[i % 2][server], sizeof(c.laddr));
	memcpy(c.raddr, ends[i % 2][!server], sizeof(c.raddr));
	return c;
}

static uint32_t define(struct writer *w, uint32_t i, const char *name, bool server)
{
	struct session s = {
		.process = {.pid = 1000 + i,
			.start_us = BOOTED - SECOND,
			.cgroup_id = 100 + i,
			.cgroup = name},
		.conn = connection(i, server),
	};
	uint32_t handle;

	snprintf(s.process.comm, sizeof(s.process.comm), "%s", name);
	check(writer_define(w, &s, &handle));
	return handle;
}

/* What the client sends, then what it receives; the server sees it the other way round. */
static void put_round(struct writer *w, uint32_t round, uint32_t i, uint32_t handle, bool server)
{
	uint64_t seed = (round + 1) * 2654435761u + i * 40503u;

	if (i == 0 && round >= STALL_FROM && round < STALL_TO)
		return;
	for (int step = 0; step < SAMPLES; step++) {
		struct sample s = {
			.time_us = BOOTED + (uint64_t)round * ROUND_US + i * 1000u + step * 313u,
			.bytes = step ? seed % 1000003 + 1 : seed % 4099 + 1,
			.session = handle,
			.calls = round % 50 == 7 ? 17 : 1,
			.dir = (step == 0) == server ? DIR_RX : DIR_TX,
		};

		/* More than a spreadsheet's numbers can hold. */
		if (round == 0 && i == 1)
			s.bytes = (1ull << 53) + 1;
		check(writer_sample(w, &s));
	}
}

static void put_loss(struct writer *w)
{
	uint64_t at = BOOTED + (uint64_t)LOSS_ROUND * ROUND_US;
	struct loss loss = {
		.from_us = at - SECOND / 4,
		.to_us = at,
		.volume = {.calls = {3, 40}, .bytes = {3000, 655360}},
		.cause = LOST_RING,
	};

	check(writer_loss(w, &loss));
}

int main(int argc, char **argv)
{
	bool server = argc > 3 && !strcmp(argv[2], "server");
	struct header header = {
		.recording = 0x7461626c6573,
		.start_us = BOOTED,
		.start_wall_us = start_wall,
		.cpus = 2,
		.zone = "UTC",
		.host = argc > 1 ? argv[1] : "",
		.boot_id = server ? "11234567-89ab-cdef-0123-456789abcdef"
				  : "01234567-89ab-cdef-0123-456789abcdef",
		.kernel = "6.12.48 x86_64",
		.tool = "make_tables",
		.command = "make_tables",
		.filters = "",
		.hooks = "tracepoint",
		.coverage = "",
	};
	struct sink sink = {write_stdout, NULL};
	uint32_t count = (uint32_t)argc - 3, *handles;
	struct writer *w = NULL;

	if (argc < 4 || (!server && strcmp(argv[2], "client") != 0)) {
		fputs("usage: make_tables HOST client|server NAME...\n", stderr);
		return 2;
	}
	handles = calloc(count, sizeof(*handles));
	if (!handles)
		return 1;
	check(writer_new(&w, &header, sink));
	check(writer_clock(w, start_wall - (int64_t)BOOTED, 0, header.zone));
	for (uint32_t i = 0; i < count; i++)
		handles[i] = define(w, i, argv[3 + i], server);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		if (round == LOSS_ROUND && !server)
			put_loss(w);
		for (uint32_t i = 0; i < count; i++)
			put_round(w, round, i, handles[i], server);
		check(writer_flush(w, BOOTED + (uint64_t)(round + 1) * ROUND_US));
	}
	check(writer_finish(w, BOOTED + (uint64_t)ROUNDS * ROUND_US));
	writer_free(w);
	free(handles);
	return fflush(stdout) ? 1 : 0;
}
