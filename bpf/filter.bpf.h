/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter.bpf.h: which sessions are recorded. For tcptop.bpf.c and session.bpf.h.
 *
 * What cannot change while a session lasts is asked once, when it is defined: wanted_session().
 * The two pinned maps of bcc's container filters belong to somebody else, who may change them at
 * any time: wanted_container() is asked at each call, if there is such a map.
 */
#ifndef BPF_FILTER_H
#define BPF_FILTER_H

#include "events.h"
#include "helpers.bpf.h"

/* Set before loading; what they leave out of the code costs nothing. */
const volatile __u32 only_family; /* AF_INET, AF_INET6 or 0 for both */
const volatile __u32 only_pids;   /* 1: those in wanted_pids */
const volatile __u32 only_cgroup; /* 1: that in wanted_cgroup, and those below it */
const volatile __u32 only_cgroup_ids;
const volatile __u32 only_mount_namespaces;
const volatile __u32 no_loopback;
const volatile struct event_port_range port_ranges[EVENT_PORT_RANGES];
const volatile __u32 port_range_count;

__u32 own_tgid; /* the recorder's, set by find_own */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, EVENT_FILTER_PIDS);
	__type(key, __u32);
	__type(value, __u8);
} wanted_pids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} wanted_cgroup SEC(".maps");

/* These two are replaced by the pinned ones. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u32);
} wanted_cgroup_ids SEC(".maps"), wanted_mount_namespaces SEC(".maps");

static __always_inline bool is_mapped(const __u8 addr[16])
{
	const __u32 *word = (const __u32 *)addr;

	return word[0] == 0 && word[1] == 0 && word[2] == bpf_htonl(0xffff);
}

static __always_inline bool is_unset(const __u8 addr[16])
{
	const __u32 *word = (const __u32 *)addr;

	return !word[0] && !word[1] && !word[2] && !word[3];
}

/* What record/collector.c makes of it: mapped addresses are IPv4. */
static __always_inline __u32 family_within(const struct event_session *e)
{
	bool local = is_mapped(e->laddr), remote = is_mapped(e->raddr);

	if (e->family != AF_INET6)
		return e->family;
	if ((local && (remote || is_unset(e->raddr))) || (remote && is_unset(e->laddr)))
		return AF_INET;
	return AF_INET6;
}

static __always_inline bool is_loopback(const __u8 addr[16], __u16 family)
{
	const __u32 *word = (const __u32 *)addr;

	if (family == AF_INET)
		return addr[0] == 127;
	if (is_mapped(addr))
		return addr[12] == 127;
	return !word[0] && !word[1] && !word[2] && word[3] == bpf_htonl(1);
}

/* Of each side that has ranges one must match: `any` either port, `local`, `remote`. */
static __always_inline bool wanted_ports(__u16 lport, __u16 rport)
{
	__u32 asked = 0, matched = 0;

	for (__u32 i = 0; i < EVENT_PORT_RANGES && i < port_range_count; i++) {
		const volatile struct event_port_range *r = &port_ranges[i];
		bool local = lport >= r->from && lport <= r->to;
		bool remote = rport >= r->from && rport <= r->to;
		__u32 side = r->side;

		asked |= side;
		if ((side == EVENT_PORT_LOCAL && local) || (side == EVENT_PORT_REMOTE && remote) ||
			(side == EVENT_PORT_ANY && (local || remote)))
			matched |= side;
	}
	return asked == matched;
}

static __always_inline bool wanted_session(const struct event_session *e)
{
	__u32 zero = 0;

	if (only_family && family_within(e) != only_family)
		return false;
	if (only_pids && !bpf_map_lookup_elem(&wanted_pids, &e->tgid))
		return false;
	if (only_cgroup && bpf_current_task_under_cgroup(&wanted_cgroup, zero) != 1)
		return false;
	if (no_loopback && (is_loopback(e->raddr, e->family) || is_loopback(e->laddr, e->family)))
		return false;
	return !port_range_count || wanted_ports(e->lport, e->rport);
}

static __always_inline bool wanted_container(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 key;

	if ((only_cgroup_ids || only_mount_namespaces) && task->tgid == own_tgid)
		return true; /* the self-test is told apart later */
	if (only_cgroup_ids) {
		key = task->cgroups->dfl_cgrp->kn->id;
		if (!bpf_map_lookup_elem(&wanted_cgroup_ids, &key))
			return false;
	}
	if (only_mount_namespaces) {
		key = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
		if (!bpf_map_lookup_elem(&wanted_mount_namespaces, &key))
			return false;
	}
	return true;
}

#endif
