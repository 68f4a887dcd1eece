/* SPDX-License-Identifier: MIT */
/*
 * collector_fixture.h: a collector between fake rings and counters on one side, and on the other a
 * real writer into memory and the reader to see what came of it. For collector_test.c and the
 * cases that collector_cases.h names.
 *
 * The file knows microseconds and keeps samples of the same one in order of call. So events that
 * differ by nanoseconds within one microsecond show the order in which the collector took them.
 */
#ifndef TESTS_COLLECTOR_FIXTURE_H
#define TESTS_COLLECTOR_FIXTURE_H

#include "fake_kernel.h"
#include "record/collector.h"
#include "recording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define BASE_US UINT64_C(5000000)
#define BASE_NS (BASE_US * 1000)
#define ALL     (UINT64_MAX / 2) /* a horizon behind everything */

enum { PLACES = 1 << 12 };

struct fixture {
	struct fake_kernel kernel;
	struct calls calls[FAKE_CPUS];
	struct ring definitions;
	struct recording_bytes file;
	struct writer *writer;
	struct collector *collector;
	struct recording got;
	uint64_t released; /* for look_at_room() */
};

static const char *cgroup_path(void *ctx, uint64_t id, uint32_t pid)
{
	static char path[64]; /* good until the next call, as collector.h has it */

	(void)ctx;
	snprintf(path, sizeof(path), "/cgroup/%llu/%u", (unsigned long long)id, pid);
	return path;
}

static inline struct fixture *begin_with(unsigned cpus, uint64_t places, struct sink sink)
{
	const struct header header = {.start_us = BASE_US, .cpus = cpus};
	struct fixture *f = calloc(1, sizeof(*f));
	struct collector_input input = {.rings = cpus, .cpus = cpus, .cgroup_path = cgroup_path};

	assert_non_null(f);
	assert_true(fake_kernel_new(&f->kernel, cpus, places));
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		struct fake_calls *r = &f->kernel.calls[cpu];

		calls_init(&f->calls[cpu], &r->position, r->place, r->places);
	}
	ring_init(&f->definitions, f->kernel.definitions.consumer, f->kernel.definitions.producer,
		f->kernel.definitions.data, f->kernel.definitions.size);
	input.calls = f->calls;
	input.definitions = &f->definitions;
	input.counters = f->kernel.counters;
	input.overflow = f->kernel.overflow;
	input.overflow_places = FAKE_PLACES;
	input.generation = &f->kernel.generation;
	if (!sink.write)
		sink = recording_sink(&f->file);
	assert_int_equal(writer_new(&f->writer, &header, sink), FMT_OK);
	assert_int_equal(collector_new(&f->collector, &input, f->writer), FMT_OK);
	return f;
}

static inline struct fixture *begin(unsigned cpus, uint64_t places)
{
	return begin_with(cpus, places, (struct sink){.write = NULL});
}

static inline void read_back(struct fixture *f)
{
	assert_int_equal(writer_finish(f->writer, ALL / 1000), 0);
	recording_read(&f->got, &f->file);
	assert_int_equal(writer_totals(f->writer)->samples, f->got.rows);
}

static inline void end(struct fixture *f)
{
	collector_free(f->collector);
	writer_free(f->writer);
	recording_free(&f->got);
	fake_kernel_free(&f->kernel);
	free(f->file.data);
	free(f);
}

static inline void define(struct fixture *f, uint32_t id)
{
	assert_true(fake_define(&f->kernel, id));
}

/* Times are from BASE_NS on. */
static inline void call(
	struct fixture *f, unsigned cpu, uint64_t ns, uint32_t id, uint32_t bytes, unsigned dir)
{
	assert_true(fake_call(&f->kernel, cpu, BASE_NS + ns, id, bytes, dir));
}

/* A call of session 1 within the base microsecond. */
static inline void at_ns(struct fixture *f, unsigned cpu, unsigned ns)
{
	call(f, cpu, ns, 1, ns, DIR_RX);
}

static inline void drain(struct fixture *f, uint64_t now_ns)
{
	assert_int_equal(collector_drain(f->collector, now_ns), 0);
}

static inline uint64_t taken(const struct fixture *f)
{
	return writer_totals(f->writer)->samples;
}

/* The rows are those of at_ns(), in this order. */
static inline void assert_order(const struct fixture *f, const unsigned *ns, size_t count)
{
	assert_int_equal(f->got.rows, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(f->got.row[i].bytes, ns[i]);
	assert_int_equal(f->got.losses, 0);
}

static inline void assert_loss(const struct fixture *f, size_t at, const struct loss *wanted)
{
	const struct loss *l = &f->got.loss[at];

	assert_true(at < f->got.losses);
	assert_int_equal(l->cause, wanted->cause);
	assert_int_equal(l->cpu, wanted->cpu);
	assert_int_equal(l->from_us, wanted->from_us);
	assert_int_equal(l->to_us, wanted->to_us);
	for (int dir = 0; dir < 2; dir++) {
		assert_int_equal(l->volume.calls[dir], wanted->volume.calls[dir]);
		assert_int_equal(l->volume.bytes[dir], wanted->volume.bytes[dir]);
	}
}

#endif
