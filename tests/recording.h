/* SPDX-License-Identifier: MIT */
/*
 * recording.h: a recording in memory, and all that the reader finds in it, for tests of what
 * writes one.
 */
#ifndef TESTS_RECORDING_H
#define TESTS_RECORDING_H

#include "format/reader.h"
#include "format/writer.h"

/* A file; zeroed at first, data is the owner's to free. */
struct recording_bytes {
	uint8_t *data;
	size_t len, size, read;
};

/* For writer_new(): appends. */
struct sink recording_sink(struct recording_bytes *bytes);

struct recording_row {
	uint64_t time_us, bytes;
	uint32_t pid, calls;
	unsigned dir;
	uint8_t flags; /* enum sample_flags */
};

/* Zeroed at first. */
struct recording {
	struct reader *reader;         /* the strings of `session` are its */
	const struct session *session; /* of the last group */
	uint32_t sessions;
	struct recording_row *row;
	size_t rows;
	struct loss *loss;
	size_t losses;
};

/* Fails the test where the recording is damaged or was not finished. */
void recording_read(struct recording *got, struct recording_bytes *bytes);
void recording_free(struct recording *got);

#endif
