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
static int answer, dir_answer; /* an errno */
static int dirs;               /* that were asked for */

int fdatasync(int fd)
{
	char byte = 0;

	if (fcntl(fd, F_GETFD) < 0 || write(begun[1], &byte, 1) != 1 ||
		read(done[0], &byte, 1) != 1)
		abort();
	errno = answer;
	return answer ? -1 : 0;
}

int fsync(int fd)
{
	if (fcntl(fd, F_GETFD) < 0)
		abort();
	dirs++;
	errno = dir_answer;
	return dir_answer ? -1 : 0;
}

static int enter(void **state)
{
	*state = syncer_new();
	answer = dir_answer = dirs = 0;
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
	struct syncer *s = *state;

	assert_true(syncer_is_idle(s));
	syncer_wait(s);
	assert_int_equal(syncer_result(s), 0);
	syncer_free(s);
	syncer_free(NULL);
}

static void test_ask_does_not_wait(void **state)
{
	struct syncer *s = *state;
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	syncer_ask(s, fd, -1);
	close(fd);
	wait_begun();
	assert_false(syncer_is_idle(s)); /* it is still at it */
	let_go();
	syncer_wait(s);
	assert_true(syncer_is_idle(s));
	assert_int_equal(syncer_result(s), 0);
	assert_int_equal(dirs, 0);
	syncer_free(s);
	assert_int_equal(begun_meanwhile(), -1);
}

static void test_free_waits(void **state)
{
	struct syncer *s = *state;

	syncer_ask(s, STDIN_FILENO, -1);
	let_go();
	syncer_free(s);
	assert_int_equal(begun_meanwhile(), 1);
}

static int result_of(struct syncer *s, int fd, int dir)
{
	syncer_ask(s, fd, dir);
	let_go();
	syncer_wait(s);
	return syncer_result(s);
}

/* Each request has its own result. */
static void test_failure(void **state)
{
	struct syncer *s = *state;

	answer = EIO;
	assert_int_equal(result_of(s, STDIN_FILENO, -1), -EIO);
	answer = 0;
	assert_int_equal(result_of(s, STDIN_FILENO, -1), 0);
	syncer_ask(s, -1, -1);
	assert_true(syncer_is_idle(s));
	assert_int_equal(syncer_result(s), -EBADF);
	assert_int_equal(result_of(s, STDIN_FILENO, -1), 0);
	syncer_free(s);
}

/* The names come behind the file, if that is there. */
static void test_directory(void **state)
{
	struct syncer *s = *state;

	assert_int_equal(result_of(s, STDIN_FILENO, STDIN_FILENO), 0);
	assert_int_equal(dirs, 1);
	dir_answer = EINVAL; /* a file system that need not */
	assert_int_equal(result_of(s, STDIN_FILENO, STDIN_FILENO), 0);
	assert_int_equal(dirs, 2);
	dir_answer = EIO;
	assert_int_equal(result_of(s, STDIN_FILENO, STDIN_FILENO), -EIO);
	assert_int_equal(dirs, 3);
	answer = ENOSPC;
	assert_int_equal(result_of(s, STDIN_FILENO, STDIN_FILENO), -ENOSPC);
	assert_int_equal(dirs, 3);
	syncer_free(s);
}

#define test_slow(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_slow(test_nothing_asked),
		test_slow(test_ask_does_not_wait),
		test_slow(test_free_waits),
		test_slow(test_failure),
		test_slow(test_directory),
	};

	return cmocka_run_group_tests_name("syncer", tests, NULL, NULL);
}
