/* SPDX-License-Identifier: MIT */
/*
 * records.h: losses, loads and a group's sums as sections. For format/ only.
 * FORMAT.md, "Losses", "Loads", "Sums".
 */
#ifndef FORMAT_RECORDS_H
#define FORMAT_RECORDS_H

#include "model.h"
#include "section.h"

enum { RECORDS = 4096 }; /* losses, or loads, in a block, at the most */

/* scratch has room for n numbers. n == 0 writes no section. */
void losses_encode(struct encoder *e, const struct loss *loss, uint32_t n, uint64_t *scratch);
void loads_encode(struct encoder *e, const struct load *load, uint32_t n, uint64_t *scratch);
void sums_encode(struct encoder *e, const struct session_sum *sum, uint32_t n, uint64_t *scratch);

/* The arrays and scratch have room for RECORDS; a missing section is n == 0. */
int losses_decode(struct decoder *d, struct loss *loss, uint32_t *n, uint64_t *scratch);
int loads_decode(struct decoder *d, struct load *load, uint32_t *n, uint64_t *scratch);
/* The arrays have room for GROUP_SESSIONS. */
int sums_decode(struct decoder *d, struct session_sum *sum, uint32_t *n, uint64_t *scratch);

/* Makes two losses of the same cause one. */
void loss_merge(struct loss *into, const struct loss *from);

#endif
