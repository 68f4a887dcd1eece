/* SPDX-License-Identifier: MIT */
/* Which signals end a recording, and what else wakes the recorder up. */
#include "record/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_US 60000000u /* that no test waits, unless it fails */

static const int touched[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGXFSZ};

enum { TOUCHED = sizeof(touched) / sizeof(*touched) };

struct fixture {
	sigset_t mask;
	struct sigaction action[TOUCHED];
	struct signals signals;
	struct pollfd others[SIGNALS_OTHERS];
	int pipe[2];
};

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	sigset_t none;

	*state = f;
	sigemptyset(&none);
	if (!f || pipe2(f->pipe, O_CLOEXEC) || sigprocmask(SIG_SETMASK, &none, &f->mask))
		return -1;
	for (int i = 0; i < TOUCHED; i++)
		if (sigaction(
			    touched[i], &(struct sigaction){.sa_handler = SIG_DFL}, &f->action[i]))
			return -1;
	f->signals.fd = -1;
	f->others[0].fd = f->others[1].fd = -1;
	return 0;
}

static int leave(void **state)
{
	struct fixture *f = *state;

	signals_close(&f->signals);
	close(f->pipe[0]);
	close(f->pipe[1]);
	/* None is left waiting. */
	for (int i = 0; i < TOUCHED; i++) {
		signal(touched[i], SIG_IGN);
		sigaction(touched[i], &f->action[i], NULL);
	}
	sigprocmask(SIG_SETMASK, &f->mask, NULL);
	free(f);
	return 0;
}

static int ends_within(struct fixture *f, uint64_t us)
{
	return signals_wait(&f->signals, f->others, us);
}

static void signals_that_end_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(signals_catch(&f->signals), 0);
	assert_true(fcntl(f->signals.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(ends_within(f, 0), 0);
	for (int i = 0; i < 3; i++) {
		raise(touched[i]);
		assert_int_equal(ends_within(f, LONG_US), 1);
		assert_int_equal(ends_within(f, 0), 0);
	}
	/* As many as came. */
	for (int i = 0; i < 3; i++)
		raise(touched[i]);
	assert_int_equal(ends_within(f, LONG_US), 3);
	assert_int_equal(ends_within(f, 0), 0);
}

/* Under nohup(1) that signal is ignored, and stays so. */
static void a_hangup_that_is_ignored(void **state)
{
	struct fixture *f = *state;

	signal(SIGHUP, SIG_IGN);
	assert_int_equal(signals_catch(&f->signals), 0);
	raise(SIGHUP);
	assert_int_equal(ends_within(f, 0), 0);
	raise(SIGINT);
	assert_int_equal(ends_within(f, LONG_US), 1);
}

/* A child that ends wakes it up, which is no end; and its status is there to be asked for, also
 * where whoever started the recorder had ignored such signals. */
static void a_child_that_ends(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t child;

	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(signals_catch(&f->signals), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child)
		_exit(7);
	assert_int_equal(ends_within(f, LONG_US), 0);
	assert_int_equal(waitpid(child, &status, WNOHANG), child);
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(ends_within(f, 0), 0);
}

/* What a write can meet is its answer, and the recorder lives on. */
static void failures_of_a_write(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(signals_catch(&f->signals), 0);
	close(f->pipe[0]);
	f->pipe[0] = -1;
	assert_int_equal(write(f->pipe[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	raise(SIGXFSZ);
	assert_int_equal(ends_within(f, 0), 0);
}

/* COMMAND is to have what the recorder was started with. */
static void the_mask_before(void **state)
{
	struct fixture *f = *state;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_SETMASK, &set, NULL), 0);
	assert_int_equal(signals_catch(&f->signals), 0);
	for (int i = 0; i < TOUCHED; i++)
		assert_int_equal(
			sigismember(&f->signals.before, touched[i]), touched[i] == SIGTERM);
	assert_int_equal(sigismember(&f->signals.before, SIGUSR1), 1);
	raise(SIGTERM);
	assert_int_equal(ends_within(f, LONG_US), 1);
	/* The recorder itself goes without those as well. */
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &set), 0);
	assert_int_equal(sigismember(&set, SIGUSR1), 1);
}

/* Either of the others wakes it up as well, with or without a signal. */
static void what_others_poll_for(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(signals_catch(&f->signals), 0);
	assert_int_equal(write(f->pipe[1], "x", 1), 1);
	for (int i = 0; i < SIGNALS_OTHERS; i++) {
		for (int ends = 0; ends < 2; ends++) {
			f->others[i] = (struct pollfd){.fd = f->pipe[0], .events = POLLIN};
			f->others[!i] = (struct pollfd){.fd = -1};
			if (ends)
				raise(SIGINT);
			assert_int_equal(ends_within(f, LONG_US), ends);
			assert_int_equal(f->others[i].revents, POLLIN);
			assert_int_equal(f->others[!i].revents, 0);
		}
	}
}

/* None are caught before, and none afterwards. */
static void without_signals(void **state)
{
	struct fixture *f = *state;
	int fd;

	assert_int_equal(ends_within(f, 0), 0);
	assert_int_equal(signals_catch(&f->signals), 0);
	fd = f->signals.fd;
	for (int i = 0; i < 2; i++) {
		signals_close(&f->signals);
		assert_int_equal(f->signals.fd, -1);
		assert_int_equal(fcntl(fd, F_GETFD), -1);
	}
	assert_int_equal(ends_within(f, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(signals_that_end_it),
		TEST(a_hangup_that_is_ignored),
		TEST(a_child_that_ends),
		TEST(failures_of_a_write),
		TEST(the_mask_before),
		TEST(what_others_poll_for),
		TEST(without_signals),
	};

	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
