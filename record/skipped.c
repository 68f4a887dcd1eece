/* SPDX-License-Identifier: MIT */
#include "skipped.h"

#include "bpf/events.h"
#include "tcptop.skel.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

/* 0 received, 1 sent, -1 neither: by the name of the function that it hangs on. */
static int direction_of(const char *program)
{
	if (strstr(program, "send"))
		return 1;
	if (strstr(program, "recv") || strstr(program, "splice") || strstr(program, "zerocopy"))
		return 0;
	return -1;
}

/*
 * The start of struct bpf_link_info for a kprobe, from kernel 6.7 on (include/uapi/linux/bpf.h);
 * the headers that this is built with may be older.
 */
struct kprobe_link_info {
	__u32 type, id, prog_id, unused;
	__u32 event_type, unused2;
	__u64 name;
	__u32 name_len, offset;
	__u64 address;
	__u64 missed;
};

/* Calls that a kprobe missed for want of an instance, where the kernel says so. */
static uint64_t link_misses(const struct bpf_link *link)
{
	enum { KPROBE = 3, KRETPROBE = 4 }; /* enum bpf_perf_event_type */
	struct kprobe_link_info info = {0};
	uint32_t size = sizeof(info);

	if (!link || bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &size))
		return 0;
	if (info.type != BPF_LINK_TYPE_PERF_EVENT ||
		(info.event_type != KPROBE && info.event_type != KRETPROBE))
		return 0;
	return info.missed;
}

/* The calls of a program, as an index; -1: not loaded, no call, or the entry of a pair whose return
 * counts. */
static int calls_of(const struct bpf_prog_skeleton *program)
{
	if (bpf_program__fd(*program->prog) < 0 || !strncmp(program->name, "enter_", 6))
		return -1;
	return direction_of(program->name);
}

void skipped_by_links(const struct tcptop_bpf *bpf, uint64_t calls[2])
{
	const struct bpf_object_skeleton *all = bpf->skeleton;

	for (int i = 0; i < all->prog_cnt; i++) {
		int dir = calls_of(&all->progs[i]);

		if (dir >= 0)
			calls[dir] += link_misses(*all->progs[i].link);
	}
}

int skipped_by_programs(const struct tcptop_bpf *bpf, uint64_t calls[2])
{
	const struct bpf_object_skeleton *all = bpf->skeleton;

	for (int i = 0; i < all->prog_cnt; i++) {
		int dir = calls_of(&all->progs[i]);
		struct bpf_prog_info info = {0};
		uint32_t size = sizeof(info);

		if (dir < 0)
			continue;
		if (bpf_obj_get_info_by_fd(bpf_program__fd(*all->progs[i].prog), &info, &size))
			return -errno;
		calls[dir] += info.recursion_misses;
	}
	return 0;
}
