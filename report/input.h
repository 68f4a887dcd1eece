/* SPDX-License-Identifier: MIT */
/*
 * input.h: opens a recording, or standard input, and hands out its items. For merge.c and ahead.c,
 * and for run.c, which asks when a file ends.
 */
#ifndef REPORT_INPUT_H
#define REPORT_INPUT_H

#include "report/view.h"

struct input;

enum {
	INPUT_WHY = 256,
};

/*
 * Opens the file, "-" being standard input. A negative errno, with a line for people in why, when
 * it cannot be read. follow, where it is not NULL: a file that is not there yet, or has no end yet,
 * is waited for, which is told there; -EINTR when an interrupt ended that. See follow.h.
 */
int input_open(struct input **out, const char *name, const struct log *follow, char why[INPUT_WHY]);
/* NULL is fine. */
void input_close(struct input *in);

/*
 * FMT_OK, FMT_END, or negative with a line for people in why. Waits for a pipe that has nothing
 * yet.
 */
int input_next(struct input *in, struct item *item, char why[INPUT_WHY]);
/*
 * After FMT_END: 1 and the file that goes on from there, as if it was just opened; 0: there is
 * none; or negative as input_open, after which there is none either.
 */
int input_go_on(struct input *in, char why[INPUT_WHY]);
/* Whether this is the same file as the one of that name. */
bool input_is(const struct input *in, const char *name);
/* Of the item at hand; its sessions change with each one. */
const struct feed *input_feed(const struct input *in);

/* Whether it is a regular file, all of which is there. */
bool input_is_file(const struct input *in);
/* Of a regular file: what input_next reads with, to jump with, or another such reader. */
struct reader *input_own_reader(struct input *in);
/* The caller's to free; good until input_close. 0 or -ENOMEM. Threads may use one each. */
int input_reader(const struct input *in, struct reader **out);

/* The last moment that the file knows of, wall clock. False where there is none. */
bool input_last(const char *name, int64_t *last_us);

#endif
