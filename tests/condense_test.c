/* SPDX-License-Identifier: MIT */
#include "report/condense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SAMPLES = 500, SESSIONS = 7, ROUNDS = 300 };

#define SECOND INT64_C(1000000)

struct given {
	struct block block;
	uint64_t time_us[SAMPLES], bytes[SAMPLES];
	uint32_t key[SAMPLES], calls[SAMPLES];
	uint8_t flags[SAMPLES];
	struct loss loss[2];
	struct load load[2];
};

static uint64_t state_of_chance = 88172645463325252u;

static uint64_t chance(uint64_t below)
{
	state_of_chance ^= state_of_chance << 13;
	state_of_chance ^= state_of_chance >> 7;
	state_of_chance ^= state_of_chance << 17;
	return state_of_chance % below;
}

static void make(struct given *g, uint32_t samples, uint64_t step_us)
{
	uint64_t now = (uint64_t)(1000 * SECOND) + chance(1000000);

	memset(g, 0, sizeof(*g));
	for (uint32_t i = 0; i < samples; i++) {
		now += chance(step_us);
		g->time_us[i] = now;
		g->key[i] = (uint32_t)chance(2 * SESSIONS);
		g->bytes[i] = chance(UINT64_MAX / 2);
		g->calls[i] = chance(4) ? 1 : (uint32_t)chance(UINT32_MAX);
	}
	g->loss[1].cause = LOST_RING;
	g->load[1].threads = 3;
	g->block = (struct block){.samples = samples,
		.time_us = g->time_us,
		.key = g->key,
		.bytes = g->bytes,
		.calls = chance(3) ? g->calls : NULL,
		.flags = g->flags,
		.first_us = 5,
		.last_us = now + 5,
		.wall_offset_us = 1795168500 * SECOND - (int64_t)chance(3 * SECOND),
		.losses = 2,
		.loss = g->loss,
		.loads = 2,
		.load = g->load};
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Whether two times are on the same side of all cuts. */
static bool together(const struct condense_cuts *cuts, int64_t a, int64_t b)
{
	for (int i = 0; i < 2; i++) {
		if ((a < cuts->edge_us[i]) != (b < cuts->edge_us[i]))
			return false;
	}
	return floor_div(a, cuts->length_us) == floor_div(b, cuts->length_us);
}

static int64_t wall(const struct block *b, uint32_t i)
{
	return (int64_t)b->time_us[i] + b->wall_offset_us;
}

/* Of the key, in the slice that sample i of like lies in. */
static struct volume sum(const struct block *b, const struct condense_cuts *cuts,
	const struct block *like, uint32_t i)
{
	struct volume v = {{0}, {0}};

	for (uint32_t k = 0; k < b->samples; k++) {
		if (b->key[k] != like->key[i] || !together(cuts, wall(b, k), wall(like, i)))
			continue;
		v.calls[0] += b->calls ? b->calls[k] : 1;
		v.bytes[0] += b->bytes[k];
	}
	return v;
}

static void expect_same(
	const struct block *from, const struct block *to, const struct condense_cuts *cuts)
{
	for (uint32_t i = 0; i < from->samples; i++) {
		struct volume a = sum(from, cuts, from, i), b = sum(to, cuts, from, i);

		assert_memory_equal(&a, &b, sizeof(a));
	}
	for (uint32_t i = 1; i < to->samples; i++)
		assert_true(to->time_us[i - 1] <= to->time_us[i]);
	assert_null(to->flags);
	assert_int_equal(to->first_us, from->first_us);
	assert_int_equal(to->last_us, from->last_us);
	assert_int_equal(to->wall_offset_us, from->wall_offset_us);
	assert_int_equal(to->losses, from->losses);
	assert_int_equal(to->loads, from->loads);
	assert_memory_equal(to->loss, from->loss, from->losses * sizeof(*from->loss));
	assert_memory_equal(to->load, from->load, from->loads * sizeof(*from->load));
}

static void sums_are_kept(void **state)
{
	static const int64_t lengths[] = {1, 1000, SECOND, 3600 * SECOND};
	struct given *g = malloc(sizeof(*g));

	(void)state;
	assert_non_null(g);
	for (int round = 0; round < ROUNDS; round++) {
		struct condense_cuts cuts = {lengths[round % 4], {INT64_MIN, INT64_MAX}};
		struct condense *c;

		if (round % 3) {
			cuts.edge_us[0] = 1795169500 * SECOND + (int64_t)chance(2 * SECOND);
			cuts.edge_us[1] = cuts.edge_us[0] + (int64_t)chance(2 * SECOND);
		}
		assert_int_equal(condense_new(&c, &cuts), 0);
		for (int block = 0; block < 2; block++) {
			struct block to;
			void *piece;
			size_t bytes;

			make(g, (uint32_t)chance(SAMPLES), 1 + chance(20000));
			assert_int_equal(
				condense_block(c, SESSIONS, &g->block, &to, &piece, &bytes), 0);
			expect_same(&g->block, &to, &cuts);
			free(piece);
		}
		condense_free(c);
	}
	free(g);
}

/* That is what it is for. */
static void few_remain(void **state)
{
	const struct condense_cuts cuts = {3600 * SECOND, {INT64_MIN, INT64_MAX}};
	struct given *g = malloc(sizeof(*g));
	struct condense *c;
	struct block to;
	void *piece;
	size_t bytes;

	(void)state;
	assert_non_null(g);
	make(g, SAMPLES, 100);
	g->block.calls = NULL;
	assert_int_equal(condense_new(&c, &cuts), 0);
	assert_int_equal(condense_block(c, SESSIONS, &g->block, &to, &piece, &bytes), 0);
	assert_true(to.samples <= 2 * 2 * SESSIONS);
	free(piece);
	condense_free(c);
	free(g);
}

/* Of a damaged file; nothing is summed then, and nothing overflows. */
static void absurd_times_stay(void **state)
{
	static const int64_t offsets[] = {INT64_MAX, INT64_MIN, INT64_MAX / 2 + 1};
	const struct condense_cuts cuts = {SECOND, {INT64_MIN, INT64_MAX}};
	struct given *g = malloc(sizeof(*g));
	struct condense *c;

	(void)state;
	assert_non_null(g);
	assert_int_equal(condense_new(&c, &cuts), 0);
	for (int i = 0; i < 3; i++) {
		struct block to;
		void *piece;
		size_t bytes;

		make(g, SAMPLES, 100);
		g->block.wall_offset_us = offsets[i];
		assert_int_equal(condense_block(c, SESSIONS, &g->block, &to, &piece, &bytes), 0);
		assert_int_equal(to.samples, SAMPLES);
		assert_memory_equal(to.time_us, g->time_us, sizeof(g->time_us));
		assert_memory_equal(to.bytes, g->bytes, sizeof(g->bytes));
		free(piece);
	}
	condense_free(c);
	free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_kept),
		cmocka_unit_test(few_remain),
		cmocka_unit_test(absurd_times_stay),
	};

	return cmocka_run_group_tests_name("condense", tests, NULL, NULL);
}
