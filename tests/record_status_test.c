/* SPDX-License-Identifier: MIT */
/* What the recorder says while it records and at the end, word for word, and what to the quiet. */
#include "record/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000)
#define START  (100 * SECOND)
#define CLEAR  "\r\033[K"

/* --- Standard error, in memory -------------------------------------------------------------- */

static FILE *kept;
static char *text;
static size_t len, told; /* so far, of it by the last look */

static int enter(void **state)
{
	(void)state;
	kept = stderr;
	told = 0;
	stderr = open_memstream(&text, &len);
	return stderr ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	fclose(stderr);
	free(text);
	stderr = kept;
	return 0;
}

/* Since the last look. */
static const char *said(void)
{
	const char *since;

	fflush(stderr);
	since = text + told;
	told = len;
	return since;
}

static void assert_said(const char *wanted)
{
	assert_string_equal(said(), wanted);
}

/* --- Beginning ------------------------------------------------------------------------------ */

static void ready(void **state)
{
	const struct status loud = {0}, quiet = {.quiet = true};

	(void)state;
	status_ready(&loud, "f", "fentry", false);
	assert_said("Recording to f (hooks: fentry). Ctrl-C to stop.\n");
	status_ready(&loud, "standard output", "kprobe", true);
	assert_said("Recording to standard output (hooks: kprobe). Stops with the command.\n");
	status_ready(&quiet, "f", "fentry", false);
	assert_said("");
}

/* --- The live line -------------------------------------------------------------------------- */

/* Once a second; the rate is that of the time since the last one. */
static void live_line(void **state)
{
	struct status s = {.terminal = true, .start_us = START};
	struct totals t = {.samples = 500, .sessions = 1};

	(void)state;
	status_live(&s, START, &t, 0);
	status_live(&s, START + SECOND - 1, &t, 0);
	assert_said("");
	status_live(&s, START + SECOND, &t, 1234);
	assert_said("\r1 s  500 samples  500/s  1 session  0.001 MB  lost 0\033[K");
	t = (struct totals){.samples = 1234500, .sessions = 999999};
	t.lost.calls[DIR_RX] = 999;
	t.lost.calls[DIR_TX] = 1;
	status_live(&s, START + 2 * SECOND - 1, &t, 99999999);
	assert_said("");
	status_live(&s, START + 3 * SECOND, &t, 99999999);
	assert_said("\r3 s  1,234,500 samples  617,000/s  999,999 sessions  100.000 MB  lost 1,000"
		    "\033[K");
	status_live(&s, START + 4 * SECOND, &t, 100000000);
	assert_said("\r4 s  1,234,500 samples  0/s  999,999 sessions  100 MB  lost 1,000\033[K");
}

static void no_live_line(void **state)
{
	struct status no_terminal = {.start_us = START};
	struct status quiet = {.terminal = true, .quiet = true, .start_us = START};
	const struct totals t = {.samples = 1};

	(void)state;
	status_live(&no_terminal, START + 9 * SECOND, &t, 1);
	status_live(&quiet, START + 9 * SECOND, &t, 1);
	status_clear(&no_terminal);
	status_clear(&quiet);
	assert_said("");
}

/* It is taken away before anything else is said, once. */
static void line_gives_way(void **state)
{
	struct status s = {.terminal = true, .start_us = START};
	const struct totals t = {.samples = 1};
	static const char line[] = "\r1 s  1 sample  1/s  0 sessions  0.000 MB  lost 0\033[K";

	(void)state;
	status_live(&s, START + SECOND, &t, 0);
	assert_said(line);
	status_warn(&s, "%d of %s", 7, "them");
	assert_said(CLEAR "tcptop-record: warning: 7 of them\n");
	status_warn(&s, "again");
	assert_said("tcptop-record: warning: again\n");
	for (int i = 0; i < 3; i++) {
		s = (struct status){.terminal = true, .start_us = START};
		status_live(&s, START + SECOND, &t, 0);
		assert_said(line);
		if (i == 0)
			status_waiting(&s, "f", 1);
		else if (i == 1)
			status_reader_gone(&s, "f");
		else
			status_summary(&s, START + SECOND, &t, 0, "f", 1);
		assert_memory_equal(said(), CLEAR, sizeof(CLEAR) - 1);
	}
}

/* --- The end -------------------------------------------------------------------------------- */

static void a_slow_reader(void **state)
{
	struct status loud = {0}, quiet = {.quiet = true};

	(void)state;
	status_waiting(&loud, "f", 65536);
	assert_said("Waiting for the reader of f to take the last 65,536 bytes. Ctrl-C to give "
		    "up.\n");
	status_reader_gone(&loud, "f");
	assert_said("Stopped, as the reader of f has gone.\n");
	status_waiting(&quiet, "f", 65536);
	status_reader_gone(&quiet, "f");
	assert_said("");
	/* But warnings are for everybody. */
	status_warn(&quiet, "so");
	assert_said("tcptop-record: warning: so\n");
}

static void summary(void **state)
{
	struct status s = {.start_us = START};
	struct totals t = {.samples = 0};

	(void)state;
	/* Of no samples there is no size of one. */
	status_summary(&s, START + 1549999, &t, 768, "f", 1);
	assert_said("[ tcptop-record: Captured 0 samples of 0 sessions in 1.5 s and wrote 0.001 MB "
		    "to f, lost 0 calls ]\n");
	t.samples = 3000;
	t.sessions = 1000;
	t.volume.calls[DIR_RX] = 1000;
	t.volume.calls[DIR_TX] = 2000;
	status_summary(&s, START + 60 * SECOND, &t, 3750, "a b", 1);
	assert_said("[ tcptop-record: Captured 3,000 samples of 1,000 sessions in 60.0 s and wrote "
		    "0.004 MB to a b (1.25 bytes/sample), lost 0 calls ]\n");
	/* Of several calls each; in several files. */
	t.volume.calls[DIR_TX]++;
	status_summary(&s, START + 60 * SECOND, &t, 3750, "f.2", 3);
	assert_said("[ tcptop-record: Captured 3,000 samples of 3,001 calls in 1,000 sessions in "
		    "60.0 s and wrote 0.004 MB to 3 files, the last of them f.2 (1.25 "
		    "bytes/sample), lost 0 calls ]\n");
}

static void one_of_each(void **state)
{
	struct status s = {.quiet = false};
	const struct totals t = {1, 1, {{0, 1}, {0, 0}}, {{0, 0}, {0, 0}}};
	struct totals none = t;

	(void)state;
	status_summary(&s, 0, &t, 1, "f", 1);
	assert_said("[ tcptop-record: Captured 1 sample of 1 session in 0.0 s and wrote 0.000 MB "
		    "to f (1.00 bytes/sample), lost 0 calls ]\n");
	none.samples = 0;
	none.lost.calls[DIR_TX] = 1;
	status_summary(&s, 0, &none, 1, "f", 1);
	assert_said("tcptop-record: warning: lost 1 call, 0 bytes; tcptop-report --info says when "
		    "and why\n"
		    "[ tcptop-record: Captured 0 samples of 1 call in 1 session in 0.0 s and wrote "
		    "0.000 MB to f, lost 1 call ]\n");
	status_waiting(&s, "f", 1);
	assert_said("Waiting for the reader of f to take the last 1 byte. Ctrl-C to give up.\n");
}

/* Calls or bytes, of either direction; said to the quiet as well. */
static void what_was_lost(void **state)
{
	static const struct {
		struct volume lost;
		const char *said;
	} cases[] = {
		{{{1, 0}, {0, 0}}, "lost 1 call, 0 bytes"},
		{{{0, 1}, {0, 0}}, "lost 1 call, 0 bytes"},
		{{{0, 0}, {1, 0}}, "lost 0 calls, 1 byte"},
		{{{999, 1}, {0, 1234}}, "lost 1,000 calls, 1,234 bytes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (int untold = 0; untold < 2; untold++) {
			struct status s = {.quiet = true, .untold = untold};
			const struct totals t = {.lost = cases[i].lost};
			char wanted[200];

			snprintf(wanted, sizeof(wanted), "tcptop-record: warning: %s%s\n",
				cases[i].said,
				untold ? "" : "; tcptop-report --info says when and why");
			status_summary(&s, 0, &t, 0, "f", 1);
			assert_said(wanted);
		}
	}
}

/* The warning comes first, and the figure is the same in both. */
static void lost_in_the_summary(void **state)
{
	struct status s = {.start_us = START};
	const struct totals t = {.lost = {.calls = {1000, 234}, .bytes = {5, 6}}};

	(void)state;
	status_summary(&s, START + SECOND, &t, 0, "f", 1);
	assert_said("tcptop-record: warning: lost 1,234 calls, 11 bytes; tcptop-report --info says "
		    "when and why\n"
		    "[ tcptop-record: Captured 0 samples of 0 sessions in 1.0 s and wrote 0.000 MB "
		    "to f, lost 1,234 calls ]\n");
}

static void nothing_to_say(void **state)
{
	struct status s = {.quiet = true};
	const struct totals t = {.samples = 1};

	(void)state;
	status_summary(&s, 0, &t, 0, "f", 1);
	assert_said("");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ready),
		TEST(live_line),
		TEST(no_live_line),
		TEST(line_gives_way),
		TEST(a_slow_reader),
		TEST(summary),
		TEST(one_of_each),
		TEST(what_was_lost),
		TEST(lost_in_the_summary),
		TEST(nothing_to_say),
	};

	return cmocka_run_group_tests_name("record_status", tests, NULL, NULL);
}
