// SPDX-License-Identifier: GPL-2.0
/*
 * tcptop.bpf.c: where the kernel calls us: each return of a TCP send or receive, and on request
 * UDP.
 *
 * Three sets of hooks see the same calls, and one of them is loaded (record/tracer.c chooses): the
 * socket tracepoints; the exits of the inet functions below them; kprobes on the same functions.
 * Beside the first, exits or inference add what it misses. All run in the calling process's
 * context.
 */
#include "events.h"
#include "helpers.bpf.h"
#include "infer.bpf.h"
#include "session.bpf.h"
#include "udp.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Set before loading. */
const volatile __u32 with_udp;
const volatile __u32 tcp_by_tracepoint; /* 1: function exits are for UDP and splice only */
const volatile __u32 udp_by_function;   /* 1: the tracepoints leave UDP to the function exits */
const volatile __u32 with_inference;

/* --- From a call to an event --------------------------------------------------------------- */

static __always_inline bool counts(int ret, int flags)
{
	return ret > 0 && !(flags & (MSG_PEEK | MSG_ERRQUEUE));
}

static __always_inline bool is_inet(__u16 family)
{
	return family == AF_INET || family == AF_INET6;
}

/* A raw socket may be of either protocol, too, and sees packets of everybody. */
static __always_inline bool is_tcp(__u16 type, __u16 proto)
{
	return type == SOCK_STREAM && (proto == IPPROTO_TCP || proto == IPPROTO_MPTCP);
}

static __always_inline bool is_udp(__u16 type, __u16 proto)
{
	return type == SOCK_DGRAM && proto == IPPROTO_UDP;
}

static __always_inline int emit(__u32 session, int ret, __u32 dir)
{
	if (session == NOT_WANTED)
		return 0;
	if (session == OWN) {
		count_own(ret, dir);
		return 0;
	}
	if (!session) {
		count_lost(EVENT_LOST_RING, ret, dir);
		return 0;
	}
	return emit_call(session, ret, dir, 0);
}

static __always_inline int emit_for(struct sock *sk, struct socket_uses *all, int ret, __u32 dir)
{
	if (!wanted_container())
		return 0;
	if (!all) {
		count_lost(EVENT_LOST_MEMORY, ret, dir);
		return 0;
	}
	return emit(find_session(sk, all), ret, dir);
}

/* A call on a socket that the verifier knows; the hot path. */
static __always_inline int call_returned(struct sock *sk, int ret, __u32 dir)
{
	return emit_for(
		sk, bpf_sk_storage_get(&uses, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE), ret, dir);
}

static __always_inline int datagram_returned(
	struct sock *sk, struct msghdr *msg, int ret, __u32 dir)
{
	return wanted_container() ? emit(find_datagram_session(sk, msg), ret, dir) : 0;
}

/* --- Tracepoints: kernels from 6.3 ---------------------------------------------------------- */

static __always_inline int tracepoint_hit(struct sock *sk, int ret, int flags, __u32 dir)
{
	__u16 type = sk->sk_type, proto = sk->sk_protocol;

	if (!counts(ret, flags) || !is_inet(sk->__sk_common.skc_family))
		return 0;
	if (with_udp && !udp_by_function && is_udp(type, proto))
		return datagram_returned(sk, NULL, ret, dir);
	return is_tcp(type, proto) ? call_returned(sk, ret, dir) : 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(sock_send_length, struct sock *sk, int ret, int flags)
{
	return tracepoint_hit(sk, ret, 0, EVENT_TX); /* the flags of a send are always 0 here */
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(sock_recv_length, struct sock *sk, int ret, int flags)
{
	return tracepoint_hit(sk, ret, flags, 0);
}

SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(tcp_rcv_space_adjust, struct sock *sk)
{
	return position_moved(sk);
}

/*
 * Run once over the connections that are older than the recording. The kernel holds the socket's
 * lock here (bpf_iter_tcp_seq_show), as it does where position_moved() is called.
 */
SEC("iter/tcp")
int mark_connection(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct tcp_sock *tp = common ? bpf_skc_to_tcp_sock(common) : NULL;
	struct socket_uses *all;

	if (!tp)
		return 0;
	all = bpf_sk_storage_get(&uses, tp, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (all && !all->copied_known)
		mark_position(all, tp->copied_seq);
	return 0;
}

/* --- Function exits: prototypes are the same from 5.8 to 6.18 ------------------------------- */

static __always_inline int exit_hit(
	struct socket *sock, struct msghdr *msg, int ret, int flags, __u32 dir)
{
	struct sock *sk = sock->sk;
	__u16 type = sk->sk_type, proto = sk->sk_protocol;

	if (!counts(ret, flags) || !is_inet(sk->__sk_common.skc_family))
		return 0;
	if (with_udp && is_udp(type, proto))
		return datagram_returned(sk, msg, ret, dir);
	if (tcp_by_tracepoint || !is_tcp(type, proto))
		return 0;
	return call_returned(sk, ret, dir);
}

SEC("fexit/inet_sendmsg")
int BPF_PROG(inet_sendmsg, struct socket *sock, struct msghdr *msg, size_t size, int ret)
{
	return exit_hit(sock, msg, ret, 0, EVENT_TX);
}

SEC("fexit/inet6_sendmsg")
int BPF_PROG(inet6_sendmsg, struct socket *sock, struct msghdr *msg, size_t size, int ret)
{
	return exit_hit(sock, msg, ret, 0, EVENT_TX);
}

SEC("fexit/inet_recvmsg")
int BPF_PROG(inet_recvmsg, struct socket *sock, struct msghdr *msg, size_t size, int flags, int ret)
{
	return exit_hit(sock, msg, ret, flags, 0);
}

SEC("fexit/inet6_recvmsg")
int BPF_PROG(
	inet6_recvmsg, struct socket *sock, struct msghdr *msg, size_t size, int flags, int ret)
{
	return exit_hit(sock, msg, ret, flags, 0);
}

/* sendfile up to 6.4. MPTCP sends its pages through inet_sendmsg. */
SEC("fexit/inet_sendpage")
int BPF_PROG(inet_sendpage, struct socket *sock, struct page *page, int offset, size_t size,
	int flags, long ret)
{
	struct sock *sk = sock->sk;

	if (!counts(ret, 0) || sk->sk_type != SOCK_STREAM || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	return call_returned(sk, ret, EVENT_TX);
}

/* Not sock_splice_read: that would count MPTCP a second time. */
SEC("fexit/tcp_splice_read")
int BPF_PROG(tcp_splice_read, struct socket *sock, long long *position,
	struct pipe_inode_info *pipe, size_t len, unsigned int flags, long ret)
{
	return counts(ret, 0) ? call_returned(sock->sk, ret, 0) : 0;
}

SEC("fexit/tcp_zerocopy_receive")
int BPF_PROG(
	tcp_zerocopy_receive, struct sock *sk, struct tcp_zerocopy_receive *zc, void *tss, int ret)
{
	int bytes = ret ? 0 : zc->length;

	if (!ret && zc->copybuf_len > 0) /* or an errno: the pages count */
		bytes += zc->copybuf_len;
	return counts(bytes, 0) ? call_returned(sk, bytes, 0) : 0;
}

/* --- Where sockets have no storage ----------------------------------------------------------- */

#define MAX_SOCKETS 65536

/* By address; tcp_destroy_sock takes the sockets away, those of MPTCP the next connection. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_SOCKETS);
	__type(key, __u64);
	__type(value, struct socket_uses);
} uses_by_address SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct socket_uses);
} no_uses SEC(".maps");

static __always_inline struct socket_uses *uses_at(__u64 sk)
{
	struct socket_uses *all = bpf_map_lookup_elem(&uses_by_address, &sk), *none;
	__u32 zero = 0;

	if (all)
		return all;
	none = bpf_map_lookup_elem(&no_uses, &zero);
	if (none)
		bpf_map_update_elem(&uses_by_address, &sk, none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&uses_by_address, &sk);
}

/*
 * In a module, and there a program must not use socket storage: for a function that is not in the
 * kernel proper, bpf_sk_storage_tracing_allowed() looks its name up in the wrong place and may
 * bring the kernel down while it loads the program (seen on 6.1 and 6.12).
 */
SEC("fexit/tls_sw_splice_read")
int BPF_PROG(tls_sw_splice_read, struct socket *sock, long long *position,
	struct pipe_inode_info *pipe, size_t len, unsigned int flags, long ret)
{
	struct sock *sk = sock->sk;

	return counts(ret, 0) ? emit_for(sk, uses_at((__u64)sk), ret, 0) : 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcp_destroy_sock, struct sock *sk)
{
	__u64 address = (__u64)sk;

	bpf_map_delete_elem(&uses_by_address, &address);
	return 0;
}

/* --- kprobes: where neither tracepoints nor function exits are to be had --------------------- */

#define MAX_CALLS 16384

/* A call between its entry and its return, by thread. */
struct pending {
	__u64 sk;
	__u64 msg;
	__u32 flags;
	__u32 dir;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH); /* a thread that ends in a call leaves its entry */
	__uint(max_entries, MAX_CALLS);
	__type(key, __u64);
	__type(value, struct pending);
} pending SEC(".maps");

static __always_inline int kprobe_enter(struct socket *sock, void *msg, int flags, __u32 dir)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct pending p = {.flags = flags, .msg = (__u64)msg, .dir = dir};
	struct sock *sk = BPF_CORE_READ(sock, sk);
	__u16 type = BPF_CORE_READ(sk, sk_type), proto = BPF_CORE_READ(sk, sk_protocol);

	p.sk = (__u64)sk;
	if (is_inet(BPF_CORE_READ(sk, __sk_common.skc_family)) &&
		(is_tcp(type, proto) || (with_udp && is_udp(type, proto))))
		bpf_map_update_elem(&pending, &thread, &p, BPF_ANY);
	else /* an entry whose return was missed must not meet this call's */
		bpf_map_delete_elem(&pending, &thread);
	return 0;
}

static __always_inline int kprobe_exit(int ret)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct pending *found = bpf_map_lookup_elem(&pending, &thread), p;
	struct sock *sk;

	if (!found)
		return 0;
	p = *found;
	bpf_map_delete_elem(&pending, &thread);
	if (!counts(ret, p.flags))
		return 0;
	sk = (struct sock *)p.sk;
	if (BPF_CORE_READ(sk, sk_protocol) == IPPROTO_UDP)
		return datagram_returned(sk, (struct msghdr *)p.msg, ret, p.dir);
	return emit_for(sk, uses_at(p.sk), ret, p.dir);
}

#define KPROBE_SEND(function)                                                                      \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(enter_##function, struct socket *sock, void *msg)                           \
	{                                                                                          \
		return kprobe_enter(sock, msg, 0, EVENT_TX);                                       \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(exit_##function, int ret)                                                \
	{                                                                                          \
		return kprobe_exit(ret);                                                           \
	}

#define KPROBE_RECEIVE(function)                                                                   \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(enter_##function, struct socket *sock, void *msg, size_t size, int flags)   \
	{                                                                                          \
		return kprobe_enter(sock, msg, flags, 0);                                          \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(exit_##function, int ret)                                                \
	{                                                                                          \
		return kprobe_exit(ret);                                                           \
	}

KPROBE_SEND(inet_sendmsg)
KPROBE_SEND(inet6_sendmsg)
KPROBE_RECEIVE(inet_recvmsg)
KPROBE_RECEIVE(inet6_recvmsg)

SEC("kprobe/inet_sendpage")
int BPF_KPROBE(enter_inet_sendpage, struct socket *sock)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);

	if (BPF_CORE_READ(sk, sk_protocol) == IPPROTO_MPTCP)
		return 0;
	return kprobe_enter(sock, NULL, 0, EVENT_TX);
}

SEC("kretprobe/inet_sendpage")
int BPF_KRETPROBE(exit_inet_sendpage, int ret)
{
	return kprobe_exit(ret);
}

SEC("kprobe/tcp_splice_read")
int BPF_KPROBE(enter_tcp_splice_read, struct socket *sock)
{
	return kprobe_enter(sock, NULL, 0, 0);
}

SEC("kretprobe/tcp_splice_read")
int BPF_KRETPROBE(exit_tcp_splice_read, int ret)
{
	return kprobe_exit(ret);
}

/* --- Sockets and cgroups come and go -------------------------------------------------------- */

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(inet_sock_set_state, struct sock *sk, int old_state, int new_state)
{
	__u64 address = (__u64)sk, create = 0;
	struct socket_uses *all;
	struct tcp_sock *tp;

	if (new_state != TCP_ESTABLISHED && new_state != TCP_SYN_SENT)
		return 0;
	bpf_map_delete_elem(&uses_by_address, &address);
	if (new_state == TCP_ESTABLISHED) {
		if (!with_inference)
			return 0;
		create = BPF_SK_STORAGE_GET_F_CREATE;
	}
	all = bpf_sk_storage_get(&uses, sk, NULL, create);
	if (all && new_state == TCP_SYN_SENT)
		forget_sessions(all);
	tp = all && create ? bpf_skc_to_tcp_sock(sk) : NULL;
	if (tp)
		mark_position(all, tp->copied_seq);
	return 0;
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	return cgroup->root->hierarchy_id ? 0 : emit_cgroup(cgroup->kn->id, path);
}

__u64 own_boot_ns; /* when find_own ran */

/* Run once by the recorder, as itself: its id as the kernel knows it, in whatever namespace. */
SEC("raw_tp")
int find_own(void *ctx)
{
	own_tgid = bpf_get_current_pid_tgid() >> 32;
	own_boot_ns = boot_now();
	return 0;
}
