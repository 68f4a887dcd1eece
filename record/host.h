/* SPDX-License-Identifier: MIT */
/* host.h: what the recording says of the machine it was made on, and its clocks. For everyone. */
#ifndef RECORD_HOST_H
#define RECORD_HOST_H

#include "format/model.h"

/* The boot clock, in nanoseconds; the same that the probes give times in. */
uint64_t clock_boot_ns(void);

/* How far a time namespace has set it ahead of the kernel's own. */
int64_t clock_boot_offset_ns(void);

/* Wall clock less boot clock, in microseconds. */
int64_t clock_wall_offset_us(void);

/* The host's zone at this wall time: seconds east of UTC, and its name. */
int32_t clock_zone(int64_t wall_us, char name[NAME_SIZE]);

/* Load averages now; 0 or a negative errno. */
int host_load(struct load *load);

struct host_texts {
	char host[256], kernel[512], boot_id[64], zone[NAME_SIZE];
	char *command; /* of argv, words quoted for a shell where needed */
};

/* Another recording on the same host: its random number, and when it begins. 0 or -errno. */
int host_describe_moment(struct header *header, uint64_t now_us, int64_t wall_offset_us);

/*
 * Fills the fields of `header` that concern the machine and the moment; they point into `texts`.
 * 0 or a negative errno. host_texts_free() afterwards, in any case.
 */
int host_describe(struct header *header, struct host_texts *texts, char **argv);
void host_texts_free(struct host_texts *texts);

#endif
