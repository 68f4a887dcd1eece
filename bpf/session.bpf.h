/* SPDX-License-Identifier: GPL-2.0 */
/*
 * session.bpf.h: whose call it is. For tcptop.bpf.c.
 *
 * What a session needs beyond the bytes and the time is read once, when a process first uses a
 * socket, and kept with the socket; each call then only compares who is calling. A session that the
 * filters do not want is kept as well, as such.
 */
#ifndef BPF_SESSION_H
#define BPF_SESSION_H

#include "emit.bpf.h"
#include "filter.bpf.h"

/* Instead of a session's id. */
#define NOT_WANTED     0xffffffffu /* filtered out */
#define OWN            0xfffffffeu /* the recorder's */
#define NOT_YET        0xfffffffcu /* being put together */
#define BEING_REPLACED 0xfffffffdu
#define LAST_SESSION   0xfffffff0u

__u64 sessions; /* defined so far; 2^32 is no multiple of LAST_SESSION */

/*
 * User space counts this up now and then: each session that is still in use is then defined anew,
 * and of those that are not it can forget the definitions. So a closed socket need not be told of.
 */
__u32 generation;

/* A process's use of a socket. Its fields tell whether the session is still the same. */
struct use {
	__u64 start_ns;
	__u64 exec_id;
	__u64 cgroup_id;
	__u64 comm[2];
	__u32 tgid;
	__u32 generation;
	__u32 session; /* 0: none; or one of those above */
};

/* Sockets are sometimes shared, by fork or passing; so many take turns without new sessions. */
#define USES 4

struct socket_uses {
	struct use use[USES];
	__u32 next;       /* the one to replace */
	__u32 copied_seq; /* see infer.bpf.h */
	__u32 copied_known;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_uses);
} uses SEC(".maps");

/* The other end of a datagram, which need not be the socket's. */
struct peer {
	__u8 addr[16]; /* AF_INET: in the first four bytes */
	__u16 port;    /* host order */
	__u16 family;
};

static __always_inline void who_am_i(struct use *me)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct *leader = task->group_leader;

	me->start_ns = leader->start_boottime;
	me->exec_id = leader->self_exec_id;
	me->cgroup_id = task->cgroups->dfl_cgrp->kn->id;
	me->comm[0] = *(__u64 *)&leader->comm[0];
	me->comm[1] = *(__u64 *)&leader->comm[8];
	me->tgid = leader->tgid;
	me->generation = *(const volatile __u32 *)&generation;
}

static __always_inline bool same_process(const struct use *a, const struct use *b)
{
	return a->generation == b->generation && a->tgid == b->tgid && a->start_ns == b->start_ns &&
	       a->exec_id == b->exec_id && a->cgroup_id == b->cgroup_id &&
	       a->comm[0] == b->comm[0] && a->comm[1] == b->comm[1];
}

/* Probe reads throughout: kprobes come here with a socket that the verifier does not know. */
static __always_inline void describe_connection(struct sock *sk, struct event_session *e)
{
	__be16 sport, dport;

	e->proto = BPF_CORE_READ(sk, sk_protocol);
	e->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	e->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	/* Not skc_num: that is 0 once both ends have closed while data can still be read. */
	sport = BPF_CORE_READ((struct inet_sock *)sk, inet_sport);
	dport = BPF_CORE_READ(sk, __sk_common.skc_dport);
	e->lport = bpf_ntohs(sport);
	e->rport = bpf_ntohs(dport);
	if (e->family == AF_INET6) {
		BPF_CORE_READ_INTO(&e->laddr, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&e->raddr, sk, __sk_common.skc_v6_daddr);
	} else {
		BPF_CORE_READ_INTO((__be32 *)e->laddr, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)e->raddr, sk, __sk_common.skc_daddr);
	}
}

static __always_inline void describe_peer(const struct peer *peer, struct event_session *e)
{
	if (!peer)
		return;
	__builtin_memset(e->raddr, 0, sizeof(e->raddr));
	if (e->family == AF_INET6 && peer->family == AF_INET) {
		e->raddr[10] = e->raddr[11] = 0xff;
		__builtin_memcpy(e->raddr + 12, peer->addr, 4);
	} else {
		__builtin_memcpy(e->raddr, peer->addr, 16);
	}
	e->rport = peer->port;
}

/* A connection that is restored from a checkpoint: its queues are filled by calls that send. */
static __always_inline bool in_repair(struct sock *sk, const struct event_session *e)
{
	return e->proto == IPPROTO_TCP &&
	       BPF_CORE_READ_BITFIELD_PROBED((struct tcp_sock *)sk, repair);
}

/*
 * Defines a session. Answers its id, NOT_WANTED, NOT_YET, OWN, or 0 when there is no room. Ids
 * start again after LAST_SESSION; by then the sessions of the first round are long redefined.
 */
static __noinline __u32 define_session(
	struct sock *sk, const struct use *me, const struct peer *peer)
{
	struct event_session e;

	if (!me)
		return 0;
	__builtin_memset(&e, 0, sizeof(e));
	describe_connection(sk, &e);
	describe_peer(peer, &e);
	e.tgid = me->tgid;
	if (e.tgid == own_tgid)
		return OWN;
	if (!wanted_session(&e))
		return NOT_WANTED;
	if (in_repair(sk, &e))
		return NOT_YET;
	e.start_ns = me->start_ns + clock_offset;
	e.cgroup_id = me->cgroup_id;
	e.generation = me->generation;
	__builtin_memcpy(e.comm, me->comm, sizeof(e.comm));
	e.session = __sync_fetch_and_add(&sessions, 1) % LAST_SESSION + 1;
	return emit_definition(&e) ? e.session : 0;
}

/*
 * Keeps a session with its socket. Another CPU may be reading the place, or replacing it: whoever
 * does not get it goes without, and the session is merely defined once more.
 */
static __always_inline void keep(struct socket_uses *all, const struct use *me, __u32 session)
{
	struct use *use = &all->use[__sync_fetch_and_add(&all->next, 1) % USES];
	__u32 old = use->session;

	if (old == BEING_REPLACED)
		return;
	if (__sync_val_compare_and_swap(&use->session, old, BEING_REPLACED) != old)
		return;
	use->start_ns = me->start_ns;
	use->exec_id = me->exec_id;
	use->cgroup_id = me->cgroup_id;
	use->comm[0] = me->comm[0];
	use->comm[1] = me->comm[1];
	use->tgid = me->tgid;
	use->generation = me->generation;
	__sync_lock_test_and_set(&use->session, session);
}

/*
 * The session once more, after its process was compared: it may have been replaced in between.
 * x86 keeps the order of loads; elsewhere it takes a barrier, and BPF has those only in atomics.
 */
static __always_inline __u32 session_again(struct use *use)
{
#if defined(__TARGET_ARCH_x86)
	return *(volatile __u32 *)&use->session;
#else
	return __sync_fetch_and_add(&use->session, 0);
#endif
}

/* The session of the calling process on this socket, defined when new; 0: no room for it. */
static __always_inline __u32 find_session(struct sock *sk, struct socket_uses *all)
{
	struct use me;
	__u32 session;

	who_am_i(&me);
#pragma unroll
	for (int i = 0; i < USES; i++) {
		struct use *use = &all->use[i];

		session = *(volatile __u32 *)&use->session;
		if (session && session != BEING_REPLACED && same_process(use, &me) &&
			session == session_again(use))
			return session;
	}
	session = define_session(sk, &me, NULL);
	if (session == NOT_YET)
		return NOT_WANTED;
	if (session)
		keep(all, &me, session);
	return session;
}

/* A socket that is connected once more is another connection. */
static __always_inline void forget_sessions(struct socket_uses *all)
{
#pragma unroll
	for (int i = 0; i < USES; i++)
		all->use[i].session = 0;
}

#endif
