/* SPDX-License-Identifier: MIT */
#include "grace.h"
#include "hooks.h"
#include "host.h"
#include "shared.h"
#include "skipped.h"

#include "tcptop.skel.h"
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No program takes so long to run. */
#define CLOCK_DIFFERS_NS UINT64_C(1000000000)

struct tracer {
	struct tcptop_bpf *bpf;
	struct shared shared;
	struct hooks hooks;
	uint64_t skipped[2]; /* calls that links which are gone had missed */
	char coverage[4096];
};

static void say(char error[TRACER_ERROR_SIZE], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(char error[TRACER_ERROR_SIZE], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, TRACER_ERROR_SIZE, format, args);
	va_end(args);
}

/* --- Loading -------------------------------------------------------------------------------- */

/* A cgroup's directory into the array that the probes ask. */
static int set_cgroup(struct tracer *t, const char *path, char error[TRACER_ERROR_SIZE])
{
	uint32_t zero = 0;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (fd < 0 || bpf_map_update_elem(bpf_map__fd(t->bpf->maps.wanted_cgroup), &zero, &fd, 0))
		err = -errno;
	if (err == -EBADF)
		say(error,
			"--cgroup: %s is no cgroup; give a directory of the unified (v2) "
			"hierarchy, usually below /sys/fs/cgroup",
			path);
	else if (err)
		say(error,
			"--cgroup: %s: %s; give a directory of the unified (v2) hierarchy, "
			"usually below /sys/fs/cgroup",
			path, strerror(-err));
	if (fd >= 0)
		close(fd);
	return err;
}

static int set_filters(
	struct tracer *t, const struct tracer_options *options, char error[TRACER_ERROR_SIZE])
{
	uint8_t one = 1;

	for (size_t i = 0; i < options->pid_count; i++) {
		int err = bpf_map_update_elem(
			bpf_map__fd(t->bpf->maps.wanted_pids), &options->pids[i], &one, BPF_ANY);

		if (err)
			return err;
	}
	return options->cgroup ? set_cgroup(t, options->cgroup, error) : 0;
}

/* Takes somebody's pinned hash map, as bcc's container filters make them, instead of ours. */
static int use_pinned(
	struct bpf_map *map, const char *option, const char *path, char error[TRACER_ERROR_SIZE])
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int fd = bpf_obj_get(path), err;

	if (fd < 0) {
		err = -errno;
		say(error,
			"%s: %s: %s; give the path of a pinned BPF map, such as one below "
			"/sys/fs/bpf",
			option, path, strerror(-err));
		return err;
	}
	err = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (!err && (info.type != BPF_MAP_TYPE_HASH || info.key_size != sizeof(uint64_t)))
		err = -EINVAL;
	if (!err)
		err = bpf_map__reuse_fd(map, fd);
	close(fd);
	if (err)
		say(error, "%s: %s: not a hash map with keys of 8 bytes", option, path);
	return err;
}

static int use_pinned_maps(
	struct tracer *t, const struct tracer_options *options, char error[TRACER_ERROR_SIZE])
{
	int err = 0;

	if (options->cgroupmap)
		err = use_pinned(
			t->bpf->maps.wanted_cgroup_ids, "--cgroupmap", options->cgroupmap, error);
	if (!err && options->mntnsmap)
		err = use_pinned(t->bpf->maps.wanted_mount_namespaces, "--mntnsmap",
			options->mntnsmap, error);
	return err;
}

static int configure(struct tracer *t, const struct tracer_options *options)
{
	struct tcptop_bpf__rodata *ro = t->bpf->rodata;
	int cpus = libbpf_num_possible_cpus();

	hooks_apply(&t->hooks, t->bpf);
	ro->clock_offset = clock_boot_offset_ns();
	ro->only_family = (uint32_t)options->family;
	ro->only_pids = options->pid_count > 0;
	ro->only_cgroup = options->cgroup != NULL;
	ro->only_cgroup_ids = options->cgroupmap != NULL;
	ro->only_mount_namespaces = options->mntnsmap != NULL;
	ro->no_loopback = options->no_loopback;
	ro->port_range_count = (uint32_t)options->port_count;
	for (size_t i = 0; i < options->port_count; i++)
		ro->port_ranges[i] = options->ports[i];
	return shared_plan(&t->shared, t->bpf, cpus > 0 ? (unsigned)cpus : 1, options->ring_size,
		TRACER_OVERFLOW_PLACES);
}

static void explain_load(int err, const struct tracer *t, char error[TRACER_ERROR_SIZE])
{
	if (err == -EPERM || err == -EACCES)
		say(error,
			"the kernel refuses to load the %s probes (%s); run as root, or with "
			"CAP_BPF and CAP_PERFMON, and see whether lockdown or another policy "
			"forbids it (-v shows the kernel's words)",
			tracer_hooks(t), strerror(-err));
	else if (err == -ENOMEM)
		say(error, "no memory for %u rings of %zu bytes; choose a smaller --ring-size",
			t->shared.rings, t->shared.ring_size);
	else
		say(error, "cannot load the %s probes: %s (-v shows the kernel's words)",
			tracer_hooks(t), strerror(-err));
}

/* The recorder's id as the probes will see it, since its own traffic is not recorded; and whether
 * their clock is ours. */
static int find_own(struct tracer *t, char error[TRACER_ERROR_SIZE])
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	uint64_t before = clock_boot_ns(), theirs;
	int err = bpf_prog_test_run_opts(bpf_program__fd(t->bpf->progs.find_own), &options);

	if (err)
		return err;
	theirs = t->bpf->bss->own_boot_ns;
	if (theirs + CLOCK_DIFFERS_NS >= before && theirs <= clock_boot_ns() + CLOCK_DIFFERS_NS)
		return 0;
	say(error, "the boot clock here is not the kernel's, so that calls would have wrong times; "
		   "start the recorder outside of this time namespace (nsenter -T -t 1)");
	return -ENOTSUP;
}

static int load(
	struct tracer *t, const struct tracer_options *options, char error[TRACER_ERROR_SIZE])
{
	int err = use_pinned_maps(t, options, error);

	if (!err)
		err = configure(t, options);
	if (!err)
		err = tcptop_bpf__load(t->bpf);
	if (!err)
		err = shared_map(&t->shared, t->bpf);
	if (!err)
		err = set_filters(t, options, error);
	if (!err)
		err = find_own(t, error);
	if (err && !*error)
		explain_load(err, t, error);
	return err;
}

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static int aloud(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, format, args);
}

void tracer_grants(char *text, size_t size)
{
	struct hooks hooks = {0};
	struct btf *btf;

	libbpf_set_print(silent);
	btf = btf__load_vmlinux_btf();
	if (btf)
		hooks_probe(&hooks, btf);
	hooks_granted(&hooks, text, size);
	btf__free(btf);
}

int tracer_new(
	struct tracer **out, const struct tracer_options *options, char error[TRACER_ERROR_SIZE])
{
	struct tracer *t = calloc(1, sizeof(*t));
	struct btf *btf = NULL;
	int err = -ENOMEM;

	*error = '\0';
	if (!t) {
		say(error, "no memory");
		return -ENOMEM;
	}
	libbpf_set_print(options->verbose ? aloud : silent);
	btf = btf__load_vmlinux_btf();
	if (!btf) {
		err = errno ? -errno : -ENOENT;
		say(error,
			"this kernel describes no types (/sys/kernel/btf/vmlinux: %s); one built "
			"with CONFIG_DEBUG_INFO_BTF=y is needed",
			strerror(-err));
		goto out;
	}
	hooks_probe(&t->hooks, btf);
	err = hooks_choose(&t->hooks, options, error);
	if (err)
		goto out;
	hooks_coverage(&t->hooks, t->coverage, sizeof(t->coverage));
	t->bpf = tcptop_bpf__open();
	if (!t->bpf) {
		err = errno ? -errno : -ENOMEM;
		explain_load(err, t, error);
		goto out;
	}
	err = load(t, options, error);
out:
	btf__free(btf);
	if (err)
		tracer_free(t);
	else
		*out = t;
	return err;
}

/* Where splice is inferred: shows the probes the connections that are there already. */
static int mark_connections(struct tracer *t)
{
	char nothing[64];
	ssize_t n;
	int fd;

	if (!t->bpf->links.mark_connection)
		return 0;
	fd = bpf_iter_create(bpf_link__fd(t->bpf->links.mark_connection));
	if (fd < 0)
		return -errno;
	do
		n = read(fd, nothing, sizeof(nothing));
	while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	close(fd);
	return n < 0 ? -errno : 0;
}

int tracer_attach(struct tracer *t, char error[TRACER_ERROR_SIZE])
{
	int err = tcptop_bpf__attach(t->bpf);

	if (!err)
		err = mark_connections(t);
	if (err)
		say(error, "cannot attach the %s probes: %s (-v shows the kernel's words)",
			tracer_hooks(t), strerror(-err));
	return err;
}

void tracer_detach(struct tracer *t)
{
	skipped_by_links(t->bpf, t->skipped);
	tcptop_bpf__detach(t->bpf);
	grace_wait();
}

void tracer_free(struct tracer *t)
{
	if (!t)
		return;
	shared_unmap(&t->shared, t->bpf);
	tcptop_bpf__destroy(t->bpf);
	free(t);
}

unsigned tracer_cpus(const struct tracer *t)
{
	return t->shared.cpus;
}

unsigned tracer_rings(const struct tracer *t)
{
	return t->shared.rings;
}

struct calls *tracer_calls(struct tracer *t)
{
	return t->shared.calls;
}

struct ring *tracer_definitions(struct tracer *t)
{
	return &t->shared.definitions;
}

const volatile struct event_counters *tracer_counters(const struct tracer *t)
{
	return t->shared.counters;
}

struct event_overflow *tracer_overflow(struct tracer *t)
{
	return t->shared.overflow;
}

uint32_t *tracer_generation(struct tracer *t)
{
	return &t->bpf->bss->generation;
}

int tracer_skipped(const struct tracer *t, uint64_t calls[2])
{
	calls[0] = t->skipped[0];
	calls[1] = t->skipped[1];
	skipped_by_links(t->bpf, calls);
	return skipped_by_programs(t->bpf, calls);
}

const char *tracer_hooks(const struct tracer *t)
{
	return hooks_name(&t->hooks);
}

const char *tracer_coverage(const struct tracer *t)
{
	return t->coverage;
}
