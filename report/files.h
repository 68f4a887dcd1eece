/* SPDX-License-Identifier: MIT */
/*
 * files.h: the files that a command line means: a directory stands for the recordings in it, what
 * the names of a rotated set begin with for that set. For run.c and merge.c.
 */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

#include "report/log.h"
#include "report/peek.h"
#include <stddef.h>

struct file {
	char *name;
	bool settled;     /* it will not grow: a newer one of its host is in the same directory */
	struct peek peek; /* of it, before it is opened */
};

/* All zero is none. */
struct files {
	struct file *file;
	size_t count;
};

/*
 * Adds the file; of a directory the recordings in it, but not of those below; for a name that is
 * not there the rotated set whose files' names begin with it, or to follow the newest of these.
 * 0, or a negative errno after a message to log; follow: a directory's first recording is waited
 * for, and -EINTR says that an interrupt ended that.
 */
int files_add(struct files *f, const char *name, bool follow, const struct log *log);
void files_clear(struct files *f);

#endif
