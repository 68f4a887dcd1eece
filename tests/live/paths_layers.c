/* SPDX-License-Identifier: MIT */
/* Layers above TCP that the kernel has: MPTCP, and TLS with keys that are given to it. */
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/tls.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef SOL_TLS
#define SOL_TLS 282
#endif

static int connect_mptcp(struct scene *s)
{
	int err = scene_connect_protocol(s, IPPROTO_MPTCP);

	if (err == -EPROTONOSUPPORT || err == -ENOPROTOOPT || err == -EINVAL)
		return scene_absent(s, "no MPTCP");
	return err;
}

/* The same keys at both ends and for both directions; nobody else ever sees the text. */
static int encrypt(int fd)
{
	struct tls12_crypto_info_aes_gcm_128 keys = {
		.info = {.version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128},
		.key = "0123456789abcde",
		.salt = "abc",
	};

	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls")) ||
		setsockopt(fd, SOL_TLS, TLS_TX, &keys, sizeof(keys)) ||
		setsockopt(fd, SOL_TLS, TLS_RX, &keys, sizeof(keys)))
		return -errno;
	return 0;
}

static int connect_tls(struct scene *s)
{
	int err = scene_connect(s);

	for (int end = CLIENT; end <= SERVER && !err; end++)
		err = encrypt(s->fd[end]);
	return err == -ENOENT || err == -ENOPROTOOPT ? scene_absent(s, "no kernel TLS") : err;
}

static int both_ways(struct scene *s)
{
	int err = scene_feed(s);

	if (!err)
		err = scene_drain(s);
	if (!err)
		err = scene_send(s, SERVER, PIECES * PIECE);
	return err ? err : scene_receive(s, CLIENT, PIECES * PIECE);
}

static int send_file(struct scene *s)
{
	int file = scene_file(PIECES * PIECE), err = file < 0 ? file : 0;

	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(s, CLIENT, TX, sendfile(s->fd[CLIENT], file, NULL, PIECE), PIECE);
	return err ? err : scene_drain(s);
}

static int splice_out(struct scene *s)
{
	int pipes[2], err = scene_feed(s);

	if (!err && pipe(pipes))
		err = -errno;
	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(s, SERVER, RX,
			splice(s->fd[SERVER], NULL, pipes[1], NULL, PIECE, 0), PIECE);
	return err;
}

int path_mptcp(struct scene *s)
{
	int err = connect_mptcp(s);

	return err ? err : both_ways(s);
}

/* Many connections, one after the other: the kernel uses the memory of the last one again. */
int path_mptcp_again(struct scene *s)
{
	int err = 0;

	for (int i = 0; i < 16 && !err; i++) {
		err = path_mptcp(s);
		if (!err)
			err = scene_write_books(s);
		if (!err && (close(s->fd[CLIENT]) || close(s->fd[SERVER])))
			err = -errno;
		usleep(10000); /* until it is free */
	}
	return err;
}

int path_mptcp_sendfile(struct scene *s)
{
	int err = connect_mptcp(s);

	return err ? err : send_file(s);
}

int path_mptcp_splice_out(struct scene *s)
{
	int err = connect_mptcp(s);

	return err ? err : splice_out(s);
}

int path_tls(struct scene *s)
{
	int err = connect_tls(s);

	return err ? err : both_ways(s);
}

int path_tls_sendfile(struct scene *s)
{
	int err = connect_tls(s);

	return err ? err : send_file(s);
}

int path_tls_splice_out(struct scene *s)
{
	int err = connect_tls(s);

	return err ? err : splice_out(s);
}

static int load_parser(struct bpf_insn first)
{
	struct bpf_insn code[2] = {first, {.code = BPF_JMP | BPF_EXIT}};
	union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_SK_SKB, .insn_cnt = 2};

	attr.insns = (uintptr_t)code;
	attr.license = (uintptr_t) "GPL";
	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static int attach_parser(int map, int program, unsigned type)
{
	union bpf_attr attr = {.target_fd = (unsigned)map,
		.attach_bpf_fd = (unsigned)program,
		.attach_type = type};

	return program < 0 ? -1 : (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof(attr));
}

/* From here on what comes is taken from the socket as it comes, as one message a packet. */
static int parse_stream(int fd)
{
	const struct bpf_insn length = {.code = BPF_LDX | BPF_MEM | BPF_W, .src_reg = BPF_REG_1};
	const struct bpf_insn pass = {.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = SK_PASS};
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_SOCKMAP,
		.key_size = sizeof(int),
		.value_size = sizeof(int),
		.max_entries = 1};
	int map = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)), zero = 0;

	if (map < 0 || attach_parser(map, load_parser(length), BPF_SK_SKB_STREAM_PARSER) ||
		attach_parser(map, load_parser(pass), BPF_SK_SKB_STREAM_VERDICT))
		return -errno;
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (unsigned)map;
	attr.key = (uintptr_t)&zero;
	attr.value = (uintptr_t)&fd;
	return syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr)) ? -errno : 0;
}

/* The kernel takes what comes within the sender's sendfile, which is no receive of the sender's. */
int path_parser(struct scene *s)
{
	int err = scene_connect(s);

	if (!err && parse_stream(s->fd[SERVER]))
		return scene_absent(s, "no parser of streams");
	return err ? err : send_file(s);
}
