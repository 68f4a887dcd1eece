/* SPDX-License-Identifier: MIT */
/*
 * command.h: the COMMAND that a recording lasts for. It is forked early and held back until the
 * probes are attached, so that its first byte is seen. For recorder.c.
 */
#ifndef RECORD_COMMAND_H
#define RECORD_COMMAND_H

#include "privileges.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum { COMMAND_NOT_EXECUTABLE = 126, COMMAND_NOT_FOUND = 127 };

#define COMMAND_NONE                                                                               \
	{                                                                                          \
		.go = -1, .failed = -1                                                             \
	}

struct command {
	pid_t pid;  /* 0: none, or ended and reaped */
	int go;     /* pipe: a byte lets the child run, closing it lets it end */
	int failed; /* pipe: the child's errno when it cannot be run */
	int status; /* for exit(): the command's own, 128+N after signal N */
	bool ended;
};

/*
 * Whether there is such a program, by its path or in PATH, to say so before any trouble: 0,
 * -ENOENT, or -EACCES where it is none that can be run.
 */
int command_look(const char *name);
/* The status for exit() after that, or after command_run. */
int command_failure(int err);

/*
 * Forks; `mask` is the signal mask to give the child, `account` who it will run as. With
 * `out_taken` standard output is not for the child, which has standard error in its place. `c` is
 * COMMAND_NONE before. 0 or a negative errno.
 */
int command_prepare(struct command *c, char **argv, const sigset_t *mask,
	const struct account *account, bool out_taken);
/* Lets it run. 0, or the negative errno with which it could not; c->status is 126 or 127 then. */
int command_run(struct command *c);
/* Whether it has ended; never waits. */
bool command_ended(struct command *c);
/* Sends it a signal, if it still runs. */
void command_signal(struct command *c, int signal);
/* For giving up: lets go of a command that was held back, ends one that runs, and waits for it. */
void command_stop(struct command *c);

#endif
