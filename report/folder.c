/* SPDX-License-Identifier: MIT */
#include "report/folder.h"

#include "format/series_name.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which entries are wanted: all that are not hidden, or a series. */
struct wanted {
	const char *folder; /* with its slash, if it needs one */
	size_t folder_len;
	const char *base; /* NULL: all */
	size_t base_len;
};

static bool is_wanted(const struct wanted *w, const char *name)
{
	if (!w->base)
		return name[0] != '.';
	return w->base_len && series_base(name) == w->base_len &&
	       !strncmp(name, w->base, w->base_len);
}

int names_add(struct names *n, const char *name)
{
	char **more = realloc(n->name, (n->count + 1) * sizeof(*more));
	char *own;

	if (!more)
		return -ENOMEM;
	n->name = more;
	own = strdup(name);
	if (!own)
		return -ENOMEM;
	n->name[n->count++] = own;
	return 0;
}

static int add_path(struct names *n, const struct wanted *w, const char *name)
{
	const char *slash = w->folder_len && w->folder[w->folder_len - 1] != '/' ? "/" : "";
	size_t size = w->folder_len + strlen(name) + 2;
	char *path = malloc(size);
	int err;

	if (!path)
		return -ENOMEM;
	snprintf(path, size, "%.*s%s%s", (int)w->folder_len, w->folder, slash, name);
	err = names_add(n, path);
	free(path);
	return err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list(struct names *n, const char *folder, const struct wanted *w)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		if (is_wanted(w, entry->d_name))
			err = add_path(n, w, entry->d_name);
	}
	closedir(dir);
	if (n->count)
		qsort(n->name, n->count, sizeof(*n->name), by_name);
	return err;
}

int folder_list(struct names *n, const char *folder)
{
	const struct wanted w = {.folder = folder, .folder_len = strlen(folder)};

	return list(n, folder, &w);
}

int folder_series(struct names *n, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct wanted w = {.folder = path, .folder_len = slash ? (size_t)(slash - path) + 1 : 0};
	char *folder = slash ? strndup(path, w.folder_len) : strdup(".");
	int err;

	if (!folder)
		return -ENOMEM;
	w.base = path + w.folder_len;
	w.base_len = series_base(w.base);
	if (!w.base_len)
		w.base_len = strlen(w.base);
	err = list(n, folder, &w);
	free(folder);
	return err;
}

void names_clear(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->name[i]);
	free(n->name);
	*n = (struct names){NULL, 0};
}
