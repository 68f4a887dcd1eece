/* SPDX-License-Identifier: MIT */
/*
 * hint.h: what someone may have meant who gave an option that there is none of. For options.c.
 */
#ifndef REPORT_HINT_H
#define REPORT_HINT_H

enum {
	HINT_SIZE = 160,
};

/* The end of a message about the option as it was written, "--sicne"; "" where nothing is close. */
void hint_option(char to[HINT_SIZE], const char *spelt);

#endif
