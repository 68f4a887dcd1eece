/* SPDX-License-Identifier: MIT */
/* peek.h: what a file begins with. */
#ifndef REPORT_PEEK_H
#define REPORT_PEEK_H

#include <stdbool.h>
#include <stdint.h>

struct peek {
	bool known;   /* a regular file that begins with a recording */
	bool foreign; /* a regular file that does not, as far as it goes */
	/* Wall clock of its first block; INT64_MAX: it has none; INT64_MIN: no regular file. */
	int64_t start_us;
	int64_t began_us; /* as the header says */
	int32_t zone_offset_s;
	uint64_t recording, series; /* as struct header */
	uint32_t part;
	bool headless; /* what its header says is lost: series, part and host are not known */
	uint64_t size; /* bytes */
	char host[256];
};

void peek_file(const char *name, struct peek *p);

#endif
