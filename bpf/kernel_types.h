/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel_types.h: the few kernel structures that the probes look into, each with the few fields
 * they need. CO-RE relocates the accesses to the running kernel's layout, so that no BTF is needed
 * on the machine that builds. Field names are those of kernels 5.11 to 6.18.
 */
#ifndef BPF_KERNEL_TYPES_H
#define BPF_KERNEL_TYPES_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	__u64 id;
};

struct cgroup_root {
	int hierarchy_id; /* 0: the unified one */
};

struct cgroup {
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct io_uring_task;

struct task_struct {
	unsigned int flags;
	int tgid;
	struct task_struct *group_leader;
	__u64 start_boottime;
	__u64 self_exec_id;
	struct css_set *cgroups;
	struct nsproxy *nsproxy;
	struct io_uring_task *io_uring; /* since the thread first used it */
	char comm[16];
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	__u8 s6_addr[16];
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	unsigned short skc_family;
	unsigned long skc_flags;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

typedef struct {
	int owned;
} socket_lock_t;

struct sock {
	struct sock_common __sk_common;
	socket_lock_t sk_lock;
	__u16 sk_type;
	__u16 sk_protocol;
};

struct inet_connection_sock {
	const void *icsk_ulp_ops;
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u32 copied_seq;
	__u32 rcv_nxt;
	__u8 repair : 1;
};

struct inet_sock {
	struct sock sk;
	__be16 inet_sport;
};

struct socket {
	struct sock *sk;
};

struct msghdr {
	void *msg_name;
};

struct tcp_zerocopy_receive {
	__u32 length;
	__s32 copybuf_len;
};

struct page;
struct pipe_inode_info;

#pragma clang attribute pop

/* These two are the same everywhere, for ever. */
struct sockaddr_in {
	__u16 sin_family;
	__be16 sin_port;
	__be32 sin_addr;
};

struct sockaddr_in6 {
	__u16 sin6_family;
	__be16 sin6_port;
	__be32 sin6_flowinfo;
	__u8 sin6_addr[16];
};

#define AF_INET  2
#define AF_INET6 10

#define SOCK_STREAM 1
#define SOCK_DGRAM  2

#define SOCK_DONE 1 /* of the flags: the other end's FIN has come */

#define PF_IO_WORKER 0x10

#define MSG_PEEK     0x2
#define MSG_ERRQUEUE 0x2000

#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT    2

#define IPPROTO_TCP   6
#define IPPROTO_UDP   17
#define IPPROTO_MPTCP 262

#endif
