/* SPDX-License-Identifier: MIT */
/* privileges.h: giving up what only attaching needed. For recorder.c, series.c, command.c and
 * options.c. */
#ifndef RECORD_PRIVILEGES_H
#define RECORD_PRIVILEGES_H

#include <stddef.h>
#include <sys/types.h>

/* Whose rights to keep; all zero: the caller's own. */
struct account {
	const char *name; /* NULL: nobody else's */
	uid_t uid;
	gid_t gid;
};

/* Looks the user up, by name or number. -ENOENT: there is none such. */
int privileges_find(struct account *account, const char *user);

/* Becomes the account, if there is one, and nothing else. 0 or a negative errno. */
int privileges_become(const struct account *account);

/*
 * Becomes the account, if there is one, and drops all capabilities, for good and for children.
 * 0 or a negative errno.
 */
int privileges_drop(const struct account *account);

#endif
