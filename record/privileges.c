/* SPDX-License-Identifier: MIT */
#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int privileges_find(struct account *account, const char *user)
{
	const struct passwd *entry;
	char *end;
	unsigned long uid = strtoul(user, &end, 10);

	errno = 0; /* a number too large for any is no failure */
	entry = getpwnam(user);
	if (!entry && *user >= '0' && *user <= '9' && !*end && uid < UINT_MAX)
		entry = getpwuid((uid_t)uid);
	if (!entry)
		return errno ? -errno : -ENOENT;
	*account = (struct account){.name = user, .uid = entry->pw_uid, .gid = entry->pw_gid};
	return 0;
}

int privileges_become(const struct account *account)
{
	if (!account->name)
		return 0;
	/* The groups first: afterwards it would not be allowed. */
	if (initgroups(account->name, account->gid) || setgid(account->gid) || setuid(account->uid))
		return -errno;
	return 0;
}

int privileges_drop(const struct account *account)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	int err = privileges_become(account);

	if (err)
		return err;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -errno;
	/* glibc wraps it only in libcap. */
	if (syscall(SYS_capset, &head, none))
		return -errno;
	return 0;
}
