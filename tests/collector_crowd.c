/* SPDX-License-Identifier: MIT */
/*
 * The memory of collector and writer while processes, names and cgroups come and go by the
 * thousand. TCPTOP_LONG=10 in the environment makes it a million short sessions.
 */
#include "collector_cases.h"
#include "collector_fixture.h"
#include "record/grace.h"
#include "record/sessions.h"

#include <malloc.h>
#include <string.h>

enum {
	SHORT = 100000,
	BATCH = 500, /* sessions from one drain to the next */
	LONGEST = PATH_SIZE - 1,
	BOUND = 48 << 20,
};

struct crowd {
	struct fixture *f;
	size_t path; /* bytes of a cgroup's path */
	size_t most; /* bytes in use at a drain */
	uint64_t now_ns;
	uint32_t next;       /* session id */
	uint32_t live;       /* sessions that go on */
	struct known *known; /* they, as last defined: handle is the id */
};

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t in_use(void)
{
	struct mallinfo2 m;

	if (__sanitizer_get_current_allocated_bytes)
		return __sanitizer_get_current_allocated_bytes();
	m = mallinfo2();
	return m.uordblks + m.hblkhd;
}

/* A path that no other session has. */
static const char *long_path(void *ctx, uint64_t id, uint32_t pid)
{
	static char path[PATH_SIZE];
	const struct crowd *c = ctx;

	(void)pid;
	memset(path, 'x', c->path);
	path[c->path] = '\0';
	path[snprintf(path, sizeof(path), "/%llu", (unsigned long long)id)] = '/';
	return path;
}

static int forget(void *ctx, const void *data, size_t len)
{
	(void)ctx, (void)data, (void)len;
	return 0;
}

static void call_now(struct crowd *c, uint32_t id, unsigned dir)
{
	if (fake_call(&c->f->kernel, 0, ++c->now_ns, id, 100, dir))
		return;
	drain(c->f, c->now_ns);
	assert_true(fake_call(&c->f->kernel, 0, c->now_ns, id, 100, dir));
}

/* A process with a name and a cgroup of its own, and a call of it. */
static uint32_t appear(struct crowd *c)
{
	uint32_t id = c->next++;
	struct event_session e = fake_session(id);

	e.generation = c->f->kernel.generation;
	memset(e.comm, 0, sizeof(e.comm));
	snprintf((char *)e.comm, sizeof(e.comm), "bomb-%x", id);
	if (!fake_ring_output(&c->f->kernel.definitions, &e, sizeof(e))) {
		drain(c->f, c->now_ns);
		assert_true(fake_ring_output(&c->f->kernel.definitions, &e, sizeof(e)));
	}
	call_now(c, id, DIR_RX);
	return id;
}

/* Those that go on have a call, too; as the probes do, they are defined anew when they must. */
static void go_on(struct crowd *c)
{
	for (uint32_t i = 0; i < c->live; i++) {
		struct known *k = &c->known[i];

		if (k->handle && k->generation == c->f->kernel.generation) {
			call_now(c, k->handle, DIR_TX);
			continue;
		}
		k->generation = c->f->kernel.generation;
		k->handle = appear(c);
	}
}

/* So many short sessions beside the live ones; the most memory that it took. */
static size_t pass_by(uint32_t sessions, uint32_t live, size_t path)
{
	struct crowd c = {.path = path, .now_ns = BASE_NS, .next = 1, .live = live};
	size_t before = in_use(), now;

	c.known = calloc(live + 1, sizeof(*c.known));
	assert_non_null(c.known);
	c.f = begin_with(1, 4096, (struct sink){forget, NULL});
	collector_free(c.f->collector);
	assert_int_equal(collector_new(&c.f->collector,
				 &(struct collector_input){
					 .calls = c.f->calls,
					 .rings = 1,
					 .cpus = 1,
					 .definitions = &c.f->definitions,
					 .counters = c.f->kernel.counters,
					 .overflow = c.f->kernel.overflow,
					 .overflow_places = FAKE_PLACES,
					 .generation = &c.f->kernel.generation,
					 .cgroup_path = long_path,
					 .cgroup_ctx = &c,
				 },
				 c.f->writer),
		0);
	for (uint32_t i = 0; i < sessions; i++) {
		appear(&c);
		if (i % BATCH)
			continue;
		go_on(&c);
		drain(c.f, c.now_ns);
		assert_int_equal(writer_flush(c.f->writer, c.now_ns / 1000), 0);
		now = in_use() - before;
		c.most = now > c.most ? now : c.most;
	}
	assert_int_equal(writer_totals(c.f->writer)->lost.calls[DIR_RX], 0);
	assert_int_equal(writer_totals(c.f->writer)->lost.calls[DIR_TX], 0);
	free(c.known);
	end(c.f);
	return c.most;
}

static uint32_t rounds(void)
{
	const char *factor = getenv("TCPTOP_LONG");

	return factor && atoi(factor) > 0 ? (uint32_t)atoi(factor) : 1;
}

/* The bound is that of tcptop-record(1), OVERLOAD. */
void test_memory_of_a_crowd(void **state)
{
	(void)state;
	if (!grace_wait()) {
		print_message("the kernel cannot tell of grace periods\n");
		skip();
	}
	/* With a few sessions; what is measured is measured: all tables are there, but empty. */
	assert_in_range(pass_by(1000, 0, 30), 1 << 20, BOUND / 2);
	assert_in_range(pass_by(SHORT * rounds(), 0, 30), 1 << 20, BOUND);
	assert_in_range(pass_by(SHORT / 8 * rounds(), 0, LONGEST), 1 << 20, BOUND);
	assert_in_range(pass_by(SHORT / 5 * rounds(), 10000, 30), 1 << 20, BOUND);
	assert_in_range(pass_by(SHORT / 50 * rounds(), 100000, 30), 1 << 20, BOUND);
}
