/* SPDX-License-Identifier: MIT */
/*
 * header.h: struct header and struct totals, in memory that is one's own and as sections of a
 * block. For format/ only. FORMAT.md, "Group header" and "Totals".
 */
#ifndef FORMAT_HEADER_H
#define FORMAT_HEADER_H

#include "model.h"
#include "section.h"

/* A header whose texts lie in memory of its own; all zero is an empty one. */
struct own_header {
	struct header header;
	char *texts;
};

/* A missing text (NULL) becomes "". FMT_ELIMIT: a text is too long. On failure nothing changes. */
int own_header_set(struct own_header *own, const struct header *from);
void own_header_release(struct own_header *own);

void header_encode(struct encoder *e, const struct header *header);
/* Leaves header.recording alone: the block header has it. */
int header_decode(struct decoder *d, struct own_header *own);

void totals_encode(struct encoder *e, const struct totals *totals);
/* A block without totals gives zeros. */
int totals_decode(struct decoder *d, struct totals *totals);

/* In an end block: another file of the series goes on. */
void ending_encode(struct encoder *e);
int ending_decode(struct decoder *d, bool *continues);

#endif
