/* SPDX-License-Identifier: MIT */
#include "tests/report_fixture.h"

#define V4_TITLES "PID     COMM         LADDR                 RADDR                  RX_KB  TX_KB\n"
#define CURL_ROW  "101     curl         10.0.0.1:40000        192.0.2.80:443       "
#define NO_LOAD   " loadavg: unknown\n\n"

static void expect_end(struct stage *s, const char *text)
{
	assert_string_equal(stage_end(s), text);
	stage_close(s);
}

static void the_layout_is_tcptops(void **state)
{
	const struct load load = {BOOT_START + SECOND, {12, 110, 1009}, 1, 123, 4567};
	struct session sessions[] = {fixture_sessions[CURL], fixture_sessions[NGINX]};
	struct stage s;

	(void)state;
	sessions[NGINX].conn.proto = PROTO_TCP;
	STAGE_OPEN(&s, "-C");
	s.feed.sessions = sessions;
	s.feed.session_count = 2;
	stage_sample(&s, 100, CURL, DIR_RX, 2047, 1);
	stage_sample(&s, 200, NGINX, DIR_TX, 1024, 1);
	s.block.load = &load;
	s.block.loads = 1;
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s,
		"09:55:01 loadavg: 0.12 1.10 10.09 1/123 4567\n\n" V4_TITLES CURL_ROW
		"      1      0\n"
		"\n"
		"PID     COMM         LADDR6                           RADDR6                    "
		"        RX_KB  TX_KB\n"
		"202     nginx        ::1:80                           2001:db8::2:50000         "
		"            0      1\n");
}

static void tables_are_cut_at_boundaries(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-C");
	stage_sample(&s, 0, CURL, DIR_RX, 1024, 1);
	stage_sample(&s, 999, CURL, DIR_RX, 1024, 1);
	stage_sample(&s, 1000, CURL, DIR_RX, 1024, 1);
	stage_sample(&s, 1999, CURL, DIR_TX, 5120, 1);
	stage_sample(&s, 2000, CURL, DIR_TX, 3072, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "09:55:01" NO_LOAD V4_TITLES CURL_ROW "      2      0\n"
		       "\n09:55:02" NO_LOAD V4_TITLES CURL_ROW "      1      5\n"
		       "\n09:55:03" NO_LOAD V4_TITLES CURL_ROW "      0      3\n");
}

static void a_table_is_printed_once_its_interval_is_over(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S");
	stage_sample(&s, 500, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(s.memory.text, "");
	stage_sample(&s, 1000, CURL, DIR_RX, 2048, 1);
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(s.memory.text, V4_TITLES CURL_ROW "      1      0\n");
	expect_end(
		&s, V4_TITLES CURL_ROW "      1      0\n\n" V4_TITLES CURL_ROW "      2      0\n");
}

static void a_run_of_idle_intervals_is_one_line(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-p", "101");
	stage_sample(&s, 100, NGINX, DIR_RX, 1, 1); /* filtered: idle as well */
	stage_sample(&s, 2500, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	s.block.first_us = s.block.last_us = BOOT_START + 6 * SECOND;
	assert_int_equal(stage_block(&s), 0); /* no samples, but time goes on */
	expect_end(&s, "09:55:02 idle since 09:55:00 (2 intervals)\n"
		       "\n09:55:03" NO_LOAD V4_TITLES CURL_ROW "      1      0\n"
		       "\n09:55:06 idle since 09:55:03 (3 intervals)\n");
}

#define CLEAR "\033[H\033[2J"

/* Live on a terminal it is there at once, so that the last table does not look like the present. */
static void an_idle_run_is_seen_as_it_grows(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S");
	view_free(s.view);
	s.setup.clear = true;
	assert_int_equal(view_new(&s.view, &s.setup), 0);
	stage_sample(&s, 100, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	for (uint64_t second = 1; second <= 3; second++) {
		s.block.first_us = s.block.last_us = BOOT_START + second * SECOND;
		assert_int_equal(stage_block(&s), 0);
	}
	assert_string_equal(s.memory.text, CLEAR V4_TITLES CURL_ROW
		"      1      0\n" CLEAR "09:55:02 idle since 09:55:01 (1 interval)\n" CLEAR
		"09:55:03 idle since 09:55:01 (2 intervals)\n");
	stage_sample(&s, 3900, CURL, DIR_RX, 2048, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, CLEAR V4_TITLES CURL_ROW
		"      1      0\n" CLEAR "09:55:02 idle since 09:55:01 (1 interval)\n" CLEAR
		"09:55:03 idle since 09:55:01 (2 intervals)\n" CLEAR V4_TITLES CURL_ROW
		"      2      0\n");
}

static void count_includes_idle_intervals(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "1", "3");
	stage_sample(&s, 100, CURL, DIR_RX, 1024, 1);
	stage_sample(&s, 9500, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), VIEW_ENOUGH);
	expect_end(&s, "09:55:01" NO_LOAD V4_TITLES CURL_ROW "      1      0\n"
		       "\n09:55:03 idle since 09:55:01 (2 intervals)\n");
	STAGE_OPEN(&s, "5", "1");
	stage_sample(&s, 100, CURL, DIR_RX, 1024, 1);
	stage_sample(&s, 9500, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), VIEW_ENOUGH);
	expect_end(&s, "09:55:05" NO_LOAD V4_TITLES CURL_ROW "      1      0\n");
}

static void a_little_backwards_stays(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S");
	stage_sample(&s, 1000, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	stage_sample(&s, 990, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, V4_TITLES CURL_ROW "      2      0\n");
}

static void a_clock_set_back_begins_anew(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-C");
	stage_sample(&s, 5000, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	s.block.wall_offset_us = WALL_START - (int64_t)BOOT_START - (int64_t)(4 * SECOND);
	stage_sample(&s, 5500, CURL, DIR_RX, 2048, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "09:55:06" NO_LOAD V4_TITLES CURL_ROW "      1      0\n"
		       "\n09:55:02" NO_LOAD V4_TITLES CURL_ROW "      2      0\n");
}

static void a_clock_set_back_ends_an_idle_run(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-p", "1");
	stage_sample(&s, 5000, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	s.block.wall_offset_us = WALL_START - (int64_t)BOOT_START - (int64_t)(4 * SECOND);
	stage_sample(&s, 5500, CURL, DIR_RX, 2048, 1);
	stage_sample(&s, 6000, CURL, DIR_RX, 2048, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "09:55:06 idle since 09:55:05 (1 interval)\n"
		       "\n09:55:02 idle since 09:55:01 (1 interval)\n");
}

static void losses_stand_where_they_ended(void **state)
{
	const struct loss losses[] = {
		{BOOT_START, BOOT_START + 1, {{1, 2}, {100, 200}}, LOST_RING, 0},
		{BOOT_START, BOOT_START + 2 * SECOND + 1, {{0, 3}, {0, 0}}, LOST_MEMORY, 0},
	};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S");
	stage_sample(&s, 100, CURL, DIR_RX, 1024, 1);
	s.block.loss = losses;
	s.block.losses = 2;
	s.block.first_us = BOOT_START;
	s.block.last_us = BOOT_START + 2 * SECOND + 1;
	assert_int_equal(stage_block(&s), 0);
	stage_sample(&s, 1200, CURL, DIR_RX, 2048, 1);
	assert_int_equal(stage_block(&s), 0);
	s.block.first_us = s.block.last_us = BOOT_START + 3 * SECOND;
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s,
		"lost: 3 calls, 300 bytes (ring full)\n" V4_TITLES CURL_ROW "      1      0\n"
		"\n" V4_TITLES CURL_ROW "      2      0\n"
		"\nlost: 3 calls, 0 bytes (no memory)\n");
}

/* The last interval is idle only as far as it was recorded, and so it is not called idle. */
static void the_end_is_where_the_recording_ended(void **state)
{
	const struct item finish = {.kind = ITEM_FINISH};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S");
	stage_sample(&s, 500, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	s.stats.finish_wall_us = WALL_START + 3 * (int64_t)SECOND + 1;
	assert_int_equal(s.view->item(s.view, &s.feed, &finish), 0);
	expect_end(&s, V4_TITLES CURL_ROW "      1      0\n"
					  "\n09:55:03 idle since 09:55:01 (2 intervals)\n");
}

static void a_late_loss_holds_nothing_up(void **state)
{
	const struct loss loss = {
		BOOT_START, BOOT_START + 3 * SECOND, {{1, 0}, {1, 0}}, LOST_RING, 0};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-C");
	stage_sample(&s, 100, CURL, DIR_RX, 1024, 1);
	s.block.loss = &loss;
	s.block.losses = 1;
	s.block.first_us = BOOT_START;
	s.block.last_us = BOOT_START + 3 * SECOND;
	assert_int_equal(stage_block(&s), 0);
	stage_sample(&s, 900, CURL, DIR_RX, 1024, 1);
	stage_sample(&s, 5100, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "09:55:01" NO_LOAD V4_TITLES CURL_ROW "      2      0\n"
		       "\n09:55:03 idle since 09:55:01 (2 intervals)\n"
		       "\n09:55:04 loadavg: unknown\nlost: 1 call, 1 byte (ring full)\n\n"
		       "\n09:55:05 idle since 09:55:04 (1 interval)\n"
		       "\n09:55:06" NO_LOAD V4_TITLES CURL_ROW "      1      0\n");
}

/* What is lost of a full disk is all there was. */
static void an_outage_is_not_idle(void **state)
{
	const struct loss loss = {BOOT_START + SECOND / 2, BOOT_START + 4 * SECOND + SECOND / 2,
		{{1, 0}, {1, 0}}, LOST_DISK, UINT32_MAX};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-C");
	stage_sample(&s, 100, CURL, DIR_RX, 2048, 1);
	assert_int_equal(stage_block(&s), 0);
	stage_sample(&s, 6100, CURL, DIR_RX, 1024, 1);
	s.block.loss = &loss;
	s.block.losses = 1;
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "09:55:01" NO_LOAD V4_TITLES CURL_ROW "      2      0\n"
		       "\n09:55:04 no recording since 09:55:01 (3 intervals)\n"
		       "\n09:55:05 loadavg: unknown\nlost: 1 call, 1 byte (not written)\n\n"
		       "\n09:55:06 idle since 09:55:05 (1 interval)\n"
		       "\n09:55:07" NO_LOAD V4_TITLES CURL_ROW "      1      0\n");
}

static void finish(struct stage *s, uint64_t ms)
{
	const struct item finish = {.kind = ITEM_FINISH};

	s->stats.finish_wall_us = WALL_START + (int64_t)ms * 1000;
	assert_int_equal(s->view->item(s->view, &s->feed, &finish), 0);
}

/* Between two recordings nobody knows what happened; a quiet one says that nothing did. */
static void between_recordings_is_not_idle(void **state)
{
	const struct header second = {.recording = 2, .start_wall_us = WALL_START + 5100000},
			    third = {.recording = 3, .start_wall_us = WALL_START + 9000000};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S");
	assert_int_equal(stage_group(&s, NULL), 0);
	stage_sample(&s, 500, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	finish(&s, 1900);
	assert_int_equal(stage_group(&s, &second), 0);
	assert_string_equal(s.memory.text, V4_TITLES CURL_ROW "      1      0\n");
	finish(&s, 7000);
	assert_int_equal(stage_group(&s, &third), 0);
	stage_sample(&s, 10100, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, V4_TITLES CURL_ROW "      1      0\n"
					  "\n09:55:02 idle since 09:55:01 (1 interval)\n"
					  "\n09:55:05 no recording since 09:55:02 (3 intervals)\n"
					  "\n09:55:07 idle since 09:55:05 (2 intervals)\n"
					  "\n09:55:09 no recording since 09:55:07 (2 intervals)\n"
					  "\n09:55:10 idle since 09:55:09 (1 interval)\n"
					  "\n" V4_TITLES CURL_ROW "      1      0\n");
}

/* Live, a quiet host's table appears with the second's load average. */
static void a_load_average_ends_an_interval(void **state)
{
	const struct load load = {BOOT_START + SECOND + 3000, {12, 110, 1009}, 1, 123, 4567};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S");
	stage_sample(&s, 500, CURL, DIR_RX, 1024, 1);
	s.block.load = &load;
	s.block.loads = 1;
	s.block.last_us = load.time_us;
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(s.memory.text, V4_TITLES CURL_ROW "      1      0\n");
	expect_end(&s, V4_TITLES CURL_ROW "      1      0\n");
}

static void csv_has_the_same_rows(void **state)
{
	const struct loss loss = {BOOT_START, BOOT_START + 1, {{1, 2}, {100, 200}}, LOST_RING, 0};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--csv", "0.5", "-n", "1");
	s.block.loss = &loss;
	s.block.losses = 1;
	stage_sample(&s, 100, CURL, DIR_RX, 2047, 3);
	stage_sample(&s, 200, NGINX, DIR_TX, 1024, 1);
	stage_sample(&s, 300, NETNS2, DIR_TX, 1, 1); /* cut by -n */
	stage_sample(&s, 1700, NGINX, DIR_RX, 7, 2);
	assert_int_equal(stage_block(&s), 0);
	assert_string_equal(stage_end(&s),
		"epoch,time,seconds,host,pid,comm,cgroup,proto,family,laddr,lport,raddr,rport,"
		"rx_calls,tx_calls,rx_bytes,tx_bytes\n"
		"1795168500,2026-11-20 09:55:00,0.500000,web1,101,curl,/user,tcp,4,10.0.0.1,40000,"
		"192.0.2.80,443,3,0,2047,0\n"
		"1795168500,2026-11-20 09:55:00,0.500000,web1,202,nginx,id:6,mptcp,6,::1,80,"
		"2001:db8::2,50000,0,1,0,1024\n"
		"1795168501.500000,2026-11-20 09:55:01,0.500000,web1,202,nginx,id:6,mptcp,6,::1,80,"
		"2001:db8::2,50000,2,0,7,0\n");
	assert_string_equal(s.errors, "tcptop-report: a.data: lost in the interval from "
				      "2026-11-20 09:55:00: 3 calls, 300 bytes (ring full)\n");
	stage_close(&s);
}

/* Which has nothing to do with the file that was read last. */
static void a_loss_is_of_its_file(void **state)
{
	const struct loss loss = {BOOT_START, BOOT_START + 1, {{1, 2}, {100, 200}}, LOST_RING, 0};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--csv");
	s.block.loss = &loss;
	s.block.losses = 1;
	stage_sample(&s, 100, CURL, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	s.feed.name = "b.data";
	stage_sample(&s, 1100, CURL, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	stage_end(&s);
	assert_string_equal(s.errors, "tcptop-report: a.data: lost in the interval from "
				      "2026-11-20 09:55:00: 3 calls, 300 bytes (ring full)\n");
	stage_close(&s);
}

static void json_has_the_same_rows(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--json", "--by=process", "2");
	stage_sample(&s, 100, CURL, DIR_RX, 2047, 3);
	stage_sample(&s, 200, DNS, DIR_TX, 60, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "{\"epoch\":1795168500,\"time\":\"2026-11-20 09:55:00\",\"seconds\":2,"
		       "\"host\":\"web1\",\"pid\":101,\"comm\":\"curl\",\"cgroup\":\"/user\","
		       "\"rx_calls\":3,\"tx_calls\":1,\"rx_bytes\":2047,\"tx_bytes\":60,"
		       "\"udp_rx_calls\":0,\"udp_tx_calls\":1,\"udp_rx_bytes\":0,"
		       "\"udp_tx_bytes\":60}\n");
}

static void columns_grow_with_what_they_hold(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S", "--bytes", "-6");
	stage_sample(&s, 100, NGINX, DIR_RX, 12345678, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "\n"
		       "PID     COMM         LADDR6                           RADDR6               "
		       "                RX_B   TX_B PROTO\n"
		       "202     nginx        ::1:80                           2001:db8::2:50000    "
		       "            12345678      0 mptcp\n");
}

static void each_host_has_its_load_and_losses(void **state)
{
	const struct loss loss = {BOOT_START, BOOT_START + 1, {{1, 0}, {1, 0}}, LOST_RING, 0};
	const struct load load = {BOOT_START, {12, 110, 1009}, 1, 123, 4567};
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "--by=comm");
	s.feed.many_hosts = true;
	stage_sample(&s, 100, CURL, DIR_RX, 1024, 1);
	s.block.load = &load;
	s.block.loads = 1;
	assert_int_equal(stage_block(&s), 0);
	s.feed.origin.host = "db1";
	s.feed.number = 1;
	stage_sample(&s, 200, CURL, DIR_RX, 4096, 1);
	s.block.loss = &loss;
	s.block.losses = 1;
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "09:55:01 db1 loadavg: unknown\n"
		       "09:55:01 web1 loadavg: 0.12 1.10 10.09 1/123 4567\n"
		       "db1 lost: 1 call, 1 byte (ring full)\n"
		       "\n"
		       "HOST             COMM          RX_KB  TX_KB\n"
		       "db1              curl              4      0\n"
		       "web1             curl              1      0\n");
}

static void the_date_shows_from_midnight_on(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "3600", "-p", "101");
	stage_sample(&s, 0, CURL, DIR_RX, 1024, 1);
	stage_sample(&s, (int64_t)15 * 3600 * 1000, CURL, DIR_RX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, "10:00:00" NO_LOAD V4_TITLES CURL_ROW "      1      0\n"
		       "\n2026-11-21 00:00:00 idle since 10:00:00 (14 intervals)\n"
		       "\n2026-11-21 01:00:00" NO_LOAD V4_TITLES CURL_ROW "      1      0\n");
}

static void what_prints_alike_has_rows_of_its_own(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-S", "--sort=tx");
	stage_sample(&s, 100, NETNS2, DIR_RX, 1024, 1);
	stage_sample(&s, 100, CURL2, DIR_RX, 1024, 1);
	stage_sample(&s, 100, CURL, DIR_RX, 3072, 1);
	stage_sample(&s, 200, CURL2, DIR_TX, 1024, 1);
	assert_int_equal(stage_block(&s), 0);
	expect_end(&s, V4_TITLES CURL_ROW "      1      1\n" CURL_ROW "      3      0\n" CURL_ROW
					  "      1      0\n");
}

static void nothing_is_nothing(void **state)
{
	struct stage s;

	(void)state;
	STAGE_OPEN(&s, "-C");
	expect_end(&s, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_layout_is_tcptops),
		cmocka_unit_test(tables_are_cut_at_boundaries),
		cmocka_unit_test(a_table_is_printed_once_its_interval_is_over),
		cmocka_unit_test(a_run_of_idle_intervals_is_one_line),
		cmocka_unit_test(an_idle_run_is_seen_as_it_grows),
		cmocka_unit_test(count_includes_idle_intervals),
		cmocka_unit_test(a_little_backwards_stays),
		cmocka_unit_test(a_clock_set_back_begins_anew),
		cmocka_unit_test(a_clock_set_back_ends_an_idle_run),
		cmocka_unit_test(losses_stand_where_they_ended),
		cmocka_unit_test(the_end_is_where_the_recording_ended),
		cmocka_unit_test(a_late_loss_holds_nothing_up),
		cmocka_unit_test(an_outage_is_not_idle),
		cmocka_unit_test(between_recordings_is_not_idle),
		cmocka_unit_test(a_load_average_ends_an_interval),
		cmocka_unit_test(csv_has_the_same_rows),
		cmocka_unit_test(a_loss_is_of_its_file),
		cmocka_unit_test(json_has_the_same_rows),
		cmocka_unit_test(columns_grow_with_what_they_hold),
		cmocka_unit_test(each_host_has_its_load_and_losses),
		cmocka_unit_test(the_date_shows_from_midnight_on),
		cmocka_unit_test(what_prints_alike_has_rows_of_its_own),
		cmocka_unit_test(nothing_is_nothing),
	};

	return cmocka_run_group_tests_name("view_intervals", tests, NULL, NULL);
}
