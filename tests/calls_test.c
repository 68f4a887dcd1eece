/* SPDX-License-Identifier: MIT */
#include "record/calls.h"

#include "fake_calls.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { PLACES = 8 };

struct fixture {
	struct fake_calls kernel;
	struct calls calls;
};

static void begin(struct fixture *f, uint64_t places, uint64_t start)
{
	assert_true(fake_calls_new(&f->kernel, places));
	f->kernel.position.taken = f->kernel.position.read = start;
	calls_init(&f->calls, &f->kernel.position, f->kernel.place, places);
}

static void end(struct fixture *f)
{
	fake_calls_free(&f->kernel);
}

static struct event_call numbered(uint32_t n)
{
	return (struct event_call){.stamp = 1000 + n, .session = n, .bytes_dir = n | EVENT_TX};
}

static void put(struct fixture *f, uint32_t n)
{
	const struct event_call e = numbered(n);

	assert_true(fake_calls_put(&f->kernel, &e));
}

static void assert_next(struct fixture *f, uint32_t n)
{
	const struct event_call *e;
	uint64_t stamp;

	assert_false(calls_empty(&f->calls));
	assert_true(calls_peek(&f->calls, &e, &stamp));
	assert_int_equal(stamp, 1000 + n);
	assert_int_equal(e->session, n);
	assert_int_equal(e->bytes_dir, n | EVENT_TX);
	calls_next(&f->calls);
}

static void test_sees_only_what_was_there_at_refresh(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, PLACES, 0);
	calls_refresh(&f.calls);
	assert_true(calls_empty(&f.calls));
	put(&f, 1);
	assert_true(calls_empty(&f.calls));
	calls_refresh(&f.calls);
	put(&f, 2);
	assert_next(&f, 1);
	assert_true(calls_empty(&f.calls));
	calls_refresh(&f.calls);
	assert_next(&f, 2);
	end(&f);
}

static void test_release_gives_places_back(void **state)
{
	const struct event_call e = numbered(9);
	struct fixture f;

	(void)state;
	begin(&f, PLACES, 0);
	for (uint32_t n = 0; n < PLACES; n++)
		put(&f, n);
	calls_refresh(&f.calls);
	for (uint32_t n = 0; n < 3; n++)
		assert_next(&f, n);
	assert_false(fake_calls_put(&f.kernel, &e));
	calls_release(&f.calls);
	for (uint32_t n = 0; n < 3; n++)
		put(&f, PLACES + n);
	assert_false(fake_calls_put(&f.kernel, &e));
	calls_refresh(&f.calls);
	for (uint32_t n = 3; n < PLACES + 3; n++)
		assert_next(&f, n);
	assert_true(calls_empty(&f.calls));
	end(&f);
}

/* In any round; what is left there from the round before must not be taken for it. */
static void test_taken_is_not_written(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, PLACES, 0);
	for (uint32_t n = 0; n < 5 * PLACES; n++) {
		const struct event_call e = numbered(n), *seen;
		struct fake_place place = fake_calls_take(&f.kernel);
		uint64_t stamp;

		calls_refresh(&f.calls);
		assert_false(calls_empty(&f.calls));
		assert_false(calls_peek(&f.calls, &seen, &stamp));
		fake_calls_write(place, &e);
		assert_next(&f, n);
		calls_release(&f.calls);
	}
	end(&f);
}

static void test_inferred_is_part_of_the_stamp(void **state)
{
	struct event_call e = numbered(1);
	const struct event_call *seen;
	struct fixture f;

	(void)state;
	begin(&f, PLACES, 0);
	for (int i = 0; i < 3 * PLACES; i++) {
		uint64_t stamp;

		e.stamp = (i % 2 ? EVENT_INFERRED : 0) | (uint64_t)i;
		assert_true(fake_calls_put(&f.kernel, &e));
		calls_refresh(&f.calls);
		assert_true(calls_peek(&f.calls, &seen, &stamp));
		assert_int_equal(stamp, e.stamp);
		assert_int_equal(EVENT_NS(stamp), i);
		calls_next(&f.calls);
		calls_release(&f.calls);
	}
	end(&f);
}

/* --- While probes write, that meet on one ring ------------------------------------------------ */

enum { PROBES = 3, PROBE_CALLS = 20000 };

struct probe {
	struct fake_calls *kernel;
	uint32_t number;
};

static void *play_probe(void *ctx)
{
	const struct probe *p = ctx;

	for (uint32_t i = 1; i <= PROBE_CALLS; i++) {
		const struct event_call e = {
			.stamp = (uint64_t)i << 8 | p->number,
			.session = p->number,
			.bytes_dir = i,
		};

		while (!fake_calls_put(p->kernel, &e))
			sched_yield();
	}
	return NULL;
}

/* Each is whole, and each probe's are in order and complete. */
static void check(const struct event_call *e, uint64_t stamp, uint32_t last[PROBES])
{
	assert_in_range(e->session, 0, PROBES - 1);
	assert_int_equal(e->bytes_dir, last[e->session] + 1);
	assert_int_equal(stamp, (uint64_t)e->bytes_dir << 8 | e->session);
	last[e->session]++;
}

static void test_probes_run_meanwhile(void **state)
{
	struct probe probe[PROBES];
	pthread_t thread[PROBES];
	uint32_t last[PROBES] = {0}, seen = 0;
	struct fixture f;

	(void)state;
	begin(&f, 64, 0);
	for (uint32_t i = 0; i < PROBES; i++) {
		probe[i] = (struct probe){&f.kernel, i};
		assert_int_equal(pthread_create(&thread[i], NULL, play_probe, &probe[i]), 0);
	}
	while (seen < PROBES * PROBE_CALLS) {
		const struct event_call *e;
		uint64_t stamp;

		calls_refresh(&f.calls);
		while (!calls_empty(&f.calls) && calls_peek(&f.calls, &e, &stamp)) {
			check(e, stamp, last);
			calls_next(&f.calls);
			seen++;
		}
		calls_release(&f.calls);
		sched_yield();
	}
	for (int i = 0; i < PROBES; i++)
		pthread_join(thread[i], NULL);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sees_only_what_was_there_at_refresh),
		cmocka_unit_test(test_release_gives_places_back),
		cmocka_unit_test(test_taken_is_not_written),
		cmocka_unit_test(test_inferred_is_part_of_the_stamp),
		cmocka_unit_test(test_probes_run_meanwhile),
	};

	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
