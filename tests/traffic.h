/* SPDX-License-Identifier: MIT */
/*
 * traffic.h: traffic whose books are kept, written to a tape, and what a reader makes of the tape.
 *
 * A session is known by its pid, which is its index in the books.
 */
#ifndef TESTS_TRAFFIC_H
#define TESTS_TRAFFIC_H

#include "tape.h"

struct seen {
	uint64_t time_us, bytes;
	uint32_t calls, who;
	uint8_t dir, flags;
};

struct seen_list {
	struct seen *at;
	size_t len, cap;
};

struct books {
	struct session *session;
	uint32_t *handle;
	uint32_t sessions;
	struct seen_list seen;
	uint64_t now_us;
	uint64_t seed;
	struct writer *writer;
};

uint64_t books_random(struct books *b);
/* For a writer of one's own: sessions, which are defined with it; books_release() frees it. */
void books_make(struct books *b, uint32_t sessions, uint64_t seed);
void books_header(struct header *header, uint64_t seed);
void books_use(struct books *b, struct writer *w);
/* Sessions of many kinds, whose writer writes to the tape. */
void books_open(struct books *b, struct tape *t, uint32_t sessions, uint64_t seed);
/* One sample a little later, of any session. */
struct sample books_sample(struct books *b);
void books_write(struct books *b, uint32_t samples);
void books_finish(struct books *b);
void books_release(struct books *b);

/* Three groups of three blocks of ten samples; each group's last holds a load and a loss. */
void books_small(struct books *b, struct tape *t);
/* Two groups of two blocks of four samples, for tests that read it once a byte. */
void books_tiny(struct books *b, struct tape *t);

struct harvest {
	struct seen_list seen;
	struct damage damage[512];
	struct loss loss[64];
	struct load load[64];
	struct damage sum; /* all of DAMAGE_SUM, which are not among the damages */
	uint32_t damages, losses, loads;
	uint32_t groups, blocks, summaries, finishes;
	struct summary summary; /* the last one; sum is not kept */
	struct totals totals;
	struct reader_stats stats;
	int64_t wall_offset_us; /* of the last block */
	int status;
	char needed[64];
};

/*
 * Reads to the end. Checks what must be true of any input: sessions are those of the books, times
 * ascend in a block, an undamaged group's summary is the sum of its samples.
 */
void harvest_read(struct harvest *h, struct tape *t, const struct books *b);
void harvest_release(struct harvest *h);
/* Whether the samples are those of the books, all of them in order. */
bool harvest_is_whole(const struct harvest *h, const struct books *b);
/* Whether they are some of them, in order. */
bool harvest_is_part(const struct harvest *h, const struct books *b);
/* Samples in damage, where known. */
uint64_t harvest_missed(const struct harvest *h);

#endif
