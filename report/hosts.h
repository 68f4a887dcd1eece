/* SPDX-License-Identifier: MIT */
/*
 * hosts.h: what is told host by host: losses and load averages. For the views.
 */
#ifndef REPORT_HOSTS_H
#define REPORT_HOSTS_H

#include "report/pending.h"

struct host {
	char *name;
	struct pending pending;
	const char *lost_in; /* the file that told of a loss last */
};

/* All zero is none. In order of their names. */
struct hosts {
	struct host **host;
	size_t count;
};

/* The host of this name, made where there is none; NULL when there is no memory. */
struct host *hosts_find(struct hosts *h, const char *name);
/* Its name for a headline, also where the recording does not tell. */
const char *host_title(const struct host *host);
/* Frees all, and empties the list. */
void hosts_clear(struct hosts *h);

#endif
