/* SPDX-License-Identifier: MIT */
/*
 * series.h: the files of a flight recorder: FILE.20261120T095500Z and its like, one after the other
 * by time, of which the last ones are kept. For store.c.
 *
 * Everything happens in the directory that was there at the start, through its descriptor. Nothing
 * is overwritten, no link is followed, and only regular files with names of this form are removed.
 */
#ifndef RECORD_SERIES_H
#define RECORD_SERIES_H

#include "output.h"
#include "privileges.h"

struct series;

/*
 * path is what the names begin with; the last `keep` files are kept, 0: all. Negative errno and one
 * line in `error` on failure.
 */
int series_new(struct series **out, const char *path, unsigned keep, char error[OUTPUT_ERROR_SIZE]);
/* NULL is fine. */
void series_free(struct series *s);

/*
 * Whether new files can be made with the rights that privileges_drop() will leave to the user; what
 * is made before can then not be taken away either. 0 or as series_new().
 */
int series_check(const struct series *s, const struct account *user, char error[OUTPUT_ERROR_SIZE]);

/* Creates the next file, named by this moment; the name in `o` is good until the next call. */
int series_next(struct series *s, struct output *o, int64_t wall_us, char error[OUTPUT_ERROR_SIZE]);

/* The directory's descriptor, which stays the series' own. */
int series_dir(const struct series *s);

/*
 * Removes the oldest files until `keep` are left and `more`; for when what the newest of `keep`
 * holds is on the disk. Those of earlier recorders go first. Negative errno and one line in `error`
 * where one stays that should go.
 */
int series_prune(struct series *s, unsigned more, char error[OUTPUT_ERROR_SIZE]);

#endif
