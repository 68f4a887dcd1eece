/* SPDX-License-Identifier: MIT */
/*
 * cgroup.h: the path of a cgroup of the unified hierarchy, from the id that the kernel gives.
 *
 * The id is the inode number of the cgroup's directory (kernel/cgroup/cgroup.c, cgroup_id()). Paths
 * are looked up once, while the process may still be alive, and kept. For capture.c.
 */
#ifndef RECORD_CGROUP_H
#define RECORD_CGROUP_H

#include <stdint.h>

struct cgroups;

/* 0 or -ENOMEM. A host without the unified hierarchy is fine: then no path is known. */
int cgroups_new(struct cgroups **out);
/* NULL is fine. */
void cgroups_free(struct cgroups *c);

/* "/system.slice/x.service"; "" when it cannot be found. Good until the next call. */
const char *cgroups_path(struct cgroups *c, uint64_t id, uint32_t pid);

/* Somebody has seen the cgroup being made at this path. */
void cgroups_learn(struct cgroups *c, uint64_t id, const char *path);

#endif
