/* SPDX-License-Identifier: MIT */
#include "report/filter.h"
#include "tests/report_fixture.h"
#include <errno.h>

static void empty_filter_passes_all(void **state)
{
	struct filter f = {0};

	(void)state;
	assert_true(filter_is_empty(&f));
	assert_true(filter_session(&f, &fixture_sessions[CURL]));
	assert_true(filter_session(&f, &fixture_sessions[NGINX]));
	filter_clear(NULL);
}

/* Whether the filter made of these options lets the session pass. */
static bool passes(const struct session *session, enum filter_kind kind, const char *value,
	enum filter_kind kind2, const char *value2)
{
	struct filter f = {0};
	bool answer;

	assert_int_equal(filter_add(&f, kind, value), 0);
	if (value2)
		assert_int_equal(filter_add(&f, kind2, value2), 0);
	assert_false(filter_is_empty(&f));
	answer = filter_session(&f, session);
	assert_int_equal(answer, f.matched);
	filter_clear(&f);
	assert_true(filter_is_empty(&f));
	return answer;
}

#define PASSES(session, kind, value)                                                               \
	passes(&fixture_sessions[session], FILTER_##kind, value, FILTER_KINDS, NULL)
#define PASSES_BOTH(session, kind, value, kind2, value2)                                           \
	passes(&fixture_sessions[session], FILTER_##kind, value, FILTER_##kind2, value2)

static void pids_are_any_of(void **state)
{
	(void)state;
	assert_true(PASSES(CURL, PID, "1,101"));
	assert_false(PASSES(NGINX, PID, "1,101"));
	assert_true(PASSES_BOTH(NGINX, PID, "1,101", PID, "202"));
	assert_false(PASSES(CURL, PID, "!1,101"));
	assert_true(PASSES(NGINX, PID, "!1,101"));
	assert_true(PASSES_BOTH(CURL, PID, "!202", PID, "101"));
	assert_false(PASSES_BOTH(CURL, PID, "!101", PID, "101"));
	assert_true(PASSES(CURL, PID, "2147483647,101"));
}

static void patterns(void **state)
{
	(void)state;
	assert_true(PASSES(CURL, COMM, "cur?"));
	assert_true(PASSES(CURL, COMM, "[bc]*l"));
	assert_false(PASSES(CURL, COMM, "cur"));
	assert_false(PASSES(CURL, COMM, "CURL"));
	assert_false(PASSES(CURL, COMM, "!c*"));
	assert_true(PASSES_BOTH(CURL, COMM, "nginx", COMM, "curl"));
	assert_true(PASSES(CURL, CGROUP, "/user"));
	assert_true(PASSES(CURL, CGROUP, "*er"));
	assert_true(PASSES(NGINX, CGROUP, "id:6"));
	assert_true(PASSES(NGINX, CGROUP, "!/user*"));
}

static void addresses_and_networks(void **state)
{
	(void)state;
	assert_true(PASSES(CURL, LADDR, "10.0.0.1"));
	assert_true(PASSES(CURL, LADDR, "::ffff:10.0.0.1"));
	assert_true(PASSES(CURL, LADDR, "::ffff:10.9.9.9/104"));
	assert_true(PASSES(CURL, LADDR, "192.168.0.0/16,10.0.0.0/31"));
	assert_false(PASSES(CURL, LADDR, "10.0.0.2/31"));
	assert_true(PASSES(CURL, LADDR, "0.0.0.0/0"));
	assert_false(PASSES(NGINX, LADDR, "0.0.0.0/0"));
	assert_true(PASSES(NGINX, LADDR, "::/0"));
	assert_true(PASSES(NGINX, RADDR, "2001:db8::/32"));
	assert_false(PASSES(NGINX, RADDR, "2001:db8::/127"));
	assert_true(PASSES(NGINX, RADDR, "2001:db8::/126"));
	assert_false(PASSES(NGINX, RADDR, "!2001:db8::/32"));
	assert_true(PASSES_BOTH(CURL, LADDR, "10.0.0.0/8", RADDR, "192.0.2.0/24"));
	assert_false(PASSES_BOTH(CURL, LADDR, "10.0.0.0/8", RADDR, "192.0.3.0/24"));
}

static void ports_are_either_side(void **state)
{
	(void)state;
	assert_true(PASSES(CURL, PORT, "443"));
	assert_true(PASSES(CURL, PORT, "40000"));
	assert_true(PASSES(CURL, RPORT, "80,400-443"));
	assert_false(PASSES(CURL, RPORT, "40000"));
	assert_true(PASSES(CURL, LPORT, "40000-40000"));
	assert_false(PASSES(CURL, LPORT, "443"));
	assert_false(PASSES(CURL, PORT, "!443"));
	assert_true(PASSES(NGINX, PORT, "!443"));
	assert_true(PASSES(NGINX, PORT, "0-65535"));
}

static void connections_have_no_direction(void **state)
{
	(void)state;
	assert_true(PASSES(CURL, CONN, "10.0.0.1:40000,192.0.2.80:443"));
	assert_true(PASSES(CURL, CONN, "192.0.2.80:443,10.0.0.1:40000"));
	assert_true(PASSES(CURL, CONN, "10.0.0.1:40000"));
	assert_true(PASSES(CURL, CONN, "192.0.2.80:443"));
	assert_true(PASSES(CURL, CONN, "[::ffff:192.0.2.80]:443"));
	assert_false(PASSES(CURL, CONN, "10.0.0.1:443,192.0.2.80:40000"));
	assert_false(PASSES(CURL, CONN, "10.0.0.1:40000,10.0.0.1:40000"));
	assert_false(PASSES(CURL, CONN, "10.0.0.1:40000,192.0.2.80:80"));
	assert_false(PASSES(CURL, CONN, "!192.0.2.80:443"));
	assert_true(PASSES(NGINX, CONN, "2001:db8::2:50000,::1:80"));
	assert_true(PASSES(NGINX, CONN, "[::1]:80"));
	assert_true(PASSES_BOTH(NGINX, CONN, "192.0.2.80:443", CONN, "::1:80"));
	assert_false(PASSES_BOTH(CURL, CONN, "192.0.2.80:443", PID, "1"));
}

static void bad_values_are_refused(void **state)
{
	static const char *const bad[FILTER_KINDS][9] = {
		[FILTER_PID] = {"", "x", "0", "-1", "1x", "2147483648", "99999999999", " 1", "1,"},
		[FILTER_COMM] = {"", "!"},
		[FILTER_CGROUP] = {"", "!"},
		[FILTER_LADDR] = {"", "!", "10", "10.0.0.0/33", "::/129", "10.0.0.0/", "::1/x",
			"::1,", "localhost"},
		[FILTER_CONN] = {"", "10.0.0.1", "10.0.0.1:", ":80", "10.0.0.1:65536",
			"10.0.0.0/8:80", "::1", "10.0.0.1:1,::1:2",
			"1.1.1.1:1,1.1.1.1:1,1.1.1.1:1"},
		[FILTER_PORT] = {"", "65536", "5-4", "-5", "5-", "http", "1,,2", "1-2-3", "!!1"},
	};
	struct filter f = {0};

	(void)state;
	for (int kind = 0; kind < FILTER_KINDS; kind++) {
		for (size_t i = 0; i < 9 && bad[kind][i]; i++) {
			assert_int_equal(
				filter_add(&f, (enum filter_kind)kind, bad[kind][i]), -EINVAL);
			filter_clear(&f);
		}
		assert_non_null(filter_wants((enum filter_kind)kind));
	}
}

static void family_and_pid_both_count(void **state)
{
	struct filter f = {.family = 6};

	(void)state;
	assert_false(filter_is_empty(&f));
	assert_false(filter_session(&f, &fixture_sessions[CURL]));
	assert_true(filter_session(&f, &fixture_sessions[NGINX]));
	assert_int_equal(filter_add(&f, FILTER_PID, "101"), 0);
	assert_false(filter_session(&f, &fixture_sessions[CURL]));
	assert_false(filter_session(&f, &fixture_sessions[NGINX]));
	filter_clear(&f);
}

static void loopback_is_left_out(void **state)
{
	struct session local = fixture_sessions[CURL];
	struct filter f = {.no_loopback = true};

	(void)state;
	assert_true(filter_session(&f, &fixture_sessions[CURL]));
	assert_false(filter_session(&f, &fixture_sessions[NGINX])); /* ::1 */
	local.conn.raddr[0] = 127;
	assert_false(filter_session(&f, &local));
	filter_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_filter_passes_all),
		cmocka_unit_test(pids_are_any_of),
		cmocka_unit_test(patterns),
		cmocka_unit_test(addresses_and_networks),
		cmocka_unit_test(ports_are_either_side),
		cmocka_unit_test(connections_have_no_direction),
		cmocka_unit_test(bad_values_are_refused),
		cmocka_unit_test(family_and_pid_both_count),
		cmocka_unit_test(loopback_is_left_out),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
