/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define SECOND_US 1000000u

int signals_catch(struct signals *s)
{
	struct sigaction hangup;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	/* Under nohup it stays ignored: signalfd would show it all the same. */
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler != SIG_IGN)
		sigaddset(&set, SIGHUP);
	/* An inherited "ignore" would reap COMMAND behind our back. */
	signal(SIGCHLD, SIG_DFL);
	/* A reader that goes away, a file at its limit: an answer of write(), not a death. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, &s->before))
		return -errno;
	s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->fd < 0 ? -errno : 0;
}

void signals_close(struct signals *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static int take_ends(const struct signals *s)
{
	struct signalfd_siginfo info;
	int ends = 0;

	while (read(s->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		ends += info.ssi_signo != SIGCHLD;
	return ends;
}

int signals_wait(const struct signals *s, struct pollfd others[SIGNALS_OTHERS], uint64_t us)
{
	struct pollfd polls[1 + SIGNALS_OTHERS] = {{.fd = s->fd, .events = POLLIN}};
	struct timespec timeout = {
		.tv_sec = (time_t)(us / SECOND_US),
		.tv_nsec = (long)(us % SECOND_US) * 1000,
	};

	memcpy(polls + 1, others, SIGNALS_OTHERS * sizeof(*others));
	if (ppoll(polls, 1 + SIGNALS_OTHERS, &timeout, NULL) <= 0)
		return 0;
	memcpy(others, polls + 1, SIGNALS_OTHERS * sizeof(*others));
	return polls[0].revents ? take_ends(s) : 0;
}
