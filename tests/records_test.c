/* SPDX-License-Identifier: MIT */
/* Losses, loads and sums within their limits: FORMAT.md, "Losses, loads, sums". */
#include "format/records.h"

#include "payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LOSS_COLUMNS = 8, LOAD_COLUMNS = 7, SUM_COLUMNS = 7 };

struct fixture {
	struct payload *payload;
	struct loss loss[RECORDS];
	struct load load[RECORDS];
	struct session_sum sum[GROUP_SESSIONS];
	uint64_t scratch[GROUP_SESSIONS];
	uint32_t n;
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

	payload_leave((void **)&f->payload);
	free(f);
	return 0;
}

static int decode(struct fixture *f, enum section_id id)
{
	struct decoder *d = &f->payload->decoder;

	f->n = 77;
	if (id == SECTION_LOSSES)
		return losses_decode(d, f->loss, &f->n, f->scratch);
	if (id == SECTION_LOADS)
		return loads_decode(d, f->load, &f->n, f->scratch);
	return sums_decode(d, f->sum, &f->n, f->scratch);
}

/* A section that says it has n rows and has other ones, all alike, in which one column is v. */
static int decode_rows(struct fixture *f, enum section_id id, uint32_t n, uint32_t others,
	unsigned int column, uint64_t v)
{
	static const unsigned int columns[] = {[SECTION_LOSSES] = LOSS_COLUMNS,
		[SECTION_LOADS] = LOAD_COLUMNS,
		[SECTION_SUMS] = SUM_COLUMNS};
	struct payload *p = f->payload;

	payload_begin(p);
	put_u32(&p->content, n);
	for (unsigned int i = 0; i < columns[id]; i++)
		payload_constant(p, i == column ? v : 0, others);
	/* Of a later version. */
	payload_constant(p, 99, others);
	payload_put_content(p, id);
	assert_int_equal(payload_open(p), FMT_OK);
	return decode(f, id);
}

static void number_of_rows(void **state)
{
	static const struct {
		enum section_id id;
		uint32_t most;
	} cases[] = {{SECTION_LOSSES, RECORDS}, {SECTION_LOADS, RECORDS},
		{SECTION_SUMS, GROUP_SESSIONS}};
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		uint32_t most = cases[i].most;

		assert_int_equal(decode_rows(f, cases[i].id, 0, 0, 0, 0), FMT_OK);
		assert_int_equal(f->n, 0);
		assert_int_equal(decode_rows(f, cases[i].id, most, most, 0, 0), FMT_OK);
		assert_int_equal(f->n, most);
		assert_int_equal(decode_rows(f, cases[i].id, most + 1, most, 0, 0), FMT_EDAMAGED);
		assert_int_equal(f->n, 0);
		/* None where there is no section. */
		payload_begin(f->payload);
		assert_int_equal(payload_open(f->payload), FMT_OK);
		assert_int_equal(decode(f, cases[i].id), FMT_OK);
		assert_int_equal(f->n, 0);
	}
}

/* Columns that hold no more than 32 bits, and that hold any number. */
static void limits_of_columns(void **state)
{
	static const struct {
		enum section_id id;
		const char *wide; /* by column: w any, n no more than 32 bits, - see below */
	} cases[] = {{SECTION_LOSSES, "-wwwwwnn"}, {SECTION_LOADS, "wnnnnnn"},
		{SECTION_SUMS, "wwwww-w"}};
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		for (unsigned int c = 0; cases[i].wide[c]; c++) {
			uint64_t most = cases[i].wide[c] == 'w' ? UINT64_MAX : UINT32_MAX;

			if (cases[i].wide[c] == '-')
				continue;
			assert_int_equal(decode_rows(f, cases[i].id, 1, 1, c, most), FMT_OK);
			if (cases[i].wide[c] == 'w')
				continue;
			assert_int_equal(
				decode_rows(f, cases[i].id, 1, 1, c, most + 1), FMT_EDAMAGED);
			assert_int_equal(f->n, 0);
		}
	}
}

/* The order of the columns is that of FORMAT.md. */
static void losses_by_hand(void **state)
{
	static const struct loss wanted = {1, 2, {{3, 4}, {5, 6}}, 7, 8};
	struct fixture *f = *state;
	struct payload *p = f->payload;

	/* It begins before it ends, or then. */
	for (uint64_t from = 1; from <= 3; from++) {
		payload_begin(p);
		put_u32(&p->content, 1);
		payload_constant(p, from, 1);
		for (uint64_t v = 2; v <= LOSS_COLUMNS; v++)
			payload_constant(p, v, 1);
		payload_put_content(p, SECTION_LOSSES);
		assert_int_equal(payload_open(p), FMT_OK);
		assert_int_equal(decode(f, SECTION_LOSSES), from <= 2 ? FMT_OK : FMT_EDAMAGED);
		if (from == 1)
			assert_memory_equal(&f->loss[0], &wanted, sizeof(wanted));
	}
}

static void loads_by_hand(void **state)
{
	static const struct load wanted = {1, {2, 3, 4}, 5, 6, 7};
	struct fixture *f = *state;
	struct payload *p = f->payload;

	put_u32(&p->content, 1);
	for (uint64_t v = 1; v <= LOAD_COLUMNS; v++)
		payload_constant(p, v, 1);
	payload_put_content(p, SECTION_LOADS);
	assert_int_equal(payload_open(p), FMT_OK);
	assert_int_equal(decode(f, SECTION_LOADS), FMT_OK);
	assert_memory_equal(&f->load[0], &wanted, sizeof(wanted));
}

/* first is 9, 7 and 2^64 - 1, as steps; last is a difference to it, which must not go round. */
static void sums_by_hand(void **state)
{
	static const uint64_t steps[] = {18, 3, 15};
	static const struct session_sum wanted = {{{1, 2}, {3, 4}}, 5, 9, 9};
	struct fixture *f = *state;
	struct payload *p = f->payload;

	for (uint64_t last = 2; last--;) {
		const uint64_t spans[] = {0, 1, last};

		payload_begin(p);
		put_u32(&p->content, 3);
		for (uint64_t v = 1; v <= 5; v++)
			payload_constant(p, v, 3);
		payload_column(p, steps, 3);
		payload_column(p, spans, 3);
		payload_put_content(p, SECTION_SUMS);
		assert_int_equal(payload_open(p), FMT_OK);
		assert_int_equal(decode(f, SECTION_SUMS), last ? FMT_EDAMAGED : FMT_OK);
	}
	assert_memory_equal(&f->sum[0], &wanted, sizeof(wanted));
	assert_int_equal(f->sum[1].first_us, 7);
	assert_int_equal(f->sum[1].last_us, 8);
	assert_int_equal(f->sum[2].first_us, UINT64_MAX);
	assert_int_equal(f->sum[2].last_us, UINT64_MAX);
}

/* What is written is what is read; nothing is no section. */
static void comes_back(void **state)
{
	static const struct loss losses[] = {{1, 2, {{3, 4}, {5, 6}}, 7, 8}, {.to_us = UINT64_MAX}};
	static const struct load loads[] = {{1, {2, 3, 4}, 5, 6, 7}, {.avg = {UINT32_MAX}}};
	static const struct session_sum sums[] = {{{{1, 2}, {3, 4}}, 5, 6, 7},
		{.last_us = UINT64_MAX}, {.first_us = 3, .last_us = 3}};
	struct fixture *f = *state;
	struct encoder *e = &f->payload->encoder;

	encoder_begin(e);
	losses_encode(e, losses, 0, f->scratch);
	loads_encode(e, loads, 0, f->scratch);
	sums_encode(e, sums, 0, f->scratch);
	payload_open_encoded(f->payload);
	assert_int_equal(f->payload->bytes.len, 0);
	encoder_begin(e);
	losses_encode(e, losses, 2, f->scratch);
	loads_encode(e, loads, 2, f->scratch);
	sums_encode(e, sums, 3, f->scratch);
	payload_open_encoded(f->payload);
	assert_int_equal(decode(f, SECTION_LOSSES), FMT_OK);
	assert_int_equal(f->n, 2);
	assert_memory_equal(f->loss, losses, sizeof(losses));
	assert_int_equal(decode(f, SECTION_LOADS), FMT_OK);
	assert_int_equal(f->n, 2);
	assert_memory_equal(f->load, loads, sizeof(loads));
	assert_int_equal(decode(f, SECTION_SUMS), FMT_OK);
	assert_int_equal(f->n, 3);
	assert_memory_equal(f->sum, sums, sizeof(sums));
}

/* From the earliest to the latest; of one CPU as long as both are of the same. */
static void merged_losses(void **state)
{
	struct loss into = {20, 30, {{1, 2}, {3, 4}}, LOST_RING, 1};
	const struct loss within = {22, 28, {{1, 0}, {0, 0}}, LOST_RING, 1};
	const struct loss around = {10, 40, {{0, 1}, {UINT64_MAX, 1}}, LOST_RING, 2};

	(void)state;
	loss_merge(&into, &within);
	assert_int_equal(into.from_us, 20);
	assert_int_equal(into.to_us, 30);
	assert_int_equal(into.cpu, 1);
	loss_merge(&into, &around);
	assert_memory_equal(&into,
		&((struct loss){10, 40, {{2, 3}, {2, 5}}, LOST_RING, UINT32_MAX}), sizeof(into));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(number_of_rows),
		TEST(limits_of_columns),
		TEST(losses_by_hand),
		TEST(loads_by_hand),
		TEST(sums_by_hand),
		TEST(comes_back),
		cmocka_unit_test(merged_losses),
	};

	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
