/* SPDX-License-Identifier: MIT */
/*
 * writer.h: turns samples into blocks. For record/ and tests only; report/ never writes.
 *
 * A writer gathers samples, closes a block when it is full or flushed, and a group when it has
 * enough blocks or is old enough, so that a group decodes on its own. See FORMAT.md.
 * Functions answer enum fmt_status. After a failure of the sink the block at hand is dropped, its
 * calls and bytes become a LOST_DISK loss of the next block, and the writer can be used on.
 */
#ifndef FORMAT_WRITER_H
#define FORMAT_WRITER_H

#include "model.h"
#include "status.h"
#include <stddef.h>

struct writer;

/* Takes each block whole: all of len bytes or, with a negative answer, none of them. */
struct sink {
	int (*write)(void *ctx, const void *data, size_t len);
	void *ctx;
};

/* The header's texts are copied. Writes nothing before the first flush, block or finish. */
int writer_new(struct writer **out, const struct header *header, struct sink sink);
/* NULL is fine. Does not finish: what was not flushed is gone. */
void writer_free(struct writer *w);

/*
 * wall clock = boot clock + offset_us, for samples from now on; zone_offset_s and zone (at most
 * NAME_SIZE) go into the next group's header. Closes the block at hand when the offset changes.
 * Call it before the first sample.
 */
int writer_clock(struct writer *w, int64_t offset_us, int32_t zone_offset_s, const char *zone);

/*
 * Makes a session known and gives its handle, good until writer_forget. The same session defined
 * twice is two handles. The definition reaches the file with the first sample that uses it.
 */
int writer_define(struct writer *w, const struct session *session, uint32_t *handle);
/* The handle will not be used again (it may be given anew). */
void writer_forget(struct writer *w, uint32_t handle);

/*
 * sample->session is a handle. Times may go back a little between calls; the block stores them in
 * order of time, samples of the same microsecond in order of call.
 */
int writer_sample(struct writer *w, const struct sample *sample);
int writer_loss(struct writer *w, const struct loss *loss);
int writer_load(struct writer *w, const struct load *load);

/*
 * Closes the block at hand, if it holds anything, and hands it to the sink; now_us decides whether
 * the group is old enough to close as well.
 */
int writer_flush(struct writer *w, uint64_t now_us);
/* Flushes, closes the group, writes the end block. Only restart and free may follow. */
int writer_finish(struct writer *w, uint64_t now_us);
/* The same, and says that the next file of the series goes on; writer_restart must follow. */
int writer_hand_over(struct writer *w, uint64_t now_us);
/*
 * After either: what comes next is another recording, with this header, for a sink that
 * now leads elsewhere. Handles stay good, the clock stays; totals and bytes written begin anew.
 */
int writer_restart(struct writer *w, const struct header *header);

/* Everything taken so far, including what is not flushed yet. Losses include LOST_DISK. */
const struct totals *writer_totals(const struct writer *w);
/* The sessions of all recordings so far, with one that goes on from one to the next counted once.
 */
uint64_t writer_sessions(const struct writer *w);
/* Of the totals, what is in blocks that the sink has taken; also good within the sink. */
const struct totals *writer_in_file(const struct writer *w);

#endif
