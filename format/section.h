/* SPDX-License-Identifier: MIT */
/*
 * section.h: a payload is a list of sections, each compressed on its own. For format/ only.
 * FORMAT.md, "Sections".
 */
#ifndef FORMAT_SECTION_H
#define FORMAT_SECTION_H

#include "bytes.h"
#include "status.h"

/* Never renumbered. */
enum section_id {
	SECTION_HEADER = 1,
	SECTION_TOTALS = 2,
	SECTION_STRINGS = 3,
	SECTION_PROCESSES = 4,
	SECTION_SESSIONS = 5,
	SECTION_PLACE = 6,
	SECTION_TIME = 7,
	SECTION_BYTES = 8,
	SECTION_CALLS = 9,
	SECTION_FLAGS = 10,
	SECTION_LOSSES = 11,
	SECTION_LOADS = 12,
	SECTION_SUMS = 13,
	SECTION_WHO = 14,
	SECTION_ENDING = 15,
	SECTION_LAST = SECTION_ENDING,
	SECTION_NEEDED = 0x8000, /* a reader that does not know it must refuse */
};

enum {
	SECTION_FRAME = 12,         /* bytes before a section's data */
	SECTION_COUNT = 64,         /* in a block, at the most */
	SECTION_RAW = 8 << 20,      /* bytes of one, decoded, at the most */
	SECTION_RAW_SUM = 32 << 20, /* bytes of all of a block, decoded, at the most */
};

/* Builds a payload behind the room for a block header. */
struct encoder {
	struct buffer out; /* header and payload */
	struct buffer raw; /* the section that is being built */
	struct ZSTD_CCtx_s *zstd;
	int status;
};

int encoder_init(struct encoder *e);
void encoder_release(struct encoder *e);
void encoder_begin(struct encoder *e);
/* An empty buffer for the section's content. */
struct buffer *section_begin(struct encoder *e);
void section_end(struct encoder *e, enum section_id id);
/* The same, with a frame of its own for each `piece` bytes at the end, if that may be worth it. */
void section_end_cut(struct encoder *e, enum section_id id, size_t piece);
/* FMT_OK, or what went wrong since encoder_begin. */
int encoder_end(struct encoder *e);

struct section {
	const uint8_t *data; /* NULL: the payload has no such section */
	uint32_t stored, raw;
	uint8_t codec;
};

/* Takes a payload apart. */
struct decoder {
	struct section section[SECTION_LAST + 1]; /* by id */
	struct buffer scratch;
	struct ZSTD_DCtx_s *zstd;
	char needed[96]; /* after FMT_EVERSION: what this reader does not know */
};

int decoder_init(struct decoder *d);
void decoder_release(struct decoder *d);
/* The payload must stay until the next call. */
int decoder_open(struct decoder *d, const uint8_t *payload, size_t len);
bool section_present(const struct decoder *d, enum section_id id);
/* A section's content, good until the next call; empty if there is none. */
int section_content(struct decoder *d, enum section_id id, struct cursor *out);

#endif
