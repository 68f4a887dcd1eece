/* SPDX-License-Identifier: MIT */
/* Nobody waits for a disk that takes its time. */
#include "record/syncer.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* A disk that is done when the test says so: a byte for each time. */
static int begun[2], done[2];
static int answer; /* an errno */

int fdatasync(int fd)
{
	char byte = 0;

	if (fcntl(fd, F_GETFD) < 0 || write(begun[1], &byte, 1) != 1 ||
		read(done[0], &byte, 1) != 1)
		abort();
	errno = answer;
	return answer ? -1 : 0;
}

static int enter(void **state)
{
	*state = syncer_new();
	answer = 0;
	return *state && !pipe2(begun, O_CLOEXEC) && !pipe2(done, O_CLOEXEC) ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	return close(begun[0]) | close(begun[1]) | close(done[0]) | close(done[1]);
}

static void wait_begun(void)
{
	char byte;

	assert_int_equal(read(begun[0], &byte, 1), 1);
}

static void let_go(void)
{
	assert_int_equal(write(done[1], "", 1), 1);
}

static int begun_meanwhile(void)
{
	char bytes[16];

	assert_int_equal(fcntl(begun[0], F_SETFL, O_NONBLOCK), 0);
	return (int)read(begun[0], bytes, sizeof(bytes));
}

static void test_nothing_asked(void **state)
{
	syncer_free(*state);
	syncer_free(NULL);
}

static void test_asks_do_not_wait(void **state)
{
	struct syncer *s = *state;
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	assert_int_equal(syncer_ask(s, fd), 0);
	wait_begun();
	for (int i = 0; i < 5; i++) /* it is still at the first */
		assert_int_equal(syncer_ask(s, fd), 0);
	close(fd);
	let_go();
	syncer_free(s);
	assert_int_equal(begun_meanwhile(), -1);
}

static void test_free_waits(void **state)
{
	struct syncer *s = *state;

	assert_int_equal(syncer_ask(s, STDIN_FILENO), 0);
	let_go();
	syncer_free(s);
	assert_int_equal(begun_meanwhile(), 1);
}

static void test_failure_is_told_once(void **state)
{
	struct syncer *s = *state;
	int err;

	answer = EIO;
	assert_int_equal(syncer_ask(s, STDIN_FILENO), 0);
	let_go();
	wait_begun();
	/* Told by the next request that is taken, once the first is back. */
	while (!(err = syncer_ask(s, STDIN_FILENO)))
		;
	assert_int_equal(err, -EIO);
	answer = 0;
	let_go();
	wait_begun();
	assert_int_equal(syncer_ask(s, STDIN_FILENO), 0);
	let_go(); /* for a third one, if there is one */
	syncer_free(s);
}

#define test_slow(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_slow(test_nothing_asked),
		test_slow(test_asks_do_not_wait),
		test_slow(test_free_waits),
		test_slow(test_failure_is_told_once),
	};

	return cmocka_run_group_tests_name("syncer", tests, NULL, NULL);
}
