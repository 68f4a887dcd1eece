/* SPDX-License-Identifier: MIT */
#include "record/cgroup.h"

#include <errno.h>
#include <mntent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NO_PROCESS UINT32_MAX /* larger than any pid */

static char mount[4096]; /* of the unified hierarchy; "": none */

static void find_mount(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *m;

	while (mounts && !mount[0] && (m = getmntent(mounts)))
		if (!strcmp(m->mnt_type, "cgroup2"))
			snprintf(mount, sizeof(mount), "%s", m->mnt_dir);
	if (mounts)
		endmntent(mounts);
}

static void need_mount(void)
{
	if (mount[0])
		return;
	print_message("no cgroup2 is mounted here\n");
	skip();
}

static uint64_t id_of(const char *path)
{
	char full[8192];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", mount, path);
	assert_int_equal(stat(full, &st), 0);
	return st.st_ino;
}

static void own_path(char path[4096])
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[4096 + 8];

	assert_non_null(f);
	path[0] = '\0';
	while (!path[0] && fgets(line, sizeof(line), f))
		if (sscanf(line, "0::%4095[^\n]", path) != 1)
			path[0] = '\0';
	fclose(f);
}

static void test_own_cgroup(void **state)
{
	struct cgroups *c;
	char path[4096];

	(void)state;
	need_mount();
	own_path(path);
	if (!path[0] || strstr(path, "..")) {
		print_message("the test's own cgroup is not below the mount\n");
		skip();
	}
	assert_int_equal(cgroups_new(&c), 0);
	assert_string_equal(cgroups_path(c, id_of(path), (uint32_t)getpid()), path);
	cgroups_free(c);
}

static void test_root(void **state)
{
	struct cgroups *c;

	(void)state;
	need_mount();
	assert_int_equal(cgroups_new(&c), 0);
	assert_string_equal(cgroups_path(c, id_of("/"), NO_PROCESS), "/");
	cgroups_free(c);
}

static void test_unknown_id(void **state)
{
	struct cgroups *c;

	(void)state;
	assert_int_equal(cgroups_new(&c), 0);
	assert_string_equal(cgroups_path(c, UINT64_MAX, (uint32_t)getpid()), "");
	assert_string_equal(cgroups_path(c, UINT64_MAX, NO_PROCESS), "");
	assert_string_equal(cgroups_path(c, 0, NO_PROCESS), "");
	cgroups_free(c);
}

/* Makes /tcptop_test.PID and /tcptop_test.PID/inner, or skips the test. */
static void make_tree(char outer[64], char inner[64])
{
	char full[8192];

	snprintf(outer, 64, "/tcptop_test.%d", (int)getpid());
	snprintf(inner, 64, "/tcptop_test.%d/inner", (int)getpid());
	snprintf(full, sizeof(full), "%s%s", mount, outer);
	if (mkdir(full, 0755)) {
		print_message("cannot make a cgroup: %s\n", strerror(errno));
		skip();
	}
	snprintf(full, sizeof(full), "%s%s", mount, inner);
	assert_int_equal(mkdir(full, 0755), 0);
}

static void remove_tree(const char *outer, const char *inner)
{
	char full[8192];

	snprintf(full, sizeof(full), "%s%s", mount, inner);
	assert_int_equal(rmdir(full), 0);
	snprintf(full, sizeof(full), "%s%s", mount, outer);
	assert_int_equal(rmdir(full), 0);
}

/* The process has gone, its cgroup has not; later that has gone as well, and its name is kept. */
static void test_cgroup_of_a_process_that_has_gone(void **state)
{
	char outer[64], inner[64];
	uint64_t outer_id, inner_id;
	const char *path;
	struct cgroups *c;

	(void)state;
	need_mount();
	make_tree(outer, inner);
	outer_id = id_of(outer);
	inner_id = id_of(inner);
	assert_int_equal(cgroups_new(&c), 0);
	path = cgroups_path(c, inner_id, NO_PROCESS);
	assert_string_equal(path, inner);
	/* The pid is another process's by now. */
	assert_string_equal(cgroups_path(c, outer_id, (uint32_t)getpid()), outer);
	remove_tree(outer, inner);
	assert_string_equal(cgroups_path(c, outer_id, NO_PROCESS), outer);
	assert_ptr_equal(cgroups_path(c, inner_id, NO_PROCESS), path);
	cgroups_free(c);
}

static void test_free_of_nothing(void **state)
{
	(void)state;
	cgroups_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_cgroup),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_unknown_id),
		cmocka_unit_test(test_cgroup_of_a_process_that_has_gone),
		cmocka_unit_test(test_free_of_nothing),
	};

	find_mount();
	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
