/* SPDX-License-Identifier: MIT */
/* Interval tables on terminals, and what breaks no row. */
#include "report/layout.h"
#include "tests/report_fixture.h"

static const struct session sessions[] = {
	{{.pid = 4194304,
		 .cgroup = "/kubepods.slice/kubepods-pod1.slice/cri-containerd-0123456789.scope",
		 .comm = "kworker/u16:3-e"},
		{PROTO_TCP, 6, {0x20, 0x01, 0x0d, 0xb8, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5},
			{0x20, 0x01, 0x0d, 0xb8, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6}, 40000, 443,
			1}},
	{{.pid = 7, .cgroup = "/a", .comm = "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2"},
		{PROTO_TCP, 6, {[15] = 1}, {[15] = 1}, 80, 50000, 1}},
	{{.pid = 8, .cgroup = "/a", .comm = "a\x1b[2Jb"},
		{PROTO_UDP, 6, {[15] = 1}, {[15] = 1}, 53, 50001, 1}},
};

static void expect(int width, const char *by, uint32_t count, const char *text)
{
	struct stage s;

	STAGE_OPEN_ON(&s, width, "-S", "--by", by);
	s.feed.sessions = sessions;
	s.feed.session_count = count;
	for (uint32_t i = 0; i < count; i++)
		stage_sample(&s, 100, i, DIR_RX, 2048 - 1024 * i, 1);
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(stage_end(&s), text);
	stage_close(&s);
}

static void rows_stay_straight(void **state)
{
	(void)state;
	expect(0, "session", 3,
		"\n"
		"PID     COMM         LADDR6                                 "
		"RADDR6                                RX_KB  TX_KB PROTO\n"
		"4194304 kworker/u16: 2001:db8:101:101:202:303:404:505:40000 "
		"2001:db8:101:101:202:303:404:506:443      2      0 tcp\n"
		"7       \xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2       "
		"::1:80                                 "
		"::1:50000                                 1      0 tcp\n"
		"8       a\\x1B[2Jb    ::1:53                                 "
		"::1:50001                                 0      0 udp\n");
}

static void a_wide_terminal_has_whole_names(void **state)
{
	(void)state;
	expect(200, "session", 1,
		"\n"
		"PID     COMM            LADDR6                                 "
		"RADDR6                                RX_KB  TX_KB\n"
		"4194304 kworker/u16:3-e 2001:db8:101:101:202:303:404:505:40000 "
		"2001:db8:101:101:202:303:404:506:443      2      0\n");
}

/* Addresses are never cut. */
static void a_narrow_terminal_has_no_padding(void **state)
{
	(void)state;
	expect(80, "peer", 3,
		"\n"
		"RADDR6                                RX_KB  TX_KB\n"
		"2001:db8:101:101:202:303:404:506:443      2      0\n"
		"::1:50000                                 1      0\n"
		"::1:50001                                 0      0\n");
	expect(60, "session", 1,
		"\n"
		"PID     COMM         LADDR6                                 "
		"RADDR6                                RX_KB  TX_KB\n"
		"4194304 kworker/u16: 2001:db8:101:101:202:303:404:505:40000 "
		"2001:db8:101:101:202:303:404:506:443      2      0\n");
	expect(24, "comm", 2,
		"COMM          RX_KB  TX_KB\n"
		"kworker/u16:      2      0\n"
		"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2            1      0\n");
}

static void of_a_path_the_end_is_kept(void **state)
{
	(void)state;
	expect(0, "cgroup", 2,
		"CGROUP                                                               "
		"RX_KB  TX_KB\n"
		"/kubepods.slice/kubepods-pod1.slice/cri-containerd-0123456789.scope "
		"     2      0\n"
		"/a                                                                  "
		"     1      0\n");
	expect(60, "cgroup", 2,
		"CGROUP                                          RX_KB  TX_KB\n"
		"..s-pod1.slice/cri-containerd-0123456789.scope      2      0\n"
		"/a                                                  1      0\n");
	expect(20, "cgroup", 2,
		"CGROUP                          RX_KB  TX_KB\n"
		"..-containerd-0123456789.scope      2      0\n"
		"/a                                  1      0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_stay_straight),
		cmocka_unit_test(a_wide_terminal_has_whole_names),
		cmocka_unit_test(a_narrow_terminal_has_no_padding),
		cmocka_unit_test(of_a_path_the_end_is_kept),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
