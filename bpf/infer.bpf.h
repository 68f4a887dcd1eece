/* SPDX-License-Identifier: GPL-2.0 */
/*
 * infer.bpf.h: receives that the socket tracepoints do not see, where no function may be probed:
 * splice from a socket to a pipe, sendfile to a pipe, and TCP_ZEROCOPY_RECEIVE. For tcptop.bpf.c.
 *
 * Whatever takes bytes from a TCP socket moves its copied_seq and then calls
 * tcp_rcv_space_adjust(), under the socket's lock (net/ipv4/tcp.c: tcp_recvmsg_locked,
 * tcp_read_sock, tcp_zerocopy_receive). The caller's system call tells which one it was: what
 * recvmsg took is seen anyhow, what splice, sendfile and getsockopt took is the distance that
 * copied_seq has gone since the last time. One call may take several steps; so these samples are
 * marked.
 */
#ifndef BPF_INFER_H
#define BPF_INFER_H

#include "session.bpf.h"

struct pt_regs___x86 {
	unsigned long orig_ax;
} __attribute__((preserve_access_index));

struct pt_regs___arm64 {
	int syscallno;
} __attribute__((preserve_access_index));

struct bpf_iter__tcp {
	struct sock_common *sk_common;
} __attribute__((preserve_access_index));

/* io_uring receives in whatever system call its thread happens to be in, or inherited. */
static __always_inline bool has_io_uring(struct task_struct *task)
{
	if (task->flags & PF_IO_WORKER)
		return true;
	return bpf_core_field_exists(task->io_uring) && task->io_uring;
}

/* The current system call is one whose bytes no tracepoint shows. 32-bit programs are not told. */
static __always_inline bool in_unseen_call(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	void *regs = (void *)bpf_task_pt_regs(task);
	bool unseen;

#if defined(__TARGET_ARCH_x86)
	unsigned long nr = ((struct pt_regs___x86 *)regs)->orig_ax;

	unseen = nr == 275 || nr == 40 || nr == 55; /* splice, sendfile, getsockopt */
#elif defined(__TARGET_ARCH_arm64)
	int nr = ((struct pt_regs___arm64 *)regs)->syscallno;

	unseen = nr == 76 || nr == 71 || nr == 209;
#else
	unseen = false;
#endif
	return unseen && !has_io_uring(task);
}

/* From here on the socket's position is known. */
static __always_inline void mark_position(struct socket_uses *all, __u32 copied_seq)
{
	all->copied_seq = copied_seq;
	all->copied_known = 1;
}

static __always_inline int position_moved(struct sock *sk)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	struct socket_uses *all;
	__u32 bytes, session;

	if (!tp)
		return 0;
	all = bpf_sk_storage_get(&uses, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!all)
		return 0;
	bytes = all->copied_known ? tp->copied_seq - all->copied_seq : 0;
	mark_position(all, tp->copied_seq);
	/* What kernel TLS takes is cipher text; MPTCP moves its subflows' bytes by itself. A socket
	 * that nobody has locked is emptied as packets come, in whatever call that interrupts. */
	if (!bytes || !in_unseen_call() || tp->inet_conn.icsk_ulp_ops || !sk->sk_lock.owned)
		return 0;
	/* The end of the stream takes a number as well; a reset or shutdown() is no such end. */
	if ((sk->__sk_common.skc_flags & 1ul << SOCK_DONE) && tp->copied_seq == tp->rcv_nxt)
		bytes--;
	if (!bytes || bytes > 0x7fffffff || !wanted_container())
		return 0;
	session = find_session(sk, all);
	if (session == NOT_WANTED || session == OWN)
		return 0;
	if (!session) {
		count_lost(EVENT_LOST_RING, bytes, 0);
		return 0;
	}
	return emit_call(session, bytes, 0, EVENT_INFERRED);
}

#endif
