/* SPDX-License-Identifier: MIT */
/*
 * Who a user is, and in which order rights are given up, of which none may be left behind when a
 * step fails. In place of the machine's users and calls there are the test's own.
 */
#include "record/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

/* --- Users ---------------------------------------------------------------------------------- */

static struct passwd users[] = {
	{.pw_name = (char[]){"ann"}, .pw_uid = 1000, .pw_gid = 50},
	{.pw_name = (char[]){"1000"}, .pw_uid = 1001, .pw_gid = 51},
	{.pw_name = (char[]){"bob"}, .pw_uid = 1002, .pw_gid = 52},
	{.pw_name = (char[]){"last"}, .pw_uid = UINT32_MAX - 1, .pw_gid = 53},
	{.pw_name = (char[]){"none"}, .pw_uid = UINT32_MAX, .pw_gid = 54},
};

enum { USERS = sizeof(users) / sizeof(*users) };

static int lookup_error;

struct passwd *getpwnam(const char *name)
{
	for (int i = 0; i < USERS; i++)
		if (!strcmp(users[i].pw_name, name))
			return &users[i];
	if (lookup_error)
		errno = lookup_error;
	return NULL;
}

struct passwd *getpwuid(uid_t uid)
{
	for (int i = 0; i < USERS; i++)
		if (users[i].pw_uid == uid)
			return &users[i];
	return NULL;
}

static void assert_user(const char *text, const struct passwd *user)
{
	struct account a = {.name = NULL};

	assert_int_equal(privileges_find(&a, text), 0);
	assert_string_equal(a.name, text);
	assert_int_equal(a.uid, user->pw_uid);
	assert_int_equal(a.gid, user->pw_gid);
}

static void names_and_numbers(void **state)
{
	(void)state;
	assert_user("ann", &users[0]);
	assert_user("bob", &users[2]);
	assert_user("1002", &users[2]);
	assert_user("001002", &users[2]);
	/* A name that is a number comes first. */
	assert_user("1000", &users[1]);
	assert_user("4294967294", &users[3]);
}

static void nobody_at_all(void **state)
{
	/* The largest number is no user's, but "no change" to setuid(). */
	static const char *const texts[] = {"", "eve", "7", "1002x", "+1002", " 1002", "-1",
		"0x3ea", "4294967295", "4294968298", "18446744073709552618",
		"99999999999999999999999"};
	struct account a;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(privileges_find(&a, texts[i]), -ENOENT);
	lookup_error = EIO;
	assert_int_equal(privileges_find(&a, "eve"), -EIO);
	lookup_error = 0;
}

/* --- Rights --------------------------------------------------------------------------------- */

enum { STEPS = 6 };

static const struct account ann = {"ann", 1000, 50};

static char done[200];
static int steps, failing; /* so far; the one that fails */

static int step(const char *what)
{
	if (steps++ == failing) {
		errno = EPERM;
		return -1;
	}
	strcat(strcat(done, what), "; ");
	return 0;
}

int initgroups(const char *user, gid_t group)
{
	char what[64];

	snprintf(what, sizeof(what), "groups of %s, %u", user, (unsigned int)group);
	return step(what);
}

int setgid(gid_t gid)
{
	char what[64];

	snprintf(what, sizeof(what), "group %u", (unsigned int)gid);
	return step(what);
}

int setuid(uid_t uid)
{
	char what[64];

	snprintf(what, sizeof(what), "user %u", (unsigned int)uid);
	return step(what);
}

int prctl(int option, ...)
{
	unsigned long arg;
	va_list args;

	va_start(args, option);
	arg = (unsigned long)va_arg(args, int);
	va_end(args);
	if (option == PR_SET_NO_NEW_PRIVS && arg == 1)
		return step("no new ones");
	if (option == PR_CAP_AMBIENT && arg == PR_CAP_AMBIENT_CLEAR_ALL)
		return step("no ambient ones");
	return step("?");
}

static bool is_nothing(const struct __user_cap_data_struct *data)
{
	static const struct __user_cap_data_struct nothing[_LINUX_CAPABILITY_U32S_3];

	return !memcmp(data, nothing, sizeof(nothing));
}

long syscall(long number, ...)
{
	const struct __user_cap_header_struct *head;
	const struct __user_cap_data_struct *data;
	va_list args;

	va_start(args, number);
	head = va_arg(args, const struct __user_cap_header_struct *);
	data = va_arg(args, const struct __user_cap_data_struct *);
	va_end(args);
	if (number != SYS_capset || head->version != _LINUX_CAPABILITY_VERSION_3 || head->pid)
		return step("?");
	return step(is_nothing(data) ? "none" : "some");
}

static int give_up(int (*how)(const struct account *), const struct account *account, int fails)
{
	*done = '\0';
	steps = 0;
	failing = fails;
	return how(account);
}

/* Groups while that is still allowed; capabilities last, as all the others may take some. */
static void in_order(void **state)
{
	const struct account nobody_else = {.name = NULL};

	(void)state;
	assert_int_equal(give_up(privileges_drop, &ann, -1), 0);
	assert_string_equal(done,
		"groups of ann, 50; group 50; user 1000; no new ones; no ambient ones; none; ");
	assert_int_equal(give_up(privileges_drop, &nobody_else, -1), 0);
	assert_string_equal(done, "no new ones; no ambient ones; none; ");
	assert_int_equal(give_up(privileges_become, &ann, -1), 0);
	assert_string_equal(done, "groups of ann, 50; group 50; user 1000; ");
	assert_int_equal(give_up(privileges_become, &nobody_else, -1), 0);
	assert_string_equal(done, "");
}

/* Whichever step fails, it is the last one, and it is told. */
static void every_step_may_fail(void **state)
{
	(void)state;
	for (int i = 0; i < STEPS; i++) {
		assert_int_equal(give_up(privileges_drop, &ann, i), -EPERM);
		assert_int_equal(steps, i + 1);
	}
	assert_int_equal(give_up(privileges_drop, &ann, STEPS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers),
		cmocka_unit_test(nobody_at_all),
		cmocka_unit_test(in_order),
		cmocka_unit_test(every_step_may_fail),
	};

	return cmocka_run_group_tests_name("privileges", tests, NULL, NULL);
}
