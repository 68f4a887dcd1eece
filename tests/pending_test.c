/* SPDX-License-Identifier: MIT */
#include "report/pending.h"
#include "tests/report_fixture.h"

static int set_up(void **state)
{
	*state = calloc(1, sizeof(struct pending));
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	pending_clear(*state);
	free(*state);
	return 0;
}

static void add(struct pending *p, uint64_t time_us)
{
	const struct loss loss = {0, time_us, {{1, 0}, {0, 0}}, LOST_RING, 0};
	const struct load load = {.time_us = time_us, .running = (uint32_t)time_us};
	const struct block b = {
		.losses = 1, .loads = 1, .loss = &loss, .load = &load, .wall_offset_us = 1000};

	assert_int_equal(pending_add(p, &b), 0);
}

static void they_wait_for_their_time(void **state)
{
	struct pending *p = *state;

	add(p, 20);
	add(p, 10); /* not in order */
	add(p, 30);
	pending_take(p, 1010);
	assert_false(losses_any(&p->due)); /* 10 ends in the interval that begins there */
	assert_true(p->has_load && p->last_load.running == 10); /* and is the load until there */
	pending_take(p, 1021);
	assert_int_equal(p->due.cause[LOST_RING].volume.calls[DIR_RX], 2);
	assert_int_equal(p->last_load.running, 20);
	pending_take(p, INT64_MAX);
	assert_int_equal(p->due.cause[LOST_RING].volume.calls[DIR_RX], 3);
	assert_int_equal(p->last_load.running, 30);
	assert_true(p->losses == 0 && p->loads == 0);
}

static void there_is_a_bound_and_nothing_is_lost(void **state)
{
	struct pending *p = *state;

	for (uint64_t i = 0; i < 3 * (uint64_t)PENDING_MAX; i++)
		add(p, 1000000 + i);
	assert_int_equal(p->losses, PENDING_MAX);
	assert_int_equal(p->loads, PENDING_MAX);
	pending_take(p, INT64_MAX);
	assert_int_equal(p->due.cause[LOST_RING].volume.calls[DIR_RX], 3 * PENDING_MAX);
	assert_int_equal(p->last_load.running, 1000000 + 3 * PENDING_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(they_wait_for_their_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			there_is_a_bound_and_nothing_is_lost, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("pending", tests, NULL, NULL);
}
