/* SPDX-License-Identifier: MIT */
#include "collector_cases.h"
#include "collector_fixture.h"
#include "record/grace.h"

/* --- Generations ---------------------------------------------------------------------------- */

enum {
	JUST_ENOUGH = 16384, /* sessions for the collector to begin another generation */
	SOME = 100,
	MANY = 20000,
};

static void define_many(struct fixture *f, uint32_t first, uint32_t count)
{
	for (uint32_t id = first; id < first + count; id++) {
		struct event_session e = fake_session(id);

		e.generation = f->kernel.generation;
		if (fake_ring_output(&f->kernel.definitions, &e, sizeof(e)))
			continue;
		drain(f, BASE_NS);
		assert_true(fake_ring_output(&f->kernel.definitions, &e, sizeof(e)));
	}
	drain(f, BASE_NS);
}

/* Sessions of an older generation are gone; those of this one stay, whatever came before them. */
void test_idle_sessions_are_forgotten(void **state)
{
	struct fixture *f = begin(1, PLACES);
	const uint32_t last = 1 + MANY;

	(void)state;
	if (!grace_wait()) {
		print_message("the kernel cannot tell of grace periods\n");
		end(f);
		skip();
	}
	define(f, 1);
	call(f, 0, 0, 1, 1, DIR_RX);
	drain(f, BASE_NS);
	define_many(f, 2, MANY);
	drain(f, BASE_NS);
	assert_true(f->kernel.generation >= 1);
	call(f, 0, 0, 1, 10, DIR_RX);
	call(f, 0, 0, last, 100, DIR_RX);
	drain(f, ALL);
	assert_int_equal(writer_totals(f->writer)->volume.bytes[DIR_RX], 101);
	assert_int_equal(writer_totals(f->writer)->lost.bytes[DIR_RX], 10);
	end(f);
}

/* Nobody is left of the old ones: the next id is right behind them, and is no stranger. */
void test_all_sessions_are_forgotten(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	if (!grace_wait()) {
		print_message("the kernel cannot tell of grace periods\n");
		end(f);
		skip();
	}
	define_many(f, 1 + SOME, JUST_ENOUGH);
	assert_int_equal(f->kernel.generation, 1);
	drain(f, BASE_NS);
	define_many(f, 1 + SOME + JUST_ENOUGH, 1);
	call(f, 0, 0, 1 + SOME + JUST_ENOUGH, 100, DIR_RX);
	drain(f, ALL);
	assert_int_equal(writer_totals(f->writer)->volume.bytes[DIR_RX], 100);
	assert_int_equal(writer_totals(f->writer)->lost.calls[DIR_RX], 0);
	end(f);
}

/* --- The books ------------------------------------------------------------------------------ */

enum {
	BOOK_CPUS = 3,
	BOOK_PLACES = 1024, /* too few now and then */
	BOOK_CALLS = 100000,
};

static void assert_volume(const struct volume *a, const struct volume *b)
{
	for (int dir = 0; dir < 2; dir++) {
		assert_int_equal(a->calls[dir], b->calls[dir]);
		assert_int_equal(a->bytes[dir], b->bytes[dir]);
	}
}

static void add_volume(struct volume *to, const struct volume *v)
{
	for (int dir = 0; dir < 2; dir++) {
		to->calls[dir] += v->calls[dir];
		to->bytes[dir] += v->bytes[dir];
	}
}

static void compare_books(const struct fixture *f, const struct fake_books *b)
{
	struct volume recorded[FAKE_SESSIONS + 1] = {0}, lost[FAKE_CAUSES] = {0}, all = {0};
	uint64_t calls = 0;

	for (size_t i = 0; i < f->got.rows; i++) {
		const struct recording_row *r = &f->got.row[i];
		struct volume *v = &recorded[r->pid - FAKE_FIRST_PID];

		assert_in_range(r->pid, FAKE_FIRST_PID + 1, FAKE_FIRST_PID + FAKE_SESSIONS);
		v->calls[r->dir] += r->calls;
		v->bytes[r->dir] += r->bytes;
		calls += r->calls;
	}
	for (size_t i = 0; i < f->got.losses; i++) {
		const struct loss *l = &f->got.loss[i];

		assert_in_range(l->cause, LOST_RING, LOST_MEMORY);
		assert_true(l->from_us <= l->to_us);
		add_volume(&lost[l->cause], &l->volume);
		add_volume(&all, &l->volume);
	}
	for (size_t i = 0; i <= FAKE_SESSIONS; i++)
		assert_volume(&recorded[i], &b->recorded[i]);
	for (size_t i = 0; i < FAKE_CAUSES; i++)
		assert_volume(&lost[i], &b->lost[i]);
	assert_int_equal(calls + all.calls[DIR_RX] + all.calls[DIR_TX], BOOK_CALLS);
}

void test_books_balance(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 4; seed++) {
		struct fixture *f = begin(BOOK_CPUS, BOOK_PLACES);
		struct fake_books b = {.now_ns = BASE_NS};

		srand(seed);
		for (unsigned i = 0; i < BOOK_CALLS; i++) {
			fake_random_call(&f->kernel, &b);
			if (i % 6000 == 5999) {
				drain(f, b.now_ns - i % 5000);
				fake_submit_busy(&b);
			}
		}
		fake_submit_busy(&b);
		drain(f, ALL);
		/* Else it proves little: full rings are part of it. */
		assert_true(b.lost[LOST_RING].calls[DIR_RX] > 0);
		assert_true(b.gathered > 0);
		assert_true(b.lost[LOST_SESSION].calls[DIR_TX] > 0);
		read_back(f);
		compare_books(f, &b);
		end(f);
	}
}
