/* SPDX-License-Identifier: MIT */
/*
 * Whole command lines over recordings of many groups: what is read ahead, by summaries, or not at
 * all, must show the same as reading block by block.
 */
#include "report/run.h"
#include "tests/report_fixture.h"
#include "tests/scratch.h"
#include "tests/traffic.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
	SESSIONS = 40,
	GROUPS = 12,
	BLOCKS = 3, /* of a group, at the most */
};

/* Wall clock of a recording's start, as books_open has it. */
#define START INT64_C(1700000000000000)

struct shown {
	enum exit_status status;
	struct memory out;
	char *said;
	size_t said_len;
};

static struct shown report(unsigned int threads, const char *const *args)
{
	char *argv[24] = {"tcptop-report"};
	struct shown r = {0};
	struct log log = {.to = open_memstream(&r.said, &r.said_len)};
	struct options options;
	struct out *out = memory_out(&r.out);
	int argc = 1;

	setenv("TZ", "UTC0", 1);
	assert_non_null(log.to);
	for (; args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	if (options_parse(&options, argc, argv, &log)) {
		fflush(log.to);
		fail_msg("%s", r.said);
	}
	options.threads = threads;
	r.status = run(&options, out, &log);
	out_free(out);
	options_clear(&options);
	fclose(log.to);
	return r;
}

static void release(struct shown *r)
{
	free(r->out.text);
	free(r->said);
}

static void expect_equal(const struct shown *a, const struct shown *b, const char *const *args)
{
	if (a->status != b->status || strcmp(a->out.text, b->out.text) != 0 ||
		strcmp(a->said, b->said) != 0) {
		for (int i = 0; args[i]; i++)
			print_message("%s ", args[i]);
		print_message("\n%s%s", a->said, b->said);
	}
	assert_string_equal(a->out.text, b->out.text);
	assert_string_equal(a->said, b->said);
	assert_int_equal(a->status, b->status);
}

/* The same with any number of threads, and block by block. */
static void expect_same(const char *const *args)
{
	struct shown in_turn = report(0, args);

	for (unsigned int threads = 1; threads < 5; threads += 2) {
		struct shown ahead = report(threads, args);

		expect_equal(&in_turn, &ahead, args);
		release(&ahead);
	}
	release(&in_turn);
}

#define SAME(...) expect_same((const char *const[]){__VA_ARGS__, NULL})

/* --- Recordings ----------------------------------------------------------------------------- */

static void write_loss(struct books *b)
{
	struct loss loss = {.from_us = b->now_us - 20,
		.to_us = b->now_us,
		.volume = {{books_random(b) % 9, 1}, {books_random(b) % 999, 2}},
		.cause = (uint32_t)(books_random(b) % 7),
		.cpu = 1};

	assert_int_equal(writer_loss(b->writer, &loss), 0);
}

static void write_load(struct books *b)
{
	struct load load = {.time_us = b->now_us, .avg = {100, 2, 3}, .threads = 9};

	assert_int_equal(writer_load(b->writer, &load), 0);
}

/* Quiet for a while; longer than ten minutes ends the group. */
static void pause_us(struct books *b, uint64_t us)
{
	b->now_us += us;
}

/* Groups of a few blocks each; where clocks is set, somebody sets the wall clock now and then. */
static void record(struct tape *t, uint64_t seed, bool clocks)
{
	int64_t offset = START - 1000000;
	struct books b;

	books_open(&b, t, SESSIONS, seed);
	for (int group = 0; group < GROUPS; group++) {
		for (uint64_t block = books_random(&b) % BLOCKS + 1; block > 0; block--) {
			if (clocks && books_random(&b) % 8 == 0)
				offset += (int64_t)(books_random(&b) % 8000000000) - 4000000000;
			assert_int_equal(writer_clock(b.writer, offset, 0, "UTC"), 0);
			books_write(&b, (uint32_t)(books_random(&b) % 60));
			if (books_random(&b) % 4 == 0)
				write_loss(&b);
			if (books_random(&b) % 2)
				write_load(&b);
			pause_us(&b, books_random(&b) % 3000000);
			assert_int_equal(writer_flush(b.writer, b.now_us), 0);
		}
		pause_us(&b, 601000000);
	}
	books_finish(&b);
	books_release(&b);
}

/* --- The same ------------------------------------------------------------------------------- */

static const char *const keys[] = {"--by=session", "--by=process", "--by=comm", "--by=cgroup",
	"--by=laddr", "--by=raddr", "--by=lport", "--by=rport", "--by=peer"};
static const char *const filters[] = {"--utc", "-4", "--comm=nginx", "--comm=!nginx",
	"--cgroup=/system*", "--lport=0-30000", "-p3,4,5,6,7,8,9,10", "--no-loopback"};

enum { KEYS = sizeof(keys) / sizeof(keys[0]), FILTERS = sizeof(filters) / sizeof(filters[0]) };

static void views_are_the_same(const char *name, const char *filter)
{
	SAME(name, "--info");
	SAME(name, filter, "--top=999");
	SAME(name, filter, "--top", "--json", "--strict");
	SAME(name, filter);
	SAME(name, filter, "--csv", "60");
	SAME(name, filter, "--json", "0.5");
	SAME(name, filter, "--csv", "7200");
	SAME(name, filter, "1", "3", "--by=comm");
	SAME(name, filter, "--events", "--csv", "--by=comm");
}

static void of_whole_recordings(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 4; seed++) {
		struct tape t = {0};

		record(&t, seed, seed % 2);
		tape_save(&t, 0, "a");
		views_are_the_same("a", filters[seed % FILTERS]);
		for (size_t by = 0; by < KEYS; by++)
			SAME("a", "--top=999", "--csv", keys[by], filters[(seed + by) % FILTERS]);
		tape_release(&t);
	}
}

/* One behind the other in a file, and as several files. */
static void of_several_recordings(void **state)
{
	struct tape t = {0};

	(void)state;
	record(&t, 11, true);
	tape_save(&t, 0, "a");
	record(&t, 12, false);
	tape_save(&t, t.len / 2, "b");
	views_are_the_same("b", "--utc");
	tape_save(&t, 0, "b");
	views_are_the_same("b", "--utc");
	SAME("a", "b", "--csv", "60");
	SAME("a", "b", "--top", "--by=comm");
	SAME("a", "b", "--csv", "0.1", "--by=cgroup");
	SAME("a", "b", "--info");
	tape_release(&t);
}

/* Also where the wall clock was set, so that times come twice or not at all. */
static void of_selected_times(void **state)
{
	struct tape t = {0};
	struct books chance = {.seed = 5};

	(void)state;
	record(&t, 21, true);
	record(&t, 22, false);
	tape_save(&t, 0, "a");
	for (int i = 0; i < 12; i++) {
		long long since = (long long)(books_random(&chance) % 9000);
		long long until = since + 1 + (long long)(books_random(&chance) % 4000);
		char from[64], to[64];

		snprintf(from, sizeof(from), "--since=@%lld", START / 1000000 + since);
		snprintf(to, sizeof(to), "--until=@%lld.5", START / 1000000 + until);
		SAME("a", "--top=999", "--csv", from, to, "--by=comm");
		SAME("a", "--csv", "60", from);
		SAME("a", "--csv", "3600", from, to, "--by=cgroup");
		SAME("a", "60", from, to, "--by=comm");
		SAME("a", "--events", "--csv", "--by=comm", to);
	}
	tape_release(&t);
}

/* A file has no end, but the time asked for is over before: nothing is missing. */
static void of_a_part_of_the_last_group(void **state)
{
	const char *const args[] = {"a", "1", "--by=comm", "--until=+4.5s", "--strict", NULL};
	struct tape t = {0};
	struct shown shown;
	struct books b;

	(void)state;
	books_open(&b, &t, SESSIONS, 23);
	for (int i = 0; i < 10; i++) {
		books_write(&b, i == 0 || i == 9);
		pause_us(&b, 1000000);
		assert_int_equal(writer_flush(b.writer, b.now_us), 0);
		write_load(&b);
	}
	books_finish(&b);
	books_release(&b);
	t.len -= 60; /* of the end block */
	tape_save(&t, 0, "a");
	expect_same(args);
	shown = report(2, args);
	assert_int_equal(shown.status, STATUS_OK);
	assert_string_equal(shown.said, "");
	assert_non_null(strstr(shown.out.text, "idle since 22:13:21 (3 intervals)"));
	release(&shown);
	tape_release(&t);
}

/* --- Damage --------------------------------------------------------------------------------- */

/* Bytes changed, gone or too many. */
static void spoil(struct tape *t, struct books *chance)
{
	size_t at = books_random(chance) % t->len, n = books_random(chance) % 300;

	if (n > t->len - at)
		n = t->len - at;
	switch (books_random(chance) % 4) {
	case 0:
		t->data[at] ^= (uint8_t)(1 + books_random(chance) % 255);
		break;
	case 1:
		memset(t->data + at, 0, n);
		break;
	case 2:
		memmove(t->data + at, t->data + at + n, t->len - at - n);
		t->len -= n;
		break;
	default:
		t->len = at;
		break;
	}
}

/* Whoever asks for all that is wrong is told it, in the same words. */
static void of_damaged_recordings(void **state)
{
	struct books chance = {.seed = 31};

	(void)state;
	for (uint64_t seed = 1; seed < 16; seed++) {
		struct tape t = {0};

		record(&t, seed, seed % 3 == 0);
		for (uint64_t n = books_random(&chance) % 3 + 1; n > 0; n--)
			spoil(&t, &chance);
		tape_save(&t, 0, "a");
		SAME("a", "--info");
		SAME("a", "--top=999", "--csv", "--strict");
		SAME("a", "--csv", "60", "--by=comm");
		SAME("a", "--events", "--json", "--by=comm");
		tape_release(&t);
	}
}

/* What is wrong with samples does no harm to sums, which do without them. */
static void sums_outlive_their_samples(void **state)
{
	const char *const args[] = {"a", "--top=999", "--csv", NULL};
	const char *const strict[] = {"a", "--top=999", "--csv", "--strict", NULL};
	struct tape t = {0};
	struct shown whole, damaged;
	size_t end, at;

	(void)state;
	record(&t, 41, false);
	tape_save(&t, 0, "a");
	whole = report(2, args);
	assert_int_equal(whole.status, STATUS_OK);
	at = tape_block(&t, 0, &end);
	at = tape_block(&t, end, &end);
	assert_int_equal(t.data[at + 9], 2);
	t.data[end - 1] ^= 1;
	tape_save(&t, 0, "a");
	damaged = report(2, args);
	expect_equal(&whole, &damaged, args);
	release(&damaged);
	damaged = report(2, strict);
	assert_int_equal(damaged.status, STATUS_DAMAGED);
	assert_non_null(strstr(damaged.said, "damaged: offset "));
	release(&damaged);
	release(&whole);
	tape_release(&t);
}

/* --- What is read --------------------------------------------------------------------------- */

/* That this process has read so far. */
static uint64_t bytes_read(void)
{
	unsigned long long bytes = 0;
	char text[256] = "";
	int fd = open("/proc/self/io", O_RDONLY);

	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
		sscanf(text, "rchar: %llu", &bytes);
	close(fd);
	return bytes;
}

static uint64_t bytes_for(const char *const *args, enum exit_status status)
{
	uint64_t before = bytes_read();
	struct shown r = report(2, args);

	assert_int_equal(r.status, status);
	release(&r);
	return bytes_read() - before;
}

#define BYTES_FOR(...) bytes_for((const char *const[]){__VA_ARGS__, NULL}, STATUS_OK)

/* A selection costs headers, and the groups that it touches; sums cost summaries. */
static void no_more_than_must_be(void **state)
{
	struct tape t = {0};
	struct books b;
	uint64_t group, all;

	(void)state;
	if (!bytes_read()) {
		print_message("/proc/self/io does not tell\n");
		skip();
	}
	books_open(&b, &t, SESSIONS, 3);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(writer_clock(b.writer, START - 1000000, 0, "UTC"), 0);
		books_write(&b, 1 << 17);
		pause_us(&b, 601000000);
		assert_int_equal(writer_flush(b.writer, b.now_us), 0);
	}
	books_finish(&b);
	books_release(&b);
	tape_save(&t, 0, "a");
	all = BYTES_FOR("a", "--csv", "--by=comm");
	group = t.len / 10;
	assert_true(all >= t.len);
	assert_true(BYTES_FOR("a", "--csv", "--by=comm", "--since=@1700003100",
			    "--until=@1700003200") < 3 * group);
	assert_true(BYTES_FOR("a", "--events", "--since=-30s") < 4 * group);
	assert_true(BYTES_FOR("a", "--top") < 2 * group);
	tape_release(&t);
}

/* A group whose sums by interval take much memory is left to who keeps none of it. */
static void too_much_for_a_parcel(void **state)
{
	struct tape t = {0};
	struct books b;

	(void)state;
	books_open(&b, &t, 50 * SESSIONS, 3);
	for (int i = 0; i < 2; i++) {
		books_write(&b, i ? 1000 : 400000);
		pause_us(&b, 601000000);
		assert_int_equal(writer_flush(b.writer, b.now_us), 0);
	}
	books_finish(&b);
	books_release(&b);
	tape_save(&t, 0, "a");
	SAME("a", "--csv", "0.001", "300", "--by=comm");
	tape_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_whole_recordings),
		cmocka_unit_test(of_several_recordings),
		cmocka_unit_test(of_selected_times),
		cmocka_unit_test(of_a_part_of_the_last_group),
		cmocka_unit_test(of_damaged_recordings),
		cmocka_unit_test(sums_outlive_their_samples),
		cmocka_unit_test(no_more_than_must_be),
		cmocka_unit_test(too_much_for_a_parcel),
	};

	return cmocka_run_group_tests_name("ahead", tests, scratch_enter, scratch_leave);
}
