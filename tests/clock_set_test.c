/* SPDX-License-Identifier: MIT */
/* What it asks of the kernel's timer, which here is the test's own: no clock is set. */
#include "record/clock_set.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static bool has_timers;
static int armed; /* so often */
static int timer;

int timerfd_create(clockid_t clock, int flags)
{
	assert_int_equal(clock, CLOCK_REALTIME);
	assert_int_equal(flags, TFD_CLOEXEC | TFD_NONBLOCK);
	armed = 0;
	timer = has_timers ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
	return timer;
}

/* For a time that does not come while anybody lives, to be told when the clock is set. */
int timerfd_settime(int fd, int flags, const struct itimerspec *new, struct itimerspec *old)
{
	assert_int_equal(fd, timer);
	assert_int_equal(flags, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET);
	assert_true(new->it_value.tv_sec > INT64_C(1) << 40);
	assert_null(old);
	armed++;
	return 0;
}

static short poll_it(const struct clock_set *c)
{
	struct pollfd p = clock_set_poll(c);

	assert_true(poll(&p, 1, 0) >= 0);
	return p.revents;
}

/* Each time that it is told it waits for the next one, and only then. */
static void told_again_and_again(void **state)
{
	const uint64_t once = 1;
	struct clock_set c;

	(void)state;
	has_timers = true;
	clock_set_open(&c);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(armed, i);
		clock_set_polled(&c, poll_it(&c));
		assert_int_equal(armed, i);
		assert_int_equal(write(c.fd, &once, sizeof(once)), sizeof(once));
		assert_int_equal(poll_it(&c), POLLIN);
		clock_set_polled(&c, POLLIN);
		assert_int_equal(poll_it(&c), 0);
	}
	clock_set_close(&c);
	assert_int_equal(c.fd, -1);
	errno = 0;
	assert_int_equal(close(timer), -1);
	assert_int_equal(errno, EBADF);
}

static void a_kernel_without(void **state)
{
	struct clock_set c;

	(void)state;
	has_timers = false;
	clock_set_open(&c);
	assert_int_equal(armed, 0);
	assert_int_equal(clock_set_poll(&c).fd, -1);
	clock_set_polled(&c, poll_it(&c));
	assert_int_equal(armed, 0);
	clock_set_close(&c);
	clock_set_close(&c);
	assert_int_equal(c.fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told_again_and_again),
		cmocka_unit_test(a_kernel_without),
	};

	return cmocka_run_group_tests_name("clock_set", tests, NULL, NULL);
}
