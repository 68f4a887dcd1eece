/* SPDX-License-Identifier: MIT */
/*
 * What tcptop-report prints, says and exits with when a recording is damaged: no line that the
 * whole recording has not, no line less than its intact blocks hold, a message for what is missing.
 *
 * TCPTOP_LONG=N in the environment makes it N times as many random damages.
 */
#include "format/block.h"
#include "report/damage.h"
#include "report/run.h"
#include "tests/fixture.h"
#include "tests/report_fixture.h"
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROUNDS = 400 };

struct printed {
	enum exit_status status;
	struct memory out;
	char *said;
	size_t said_len;
	size_t lines; /* of samples */
};

/* A recording, a file for what is made of it, and what is printed of the whole one. */
struct stand {
	struct fixture f;
	struct tape whole;
	struct printed expected;
	bool early; /* a block stands before its place: what comes after it there is passed over */
	char *strange; /* what is printed of another recording as well, whose blocks may stand in it
			*/
	int fd;        /* of the file, which is in memory */
	char file[64];
};

static void release(struct printed *p)
{
	free(p->out.text);
	free(p->said);
}

/* Where the first group's header is lost, so is the host's name. */
static void forget_host(struct memory *m)
{
	char *at = m->text;

	while ((at = strstr(at, ",here,")))
		memmove(at + 1, at + 5, strlen(at + 5) + 1);
}

static void report(struct printed *p, const char *file)
{
	char *argv[] = {"tcptop-report", "--events", "--csv", (char *)(uintptr_t)file};
	struct log log = {.to = open_memstream(&p->said, &p->said_len)};
	struct out *out = memory_out(&p->out);
	struct options options;

	assert_non_null(log.to);
	assert_int_equal(options_parse(&options, 4, argv, &log), 0);
	p->status = run(&options, out, &log);
	options_clear(&options);
	out_free(out);
	fclose(log.to);
	forget_host(&p->out);
	p->lines = 0;
	for (const char *at = p->out.text; (at = strchr(at, '\n')); at++)
		p->lines++;
	p->lines -= p->lines > 0;
}

/* Prints what lies in the tape. */
static void report_tape(struct stand *s, struct printed *p)
{
	ssize_t len = (ssize_t)s->f.tape.len;

	assert_int_equal(ftruncate(s->fd, 0), 0);
	assert_int_equal(pwrite(s->fd, s->f.tape.data, s->f.tape.len, 0), len);
	report(p, s->file);
}

static void heal(struct stand *s)
{
	s->f.tape.len = 0;
	s->early = false;
	tape_append(&s->f.tape, s->whole.data, s->whole.len);
}

static void stand_open(struct stand *s, void (*make)(struct books *b, struct tape *t))
{
	memset(s, 0, sizeof(*s));
	setenv("TZ", "UTC0", 1);
	make(&s->f.books, &s->f.tape);
	s->f.tape.is_file = true;
	tape_append(&s->whole, s->f.tape.data, s->f.tape.len);
	s->fd = memfd_create("damage", MFD_CLOEXEC);
	assert_true(s->fd >= 0);
	snprintf(s->file, sizeof(s->file), "/proc/self/fd/%d", s->fd);
	report_tape(s, &s->expected);
	assert_int_equal(s->expected.status, STATUS_OK);
	assert_null(strstr(s->expected.said, "damaged"));
	assert_int_equal(s->expected.lines, s->f.books.seen.len);
}

static void stand_close(struct stand *s)
{
	close(s->fd);
	release(&s->expected);
	free(s->strange);
	tape_release(&s->whole);
	tape_release(&s->f.tape);
	books_release(&s->f.books);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All lines, sorted; they point into copy. The caller frees both. */
static char **sorted_lines(const char *text, char **copy, size_t *count)
{
	char **line = calloc(strlen(text) + 1, sizeof(*line));

	*copy = strdup(text);
	assert_true(line && *copy);
	*count = 0;
	for (char *at = strtok(*copy, "\n"); at; at = strtok(NULL, "\n"))
		line[(*count)++] = at;
	qsort(line, *count, sizeof(*line), compare_lines);
	return line;
}

/* Whether each line is one of those expected, which may come as often as it does there. */
static bool is_part(const char *text, const char *expected)
{
	size_t count, all, found = 0;
	char *copies[2];
	char **line = sorted_lines(text, &copies[0], &count);
	char **from = sorted_lines(expected, &copies[1], &all);

	for (size_t i = 0; i < all && found < count; i++)
		found += !strcmp(from[i], line[found]);
	free(line);
	free(from);
	free(copies[0]);
	free(copies[1]);
	return found == count;
}

static bool says(const struct printed *p, const char *text)
{
	return strstr(p->said, text);
}

/*
 * Where the first header is gone, a block of another recording may be the first that there is: then
 * that is a recording as well, of which one block is left.
 */
static const char *may_be_printed(const struct stand *s)
{
	bool whole = s->f.tape.len >= BLOCK_HEADER &&
		     !memcmp(s->f.tape.data, s->whole.data, BLOCK_HEADER);

	return whole || !s->strange ? s->expected.out.text : s->strange;
}

/* What must be true whatever was done to the tape. */
static void check(const struct stand *s, const struct printed *p)
{
	bool torn = says(p, "ends inside a block") || says(p, " has no end") ||
		    says(p, ", as a power cut leaves them");

	assert_true(is_part(p->out.text, may_be_printed(s)));
	switch (p->status) {
	case STATUS_OK:
		assert_false(says(p, "damaged: "));
		assert_true(torn || p->lines == s->expected.lines);
		break;
	case STATUS_DAMAGED:
		assert_true(says(p, "damaged: offset "));
		break;
	default:
		assert_int_equal(p->status, STATUS_FAILED);
		assert_true(says(p, "empty") || says(p, "ends before its first block") ||
			    says(p, "not a recording"));
		assert_int_equal(p->lines, 0);
		break;
	}
}

/* A torn end is no damage: a warning, and the samples of all whole blocks. */
static void cut_anywhere(void **state)
{
	struct stand s;

	(void)state;
	stand_open(&s, books_tiny);
	for (size_t len = 0; len < s.whole.len; len++) {
		size_t end, begin = tape_block(&s.whole, len, &end);
		struct printed p;
		char text[64];

		s.f.tape.len = len;
		report_tape(&s, &p);
		check(&s, &p);
		assert_false(says(&p, "damaged"));
		nth_block(&s.whole, 0, &end);
		assert_int_equal(p.status, len < end ? STATUS_FAILED : STATUS_OK);
		assert_int_equal(p.lines % 4, 0);
		snprintf(text, sizeof(text), "(offset %zu", begin);
		assert_true(len < end || says(&p, text));
		release(&p);
		heal(&s);
	}
	stand_close(&s);
}

/* One wrong byte costs one block, which is said, unless it makes the last one longer. */
static void flip_anywhere(void **state)
{
	struct stand s;

	(void)state;
	stand_open(&s, books_tiny);
	for (size_t at = 0; at < s.whole.len; at++) {
		struct printed p;
		char text[64];
		size_t end;

		snprintf(text, sizeof(text), "damaged: offset %zu", tape_block(&s.whole, at, &end));
		s.f.tape.data[at] ^= (uint8_t)(1u << at % 8);
		report_tape(&s, &p);
		check(&s, &p);
		assert_int_equal(p.status, STATUS_DAMAGED);
		assert_true(says(&p, text));
		assert_true(p.lines >= s.expected.lines - 4);
		/* The group's summary tells what the block held. */
		if (p.lines < s.expected.lines)
			assert_true(says(&p, "in all, the group there lacks 4 samples of "));
		release(&p);
		heal(&s);
	}
	stand_close(&s);
}

static void insert(struct tape *t, size_t at, const uint8_t *data, size_t len)
{
	struct tape n = {.is_file = t->is_file};

	tape_append(&n, t->data, at);
	tape_append(&n, data, len);
	tape_append(&n, t->data + at, t->len - at);
	tape_release(t);
	*t = n;
}

static void cut_out(struct tape *t, size_t at, size_t len)
{
	memmove(t->data + at, t->data + at + len, t->len - at - len);
	t->len -= len;
}

static void spoil(struct stand *s, const struct tape *other)
{
	struct tape *t = &s->f.tape;
	uint64_t r = books_random(&s->f.books);
	size_t at = (size_t)(r >> 40) % t->len, len = (size_t)(r >> 20) % 600, end;

	if (len > t->len - at)
		len = t->len - at;
	switch (r % 8) {
	case 0:
		memset(t->data + at, 0, len);
		break;
	case 1:
		cut_out(t, at, len);
		break;
	case 2: /* a block of it, once more, somewhere */
		end = nth_block(&s->whole, (unsigned int)(r >> 8) % SMALL_BLOCKS, &len);
		insert(t, at, s->whole.data + end, len - end);
		s->early |= at < end;
		break;
	case 3: /* a block of another recording; its header would begin that */
		end = nth_block(other, 1 + (unsigned int)(r >> 8) % (SMALL_BLOCKS - 1), &len);
		if (other->data[end + 9] != 1)
			insert(t, at, other->data + end, len - end);
		break;
	case 4:
		insert(t, at, (const uint8_t *)"\x89TCPT\r\n\x1a\1\2\0\0\0\0\0\0", 16);
		break;
	default:
		t->data[at] ^= (uint8_t)(1 + (r >> 12) % 255);
		break;
	}
}

/* The other recording as well, behind the one at hand. */
static void print_strange(struct stand *s, const struct tape *other)
{
	struct printed p;

	tape_append(&s->f.tape, other->data, other->len);
	report_tape(s, &p);
	assert_true(p.lines > s->expected.lines);
	s->strange = p.out.text;
	free(p.said);
	heal(s);
}

static void at_random(void **state)
{
	struct tape other = {0};
	struct books books;
	struct stand s;

	(void)state;
	stand_open(&s, books_small);
	books_open(&books, &other, 8, 55);
	for (int i = 0; i < SMALL_BLOCKS; i++) {
		books_write(&books, 10);
		assert_int_equal(writer_flush(books.writer, books.now_us), FMT_OK);
	}
	books_finish(&books);
	print_strange(&s, &other);
	for (unsigned int i = ROUNDS * fixture_long(); i; i--) {
		struct printed p;

		for (uint64_t n = 1 + books_random(&s.f.books) % 6; n; n--)
			spoil(&s, &other);
		report_tape(&s, &p);
		check(&s, &p);
		if (s.f.tape.len == s.whole.len && !s.early &&
			may_be_printed(&s) == s.expected.out.text)
			assert_true(p.lines >= fixture_least(&s.f, &s.whole));
		release(&p);
		heal(&s);
	}
	books_release(&books);
	tape_release(&other);
	stand_close(&s);
}

/* Recordings one behind the other, the first of them torn anywhere: of the second all is there. */
static void concatenated(void **state)
{
	struct stand s;
	size_t end;

	(void)state;
	stand_open(&s, books_tiny);
	for (size_t len = 0; len <= s.whole.len; len++) {
		struct printed p;
		size_t begin = tape_block(&s.whole, len, &end);

		s.f.tape.len = len;
		tape_append(&s.f.tape, s.whole.data, s.whole.len);
		tape_rename(&s.f.tape, len, 1234);
		report_tape(&s, &p);
		assert_true(strstr(p.out.text, strchr(s.expected.out.text, '\n')));
		assert_int_equal(p.lines % 4, 0);
		assert_true(p.lines >= s.expected.lines);
		if (begin == len || len == s.whole.len)
			assert_int_equal(p.status, STATUS_OK);
		else
			assert_int_equal(p.status, STATUS_DAMAGED);
		release(&p);
		heal(&s);
	}
	stand_close(&s);
}

static void words(void **state)
{
	struct damage d = {.offset = 4096, .length = 1, .cause = DAMAGE_CONTENT};
	char text[DAMAGE_TEXT];

	(void)state;
	damage_text(&d, text);
	assert_string_equal(text, "offset 4096, 1 byte: a block whose checksums are right breaks "
				  "the rules of the format");
	d = (struct damage){.offset = 7,
		.samples = 1,
		.samples_known = true,
		.cause = DAMAGE_SUM,
		.calls = 2,
		.bytes = 1,
		.lost_calls = 3,
		.lost_bytes = 4};
	damage_text(&d, text);
	assert_string_equal(text, "offset 7: in all, the group there lacks 1 sample of 2 calls, 1 "
				  "byte, and losses of 3 calls, 4 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(flip_anywhere),
		cmocka_unit_test(at_random),
		cmocka_unit_test(concatenated),
	};

	return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
