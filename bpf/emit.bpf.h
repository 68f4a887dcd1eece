/* SPDX-License-Identifier: GPL-2.0 */
/*
 * emit.bpf.h: the ways out of the kernel: the CPU's ring of calls; when that is full, the session's
 * sums in the overflow table; when even that is full, the counters. For session.bpf.h and
 * tcptop.bpf.c.
 *
 * The rings of calls are plain memory, not BPF ring buffers: these take a lock and clear it again
 * for each record, and a head of 8 bytes, which is a third of what an event costs. Only a CPU's own
 * probes write to its ring, but they can meet there: one may be interrupted, or preempted where the
 * kernel only rules out that it migrates. So a place is taken by compare-and-swap and is written
 * when its stamp says so, which is stored last.
 */
#ifndef BPF_EMIT_H
#define BPF_EMIT_H

#include "events.h"
#include "helpers.bpf.h"

/* Set before loading. */
const volatile __u32 overflow_places = EVENT_OVERFLOW_PLACES; /* entries of `overflow` */

const volatile __u32 ring_places = 1; /* of each CPU's ring of calls; a power of two */

/* From the kernel's boot clock to the recorder's, which may be in a time namespace. */
const volatile __s64 clock_offset;

#define TAKE_TRIES 4 /* against probes that interrupt each other */

/* The rings of calls, one CPU's behind the other's. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set to rings * ring_places before loading */
	__type(key, __u32);
	__type(value, struct event_call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* of rings; set before loading */
	__type(key, __u32);
	__type(value, struct event_position);
} positions SEC(".maps");

/* Sessions and cgroups: seldom enough for one ring, and so they stay in order. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* set before loading */
} definitions SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set to the number of CPUs before loading */
	__type(key, __u32);
	__type(value, struct event_counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, EVENT_OVERFLOW_PLACES); /* set to overflow_places before loading */
	__type(key, __u32);
	__type(value, struct event_overflow);
} overflow SEC(".maps");

static __always_inline __u64 boot_now(void)
{
	return bpf_ktime_get_boot_ns() + clock_offset;
}

static __always_inline __u32 dir_index(__u32 dir)
{
	return dir == EVENT_TX;
}

static __always_inline void count_lost(__u32 cause, __u32 bytes, __u32 dir)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct event_counters *c = bpf_map_lookup_elem(&counters, &cpu);

	if (!c)
		return;
	__sync_fetch_and_add(&c->lost_calls[cause][dir_index(dir)], 1);
	__sync_fetch_and_add(&c->lost_bytes[cause][dir_index(dir)], bytes);
}

static __always_inline void count_own(__u32 bytes, __u32 dir)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct event_counters *c = bpf_map_lookup_elem(&counters, &cpu);

	if (!c)
		return;
	__sync_fetch_and_add(&c->own_calls[dir_index(dir)], 1);
	__sync_fetch_and_add(&c->own_bytes[dir_index(dir)], bytes);
}

static __always_inline void count_gathered(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct event_counters *c = bpf_map_lookup_elem(&counters, &cpu);

	if (c)
		__sync_fetch_and_add(&c->gathered, 1);
}

/* The session's place in the overflow table, taken if need be; NULL: none is free. */
static __noinline struct event_overflow *overflow_place(__u32 session)
{
	for (__u32 i = 0; i < EVENT_OVERFLOW_PLACES; i++) {
		__u32 index = (session + i) % overflow_places, owner;
		struct event_overflow *o = bpf_map_lookup_elem(&overflow, &index);

		if (!o)
			return NULL;
		owner = o->session;
		if (!owner)
			owner = __sync_val_compare_and_swap(&o->session, 0, session);
		if (!owner || owner == session)
			return o;
	}
	return NULL;
}

/* Adds a call to its session's sums. */
static __noinline int gather_call(__u32 session, __u32 bytes, __u32 dir, __u32 inferred)
{
	struct event_overflow *o = overflow_place(session);

	if (!o) {
		count_lost(EVENT_LOST_RING, bytes, dir);
		return 0;
	}
	o->last_ns = boot_now();
	if (inferred)
		o->inferred = 1;
	/* Bytes before calls, and read the other way round: no call is ever without its bytes. */
	__sync_fetch_and_add(&o->bytes[dir_index(dir)], bytes);
	__sync_fetch_and_add(&o->calls[dir_index(dir)], 1);
	count_gathered();
	return 0;
}

/* Keeps a definition with the session's sums. False if there is no place for it. */
static __always_inline bool gather_definition(const struct event_session *e)
{
	struct event_overflow *o = overflow_place(e->session);

	if (!o)
		return false;
	o->definition = *e;
	__sync_lock_test_and_set(&o->defined, 1);
	count_gathered();
	return true;
}

/* False if the definition could not be sent: the session must not be used. */
static __always_inline bool emit_definition(struct event_session *e)
{
	if (!bpf_ringbuf_output(&definitions, e, sizeof(*e), BPF_RB_NO_WAKEUP))
		return true;
	return gather_definition(e);
}

/* Without it the path is looked for in the file system, so no matter if there is no room. */
static __always_inline int emit_cgroup(__u64 id, const char *path)
{
	struct event_cgroup *e = bpf_ringbuf_reserve(&definitions, sizeof(*e), 0);
	long len;

	if (!e)
		return 0;
	e->id = id;
	len = bpf_probe_read_kernel_str(e->path, sizeof(e->path), path);
	if (len <= 0 || len == sizeof(e->path)) /* failed, or perhaps cut */
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
	else
		bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

/* A place in this CPU's ring, and the round that it belongs to; NULL: none is free, or no ring. */
static __always_inline struct event_call *take_place(__u64 *round)
{
	__u32 cpu = bpf_get_smp_processor_id(), index;
	struct event_position *p = bpf_map_lookup_elem(&positions, &cpu);

	if (!p)
		return NULL;
#pragma unroll
	for (int i = 0; i < TAKE_TRIES; i++) {
		__u64 at = *(volatile __u64 *)&p->taken;

		if (at - *(volatile __u64 *)&p->read >= ring_places)
			return NULL;
		if (__sync_val_compare_and_swap(&p->taken, at, at + 1) != at)
			continue;
		*round = at & ring_places ? 0 : EVENT_ROUND;
		index = cpu * ring_places + (at & (ring_places - 1));
		return bpf_map_lookup_elem(&calls, &index);
	}
	return NULL;
}

/* Shows a place to user space. x86 keeps the order of stores; elsewhere it takes an atomic. */
static __always_inline void write_stamp(struct event_call *e, __u64 stamp)
{
#if defined(__TARGET_ARCH_x86)
	*(volatile __u64 *)&e->stamp = stamp;
#else
	__sync_lock_test_and_set(&e->stamp, stamp);
#endif
}

/*
 * The clock is read here, after the session was looked up and the place taken: no call is older
 * than its session's definition, and what user space does not see taken is younger than its look.
 */
static __always_inline int emit_call(__u32 session, __u32 bytes, __u32 dir, __u64 inferred)
{
	__u64 round;
	struct event_call *e = take_place(&round);

	if (!e)
		return gather_call(session, bytes, dir, inferred != 0);
	e->session = session;
	e->bytes_dir = bytes | dir;
	write_stamp(e, boot_now() | round | inferred);
	return 0;
}

#endif
