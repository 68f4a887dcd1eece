/* SPDX-License-Identifier: MIT */
#include "shared.h"

#include "tcptop.skel.h"
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* --- Sizes ----------------------------------------------------------------------------------- */

/*
 * Many virtual machines have a hundred possible CPUs beside those that they use: no rings for
 * these. Where one is plugged in later, the probes find no ring and sum its calls up.
 */
static unsigned online_cpus(unsigned possible)
{
	FILE *file = fopen("/sys/devices/system/cpu/online", "re");
	unsigned last = possible - 1, number;
	char separator = ',';

	/* As in 0-3,8-11: the last number. */
	while (file && (separator == ',' || separator == '-') &&
		fscanf(file, "%u%c", &number, &separator) == 2)
		last = number;
	if (file)
		fclose(file);
	return last < possible ? last + 1 : possible;
}

static size_t default_ring_size(unsigned rings)
{
	const size_t least = 1 << 20, most = 8 << 20, all = 32 << 20;
	size_t size = most;

	/* Half a second of a million calls a second, be they all on one CPU. */
	while (size > least && size * rings > all)
		size /= 2;
	return size;
}

/* Half of what the calls have: new connections are fewer than calls, definitions are larger. */
static size_t definitions_size(size_t ring_size, unsigned rings)
{
	const size_t most = 16 << 20;
	size_t size = ring_size < most ? ring_size : most;

	while (size < most && size < ring_size * rings / 2)
		size *= 2;
	return size;
}

int shared_plan(struct shared *s, struct tcptop_bpf *bpf, unsigned cpus, size_t ring_size,
	uint32_t overflow_places)
{
	uint64_t places;
	int err;

	s->cpus = cpus;
	s->rings = online_cpus(cpus);
	s->page_size = (size_t)sysconf(_SC_PAGESIZE);
	s->ring_size = ring_size ? ring_size : default_ring_size(s->rings);
	if (s->ring_size < s->page_size)
		s->ring_size = s->page_size;
	s->definitions_size = definitions_size(s->ring_size, s->rings);
	places = s->ring_size / sizeof(struct event_call);
	if (places * s->rings > INT32_MAX)
		return -ENOMEM;
	bpf->rodata->ring_places = (uint32_t)places;
	bpf->rodata->overflow_places = overflow_places;
	err = bpf_map__set_max_entries(bpf->maps.calls, (uint32_t)places * s->rings);
	if (!err)
		err = bpf_map__set_max_entries(bpf->maps.positions, s->rings);
	if (!err)
		err = bpf_map__set_max_entries(
			bpf->maps.definitions, (uint32_t)s->definitions_size);
	if (!err)
		err = bpf_map__set_max_entries(bpf->maps.counters, cpus);
	if (!err)
		err = bpf_map__set_max_entries(bpf->maps.overflow, overflow_places);
	return err;
}

/* --- Memory ---------------------------------------------------------------------------------- */

static size_t array_bytes(const struct shared *s, const struct bpf_map *map)
{
	size_t bytes = (size_t)bpf_map__max_entries(map) * bpf_map__value_size(map);

	return (bytes + s->page_size - 1) & ~(s->page_size - 1);
}

/* NULL on failure, as errno says. */
static void *map_bytes(const struct bpf_map *map, size_t bytes, int protection, size_t offset)
{
	void *memory = mmap(NULL, bytes, protection, MAP_SHARED, bpf_map__fd(map), (off_t)offset);

	return memory == MAP_FAILED ? NULL : memory;
}

static void *map_array(const struct shared *s, const struct bpf_map *map, int protection)
{
	return map_bytes(map, array_bytes(s, map), protection, 0);
}

static size_t producer_bytes(const struct shared *s)
{
	return s->page_size + 2 * s->definitions_size;
}

static int map_definitions(struct shared *s, const struct bpf_map *map)
{
	s->consumer_page = map_bytes(map, s->page_size, PROT_READ | PROT_WRITE, 0);
	if (!s->consumer_page)
		return -errno;
	s->producer_pages = map_bytes(map, producer_bytes(s), PROT_READ, s->page_size);
	if (!s->producer_pages)
		return -errno;
	ring_init(&s->definitions, s->consumer_page, s->producer_pages,
		(const uint8_t *)s->producer_pages + s->page_size, s->definitions_size);
	return 0;
}

int shared_map(struct shared *s, struct tcptop_bpf *bpf)
{
	const uint64_t places = s->ring_size / sizeof(*s->places);

	s->calls = calloc(s->rings, sizeof(*s->calls));
	if (!s->calls)
		return -ENOMEM;
	s->places = map_array(s, bpf->maps.calls, PROT_READ);
	if (!s->places)
		return -errno;
	s->positions = map_array(s, bpf->maps.positions, PROT_READ | PROT_WRITE);
	if (!s->positions)
		return -errno;
	s->counters = map_array(s, bpf->maps.counters, PROT_READ);
	if (!s->counters)
		return -errno;
	s->overflow = map_array(s, bpf->maps.overflow, PROT_READ | PROT_WRITE);
	if (!s->overflow)
		return -errno;
	for (unsigned cpu = 0; cpu < s->rings; cpu++)
		calls_init(&s->calls[cpu], &s->positions[cpu], s->places + cpu * places, places);
	return map_definitions(s, bpf->maps.definitions);
}

static void unmap_array(const struct shared *s, const struct bpf_map *map, void *memory)
{
	if (memory)
		munmap(memory, array_bytes(s, map));
}

void shared_unmap(struct shared *s, const struct tcptop_bpf *bpf)
{
	if (!bpf)
		return;
	unmap_array(s, bpf->maps.calls, s->places);
	unmap_array(s, bpf->maps.positions, s->positions);
	unmap_array(s, bpf->maps.counters, s->counters);
	unmap_array(s, bpf->maps.overflow, s->overflow);
	if (s->consumer_page)
		munmap(s->consumer_page, s->page_size);
	if (s->producer_pages)
		munmap(s->producer_pages, producer_bytes(s));
	free(s->calls);
}
