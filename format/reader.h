/* SPDX-License-Identifier: MIT */
/*
 * reader.h: finds the blocks of a recording and decodes them. For report/ and tests only; record/
 * never reads. Needs to read forward only, so that a pipe and a growing file will do; from a file,
 * where it can look ahead, definitions in damaged blocks are restored from the group's summary.
 *
 * Whatever is intact is given, whatever is not is named as damage. Every length is checked against
 * the limits of FORMAT.md before memory is taken for it: a hostile file costs bounded memory.
 * Concatenated recordings are read one after the other.
 */
#ifndef FORMAT_READER_H
#define FORMAT_READER_H

#include "model.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>

struct reader;

/* Gives up to len bytes: their number, 0 at the end (for now), negative on failure. */
struct source {
	int64_t (*read)(void *ctx, void *data, size_t len);
	void *ctx;
};

/* The same from any offset. */
typedef int64_t source_read_at(void *ctx, uint64_t offset, void *data, size_t len);

enum item_kind {
	ITEM_GROUP = 1, /* a group begins: its header; sessions start over */
	ITEM_BLOCK,     /* samples, losses, loads */
	ITEM_SUMMARY,   /* the group's sums by session */
	ITEM_DAMAGE,    /* bytes that could not be used */
	ITEM_FINISH,    /* the recording was finished in good order */
};

/* Why bytes were not used. */
enum damage_cause {
	DAMAGE_GAP = 1, /* no block header where one must be; skipped to the next sync word */
	DAMAGE_PAYLOAD, /* a block whose header is right and whose payload is not */
	DAMAGE_CONTENT, /* a block whose checksums are right, and which breaks the format's rules */
	DAMAGE_MISSING, /* blocks that the sequence numbers promise and the file has not */
	DAMAGE_ORPHANS, /* samples whose session's definition was in a damaged block */
	DAMAGE_SUM,     /* what a damaged group lacks in all, by its summary: the above once more */
};

struct damage {
	uint64_t offset;  /* in the file */
	uint64_t length;  /* bytes */
	uint64_t samples; /* that were in them, as far as known */
	bool samples_known;
	enum damage_cause cause;
	/* DAMAGE_SUM: what the samples stand for, and what losses are not told because of it. */
	uint64_t calls, bytes, lost_calls, lost_bytes;
};

/* Samples as columns: entry i of each array belongs to sample i. Ascending by time. */
struct block {
	uint32_t samples;
	const uint64_t *time_us;
	const uint32_t *key; /* 2 * session + enum direction */
	const uint64_t *bytes;
	const uint32_t *calls;      /* NULL: each is 1 */
	const uint8_t *flags;       /* NULL: each is 0 */
	uint64_t first_us, last_us; /* of the block, also where it holds no samples */
	int64_t wall_offset_us;     /* wall clock = time_us + this, for all of the block */
	uint32_t losses, loads;
	const struct loss *loss;
	const struct load *load;
};

struct summary {
	uint32_t sessions;
	const struct session_sum *sum; /* by session index */
	uint64_t first_us, last_us;
	int64_t wall_offset_us;
	struct volume lost; /* in all */
	uint32_t losses;
	const struct loss *loss; /* those of the group, one a cause */
};

struct item {
	enum item_kind kind;
	uint64_t offset; /* where it begins in the file */
	union {
		const struct header *header;   /* ITEM_GROUP */
		const struct block *block;     /* ITEM_BLOCK */
		const struct summary *summary; /* ITEM_SUMMARY */
		const struct damage *damage;   /* ITEM_DAMAGE */
		const struct totals *totals;   /* ITEM_FINISH */
	};
};

int reader_new(struct reader **out, struct source source);
/* NULL is fine. */
void reader_free(struct reader *r);
/*
 * Right after reader_new or reader_reset, for a file: from now on this is called instead of
 * source.read, with the same ctx, and the reader can look ahead.
 */
void reader_read_at(struct reader *r, source_read_at *read_at);
/* As if it were new, but for the memory that it keeps. */
void reader_reset(struct reader *r, struct source source);

/*
 * The next item; what it points to is good until the next call. FMT_END at the end of what there
 * is: when the source has more, later calls go on from there. FMT_EFOREIGN when the first bytes
 * hold no block at all, FMT_EVERSION (see reader_version_needed) for a newer file.
 */
int reader_next(struct reader *r, struct item *item);

/*
 * For sums without samples. Right after an ITEM_GROUP: the group's summary, good until the next
 * call, and reader_sessions gives all of its sessions; nothing has been passed over. FMT_END: it
 * cannot be had from here (a pipe, a group that is damaged or not complete yet).
 */
int reader_peek(struct reader *r, const struct summary **summary);
/* After a successful reader_peek or reader_extent: reader_next goes on behind the summary. */
void reader_skip(struct reader *r);

struct reader_stats {
	uint64_t bytes;   /* of the source, read or passed over */
	uint64_t fetched; /* bytes read, what was read twice counted twice */
	uint64_t blocks;  /* whole ones */
	uint64_t groups;  /* their headers, and those that are lost */
	uint64_t damaged_bytes;
	uint64_t torn_offset;   /* after FMT_END: where an incomplete last block begins */
	uint64_t torn_bytes;    /* and how much of it is there; 0: the file ends at a whole block */
	uint64_t torn_zeros;    /* of these, zeros that a power cut left at the end */
	bool finished;          /* the last recording in the file ends with an end block */
	bool continues;         /* which says that another file of its series goes on */
	uint64_t finish_us;     /* with ITEM_FINISH: when that recording ended, boot clock */
	int64_t finish_wall_us; /* and wall clock */
};

/*
 * Where a group lies and what its block headers say of it: for who does without its samples, or
 * reads several groups at once.
 */
struct extent {
	uint64_t recording;
	uint64_t offset, summary, end; /* of its header, of its summary, behind that */
	uint32_t seq, end_seq;         /* of its header, of what comes behind it */
	uint32_t blocks;               /* of samples */
	/* Nothing in these is earlier, nothing is later (losses by their ends), by the wall clock.
	 */
	int64_t first_wall_us, last_wall_us;
	bool one_clock;             /* which was not set meanwhile */
	struct reader_stats before; /* of the reader that came there */
};

/*
 * Right after an ITEM_GROUP: the group's extent; nothing has been passed over. FMT_END: it cannot
 * be had from here, as with reader_peek. Reads the headers of its blocks, and no payloads: whether
 * these are damaged is not known.
 */
int reader_extent(struct reader *r, struct extent *extent);
/*
 * reader_next goes on with that group's ITEM_GROUP, as if it had just come there. The extent may be
 * another reader's of the same file. For a reader with reader_read_at.
 */
void reader_seek(struct reader *r, const struct extent *extent);

/* The sessions of the group at hand, by index; good until the next ITEM_GROUP. */
const struct session *reader_sessions(const struct reader *r, uint32_t *count);

/* What the tool must understand to read on after FMT_EVERSION, for people. */
const char *reader_version_needed(const struct reader *r);

const struct reader_stats *reader_stats(const struct reader *r);

#endif
