/* SPDX-License-Identifier: MIT */
/*
 * syncer.h: puts on the disk what was written, so that a power cut or a crash of the kernel costs
 * seconds, and not what the kernel would keep in memory. For store.c.
 *
 * That may take long on a busy disk: it is done by a thread of its own, so that nobody waits for
 * it. The thread is begun with the first request, and has the rights that are left then.
 */
#ifndef RECORD_SYNCER_H
#define RECORD_SYNCER_H

struct syncer;

/* NULL: no memory. */
struct syncer *syncer_new(void);
/* NULL is fine. Waits for what is under way. */
void syncer_free(struct syncer *s);

/*
 * Has all that was written to this file so far put on the disk, soon; while an earlier request is
 * under way, nothing. The file may be closed meanwhile. Answers what came of earlier requests that
 * nobody was told of yet: 0 or a negative errno.
 */
int syncer_ask(struct syncer *s, int fd);

#endif
