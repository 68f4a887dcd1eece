/* SPDX-License-Identifier: MIT */
/*
 * make_story: writes what one of two hosts recorded of the same quarter of an hour, 2026-11-20 from
 * 03:05 UTC on, to standard output, the same bytes each time. The examples of the manual page are
 * run on it:
 *
 * web1's nginx serves a client and asks db1's postgres over one connection, which begins at
 * 03:07:12, stalls from 03:11:27 to 03:14:02, and ends at 03:16. From 03:10 to 03:15 a backup fills
 * the network, and meanwhile a few calls are lost. Some UDP and MPTCP goes on beside it.
 */
#include "format/writer.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ull
#define START  (5000 * SECOND) /* boot clock */
#define LENGTH (900 * SECOND)
#define BLOCK  (10 * SECOND)

/* 2026-11-20 03:05:00 UTC */
static const int64_t start_wall = 1795143900 * (int64_t)SECOND;

#define CONTAINER "/system.slice/docker-3f1c9a7be24d5068.scope"
#define NGINX                                                                                      \
	{                                                                                          \
		.pid = 1201, .start_us = 1, .cgroup_id = 21, .cgroup = CONTAINER, .comm = "nginx"  \
	}
#define POSTGRES                                                                                   \
	{                                                                                          \
		.pid = 990, .start_us = 2, .cgroup_id = 31,                                        \
		.cgroup = "/system.slice/postgresql.service", .comm = "postgres"                   \
	}

/* What a session does again and again: a call out, then one in. Times since START. */
struct habit {
	struct session session;
	uint64_t from_us, to_us, each_us;
	uint64_t tx, rx;   /* bytes a time; 0: no such call */
	int64_t answer_us; /* the call in is so much later, or earlier */
};

#define NGINX_TO_DB1                                                                               \
	{                                                                                          \
		NGINX,                                                                             \
		{                                                                                  \
			PROTO_TCP, 4, {10, 0, 0, 1}, {10, 0, 0, 2}, 40000, 5432, 1                 \
		}                                                                                  \
	}
#define DB1_TO_NGINX                                                                               \
	{                                                                                          \
		POSTGRES,                                                                          \
		{                                                                                  \
			PROTO_TCP, 4, {10, 0, 0, 2}, {10, 0, 0, 1}, 5432, 40000, 1                 \
		}                                                                                  \
	}

static const struct habit web1[] = {
	{{NGINX, {PROTO_TCP, 6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1},
			 {0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0,
				 0x12, 0x34, 0x56, 0x78},
			 443, 51234, 1}},
		1 * SECOND, 900 * SECOND, 20 * SECOND, 60000, 500, 30000},
	{NGINX_TO_DB1, 132345678, 386 * SECOND, 5 * SECOND, 200, 8000, 2500},
	{NGINX_TO_DB1, 387345678, 388 * SECOND, 5 * SECOND, 200, 0, 0},
	{NGINX_TO_DB1, 542000000, 543 * SECOND, 5 * SECOND, 0, 8000, 400},
	{NGINX_TO_DB1, 542100000, 660 * SECOND, 5 * SECOND, 200, 8000, 2500},
	{{{.pid = 2345,
		  .start_us = 3,
		  .cgroup_id = 22,
		  .cgroup = "/system.slice/backup.service",
		  .comm = "rsync"},
		 {PROTO_TCP, 4, {10, 0, 0, 1}, {10, 0, 0, 9}, 38112, 873, 1}},
		303 * SECOND, 598 * SECOND, 3 * SECOND, 8 << 20, 100, 400000},
	{{{.pid = 612, .start_us = 4, .cgroup_id = 23, .cgroup = "", .comm = "systemd-resolve"},
		 {PROTO_UDP, 4, {10, 0, 0, 1}, {10, 0, 0, 53}, 53211, 53, 1}},
		7 * SECOND, 900 * SECOND, 60 * SECOND, 40, 120, 900},
	{{{.pid = 777,
		  .start_us = 5,
		  .cgroup_id = 24,
		  .cgroup = "/user.slice/user-1000.slice",
		  .comm = "sync"},
		 {PROTO_MPTCP, 4, {10, 0, 0, 1}, {198, 51, 100, 7}, 33000, 8443, 1}},
		11 * SECOND, 900 * SECOND, 90 * SECOND, 1000, 0, 0},
};

/* What comes in is what web1 sends, a little later. The last request before the stall waits. */
static const struct habit db1[] = {
	{DB1_TO_NGINX, 132347900, 386 * SECOND, 5 * SECOND, 8000, 200, -1900},
	{DB1_TO_NGINX, 542000100, 543 * SECOND, 5 * SECOND, 8000, 200, -1900},
	{DB1_TO_NGINX, 542102000, 660 * SECOND, 5 * SECOND, 8000, 200, -1900},
	{{{.pid = 1500,
		  .start_us = 6,
		  .cgroup_id = 32,
		  .cgroup = "/user.slice/user-0.slice",
		  .comm = "pg_dump"},
		 {PROTO_TCP, 4, {127, 0, 0, 1}, {127, 0, 0, 1}, 45678, 5432, 1}},
		600 * SECOND, 601 * SECOND, 5 * SECOND, 300, 2000000, 100000},
};

static void check(int status)
{
	if (status < 0) {
		fprintf(stderr, "make_story: %s\n", fmt_status_text(status));
		exit(1);
	}
}

static int write_stdout(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	return fwrite(data, 1, len, stdout) == len ? 0 : -1;
}

struct call {
	uint64_t time_us;
	uint64_t bytes;
	uint32_t session;
	uint8_t dir;
};

enum {
	CALLS_MAX = 4096,
	HABITS_MAX = 10,
};

static int by_time(const void *pa, const void *pb)
{
	const struct call *a = pa, *b = pb;

	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	return (int)a->session - (int)b->session;
}

/* All calls of the habits, in order of time. */
static size_t make_calls(const struct habit *habits, uint32_t count, struct call calls[CALLS_MAX])
{
	size_t n = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct habit *h = &habits[i];

		for (uint64_t at = h->from_us; at < h->to_us && n + 2 <= CALLS_MAX;
			at += h->each_us) {
			if (h->tx)
				calls[n++] = (struct call){at, h->tx, i, DIR_TX};
			if (h->rx)
				calls[n++] = (struct call){
					at + (uint64_t)h->answer_us, h->rx, i, DIR_RX};
		}
	}
	qsort(calls, n, sizeof(*calls), by_time);
	return n;
}

static void put_load(struct writer *w, uint64_t at_us)
{
	struct load load = {
		.time_us = START + at_us,
		.avg = {42, 37, 30},
		.running = 1,
		.threads = 250,
		.last_pid = 2345,
	};

	check(writer_load(w, &load));
}

static void put_loss(struct writer *w)
{
	struct loss loss = {
		.from_us = START + 325 * SECOND,
		.to_us = START + 325 * SECOND + SECOND / 4,
		.volume = {.calls = {3, 12}, .bytes = {3000, 17376}},
		.cause = LOST_RING,
	};

	check(writer_loss(w, &loss));
}

static void put_all(struct writer *w, const struct habit *habits, uint32_t count, int with_loss)
{
	static struct call calls[CALLS_MAX];
	size_t n = make_calls(habits, count, calls), i = 0;
	uint32_t handle[HABITS_MAX] = {0};

	for (uint32_t h = 0; h < count; h++)
		check(writer_define(w, &habits[h].session, &handle[h]));
	for (uint64_t at = 0; at < LENGTH; at += BLOCK) {
		put_load(w, at);
		for (; i < n && calls[i].time_us < at + BLOCK; i++) {
			struct sample sample = {.time_us = START + calls[i].time_us,
				.bytes = calls[i].bytes,
				.session = handle[calls[i].session],
				.calls = 1,
				.dir = calls[i].dir};

			check(writer_sample(w, &sample));
		}
		if (with_loss && at == 320 * SECOND)
			put_loss(w);
		check(writer_flush(w, START + at + BLOCK));
	}
}

int main(int argc, char **argv)
{
	const char *host = argc == 2 ? argv[1] : "";
	int is_web1 = !strcmp(host, "web1");
	const struct header header = {
		.recording = is_web1 ? 11 : 22,
		.start_us = START,
		.start_wall_us = start_wall,
		.cpus = 4,
		.zone = "UTC",
		.host = host,
		.boot_id = is_web1 ? "b1" : "b2",
		.kernel = "6.12.48 x86_64",
		.tool = "tcptop-record 0.1.0",
		.command = "tcptop-record --udp",
		.filters = "",
		.hooks = "tracepoint",
		.selftest = "IPv4 passed",
		.coverage = "sends and receives of TCP and UDP sockets",
	};
	struct sink sink = {write_stdout, NULL};
	struct writer *w = NULL;

	if (!is_web1 && strcmp(host, "db1") != 0) {
		fputs("usage: make_story web1|db1\n", stderr);
		return 2;
	}
	check(writer_new(&w, &header, sink));
	check(writer_clock(w, start_wall - (int64_t)START, 0, "UTC"));
	if (is_web1)
		put_all(w, web1, sizeof(web1) / sizeof(web1[0]), 1);
	else
		put_all(w, db1, sizeof(db1) / sizeof(db1[0]), 0);
	check(writer_finish(w, START + LENGTH));
	writer_free(w);
	return fflush(stdout) ? 1 : 0;
}
