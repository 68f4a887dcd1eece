/* SPDX-License-Identifier: MIT */
/*
 * feed.h: where the items come from that views and the aggregation are given.
 */
#ifndef REPORT_FEED_H
#define REPORT_FEED_H

#include "format/reader.h"
#include "report/key.h"

/* What --since and --until select. */
struct selection {
	int64_t since_us, until_us; /* wall clock; until is not in it */
};

static const struct selection selection_all = {INT64_MIN, INT64_MAX};

struct feed {
	const char *name; /* of the file, for messages */
	struct origin origin;
	const struct session *sessions; /* of the group at hand */
	uint32_t session_count;
	const struct reader_stats *stats;
	uint32_t number;   /* files that are read in turns have different ones, and small */
	bool many_hosts;   /* the input has several, as far as is known */
	bool stopped;      /* by an interrupt; the file may well go on */
	int64_t others_us; /* from here on other feeds may still have something to say */
};

#endif
