/* SPDX-License-Identifier: MIT */
/* The group header's fields, totals and ending, by FORMAT.md, "Group header, totals". */
#include "format/header.h"

#include "payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct payload *payload;
	struct own_header own;
};

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	return f ? payload_enter((void **)&f->payload) : -1;
}

static int leave(void **state)
{
	struct fixture *f = *state;

	own_header_release(&f->own);
	payload_leave((void **)&f->payload);
	free(f);
	return 0;
}

/* --- Fields --------------------------------------------------------------------------------- */

static void put_field(struct fixture *f, uint16_t id, const void *data, size_t len)
{
	struct buffer *b = &f->payload->content;

	put_u16(b, id);
	put_u32(b, (uint32_t)len);
	put_bytes(b, data, len);
}

static void put_number(struct fixture *f, uint16_t id, uint64_t v)
{
	uint8_t bytes[8];

	store_le(bytes, v, sizeof(bytes));
	put_field(f, id, bytes, sizeof(bytes));
}

/* The fields that were put make a header. */
static int decode(struct fixture *f)
{
	struct payload *p = f->payload;

	p->bytes.len = 0;
	payload_put_content(p, SECTION_HEADER);
	assert_int_equal(payload_open(p), FMT_OK);
	return header_decode(&p->decoder, &f->own);
}

static void numbers(void **state)
{
	static const struct {
		uint16_t id;
		uint64_t v;
		int status;
	} cases[] = {
		{2, UINT64_MAX, FMT_OK},
		{3, (uint64_t)INT64_MIN, FMT_OK},
		{4, (uint64_t)INT32_MIN, FMT_OK},
		{4, INT32_MAX, FMT_OK},
		{4, (uint64_t)INT32_MIN - 1, FMT_EDAMAGED},
		{4, (uint64_t)INT32_MAX + 1, FMT_EDAMAGED},
		{5, UINT32_MAX, FMT_OK},
		{5, (uint64_t)UINT32_MAX + 1, FMT_EDAMAGED},
		{6, UINT64_MAX, FMT_OK},
		{7, UINT32_MAX, FMT_OK},
		{7, (uint64_t)UINT32_MAX + 1, FMT_EDAMAGED},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct header *h = &f->own.header;

		put_number(f, cases[i].id, cases[i].v);
		assert_int_equal(decode(f), cases[i].status);
		if (cases[i].status)
			continue;
		assert_int_equal(h->start_us, cases[i].id == 2 ? cases[i].v : 0);
		assert_int_equal(h->start_wall_us, cases[i].id == 3 ? cases[i].v : 0);
		assert_int_equal(h->zone_offset_s, cases[i].id == 4 ? (int32_t)cases[i].v : 0);
		assert_int_equal(h->cpus, cases[i].id == 5 ? cases[i].v : 0);
		assert_int_equal(h->series, cases[i].id == 6 ? cases[i].v : 0);
		assert_int_equal(h->part, cases[i].id == 7 ? cases[i].v : 0);
	}
}

/* Each has eight bytes, however few it needs. */
static void numbers_of_another_length(void **state)
{
	static const uint8_t zeros[16];
	struct fixture *f = *state;

	for (uint16_t id = 2; id <= 7; id++) {
		for (size_t len = 0; len <= 9; len++) {
			put_field(f, id, zeros, len);
			assert_int_equal(decode(f), len == 8 ? FMT_OK : FMT_EDAMAGED);
		}
	}
}

static const char *text_of(const struct header *h, int i)
{
	const char *texts[] = {h->zone, h->host, h->boot_id, h->kernel, h->tool, h->command,
		h->filters, h->hooks, h->coverage, h->selftest};

	return texts[i];
}

enum { TEXTS = 10, FIRST_TEXT = 16 };

static void texts(void **state)
{
	struct fixture *f = *state;
	char longest[TEXT_SIZE + 1] = "";

	memset(longest, 't', TEXT_SIZE - 1);
	for (int i = 0; i < TEXTS; i++) {
		uint16_t id = (uint16_t)(FIRST_TEXT + i);

		put_field(f, id, longest, TEXT_SIZE);
		assert_int_equal(decode(f), FMT_OK);
		for (int k = 0; k < TEXTS; k++)
			assert_string_equal(text_of(&f->own.header, k), k == i ? longest : "");
		/* Too long, without an end, ended twice, no text at all. */
		longest[TEXT_SIZE - 1] = 't';
		put_field(f, id, longest, TEXT_SIZE + 1);
		assert_int_equal(decode(f), FMT_EDAMAGED);
		longest[TEXT_SIZE - 1] = '\0';
		put_field(f, id, "ab", 2);
		assert_int_equal(decode(f), FMT_EDAMAGED);
		put_field(f, id, "a\0b", 4);
		assert_int_equal(decode(f), FMT_EDAMAGED);
		put_field(f, id, "", 0);
		assert_int_equal(decode(f), FMT_EDAMAGED);
	}
}

static void unknown_fields(void **state)
{
	static const uint16_t ids[] = {0, 8, 15, FIRST_TEXT + TEXTS, 0x8000, 0xffff};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		put_field(f, ids[i], "abc", i % 2 ? 3 : 0);
		put_field(f, 17, "host", 5);
		assert_int_equal(decode(f), FMT_OK);
		assert_string_equal(f->own.header.host, "host");
	}
}

static void needs(void **state)
{
	struct fixture *f = *state;

	put_field(f, 1, "", 1);
	assert_int_equal(decode(f), FMT_OK);
	put_field(f, 1, "warp index", 11);
	assert_int_equal(decode(f), FMT_EVERSION);
	assert_string_equal(f->payload->decoder.needed, "warp index");
	put_field(f, 1, "warp", 4);
	assert_int_equal(decode(f), FMT_EDAMAGED);
}

/* A section that ends within a field. */
static void half_a_field(void **state)
{
	struct fixture *f = *state;

	for (size_t len = 0; len <= 28; len++) {
		put_number(f, 2, 7);
		put_number(f, 5, 8);
		f->payload->content.len = len;
		assert_int_equal(decode(f), len % 14 ? FMT_EDAMAGED : FMT_OK);
	}
}

/* What is not there is 0 or empty, and the recording's number stays, which is not there ever. */
static void missing_fields(void **state)
{
	struct fixture *f = *state;

	f->own.header.recording = 77;
	put_number(f, 5, 8);
	put_field(f, 17, "host", 5);
	assert_int_equal(decode(f), FMT_OK);
	payload_begin(f->payload);
	assert_int_equal(payload_open(f->payload), FMT_OK);
	assert_int_equal(header_decode(&f->payload->decoder, &f->own), FMT_OK);
	assert_int_equal(f->own.header.recording, 77);
	assert_int_equal(f->own.header.cpus, 0);
	for (int i = 0; i < TEXTS; i++)
		assert_string_equal(text_of(&f->own.header, i), "");
}

/* --- A header of one's own ------------------------------------------------------------------ */

static void texts_are_copied(void **state)
{
	struct fixture *f = *state;
	char host[] = "here", zone[] = "CET";
	const struct header h = {.host = host, .zone = zone, .cpus = 3};

	assert_int_equal(own_header_set(&f->own, &h), FMT_OK);
	memset(host, 'x', 4);
	memset(zone, 'x', 3);
	assert_string_equal(f->own.header.host, "here");
	assert_string_equal(f->own.header.zone, "CET");
	assert_string_equal(f->own.header.selftest, "");
	assert_int_equal(f->own.header.cpus, 3);
}

/* Neither what is too long nor what is damaged touches what there is. */
static void failure_changes_nothing(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_SIZE + 1] = "";
	struct header h = {.host = "here", .cpus = 3};

	assert_int_equal(own_header_set(&f->own, &h), FMT_OK);
	memset(text, 't', TEXT_SIZE);
	h = (struct header){.host = "there", .coverage = text, .cpus = 4};
	assert_int_equal(own_header_set(&f->own, &h), FMT_ELIMIT);
	put_number(f, 5, 4);
	put_field(f, 17, "there", 5);
	assert_int_equal(decode(f), FMT_EDAMAGED);
	assert_string_equal(f->own.header.host, "here");
	assert_string_equal(f->own.header.coverage, "");
	assert_int_equal(f->own.header.cpus, 3);
	text[TEXT_SIZE - 1] = '\0';
	assert_int_equal(own_header_set(&f->own, &h), FMT_OK);
}

/* A recording that stands alone has no fields of a series. */
static void series_and_part(void **state)
{
	struct fixture *f = *state;
	struct header h = {.part = 9};
	size_t len;

	assert_int_equal(own_header_set(&f->own, &h), FMT_OK);
	encoder_begin(&f->payload->encoder);
	header_encode(&f->payload->encoder, &f->own.header);
	len = f->payload->encoder.raw.len;
	f->own.header.series = 5;
	encoder_begin(&f->payload->encoder);
	header_encode(&f->payload->encoder, &f->own.header);
	assert_int_equal(f->payload->encoder.raw.len, len + 2 * 14);
	payload_open_encoded(f->payload);
	assert_int_equal(header_decode(&f->payload->decoder, &f->own), FMT_OK);
	assert_int_equal(f->own.header.series, 5);
	assert_int_equal(f->own.header.part, 9);
}

/* --- Totals, ending ------------------------------------------------------------------------- */

/* Ten numbers, in the order of FORMAT.md; not one less. */
static void totals(void **state)
{
	static const struct totals wanted = {1, 2, {{3, 4}, {5, 6}}, {{7, 8}, {9, 10}}};
	static const struct totals zeros;
	struct fixture *f = *state;
	struct payload *p = f->payload;
	struct totals t = wanted;

	assert_int_equal(payload_open(p), FMT_OK);
	assert_int_equal(totals_decode(&p->decoder, &t), FMT_OK);
	assert_memory_equal(&t, &zeros, sizeof(t));
	for (size_t len = 79; len <= 81; len++) {
		payload_begin(p);
		for (uint64_t i = 1; i <= 11; i++)
			put_u64(&p->content, i);
		p->content.len = len;
		payload_put_content(p, SECTION_TOTALS);
		assert_int_equal(payload_open(p), FMT_OK);
		assert_int_equal(totals_decode(&p->decoder, &t), len < 80 ? FMT_EDAMAGED : FMT_OK);
	}
	assert_memory_equal(&t, &wanted, sizeof(t));
	encoder_begin(&p->encoder);
	totals_encode(&p->encoder, &wanted);
	assert_int_equal(p->encoder.raw.len, 80);
	payload_open_encoded(p);
	assert_int_equal(totals_decode(&p->decoder, &t), FMT_OK);
	assert_memory_equal(&t, &wanted, sizeof(t));
}

static void ending(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t len;
		int status;
		bool continues;
	} cases[] = {
		{"\1\0\0\0", 4, FMT_OK, true},
		{"\xfe\xff\xff\xff", 4, FMT_OK, false},
		{"\xff\xff\xff\xff", 5, FMT_OK, true},
		{"\1\0\0", 3, FMT_EDAMAGED, false},
	};
	struct fixture *f = *state;
	struct payload *p = f->payload;
	bool continues = true;

	assert_int_equal(payload_open(p), FMT_OK);
	assert_int_equal(ending_decode(&p->decoder, &continues), FMT_OK);
	assert_false(continues);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		payload_begin(p);
		payload_put(p, SECTION_ENDING, 0, cases[i].len, cases[i].bytes, cases[i].len);
		assert_int_equal(payload_open(p), FMT_OK);
		assert_int_equal(ending_decode(&p->decoder, &continues), cases[i].status);
		if (!cases[i].status)
			assert_int_equal(continues, cases[i].continues);
	}
	encoder_begin(&p->encoder);
	ending_encode(&p->encoder);
	payload_open_encoded(p);
	assert_int_equal(ending_decode(&p->decoder, &continues), FMT_OK);
	assert_true(continues);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers),
		TEST(numbers_of_another_length),
		TEST(texts),
		TEST(unknown_fields),
		TEST(needs),
		TEST(half_a_field),
		TEST(missing_fields),
		TEST(texts_are_copied),
		TEST(failure_changes_nothing),
		TEST(series_and_part),
		TEST(totals),
		TEST(ending),
	};

	return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
