/* SPDX-License-Identifier: MIT */
/*
 * hooks.h: which of the probes in bpf/tcptop.bpf.c this kernel can carry, and which of those are
 * chosen. Asks the kernel's own type information and tries things out; never asks its version.
 * Part of the tracer: for tracer.c only.
 */
#ifndef RECORD_HOOKS_H
#define RECORD_HOOKS_H

#include "tracer.h"

#include <bpf/btf.h>

struct tcptop_bpf;

struct hooks {
	/* What the kernel grants. */
	bool tracepoints; /* sock_send_length and sock_recv_length (6.3) */
	bool functions;   /* inet(6)_sendmsg and recvmsg, as known */
	bool exits;       /* BPF at function exits (trampolines) */
	bool kprobes;
	bool splice, tls_splice, zerocopy, sendpage; /* functions of these names, as known */
	bool inference; /* this architecture's system call numbers are known */

	/* What was chosen. */
	enum hook hook; /* never HOOK_AUTO */
	bool udp;
};

/* Fills the first part. */
void hooks_probe(struct hooks *hooks, const struct btf *btf);

/* Fills the second. 0, or -ENOTSUP and one line in `error`. */
int hooks_choose(
	struct hooks *hooks, const struct tracer_options *options, char error[TRACER_ERROR_SIZE]);

/* Tells an opened, not yet loaded object what to load. */
void hooks_apply(const struct hooks *hooks, struct tcptop_bpf *bpf);

/* One word: tracepoint, fentry, kprobe. */
const char *hooks_name(const struct hooks *hooks);

/* What is seen and missed, a line each, into `text`. */
void hooks_coverage(const struct hooks *hooks, char *text, size_t size);

/* What the kernel grants, a line each, into `text`. */
void hooks_granted(const struct hooks *hooks, char *text, size_t size);

#endif
