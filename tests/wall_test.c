/* SPDX-License-Identifier: MIT */
/*
 * --since and --until over recordings whose wall clock is set now and then, held against what the
 * whole recording shows: each view has the samples that lie within, no more and no fewer.
 */
#include "report/run.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include "tests/traffic.h"
#include <stdio.h>

enum { SESSIONS = 20, ROUNDS = 40, PORTS = 65536 };

/* Wall clock of a recording's start, as books_open has it. */
#define START INT64_C(1700000000000000)

struct port {
	uint64_t calls[2], bytes[2];
};

static char *report(unsigned int threads, const char *const *args)
{
	char *argv[24] = {"tcptop-report"}, *said = NULL;
	size_t said_len;
	struct log log = {.to = open_memstream(&said, &said_len), .quiet = true};
	struct options options;
	struct memory memory;
	struct out *out = memory_out(&memory);
	int argc = 1;

	setenv("TZ", "UTC0", 1);
	assert_non_null(log.to);
	for (; args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	assert_int_equal(options_parse(&options, argc, argv, &log), 0);
	options.threads = threads;
	assert_int_equal(run(&options, out, &log), STATUS_OK);
	out_free(out);
	options_clear(&options);
	fclose(log.to);
	free(said);
	return memory.text;
}

/* --- Recordings ----------------------------------------------------------------------------- */

static void save(const char *name, struct tape *t)
{
	tape_save(t, 0, name);
	tape_release(t);
}

/* Groups of a block or several; the clock goes forth and back by up to an hour. */
static void record(const char *name, uint64_t seed)
{
	int64_t offset = START - 1000000;
	struct tape t = {0};
	struct books b;

	books_open(&b, &t, SESSIONS, seed);
	for (int round = 0; round < ROUNDS; round++) {
		if (books_random(&b) % 4 == 0)
			offset += (int64_t)(books_random(&b) % 7200000000) - 3600000000;
		assert_int_equal(writer_clock(b.writer, offset, 0, "UTC"), 0);
		books_write(&b, (uint32_t)(books_random(&b) % 30));
		b.now_us += books_random(&b) % (books_random(&b) % 4 ? 3000000 : 700000000);
		assert_int_equal(writer_flush(b.writer, b.now_us), 0);
	}
	books_finish(&b);
	books_release(&b);
	save(name, &t);
}

/* --- Sums by remote port --------------------------------------------------------------------- */

static struct port *no_ports(void)
{
	struct port *sums = calloc(PORTS, sizeof(*sums));

	assert_non_null(sums);
	return sums;
}

/* Of --events --csv --by=rport: epoch, time, host, rport, dir, bytes, calls. */
static struct port *of_events(const char *text, int64_t since_us, int64_t until_us)
{
	struct port *sums = no_ports();

	for (const char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
		long long s, us;
		unsigned port;
		char dir;
		unsigned long long bytes, calls;

		assert_int_equal(sscanf(line, "%lld.%lld,%*[^,],%*[^,],%u,%cx,%llu,%llu", &s, &us,
					 &port, &dir, &bytes, &calls),
			6);
		if (s * 1000000 + us < since_us || s * 1000000 + us >= until_us)
			continue;
		sums[port].calls[dir == 't'] += calls;
		sums[port].bytes[dir == 't'] += bytes;
	}
	return sums;
}

/* Of rows that have some fields before the host. */
static struct port *of_rows(const char *text, int before)
{
	struct port *sums = no_ports();

	for (const char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
		unsigned long long n[4];
		const char *at = line;
		unsigned port;

		for (int i = 0; i <= before; i++)
			at = strchr(at, ',') + 1;
		assert_int_equal(
			sscanf(at, "%u,%llu,%llu,%llu,%llu", &port, &n[0], &n[1], &n[2], &n[3]), 5);
		for (int dir = 0; dir < 2; dir++) {
			sums[port].calls[dir] += n[dir];
			sums[port].bytes[dir] += n[2 + dir];
		}
	}
	return sums;
}

static void expect_sums(struct port *wanted, struct port *got)
{
	assert_memory_equal(got, wanted, PORTS * sizeof(*got));
	free(got);
}

/* --- The tests ------------------------------------------------------------------------------ */

static void expect_within(
	const char *const files[2], int64_t since_us, int64_t until_us, unsigned int threads)
{
	char since[64], until[64], *text;
	const char *const all[] = {"--events", "--csv", "--by=rport", files[0], files[1], NULL};
	const char *const view[][2] = {
		{"--events", "--csv"}, {"--top=999", "--csv"}, {"--csv", "7"}};
	const int before[] = {0, 1, 3}; /* fields of a row, before the host */
	struct port *wanted;

	snprintf(since, sizeof(since), "--since=@%lld.%06lld", (long long)(since_us / 1000000),
		(long long)(since_us % 1000000));
	snprintf(until, sizeof(until), "--until=@%lld.%06lld", (long long)(until_us / 1000000),
		(long long)(until_us % 1000000));
	text = report(0, all);
	wanted = of_events(text, since_us, until_us);
	free(text);
	for (int i = 0; i < 3; i++) {
		const char *const args[] = {view[i][0], view[i][1], "--by=rport", since, until,
			files[0], files[1], NULL};

		text = report(threads, args);
		expect_sums(wanted, before[i] ? of_rows(text, before[i])
					      : of_events(text, INT64_MIN, INT64_MAX));
		free(text);
	}
	free(wanted);
}

static void selection_is_what_lies_within(void **state)
{
	struct books chance = {.seed = 77};

	(void)state;
	for (uint64_t seed = 1; seed < 6; seed++) {
		const char *const one[2] = {"a", NULL}, *const two[2] = {"a", "b"};

		record("a", seed);
		record("b", seed + 100);
		for (int i = 0; i < 8; i++) {
			int64_t since =
				START + (int64_t)(books_random(&chance) % 9000000000) - 4500000000;
			int64_t until = since + 1 + (int64_t)(books_random(&chance) % 5000000000);
			unsigned int threads = (unsigned int)(books_random(&chance) % 4);

			expect_within(i % 2 ? one : two, since, until, threads);
		}
	}
}

/* --- Losses --------------------------------------------------------------------------------- */

enum { LOST = 4711 };

/*
 * A minute with traffic; ten minutes of which nothing could be written, as the next block tells;
 * twenty with traffic again.
 */
static void record_outage(const char *name, uint64_t seed)
{
	const uint64_t minute = 60000000;
	struct loss loss = {.cause = LOST_DISK, .cpu = UINT32_MAX, .volume.calls[1] = LOST};
	struct tape t = {0};
	struct books b;

	books_open(&b, &t, SESSIONS, seed);
	for (int i = 0; i < 21; i++) {
		if (i == 1) {
			loss.from_us = b.now_us;
			b.now_us += 10 * minute;
			loss.to_us = b.now_us;
			assert_int_equal(writer_loss(b.writer, &loss), 0);
		}
		books_write(&b, 10);
		b.now_us += minute;
		assert_int_equal(writer_flush(b.writer, b.now_us), 0);
	}
	books_finish(&b);
	books_release(&b);
	save(name, &t);
}

/* As a file, read by so many threads, and at last as a stream. */
static void expect_lost(bool lost, const char *since, const char *until, const char *view)
{
	for (unsigned int threads = 0; threads < 4; threads++) {
		const char *const args[] = {
			view, "--json", "--by=rport", since, until, threads < 3 ? "a" : "-", NULL};
		FILE *stream = freopen("a", "rb", stdin);
		char *text;

		assert_non_null(stream);
		text = report(threads, args);
		assert_int_equal(strstr(text, "\"tx_calls\":4711") != NULL, lost);
		free(text);
	}
}

/* What was lost within the selection may be told only behind it. */
static void losses_reach_back(void **state)
{
	const char *const view[] = {"--top", "--events", "-C"};

	(void)state;
	record_outage("a", 1);
	for (int i = 0; i < 3; i++) {
		expect_lost(true, "--since=@1700000120", "--until=@1700000300", view[i]);
		expect_lost(true, "--since=@1700000000", "--until=@1700000300", view[i]);
		expect_lost(true, "--since=@1700000120", "--until=@1700000900", view[i]);
		expect_lost(false, "--since=@1700000780", "--until=@1700000900", view[i]);
		expect_lost(false, "--since=@1700000000", "--until=@1700000030", view[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selection_is_what_lies_within),
		cmocka_unit_test(losses_reach_back),
	};

	return cmocka_run_group_tests_name("wall", tests, scratch_enter, scratch_leave);
}
