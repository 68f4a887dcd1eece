/* SPDX-License-Identifier: MIT */
/*
 * empty_probe.c: the least that any recorder at these places can cost: programs at the tracepoints
 * sock_send_length and sock_recv_length that do nothing. Says "ready", then waits for a signal.
 *
 * Usage: empty_probe [--check]
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int attach(const struct btf *btf, const char *tracepoint)
{
	/* r0 = 0; exit */
	static const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_RAW_TP);
	char name[64];
	int type, program;

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	type = btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
	if (type < 0)
		return type;
	opts.attach_btf_id = (__u32)type;
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "empty", "GPL", nothing, 2, &opts);
	if (program < 0)
		return program;
	return bpf_raw_tracepoint_open(NULL, program);
}

int main(int argc, char **argv)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int err = btf ? 0 : -errno;

	if (!err)
		err = attach(btf, "sock_send_length");
	if (err >= 0)
		err = attach(btf, "sock_recv_length");
	btf__free(btf);
	if (err < 0) {
		fprintf(stderr, "empty_probe: %s\n", strerror(-err));
		return 1;
	}
	if (argc > 1 && !strcmp(argv[1], "--check"))
		return 0;
	fprintf(stderr, "ready\n");
	pause();
	return 0;
}
