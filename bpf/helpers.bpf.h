/* SPDX-License-Identifier: GPL-2.0 */
/* helpers.bpf.h: what every BPF file here includes first: kernel types, libbpf's helpers. */
#ifndef BPF_HELPERS_H
#define BPF_HELPERS_H

#include "kernel_types.h"

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <linux/ptrace.h>
#include <stdbool.h>
#include <stddef.h>

#endif
