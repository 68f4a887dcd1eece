/* SPDX-License-Identifier: MIT */
#include "report/interrupt.h"

#include <signal.h>
#include <string.h>
#include <time.h>

/* All that a handler can reach. */
static volatile sig_atomic_t came;

static void take(int signal)
{
	(void)signal;
	came = 1;
}

void interrupt_spare(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = take;
	action.sa_flags = (int)SA_RESETHAND; /* and no SA_RESTART: who waits for a file wakes up */
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
}

bool interrupt_came(void)
{
	return came;
}

bool interrupt_pause(void)
{
	const struct timespec moment = {.tv_nsec = 1000000000 / MOMENTS};

	if (!came)
		nanosleep(&moment, NULL);
	return !came;
}
