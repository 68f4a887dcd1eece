/* SPDX-License-Identifier: MIT */
/*
 * interrupt.h: Ctrl-C while something is followed. The first one is also the recorder's, which ends
 * the recording; then we show what there is. A second one ends us.
 */
#ifndef REPORT_INTERRUPT_H
#define REPORT_INTERRUPT_H

#include <stdbool.h>

/* From now on. For main.c. */
void interrupt_spare(void);

/* Whether the first one has come. */
bool interrupt_came(void);

/* Sleeps for a moment, of which there are MOMENTS in a second. False: it has come. */
enum { MOMENTS = 10 };
bool interrupt_pause(void);

#endif
