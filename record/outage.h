/* SPDX-License-Identifier: MIT */
/*
 * outage.h: an output that takes nothing for a while, such as a full disk: when to say so. What
 * could not be written is a loss, which the writer tells the file of. For recorder.c.
 */
#ifndef RECORD_OUTAGE_H
#define RECORD_OUTAGE_H

#include "store.h"

enum { OUTAGE_WORDS = OUTPUT_ERROR_SIZE };

/* All zero: no outage so far. */
struct outage {
	bool on;
	uint64_t failures;            /* of the output, as seen last */
	uint64_t began_us, failed_us; /* the first and the last that was seen */
	uint64_t lost_calls;          /* before it began */
};

/* Looks at what the last writes came to; true: there is something to say, in one line. */
bool outage_look(
	struct outage *o, const struct store *store, uint64_t now_us, char words[OUTAGE_WORDS]);

/* After the end: true if something is missing that the recording cannot tell of; in one line. */
bool outage_rest(const struct store *store, char words[OUTAGE_WORDS]);

#endif
