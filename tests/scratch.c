/* SPDX-License-Identifier: MIT */
#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[32];

int scratch_enter(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/tcptop-test-XXXXXX");
	return mkdtemp(path) && !chdir(path) ? 0 : -1;
}

static int remove_one(const char *name, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(name);
}

int scratch_leave(void **state)
{
	(void)state;
	return chdir("/") || nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
