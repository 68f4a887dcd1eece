/* SPDX-License-Identifier: MIT */
/* Sections in and out of a payload, within the limits of FORMAT.md, "Sections". */
#include "payload.h"

#include "format/block.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

enum { SIZE = 20000 };

struct fixture {
	struct payload *payload;
	uint8_t text[SIZE];  /* that can be compressed */
	uint8_t noise[SIZE]; /* that cannot */
};

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	uint64_t seed = 1;

	*state = f;
	if (!f)
		return -1;
	for (size_t i = 0; i < SIZE; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		f->noise[i] = (uint8_t)(seed >> 56);
		f->text[i] = (uint8_t)(i / 7);
	}
	return payload_enter((void **)&f->payload);
}

static int leave(void **state)
{
	struct fixture *f = *state;

	payload_leave((void **)&f->payload);
	free(f);
	return 0;
}

static void encode(struct fixture *f, enum section_id id, const void *data, size_t len)
{
	put_bytes(section_begin(&f->payload->encoder), data, len);
	section_end(&f->payload->encoder, id);
}

static void assert_content(struct fixture *f, enum section_id id, const void *data, size_t len)
{
	struct cursor c;

	assert_true(section_present(&f->payload->decoder, id));
	assert_int_equal(section_content(&f->payload->decoder, id, &c), FMT_OK);
	assert_int_equal(cursor_left(&c), len);
	assert_memory_equal(c.at, data, len);
}

/* --- What an encoder makes ------------------------------------------------------------------ */

static void content_comes_back(void **state)
{
	struct fixture *f = *state;
	struct cursor c;

	encoder_begin(&f->payload->encoder);
	encode(f, SECTION_TIME, f->text, SIZE);
	encode(f, SECTION_FLAGS, NULL, 0);
	encode(f, SECTION_BYTES, f->noise, SIZE);
	payload_open_encoded(f->payload);
	assert_content(f, SECTION_BYTES, f->noise, SIZE);
	assert_content(f, SECTION_TIME, f->text, SIZE);
	assert_true(section_present(&f->payload->decoder, SECTION_FLAGS));
	assert_false(section_present(&f->payload->decoder, SECTION_CALLS));
	assert_int_equal(section_content(&f->payload->decoder, SECTION_CALLS, &c), FMT_OK);
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(get_u8(&c), 0);
	assert_true(c.bad);
}

/* What was there before is gone with another payload. */
static void begins_anew(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		encoder_begin(&f->payload->encoder);
		encode(f, i ? SECTION_LOADS : SECTION_LOSSES, f->text, 20);
		payload_open_encoded(f->payload);
		assert_int_equal(section_present(&f->payload->decoder, SECTION_LOSSES), !i);
		assert_int_equal(f->payload->encoder.out.len, BLOCK_HEADER + SECTION_FRAME + 20);
	}
}

/* Compressed where that gains anything, else as it is. */
static void is_never_larger_than_it_was(void **state)
{
	struct fixture *f = *state;
	const struct section *s = f->payload->decoder.section;

	for (size_t len = 0; len <= 200; len++) {
		encoder_begin(&f->payload->encoder);
		encode(f, SECTION_TIME, f->text, len);
		encode(f, SECTION_BYTES, f->noise, len);
		payload_open_encoded(f->payload);
		assert_true(s[SECTION_TIME].stored <= len);
		assert_int_equal(s[SECTION_BYTES].codec, 0);
		assert_int_equal(s[SECTION_BYTES].stored, len);
		assert_content(f, SECTION_TIME, f->text, len);
	}
	assert_int_equal(s[SECTION_TIME].codec, 1);
	assert_true(s[SECTION_TIME].stored < 100);
}

static unsigned int frames_of(const struct section *s)
{
	unsigned int frames = 0;
	size_t len;

	for (size_t at = 0; at < s->stored; at += len, frames++) {
		len = ZSTD_findFrameCompressedSize(s->data + at, s->stored - at);
		assert_false(ZSTD_isError(len));
	}
	return frames;
}

/* Pieces of their own behind what comes first; none where they would be too small for that. */
static void cut_into_frames(void **state)
{
	static const struct {
		size_t piece;
		unsigned int frames;
	} cases[] = {{4096, 5}, {5000, 4}, {SIZE - 1, 2}, {SIZE, 1}, {4095, 1}, {1, 1}, {0, 1}};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		encoder_begin(&f->payload->encoder);
		put_bytes(section_begin(&f->payload->encoder), f->text, SIZE);
		section_end_cut(&f->payload->encoder, SECTION_BYTES, cases[i].piece);
		payload_open_encoded(f->payload);
		assert_int_equal(
			frames_of(&f->payload->decoder.section[SECTION_BYTES]), cases[i].frames);
		assert_content(f, SECTION_BYTES, f->text, SIZE);
	}
}

/* Too much in one section, or in all: said at the end, and until the next beginning. */
static void encoder_limits(void **state)
{
	struct fixture *f = *state;

	encoder_begin(&f->payload->encoder);
	assert_non_null(buffer_reserve(section_begin(&f->payload->encoder), SECTION_RAW + 1));
	memset(f->payload->encoder.raw.data, 0, SECTION_RAW + 1);
	f->payload->encoder.raw.len = SECTION_RAW + 1;
	section_end(&f->payload->encoder, SECTION_TIME);
	encode(f, SECTION_BYTES, f->text, SIZE);
	assert_int_equal(encoder_end(&f->payload->encoder), FMT_ELIMIT);
	encoder_begin(&f->payload->encoder);
	f->payload->encoder.raw.len = SECTION_RAW;
	section_end(&f->payload->encoder, SECTION_TIME);
	assert_int_equal(encoder_end(&f->payload->encoder), FMT_OK);
	f->payload->encoder.out.len = BLOCK_HEADER + BLOCK_PAYLOAD;
	assert_int_equal(encoder_end(&f->payload->encoder), FMT_OK);
	f->payload->encoder.out.len++;
	assert_int_equal(encoder_end(&f->payload->encoder), FMT_ELIMIT);
}

/* --- What a decoder takes ------------------------------------------------------------------- */

static void assert_opens(struct fixture *f, int status)
{
	assert_int_equal(payload_open(f->payload), status);
	payload_begin(f->payload);
}

static void raw_sizes(void **state)
{
	struct fixture *f = *state;
	struct payload *p = f->payload;

	payload_put(p, SECTION_TIME, 1, SECTION_RAW, "", 0);
	assert_opens(f, FMT_OK);
	payload_put(p, SECTION_TIME, 1, SECTION_RAW + 1, "", 0);
	assert_opens(f, FMT_EDAMAGED);
	/* Also where nobody here knows it. */
	payload_put(p, 0x1234, 1, SECTION_RAW + 1, "", 0);
	assert_opens(f, FMT_EDAMAGED);
	/* Four of the largest are as much as there may be in all, whether they are known or not. */
	for (int more = 0; more < 2; more++) {
		payload_put(p, SECTION_TIME, 1, SECTION_RAW, "", 0);
		payload_put(p, SECTION_BYTES, 1, SECTION_RAW, "", 0);
		payload_put(p, 0x1234, 1, SECTION_RAW, "", 0);
		payload_put(p, 0x1235, 1, SECTION_RAW, "", 0);
		payload_put(p, SECTION_CALLS, 0, (uint32_t)more, "x", (uint32_t)more);
		assert_opens(f, more ? FMT_EDAMAGED : FMT_OK);
	}
}

static void stored_sizes(void **state)
{
	struct fixture *f = *state;
	struct payload *p = f->payload;

	/* As it is, it is as long as it says. */
	payload_put(p, SECTION_TIME, 0, 4, "abc", 3);
	assert_opens(f, FMT_EDAMAGED);
	payload_put(p, SECTION_TIME, 0, 2, "abc", 3);
	assert_opens(f, FMT_EDAMAGED);
	/* A payload that ends within a section, or within its head. */
	for (size_t len = 0; len <= 2 * SECTION_FRAME + 3; len++) {
		payload_put(p, SECTION_FLAGS, 0, 0, "", 0);
		payload_put(p, SECTION_TIME, 0, 3, "abc", 3);
		p->bytes.len = len;
		assert_opens(f, !len || len == SECTION_FRAME || len == 2 * SECTION_FRAME + 3
					? FMT_OK
					: FMT_EDAMAGED);
	}
}

static void count_of_sections(void **state)
{
	struct fixture *f = *state;

	for (int count = 64; count <= 65; count++) {
		for (int i = 1; i < count; i++)
			payload_put(f->payload, 0x1234, 0, 0, "", 0);
		payload_put(f->payload, SECTION_TIME, 0, 3, "abc", 3);
		assert_opens(f, count == 64 ? FMT_OK : FMT_EDAMAGED);
	}
}

/* Passed over, whatever codec and however often; but not with bit 15. */
static void unknown_sections(void **state)
{
	static const uint16_t harmless[] = {0, SECTION_LAST + 1, 0x4000, 0x7fff};
	static const struct {
		uint16_t id;
		const char *needed;
	} needed[] = {
		{0x8000, "section 0x8000"}, {0x8007, "section 0x8007"}, {0xffff, "section 0xffff"}};
	struct fixture *f = *state;
	struct payload *p = f->payload;

	for (size_t i = 0; i < 8; i++)
		payload_put(p, harmless[i % 4], (uint8_t)(40 * i), 100, "abc", 3);
	payload_put(p, SECTION_TIME, 0, 3, "abc", 3);
	p->bytes.data[p->bytes.len - 12] = 0xff; /* the unused byte */
	assert_int_equal(payload_open(p), FMT_OK);
	assert_content(f, SECTION_TIME, "abc", 3);
	for (size_t i = 0; i < 3; i++) {
		payload_begin(p);
		payload_put(p, SECTION_TIME, 0, 3, "abc", 3);
		payload_put(p, needed[i].id, 0, 0, "", 0);
		assert_int_equal(payload_open(p), FMT_EVERSION);
		assert_string_equal(p->decoder.needed, needed[i].needed);
	}
}

static void unknown_codecs(void **state)
{
	static const char *const words[] = {"codec 2 of section 1", "codec 255 of section 15"};
	struct fixture *f = *state;
	struct payload *p = f->payload;

	for (int i = 0; i < 2; i++) {
		payload_put(p, i ? SECTION_LAST : 1, i ? 255 : 2, 3, "abc", 3);
		assert_opens(f, FMT_EVERSION);
		assert_string_equal(p->decoder.needed, words[i]);
	}
	/* Such a block is not right by any version. */
	payload_put(p, SECTION_TIME, 2, SECTION_RAW + 1, "abc", 3);
	assert_opens(f, FMT_EDAMAGED);
}

/* Each known one once. */
static void known_sections_twice(void **state)
{
	struct fixture *f = *state;

	for (int id = 1; id <= SECTION_LAST; id++) {
		payload_put(f->payload, (uint16_t)id, 0, 0, "", 0);
		payload_put(f->payload, (uint16_t)id, 0, 0, "", 0);
		assert_opens(f, FMT_EDAMAGED);
	}
	for (int id = 1; id <= SECTION_LAST; id++)
		payload_put(f->payload, (uint16_t)id, 0, 0, "", 0);
	assert_opens(f, FMT_OK);
}

/* A section of frames with the first 1000 bytes of the text, then with its last 500. */
static int decode_frames(struct fixture *f, uint32_t raw, size_t left_out, struct cursor *c)
{
	uint8_t stored[SIZE];
	size_t len = ZSTD_compress(stored, SIZE, f->text, 1000, 1);

	len += ZSTD_compress(stored + len, SIZE - len, f->text + 1000, 500, 1);
	payload_begin(f->payload);
	payload_put(f->payload, SECTION_TIME, 1, raw, stored, (uint32_t)(len - left_out));
	assert_int_equal(payload_open(f->payload), FMT_OK);
	return section_content(&f->payload->decoder, SECTION_TIME, c);
}

/* Frames follow each other; together they are as long as it says, not a byte more or less. */
static void content_of_frames(void **state)
{
	struct fixture *f = *state;
	struct cursor c;

	assert_int_equal(decode_frames(f, 1500, 0, &c), FMT_OK);
	assert_content(f, SECTION_TIME, f->text, 1500);
	assert_int_equal(decode_frames(f, 1499, 0, &c), FMT_EDAMAGED);
	assert_int_equal(decode_frames(f, 1501, 0, &c), FMT_EDAMAGED);
	assert_int_equal(decode_frames(f, 1000, 0, &c), FMT_EDAMAGED);
	assert_int_equal(decode_frames(f, 0, 0, &c), FMT_EDAMAGED);
	assert_int_equal(decode_frames(f, 1500, 1, &c), FMT_EDAMAGED);
	/* No frame at all has no content, and that is what is said of it here. */
	payload_begin(f->payload);
	payload_put(f->payload, SECTION_TIME, 1, 0, "", 0);
	assert_int_equal(payload_open(f->payload), FMT_OK);
	assert_int_equal(section_content(&f->payload->decoder, SECTION_TIME, &c), FMT_OK);
	assert_int_equal(cursor_left(&c), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(content_comes_back),
		TEST(begins_anew),
		TEST(is_never_larger_than_it_was),
		TEST(cut_into_frames),
		TEST(encoder_limits),
		TEST(raw_sizes),
		TEST(stored_sizes),
		TEST(count_of_sections),
		TEST(unknown_sections),
		TEST(unknown_codecs),
		TEST(known_sections_twice),
		TEST(content_of_frames),
	};

	return cmocka_run_group_tests_name("section", tests, NULL, NULL);
}
