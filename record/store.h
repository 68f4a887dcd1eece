/* SPDX-License-Identifier: MIT */
/*
 * store.h: the writer, and the file or the series of files that it fills. For recorder.c and
 * outage.c.
 *
 * Functions answer 0, a negative errno with one line in `error`, or where they write to the
 * recording enum fmt_status, as writer.h.
 */
#ifndef RECORD_STORE_H
#define RECORD_STORE_H

#include "options.h"
#include "output.h"

#include "format/writer.h"

/* What was asked for of the disk, and is not answered yet. */
enum store_await {
	AWAIT_NOTHING,
	AWAIT_OLD,     /* the end of the file before */
	AWAIT_NEW,     /* the beginning of the file at hand, so that old ones may go */
	AWAIT_ROUTINE, /* what came in the last seconds */
};

struct store {
	const struct options *options;
	struct output output;
	struct series *series; /* NULL: one file, or standard output */
	struct writer *writer;
	struct header header; /* of the file at hand; its texts are the recorder's */
	struct totals before; /* of the files before it */
	uint64_t bytes_before;
	uint64_t next_us;       /* when --rotate wants another file */
	uint64_t not_before_us; /* another one, after a failure */
	bool prune;             /* once the file at hand holds something */
	bool stuck;             /* the last time a file stayed, which was said */
	struct syncer *syncer;
	enum store_await await;
	const char *await_name; /* of which file */
	bool has_old;           /* the file before is to be put on the disk: */
	bool old_prune;         /* and then, as it was done before it held anything, others go */
	int old_fd;
	const char *old_name;
	uint64_t sync_us, synced; /* when next as a routine, and the size last time */
	bool unsafe;              /* the last time it failed, which was said */
};

/* Whether store_open() would refuse; touches nothing. */
int store_check(const struct options *options, char error[OUTPUT_ERROR_SIZE]);
/* Refuses a series whose later files could not be made any more, with the rights that are left. */
int store_open(struct store *s, const struct options *options, char error[OUTPUT_ERROR_SIZE]);

/* The header's texts must outlive the store. enum fmt_status. */
int store_begin(struct store *s, const struct header *header);

/* Hands over what is gathered. enum fmt_status. */
int store_flush(struct store *s, uint64_t now_us);

/*
 * Has what was written put on the disk, now and then and where a file ends, and old files removed,
 * once the beginning of the one at hand is there; all without waiting for the disk. 0, or a
 * negative errno with words: the first time that a file stays or the disk fails, and again after a
 * time at which all went well.
 */
int store_care(struct store *s, uint64_t now_us, char error[OUTPUT_ERROR_SIZE]);
/*
 * Until the file before is on the disk and old ones are removed, or there are words, as of
 * store_care(): then again.
 */
int store_settle(struct store *s, char error[OUTPUT_ERROR_SIZE]);

/* Whether another file should begin. */
bool store_is_due(const struct store *s, uint64_t now_us);
/* How long until --rotate wants one; UINT64_MAX: never. */
uint64_t store_left_us(const struct store *s, uint64_t now_us);
/*
 * Begins it; the old one is finished. Waits for the disk only where that is not done yet with the
 * file before, and where store_settle() has words, these come first: it stays due. Not while
 * nothing can be written to the file at hand. When another cannot be made, the old one goes on, and
 * the first time that is a negative errno with words. *status is what finishing answered, enum
 * fmt_status.
 */
int store_rotate(struct store *s, uint64_t now_us, int64_t wall_offset_us, int *status,
	char error[OUTPUT_ERROR_SIZE]);

/* As writer_finish(). */
int store_finish(struct store *s, uint64_t now_us);
/* Closes the file. 0, or a negative errno for file systems that tell only now. */
int store_close(struct store *s);
/* Takes a file away that holds nothing of use. */
void store_discard(struct store *s);
void store_free(struct store *s);

/* Over all files so far; one session in several files counts once. */
struct totals store_totals(const struct store *s);
uint64_t store_bytes(const struct store *s);
/* Samples and their volume in blocks that a slow reader has not been given in whole. */
struct totals store_undelivered(const struct store *s);
/* Of the losses, what the file does not tell of yet. */
struct volume store_untold(const struct store *s);

#endif
