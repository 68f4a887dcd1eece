/* SPDX-License-Identifier: MIT */
/*
 * make_series: writes a small rotated set into the working directory, the same bytes each time:
 * NAME.20261120T095500Z to NAME.20261120T095503Z, a file for each second from SECOND on, in which
 * HOST's only process makes two calls.
 *
 * usage: make_series NAME HOST SECOND
 */
#include "format/series_name.h"
#include "format/writer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ull
#define START  (1000 * SECOND) /* boot clock */

enum {
	WALL = 1795168500, /* 2026-11-20 09:55:00 UTC */
	FILES = 4,
};

static const struct session session = {
	{.pid = 101, .cgroup = "/", .comm = "curl"},
	{PROTO_TCP, 4, {10, 0, 0, 1}, {192, 0, 2, 80}, 40000, 443, 4026531840},
};

static void check(int status)
{
	if (status >= 0)
		return;
	fprintf(stderr, "make_series: %s\n", fmt_status_text(status));
	exit(1);
}

static int write_file(void *ctx, const void *data, size_t len)
{
	return fwrite(data, 1, len, *(FILE **)ctx) == len ? 0 : -1;
}

static FILE *create(const char *base, unsigned long second)
{
	char suffix[SERIES_SUFFIX], name[256];
	FILE *file;

	if (!series_suffix(suffix, (time_t)(WALL + second), 0))
		exit(1);
	snprintf(name, sizeof(name), "%s%s", base, suffix);
	file = fopen(name, "wb");
	if (!file) {
		perror(name);
		exit(1);
	}
	return file;
}

/* A load average and two calls, in two blocks. */
static void put_second(struct writer *w, unsigned long second, uint32_t handle)
{
	uint64_t at = START + second * SECOND;
	const struct load load = {.time_us = at, .avg = {10, 20, 30}, .last_pid = 4242};
	struct sample sample = {.session = handle, .calls = 1, .bytes = 1024 * (second + 1)};

	check(writer_load(w, &load));
	for (unsigned i = 0; i < 2; i++) {
		sample.time_us = at + 100000 + i * 500000;
		sample.dir = (uint8_t)i;
		check(writer_sample(w, &sample));
		check(writer_flush(w, sample.time_us));
	}
}

int main(int argc, char **argv)
{
	unsigned long from = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct header header = {.recording = 0x1122334455660000 + from, .cpus = 2};
	struct writer *w = NULL;
	uint32_t handle = 0;
	FILE *file;

	if (argc != 4) {
		fputs("usage: make_series NAME HOST SECOND\n", stderr);
		return 2;
	}
	header.host = argv[2];
	header.series = header.recording;
	for (; header.part < FILES; header.part++, header.recording++) {
		unsigned long second = from + header.part;

		header.start_us = START + second * SECOND;
		header.start_wall_us = (int64_t)((WALL + second) * SECOND);
		file = create(argv[1], second);
		if (header.part) {
			check(writer_restart(w, &header));
		} else {
			check(writer_new(&w, &header, (struct sink){write_file, &file}));
			check(writer_clock(w, (int64_t)(WALL * SECOND - START), 0, "UTC"));
			check(writer_define(w, &session, &handle));
		}
		put_second(w, second, handle);
		if (header.part + 1 < FILES)
			check(writer_hand_over(w, header.start_us + SECOND));
		else
			check(writer_finish(w, header.start_us + SECOND));
		if (fclose(file))
			return 1;
	}
	writer_free(w);
	return 0;
}
