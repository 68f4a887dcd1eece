/* SPDX-License-Identifier: MIT */
#include "host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <time.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t clock_boot_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

int64_t clock_boot_offset_ns(void)
{
	FILE *f = fopen("/proc/self/timens_offsets", "re");
	long long seconds = 0, ns = 0;
	char name[16];

	while (f && fscanf(f, "%15s %lld %lld", name, &seconds, &ns) == 3 &&
		strcmp(name, "boottime") != 0)
		seconds = ns = 0;
	if (f)
		fclose(f);
	return (int64_t)seconds * 1000000000 + (int64_t)ns;
}

int64_t clock_wall_offset_us(void)
{
	uint64_t narrowest = UINT64_MAX;
	int64_t offset = 0;

	/* The narrowest of a few tries: between two readings this process may have been stopped. */
	for (int i = 0; i < 3; i++) {
		uint64_t before = clock_boot_ns();
		uint64_t wall = read_clock(CLOCK_REALTIME);
		uint64_t width = clock_boot_ns() - before;

		if (width >= narrowest)
			continue;
		narrowest = width;
		offset = (int64_t)(wall - (before + width / 2)) / 1000;
	}
	return offset;
}

int32_t clock_zone(int64_t wall_us, char name[NAME_SIZE])
{
	time_t seconds = (time_t)(wall_us / 1000000);
	struct tm tm;

	tzset();
	if (!localtime_r(&seconds, &tm)) {
		snprintf(name, NAME_SIZE, "UTC");
		return 0;
	}
	snprintf(name, NAME_SIZE, "%s", tm.tm_zone);
	return (int32_t)tm.tm_gmtoff;
}

static int read_line(const char *path, char *line, int size)
{
	FILE *f = fopen(path, "re");
	int err = 0;

	if (!f)
		return -errno;
	if (!fgets(line, size, f))
		err = ferror(f) ? -EIO : -ENODATA;
	else
		line[strcspn(line, "\n")] = '\0';
	fclose(f);
	return err;
}

int host_load(struct load *load)
{
	unsigned whole[3], part[3];
	char line[128];
	int err = read_line("/proc/loadavg", line, sizeof(line));

	if (err)
		return err;
	if (sscanf(line, "%u.%u %u.%u %u.%u %u/%u %u", &whole[0], &part[0], &whole[1], &part[1],
		    &whole[2], &part[2], &load->running, &load->threads, &load->last_pid) != 9)
		return -EINVAL;
	for (int i = 0; i < 3; i++)
		load->avg[i] = whole[i] * 100 + part[i];
	load->time_us = clock_boot_ns() / 1000;
	return 0;
}

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "%+,-./:=@_^";

/* At most four times the word, two quotes and a blank. */
static char *put_word(char *to, const char *word)
{
	if (*word && strspn(word, plain) == strlen(word))
		return stpcpy(to, word);
	*to++ = '\'';
	for (; *word; word++) {
		if (*word == '\'')
			to = stpcpy(to, "'\\''");
		else
			*to++ = *word;
	}
	*to++ = '\'';
	*to = '\0';
	return to;
}

static char *quote_words(char **argv)
{
	size_t size = 1;
	char *text, *at;

	for (char **word = argv; *word; word++)
		size += 4 * strlen(*word) + 3;
	text = malloc(size);
	if (!text)
		return NULL;
	at = text;
	*at = '\0';
	for (char **word = argv; *word; word++) {
		if (word != argv)
			*at++ = ' ';
		at = put_word(at, *word);
	}
	if (strlen(text) >= TEXT_SIZE)
		memcpy(text + TEXT_SIZE - 4, "...", 4);
	return text;
}

int host_describe_moment(struct header *header, uint64_t now_us, int64_t wall_offset_us)
{
	if (getrandom(&header->recording, sizeof(header->recording), 0) < 0)
		return -errno;
	header->start_us = now_us;
	header->start_wall_us = (int64_t)now_us + wall_offset_us;
	return 0;
}

int host_describe(struct header *header, struct host_texts *texts, char **argv)
{
	struct utsname uts;
	int err;

	memset(texts, 0, sizeof(*texts));
	if (uname(&uts))
		return -errno;
	snprintf(texts->host, sizeof(texts->host), "%s", uts.nodename);
	snprintf(texts->kernel, sizeof(texts->kernel), "%s %s", uts.release, uts.machine);
	if (read_line("/proc/sys/kernel/random/boot_id", texts->boot_id, sizeof(texts->boot_id)))
		texts->boot_id[0] = '\0'; /* a host without one is recorded all the same */
	texts->command = quote_words(argv);
	if (!texts->command)
		return -ENOMEM;
	err = host_describe_moment(header, clock_boot_ns() / 1000, clock_wall_offset_us());
	if (err)
		return err;
	header->zone_offset_s = clock_zone(header->start_wall_us, texts->zone);
	header->zone = texts->zone;
	header->host = texts->host;
	header->kernel = texts->kernel;
	header->boot_id = texts->boot_id;
	header->command = texts->command;
	header->tool = "tcptop-record " TCPTOP_VERSION;
	return 0;
}

void host_texts_free(struct host_texts *texts)
{
	free(texts->command);
	texts->command = NULL;
}
