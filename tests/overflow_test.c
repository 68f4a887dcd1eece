/* SPDX-License-Identifier: MIT */
#include "fake_overflow.h"
#include "format/model.h"
#include "record/grace.h"
#include "record/overflow.h"
#include "shared_overflow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	PLACES = 16,
	SESSIONS = 64, /* numbered from 1 */
	MOST_SEEN = 64,
};

/* A table, and what was shown of it. */
struct fixture {
	struct fake_overflow probes;
	struct overflow *overflow;
	struct overflow_sum sum[MOST_SEEN];
	unsigned sums;
	uint32_t defined[MOST_SEEN];
	unsigned definitions;
	bool refuse;
	void (*meanwhile)(struct fixture *f); /* what probes do while a sum is shown; once */
};

static struct fixture *begin(void)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->probes.places = PLACES;
	f->probes.table = calloc(PLACES, sizeof(*f->probes.table));
	assert_non_null(f->probes.table);
	f->overflow = overflow_new(f->probes.table, PLACES);
	assert_non_null(f->overflow);
	return f;
}

static void end(struct fixture *f)
{
	overflow_free(f->overflow);
	free(f->probes.table);
	free(f);
}

static void take_definition(void *ctx, const struct event_session *e)
{
	struct fixture *f = ctx;

	assert_in_range(f->definitions, 0, MOST_SEEN - 1);
	f->defined[f->definitions++] = e->session;
}

static bool take_sum(void *ctx, const struct overflow_sum *sum)
{
	struct fixture *f = ctx;
	void (*meanwhile)(struct fixture *) = f->meanwhile;

	assert_in_range(f->sums, 0, MOST_SEEN - 1);
	f->sum[f->sums++] = *sum;
	f->meanwhile = NULL;
	if (meanwhile)
		meanwhile(f);
	return !f->refuse;
}

/* As a drain does it. */
static void look(struct fixture *f)
{
	f->sums = f->definitions = 0;
	overflow_definitions(f->overflow, take_definition, f);
	overflow_sums(f->overflow, take_sum, f);
	overflow_make_room(f->overflow, take_sum, f);
}

static bool try_add(struct fixture *f, uint32_t session, unsigned dir, uint64_t bytes)
{
	const struct fake_sum sum = {
		.time_ns = 1000 + bytes,
		.calls = 1,
		.bytes = bytes,
		.session = session,
		.dir = dir,
	};

	return fake_overflow_add(&f->probes, &sum);
}

static void add(struct fixture *f, uint32_t session, unsigned dir, uint64_t bytes)
{
	assert_true(try_add(f, session, dir, bytes));
}

static void define(struct fixture *f, uint32_t session)
{
	const struct event_session e = {.session = session};

	assert_true(fake_overflow_define(&f->probes, &e));
}

static unsigned used(const struct fixture *f)
{
	unsigned used = 0;

	for (unsigned i = 0; i < PLACES; i++)
		used += f->probes.table[i].session != 0;
	return used;
}

static void assert_sum(const struct fixture *f, unsigned at, uint32_t session, bool tx,
	uint64_t calls, uint64_t bytes)
{
	const struct overflow_sum *s = &f->sum[at];

	assert_true(at < f->sums);
	assert_int_equal(s->session, session);
	assert_int_equal(s->tx, tx);
	assert_int_equal(s->calls, calls);
	assert_int_equal(s->bytes, bytes);
	assert_false(s->inferred);
}

/* --- What is shown -------------------------------------------------------------------------- */

static void test_empty(void **state)
{
	struct fixture *f = begin();

	(void)state;
	look(f);
	assert_int_equal(f->sums, 0);
	assert_int_equal(f->definitions, 0);
	end(f);
	overflow_free(NULL);
}

static void test_definitions_are_shown_once(void **state)
{
	struct fixture *f = begin();

	(void)state;
	define(f, 5);
	add(f, 3, DIR_RX, 1); /* has a place, but no definition there */
	look(f);
	assert_int_equal(f->definitions, 1);
	assert_int_equal(f->defined[0], 5);
	define(f, 6);
	look(f);
	assert_int_equal(f->definitions, 1);
	assert_int_equal(f->defined[0], 6);
	look(f);
	assert_int_equal(f->definitions, 0);
	end(f);
}

static void test_sums_are_what_has_grown(void **state)
{
	struct fixture *f = begin();

	(void)state;
	add(f, 3, DIR_RX, 100);
	add(f, 3, DIR_RX, 50);
	add(f, 3, DIR_TX, 7);
	look(f);
	assert_int_equal(f->sums, 2);
	assert_sum(f, 0, 3, false, 2, 150);
	assert_sum(f, 1, 3, true, 1, 7);
	assert_int_equal(f->sum[0].last_ns, 1007);
	look(f);
	assert_int_equal(f->sums, 0);
	add(f, 3, DIR_TX, 8);
	look(f);
	assert_int_equal(f->sums, 1);
	assert_sum(f, 0, 3, true, 1, 8);
	end(f);
}

static void test_inferred(void **state)
{
	struct fixture *f = begin();
	const struct fake_sum sum = {.calls = 1, .bytes = 1, .session = 3, .inferred = true};

	(void)state;
	assert_true(fake_overflow_add(&f->probes, &sum));
	look(f);
	assert_int_equal(f->sums, 1);
	assert_true(f->sum[0].inferred);
	end(f);
}

static void test_refused_sums_are_shown_again(void **state)
{
	struct fixture *f = begin();

	(void)state;
	add(f, 3, DIR_RX, 100);
	f->refuse = true;
	look(f);
	look(f);
	assert_int_equal(f->sums, 1);
	assert_sum(f, 0, 3, false, 1, 100);
	add(f, 3, DIR_RX, 10);
	f->refuse = false;
	look(f);
	assert_int_equal(f->sums, 1);
	assert_sum(f, 0, 3, false, 2, 110);
	look(f);
	assert_int_equal(f->sums, 0);
	end(f);
}

/* Two sessions for the same place: the second goes to the next one. */
static void test_sessions_in_the_way_of_each_other(void **state)
{
	struct fixture *f = begin();

	(void)state;
	add(f, 3, DIR_RX, 1);
	add(f, 3 + PLACES, DIR_RX, 2);
	add(f, 3, DIR_RX, 4);
	look(f);
	assert_int_equal(f->sums, 2);
	assert_sum(f, 0, 3, false, 2, 5);
	assert_sum(f, 1, 3 + PLACES, false, 1, 2);
	end(f);
}

/* --- Making room ---------------------------------------------------------------------------- */

/* Only where the kernel can tell that no probe runs any more. */
static void need_grace(void)
{
	if (grace_wait())
		return;
	print_message("this kernel cannot tell of grace periods\n");
	skip();
}

static void fill(struct fixture *f, unsigned sessions)
{
	for (uint32_t id = 1; id <= sessions; id++)
		add(f, id, DIR_RX, id);
}

static void test_room_is_made_when_half_full(void **state)
{
	struct fixture *f;

	(void)state;
	need_grace();
	f = begin();
	fill(f, PLACES / 2 - 1);
	look(f);
	look(f); /* now all are idle, but there is room enough */
	assert_int_equal(used(f), PLACES / 2 - 1);
	add(f, PLACES / 2, DIR_RX, 1);
	look(f);
	assert_int_equal(f->sums, 1);
	assert_int_equal(used(f), 1); /* that one was not idle */
	assert_int_equal(f->probes.table[PLACES / 2].session, PLACES / 2);
	end(f);
}

static void test_what_was_refused_keeps_its_place(void **state)
{
	struct fixture *f;

	(void)state;
	need_grace();
	f = begin();
	fill(f, PLACES / 2);
	f->refuse = true;
	look(f);
	look(f);
	assert_int_equal(used(f), PLACES / 2);
	f->refuse = false;
	look(f);
	assert_int_equal(f->sums, PLACES / 2);
	end(f);
}

/* The sums of the table go on from where the last session left them. */
static void test_a_place_is_used_again(void **state)
{
	struct fixture *f;

	(void)state;
	need_grace();
	f = begin();
	fill(f, PLACES / 2);
	define(f, 3);
	look(f);
	look(f);
	assert_int_equal(used(f), 0);
	define(f, 3 + PLACES);
	add(f, 3 + PLACES, DIR_RX, 70);
	look(f);
	assert_int_equal(f->definitions, 1);
	assert_int_equal(f->defined[0], 3 + PLACES);
	assert_int_equal(f->sums, 1);
	assert_sum(f, 0, 3 + PLACES, false, 1, 70);
	end(f);
}

static void claim_behind_the_look(struct fixture *f)
{
	add(f, 1 + PLACES, DIR_RX, 70);
}

/* A probe takes a free place, once idle, while a look has passed it already. */
static void test_a_place_is_used_again_during_a_look(void **state)
{
	struct fixture *f;

	(void)state;
	need_grace();
	f = begin();
	fill(f, PLACES / 2);
	look(f);
	look(f);
	assert_int_equal(used(f), 0);
	for (uint32_t id = 2; id <= 1 + PLACES / 2; id++)
		add(f, id, DIR_RX, 1);
	f->meanwhile = claim_behind_the_look;
	look(f);
	assert_int_equal(f->sums, PLACES / 2);
	look(f);
	assert_int_equal(f->sums, 1);
	assert_sum(f, 0, 1 + PLACES, false, 1, 70);
	end(f);
}

static void define_ahead_of_the_look(struct fixture *f)
{
	define(f, PLACES - 1);
}

/* It has no calls yet, but that is not idleness. */
static void test_a_definition_comes_during_a_look(void **state)
{
	struct fixture *f;

	(void)state;
	need_grace();
	f = begin();
	fill(f, PLACES / 2);
	f->meanwhile = define_ahead_of_the_look;
	look(f);
	assert_int_equal(f->definitions, 0);
	look(f);
	assert_int_equal(f->definitions, 1);
	assert_int_equal(f->defined[0], PLACES - 1);
	end(f);
}

/* --- The books ------------------------------------------------------------------------------ */

enum { BOOK_CALLS = 20000 };

struct books {
	struct volume put[SESSIONS + 1], got[SESSIONS + 1];
	unsigned refused;
	bool last; /* nothing is refused any more */
};

static unsigned below(unsigned n)
{
	return (unsigned)rand() % n; /* NOLINT: a repeatable one is wanted */
}

static bool enter(void *ctx, const struct overflow_sum *sum)
{
	struct books *b = ctx;

	if (!b->last && below(20) == 0) {
		b->refused++;
		return false;
	}
	assert_in_range(sum->session, 1, SESSIONS);
	b->got[sum->session].calls[sum->tx] += sum->calls;
	b->got[sum->session].bytes[sum->tx] += sum->bytes;
	return true;
}

/* A few sessions are active at a time, so that room is made for the next ones. */
static void one_call(struct fixture *f, struct books *b, unsigned i)
{
	uint32_t session = 1 + (i / 300 + below(6)) % SESSIONS;
	unsigned dir = below(2);
	uint64_t bytes = 1 + below(100000);

	if (!try_add(f, session, dir, bytes))
		return;
	b->put[session].calls[dir]++;
	b->put[session].bytes[dir] += bytes;
}

static void test_books_balance(void **state)
{
	struct fixture *f = begin();
	struct books b = {.refused = 0};

	(void)state;
	srand(1);
	for (unsigned i = 0; i < BOOK_CALLS; i++) {
		one_call(f, &b, i);
		if (i % 100 != 0)
			continue;
		overflow_sums(f->overflow, enter, &b);
		overflow_make_room(f->overflow, enter, &b);
	}
	b.last = true;
	overflow_sums(f->overflow, enter, &b);
	assert_true(b.refused > 0);
	assert_memory_equal(b.put, b.got, sizeof(b.put));
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_definitions_are_shown_once),
		cmocka_unit_test(test_sums_are_what_has_grown),
		cmocka_unit_test(test_inferred),
		cmocka_unit_test(test_refused_sums_are_shown_again),
		cmocka_unit_test(test_sessions_in_the_way_of_each_other),
		cmocka_unit_test(test_room_is_made_when_half_full),
		cmocka_unit_test(test_what_was_refused_keeps_its_place),
		cmocka_unit_test(test_a_place_is_used_again),
		cmocka_unit_test(test_a_place_is_used_again_during_a_look),
		cmocka_unit_test(test_a_definition_comes_during_a_look),
		cmocka_unit_test(test_books_balance),
		cmocka_unit_test(test_probes_run_meanwhile),
	};

	return cmocka_run_group_tests_name("overflow", tests, NULL, NULL);
}
