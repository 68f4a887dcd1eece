/* SPDX-License-Identifier: MIT */
/*
 * screen.h: what a terminal changes: how wide tables are, and whether the screen is cleared. For
 * main.c and run.c.
 */
#ifndef REPORT_SCREEN_H
#define REPORT_SCREEN_H

#include "report/options.h"

/* Whether the options follow something that is still being recorded. */
bool screen_is_live(const struct options *o);
/* Whether to clear the screen before each table: live, on a terminal, and not refused. */
bool screen_clears(const struct options *o);

/*
 * Columns of the terminal that is written to, COLUMNS having the last word; 0 where there is none,
 * or none that knows.
 */
int screen_width(void);

/* Whether to show progress: people wait, and see nothing else come meanwhile. */
bool screen_shows_progress(const struct options *o);

#endif
