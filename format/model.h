/* SPDX-License-Identifier: MIT */
/*
 * model.h: what a recording is made of, in memory.
 *
 * The writer takes these, the reader gives them back; record/, report/ and tests include it.
 * Nothing here has the layout of the file: FORMAT.md and the codecs beside it own that.
 *
 * Times named *_us are microseconds of the recorder's boot clock (CLOCK_BOOTTIME, which goes on
 * during suspend and is never set); wall times are microseconds since 1970-01-01 00:00 UTC.
 * Strings end with NUL and hold any other byte: whoever prints them escapes them.
 */
#ifndef FORMAT_MODEL_H
#define FORMAT_MODEL_H

#include <stdint.h>

enum {
	NAME_SIZE = 64,           /* a process name with its NUL; the kernel's own limit is 16 */
	PATH_SIZE = 4096,         /* a cgroup path with its NUL */
	TEXT_SIZE = 65536,        /* any text of the header with its NUL */
	BLOCK_SAMPLES = 65536,    /* samples in a block, at the most */
	GROUP_SESSIONS = 1 << 16, /* sessions in a group, at the most */
};

enum direction {
	DIR_RX = 0,
	DIR_TX = 1,
};

/* IP protocol numbers, as in the kernel's sk_protocol. */
enum proto {
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_MPTCP = 262,
};

/* A process as it was when the session was defined; a changed name, exec or cgroup is another. */
struct process {
	uint32_t pid;       /* the thread group's id, in the recorder's pid namespace's root */
	uint64_t start_us;  /* boot clock; tells a reused pid from its former owner */
	uint64_t cgroup_id; /* 0: unknown */
	const char *cgroup; /* path from the root of the unified hierarchy; "": not resolved */
	char comm[NAME_SIZE];
};

struct connection {
	uint16_t proto;               /* enum proto */
	uint8_t family;               /* 4 or 6; a mapped address (::ffff:a.b.c.d) is 4 */
	uint8_t laddr[16], raddr[16]; /* network order; IPv4 in the first four bytes, the rest 0 */
	uint16_t lport, rport;        /* host order */
	uint64_t netns;               /* inode number of the network namespace; 0: unknown */
};

/* Whose bytes, and to whom. */
struct session {
	struct process process;
	struct connection conn;
};

enum sample_flags {
	SAMPLE_INFERRED = 1, /* reckoned from socket state, not seen at a call */
};

/* One or more calls of one session in one direction. */
struct sample {
	uint64_t time_us; /* when the (last) call returned */
	uint64_t bytes;   /* that the calls returned, in all */
	uint32_t session; /* writer: its handle; reader: index into the group's sessions */
	uint32_t calls;   /* 1, or more where calls were gathered under overload */
	uint8_t dir;      /* enum direction */
	uint8_t flags;    /* enum sample_flags */
};

/* Calls and bytes per direction, index enum direction. */
struct volume {
	uint64_t calls[2];
	uint64_t bytes[2];
};

/* Adds up; takes away what had been added. */
void volume_add(struct volume *to, const struct volume *v);
void volume_subtract(struct volume *from, const struct volume *v);

/* Why something that happened is not in the samples. Never renumbered. */
enum lost_cause {
	LOST_RING = 1,    /* a full ring */
	LOST_SESSION = 2, /* a sample whose session's definition was itself lost */
	LOST_DISK = 3,    /* a block that could not be written */
	LOST_HOOK = 4,    /* the kernel skipped the probe (recursion, no free kretprobe instance) */
	LOST_MEMORY = 5,  /* the recorder had no memory for a session */
};

/* What was lost between two moments. calls may be 0 with bytes known, or the other way round. */
struct loss {
	uint64_t from_us, to_us;
	struct volume volume;
	uint32_t cause; /* enum lost_cause */
	uint32_t cpu;   /* UINT32_MAX: not of one CPU */
};

/* /proc/loadavg at a moment. */
struct load {
	uint64_t time_us;
	uint32_t avg[3]; /* over 1, 5, 15 minutes, in hundredths */
	uint32_t running, threads, last_pid;
};

/* What is true of the whole recording; repeated at the start of each group. */
struct header {
	uint64_t recording;    /* random; in each block, so that strange blocks are told apart */
	uint64_t start_us;     /* when the recording began */
	int64_t start_wall_us; /* the same moment on the wall clock */
	int32_t zone_offset_s; /* the host's zone, seconds east of UTC, when this group began */
	uint32_t cpus;         /* possible CPUs */
	uint64_t series;       /* random; of the files that follow each other; 0: the only file */
	uint32_t part;         /* which of them this is, from 0 on */
	const char *zone;      /* its name, such as "CET" */
	const char *host;      /* node name */
	const char *boot_id;   /* /proc/sys/kernel/random/boot_id */
	const char *kernel;    /* release and machine, such as "6.12.48 x86_64" */
	const char *tool;      /* name and version of the recorder */
	const char *command;   /* its command line, words quoted where needed */
	const char *filters;   /* what was left out on purpose, "" for nothing */
	const char *hooks;     /* how calls were seen, such as "tracepoint" */
	const char *selftest;  /* whether the hooks saw the recorder's own test, a line each */
	const char *coverage;  /* what these hooks see and what not, a line each */
};

/* Running totals from the recording's start. */
struct totals {
	uint64_t samples;
	uint64_t sessions; /* definitions; one that lives through several groups counts once */
	struct volume volume;
	struct volume lost;
};

/* What a session did in a group. */
struct session_sum {
	struct volume volume;
	uint64_t samples;
	uint64_t first_us, last_us;
};

#endif
