/* SPDX-License-Identifier: MIT */
/*
 * ticks: one connection over loopback whose every call is in the books, with the wall time just
 * before and just after it. On the way it can kill a recorder, and notes when.
 *
 * usage: ticks RATE MS [PID] >BOOKS.csv
 * Sends so many times a second for so long, then kills PID (SIGKILL) and goes on for a moment.
 * Lines: pid,dir,before_us,after_us,bytes; at last "killed",US.
 */
#include "net.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1 << 20, AFTERWARDS_MS = 50, LIMIT_S = 60 };

struct tick {
	uint64_t before_us, after_us;
	ssize_t bytes;
};

/* Shared by both processes. */
struct book {
	pid_t pid;
	uint32_t count;
	struct tick tick[MOST];
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* For the pace, which nobody sets. */
static uint64_t steady_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool note(struct book *b, uint64_t before_us, ssize_t bytes)
{
	if (bytes <= 0 || b->count == MOST)
		return false;
	b->tick[b->count++] = (struct tick){before_us, now_us(), bytes};
	return true;
}

static void receive(struct book *b, int fd)
{
	char buffer[4096];
	uint64_t before_us;

	b->pid = getpid();
	do
		before_us = now_us();
	while (note(b, before_us, recv(fd, buffer, sizeof(buffer), 0)));
}

static void send_until(struct book *b, int fd, unsigned rate, uint64_t begin_us, uint64_t end_us)
{
	static const char data[2048];
	uint64_t steady;

	while ((steady = steady_us()) < end_us) {
		uint64_t due_us = begin_us + (uint64_t)b->count * 1000000 / rate, before_us;

		if (due_us > steady)
			usleep((unsigned)(due_us - steady));
		before_us = now_us();
		/* Neighbours differ, so that none can stand for another. */
		if (!note(b, before_us,
			    send(fd, data, 1 + b->count * 7919u % sizeof(data), MSG_NOSIGNAL)))
			return;
	}
}

static void print(const struct book *b, const char *dir)
{
	for (uint32_t i = 0; i < b->count; i++)
		printf("%d,%s,%" PRIu64 ",%" PRIu64 ",%zd\n", (int)b->pid, dir,
			b->tick[i].before_us, b->tick[i].after_us, b->tick[i].bytes);
}

int main(int argc, char **argv)
{
	unsigned rate = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
	uint64_t ms = argc > 2 ? (uint64_t)atoi(argv[2]) : 0, begin_us, killed_us;
	pid_t victim = argc > 3 ? atoi(argv[3]) : 0, child;
	struct book *books = mmap(NULL, 2 * sizeof(*books), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int ends[2];

	if (!rate || !ms || books == MAP_FAILED || net_pair(FAMILY_4, &ends[0], &ends[1]))
		return 2;
	alarm(LIMIT_S);
	child = fork();
	if (!child) {
		alarm(LIMIT_S);
		close(ends[0]);
		receive(&books[1], ends[1]);
		_exit(0);
	}
	close(ends[1]);
	books[0].pid = getpid();
	begin_us = steady_us();
	send_until(&books[0], ends[0], rate, begin_us, begin_us + ms * 1000);
	killed_us = now_us();
	if (victim > 0 && kill(victim, SIGKILL))
		return 3;
	if (victim > 0)
		send_until(
			&books[0], ends[0], rate, begin_us, begin_us + (ms + AFTERWARDS_MS) * 1000);
	close(ends[0]);
	waitpid(child, NULL, 0);
	print(&books[0], "tx");
	print(&books[1], "rx");
	printf("killed,%" PRIu64 "\n", killed_us);
	return 0;
}
