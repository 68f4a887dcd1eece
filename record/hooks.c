/* SPDX-License-Identifier: MIT */
#include "hooks.h"

#include "tcptop.skel.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- What the kernel grants ------------------------------------------------------------------ */

static bool has_tracepoint(const struct btf *btf, const char *name)
{
	char type[64];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0;
}

/* The number of parameters tells prototypes apart well enough. */
static bool has_function(const struct btf *btf, const char *name, unsigned params)
{
	int id = btf ? btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) : -1;
	const struct btf_type *type;

	if (id < 0)
		return false;
	type = btf__type_by_id(btf, btf__type_by_id(btf, (uint32_t)id)->type);
	return type && btf_is_func_proto(type) && btf_vlen(type) == params;
}

static bool has_tls_splice(const struct btf *btf)
{
	struct btf *module;
	bool has = has_function(btf, "tls_sw_splice_read", 5);

	if (has)
		return true;
	module = btf__load_module_btf("tls", (struct btf *)btf);
	has = has_function(module, "tls_sw_splice_read", 5);
	btf__free(module);
	return has;
}

/* Loads and attaches a program that does nothing to the exit of a function that exists. */
static bool grants_exits(const struct btf *btf)
{
	const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int function = btf__find_by_name_kind(btf, "inet_recvmsg", BTF_KIND_FUNC);
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FEXIT,
		.attach_btf_id = function > 0 ? (uint32_t)function : 0);
	int program, link;

	if (function <= 0)
		return false;
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "tcptop_trial", "GPL", nothing, 2, &options);
	if (program < 0)
		return false;
	link = bpf_raw_tracepoint_open(NULL, program);
	close(program);
	if (link < 0)
		return false;
	close(link);
	return true;
}

void hooks_probe(struct hooks *h, const struct btf *btf)
{
	h->tracepoints =
		has_tracepoint(btf, "sock_send_length") && has_tracepoint(btf, "sock_recv_length");
	h->functions =
		has_function(btf, "inet_sendmsg", 3) && has_function(btf, "inet6_sendmsg", 3) &&
		has_function(btf, "inet_recvmsg", 4) && has_function(btf, "inet6_recvmsg", 4);
	h->exits = grants_exits(btf);
	h->kprobes = !access("/sys/bus/event_source/devices/kprobe/type", F_OK);
	h->splice = has_function(btf, "tcp_splice_read", 5);
	h->tls_splice = has_tls_splice(btf);
	h->zerocopy = has_function(btf, "tcp_zerocopy_receive", 3);
	h->sendpage = has_function(btf, "inet_sendpage", 5);
#if defined(__x86_64__) || defined(__aarch64__)
	h->inference = has_tracepoint(btf, "tcp_rcv_space_adjust");
#endif
}

/* --- What is chosen -------------------------------------------------------------------------- */

static int refuse(char error[TRACER_ERROR_SIZE], const char *why)
{
	snprintf(error, TRACER_ERROR_SIZE, "%s", why);
	return -ENOTSUP;
}

int hooks_choose(
	struct hooks *h, const struct tracer_options *options, char error[TRACER_ERROR_SIZE])
{
	bool automatic = options->hook == HOOK_AUTO;

	h->udp = options->udp;
	h->hook = options->hook;
	if (automatic && h->tracepoints)
		h->hook = HOOK_TRACEPOINT;
	else if (automatic && h->functions && h->exits)
		h->hook = HOOK_FENTRY;
	else if (automatic && h->functions && h->kprobes)
		h->hook = HOOK_KPROBE;
	switch (h->hook) {
	case HOOK_TRACEPOINT:
		if (h->tracepoints)
			return 0;
		return refuse(error, "this kernel has no tracepoints sock_send_length and "
				     "sock_recv_length (they came with 6.3); try --hook fentry or "
				     "--hook kprobe");
	case HOOK_FENTRY:
		if (h->functions && h->exits)
			return 0;
		return refuse(error, "this kernel grants no BPF programs at function exits (no "
				     "trampolines, or a policy forbids them); try --hook auto");
	case HOOK_KPROBE:
		if (h->functions && h->kprobes)
			return 0;
		return refuse(error, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS is needed); "
				     "try --hook auto");
	default:
		return refuse(error,
			"this kernel grants no way to see TCP calls: neither the "
			"socket tracepoints (6.3 and newer) nor programs at function "
			"exits nor kprobes; root's rights and a kernel with BTF and one "
			"of these are needed");
	}
}

static void load_only(struct bpf_program *program, bool wanted)
{
	bpf_program__set_autoload(program, wanted);
}

/* Splice and zero-copy are seen at function exits, or else inferred. */
static bool extra_exits(const struct hooks *h)
{
	return h->exits && h->hook != HOOK_KPROBE;
}

static bool infers(const struct hooks *h)
{
	return h->hook == HOOK_TRACEPOINT && !h->exits && h->inference;
}

static void apply_kprobes(const struct hooks *h, struct tcptop_bpf *bpf)
{
	bool kprobe = h->hook == HOOK_KPROBE;

	load_only(bpf->progs.enter_inet_sendmsg, kprobe);
	load_only(bpf->progs.exit_inet_sendmsg, kprobe);
	load_only(bpf->progs.enter_inet6_sendmsg, kprobe);
	load_only(bpf->progs.exit_inet6_sendmsg, kprobe);
	load_only(bpf->progs.enter_inet_recvmsg, kprobe);
	load_only(bpf->progs.exit_inet_recvmsg, kprobe);
	load_only(bpf->progs.enter_inet6_recvmsg, kprobe);
	load_only(bpf->progs.exit_inet6_recvmsg, kprobe);
	load_only(bpf->progs.enter_inet_sendpage, kprobe && h->sendpage);
	load_only(bpf->progs.exit_inet_sendpage, kprobe && h->sendpage);
	load_only(bpf->progs.enter_tcp_splice_read, kprobe && h->splice);
	load_only(bpf->progs.exit_tcp_splice_read, kprobe && h->splice);
	load_only(bpf->progs.tcp_destroy_sock, kprobe || (extra_exits(h) && h->tls_splice));
}

void hooks_apply(const struct hooks *h, struct tcptop_bpf *bpf)
{
	bool tracepoint = h->hook == HOOK_TRACEPOINT, fentry = h->hook == HOOK_FENTRY;
	bool udp_exits = tracepoint && h->udp && h->exits && h->functions;

	load_only(bpf->progs.sock_send_length, tracepoint);
	load_only(bpf->progs.sock_recv_length, tracepoint);
	load_only(bpf->progs.inet_sendmsg, fentry || udp_exits);
	load_only(bpf->progs.inet6_sendmsg, fentry || udp_exits);
	load_only(bpf->progs.inet_recvmsg, fentry || udp_exits);
	load_only(bpf->progs.inet6_recvmsg, fentry || udp_exits);
	load_only(bpf->progs.inet_sendpage, fentry && h->sendpage);
	load_only(bpf->progs.tcp_splice_read, extra_exits(h) && h->splice);
	load_only(bpf->progs.tls_sw_splice_read, extra_exits(h) && h->tls_splice);
	load_only(bpf->progs.tcp_zerocopy_receive, extra_exits(h) && h->zerocopy);
	load_only(bpf->progs.tcp_rcv_space_adjust, infers(h));
	load_only(bpf->progs.mark_connection, infers(h));
	apply_kprobes(h, bpf);
	bpf->rodata->with_udp = h->udp;
	bpf->rodata->tcp_by_tracepoint = tracepoint;
	bpf->rodata->udp_by_function = udp_exits;
	bpf->rodata->with_inference = infers(h);
}

/* --- In words -------------------------------------------------------------------------------- */

const char *hooks_name(const struct hooks *h)
{
	switch (h->hook) {
	case HOOK_FENTRY:
		return "fentry";
	case HOOK_KPROBE:
		return "kprobe";
	default:
		return "tracepoint";
	}
}

static void add(char *text, size_t size, const char *line)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%s", len ? "\n" : "", line);
}

static void cover_inference(char *text, size_t size)
{
	add(text, size,
		"inferred: splice from a TCP socket to a pipe, by the socket's position; its "
		"calls are steps of one");
	add(text, size, "inferred: TCP_ZEROCOPY_RECEIVE, by the socket's position");
	add(text, size,
		"missed: both by 32-bit programs, through io_uring and in threads that use it, "
		"and the first of a connection that is older than the recording, in other "
		"network namespaces than the recorder's");
}

static void cover_splice(const struct hooks *h, char *text, size_t size)
{
	if (h->splice && (extra_exits(h) || h->hook == HOOK_KPROBE))
		add(text, size, "seen: splice from a TCP socket to a pipe");
	else if (!infers(h))
		add(text, size, "missed: splice from a TCP socket to a pipe");
	if (h->zerocopy && extra_exits(h))
		add(text, size, "seen: TCP_ZEROCOPY_RECEIVE");
	else if (!infers(h))
		add(text, size, "missed: TCP_ZEROCOPY_RECEIVE");
	if (infers(h))
		cover_inference(text, size);
	if (!h->tls_splice || !extra_exits(h))
		add(text, size, "missed: splice from a kernel TLS socket to a pipe");
}

static void cover_udp(const struct hooks *h, char *text, size_t size)
{
	if (!h->udp)
		return;
	add(text, size, "seen: UDP datagrams with at least one byte");
	if (h->hook == HOOK_TRACEPOINT && !(h->exits && h->functions))
		add(text, size,
			"missed: the peer of UDP datagrams on sockets that are not "
			"connected (it shows as 0.0.0.0:0 or [::]:0)");
	else
		add(text, size,
			"missed: the peer of a UDP datagram that an unconnected socket "
			"receives without asking for its address");
}

void hooks_coverage(const struct hooks *h, char *text, size_t size)
{
	text[0] = '\0';
	add(text, size,
		"seen: send, write, sendmsg, sendmmsg, sendfile, splice to a socket, "
		"MSG_ZEROCOPY, fast open, io_uring");
	add(text, size, "seen: recv, read, recvmsg, recvmmsg, io_uring");
	add(text, size, "seen: MPTCP, on the connection as a whole; kernel TLS, as plain text");
	cover_splice(h, text, size);
	cover_udp(h, text, size);
	add(text, size,
		"missed: io_uring zero-copy receive, and receives by the kernel itself "
		"without a socket call (nvme-tcp, iSCSI, RDS)");
	if (h->hook != HOOK_TRACEPOINT)
		add(text, size, "missed: a call that was already waiting when the recording began");
	if (h->hook == HOOK_TRACEPOINT && h->sendpage) /* 6.3 and 6.4 have both */
		add(text, size,
			"not exact: this kernel shows sendfile on MPTCP twice, and what it sends "
			"by pages itself not at all");
	if (h->hook == HOOK_KPROBE)
		add(text, size,
			"not exact: when very many threads wait in receives, kretprobe "
			"runs out of instances, and kernels before 6.7 do not say for how many");
	add(text, size, "left out: the recorder's own traffic");
}

void hooks_granted(const struct hooks *h, char *text, size_t size)
{
	text[0] = '\0';
	add(text, size,
		h->tracepoints ? "yes: socket tracepoints (--hook tracepoint)"
			       : "no: socket tracepoints (they came with 6.3)");
	add(text, size,
		h->exits && h->functions
			? "yes: programs at function exits (--hook fentry)"
			: "no: programs at function exits (no trampolines, or a policy "
			  "forbids them)");
	add(text, size,
		h->kprobes && h->functions ? "yes: kprobes (--hook kprobe)"
					   : "no: kprobes (CONFIG_KPROBE_EVENTS)");
}
