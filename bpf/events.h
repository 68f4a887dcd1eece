/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * events.h: what the probes hand to record/: calls, sessions and cgroups, sums and counters. Never
 * on disk.
 *
 * Fixed-width fields without holes: both sides are compiled apart. Byte order is the machine's.
 */
#ifndef BPF_EVENTS_H
#define BPF_EVENTS_H

#include <linux/types.h>

#define EVENT_COMM_SIZE 16

/*
 * A call that moved bytes, in the ring of the CPU where it returned. A ring is a power of two of
 * these, used round and round; struct event_position tells how far.
 */
struct event_call {
	__u64 stamp;     /* boot clock in ns, and two flags; written last */
	__u32 session;   /* never 0; unique until 2^32 sessions have been */
	__u32 bytes_dir; /* low 31 bits: what the call returned; EVENT_TX: it was a send */
};

#define EVENT_TX               0x80000000u
#define EVENT_BYTES(bytes_dir) ((bytes_dir) & ~EVENT_TX)

/* Set in the first round over a ring, clear in the second, and so on: so a place that is only taken
 * is told from one that is written. */
#define EVENT_ROUND     0x8000000000000000ull
#define EVENT_INFERRED  0x4000000000000000ull /* reckoned from socket state instead of seen */
#define EVENT_NS(stamp) ((stamp) & ~(EVENT_ROUND | EVENT_INFERRED))

/* Where a CPU's ring stands, in places since the beginning. Each side has a cache line to write. */
struct event_position {
	__u64 taken; /* by the probes, to be written */
	__u64 unused[7];
	__u64 read; /* by user space, to be used again */
	__u64 unused_too[7];
};

/* Defines a session; comes before its first call. By a BPF ring buffer that all CPUs share. */
struct event_session {
	__u64 start_ns;  /* of the process, boot clock */
	__u64 cgroup_id; /* in the unified hierarchy */
	__u32 session;
	__u32 generation; /* when it was defined, see session.bpf.h */
	__u32 tgid;
	__u32 netns; /* inode number */
	__u16 proto;
	__u16 family;               /* AF_INET or AF_INET6, the socket's own */
	__u16 lport, rport;         /* host order */
	__u8 laddr[16], raddr[16];  /* network order; AF_INET in the first four bytes */
	__u8 comm[EVENT_COMM_SIZE]; /* the process's, not the thread's */
};

#define EVENT_PATH_SIZE 256

/*
 * A cgroup of the unified hierarchy was made; it may be gone again before anybody can look. By the
 * same ring buffer; its size tells it from a session.
 */
struct event_cgroup {
	__u64 id;
	char path[EVENT_PATH_SIZE]; /* ends with NUL; a longer one is not sent */
};

/*
 * What found no room in the rings, summed by session: an open hash table in mapped memory. A probe
 * takes a free place of the EVENT_OVERFLOW_PLACES from session % entries on, and adds. User space
 * reads the growing sums as they are, and frees a place only when no probe can still be adding.
 */
struct event_overflow {
	__u32 session;  /* 0: free */
	__u32 defined;  /* 1: `definition` is whole, since the ring had no room for it either */
	__u32 inferred; /* 1: some of it is */
	__u32 unused;
	__u64 calls[2]; /* received, sent */
	__u64 bytes[2];
	__u64 last_ns; /* the latest call */
	struct event_session definition;
};

#define EVENT_OVERFLOW_PLACES 8

/* Why a call is neither in a ring nor gathered. */
#define EVENT_LOST_RING   0 /* both were full */
#define EVENT_LOST_MEMORY 1 /* no memory to keep a session with its socket */
#define EVENT_LOST_CAUSES 2

/* One CPU's counters, that only ever grow. Read from mapped memory. */
struct event_counters {
	__u64 lost_calls[EVENT_LOST_CAUSES][2]; /* by direction: received, sent */
	__u64 lost_bytes[EVENT_LOST_CAUSES][2];
	__u64 own_calls[2]; /* the recorder's own, which are not recorded: its self-test */
	__u64 own_bytes[2];
	__u64 gathered;  /* calls; tells user space when to look at the table */
	__u64 unused[3]; /* to whole cache lines */
};

/* A filter on ports; a range matches from `from` to `to`. */
struct event_port_range {
	__u16 from, to;
	__u32 side;
};

#define EVENT_PORT_ANY    1
#define EVENT_PORT_LOCAL  2
#define EVENT_PORT_REMOTE 4
#define EVENT_PORT_RANGES 32

/* Processes in a filter, at the most. */
#define EVENT_FILTER_PIDS 1024

#endif
