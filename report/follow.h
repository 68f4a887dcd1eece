/* SPDX-License-Identifier: MIT */
/*
 * follow.h: a file that is still being recorded: waiting for it, and what comes after it. For
 * input.c.
 *
 * A recording is over at its end block, unless that says that another file of its series goes on.
 * Without an end block more may come at any time. A file that is put in its place is gone over to,
 * and so are the files of a recorder that was started again.
 */
#ifndef REPORT_FOLLOW_H
#define REPORT_FOLLOW_H

#include "format/reader.h"
#include "report/log.h"

struct follow {
	const struct log *log; /* where waiting is told of; NULL: nothing is followed */
	char *name;            /* of the file at hand */
	char *next;            /* of the one that comes after it; NULL: none, as far as is known */
	uint64_t series;       /* of the last header, and the next two */
	uint32_t part;
	int64_t began_us;
	unsigned moments; /* since something came */
	bool told;        /* that the file is not there */
};

/* 0 or -ENOMEM. log NULL: nothing is followed, all the others may be called all the same. */
int follow_init(struct follow *f, const char *name, const struct log *log);
void follow_clear(struct follow *f);

/* Something came. */
void follow_see(struct follow *f, const struct item *item);

/*
 * There is no file of that name: waits a moment. True: try again, with what is the name then.
 * False: an interrupt came, or nothing is followed.
 */
bool follow_absent(struct follow *f);

/*
 * At the end of what there is: waits a moment. True: read on. False: it is over, or an interrupt
 * came, or `next` goes on.
 */
bool follow_end(struct follow *f, int fd, const struct reader_stats *stats);

/* Goes over to `next`. False: there is none, or an interrupt came. */
bool follow_advance(struct follow *f);

#endif
