/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STOP_TRIES = 200 }; /* of 10 ms, before it is killed */

/* In the child. Ends with the recorder: without the probes the command makes no sense. */
static void wait_and_exec(struct command *c, const int go[2], char **argv, const sigset_t *mask,
	const struct account *account, bool out_taken)
{
	char byte;
	int err;

	close(go[1]);
	/* A byte is the word to run; the end of the pipe means that the recorder has given up. */
	if (read(go[0], &byte, 1) != 1)
		_exit(EXIT_FAILURE);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	err = -privileges_become(account);
	if (!err && out_taken && dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		err = errno;
	if (!err) {
		execvp(argv[0], argv);
		err = errno;
	}
	if (write(c->failed, &err, sizeof(err)) != sizeof(err))
		_exit(EXIT_FAILURE);
	_exit(command_failure(-err));
}

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

int command_failure(int err)
{
	return err == -ENOENT ? COMMAND_NOT_FOUND : COMMAND_NOT_EXECUTABLE;
}

int command_look(const char *name)
{
	const char *path = getenv("PATH");
	char full[PATH_MAX];

	if (strchr(name, '/'))
		return is_program(name) ? 0 : access(name, F_OK) ? -ENOENT : -EACCES;
	if (!path)
		return 0;
	while (*path) {
		size_t len = strcspn(path, ":");

		snprintf(full, sizeof(full), "%.*s/%s", (int)len, len ? path : ".", name);
		if (is_program(full))
			return 0;
		path += len + (path[len] == ':');
	}
	return -ENOENT;
}

int command_prepare(struct command *c, char **argv, const sigset_t *mask,
	const struct account *account, bool out_taken)
{
	int go[2], failed[2], err;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(failed, O_CLOEXEC)) {
		err = -errno;
		goto close_go;
	}
	c->pid = fork();
	if (c->pid < 0) {
		err = -errno;
		c->pid = 0;
		goto close_failed;
	}
	if (c->pid == 0) {
		c->failed = failed[1];
		wait_and_exec(c, go, argv, mask, account, out_taken);
	}
	close(go[0]);
	close(failed[1]);
	c->go = go[1];
	c->failed = failed[0];
	return 0;

close_failed:
	close(failed[0]);
	close(failed[1]);
close_go:
	close(go[0]);
	close(go[1]);
	return err;
}

static void reap(struct command *c, int options)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(c->pid, &status, options);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return;
	if (pid < 0)
		c->status = EXIT_FAILURE;
	else if (WIFSIGNALED(status))
		c->status = 128 + WTERMSIG(status);
	else
		c->status = WEXITSTATUS(status);
	c->pid = 0;
	c->ended = true;
}

int command_run(struct command *c)
{
	int err = 0;

	if (write(c->go, "", 1) != 1)
		err = errno;
	close(c->go);
	c->go = -1;
	/* The pipe closes by itself when the command runs. */
	if (!err && read(c->failed, &err, sizeof(err)) != sizeof(err))
		err = 0;
	close(c->failed);
	c->failed = -1;
	if (err)
		reap(c, 0);
	return -err;
}

bool command_ended(struct command *c)
{
	if (c->pid)
		reap(c, WNOHANG);
	return c->ended;
}

void command_signal(struct command *c, int signal)
{
	if (c->pid)
		kill(c->pid, signal);
}

/* Gives it some time to end by itself. */
static void wait_a_while(struct command *c)
{
	const struct timespec moment = {.tv_nsec = 10000000};

	for (int i = 0; i < STOP_TRIES && c->pid; i++) {
		reap(c, WNOHANG);
		nanosleep(&moment, NULL);
	}
}

void command_stop(struct command *c)
{
	if (c->go >= 0)
		close(c->go);
	if (c->failed >= 0)
		close(c->failed);
	c->go = c->failed = -1;
	if (!c->pid)
		return;
	command_signal(c, SIGTERM);
	wait_a_while(c);
	command_signal(c, SIGKILL);
	if (c->pid)
		reap(c, 0);
}
