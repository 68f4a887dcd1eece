/* SPDX-License-Identifier: MIT */
/* status.h: what the recorder tells the person who watches it, on standard error. For recorder.c.
 */
#ifndef RECORD_STATUS_H
#define RECORD_STATUS_H

#include "format/model.h"
#include <stdbool.h>
#include <stddef.h>

struct status {
	bool quiet;    /* only warnings */
	bool terminal; /* the live line is shown, once a second */
	bool line;     /* it stands there now */
	bool untold;   /* the recording does not tell of all that was lost */
	uint64_t start_us;
	uint64_t shown_us, shown_samples; /* at the last live line */
};

void status_ready(const struct status *s, const char *output, const char *hooks, bool command);
/* Refreshes the live line if it is time to. */
void status_live(struct status *s, uint64_t now_us, const struct totals *totals, uint64_t bytes);
/* Takes the live line away, so that something else can be said. */
void status_clear(struct status *s);
/* One line, said even to the quiet. */
void status_warn(struct status *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The end came, and a slow reader has so many bytes to take yet; or there is no reader any more. */
void status_waiting(struct status *s, const char *output, size_t bytes);
void status_reader_gone(struct status *s, const char *output);
/* How it went; what was lost is a warning, said even to the quiet. Of several files, the output is
 * the last one. */
void status_summary(struct status *s, uint64_t now_us, const struct totals *totals, uint64_t bytes,
	const char *output, uint32_t files);

#endif
