/* SPDX-License-Identifier: MIT */
/*
 * make_rich: writes a recording that has of everything which the format can hold: protocols and
 * addresses, hostile names, processes that share a pid, samples of many calls, flags, the largest
 * numbers, losses of each cause, clocks and zones that are set, several groups. The same bytes
 * each time, where zstd is of the same version.
 */
#include "format/writer.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ull
#define START  (5000 * SECOND) /* boot clock */

enum { SESSIONS = 14, NOISE = 6000 };

static const struct header header = {
	.recording = 0xfedcba9876543210,
	.start_us = START,
	.start_wall_us = 1798760700 * (int64_t)SECOND, /* 2026-12-31 23:45:00 UTC */
	.zone_offset_s = -12600,
	.cpus = 64,
	.zone = "NST",
	.host = "rich\033[31m,\"host\"",
	.boot_id = "89abcdef-0123-4567-89ab-cdef01234567",
	.kernel = "6.1.0-38-s390x s390x",
	.tool = "tcptop-record 1.0",
	.command = "tcptop-record --udp '-o' 'a file'\n\tx",
	.filters = "pid 1; \342\200\256drow",
	.hooks = "kprobe",
	.coverage = "sends: all\nreceives: \377 not all",
	.selftest = "failed\nfor a reason",
};

static const char *const names[SESSIONS] = {"plain", "=1+1", "-2", "+3", "@4", "com,ma", "quo\"te",
	"line\nfeed", "\033[31mred", "gr\303\274n \360\237\246\200", "\377\376", "\342\200\256bidi",
	"back\\slash", ""};

static void check(int status)
{
	if (status < 0) {
		fprintf(stderr, "make_rich: %s\n", fmt_status_text(status));
		exit(1);
	}
}

static int write_stdout(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	return fwrite(data, 1, len, stdout) == len ? 0 : -1;
}

/* Session i: another name each, the pids 7 and 8 by turns, each protocol and family. */
static void define(struct writer *w, uint32_t *handle, unsigned int i)
{
	static const uint16_t protos[] = {PROTO_TCP, PROTO_UDP, PROTO_MPTCP, 132};
	struct session s = {.process = {.pid = 7 + i % 2, .start_us = i / 4, .cgroup_id = i}};
	char cgroup[4096] = "/";

	snprintf(s.process.comm, sizeof(s.process.comm), "%s", names[i]);
	if (i == 1)
		memset(cgroup + 1, 'c', sizeof(cgroup) - 2);
	else
		snprintf(cgroup, sizeof(cgroup), "/%s.slice/%u", names[i], i % 3);
	s.process.cgroup = i == 2 ? "" : cgroup;
	s.conn = (struct connection){.proto = protos[i / 2 % 4],
		.family = i % 3 ? 4 : 6,
		.lport = (uint16_t)(i * 5000),
		.rport = (uint16_t)(65535 - i),
		.netns = i % 5 ? 4026531840 + i : 0};
	for (unsigned int k = 0; k < (s.conn.family == 4 ? 4u : 16u) && i != 4; k++) {
		s.conn.laddr[k] = (uint8_t)(10 + i * k);
		s.conn.raddr[k] = (uint8_t)(i < 9 || k > 12 ? 200 + k : 0);
	}
	check(writer_define(w, &s, handle));
}

/* The largest that there is, and the least. */
static void put_extremes(struct writer *w, const uint32_t *handles, uint64_t now)
{
	for (unsigned int i = 0; i < SESSIONS; i++) {
		struct sample s = {.time_us = now + i / 3,
			.bytes = i % 4 ? 1ull << 5 * i % 64 : UINT64_MAX >> i,
			.session = handles[i],
			.calls = i % 5 ? 1 + i : UINT32_MAX,
			.dir = i % 2,
			.flags = i % 3 == 0};

		check(writer_sample(w, &s));
	}
	check(writer_flush(w, now + 3 * SECOND));
}

/* Sizes without a pattern, in one block, so that their planes have a frame each. */
static void put_noise(struct writer *w, const uint32_t *handles, uint64_t now)
{
	uint64_t state = 88172645463325252u;

	for (unsigned int i = 0; i < NOISE; i++) {
		struct sample s = {.time_us = now, .calls = 1};

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		s.session = handles[state % SESSIONS];
		s.dir = state >> 8 & 1;
		s.bytes = (state >> 16) % (state >> 60 ? 900 : 70000);
		now += (state >> 40) % 300;
		check(writer_sample(w, &s));
	}
	check(writer_flush(w, now + SECOND));
}

static void put_losses(struct writer *w, uint64_t now)
{
	for (uint32_t cause = 1; cause <= 6; cause++) {
		struct loss l = {.from_us = now - cause * SECOND,
			.to_us = now,
			.volume = {{cause, cause > 3 ? 0 : 7},
				{cause == 2 ? 0 : 1000ull << 4 * cause, 9}},
			.cause = cause,
			.cpu = cause % 2 ? UINT32_MAX : cause};
		struct load load = {
			now - 7 * SECOND + cause * SECOND, {cause, 250, 100000}, 3, 999, 1};

		check(writer_loss(w, &l));
		check(writer_load(w, &load));
	}
}

int main(void)
{
	int64_t offset = header.start_wall_us - (int64_t)START;
	uint32_t handles[SESSIONS];
	uint64_t now = START + SECOND;
	struct writer *w = NULL;

	check(writer_new(&w, &header, (struct sink){write_stdout, NULL}));
	check(writer_clock(w, offset, header.zone_offset_s, header.zone));
	for (unsigned int i = 0; i < SESSIONS; i++)
		define(w, &handles[i], i);
	put_extremes(w, handles, now);
	/* The clock is set back an hour, and then to another zone and forward over a new year. */
	check(writer_clock(w, offset - 3600 * (int64_t)SECOND, header.zone_offset_s, header.zone));
	put_noise(w, handles, now += 10 * SECOND);
	put_losses(w, now += 20 * SECOND);
	check(writer_clock(w, offset + 1000 * (int64_t)SECOND, 49500, "+1345"));
	put_extremes(w, handles, now);
	/* After ten minutes the group is old; a suspend of a month is a long time without samples.
	 */
	for (int group = 0; group < 3; group++) {
		put_extremes(w, handles, now += 700 * SECOND);
		now += group ? 0 : 30 * 86400 * SECOND;
	}
	check(writer_finish(w, now + 5 * SECOND));
	writer_free(w);
	return fflush(stdout) ? 1 : 0;
}
