/* SPDX-License-Identifier: MIT */
/*
 * Whatever the key, filter, time, interval, format and damage: the sums of every view are those of
 * --events. On random traffic of three hosts, one of which sets its clock, the same each time.
 */
#include "format/writer.h"
#include "report/run.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include <stdio.h>
#include <unistd.h>

enum {
	KEYS = 64,
	FIGURES = 4, /* rx_calls, tx_calls, rx_bytes, tx_bytes */
	SAMPLES = 1500,
	ARGS = 24,
};

/* What is read, and what becomes of it. */
struct input_set {
	const char *files[4];
	enum exit_status status;
};

static const struct input_set two_hosts = {{"a", "b", NULL}, STATUS_OK};

struct sum {
	char key[200];
	uint64_t figure[FIGURES];
};

struct books {
	struct sum sum[KEYS];
	size_t count;
};

static int write_file(void *ctx, const void *data, size_t len)
{
	return fwrite(data, 1, len, ctx) == len ? 0 : -1;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* steps: now and then the wall clock is set, by seconds either way. */
static void record(const char *name, const char *host, uint32_t seed, bool steps)
{
	int64_t wall_offset_us = WALL_START - (int64_t)BOOT_START;
	const struct header header = {.recording = seed,
		.start_us = BOOT_START,
		.start_wall_us = WALL_START,
		.zone = "",
		.host = host,
		.boot_id = host,
		.kernel = "",
		.tool = "",
		.command = "",
		.filters = "",
		.hooks = "",
		.selftest = "",
		.coverage = ""};
	FILE *file = fopen(name, "wb");
	uint32_t handle[FIXTURE_SESSIONS];
	uint64_t time_us = BOOT_START;
	struct writer *w;

	assert_non_null(file);
	assert_int_equal(writer_new(&w, &header, (struct sink){write_file, file}), 0);
	assert_int_equal(writer_clock(w, wall_offset_us, 0, ""), 0);
	for (int i = 0; i < FIXTURE_SESSIONS; i++)
		assert_int_equal(writer_define(w, &fixture_sessions[i], &handle[i]), 0);
	for (int i = 0; i < SAMPLES; i++) {
		struct sample sample = {.session = handle[next_random(&seed) % FIXTURE_SESSIONS],
			.bytes = next_random(&seed) % 100000,
			.calls = next_random(&seed) % 9 ? 1 : 7,
			.dir = next_random(&seed) % 2};

		time_us += next_random(&seed) % 20000;
		sample.time_us = time_us;
		assert_int_equal(writer_sample(w, &sample), 0);
		if (next_random(&seed) % 50 == 0)
			assert_int_equal(writer_flush(w, time_us), 0);
		if (!steps || next_random(&seed) % 300)
			continue;
		wall_offset_us += (int64_t)(next_random(&seed) % 7000000) - 3500000;
		assert_int_equal(writer_clock(w, wall_offset_us, 0, ""), 0);
	}
	assert_int_equal(writer_finish(w, time_us), 0);
	writer_free(w);
	fclose(file);
}

static char *report(
	const struct input_set *source, const char *const *view, const char *const *rest)
{
	char *argv[ARGS] = {"tcptop-report"}, *said;
	struct memory m;
	struct out *out = memory_out(&m);
	struct options options;
	struct log log;
	size_t len;
	int argc = 1;

	log = (struct log){.to = open_memstream(&said, &len)};
	assert_non_null(log.to);
	for (const char *const *file = source->files; *file; file++)
		argv[argc++] = (char *)(uintptr_t)*file;
	for (; *view; view++)
		argv[argc++] = (char *)(uintptr_t)*view;
	for (; *rest; rest++)
		argv[argc++] = (char *)(uintptr_t)*rest;
	assert_true(argc < ARGS);
	assert_int_equal(options_parse(&options, argc, argv, &log), 0);
	assert_int_equal(run(&options, out, &log), source->status);
	out_free(out);
	options_clear(&options);
	fclose(log.to);
	free(said);
	return m.text;
}

static struct sum *find_sum(struct books *b, const char *key)
{
	for (size_t i = 0; i < b->count; i++) {
		if (!strcmp(b->sum[i].key, key))
			return &b->sum[i];
	}
	assert_true(b->count < KEYS);
	snprintf(b->sum[b->count].key, sizeof(b->sum[0].key), "%s", key);
	return &b->sum[b->count++];
}

/* The column of this name in the first line. */
static size_t column_of(const char *names, const char *name)
{
	size_t column = 0, len = strlen(name);

	for (;; names = strchr(names, ',') + 1, column++) {
		if (!strncmp(names, name, len) && (names[len] == ',' || names[len] == '\n'))
			return column;
		if (!strchr(names, ',') || strchr(names, ',') > strchr(names, '\n'))
			return SIZE_MAX;
	}
}

static size_t split(char *line, char *cell[32])
{
	size_t n = 0;

	for (;;) {
		assert_true(n < 32);
		cell[n++] = line;
		line = strchr(line, ',');
		if (!line)
			return n;
		*line++ = '\0';
	}
}

static void add_row(struct books *b, const char *names, char *line)
{
	static const char *const figures[FIGURES] = {
		"rx_calls", "tx_calls", "rx_bytes", "tx_bytes"};
	size_t from = column_of(names, "host"), to = column_of(names, "dir");
	char *cell[32], key[200] = "";
	struct sum *sum;

	if (to == SIZE_MAX)
		to = column_of(names, "rx_calls");
	split(line, cell);
	for (size_t i = from; i < to; i++)
		snprintf(key + strlen(key), sizeof(key) - strlen(key), "%s,", cell[i]);
	sum = find_sum(b, key);
	if (column_of(names, "dir") != SIZE_MAX) {
		int tx = !strcmp(cell[to], "tx");

		sum->figure[tx] += strtoull(cell[column_of(names, "calls")], NULL, 10);
		sum->figure[2 + tx] += strtoull(cell[column_of(names, "bytes")], NULL, 10);
		return;
	}
	for (int i = 0; i < FIGURES; i++)
		sum->figure[i] += strtoull(cell[column_of(names, figures[i])], NULL, 10);
}

static void read_books(struct books *b, char *csv)
{
	char *line = strchr(csv, '\n') + 1, *end;

	b->count = 0;
	memset(b->sum, 0, sizeof(b->sum));
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		add_row(b, csv, line);
	}
	free(csv);
}

static void compare(const struct input_set *source, const char *const *rest)
{
	static const char *const views[][4] = {{"--csv", "--top=1000", NULL}, {"--csv", "1", NULL},
		{"--csv", "0.3", NULL}, {"--csv", "7", "--sort=calls", NULL},
		{"--csv", "13.37", "--sort=tx", NULL}, {"--csv", "3600", NULL}};
	const char *const events_view[] = {"--csv", "--events", NULL};
	struct books *events = calloc(1, sizeof(*events)), *other = calloc(1, sizeof(*other));

	assert_true(events && other);
	read_books(events, report(source, events_view, rest));
	assert_true(events->count > 0);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		read_books(other, report(source, views[i], rest));
		assert_int_equal(other->count, events->count);
		for (size_t k = 0; k < events->count; k++)
			assert_memory_equal(find_sum(other, events->sum[k].key)->figure,
				events->sum[k].figure, sizeof(events->sum[k].figure));
	}
	free(events);
	free(other);
}

static void all_views_agree(void **state)
{
	static const char *const filters[][4] = {{NULL}, {"-p", "101", NULL}, {"-p", "!101", NULL},
		{"--comm=!ngin?", "--raddr=192.0.2.0/24", NULL}, {"--port=53,80", NULL},
		{"--rport=!53", "--lport=!80", NULL}, {"-6", NULL}, {"--no-loopback", NULL},
		{"--conn=192.0.2.80:443,10.0.0.1:40000", NULL}, {"--conn=!10.0.0.53:53", NULL},
		{"--cgroup=!/user", NULL}, {"--laddr=::/0", NULL},
		{"--since=+3.3s", "--until=-4.1s", NULL},
		{"--since=09:55:10", "--cgroup=/us*", NULL},
		{"--until=@1795168507.25", "--comm=curl", NULL}};

	(void)state;
	for (int by = 0; by < BY_COUNT; by++) {
		/* Each key with no filter, and with every third one. */
		for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
			const char *rest[6] = {"--by", key_name((enum key_by)by)};

			if (i && i % 3 != (size_t)by % 3)
				continue;
			for (size_t n = 0; filters[i][n]; n++)
				rest[2 + n] = filters[i][n];
			compare(&two_hosts, rest);
		}
	}
}

static void also_where_a_clock_is_set(void **state)
{
	static const struct input_set one = {{"c", NULL}, STATUS_OK};
	static const struct input_set three = {{"c", "b", "a", NULL}, STATUS_OK};
	static const char *const filters[][4] = {{NULL}, {"-4", NULL}, {"--since=+5s", NULL},
		{"--since=@1795168504", "--until=@1795168521.5", NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		compare(&one, filters[i]);
		compare(&three, filters[i]);
	}
}

/* Part of a copy of a spoilt, from a place on that is so many hundredths of it. */
static void spoil(unsigned place)
{
	FILE *from = fopen("a", "rb"), *to = fopen("hurt", "wb");
	char bytes[1 << 16];
	size_t len, at;

	assert_true(from && to);
	len = fread(bytes, 1, sizeof(bytes), from);
	assert_true(len > 1000 && len < sizeof(bytes));
	at = len * place / 100;
	memset(bytes + at, 'x', 20);
	assert_int_equal(fwrite(bytes, 1, len, to), len);
	fclose(from);
	fclose(to);
}

/* A copy of b without its end. */
static void cut(unsigned place)
{
	FILE *from = fopen("b", "rb"), *to = fopen("cut", "wb");
	char bytes[1 << 16];
	size_t len;

	assert_true(from && to);
	len = fread(bytes, 1, sizeof(bytes), from) * place / 100;
	assert_int_equal(fwrite(bytes, 1, len, to), len);
	fclose(from);
	fclose(to);
}

static void also_where_files_are_damaged(void **state)
{
	static const struct input_set hurt = {{"hurt", "cut", "a", NULL}, STATUS_DAMAGED};
	static const char *const by_process[] = {"--by=process", NULL};
	static const char *const selected[] = {"--by=peer", "-p!202", "--since=+4s", NULL};

	(void)state;
	for (unsigned place = 7; place < 100; place += 16) {
		spoil(place);
		cut(place + 1);
		compare(&hurt, by_process);
		/* Of what was not selected the damage may stay unseen. */
		spoil(40 + place / 2);
		compare(&hurt, selected);
	}
}

/* The two numbers at the end of a row; false where it is none. */
static bool last_numbers(const char *line, uint64_t number[2])
{
	char copy[512], *word[40], *save;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(copy, " ", &save); w && n < 40; w = strtok_r(NULL, " ", &save))
		word[n++] = w;
	for (size_t i = 0; i < 2; i++) {
		if (n < 3 || word[n - 2 + i][strspn(word[n - 2 + i], "0123456789")])
			return false;
		number[i] = strtoull(word[n - 2 + i], NULL, 10);
	}
	return true;
}

/* Tables for people have the same figures. */
static void tables_agree(void **state)
{
	static const char *const events_view[] = {"--csv", "--events", NULL};
	static const char *const tables[] = {"-S", "--bytes", "--by=process", "2", NULL};
	static const char *const none[] = {"--no-loopback", NULL};
	static const char *const by_process[] = {"--by=process", "--no-loopback", NULL};
	struct books *events = calloc(1, sizeof(*events));
	uint64_t got[2] = {0}, want[2] = {0}, number[2];
	char *text, *save;

	(void)state;
	assert_non_null(events);
	read_books(events, report(&two_hosts, events_view, by_process));
	for (size_t k = 0; k < events->count; k++) {
		for (int d = 0; d < 2; d++)
			want[d] += events->sum[k].figure[2 + d];
	}
	text = report(&two_hosts, tables, none);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!last_numbers(line, number))
			continue;
		got[0] += number[0];
		got[1] += number[1];
	}
	assert_true(want[0] > 0 && want[1] > 0);
	assert_memory_equal(got, want, sizeof(got));
	free(text);
	free(events);
}

static int enter(void **state)
{
	if (scratch_enter(state))
		return -1;
	setenv("TZ", "UTC0", 1);
	record("a", "alpha", 1, false);
	record("b", "beta", 2, false);
	record("c", "gamma", 3, true);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_views_agree),
		cmocka_unit_test(also_where_a_clock_is_set),
		cmocka_unit_test(also_where_files_are_damaged),
		cmocka_unit_test(tables_agree),
	};

	return cmocka_run_group_tests_name("view", tests, enter, scratch_leave);
}
