/* SPDX-License-Identifier: MIT */
#include "report/workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { JOBS = 200, IN_FLIGHT = 5 };

struct task {
	struct job job;
	uint64_t from, sum;
	int runs;
};

static void add_up(struct job *job)
{
	struct task *t = (struct task *)job;

	t->runs++;
	t->sum = 0;
	for (uint64_t i = 0; i < 1000; i++)
		t->sum += t->from + i;
}

static void give(struct workers *w, struct task *t, uint64_t from)
{
	t->job.run = add_up;
	t->from = from;
	t->runs = 0;
	workers_give(w, &t->job);
}

static void expect_done(const struct task *t, uint64_t from)
{
	assert_int_equal(t->runs, 1);
	assert_int_equal(t->from, from);
	assert_int_equal(t->sum, 1000 * from + 999 * 500);
}

/* With any number of threads each job is done once, and its results are there after the wait. */
static void each_job_is_done_once(void **state)
{
	(void)state;
	for (unsigned int threads = 0; threads < 4; threads++) {
		struct task task[IN_FLIGHT];
		struct workers *w;

		assert_int_equal(workers_new(&w, threads), 0);
		for (uint64_t i = 0; i < JOBS + IN_FLIGHT; i++) {
			struct task *t = &task[i % IN_FLIGHT];

			if (i >= IN_FLIGHT) {
				workers_wait(w, &t->job);
				expect_done(t, i - IN_FLIGHT);
				workers_wait(w, &t->job);
				expect_done(t, i - IN_FLIGHT);
			}
			if (i < JOBS)
				give(w, t, i);
		}
		workers_free(w);
	}
}

static void any_may_be_awaited_first(void **state)
{
	(void)state;
	for (unsigned int threads = 0; threads < 3; threads++) {
		struct task task[IN_FLIGHT];
		struct workers *w;

		assert_int_equal(workers_new(&w, threads), 0);
		for (uint64_t i = 0; i < IN_FLIGHT; i++)
			give(w, &task[i], i);
		for (uint64_t i = IN_FLIGHT; i-- > 0;) {
			workers_wait(w, &task[i].job);
			expect_done(&task[i], i);
		}
		workers_free(w);
	}
}

/* Afterwards nobody touches the jobs; what was not begun is not done. */
static void what_is_cancelled_is_left(void **state)
{
	(void)state;
	for (unsigned int threads = 0; threads < 3; threads++) {
		struct task task[IN_FLIGHT];
		struct workers *w;

		assert_int_equal(workers_new(&w, threads), 0);
		for (uint64_t i = 0; i < IN_FLIGHT; i++)
			give(w, &task[i], i);
		for (uint64_t i = 0; i < IN_FLIGHT; i++) {
			workers_cancel(w, &task[i].job);
			assert_true(task[i].runs <= (threads ? 1 : 0));
			if (task[i].runs)
				expect_done(&task[i], i);
			task[i].runs = -1;
		}
		give(w, &task[0], 7);
		workers_wait(w, &task[0].job);
		expect_done(&task[0], 7);
		give(w, &task[1], 8);
		workers_free(w);
		assert_true(task[1].runs == 0 || task[1].runs == 1);
		for (uint64_t i = 2; i < IN_FLIGHT; i++)
			assert_int_equal(task[i].runs, -1);
	}
	workers_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_job_is_done_once),
		cmocka_unit_test(any_may_be_awaited_first),
		cmocka_unit_test(what_is_cancelled_is_left),
	};

	return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
