/* SPDX-License-Identifier: MIT */
/*
 * samples.h: the samples of a block as columns, in memory and as sections. For format/ only.
 * FORMAT.md, "Samples".
 */
#ifndef FORMAT_SAMPLES_H
#define FORMAT_SAMPLES_H

#include "defs.h"
#include "model.h"
#include "section.h"

#define SAMPLES_UNKNOWN UINT32_MAX /* a key whose session is not known */

/* Entry i of each array belongs to sample i. The arrays have room for BLOCK_SAMPLES. */
struct samples {
	uint32_t n;
	bool many_calls, any_flags; /* calls other than 1, flags other than 0 */
	bool orphans;               /* keys that are SAMPLES_UNKNOWN */
	uint64_t *time_us, *bytes;
	uint32_t *key; /* 2 * session + direction */
	uint32_t *calls;
	uint8_t *flags;
	/* scratch */
	uint64_t *wide;
	uint32_t *order, *spare;
	uint32_t *place;     /* by slot: where its bytes go; see samples.c */
	uint32_t *known;     /* reading, by slot: its key; writing, by key: its slot */
	uint32_t *base, *at; /* by process and direction: its first slot, where its samples go */
	uint32_t *owner;     /* by key: its process and direction */
};

int samples_init(struct samples *s);
void samples_release(struct samples *s);
void samples_clear(struct samples *s);

/* By time, stably. */
void samples_sort(struct samples *s);

/* The samples are in order of time and the first is not before first_us. */
void samples_encode(
	struct encoder *e, struct samples *s, const struct defs *defs, uint64_t first_us);
/* FMT_EDAMAGED too when times leave first_us … last_us. */
int samples_decode(struct decoder *d, struct samples *s, const struct defs *defs, uint32_t n,
	uint64_t first_us, uint64_t last_us);

#endif
