/* SPDX-License-Identifier: MIT */
#include "clock_set.h"

#include <stdint.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* A time that never comes, and that is given up when the clock is set: timerfd_create(2). */
static void arm(const struct clock_set *c)
{
	const struct itimerspec never = {.it_value = {.tv_sec = INT64_MAX}};

	timerfd_settime(c->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

void clock_set_open(struct clock_set *c)
{
	c->fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (c->fd >= 0)
		arm(c);
}

void clock_set_close(struct clock_set *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

struct pollfd clock_set_poll(const struct clock_set *c)
{
	return (struct pollfd){.fd = c->fd, .events = POLLIN};
}

void clock_set_polled(struct clock_set *c, short revents)
{
	uint64_t times;

	if (!revents)
		return;
	(void)!read(c->fd, &times, sizeof(times)); /* ECANCELED, as it must */
	arm(c);
}
