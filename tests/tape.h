/* SPDX-License-Identifier: MIT */
/*
 * tape.h: a recording in memory, as the sink of a writer and the source of a reader, and what can
 * go wrong with both.
 */
#ifndef TESTS_TAPE_H
#define TESTS_TAPE_H

#include "format/reader.h"
#include "format/writer.h"

/* All zero is an empty one. */
struct tape {
	uint8_t *data;
	size_t len, cap;
	bool full; /* the sink fails */
	unsigned int refused;
	size_t pos;            /* of the source */
	size_t limit;          /* the source ends here for now; 0: at len */
	size_t chunk;          /* the most that it gives at once; 0: no such limit */
	bool broken;           /* the source fails */
	bool is_file;          /* the source can be read from any offset */
	struct reader *reader; /* kept from one reading to the next */
};

void tape_release(struct tape *t);
void tape_append(struct tape *t, const void *data, size_t len);
struct sink tape_sink(struct tape *t);
struct source tape_source(struct tape *t);
/* A reader at its start, which belongs to the tape. */
struct reader *tape_reader(struct tape *t);

/* Adds a recording of one sample, a second after the header's start, by the wall clock as well. */
void tape_record(struct tape *t, const struct header *header);
/* A file of what there is from there on. */
void tape_save(const struct tape *t, size_t from, const char *name);

/* Where the block that holds the byte at begins, and where it ends. */
size_t tape_block(const struct tape *t, size_t at, size_t *end);
/* All blocks from there on are of another recording. */
void tape_rename(struct tape *t, size_t from, uint64_t recording);
/* Makes the CRCs of the block there right again. */
void tape_reframe(struct tape *t, size_t block);

#endif
