/* SPDX-License-Identifier: MIT */
/*
 * What is a block and what is between blocks, by FORMAT.md, "Reading". All that a scan gives is
 * written down as a line of text.
 */
#include "format/scan.h"

#include "tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	OURS = 5, /* recordings */
	OTHER = 6,
	PAYLOAD = 100,
	WHOLE = BLOCK_HEADER + PAYLOAD,
};

struct fixture {
	struct tape tape;
	struct scan scan;
	char seen[512];
	bool failing; /* the source fails once it has given all up to the tape's limit */
};

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	return f ? scan_init(&f->scan, (struct source){NULL, NULL}) : -1;
}

static int leave(void **state)
{
	struct fixture *f = *state;

	scan_release(&f->scan);
	tape_release(&f->tape);
	free(f);
	return 0;
}

/* --- Tapes ---------------------------------------------------------------------------------- */

static void put_junk(struct fixture *f, uint8_t byte, size_t len)
{
	while (len--)
		tape_append(&f->tape, &byte, 1);
}

static void put_block(struct fixture *f, const struct block_header *h)
{
	uint8_t header[BLOCK_HEADER];
	size_t at = f->tape.len;

	block_header_put(header, h);
	tape_append(&f->tape, header, sizeof(header));
	put_junk(f, 'p', PAYLOAD);
	tape_reframe(&f->tape, at);
}

/* Number 0 is a group's header, all others are samples of that group. */
static void put_number(struct fixture *f, uint64_t recording, uint32_t seq)
{
	put_block(f, &(struct block_header){.version = 1,
			     .type = seq ? BLOCK_TYPE_SAMPLES : BLOCK_TYPE_GROUP,
			     .payload = PAYLOAD,
			     .recording = recording,
			     .seq = seq,
			     .records = seq ? 7 : 0});
}

static void put_numbers(struct fixture *f, uint32_t from, uint32_t to)
{
	for (uint32_t seq = from; seq <= to; seq++)
		put_number(f, OURS, seq);
}

/* The header of the block there promises another payload. */
static void promise(struct fixture *f, size_t block, uint32_t payload)
{
	struct block_header h;

	assert_true(block_header_get(f->tape.data + block, &h));
	h.payload = payload;
	block_header_put(f->tape.data + block, &h);
}

/* --- What a scan makes of them -------------------------------------------------------------- */

static void note(struct fixture *f, const char *text)
{
	assert_true(strlen(f->seen) + strlen(text) + 2 < sizeof(f->seen));
	if (*f->seen)
		strcat(f->seen, " ");
	strcat(f->seen, text);
}

static void note_found(struct fixture *f, const struct found *found)
{
	static const char *const causes[] = {
		[DAMAGE_GAP] = "gap", [DAMAGE_PAYLOAD] = "payload", [DAMAGE_MISSING] = "missing"};
	char text[64];

	if (found->is_damage)
		snprintf(text, sizeof(text), "%s@%d+%d", causes[found->damage.cause],
			(int)found->damage.offset, (int)found->damage.length);
	else
		snprintf(text, sizeof(text), "%s%d", found->header.recording == OURS ? "" : "other",
			(int)found->header.seq);
	note(f, text);
	if (!found->is_damage)
		assert_memory_equal(
			found->payload, f->tape.data + found->offset + BLOCK_HEADER, PAYLOAD);
}

static void note_end(struct fixture *f, int status)
{
	const struct reader_stats *s = &f->scan.stats;
	char text[200] = "end";

	if (status == FMT_END && s->torn_bytes)
		snprintf(text, sizeof(text), "torn@%d+%d", (int)s->torn_offset, (int)s->torn_bytes);
	else if (status == FMT_EVERSION)
		snprintf(text, sizeof(text), "refused: %s", f->scan.needed);
	else if (status != FMT_END)
		snprintf(text, sizeof(text), "%s", fmt_status_text(status));
	note(f, text);
}

static void go_on(struct fixture *f)
{
	struct found found;
	int status;

	while (!(status = scan_next(&f->scan, &found)))
		note_found(f, &found);
	note_end(f, status);
}

static void scan(struct fixture *f)
{
	*f->seen = '\0';
	f->tape.pos = 0;
	scan_reset(&f->scan, tape_source(&f->tape));
	go_on(f);
}

static void assert_scan(struct fixture *f, const char *seen)
{
	scan(f);
	assert_string_equal(f->seen, seen);
}

/* --- Which headers hold --------------------------------------------------------------------- */

struct behind {
	struct block_header header;
	const char *seen;  /* where a block must be */
	const char *found; /* where a search comes upon it, 10 bytes behind that */
};

/* Behind blocks 0 and 1 of a recording. */
static const struct behind behind_one[] = {
	{{.type = 2, .recording = OURS, .seq = 2}, "0 1 2 end", "0 1 gap@344+10 2 end"},
	/* Numbers are missing, which behind a gap is no news. */
	{{.type = 3, .recording = OURS, .seq = 4}, "0 1 missing@344+0 4 end",
		"0 1 gap@344+10 4 end"},
	/* There already. */
	{{.type = 2, .recording = OURS, .seq = 1}, "0 1 gap@344+172 end", "0 1 gap@344+182 end"},
	{{.type = 1, .recording = OURS}, "0 1 gap@344+172 end", "0 1 gap@344+182 end"},
	/* Another recording begins with a group. */
	{{.type = 1, .recording = OTHER}, "0 1 other0 end", "0 1 gap@344+10 other0 end"},
	{{.type = 1, .recording = OTHER, .seq = 3, .group = 3}, "0 1 missing@344+0 other3 end",
		"0 1 gap@344+10 other3 end"},
	{{.type = 2, .recording = OTHER, .seq = 2}, "0 1 gap@344+172 end", "0 1 gap@344+182 end"},
	/* A type that nobody knows. */
	{{.type = 99, .recording = OURS, .seq = 2}, "0 1 2 end", "0 1 gap@344+10 2 end"},
	/* Limits of a header; of them all, see block_test.c. */
	{{.type = 2, .recording = OURS, .seq = 2, .group = 2}, "0 1 gap@344+172 end",
		"0 1 gap@344+182 end"},
	/* What must be refused stops a reader only where it is no chance. */
	{{.version = 1, .type = 2, .recording = OURS, .seq = 2}, "0 1 refused: format version 2",
		"0 1 gap@344+182 end"},
	{{.flags = 0x81, .type = 2, .recording = OURS, .seq = 2}, "0 1 refused: block flags 0x81",
		"0 1 gap@344+10 refused: block flags 0x81"},
	{{.flags = 0x81, .type = 1, .recording = OTHER}, "0 1 refused: block flags 0x81",
		"0 1 gap@344+182 end"},
	{{.flags = 0xff00, .type = 2, .recording = OURS, .seq = 2}, "0 1 2 end",
		"0 1 gap@344+10 2 end"},
};

/* In the table, versions are what they are beyond 1. */
static void put_behind(struct fixture *f, const struct behind *b)
{
	struct block_header h = b->header;

	h.version++;
	h.payload = PAYLOAD;
	put_block(f, &h);
}

static void which_headers_hold(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(behind_one) / sizeof(*behind_one); i++) {
		f->tape.len = 0;
		put_numbers(f, 0, 1);
		put_behind(f, &behind_one[i]);
		assert_scan(f, behind_one[i].seen);
		f->tape.len = (size_t)2 * WHOLE;
		put_junk(f, 'j', 10);
		put_behind(f, &behind_one[i]);
		assert_scan(f, behind_one[i].found);
	}
}

/* Any may, as long as there was none: also one whose number is not 0. */
static void which_headers_are_the_first(void **state)
{
	struct fixture *f = *state;

	for (uint32_t junk = 0; junk <= 10; junk += 10) {
		f->tape.len = 0;
		put_junk(f, 'j', junk);
		put_numbers(f, 3, 4);
		assert_scan(f, junk ? "gap@0+10 3 4 end" : "missing@0+0 3 4 end");
		/* Nor is there anything yet that a forgery could stop. */
		f->tape.data[junk + 8] = 3;
		tape_reframe(&f->tape, junk);
		assert_scan(f,
			junk ? "gap@0+10 refused: format version 3" : "refused: format version 3");
	}
}

/* Behind an end block, the same recording may come once more; elsewhere it may not. */
static void once_more(void **state)
{
	const struct block_header end = {.version = 1,
		.type = BLOCK_TYPE_END,
		.payload = PAYLOAD,
		.recording = OURS,
		.seq = 1};
	struct fixture *f = *state;

	put_numbers(f, 0, 0);
	put_block(f, &end);
	put_numbers(f, 0, 0);
	put_block(f, &end);
	assert_scan(f, "0 1 0 1 end");
	f->tape.len = (size_t)2 * WHOLE;
	put_number(f, OTHER, 0);
	put_number(f, OTHER, 1);
	put_number(f, OTHER, 0);
	assert_scan(f, "0 1 other0 other1 gap@688+172 end");
}

/* --- Payloads ------------------------------------------------------------------------------- */

/* The recording goes on behind it: what is in it is none, however well it looks. */
static void a_wrong_payload_with_a_header_in_it(void **state)
{
	struct fixture *f = *state;
	struct fixture planted = {0};
	struct found found;

	put_numbers(f, 0, 2);
	put_number(&planted, OTHER, 0);
	memcpy(f->tape.data + WHOLE + BLOCK_HEADER, planted.tape.data, PAYLOAD);
	tape_release(&planted.tape);
	assert_scan(f, "0 payload@172+172 2 end");
	/* It does not, as another number is there, or nothing: then the forgery is taken for a
	 * recording of its own, in which the true one's blocks are strangers. */
	f->tape.len = (size_t)2 * WHOLE;
	put_number(f, OURS, 3);
	assert_scan(f, "0 payload@172+72 payload@244+172 gap@416+100 end");
	f->tape.len = (size_t)2 * WHOLE;
	scan(f);
	assert_memory_equal(f->seen, "0 payload@172+72 ", 17);
	/* What lies right behind it is not in it, and its number tells what is missing. */
	f->tape.len = WHOLE;
	put_number(f, OURS, 1);
	put_number(f, OURS, 3);
	f->tape.data[2 * WHOLE - 1] ^= 1;
	assert_scan(f, "0 payload@172+172 missing@344+0 3 end");
	/* The samples that it costs are in its header. */
	scan_reset(&f->scan, tape_source(&f->tape));
	f->tape.pos = 0;
	assert_int_equal(scan_next(&f->scan, &found), FMT_OK);
	assert_int_equal(scan_next(&f->scan, &found), FMT_OK);
	assert_true(found.damage.samples_known);
	assert_int_equal(found.damage.samples, 7);
}

/* A block that was cut short, with the rest of the recording behind it; its own number may come
 * again there. */
static void a_payload_cut_short(void **state)
{
	struct fixture *f = *state;

	for (uint32_t next = 1; next <= 3; next++) {
		f->tape.len = 0;
		put_numbers(f, 0, 1);
		f->tape.len -= 60;
		put_numbers(f, next, 3);
		put_junk(f, 'j', 200);
		scan(f);
		assert_memory_equal(f->seen, "0 payload@172+112 ", 18);
		assert_int_equal(f->seen[18], '0' + next);
	}
	/* Nor does a payload go beyond the last byte that is promised. */
	f->tape.len = 0;
	put_numbers(f, 0, 3);
	promise(f, WHOLE, PAYLOAD - 1);
	assert_scan(f, "0 payload@172+171 gap@343+1 2 3 end");
	promise(f, WHOLE, PAYLOAD + 1);
	assert_scan(f, "0 payload@172+172 2 3 end");
}

/* --- The end -------------------------------------------------------------------------------- */

/* Wherever it is cut off, only the last block is torn, and the scan goes on there. */
static void goes_on_where_it_was_torn(void **state)
{
	struct fixture *f = *state;
	char text[64];

	put_numbers(f, 0, 2);
	for (size_t cut = WHOLE + 1; cut < (size_t)2 * WHOLE; cut++) {
		f->tape.limit = cut;
		snprintf(text, sizeof(text), "0 torn@172+%zu", cut - WHOLE);
		assert_scan(f, text);
		f->tape.limit = 0;
		strcat(text, " 1 2 end");
		go_on(f);
		assert_string_equal(f->seen, text);
	}
}

/* A torn block with another one that holds in what is there of it. */
static void is_not_torn_with_a_header_behind(void **state)
{
	struct fixture *f = *state;

	put_numbers(f, 0, 0);
	promise(f, 0, 1 << 20);
	put_number(f, OTHER, 0);
	assert_scan(f, "payload@0+172 other0 end");
	f->tape.len = 0;
	put_numbers(f, 0, 1);
	promise(f, WHOLE, 1 << 20);
	put_number(f, OURS, 3);
	assert_scan(f, "0 payload@172+172 3 end");
	/* But none of the same recording that is there already. */
	f->tape.len = 0;
	put_numbers(f, 1, 1);
	promise(f, 0, 1 << 20);
	put_number(f, OURS, 0);
	assert_scan(f, "missing@0+0 torn@0+344");
}

/* Of zeros alone any number is torn, behind a wrong payload or in a gap as many as no block has. */
static void zeros_at_the_end(void **state)
{
	static const struct {
		int junk, zeros;
		const char *seen;
	} cases[] = {
		{0, 1, "0 torn@172+1"},
		{0, 5000, "0 torn@172+5000"},
		{1, 63, "0 gap@172+64 end"},
		{1, 64, "0 torn@172+65"},
		{71, 64, "0 torn@172+135"},
		{72, 64, "0 gap@172+136 end"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		f->tape.len = 0;
		put_numbers(f, 0, 0);
		put_junk(f, 'j', (size_t)cases[i].junk);
		put_junk(f, 0, (size_t)cases[i].zeros);
		assert_scan(f, cases[i].seen);
		assert_int_equal(
			f->scan.stats.torn_zeros, strstr(f->seen, "torn") ? cases[i].zeros : 0);
	}
}

static void zeros_in_the_last_payload(void **state)
{
	struct fixture *f = *state;

	for (size_t zeros = 63; zeros <= 64; zeros++) {
		f->tape.len = 0;
		put_numbers(f, 0, 1);
		memset(f->tape.data + f->tape.len - zeros, 0, zeros);
		assert_scan(f, zeros == 63 ? "0 payload@172+172 end" : "0 torn@172+172");
		/* More of them behind it are no other gap. */
		put_junk(f, 0, 1);
		assert_scan(f, "0 torn@172+173");
	}
	/* A recording that goes on there makes all of it damage. */
	put_numbers(f, 2, 2);
	assert_scan(f, "0 payload@172+172 gap@344+1 2 end");
}

/* --- Sources -------------------------------------------------------------------------------- */

static void gives_little_at_once(void **state)
{
	struct fixture *f = *state;

	put_numbers(f, 0, 1);
	put_junk(f, 0x89, 300);
	put_numbers(f, 2, 2);
	for (f->tape.chunk = 1; f->tape.chunk < 200; f->tape.chunk++) {
		assert_scan(f, "0 1 gap@344+300 2 end");
		assert_int_equal(f->scan.stats.bytes, f->tape.len);
		assert_int_equal(f->scan.stats.fetched, f->tape.len);
		assert_int_equal(f->scan.stats.damaged_bytes, 300);
		assert_int_equal(f->scan.stats.blocks, 3);
	}
}

static int64_t give_or_fail(void *ctx, void *data, size_t len)
{
	struct fixture *f = ctx;
	int64_t got =
		f->tape.pos < f->tape.limit ? tape_source(&f->tape).read(&f->tape, data, len) : 0;

	return !got && f->failing ? -1 : got;
}

/* What came before is given; and once the source works again, what comes behind. */
static void a_source_that_fails(void **state)
{
	struct fixture *f = *state;

	put_numbers(f, 0, 2);
	for (size_t at = WHOLE + 1; at < (size_t)2 * WHOLE; at += 9) {
		*f->seen = '\0';
		f->tape.pos = 0;
		f->tape.limit = at;
		f->failing = true;
		scan_reset(&f->scan, (struct source){give_or_fail, f});
		go_on(f);
		go_on(f);
		f->tape.limit = f->tape.len;
		f->failing = false;
		go_on(f);
		assert_string_equal(
			f->seen, "0 input or output failed input or output failed 1 2 end");
	}
}

static void foreign_sources(void **state)
{
	enum { MOST = 1 << 20 };
	struct fixture *f = *state;

	assert_scan(f, "end");
	assert_int_equal(f->scan.stats.bytes, 0);
	put_junk(f, 'j', MOST - 1);
	put_number(f, OURS, 0);
	assert_scan(f, "gap@0+1048575 0 end");
	f->tape.len = 0;
	put_junk(f, 'j', MOST);
	put_number(f, OURS, 0);
	assert_scan(f, "not a tcptop recording");
	/* Once there was one, it is no stranger, however much follows. */
	f->tape.len = 0;
	put_number(f, OURS, 0);
	put_junk(f, 'j', 2 * MOST);
	assert_scan(f, "0 gap@172+2097152 end");
}

/* --- Elsewhere in a file -------------------------------------------------------------------- */

static int64_t give_at(void *ctx, uint64_t offset, void *data, size_t len)
{
	struct tape *t = ctx;

	t->pos = offset < t->len ? (size_t)offset : t->len;
	return tape_source(t).read(t, data, len);
}

static void blocks_at_known_places(void **state)
{
	struct fixture *f = *state;
	struct found found;

	put_numbers(f, 0, 3);
	f->tape.data[3 * WHOLE + BLOCK_HEADER] ^= 1;
	scan_reset(&f->scan, tape_source(&f->tape));
	f->scan.in.read_at = give_at;
	assert_int_equal(scan_next(&f->scan, &found), FMT_OK);
	assert_int_equal(scan_block(&f->scan, 2 * WHOLE, 2, &found), FMT_OK);
	assert_int_equal(found.offset, 2 * WHOLE);
	note_found(f, &found);
	assert_int_equal(scan_block(&f->scan, 2 * WHOLE, 1, &found), FMT_END);
	assert_int_equal(scan_block(&f->scan, 2 * WHOLE + 1, 2, &found), FMT_END);
	assert_int_equal(scan_block(&f->scan, 3 * WHOLE, 3, &found), FMT_END);
	assert_int_equal(scan_block(&f->scan, 4 * WHOLE, 4, &found), FMT_END);
	f->tape.limit = 3 * WHOLE - 1;
	assert_int_equal(scan_block(&f->scan, 2 * WHOLE, 2, &found), FMT_END);
	f->tape.limit = 0;
	/* It goes on elsewhere as if it had come there, also from an end that was torn. */
	put_junk(f, 0, TORN_ZEROS);
	for (uint32_t seq = 1; seq <= 2; seq++) {
		scan_seek(&f->scan, seq * WHOLE, seq);
		go_on(f);
		scan_seek(&f->scan, 4 * WHOLE, 4);
		go_on(f);
	}
	assert_string_equal(f->seen, "2 1 2 payload@516+172 torn@688+64 torn@688+64 "
				     "2 payload@516+172 torn@688+64 torn@688+64");
	assert_int_equal(f->scan.stats.bytes, f->tape.len);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(which_headers_hold),
		TEST(which_headers_are_the_first),
		TEST(once_more),
		TEST(a_wrong_payload_with_a_header_in_it),
		TEST(a_payload_cut_short),
		TEST(goes_on_where_it_was_torn),
		TEST(is_not_torn_with_a_header_behind),
		TEST(zeros_at_the_end),
		TEST(zeros_in_the_last_payload),
		TEST(gives_little_at_once),
		TEST(a_source_that_fails),
		TEST(foreign_sources),
		TEST(blocks_at_known_places),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
