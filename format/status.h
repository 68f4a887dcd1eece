/* SPDX-License-Identifier: MIT */
/*
 * status.h: how the functions of format/ answer.
 *
 * For everyone who includes another header of this folder. 0 is done, positive is "nothing more",
 * negative is an error; nothing in this folder prints, exits or sets errno on purpose.
 */
#ifndef FORMAT_STATUS_H
#define FORMAT_STATUS_H

enum fmt_status {
	FMT_OK = 0,
	FMT_END = 1, /* nothing more (for now: a growing file may be asked again) */

	FMT_EIO = -1,      /* the sink or the source failed; its owner knows why */
	FMT_ENOMEM = -2,   /* no memory */
	FMT_EFOREIGN = -3, /* not a tcptop recording */
	FMT_EVERSION = -4, /* written by a version that this one cannot read */
	FMT_EDAMAGED = -5, /* bytes that contradict the specification */
	FMT_ELIMIT = -6,   /* a value beyond the limits of the format */
};

/* A few words for people, such as "no memory"; never NULL. */
const char *fmt_status_text(int status);

#endif
