/* SPDX-License-Identifier: MIT */
/* folder.h: the files in a directory, and those of a series. For files.c, follow.c, merge.c. */
#ifndef REPORT_FOLDER_H
#define REPORT_FOLDER_H

#include <stddef.h>

/* Paths; all zero is none. */
struct names {
	char **name;
	size_t count;
};

/* What is in the folder and not hidden, in order. 0 or a negative errno. */
int folder_list(struct names *n, const char *folder);

/*
 * Of the files next to `path` those of its series, in order: `path` is one of them, or what their
 * names begin with. 0, also where there are none, or a negative errno.
 */
int folder_series(struct names *n, const char *path);

/* Adds a copy. 0 or -ENOMEM. */
int names_add(struct names *n, const char *name);
void names_clear(struct names *n);

#endif
