/* SPDX-License-Identifier: MIT */
#include "record/command.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const struct account nobody_else;

static char marker[64]; /* a file that is not there, in a directory of the test's own */

static int enter(void **state)
{
	char dir[] = "/tmp/command_test.XXXXXX";

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(marker, sizeof(marker), "%s/marker", dir);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	unlink(marker);
	*strrchr(marker, '/') = '\0';
	return rmdir(marker);
}

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

static void prepare_with(struct command *c, char **argv, bool out_taken)
{
	sigset_t mask;

	*c = (struct command)COMMAND_NONE;
	sigemptyset(&mask);
	assert_int_equal(command_prepare(c, argv, &mask, &nobody_else, out_taken), 0);
	assert_true(c->pid > 0);
}

static void prepare(struct command *c, char **argv)
{
	prepare_with(c, argv, false);
}

static void prepare_shell(struct command *c, const char *script)
{
	char text[256];
	char *argv[] = {"sh", "-c", text, "sh", marker, NULL};

	snprintf(text, sizeof(text), "%s", script);
	prepare(c, argv);
}

static void run_to_end(struct command *c)
{
	assert_int_equal(command_run(c), 0);
	while (!command_ended(c))
		nap();
	assert_int_equal(c->pid, 0);
	assert_int_equal(c->go, -1);
	assert_int_equal(c->failed, -1);
}

static int status_of(const char *script)
{
	struct command c;

	prepare_shell(&c, script);
	run_to_end(&c);
	command_stop(&c); /* has nothing to do */
	return c.status;
}

static void make_marker(mode_t mode)
{
	int fd = open(marker, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	close(fd);
}

static void test_no_command(void **state)
{
	struct command c = COMMAND_NONE;

	(void)state;
	assert_false(command_ended(&c));
	command_signal(&c, SIGKILL); /* not everybody */
	command_stop(&c);
	assert_false(c.ended);
}

static void test_held_back_until_run(void **state)
{
	struct command c;

	(void)state;
	prepare_shell(&c, "test -e \"$1\"");
	nap(); /* if it were not held back, it would look now */
	assert_false(command_ended(&c));
	make_marker(0600);
	run_to_end(&c);
	assert_int_equal(c.status, 0);
}

static void test_given_up_before_it_ran(void **state)
{
	struct command c;

	(void)state;
	prepare_shell(&c, ": >\"$1\"");
	command_stop(&c);
	assert_int_equal(c.pid, 0);
	assert_int_equal(access(marker, F_OK), -1);
}

static void test_exit_status(void **state)
{
	(void)state;
	assert_int_equal(status_of("exit 0"), 0);
	assert_int_equal(status_of("exit 7"), 7);
	assert_int_equal(status_of("exit 255"), 255);
}

static void test_ended_by_signal(void **state)
{
	(void)state;
	assert_int_equal(status_of("kill -TERM $$"), 128 + SIGTERM);
	assert_int_equal(status_of("kill -KILL $$"), 128 + SIGKILL);
}

static void assert_cannot_run(const char *name, int err, int status)
{
	char word[128];
	char *argv[] = {word, NULL};
	struct command c;

	snprintf(word, sizeof(word), "%s", name);
	prepare(&c, argv);
	assert_int_equal(command_run(&c), err);
	assert_true(command_ended(&c));
	assert_int_equal(c.status, status);
	assert_int_equal(c.pid, 0);
	command_stop(&c);
}

static void test_not_found(void **state)
{
	(void)state;
	assert_cannot_run("tcptop-no-such-program", -ENOENT, 127);
	assert_cannot_run("/nowhere/at/all", -ENOENT, 127);
	assert_cannot_run("", -ENOENT, 127);
}

static void test_not_executable(void **state)
{
	(void)state;
	make_marker(0600);
	assert_cannot_run(marker, -EACCES, 126);
	assert_cannot_run("/", -EACCES, 126);
}

/* As execvp would find, so that nothing is begun for a command that cannot be. */
static void test_looked_at_before(void **state)
{
	(void)state;
	assert_int_equal(command_look("sh"), 0);
	assert_int_equal(command_look("/bin/sh"), 0);
	assert_int_equal(command_look("tcptop-no-such-program"), -ENOENT);
	assert_int_equal(command_look("/nowhere/at/all"), -ENOENT);
	assert_int_equal(command_look("/"), -EACCES);
	make_marker(0600);
	assert_int_equal(command_look(marker), -EACCES);
	assert_int_equal(chmod(marker, 0700), 0);
	assert_int_equal(command_look(marker), 0);
	assert_int_equal(command_failure(-ENOENT), 127);
	assert_int_equal(command_failure(-EACCES), 126);
}

/* The test's own pipes in place of both outputs. */
static char *what_was_written(bool out_taken, int to)
{
	char word[] = "echo out; echo err >&2";
	char *argv[] = {"sh", "-c", word, NULL};
	int pipes[2][2], own[2];
	char text[2][16] = {"", ""};
	struct command c;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(pipe(pipes[i]), 0);
		own[i] = dup(i + 1);
		assert_int_equal(dup2(pipes[i][1], i + 1), i + 1);
		close(pipes[i][1]);
	}
	prepare_with(&c, argv, out_taken);
	run_to_end(&c);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(dup2(own[i], i + 1), i + 1);
		close(own[i]);
		assert_true(read(pipes[i][0], text[i], sizeof(text[i]) - 1) >= 0);
		close(pipes[i][0]);
	}
	return strdup(text[to]);
}

static void assert_written(bool out_taken, const char *out, const char *err)
{
	char *text = what_was_written(out_taken, 0);

	assert_string_equal(text, out);
	free(text);
	text = what_was_written(out_taken, 1);
	assert_string_equal(text, err);
	free(text);
}

static void test_leaves_standard_output_alone(void **state)
{
	(void)state;
	assert_written(false, "out\n", "err\n");
	assert_written(true, "", "out\nerr\n");
}

static void test_signal_reaches_it(void **state)
{
	struct command c;

	(void)state;
	prepare_shell(&c, "exec sleep 1000");
	assert_int_equal(command_run(&c), 0);
	assert_false(command_ended(&c));
	command_signal(&c, SIGTERM);
	while (!command_ended(&c))
		nap();
	assert_int_equal(c.status, 128 + SIGTERM);
	command_signal(&c, SIGTERM); /* to nobody */
}

static void test_stop_ends_it(void **state)
{
	struct command c;

	(void)state;
	prepare_shell(&c, "exec sleep 1000");
	assert_int_equal(command_run(&c), 0);
	command_stop(&c);
	assert_int_equal(c.pid, 0);
	assert_int_equal(c.status, 128 + SIGTERM);
}

/* The recorder blocks signals and ignores SIGPIPE; the command must know nothing of that. */
static void test_has_the_signals_of_a_shell(void **state)
{
	int term, pipe;
	sigset_t all, before;

	(void)state;
	sigfillset(&all);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &all, &before);
	term = status_of("kill -TERM $$; exit 3");
	pipe = status_of("kill -PIPE $$; exit 3");
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(term, 128 + SIGTERM);
	assert_int_equal(pipe, 128 + SIGPIPE);
}

static void test_descriptors_are_not_inherited(void **state)
{
	struct command c;

	(void)state;
	prepare_shell(&c, "exit 0");
	assert_true(fcntl(c.go, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(c.failed, F_GETFD) & FD_CLOEXEC);
	run_to_end(&c);
}

#define test_with_marker(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_marker(test_no_command),
		test_with_marker(test_held_back_until_run),
		test_with_marker(test_given_up_before_it_ran),
		test_with_marker(test_exit_status),
		test_with_marker(test_ended_by_signal),
		test_with_marker(test_not_found),
		test_with_marker(test_not_executable),
		test_with_marker(test_looked_at_before),
		test_with_marker(test_leaves_standard_output_alone),
		test_with_marker(test_signal_reaches_it),
		test_with_marker(test_stop_ends_it),
		test_with_marker(test_has_the_signals_of_a_shell),
		test_with_marker(test_descriptors_are_not_inherited),
	};

	/* With a folder in it that cannot be entered, "not found" would be "not allowed". */
	setenv("PATH", "/usr/bin:/bin", 1);
	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
