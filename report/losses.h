/* SPDX-License-Identifier: MIT */
/*
 * losses.h: sums what a recording says was lost, and words it. For the views.
 */
#ifndef REPORT_LOSSES_H
#define REPORT_LOSSES_H

#include "format/model.h"
#include <stdbool.h>
#include <stddef.h>

struct out;

enum {
	LOSS_CAUSES = 6,   /* enum lost_cause, and 0 for one that this version does not know */
	LOSSES_TEXT = 256, /* for losses_text */
};

/* All zero is nothing lost. Wall clock. */
struct loss_sum {
	struct volume volume;
	int64_t from_us, to_us;
	bool any;
};

struct losses {
	struct loss_sum cause[LOSS_CAUSES];
};

void losses_add(struct losses *l, const struct loss *loss, int64_t wall_offset_us);
bool losses_any(const struct losses *l);
void losses_clear(struct losses *l);

/* "12 calls, 3456 bytes (ring full, no memory)"; "0 calls, 0 bytes" for nothing. */
void losses_text(const struct losses *l, char to[LOSSES_TEXT]);
/* A line of JSON for each cause, {"lost":{…}}. */
void losses_json(const struct losses *l, const char *host, struct out *out);
/* "ring full" and the like. */
const char *losses_cause(size_t cause);

#endif
