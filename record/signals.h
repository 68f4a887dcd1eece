/* SPDX-License-Identifier: MIT */
/* signals.h: the signals that end a recording, as something to wait for. For recorder.c. */
#ifndef RECORD_SIGNALS_H
#define RECORD_SIGNALS_H

#include <poll.h>
#include <signal.h>
#include <stdint.h>

enum { SIGNALS_OTHERS = 2 };

struct signals {
	int fd;          /* -1: none are caught */
	sigset_t before; /* the mask that the recorder was started with */
};

/*
 * From now on SIGINT, SIGTERM and SIGHUP wait to be asked for, as does the end of a child; SIGPIPE
 * and SIGXFSZ are answers of write(). 0 or a negative errno.
 */
int signals_catch(struct signals *s);
void signals_close(struct signals *s);

/*
 * Waits for a signal, for what the others poll for, or for so many microseconds. How many signals
 * came that ask for an end.
 */
int signals_wait(const struct signals *s, struct pollfd others[SIGNALS_OTHERS], uint64_t us);

#endif
