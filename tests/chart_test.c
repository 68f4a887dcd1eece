/* SPDX-License-Identifier: MIT */
/*
 * What is drawn where, and that names do no harm in it. The drawing goes from 70 to 990 and from 16
 * at the top to 296 at the bottom: 280 high.
 */
#include "report/chart.h"
#include "tests/report_fixture.h"
#include <stdio.h>

static void name_series(void *ctx, size_t series, char *to, size_t size)
{
	const char *const *names = ctx;

	snprintf(to, size, "%s", series < TIMELINE_SERIES ? names[series] : "other");
}

/* What was drawn, which is the caller's to free. */
static char *draw(const struct picture *p, const char *const *names)
{
	struct memory m;
	struct out *out = memory_out(&m);
	struct clock clock;

	clock_init(&clock, true);
	chart_print(out, p, &clock, name_series, (void *)(uintptr_t)names);
	assert_int_equal(out_flush(out), 0);
	out_free(out);
	return m.text;
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in the picture", part);
}

/* Steps of a second, all recorded, in which nothing was moved. */
static struct picture steps(size_t count)
{
	struct picture p = {.start_us = WALL_START, .width_us = SECOND_US, .steps = count};

	for (size_t i = 0; i < count; i++)
		p.step[i].recorded = true;
	return p;
}

static void nothing_is_drawn_of_nothing(void **state)
{
	const struct picture p = {.width_us = SECOND_US};
	char *text = draw(&p, NULL);

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

/* One on the other in their order, as high as both directions' largest steps together allow. */
static void received_is_above_and_sent_below(void **state)
{
	static const char *const names[] = {"curl", "nginx"};
	struct picture p = steps(4);
	char *text;

	(void)state;
	p.series = 2;
	p.step[0].bytes[0][DIR_RX] = 300;
	p.step[0].bytes[1][DIR_RX] = 100;
	p.step[1].bytes[1][DIR_TX] = 100;
	p.step[3].bytes[0][DIR_TX] = 25;
	p.step[3].bytes[1][DIR_TX] = 75;
	text = draw(&p, names);
	assert_has(text, "<path fill=\"var(--s0)\" d=\"M70.0 72.00h229.0v168.00h-229.0z"
			 "M760.0 240.00h229.0v14.00h-229.0z\"/>\n");
	assert_has(text, "<path fill=\"var(--s1)\" d=\"M70.0 16.00h229.0v56.00h-229.0z"
			 "M300.0 240.00h229.0v56.00h-229.0z"
			 "M760.0 254.00h229.0v42.00h-229.0z\"/>\n");
	assert_has(text, "<path class=\"axis\" d=\"M70 240.0H990\"/>");
	assert_has(text, ">400/s</text><text x=\"64\" y=\"40.0\" text-anchor=\"end\">received<");
	assert_has(text, ">100/s</text><text x=\"64\" y=\"282.0\" text-anchor=\"end\">sent<");
	free(text);
}

/* It has the last colour, so that it is never taken for one of the largest. */
static void what_is_left_is_drawn_last(void **state)
{
	static const char *const names[] = {"curl"};
	struct picture p = steps(1);
	const char *curl, *other;
	char *text;

	(void)state;
	p.series = 1;
	p.step[0].bytes[0][DIR_RX] = 1;
	p.step[0].bytes[TIMELINE_SERIES][DIR_RX] = 3;
	p.others = true;
	text = draw(&p, names);
	assert_has(text, "<path fill=\"var(--s8)\" d=\"M70.0 16.00h919.0v210.00h-919.0z\"/>\n");
	curl = strstr(text, "<i style=\"background:var(--s0)\"></i>curl</span>");
	other = strstr(text, "<i style=\"background:var(--s8)\"></i>other</span>");
	assert_true(curl && other > curl);
	assert_int_equal(count(text, "<path fill="), 2);
	assert_int_equal(count(text, "</i>"), 2);
	free(text);
}

/* A stretch of time is one mark; what was lost is marked step by step. */
static void gaps_and_losses_are_marked(void **state)
{
	struct picture p = steps(10);
	char *text;

	(void)state;
	p.step[2].recorded = p.step[3].recorded = p.step[9].recorded = false;
	p.step[4].lost = p.step[5].lost = true;
	text = draw(&p, NULL);
	assert_has(text, "<rect x=\"254.0\" y=\"16\" width=\"184.0\" height=\"280\" "
			 "fill=\"var(--gap)\"><title>not recorded</title></rect>");
	assert_has(text, "<rect x=\"898.0\" y=\"16\" width=\"92.0\" height=\"280\"");
	assert_has(text, "<rect x=\"438.0\" y=\"2\" width=\"92.0\" height=\"10\" "
			 "fill=\"var(--bad)\"><title>lost calls</title></rect>");
	assert_int_equal(count(text, "fill=\"var(--gap)\""), 2);
	assert_int_equal(count(text, "fill=\"var(--bad)\""), 2);
	assert_int_equal(count(text, "\nnot recorded</title>"), 3);
	assert_int_equal(count(text, "\nsomething was lost</title>"), 2);
	free(text);
}

/* What the pointer shows: each that moved something, and when. */
static void a_step_tells_who_moved_what(void **state)
{
	static const char *const names[] = {"<script>", "idle", "a&\"b'"};
	struct picture p = steps(2);
	char *text;

	(void)state;
	p.series = 3;
	p.width_us = SECOND_US / 4;
	p.step[1].bytes[0][DIR_RX] = 1536;
	p.step[1].bytes[2][DIR_TX] = 7;
	text = draw(&p, names);
	assert_has(text, "<rect class=\"hover\" x=\"530.0\" y=\"16\" width=\"460.0\" "
			 "height=\"280\"><title>2026-11-20 09:55:00.25\n"
			 "&#60;script&#62;: received 1.5K, sent 0\n"
			 "a&#38;&#34;b&#39;: received 0, sent 7</title></rect>");
	assert_has(text, "<title>2026-11-20 09:55:00.00</title>");
	assert_has(text, ">6.0K/s</text>"); /* in a quarter of a second */
	assert_int_equal(count(text, "<script"), 0);
	free(text);
}

/* No more than there is room for; with their day where there are several. */
static void times_stand_under_it(void **state)
{
	struct picture p = steps(TIMELINE_STEPS);
	char *text = draw(&p, NULL);

	(void)state;
	assert_int_equal(count(text, "v5\"/><text"), 8);
	assert_has(text, "<path class=\"axis\" d=\"M70.0 296v5\"/>"
			 "<text x=\"70.0\" y=\"314\">09:55:00</text>\n");
	assert_has(text, " text-anchor=\"end\">09:57:13</text>"); /* not beyond the edge */
	free(text);
	p.width_us = 600 * (int64_t)SECOND_US;
	text = draw(&p, NULL);
	assert_int_equal(count(text, "v5\"/><text"), 4);
	assert_has(text, "y=\"314\">2026-11-20 09:55:00</text>");
	free(text);
}

/* Idle all the time, and sums beyond all types: each number is one. */
static void absurd_figures_make_a_picture(void **state)
{
	static const char *const names[TIMELINE_SERIES] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	struct picture p = steps(3);
	char *text = draw(&p, names);

	(void)state;
	assert_has(text, "<path class=\"axis\" d=\"M70 156.0H990\"/>");
	assert_int_equal(count(text, "nan") + count(text, "inf"), 0);
	free(text);
	p.series = TIMELINE_SERIES;
	for (size_t i = 0; i < TIMELINE_SERIES; i++)
		p.step[1].bytes[i][DIR_RX] = p.step[1].bytes[i][DIR_TX] = UINT64_MAX;
	text = draw(&p, names);
	assert_has(text, "<path fill=\"var(--s7)\" d=\"M376.7 16.00h305.7v17.50h-305.7z");
	assert_int_equal(count(text, "nan") + count(text, "inf"), 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_drawn_of_nothing),
		cmocka_unit_test(received_is_above_and_sent_below),
		cmocka_unit_test(what_is_left_is_drawn_last),
		cmocka_unit_test(gaps_and_losses_are_marked),
		cmocka_unit_test(a_step_tells_who_moved_what),
		cmocka_unit_test(times_stand_under_it),
		cmocka_unit_test(absurd_figures_make_a_picture),
	};

	return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
