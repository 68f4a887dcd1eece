/* SPDX-License-Identifier: MIT */
/*
 * make_capture: writes a small recording of the given kind to standard output, the same bytes each
 * time, so that the command-line cases know every figure that a report must show. It begins at
 * 2026-11-20 09:55:00 UTC, or at the second that is given.
 */
#include "format/writer.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ull
#define START  (1000 * SECOND) /* boot clock */

static const char default_start[] = "1795168500";

enum {
	CURL,
	NGINX,
	POSTGRES, /* IPv6 */
	WILD,     /* a name that must not reach a terminal or a spreadsheet as it is */
	OTHER,    /* curl's pid and connection, another process */
	SESSIONS,
};

static const struct session sessions[SESSIONS] = {
	[CURL] =
		{
			{.pid = 101,
				.start_us = START - 5 * SECOND,
				.cgroup_id = 11,
				.cgroup = "/user.slice/session-1.scope",
				.comm = "curl"},
			{PROTO_TCP, 4, {10, 0, 0, 1}, {192, 0, 2, 80}, 40000, 443, 4026531840},
		},
	[NGINX] =
		{
			{.pid = 202,
				.start_us = START - 900 * SECOND,
				.cgroup_id = 12,
				.cgroup = "/system.slice/nginx.service",
				.comm = "nginx"},
			{PROTO_TCP, 4, {10, 0, 0, 1}, {198, 51, 100, 7}, 80, 51234, 4026531840},
		},
	[POSTGRES] =
		{
			{.pid = 4194304,
				.start_us = START - 800 * SECOND,
				.cgroup_id = 13,
				.cgroup = "/system.slice/postgresql.service",
				.comm = "postgres"},
			{PROTO_TCP, 6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1},
				{0x20, 0x01, 0x0d, 0xb8, [14] = 1, [15] = 2}, 5432, 60001,
				4026531840},
		},
	[WILD] =
		{
			{.pid = 404,
				.start_us = START - 1 * SECOND,
				.cgroup_id = 0,
				.cgroup = "",
				.comm = "=1+1,\"\033[31m\n;"},
			{PROTO_TCP, 6, {[15] = 1}, {[15] = 1}, 8080, 8081, 4026531840},
		},
	[OTHER] =
		{
			{.pid = 101,
				.start_us = START + 60 * SECOND,
				.cgroup_id = 11,
				.cgroup = "/user.slice/session-1.scope",
				.comm = "wget"},
			{PROTO_TCP, 4, {10, 0, 0, 1}, {192, 0, 2, 80}, 40000, 443, 4026531840},
		},
};

static const struct header plain_header = {
	.recording = 0x1122334455667788,
	.start_us = START,
	.zone_offset_s = 3600,
	.cpus = 2,
	.zone = "CET",
	.host = "example",
	.boot_id = "01234567-89ab-cdef-0123-456789abcdef",
	.kernel = "6.12.48 x86_64",
	.tool = "tcptop-record 0.1.0",
	.command = "tcptop-record -o example.data",
	.filters = "",
	.hooks = "tracepoint",
	.coverage = "sends and receives of TCP sockets",
};

static void check(int status)
{
	if (status < 0) {
		fprintf(stderr, "make_capture: %s\n", fmt_status_text(status));
		exit(1);
	}
}

static int write_stdout(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	return fwrite(data, 1, len, stdout) == len ? 0 : -1;
}

struct call {
	uint32_t at_ms; /* since START */
	uint32_t session;
	uint8_t dir;
	uint32_t calls;
	uint64_t bytes;
};

/* Five seconds at work, a minute of nothing, two seconds more. */
static const struct call calls[] = {
	{100, CURL, DIR_TX, 1, 517},
	{150, CURL, DIR_RX, 1, 16384},
	{200, CURL, DIR_RX, 1, 16384},
	{200, NGINX, DIR_RX, 1, 78},
	{201, NGINX, DIR_TX, 1, 1048576},
	{900, POSTGRES, DIR_RX, 1, 1023},
	{999, POSTGRES, DIR_TX, 1, 1024},
	{1000, CURL, DIR_RX, 1, 1},
	{1500, WILD, DIR_TX, 1, 4096},
	{1501, WILD, DIR_RX, 1, 4096},
	{2500, NGINX, DIR_TX, 17, 5000000000}, /* gathered under overload; more than 32 bits */
	{3100, POSTGRES, DIR_RX, 1, 2048},
	{4999, CURL, DIR_RX, 1, 100000},
	{65000, OTHER, DIR_TX, 1, 300},
	{65100, OTHER, DIR_RX, 1, 70000},
	{66050, NGINX, DIR_RX, 1, 80},
	{66051, NGINX, DIR_TX, 1, 2000},
};

static void put_load(struct writer *w, uint32_t second)
{
	struct load load = {
		.time_us = START + second * SECOND,
		.avg = {25 + second, 110, 99},
		.running = 1,
		.threads = 321,
		.last_pid = 4242 + second,
	};

	check(writer_load(w, &load));
}

static void put_call(struct writer *w, const uint32_t handles[SESSIONS], const struct call *call)
{
	struct sample sample = {
		.time_us = START + call->at_ms * (SECOND / 1000),
		.bytes = call->bytes,
		.session = handles[call->session],
		.calls = call->calls,
		.dir = call->dir,
	};

	check(writer_sample(w, &sample));
}

static void put_loss(struct writer *w)
{
	struct loss loss = {
		.from_us = START + 2 * SECOND,
		.to_us = START + 2 * SECOND + SECOND / 4,
		.volume = {.calls = {3, 40}, .bytes = {3000, 655360}},
		.cause = LOST_RING,
		.cpu = 1,
	};

	check(writer_loss(w, &loss));
}

struct plan {
	size_t calls;
	bool loss;
	bool steps; /* the clock is set back by ten seconds, and later on by an hour */
	int64_t wall_offset_us;
};

static void put_clock(struct writer *w, const struct plan *plan, uint32_t second)
{
	int64_t step = second == 3 ? -10 : second == 65 ? 3590 : 0;

	if (plan->steps && step)
		check(writer_clock(w, plan->wall_offset_us + step * (int64_t)SECOND, 3600, "CET"));
}

/* The calls of the plan; a load average and a block each second. */
static void put_calls(struct writer *w, const uint32_t handles[SESSIONS], const struct plan *plan)
{
	uint32_t second = 0;

	put_load(w, second);
	for (size_t i = 0; i < plan->calls; i++) {
		if (calls[i].at_ms / 1000 != second) {
			second = calls[i].at_ms / 1000;
			check(writer_flush(w, START + second * SECOND));
			put_clock(w, plan, second);
			put_load(w, second);
			if (plan->loss && second == 2)
				put_loss(w);
		}
		put_call(w, handles, &calls[i]);
	}
	check(writer_flush(w, START + (second + 1) * SECOND));
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	int64_t start = strtoll(argc > 2 ? argv[2] : default_start, NULL, 10) * (int64_t)SECOND;
	struct plan plan = {.calls = sizeof(calls) / sizeof(calls[0]),
		.loss = !strcmp(kind, "lossy"),
		.steps = !strcmp(kind, "steps"),
		.wall_offset_us = start - (int64_t)START};
	struct header header = plain_header;
	bool whole = !strcmp(kind, "whole") || plan.loss || plan.steps;
	bool killed = !strcmp(kind, "killed"), empty = !strcmp(kind, "empty");
	struct sink sink = {write_stdout, NULL};
	uint32_t handles[SESSIONS];
	struct writer *w = NULL;

	if (!whole && !killed && !empty) {
		fputs("usage: make_capture whole|lossy|steps|killed|empty [EPOCH]\n", stderr);
		return 2;
	}
	if (empty)
		plan.calls = 0;
	header.start_wall_us = start;
	/* So that it can be behind another one in a file. */
	header.recording += plan.loss;
	check(writer_new(&w, &header, sink));
	check(writer_clock(w, plan.wall_offset_us, header.zone_offset_s, header.zone));
	for (int i = 0; i < SESSIONS; i++)
		check(writer_define(w, &sessions[i], &handles[i]));
	put_calls(w, handles, &plan);
	if (!killed)
		check(writer_finish(w, START + 67 * SECOND));
	writer_free(w);
	return fflush(stdout) ? 1 : 0;
}
