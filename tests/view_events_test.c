/* SPDX-License-Identifier: MIT */
#include "tests/report_fixture.h"

static void one_line_a_sample(void **state)
{
	const struct loss loss = {BOOT_START, BOOT_START + 1, {{1, 2}, {100, 200}}, LOST_HOOK, 0};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--events");
	stage_sample(&s, 1, CURL, DIR_RX, 1448, 1);
	stage_sample(&s, 2, CURL, DIR_TX, 12345678, 3);
	stage_sample(&s, 3, NGINX, DIR_TX, 1, 1);
	s.flags[1] = SAMPLE_INFERRED;
	s.block.loss = &loss;
	s.block.losses = 1;
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(stage_end(&s),
		"09:55:00.001000 101     curl            10.0.0.1:40000        < 192.0.2.80:443    "
		"       1448 bytes\n"
		"09:55:00.002000 101     curl            10.0.0.1:40000        > 192.0.2.80:443    "
		"    12345678 bytes, 3 calls, inferred\n"
		"09:55:00.003000 202     nginx           ::1:80                > 2001:db8::2:50000 "
		"          1 byte, mptcp\n"
		"lost until 09:55:00: 3 calls, 300 bytes (probe skipped)\n");
	stage_close(&s);
}

static void csv(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--events", "--csv", "-6");
	stage_sample(&s, 1, CURL, DIR_RX, 1448, 1);
	stage_sample(&s, 3, NGINX, DIR_TX, 1, 2);
	stage_sample(&s, 4, NGINX, DIR_RX, 5, 1);
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(stage_end(&s),
		"epoch,time,host,pid,comm,cgroup,proto,family,laddr,lport,raddr,rport,dir,bytes,"
		"calls\n"
		"1795168500.003000,2026-11-20 09:55:00,web1,202,nginx,id:6,mptcp,6,::1,80,"
		"2001:db8::2,50000,tx,1,2\n"
		"1795168500.004000,2026-11-20 09:55:00,web1,202,nginx,id:6,mptcp,6,::1,80,"
		"2001:db8::2,50000,rx,5,1\n");
	stage_close(&s);
}

static void json_and_the_protocol_of_a_process(void **state)
{
	const struct loss loss = {BOOT_START, BOOT_START + 1, {{1, 2}, {3, 4}}, LOST_DISK, 0};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--events", "--json", "--by=process");
	stage_sample(&s, 1, DNS, DIR_TX, 60, 1);
	s.block.loss = &loss;
	s.block.losses = 1;
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(stage_end(&s),
		"{\"epoch\":1795168500.001000,\"time\":\"2026-11-20 09:55:00\",\"host\":\"web1\","
		"\"pid\":101,\"comm\":\"curl\",\"cgroup\":\"/user\",\"dir\":\"tx\",\"bytes\":60,"
		"\"calls\":1,\"proto\":\"udp\"}\n"
		"{\"lost\":{\"host\":\"web1\",\"from_epoch\":1795168500.000000,"
		"\"to_epoch\":1795168500.000001,\"cause\":\"not written\",\"rx_calls\":1,"
		"\"tx_calls\":2,\"rx_bytes\":3,\"tx_bytes\":4}}\n");
	stage_close(&s);
}

static void rows_end_it(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--events", "--csv", "--by=comm", "-n2", "-p101");
	for (int i = 0; i < 5; i++)
		stage_sample(&s, i, i % 2 ? NGINX : CURL, DIR_RX, 7, 1);
	assert_int_equal(stage_block(&s), VIEW_ENOUGH);
	assert_string_equal(stage_end(&s),
		"epoch,time,host,comm,dir,bytes,calls\n"
		"1795168500.000000,2026-11-20 09:55:00,web1,curl,rx,7,1\n"
		"1795168500.002000,2026-11-20 09:55:00,web1,curl,rx,7,1\n");
	stage_close(&s);
}

static void a_group_has_sessions_of_its_own(void **state)
{
	const struct session swapped[] = {fixture_sessions[NGINX], fixture_sessions[CURL]};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--events", "--csv", "--by=comm", "-4");
	stage_sample(&s, 0, 0, DIR_RX, 1, 1);
	stage_sample(&s, 0, 1, DIR_RX, 2, 1);
	assert_int_equal(stage_block(&s), 0);
	assert_int_equal(stage_group(&s, NULL), 0);
	s.feed.sessions = swapped;
	s.feed.session_count = 2;
	stage_sample(&s, 0, 0, DIR_RX, 3, 1);
	stage_sample(&s, 0, 1, DIR_RX, 4, 1);
	stage_sample(&s, 0, 2, DIR_RX, 5, 1); /* there is no such session */
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(stage_end(&s),
		"epoch,time,host,comm,dir,bytes,calls\n"
		"1795168500.000000,2026-11-20 09:55:00,web1,curl,rx,1,1\n"
		"1795168500.000000,2026-11-20 09:55:00,web1,curl,rx,4,1\n");
	stage_close(&s);
}

static void the_date_shows_from_midnight_on(void **state)
{
	const uint64_t next_day = BOOT_START + 86400 * SECOND;
	const struct loss loss = {next_day, next_day, {{1, 2}, {100, 200}}, LOST_HOOK, 0};
	struct stage s;
	const char *text;

	(void)state;
	STAGE_OPEN(&s, "--events");
	stage_sample(&s, 0, CURL, DIR_RX, 1, 1);
	stage_sample(&s, (int64_t)86400 * 1000, CURL, DIR_RX, 1, 1);
	s.block.loss = &loss;
	s.block.losses = 1;
	assert_int_equal(stage_block(&s), 0);
	text = stage_end(&s);
	assert_non_null(strstr(text, "\n2026-11-21 09:55:00.000000 101 "));
	assert_non_null(strstr(text, "\nlost until 2026-11-21 09:55:00: 3 calls"));
	stage_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_a_sample),
		cmocka_unit_test(csv),
		cmocka_unit_test(json_and_the_protocol_of_a_process),
		cmocka_unit_test(rows_end_it),
		cmocka_unit_test(a_group_has_sessions_of_its_own),
		cmocka_unit_test(the_date_shows_from_midnight_on),
	};

	return cmocka_run_group_tests_name("view_events", tests, NULL, NULL);
}
