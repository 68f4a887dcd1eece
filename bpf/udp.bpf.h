/* SPDX-License-Identifier: GPL-2.0 */
/*
 * udp.bpf.h: whose datagram it is. For tcptop.bpf.c.
 *
 * A UDP socket may change its peer with each datagram and at each connect(), and no hook tells when
 * it goes; so sessions are kept by address and peer, not with the socket.
 */
#ifndef BPF_UDP_H
#define BPF_UDP_H

#include "session.bpf.h"

#define MAX_PEERS 16384

struct peer_key {
	__u64 sk;
	__u8 laddr[16], addr[16]; /* connect() changes its own address, too */
	__u32 tgid;
	__u32 netns;
	__u16 port, lport;
	__u16 family;
	__u16 unused;
};

/* Forgetting one costs no more than a second definition. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_PEERS);
	__type(key, struct peer_key);
	__type(value, struct use);
} peers SEC(".maps");

/* From the message's address; false if it has none. */
static __always_inline bool peer_of_message(struct msghdr *msg, struct peer *peer)
{
	void *name = msg ? BPF_CORE_READ(msg, msg_name) : NULL;
	struct sockaddr_in in = {};
	struct sockaddr_in6 in6 = {};

	if (!name || bpf_probe_read_kernel(&in, sizeof(in), name))
		return false;
	if (in.sin_family == AF_INET) {
		__builtin_memcpy(peer->addr, &in.sin_addr, 4);
	} else if (in.sin_family == AF_INET6) {
		if (bpf_probe_read_kernel(&in6, sizeof(in6), name))
			return false;
		__builtin_memcpy(peer->addr, in6.sin6_addr, 16);
	} else {
		return false;
	}
	peer->port = bpf_ntohs(in.sin_port);
	peer->family = in.sin_family;
	return true;
}

/* Where it is connected to; zeros if it is not. */
static __always_inline void peer_of_socket(struct sock *sk, struct peer *peer)
{
	__be16 dport = BPF_CORE_READ(sk, __sk_common.skc_dport);

	peer->port = bpf_ntohs(dport);
	peer->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (peer->family == AF_INET6)
		BPF_CORE_READ_INTO(&peer->addr, sk, __sk_common.skc_v6_daddr);
	else
		BPF_CORE_READ_INTO((__be32 *)peer->addr, sk, __sk_common.skc_daddr);
}

/* msg may be NULL: then only a connected socket's peer is known. */
static __always_inline __u32 find_datagram_session(struct sock *sk, struct msghdr *msg)
{
	struct peer_key key = {};
	struct peer it = {}, *peer = &it;
	struct use me, *use;

	if (!peer_of_message(msg, peer))
		peer_of_socket(sk, peer);
	who_am_i(&me);
	key.sk = (__u64)sk;
	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET6)
		BPF_CORE_READ_INTO(&key.laddr, sk, __sk_common.skc_v6_rcv_saddr);
	else
		BPF_CORE_READ_INTO((__be32 *)key.laddr, sk, __sk_common.skc_rcv_saddr);
	__builtin_memcpy(key.addr, peer->addr, 16);
	key.tgid = me.tgid;
	key.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	key.port = peer->port;
	key.family = peer->family;
	key.lport = BPF_CORE_READ((struct inet_sock *)sk, inet_sport);
	use = bpf_map_lookup_elem(&peers, &key);
	if (use && use->session && same_process(use, &me))
		return use->session;
	me.session = define_session(sk, &me, peer);
	if (me.session)
		bpf_map_update_elem(&peers, &key, &me, BPF_ANY);
	return me.session;
}

#endif
