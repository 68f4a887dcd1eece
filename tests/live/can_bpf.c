/* SPDX-License-Identifier: MIT */
/*
 * can_bpf: does this machine grant what a recorder needs? Exit status 0, or 1 and the reason.
 *
 * Asked apart from tcptop-record, so that a broken recorder fails its tests and skips none.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static const char *refused(const char *what)
{
	static char text[128];

	snprintf(text, sizeof(text), "no BPF here: %s: %s", what, strerror(errno));
	return text;
}

/* NULL where granted. Descriptors last as long as the process. */
static const char *reason(void)
{
	struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = (uintptr_t)program,
		.insn_cnt = 2,
		.license = (uintptr_t) "GPL",
	};
	union bpf_attr ring = {.map_type = BPF_MAP_TYPE_RINGBUF, .max_entries = 1 << 16};
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	if (bpf(BPF_PROG_LOAD, &load) < 0)
		return refused("loading a program");
	if (bpf(BPF_MAP_CREATE, &ring) < 0)
		return refused("making a ring");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return refused("/sys/kernel/btf/vmlinux");
	return NULL;
}

int main(void)
{
	const char *why = reason();

	if (why)
		puts(why);
	return why ? 1 : 0;
}
