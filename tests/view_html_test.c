/* SPDX-License-Identifier: MIT */
#include "tests/report_fixture.h"
#include <stdio.h>

static const struct header header = {.recording = 1,
	.start_us = BOOT_START,
	.start_wall_us = WALL_START,
	.host = "web1",
	.hooks = "tracepoint",
	.selftest = "passed",
	.coverage = "seen: <all>\nnot seen: splice",
	.filters = ""};

static const char *page_of(struct stage *s)
{
	const struct loss loss = {BOOT_START, BOOT_START + 1, {{1, 2}, {100, 200}}, LOST_RING, 0};

	assert_int_equal(stage_group(s, &header), 0);
	s->block.loss = &loss;
	s->block.losses = 1;
	stage_sample(s, 0, CURL, DIR_RX, 300000, 10);
	stage_sample(s, 1000, NGINX, DIR_TX, 700000, 5);
	assert_int_equal(stage_block(s), 0);
	stage_sample(s, 1500, DNS, DIR_TX, 24, 1);
	assert_int_equal(stage_block(s), 0);
	return stage_end(s);
}

static void assert_has(const char *page, const char *text)
{
	if (!strstr(page, text))
		fail_msg("the page has no '%s': %s", text, page);
}

static void assert_has_not(const char *page, const char *text)
{
	if (strstr(page, text))
		fail_msg("the page has '%s'", text);
}

static unsigned int count(const char *page, const char *text)
{
	unsigned int n = 0;

	for (; (page = strstr(page, text)); page++)
		n++;
	return n;
}

static void totals_and_tables(void **state)
{
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-", "--bytes");
	page = page_of(&s);
	assert_has(page, "<h1>TCP traffic by process on web1</h1>");
	assert_has(page,
		"From 2026-11-20 09:55:00 to 2026-11-20 09:55:01 UTC (1.500 s): 292.9K bytes "
		"received in 10 calls, 683.6K bytes sent in 6 calls.");
	assert_has(page, "<h2>By session: 3 of 3</h2>");
	assert_has(page, "<tr><td class=\"n\">1<td>202<td>nginx<td>::1:80<td>2001:db8::2:50000"
			 "<td class=\"n\">0<td class=\"n\">700000<td class=\"n\">70.0%"
			 "<td class=\"n\">5<td class=\"n\">09:55:01<td class=\"n\">09:55:01");
	assert_has(page, "<h2>By process: 2 of 2</h2>");
	assert_has(page, "<h2>By peer: 3 of 3</h2>");
	assert_has(page, "<h2>By cgroup: 2 of 2</h2>");
	assert_has(page, "Lost on web1: 3 calls, 300 bytes (ring full)");
	assert_has(page, "seen: &#60;all&#62;\nnot seen: splice\n");
	stage_close(&s);
}

/* A host that was recorded in other ways, from the second file on. */
static void each_recorder_is_heard(void **state)
{
	struct header second = header, third = header;
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-");
	assert_int_equal(stage_group(&s, &header), 0);
	assert_int_equal(stage_group(&s, &header), 0);
	second.filters = "--port 443";
	assert_int_equal(stage_group(&s, &second), 0);
	page = stage_end(&s);
	assert_int_equal(count(page, "<b>web1</b>"), 2);
	assert_int_equal(count(page, "--port 443"), 1);
	assert_has_not(page, "There are more recordings");
	stage_close(&s);

	STAGE_OPEN(&s, "--html", "-");
	for (int i = 0; i < 65; i++) {
		char name[16];

		snprintf(name, sizeof(name), "host%d", i);
		third.host = name;
		assert_int_equal(stage_group(&s, &third), 0);
	}
	page = stage_end(&s);
	assert_has(page, "<b>host63</b>");
	assert_has_not(page, "<b>host64</b>");
	assert_has(page, "There are more recordings, which --info tells about.");
	stage_close(&s);
}

static void picture(void **state)
{
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-", "--by=comm");
	page = page_of(&s);
	assert_has(page, "<h2>Bytes over time, by comm</h2>\n<svg");
	assert_has(page, "<title>2026-11-20 09:55:00.00\ncurl: received 292.9K, sent 0\n"
			 "something was lost</title>");
	assert_has(page, "<title>2026-11-20 09:55:01.00\nnginx: received 0, sent 683.5K</title>");
	assert_has(page, "<i style=\"background:var(--s0)\"></i>nginx</span>");
	assert_has(page, "<title>lost calls</title>");
	assert_has_not(page, "<h2>By session");
	stage_close(&s);
}

/* Whoever opens the page runs nothing and fetches nothing, whatever a process is called. */
static void hostile_names(void **state)
{
	static const char evil[] = "<script>\"'&\x1b[2J\xe2\x80\xae";
	struct session sessions[1] = {fixture_sessions[CURL]};
	struct header h = header;
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-");
	snprintf(sessions[0].process.comm, NAME_SIZE, "%s", evil);
	sessions[0].process.cgroup = evil;
	s.feed.sessions = sessions;
	s.feed.session_count = 1;
	s.feed.origin.host = evil;
	h.host = h.hooks = h.selftest = h.coverage = h.filters = evil;
	assert_int_equal(stage_group(&s, &h), 0);
	stage_sample(&s, 0, 0, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	page = stage_end(&s);
	assert_has(page, "&#60;script&#62;&#34;&#39;&#38;\\x1B[2J");
	assert_has_not(page, "<script");
	assert_has_not(page, "\x1b");
	assert_has_not(page, "\xe2\x80\xae");
	assert_has_not(page, "http:");
	assert_has_not(page, "src=");
	assert_has_not(page, "href=");
	stage_close(&s);
}

static void nothing_recorded(void **state)
{
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-");
	page = stage_end(&s);
	assert_has(page, "No traffic, and no time recorded.");
	assert_has_not(page, "<svg");
	assert_has(page, "</html>");
	stage_close(&s);
}

/* As --top has it. */
static void the_time_of_the_recording(void **state)
{
	const struct item end = {.kind = ITEM_FINISH};
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-");
	assert_int_equal(stage_group(&s, &header), 0);
	stage_sample(&s, 1000, CURL, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	s.stats.finish_wall_us = WALL_START + 3 * SECOND_US;
	assert_int_equal(s.view->item(s.view, &s.feed, &end), 0);
	page = stage_end(&s);
	assert_has(page, "From 2026-11-20 09:55:00 to 2026-11-20 09:55:03 UTC (3.000 s)");
	assert_has_not(page, "not recorded");
	stage_close(&s);
}

/* As --top has them: also where both directions together need more than 64 bits. */
static void shares(void **state)
{
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-");
	assert_int_equal(stage_group(&s, &header), 0);
	stage_sample(&s, 0, CURL, DIR_RX, UINT64_MAX / 4 * 3, 1);
	stage_sample(&s, 0, CURL, DIR_TX, UINT64_MAX / 4 * 3, 1);
	stage_sample(&s, 0, NGINX, DIR_RX, UINT64_MAX / 4, 1);
	stage_sample(&s, 0, NGINX, DIR_TX, UINT64_MAX / 4, 1);
	stage_sample(&s, 0, DNS, DIR_TX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	page = stage_end(&s);
	assert_has(page, "<td class=\"n\">75.0%<td");
	assert_has(page, "<td class=\"n\">25.0%<td");
	assert_has(page, "<td class=\"n\">&#60;0.1%<td");
	stage_close(&s);
}

/* Who sees the page only must not take it for all. */
static void files_that_cannot_be_used(void **state)
{
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-");
	assert_int_equal(stage_group(&s, &header), 0);
	stage_sample(&s, 0, CURL, DIR_RX, 1, 1);
	assert_int_equal(stage_block(&s), 0);
	s.view->failed(s.view);
	page = stage_end(&s);
	assert_has(page, "received in 1 call, 0 bytes sent in 0 calls.");
	assert_has(page, "Not all files could be used");
	assert_has_not(page, "Nothing was lost");
	stage_close(&s);
}

static void damage(void **state)
{
	const struct damage d = {.offset = 4096, .length = 10, .cause = DAMAGE_GAP};
	const struct item item = {.kind = ITEM_DAMAGE, .damage = &d};
	struct stage s;
	const char *page;

	(void)state;
	STAGE_OPEN(&s, "--html", "-");
	for (int i = 0; i < 25; i++)
		assert_int_equal(s.view->item(s.view, &s.feed, &item), 0);
	s.stats.groups = 1;
	assert_int_equal(s.view->file_end(s.view, &s.feed), 0);
	page = stage_end(&s);
	assert_has(page, "Damaged: offset 4096");
	assert_has(page, "Damaged in 5 more places");
	assert_has(page, "1 file without an end");
	assert_has_not(page, "Nothing was lost");
	stage_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals_and_tables),
		cmocka_unit_test(each_recorder_is_heard),
		cmocka_unit_test(picture),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(nothing_recorded),
		cmocka_unit_test(the_time_of_the_recording),
		cmocka_unit_test(shares),
		cmocka_unit_test(files_that_cannot_be_used),
		cmocka_unit_test(damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
