/* SPDX-License-Identifier: MIT */
/*
 * reading.h: what a reader knows. For reader.c, which reads block by block, and jump.c, which goes
 * elsewhere, only.
 */
#ifndef FORMAT_READING_H
#define FORMAT_READING_H

#include "defs.h"
#include "header.h"
#include "samples.h"
#include "scan.h"

enum { QUEUE = 4 }; /* items that a block can give, at the most */

struct queued {
	struct item item;
	struct damage damage;
};

/* Both directions together. */
struct amount {
	uint64_t samples, calls, bytes;
	struct volume lost;
};

struct reader {
	struct scan scan;
	struct decoder decoder;
	int over; /* a status after which nothing more is read */

	struct own_header header;
	bool has_header;

	/* the group at hand */
	bool in_group;
	uint64_t recording;
	uint32_t group;
	uint64_t offset; /* of its first block that was read */
	bool fresh;      /* nothing of it but its header was read */
	bool incomplete; /* definitions may be missing */
	bool searched;   /* for a summary that has them */
	struct defs defs;
	struct session *session; /* family 0: not known */
	uint32_t sessions, unknown;
	struct amount given; /* of it */

	/* what the items point to */
	struct samples samples;
	struct loss *loss;
	struct load *load;
	struct session_sum *sum;
	struct block block;
	struct summary summary;
	struct totals totals;

	struct extent extent; /* of the group that begins at its offset; else none */
	bool has_extent;

	struct queued queue[QUEUE];
	unsigned int head, len;
};

/* Makes r->summary of the block, and sessions of its definitions. */
int reading_summary(struct reader *r, const struct found *f);

#endif
