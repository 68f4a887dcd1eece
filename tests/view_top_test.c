/* SPDX-License-Identifier: MIT */
#include "tests/report_fixture.h"

static void feed_some(struct stage *s)
{
	const struct loss loss = {BOOT_START, BOOT_START + 1, {{1, 2}, {100, 200}}, LOST_RING, 0};

	s->block.loss = &loss;
	s->block.losses = 1;
	stage_sample(s, 0, CURL, DIR_RX, 300000, 10);
	stage_sample(s, 1000, NGINX, DIR_TX, 700000, 5);
	assert_int_equal(stage_block(s), 0);
	assert_int_equal(stage_group(s, NULL), 0);
	stage_sample(s, 1500, CURL, DIR_TX, 24, 1);
	stage_sample(s, 2000, CURL2, DIR_RX, 100, 1);
	assert_int_equal(stage_block(s), 0);
}

static void the_table(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--top=2");
	feed_some(&s);
	assert_string_equal(stage_end(&s),
		"2 of 3 sessions on web1, 2026-11-20 09:55:00 to 09:55:02 UTC (2.000 s)\n"
		"#  PID    COMM   LADDR           RADDR              PROTO  RX_KB  TX_KB   SHARE   "
		"KB/S  CALLS     FIRST      LAST\n"
		"1  202    nginx  ::1:80          2001:db8::2:50000  mptcp      0    683   70.0%  "
		"341.8      5  09:55:01  09:55:01\n"
		"2  101    curl   10.0.0.1:40000  192.0.2.80:443     tcp      292      0   30.0%  "
		"146.5     11  09:55:00  09:55:01\n"
		"   TOTAL                                                     293    683  100.0%  "
		"488.3     17  09:55:00  09:55:02\n"
		"lost: 3 calls, 300 bytes (ring full)\n");
	stage_close(&s);
}

static void csv(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--top", "--csv");
	feed_some(&s);
	assert_string_equal(stage_end(&s),
		"rank,host,pid,comm,cgroup,proto,family,laddr,lport,raddr,rport,rx_calls,tx_calls,"
		"rx_bytes,tx_bytes,first_epoch,last_epoch,first_time,last_time\n"
		"1,web1,202,nginx,id:6,mptcp,6,::1,80,2001:db8::2,50000,0,5,0,700000,"
		"1795168501.000000,1795168501.000000,"
		"2026-11-20 09:55:01,2026-11-20 09:55:01\n"
		"2,web1,101,curl,/user,tcp,4,10.0.0.1,40000,192.0.2.80,443,10,1,300000,24,"
		"1795168500.000000,1795168501.500000,"
		"2026-11-20 09:55:00,2026-11-20 09:55:01\n"
		"3,web1,101,curl,/user,tcp,4,10.0.0.1,40000,192.0.2.80,443,1,0,100,0,"
		"1795168502.000000,1795168502.000000,"
		"2026-11-20 09:55:02,2026-11-20 09:55:02\n");
	assert_string_equal(s.errors, "tcptop-report: lost: 3 calls, 300 bytes (ring full)\n");
	stage_close(&s);
}

static void quiet_does_not_hide_losses(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--top", "--csv", "-q");
	feed_some(&s);
	stage_end(&s);
	assert_string_equal(s.errors, "tcptop-report: lost: 3 calls, 300 bytes (ring full)\n");
	stage_close(&s);
}

static void columns_follow_the_key(void **state)
{
	static const struct {
		const char *by, *names;
	} expected[] = {
		{"session", "host,pid,comm,cgroup,proto,family,laddr,lport,raddr,rport"},
		{"process", "host,pid,comm,cgroup"},
		{"comm", "host,comm"},
		{"cgroup", "host,cgroup"},
		{"laddr", "host,laddr"},
		{"raddr", "host,raddr"},
		{"lport", "host,lport"},
		{"rport", "host,rport"},
		{"peer", "host,raddr,rport"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		char names[256];
		struct stage s;

		STAGE_OPEN(&s, "--top", "--csv", "-q", "--by", expected[i].by);
		feed_some(&s);
		snprintf(names, sizeof(names), "rank,%s,rx_calls,", expected[i].names);
		assert_int_equal(strncmp(stage_end(&s), names, strlen(names)), 0);
		stage_close(&s);
	}
}

static void feed_udp(struct stage *s)
{
	stage_sample(s, 0, CURL, DIR_RX, 3000, 2);
	stage_sample(s, 500, DNS, DIR_TX, 60, 1);
	stage_sample(s, 1000, DNS, DIR_RX, 301, 2);
	assert_int_equal(stage_block(s), 0);
}

static void a_process_has_tcp_and_udp_apart(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--top", "--by=process", "--bytes");
	feed_udp(&s);
	assert_string_equal(strchr(stage_end(&s), '\n') + 1,
		"#  PID    COMM  CGROUP  RX_B  TX_B   SHARE   B/S  TCPRCV  TCPRASZ  TCPSND  "
		"TCPSASZ "
		" UDPRCV  UDPRASZ  UDPSND  UDPSASZ     FIRST      LAST\n"
		"1  101    curl  /user   3301    60  100.0%  3361       2     1500       0        "
		"- "
		"      2      150       1       60  09:55:00  09:55:01\n"
		"   TOTAL                3301    60  100.0%  3361       2     1500       0        "
		"- "
		"      2      150       1       60  09:55:00  09:55:01\n");
	stage_close(&s);
	STAGE_OPEN(&s, "--top", "--by=process", "--csv");
	feed_udp(&s);
	assert_string_equal(stage_end(&s),
		"rank,host,pid,comm,cgroup,rx_calls,tx_calls,rx_bytes,tx_bytes,first_epoch,"
		"last_epoch,udp_rx_calls,udp_tx_calls,udp_rx_bytes,udp_tx_bytes,"
		"first_time,last_time\n"
		"1,web1,101,curl,/user,4,1,3301,60,1795168500.000000,1795168501.000000,2,1,301,"
		"60,2026-11-20 09:55:00,2026-11-20 09:55:01\n");
	stage_close(&s);
}

static void json(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--top=1", "--json", "--by=comm");
	feed_some(&s);
	assert_string_equal(stage_end(&s),
		"{\"rank\":1,\"host\":\"web1\",\"comm\":\"nginx\",\"rx_calls\":0,\"tx_calls\":5,"
		"\"rx_bytes\":0,\"tx_bytes\":700000,\"first_epoch\":1795168501.000000,"
		"\"last_epoch\":1795168501.000000,\"first_time\":\"2026-11-20 09:55:01\","
		"\"last_time\":\"2026-11-20 09:55:01\"}\n"
		"{\"lost\":{\"host\":\"web1\",\"from_epoch\":1795168500.000000,"
		"\"to_epoch\":1795168500.000001,\"cause\":\"ring full\",\"rx_calls\":1,"
		"\"tx_calls\":2,\"rx_bytes\":100,\"tx_bytes\":200}}\n");
	assert_string_equal(s.errors, "");
	stage_close(&s);
}

static void hosts_are_told_apart(void **state)
{
	const struct loss loss = {BOOT_START, BOOT_START, {{1, 0}, {1, 0}}, LOST_RING, 0};
	struct stage s;
	const char *text;

	(void)state;
	STAGE_OPEN(&s, "--top");
	stage_sample(&s, 0, CURL, DIR_RX, 3000, 2);
	assert_int_equal(stage_block(&s), 0);
	s.feed.origin.host = "db\x1b";
	s.feed.number = 1;
	stage_sample(&s, 0, CURL, DIR_RX, 3000, 2);
	s.block.loss = &loss;
	s.block.losses = 1;
	assert_int_equal(stage_block(&s), 0);
	text = stage_end(&s);
	assert_int_equal(strncmp(text, "2 of 2 sessions on 2 hosts, ", 28), 0);
	assert_non_null(strstr(text, "\n#  HOST    PID  COMM "));
	assert_non_null(strstr(text, "\n1  db\\x1B  101  curl "));
	assert_non_null(strstr(text, "\n2  web1    101  curl "));
	assert_non_null(strstr(text, "\ndb\\x1B: lost: 1 call, 1 byte (ring full)\n"));
	stage_close(&s);
}

static void rows_of_a_key_are_summed(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--top", "--csv", "--by=peer", "--sort=rx", "-q");
	feed_some(&s);
	assert_string_equal(strchr(stage_end(&s), '\n'),
		"\n1,web1,192.0.2.80,443,11,1,300100,24,1795168500.000000,1795168502.000000,"
		"2026-11-20 09:55:00,2026-11-20 09:55:02\n"
		"2,web1,2001:db8::2,50000,0,5,0,700000,1795168501.000000,1795168501.000000,"
		"2026-11-20 09:55:01,2026-11-20 09:55:01\n");
	stage_close(&s);
}

static void several_days_show_the_date(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--top", "--by=comm");
	stage_sample(&s, 0, CURL, DIR_RX, 1, 1);
	stage_sample(&s, (int64_t)86400 * 1000, CURL, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(stage_end(&s),
		"1 of 1 process name on web1, 2026-11-20 09:55:00 to 2026-11-21 09:55:00 UTC (24 h "
		"00 m 00 "
		"s)\n"
		"#  COMM   RX_KB  TX_KB   SHARE  KB/S  CALLS                FIRST                 "
		"LAST\n"
		"1  curl       0      0  100.0%   0.0      2  2026-11-20 09:55:00  2026-11-21 "
		"09:55:00\n"
		"   TOTAL      0      0  100.0%   0.0      2  2026-11-20 09:55:00  2026-11-21 "
		"09:55:00\n");
	stage_close(&s);
}

/* The header is damaged. */
static void a_host_that_is_not_known(void **state)
{
	struct stage s;
	const char *text;

	(void)state;
	STAGE_OPEN(&s, "--top");
	s.feed.origin.host = "";
	stage_sample(&s, 0, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	text = stage_end(&s);
	assert_int_equal(strncmp(text, "1 of 1 session on an unknown host, ", 35), 0);
	stage_close(&s);
}

static void nothing_in_view(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--top", "-p", "1");
	stage_sample(&s, 0, CURL, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(stage_end(&s),
		"0 of 0 sessions on web1, 2026-11-20 09:55:00 to 09:55:00 UTC (0.000 s)\n");
	stage_close(&s);
	STAGE_OPEN(&s, "--top");
	assert_string_equal(stage_end(&s), "no traffic, and no time recorded\n");
	stage_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table),
		cmocka_unit_test(csv),
		cmocka_unit_test(quiet_does_not_hide_losses),
		cmocka_unit_test(columns_follow_the_key),
		cmocka_unit_test(a_process_has_tcp_and_udp_apart),
		cmocka_unit_test(json),
		cmocka_unit_test(hosts_are_told_apart),
		cmocka_unit_test(rows_of_a_key_are_summed),
		cmocka_unit_test(several_days_show_the_date),
		cmocka_unit_test(a_host_that_is_not_known),
		cmocka_unit_test(nothing_in_view),
	};

	return cmocka_run_group_tests_name("view_top", tests, NULL, NULL);
}
