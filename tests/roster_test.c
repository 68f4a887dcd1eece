/* SPDX-License-Identifier: MIT */
#include "format/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct session first = {
	.process = {.pid = 1, .cgroup = "/a", .comm = "x"},
	.conn = {.family = 4, .lport = 80},
};

/* Strings and processes are there once, and only as long as a session needs them. */
static void holds_what_is_used(void **state)
{
	struct session other = first;
	struct roster r = {0};
	uint32_t a, b, c;

	(void)state;
	other.process.pid = 2;
	other.conn.lport = 81;
	assert_int_equal(roster_define(&r, &first, &a), FMT_OK);
	assert_int_equal(roster_define(&r, &first, &b), FMT_OK);
	assert_int_equal(roster_define(&r, &other, &c), FMT_OK);
	assert_true(a != b && b != c && a != c);
	assert_int_equal(r.strings.entries, 2);
	assert_int_equal(r.processes.entries, 2);
	roster_forget(&r, a);
	roster_forget(&r, a);
	assert_false(roster_has(&r, a));
	assert_int_equal(r.processes.entries, 2);
	roster_forget(&r, b);
	assert_int_equal(r.processes.entries, 1);
	assert_int_equal(r.strings.entries, 2);
	roster_forget(&r, c);
	assert_int_equal(r.processes.entries, 0);
	assert_int_equal(r.strings.entries, 0);
	assert_int_equal(roster_define(&r, &first, &a), FMT_OK);
	assert_int_equal(a, c);
	assert_int_equal(r.len, 3);
	roster_release(&r);
}

/* Two handles of one process share its definition; a new group defines everything again. */
static void numbers_in_a_group(void **state)
{
	struct roster r = {0};
	struct defs defs;
	struct session out;
	uint32_t a, b;

	(void)state;
	assert_int_equal(defs_init(&defs), FMT_OK);
	assert_int_equal(roster_define(&r, &first, &a), FMT_OK);
	assert_int_equal(roster_define(&r, &first, &b), FMT_OK);
	assert_true(roster_enter(&r, b, 1, &defs));
	assert_true(roster_enter(&r, a, 1, &defs));
	assert_int_equal(r.number[b].id, 0);
	assert_int_equal(r.number[a].id, 1);
	assert_int_equal(defs.count.processes, 1);
	assert_int_equal(defs.count.strings, 2);
	defs_clear(&defs);
	assert_false(roster_enter(&r, a, 2, &defs));
	assert_int_equal(r.number[a].id, 0);
	assert_int_equal(defs.count.processes, 1);
	assert_true(defs_session(&defs, 0, &out));
	assert_string_equal(out.process.comm, "x");
	assert_string_equal(out.process.cgroup, "/a");
	assert_int_equal(out.conn.lport, 80);
	assert_false(defs_session(&defs, 1, &out));
	roster_release(&r);
	defs_release(&defs);
}

/* A session that goes on in the next recording is new there, and yet no other one. */
static void counts_over_recordings(void **state)
{
	struct roster r = {0};
	struct defs defs;
	uint32_t a, b;

	(void)state;
	assert_int_equal(defs_init(&defs), FMT_OK);
	assert_int_equal(roster_define(&r, &first, &a), FMT_OK);
	assert_int_equal(roster_define(&r, &first, &b), FMT_OK);
	assert_true(roster_enter(&r, a, 1, &defs));
	assert_false(roster_enter(&r, a, 2, &defs));
	roster_recount(&r);
	assert_true(roster_enter(&r, a, 3, &defs));
	assert_int_equal(r.entered, 1);
	assert_true(roster_enter(&r, b, 3, &defs));
	assert_int_equal(r.entered, 2);
	roster_forget(&r, a);
	assert_int_equal(roster_define(&r, &first, &a), FMT_OK);
	assert_true(roster_enter(&r, a, 3, &defs));
	assert_int_equal(r.entered, 3);
	roster_release(&r);
	defs_release(&defs);
}

/* Handles are given anew in any order without mixing sessions up. */
static void handles(void **state)
{
	enum { N = 3000 };
	struct roster r = {0};
	struct session s = first;
	uint32_t handle[N], unused;

	(void)state;
	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < N; i++) {
			s.conn.lport = (uint16_t)i;
			assert_int_equal(roster_define(&r, &s, &handle[i]), FMT_OK);
		}
		for (uint32_t i = 0; i < N; i++)
			assert_int_equal(r.entry[handle[i]].conn.lport, i);
		for (uint32_t i = 0; i < N; i++)
			roster_forget(&r, handle[(i * 7) % N]);
		assert_int_equal(r.len, N);
	}
	s.process.cgroup = NULL;
	assert_int_equal(roster_define(&r, &s, &unused), FMT_OK);
	roster_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_is_used),
		cmocka_unit_test(numbers_in_a_group),
		cmocka_unit_test(counts_over_recordings),
		cmocka_unit_test(handles),
	};

	return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
