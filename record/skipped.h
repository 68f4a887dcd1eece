/* SPDX-License-Identifier: MIT */
/*
 * skipped.h: how many calls the kernel ran no probe for, by its own count. Part of the tracer: for
 * tracer.c.
 */
#ifndef RECORD_SKIPPED_H
#define RECORD_SKIPPED_H

#include <stdint.h>

struct tcptop_bpf;

/* Both add to calls[], as tracer_skipped() has them. */

/* A program that would have interrupted itself. 0, or a negative errno. */
int skipped_by_programs(const struct tcptop_bpf *bpf, uint64_t calls[2]);
/* A kretprobe without a free instance; this count goes with the link, when it is detached. */
void skipped_by_links(const struct tcptop_bpf *bpf, uint64_t calls[2]);

#endif
