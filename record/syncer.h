/* SPDX-License-Identifier: MIT */
/*
 * syncer.h: puts on the disk what was written, so that a power cut or a crash of the kernel costs
 * seconds, and not what the kernel would keep in memory. For store.c.
 *
 * That may take long on a busy disk: it is done by a thread of its own, so that nobody waits for
 * it who does not want to. The thread is begun with the first request, and has the rights that are
 * left then.
 */
#ifndef RECORD_SYNCER_H
#define RECORD_SYNCER_H

#include <stdbool.h>

struct syncer;

/* NULL: no memory. */
struct syncer *syncer_new(void);
/* NULL is fine. Waits for what is under way. */
void syncer_free(struct syncer *s);

/*
 * Has all that was written to this file so far put on the disk, and then the names in a directory,
 * where dir is not -1. Both may be closed meanwhile. Not while an earlier request is under way.
 */
void syncer_ask(struct syncer *s, int fd, int dir);

/* Whether nothing is under way. */
bool syncer_is_idle(struct syncer *s);
/* Until nothing is. */
void syncer_wait(struct syncer *s);

/* What came of the last request: 0 or a negative errno. Good while idle. */
int syncer_result(const struct syncer *s);

#endif
