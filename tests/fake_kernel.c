/* SPDX-License-Identifier: MIT */
#include "fake_kernel.h"

#include <stdlib.h>
#include <sys/socket.h>

bool fake_kernel_new(struct fake_kernel *k, unsigned cpus, uint64_t places)
{
	*k = (struct fake_kernel){.cpus = cpus};
	for (unsigned cpu = 0; cpu < cpus; cpu++)
		if (!fake_calls_new(&k->calls[cpu], places))
			return false;
	return fake_ring_new(&k->definitions, FAKE_DEFINITIONS, 0);
}

void fake_kernel_free(struct fake_kernel *k)
{
	for (unsigned cpu = 0; cpu < k->cpus; cpu++)
		fake_calls_free(&k->calls[cpu]);
	fake_ring_free(&k->definitions);
}

struct event_session fake_session(uint32_t id)
{
	return (struct event_session){
		.start_ns = 77000999,
		.cgroup_id = 40 + id,
		.session = id,
		.tgid = FAKE_FIRST_PID + id,
		.netns = 4026531840u,
		.proto = PROTO_TCP,
		.family = AF_INET,
		.lport = 80,
		.rport = (uint16_t)id,
		.laddr = {10, 0, 0, 1},
		.raddr = {10, 0, 0, 2},
		.comm = "fake",
	};
}

struct event_call fake_sample(uint64_t time_ns, uint32_t id, uint32_t bytes, unsigned dir)
{
	return (struct event_call){
		.stamp = time_ns,
		.session = id,
		.bytes_dir = bytes | (dir == DIR_TX ? EVENT_TX : 0),
	};
}

bool fake_define(struct fake_kernel *k, uint32_t id)
{
	const struct event_session e = fake_session(id);

	return fake_ring_output(&k->definitions, &e, sizeof(e));
}

bool fake_call(struct fake_kernel *k, unsigned cpu, uint64_t time_ns, uint32_t id, uint32_t bytes,
	unsigned dir)
{
	const struct event_call e = fake_sample(time_ns, id, bytes, dir);

	return fake_calls_put(&k->calls[cpu], &e);
}

void fake_lose(struct fake_kernel *k, unsigned cpu, unsigned cause, unsigned dir, uint64_t calls,
	uint64_t bytes)
{
	k->counters[cpu].lost_calls[cause][dir] += calls;
	k->counters[cpu].lost_bytes[cause][dir] += bytes;
}

static struct fake_overflow overflow_of(struct fake_kernel *k)
{
	return (struct fake_overflow){.table = k->overflow, .places = FAKE_PLACES};
}

bool fake_gather(struct fake_kernel *k, unsigned cpu, const struct fake_sum *sum)
{
	const struct fake_overflow o = overflow_of(k);

	if (!fake_overflow_add(&o, sum))
		return false;
	k->counters[cpu].gathered++;
	return true;
}

bool fake_gather_definition(struct fake_kernel *k, unsigned cpu, const struct event_session *e)
{
	const struct fake_overflow o = overflow_of(k);

	if (!fake_overflow_define(&o, e))
		return false;
	k->counters[cpu].gathered++;
	return true;
}

static unsigned below(unsigned n)
{
	return (unsigned)rand() % n; /* NOLINT: a repeatable one is wanted */
}

static void add(struct volume *v, unsigned dir, uint64_t bytes)
{
	v->calls[dir]++;
	v->bytes[dir] += bytes;
}

static void lose(struct fake_kernel *k, struct fake_books *b, unsigned cpu, unsigned cause,
	unsigned dir, uint32_t bytes)
{
	fake_lose(k, cpu, cause, dir, 1, bytes);
	add(&b->lost[cause == EVENT_LOST_RING ? LOST_RING : LOST_MEMORY], dir, bytes);
}

static bool define_somewhere(struct fake_kernel *k, uint32_t id, unsigned cpu)
{
	const struct event_session e = fake_session(id);

	/* As if the ring were full. */
	return (below(2) && fake_ring_output(&k->definitions, &e, sizeof(e))) ||
	       fake_gather_definition(k, cpu, &e);
}

static void gather(struct fake_kernel *k, struct fake_books *b, uint32_t id, unsigned cpu,
	unsigned dir, uint32_t bytes)
{
	const struct fake_sum sum = {
		.time_ns = b->now_ns,
		.calls = 1,
		.bytes = bytes,
		.session = id,
		.dir = dir,
	};

	if (!fake_gather(k, cpu, &sum)) {
		lose(k, b, cpu, EVENT_LOST_RING, dir, bytes);
		return;
	}
	add(&b->recorded[id], dir, bytes);
	b->gathered++;
}

/* As emit_for() in tcptop.bpf.c. */
static void call_of(struct fake_kernel *k, struct fake_books *b, uint32_t id, unsigned cpu,
	unsigned dir, uint32_t bytes)
{
	const struct event_call e = fake_sample(b->now_ns, id, bytes, dir);
	struct fake_place place;

	if (!b->defined[id])
		b->defined[id] = define_somewhere(k, id, cpu);
	if (!b->defined[id]) {
		lose(k, b, cpu, EVENT_LOST_RING, dir, bytes);
		return;
	}
	place = fake_calls_take(&k->calls[cpu]);
	if (!place.call) {
		gather(k, b, id, cpu, dir, bytes);
		return;
	}
	add(&b->recorded[id], dir, bytes);
	if (!b->busy[cpu].call && below(1000) == 0) {
		b->busy[cpu] = place;
		b->busy_call[cpu] = e;
	} else {
		fake_calls_write(place, &e);
	}
}

void fake_random_call(struct fake_kernel *k, struct fake_books *b)
{
	uint32_t id = 1 + below(FAKE_SESSIONS), bytes = 1 + below(1u << below(24));
	unsigned cpu = below(k->cpus), dir = below(2);

	b->now_ns += below(3000);
	switch (below(500)) {
	case 0:
		lose(k, b, cpu, EVENT_LOST_MEMORY, dir, bytes);
		break;
	case 1:
		if (fake_call(k, cpu, b->now_ns, FAKE_NO_SESSION, bytes, dir))
			add(&b->lost[LOST_SESSION], dir, bytes);
		else
			lose(k, b, cpu, EVENT_LOST_RING, dir, bytes);
		break;
	default:
		call_of(k, b, id, cpu, dir, bytes);
	}
}

void fake_submit_busy(struct fake_books *b)
{
	for (unsigned cpu = 0; cpu < FAKE_CPUS; cpu++) {
		if (b->busy[cpu].call)
			fake_calls_write(b->busy[cpu], &b->busy_call[cpu]);
		b->busy[cpu].call = NULL;
	}
}
