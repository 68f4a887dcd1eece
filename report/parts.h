/* SPDX-License-Identifier: MIT */
/*
 * parts.h: what several files are of each other: copies of one recording, which must not count
 * twice, and the parts of a rotated set, of which some may not be there. For run.c.
 */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "report/feed.h"
#include "report/files.h"

/* Drops all but the longest file of each recording, with a warning. 0 or -ENOMEM. */
int parts_drop_copies(struct files *f, const struct log *log);

/*
 * Warns of parts that are not there between two that are, as far as the selection may want them.
 * *missing: how many there are. 0 or -ENOMEM.
 */
int parts_name_missing(const struct files *f, const struct selection *want, const struct log *log,
	uint64_t *missing);

#endif
