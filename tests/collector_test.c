/* SPDX-License-Identifier: MIT */
#include "collector_cases.h"
#include "collector_fixture.h"

#include <string.h>

/* --- Definitions ---------------------------------------------------------------------------- */

/* Behind it may be that of any call. */
static void test_busy_definition_holds_back_all(void **state)
{
	struct fixture *f = begin(2, PLACES);
	const struct event_session second = fake_session(2);
	void *busy;

	(void)state;
	define(f, 1);
	busy = fake_ring_reserve(&f->kernel.definitions, sizeof(second));
	define(f, 3);
	call(f, 0, 11, 3, 11, DIR_RX);
	call(f, 1, 12, 1, 12, DIR_RX);
	drain(f, ALL);
	assert_true(collector_held_back(f->collector));
	assert_int_equal(taken(f), 0);
	memcpy(busy, &second, sizeof(second));
	fake_ring_submit(busy);
	call(f, 1, 13, 2, 13, DIR_RX);
	drain(f, ALL);
	assert_false(collector_held_back(f->collector));
	read_back(f);
	assert_order(f, (unsigned[]){11, 12, 13}, 3);
	end(f);
}

/* --- The merge ------------------------------------------------------------------------------ */

static void merge_at_random(unsigned cpus, unsigned seed)
{
	struct fixture *f = begin(cpus, PLACES);
	unsigned order[999];

	srand(seed);
	define(f, 1);
	for (unsigned ns = 1; ns <= 999; ns++) {
		order[ns - 1] = ns;
		/* Now and then a CPU is busy alone, now and then all are. */
		at_ns(f, ns / 100 % 2 ? ns / 200 % cpus : (unsigned)rand() % cpus, ns);
		if (rand() % 100 == 0)
			drain(f, BASE_NS + ns - (unsigned)rand() % ns);
	}
	drain(f, ALL);
	read_back(f);
	assert_order(f, order, 999);
	end(f);
}

static void test_merges_by_time(void **state)
{
	static const unsigned cpus[] = {1, 2, 3, FAKE_CPUS};

	(void)state;
	for (size_t i = 0; i < sizeof(cpus) / sizeof(*cpus); i++)
		for (unsigned seed = 0; seed < 10; seed++)
			merge_at_random(cpus[i], seed);
}

static void test_equal_times(void **state)
{
	struct fixture *f = begin(3, PLACES);
	uint64_t sum = 0;

	(void)state;
	define(f, 1);
	for (unsigned i = 0; i < 300; i++)
		call(f, i % 3, 1 + i / 100, 1, 1u << i % 3 * 10, i % 2);
	drain(f, BASE_NS + 3);
	assert_int_equal(taken(f), 300);
	read_back(f);
	for (size_t i = 0; i < f->got.rows; i++)
		sum += f->got.row[i].bytes;
	assert_int_equal(sum, 100 * (1 + 1024 + 1048576));
	assert_int_equal(f->got.losses, 0);
	end(f);
}

static void test_later_events_stay(void **state)
{
	struct fixture *f = begin(2, PLACES);

	(void)state;
	define(f, 1);
	at_ns(f, 0, 10);
	at_ns(f, 0, 30);
	at_ns(f, 1, 20);
	at_ns(f, 1, 40);
	drain(f, BASE_NS + 9);
	assert_int_equal(taken(f), 0);
	drain(f, BASE_NS + 20);
	assert_int_equal(taken(f), 2);
	at_ns(f, 1, 50);
	drain(f, BASE_NS + 40);
	assert_int_equal(taken(f), 4);
	assert_false(collector_held_back(f->collector));
	drain(f, ALL);
	read_back(f);
	assert_order(f, (unsigned[]){10, 20, 30, 40, 50}, 5);
	end(f);
}

static void test_busy_record_holds_back_what_is_younger(void **state)
{
	struct fixture *f = begin(2, PLACES);
	const struct event_call late = fake_sample(BASE_NS + 15, 1, 15, DIR_RX);
	struct fake_place busy;

	(void)state;
	define(f, 1);
	at_ns(f, 1, 10);
	busy = fake_calls_take(&f->kernel.calls[1]);
	at_ns(f, 1, 30);
	at_ns(f, 0, 5);
	at_ns(f, 0, 20);
	drain(f, ALL);
	assert_true(collector_held_back(f->collector));
	assert_int_equal(taken(f), 2);
	drain(f, ALL); /* now it is the first of its ring */
	assert_true(collector_held_back(f->collector));
	assert_int_equal(taken(f), 2);
	fake_calls_write(busy, &late);
	drain(f, ALL);
	assert_false(collector_held_back(f->collector));
	read_back(f);
	assert_order(f, (unsigned[]){5, 10, 15, 20, 30}, 5);
	end(f);
}

static void test_room_is_given_back(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	define(f, 1);
	at_ns(f, 0, 1);
	drain(f, ALL);
	assert_int_equal(f->kernel.calls[0].position.read, f->kernel.calls[0].position.taken);
	assert_int_equal(*f->kernel.definitions.consumer, *f->kernel.definitions.producer);
	end(f);
}

/* Sees how far a ring was given back when the first full block comes out. */
static int look_at_room(void *ctx, const void *data, size_t len)
{
	struct fixture *f = *(struct fixture **)ctx;

	(void)data, (void)len;
	if (f && !f->released)
		f->released = f->kernel.calls[0].position.read;
	return 0;
}

/* The kernel goes on filling a ring while a long drain empties it. */
static void test_room_is_given_back_during_a_drain(void **state)
{
	struct fixture *looking = NULL;
	struct fixture *f = begin_with(
		1, 4 * BLOCK_SAMPLES, (struct sink){.ctx = &looking, .write = look_at_room});

	(void)state;
	define(f, 1);
	for (unsigned ns = 1; ns < 2 * BLOCK_SAMPLES; ns++)
		at_ns(f, 0, ns);
	looking = f;
	drain(f, ALL);
	assert_in_range(f->released, BLOCK_SAMPLES / 2, 2 * BLOCK_SAMPLES - 2);
	end(f);
}

/* The mark of a written place changes with each round. */
static void test_many_rounds(void **state)
{
	struct fixture *f = begin(1, 8);
	unsigned order[100];

	(void)state;
	define(f, 1);
	for (unsigned ns = 0; ns < 100; ns++) {
		struct event_call e = fake_sample(BASE_NS + ns + 1, 1, ns + 1, DIR_RX);
		struct fake_place place = fake_calls_take(&f->kernel.calls[0]);

		order[ns] = ns + 1;
		if (ns % 3) {
			fake_calls_write(place, &e);
			continue;
		}
		drain(f, ALL); /* finds it taken and not written, in this round as in any */
		assert_true(collector_held_back(f->collector));
		assert_int_equal(taken(f), ns);
		fake_calls_write(place, &e);
	}
	drain(f, ALL);
	read_back(f);
	assert_order(f, order, 100);
	end(f);
}

static void test_fill_is_that_of_the_fullest_ring(void **state)
{
	struct fixture *f = begin(2, PLACES);

	(void)state;
	drain(f, ALL);
	assert_true(collector_fill(f->collector) == 0);
	define(f, 1);
	while (f->kernel.calls[1].position.taken < PLACES / 4)
		at_ns(f, 1, 1);
	drain(f, ALL);
	assert_true(collector_fill(f->collector) >= 0.25 && collector_fill(f->collector) < 0.26);
	drain(f, ALL);
	assert_true(collector_fill(f->collector) == 0);
	for (uint32_t id = 2; *f->kernel.definitions.producer < FAKE_DEFINITIONS / 2; id++)
		define(f, id);
	drain(f, ALL);
	assert_true(collector_fill(f->collector) > 0.4 && collector_fill(f->collector) < 0.51);
	end(f);
}

/* --- Losses --------------------------------------------------------------------------------- */

static void test_samples_without_definition_are_lost(void **state)
{
	struct fixture *f = begin(2, PLACES);

	(void)state;
	define(f, 1);
	call(f, 0, 3000, 2, 100, DIR_TX);
	at_ns(f, 0, 5);
	call(f, 1, 4000, 900000, 7, DIR_RX);
	call(f, 1, 9000, 2, 11, DIR_TX);
	drain(f, BASE_NS + 20000);
	drain(f, BASE_NS + 30000); /* has nothing to tell */
	call(f, 1, 35000, 2, 1, DIR_TX);
	drain(f, BASE_NS + 40000);
	read_back(f);
	assert_int_equal(f->got.rows, 1);
	assert_int_equal(f->got.losses, 2);
	assert_loss(f, 0,
		&(struct loss){
			BASE_US + 3, BASE_US + 9, {{1, 2}, {7, 111}}, LOST_SESSION, UINT32_MAX});
	assert_loss(f, 1,
		&(struct loss){
			BASE_US + 35, BASE_US + 35, {{0, 1}, {0, 1}}, LOST_SESSION, UINT32_MAX});
	end(f);
}

/* Within a ring events are in the order of reservation, and that may differ from the clock's. */
static void test_times_may_go_back(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	call(f, 0, 9000, 2, 1, DIR_RX);
	call(f, 0, 3000, 2, 2, DIR_RX);
	call(f, 0, 5000, 2, 4, DIR_RX);
	drain(f, BASE_NS + 20000);
	read_back(f);
	assert_int_equal(f->got.losses, 1);
	assert_loss(f, 0,
		&(struct loss){
			BASE_US + 3, BASE_US + 9, {{3, 0}, {7, 0}}, LOST_SESSION, UINT32_MAX});
	end(f);
}

static void test_losses_are_what_the_counters_grew_by(void **state)
{
	struct fixture *f = begin(2, PLACES);

	(void)state;
	drain(f, BASE_NS + 1000);
	fake_lose(&f->kernel, 0, EVENT_LOST_RING, DIR_RX, 3, 300);
	fake_lose(&f->kernel, 0, EVENT_LOST_RING, DIR_TX, 4, 400);
	drain(f, BASE_NS + 2000);
	drain(f, BASE_NS + 3000);
	fake_lose(&f->kernel, 0, EVENT_LOST_RING, DIR_TX, 1, 1);
	fake_lose(&f->kernel, 1, EVENT_LOST_MEMORY, DIR_RX, 1, UINT64_C(1) << 40);
	drain(f, BASE_NS + 4000);
	read_back(f);
	assert_int_equal(f->got.rows, 0);
	assert_int_equal(f->got.losses, 3);
	assert_loss(
		f, 0, &(struct loss){BASE_US + 1, BASE_US + 2, {{3, 4}, {300, 400}}, LOST_RING, 0});
	assert_loss(f, 1, &(struct loss){BASE_US + 3, BASE_US + 4, {{0, 1}, {0, 1}}, LOST_RING, 0});
	assert_loss(f, 2,
		&(struct loss){BASE_US + 3, BASE_US + 4, {{1, 0}, {UINT64_C(1) << 40, 0}},
			LOST_MEMORY, 1});
	end(f);
}

static int refuse(void *ctx, const void *data, size_t len)
{
	(void)ctx, (void)data, (void)len;
	return -1;
}

/* It goes on taking, so that the rings empty; the writer keeps the books of what is gone. */
static void test_says_that_the_writer_failed(void **state)
{
	struct fixture *f = begin_with(1, PLACES, (struct sink){.write = refuse});
	int failures = 0;

	(void)state;
	define(f, 1);
	for (unsigned i = 0; i < BLOCK_SAMPLES; i++) {
		at_ns(f, 0, 1);
		if (i % 1024 == 1023)
			failures += collector_drain(f->collector, ALL) == FMT_EIO;
	}
	assert_int_equal(failures, 1);
	assert_int_equal(f->kernel.calls[0].position.read, f->kernel.calls[0].position.taken);
	assert_int_equal(writer_totals(f->writer)->lost.calls[DIR_RX], BLOCK_SAMPLES);
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_name_of_sixteen_bytes),
		cmocka_unit_test(test_mapped_addresses_are_ipv4),
		cmocka_unit_test(test_mapped_without_a_local_address),
		cmocka_unit_test(test_other_addresses_stay_ipv6),
		cmocka_unit_test(test_session_ids_of_any_size),
		cmocka_unit_test(test_busy_definition_holds_back_all),
		cmocka_unit_test(test_merges_by_time),
		cmocka_unit_test(test_equal_times),
		cmocka_unit_test(test_later_events_stay),
		cmocka_unit_test(test_busy_record_holds_back_what_is_younger),
		cmocka_unit_test(test_room_is_given_back),
		cmocka_unit_test(test_room_is_given_back_during_a_drain),
		cmocka_unit_test(test_many_rounds),
		cmocka_unit_test(test_fill_is_that_of_the_fullest_ring),
		cmocka_unit_test(test_samples_without_definition_are_lost),
		cmocka_unit_test(test_times_may_go_back),
		cmocka_unit_test(test_losses_are_what_the_counters_grew_by),
		cmocka_unit_test(test_says_that_the_writer_failed),
		cmocka_unit_test(test_inferred_calls_are_marked),
		cmocka_unit_test(test_sums_become_samples),
		cmocka_unit_test(test_definition_in_the_table_alone),
		cmocka_unit_test(test_sums_of_inferred_calls),
		cmocka_unit_test(test_sum_waits_for_its_definition),
		cmocka_unit_test(test_sum_waits_for_a_busy_ring),
		cmocka_unit_test(test_sum_without_definition_is_lost),
		cmocka_unit_test(test_sum_of_very_many_calls),
		cmocka_unit_test(test_idle_sessions_are_forgotten),
		cmocka_unit_test(test_all_sessions_are_forgotten),
		cmocka_unit_test(test_books_balance),
		cmocka_unit_test(test_memory_of_a_crowd),
	};

	return cmocka_run_group_tests_name("collector", tests, NULL, NULL);
}
