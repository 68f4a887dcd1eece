/* SPDX-License-Identifier: MIT */
#include "pace.h"
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>

enum { SECOND_NS = 1000000000 };

static size_t size_of(unsigned processes)
{
	return sizeof(struct pace) + processes * sizeof(struct tally);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND_NS + (uint64_t)ts.tv_nsec;
}

struct pace *pace_new(unsigned processes)
{
	struct pace *p = mmap(NULL, size_of(processes), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	p->processes = processes;
	return p;
}

void pace_free(struct pace *p)
{
	if (p)
		munmap(p, size_of(p->processes));
}

void pace_start(struct pace *p)
{
	p->start_ns = now_ns();
}

uint64_t pace_calls(const struct pace *p)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < p->processes; i++)
		sum += p->tally[i].calls;
	return sum;
}

uint64_t pace_elapsed_ns(const struct pace *p)
{
	return now_ns() - p->start_ns;
}

static void sleep_ns(uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(ns / SECOND_NS), .tv_nsec = (long)(ns % SECOND_NS)};

	nanosleep(&ts, NULL);
}

bool pace_more(const struct pace *p)
{
	for (;;) {
		uint64_t calls = pace_calls(p), elapsed = pace_elapsed_ns(p), due;

		if (p->calls && calls >= p->calls)
			return false;
		if (p->duration_ns && elapsed >= p->duration_ns)
			return false;
		due = p->rate ? (uint64_t)((double)calls / (double)p->rate * SECOND_NS) : 0;
		if (due <= elapsed)
			return true;
		if (p->duration_ns && due > p->duration_ns)
			due = p->duration_ns;
		sleep_ns(due - elapsed);
	}
}
