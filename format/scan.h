/* SPDX-License-Identifier: MIT */
/*
 * scan.h: finds the whole, intact blocks in a source and names what lies between them.
 * For reader.c and jump.c only. FORMAT.md, "Reading".
 */
#ifndef FORMAT_SCAN_H
#define FORMAT_SCAN_H

#include "block.h"
#include "reader.h"
#include "window.h"

/* That no block ends in by itself, but for where a power cut left it. */
enum { TORN_ZEROS = 64 };

struct scan {
	struct window in;
	size_t skip;      /* of what it holds, was given by the last call */
	size_t searched;  /* of it, is known to hold no other header */
	uint64_t in_vain; /* bytes that were looked at as payloads and will be again */

	bool known; /* a header was found: the next two say of what */
	uint64_t recording;
	uint32_t next_seq;
	bool ended; /* with its end block; it may come once more */

	bool in_gap;
	uint64_t gap;   /* where it began */
	bool after_gap; /* so that missing numbers are no news */
	bool is_held;   /* the damage `held` was not told yet: it may be the end, and torn */
	struct damage held;
	uint64_t zeros; /* that come last in what is held and in the gap */

	struct reader_stats stats;
	char needed[96]; /* after FMT_EVERSION */
};

/* Either damage, or a block whose header is sane and whose payload has the right CRC. */
struct found {
	bool is_damage;
	struct damage damage;
	struct block_header header;
	const uint8_t *payload; /* until the next call */
	uint64_t offset;
};

int scan_init(struct scan *s, struct source source);
/* As if it were new, but for the memory that it keeps. */
void scan_reset(struct scan *s, struct source source);
void scan_release(struct scan *s);
int scan_next(struct scan *s, struct found *found);

/* The rest is for a source with read_at. */
/* Goes on at another offset, where a block with this number is expected. */
void scan_seek(struct scan *s, uint64_t offset, uint32_t seq);
/*
 * The summary of the group that the last block given belongs to. FMT_OK or not, a scan_seek must
 * follow. Reads and checks all that lies before it, and passes over damage.
 */
int scan_summary(struct scan *s, uint32_t group, struct found *found);
/*
 * The extent of the group whose header block, at e->offset, was the last given: looks at the block
 * headers only, none of which may be missing or wrong, else FMT_END. Moves nothing.
 */
int scan_extent(struct scan *s, uint32_t group, struct extent *e);
/* The block at the offset, whose number is known; FMT_END where there is none. A scan_seek must
 * follow. */
int scan_block(struct scan *s, uint64_t offset, uint32_t seq, struct found *found);

#endif
