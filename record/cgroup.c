/* SPDX-License-Identifier: MIT */
#include "cgroup.h"

#include "format/model.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct known {
	uint64_t id;
	char path[];
};

struct cgroups {
	char mount[PATH_MAX]; /* "": there is none */
	void *known;          /* tsearch(3) tree of struct known */
	unsigned count;       /* in it */
	size_t bytes;         /* of their paths */
};

/* Cgroups come and go; after so many, or so long ones, we start over. */
enum { MOST_KNOWN = 16384, MOST_BYTES = 4 << 20 };

static int by_id(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void find_mount(char mount[PATH_MAX])
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *m;

	mount[0] = '\0';
	if (!mounts)
		return;
	while (!mount[0] && (m = getmntent(mounts)))
		if (!strcmp(m->mnt_type, "cgroup2"))
			snprintf(mount, PATH_MAX, "%s", m->mnt_dir);
	endmntent(mounts);
}

/* From the unified hierarchy's line of /proc/PID/cgroup, "0::PATH". */
static bool path_of_process(uint32_t pid, char path[PATH_SIZE])
{
	char name[64], line[PATH_SIZE + 8];
	bool found = false;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%u/cgroup", pid);
	f = fopen(name, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strncmp(line, "0::/", 4);
	}
	fclose(f);
	if (found)
		snprintf(path, PATH_SIZE, "%.*s", PATH_SIZE - 1, line + 3);
	return found;
}

/* The directory's inode number; 0 if there is none such. */
static uint64_t id_of_path(const struct cgroups *c, const char *path)
{
	char full[PATH_MAX + PATH_SIZE];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", c->mount, path);
	return stat(full, &st) ? 0 : st.st_ino;
}

static bool is_full(const struct cgroups *c)
{
	return c->count >= MOST_KNOWN || c->bytes >= MOST_BYTES;
}

/* NULL: no memory. */
static const struct known *remember(struct cgroups *c, uint64_t id, const char *path)
{
	struct known *fresh;

	if (is_full(c)) {
		tdestroy(c->known, free);
		c->known = NULL;
		c->count = 0;
		c->bytes = 0;
	}
	fresh = malloc(sizeof(*fresh) + strlen(path) + 1);
	if (!fresh)
		return NULL;
	fresh->id = id;
	memcpy(fresh->path, path, strlen(path) + 1);
	if (!tsearch(fresh, &c->known, by_id)) {
		free(fresh);
		return NULL;
	}
	c->count++;
	c->bytes += strlen(path);
	return fresh;
}

static const struct known *find(const struct cgroups *c, uint64_t id)
{
	const struct known wanted = {.id = id};
	struct known *const *found = tfind(&wanted, &c->known, by_id);

	return found ? *found : NULL;
}

/* Remembers what is below `parent`, whose path ends at path + len. Closes parent. */
static void read_tree(struct cgroups *c, int parent, char path[PATH_SIZE], size_t len)
{
	const struct dirent *entry;
	DIR *dir = parent < 0 ? NULL : fdopendir(parent);

	if (!dir) {
		if (parent >= 0)
			close(parent);
		return;
	}
	while (!is_full(c) && (entry = readdir(dir))) {
		size_t more = strlen(entry->d_name) + 1;

		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
			!strcmp(entry->d_name, "..") || len + more >= PATH_SIZE)
			continue;
		snprintf(path + len, PATH_SIZE - len, "/%s", entry->d_name);
		if (!find(c, entry->d_ino))
			remember(c, entry->d_ino, path);
		read_tree(c,
			openat(dirfd(dir), entry->d_name,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
			path, len + more);
	}
	closedir(dir);
}

static void read_all(struct cgroups *c)
{
	char path[PATH_SIZE] = "";

	if (!c->mount[0])
		return;
	if (!find(c, id_of_path(c, "/")))
		remember(c, id_of_path(c, "/"), "/");
	read_tree(c, open(c->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, 0);
}

const char *cgroups_path(struct cgroups *c, uint64_t id, uint32_t pid)
{
	const struct known *known = find(c, id);
	char path[PATH_SIZE];

	if (!known && path_of_process(pid, path) && id_of_path(c, path) == id)
		known = remember(c, id, path);
	if (!known) {
		/* The process has gone, or we see its path from another cgroup namespace. */
		read_all(c);
		known = find(c, id);
	}
	if (!known)
		known = remember(c, id, "");
	return known ? known->path : "";
}

void cgroups_learn(struct cgroups *c, uint64_t id, const char *path)
{
	if (!find(c, id))
		remember(c, id, path);
}

/* A cgroup that is there now may be gone when its first traffic is read. */
int cgroups_new(struct cgroups **out)
{
	struct cgroups *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	find_mount(c->mount);
	read_all(c);
	*out = c;
	return 0;
}

void cgroups_free(struct cgroups *c)
{
	if (!c)
		return;
	tdestroy(c->known, free);
	free(c);
}
