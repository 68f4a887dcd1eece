/* SPDX-License-Identifier: MIT */
/*
 * damage.h: words for what could not be read. For run.c, view_info.c and view_html.c.
 */
#ifndef REPORT_DAMAGE_H
#define REPORT_DAMAGE_H

#include "format/reader.h"

enum {
	DAMAGE_TEXT = 256,
};

/*
 * "offset 4096, 120 bytes: why; 7 samples are not shown", or "offset 206: in all, the group there
 * lacks 7 samples of 9 calls, 1234 bytes", without a line's end.
 */
void damage_text(const struct damage *d, char to[DAMAGE_TEXT]);

#endif
