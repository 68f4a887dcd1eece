/* SPDX-License-Identifier: MIT */
/*
 * Ids of the probes and handles of the writer, over generations; of what a definition says, see
 * collector_sessions.c.
 */
#include "record/sessions.h"

#include "record/grace.h"
#include "tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

enum {
	MANY = 16384,         /* sessions, for another generation to begin */
	EACH = PATH_SIZE - 1, /* or so many with the longest paths */
	COUNT = (4 << 20) / EACH + 1,
	MOST = 1 << 24,  /* ids at once */
	PATIENCE = 1000, /* drains, where nobody can tell of grace periods */
};

struct fixture {
	struct tape tape;
	struct writer *writer;
	struct sessions sessions;
	uint32_t generation;
	char path[PATH_SIZE + 1];
};

static bool can_tell;

/* In place of the kernel's, which takes its time. */
bool grace_wait(void)
{
	return can_tell;
}

static int enter(void **state)
{
	const struct header header = {.recording = 1};
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	can_tell = true;
	if (!f || writer_new(&f->writer, &header, tape_sink(&f->tape)))
		return -1;
	memset(f->path, 'p', PATH_SIZE);
	sessions_init(&f->sessions, f->writer, &f->generation);
	return 0;
}

static int leave(void **state)
{
	struct fixture *f = *state;

	sessions_free(&f->sessions);
	writer_free(f->writer);
	tape_release(&f->tape);
	free(f);
	return 0;
}

/* With a path of so many bytes. */
static void define_in(struct fixture *f, uint32_t generation, uint32_t id, size_t path)
{
	const struct event_session e = {
		.session = id, .generation = generation, .tgid = id, .family = AF_INET};

	sessions_define(&f->sessions, &e, f->path + PATH_SIZE - path);
}

static void define_long(struct fixture *f, uint32_t id, size_t path)
{
	define_in(f, f->generation, id, path);
}

static void define(struct fixture *f, uint32_t from, uint32_t to)
{
	for (uint32_t id = from; id != to + 1; id++)
		define_long(f, id, 0);
}

static uint32_t handle_of(const struct fixture *f, uint32_t id)
{
	return sessions_handle(&f->sessions, id);
}

/* Whether the writer takes samples by this handle. */
static bool is_good(struct fixture *f, uint32_t handle)
{
	return !writer_sample(f->writer, &(struct sample){.session = handle, .calls = 1});
}

static void assert_undefined(const struct fixture *f, uint32_t from, uint32_t to)
{
	for (uint32_t id = from; id != to + 1; id++)
		assert_int_equal(handle_of(f, id), SESSIONS_UNDEFINED);
}

static void assert_defined(struct fixture *f, uint32_t from, uint32_t to)
{
	for (uint32_t id = from; id != to + 1; id++)
		assert_true(is_good(f, handle_of(f, id)));
}

/* --- Ids ------------------------------------------------------------------------------------ */

static void only_what_is_defined(void **state)
{
	static const uint32_t ids[] = {5, 4096, 2, 1026};
	struct fixture *f = *state;

	assert_undefined(f, 0, 10);
	for (size_t i = 0; i < 4; i++)
		define(f, ids[i], ids[i]);
	for (uint32_t id = 0; id <= 10000; id++) {
		bool is_one = id == 2 || id == 5 || id == 1026 || id == 4096;

		assert_int_equal(handle_of(f, id) != SESSIONS_UNDEFINED, is_one);
	}
	assert_undefined(f, UINT32_MAX - 10, UINT32_MAX);
	for (size_t i = 0; i < 4; i++) {
		assert_defined(f, ids[i], ids[i]);
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(handle_of(f, ids[i]), handle_of(f, ids[k]));
	}
}

/* Ids that are far from all others cost no memory, but have no handle either. */
static void ids_too_far_away(void **state)
{
	struct fixture *f = *state;

	define(f, 1, 1);
	define(f, MOST + 1, MOST + 1);
	define(f, UINT32_MAX, 0);
	assert_undefined(f, MOST + 1, MOST + 1);
	assert_undefined(f, UINT32_MAX, 0);
	assert_defined(f, 1, 1);
	assert_true(f->sessions.len < MANY);
}

/* After 2^32 of them they begin anew. */
static void ids_go_round(void **state)
{
	struct fixture *f = *state;

	f->sessions.first = UINT32_MAX - 9;
	define(f, UINT32_MAX - 9, UINT32_MAX);
	define(f, 1, 10);
	assert_defined(f, UINT32_MAX - 9, UINT32_MAX);
	assert_defined(f, 1, 10);
	assert_undefined(f, 0, 0);
	assert_undefined(f, 11, 20);
	assert_undefined(f, UINT32_MAX - 20, UINT32_MAX - 10);
}

/* What the writer has no memory for, or no room, is told from what nobody defined. */
static void the_writer_takes_none(void **state)
{
	struct fixture *f = *state;

	define(f, 1, 1);
	define_long(f, 2, PATH_SIZE);
	define(f, 3, MANY);
	assert_int_equal(handle_of(f, 2), SESSIONS_NO_MEMORY);
	assert_defined(f, 1, 1);
	assert_defined(f, 3, 3);
	/* It is forgotten with the others. */
	sessions_renew(&f->sessions);
	sessions_drained(&f->sessions);
	assert_undefined(f, 1, MANY);
}

/* --- Generations ---------------------------------------------------------------------------- */

static void begins_after_many_sessions(void **state)
{
	struct fixture *f = *state;

	define(f, 1, MANY - 1);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 0);
	define(f, MANY, MANY);
	assert_int_equal(f->generation, 0);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 1);
	/* They count from there on. */
	sessions_drained(&f->sessions);
	define(f, MANY + 1, 2 * MANY - 1);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 1);
}

static void begins_after_long_paths(void **state)
{
	struct fixture *f = *state;

	for (uint32_t id = 1; id < COUNT; id++)
		define_long(f, id, EACH);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 0);
	define_long(f, COUNT, EACH);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 1);
	/* As many of them are in use: the next one waits for as many again. */
	for (uint32_t id = COUNT + 1; id <= 2 * COUNT; id++)
		define_long(f, id, EACH);
	sessions_drained(&f->sessions);
	for (uint32_t id = 2 * COUNT + 1; id < 3 * COUNT; id++)
		define_long(f, id, EACH);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 1);
	define_long(f, 3 * COUNT, EACH);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 2);
}

/* With more in use than half of that, when there are twice as many. */
static void waits_for_twice_what_is_in_use(void **state)
{
	enum { LIVE = 10000 };
	struct fixture *f = *state;
	uint32_t last = MANY + LIVE;

	define(f, 1, MANY);
	sessions_renew(&f->sessions);
	define(f, MANY + 1, last);
	sessions_drained(&f->sessions);
	define(f, last + 1, last + LIVE - 1);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 1);
	define(f, last + LIVE, last + LIVE);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 2);
	/* Once none of them is, as many are enough as at first. */
	sessions_drained(&f->sessions);
	define(f, last + LIVE + 1, last + LIVE + MANY);
	sessions_renew(&f->sessions);
	assert_int_equal(f->generation, 3);
}

/* Until all that can speak of them is taken, older ones stay; then those of the new one do. */
static void older_ones_are_forgotten(void **state)
{
	struct fixture *f = *state;
	uint32_t old[2], kept;

	define(f, 1, MANY);
	old[0] = handle_of(f, 1);
	old[1] = handle_of(f, MANY);
	sessions_renew(&f->sessions);
	define(f, MANY + 1, MANY + 10);
	kept = handle_of(f, MANY + 7);
	assert_defined(f, 1, MANY + 10);
	sessions_drained(&f->sessions);
	assert_undefined(f, 1, MANY);
	assert_defined(f, MANY + 1, MANY + 10);
	assert_int_equal(handle_of(f, MANY + 7), kept);
	assert_false(is_good(f, old[0]) || is_good(f, old[1]));
	/* Ids go on behind the youngest, and the next drains forget nothing. */
	define(f, MANY + 11, MANY + 20);
	sessions_drained(&f->sessions);
	assert_defined(f, MANY + 1, MANY + 20);
	assert_undefined(f, MANY + 21, 3 * MANY);
}

/* Definitions that came late, of the generation before; others are on both sides of them. */
static void forgotten_in_between(void **state)
{
	struct fixture *f = *state;

	define(f, 1, MANY);
	sessions_renew(&f->sessions);
	define(f, MANY + 1, MANY + 1);
	for (uint32_t id = MANY + 2; id <= MANY + 9; id++)
		define_in(f, 0, id, 0);
	define(f, MANY + 10, MANY + 10);
	sessions_drained(&f->sessions);
	assert_undefined(f, 1, MANY);
	assert_defined(f, MANY + 1, MANY + 1);
	assert_undefined(f, MANY + 2, MANY + 9);
	assert_defined(f, MANY + 10, MANY + 10);
	assert_undefined(f, MANY + 11, MANY + 30);
}

/* Where the kernel cannot tell, old ones are kept for long, and no other generation begins. */
static void without_grace_periods(void **state)
{
	struct fixture *f = *state;

	can_tell = false;
	define(f, 1, MANY);
	sessions_renew(&f->sessions);
	define(f, MANY + 1, 2 * MANY);
	for (int i = 1; i < PATIENCE; i++) {
		sessions_drained(&f->sessions);
		sessions_renew(&f->sessions);
	}
	assert_int_equal(f->generation, 1);
	assert_defined(f, 1, 2 * MANY);
	sessions_drained(&f->sessions);
	assert_undefined(f, 1, MANY);
	assert_defined(f, MANY + 1, 2 * MANY);
}

/* However many come and go, there is room for those of two generations only. */
static void room_for_two_generations(void **state)
{
	struct fixture *f = *state;

	for (uint32_t round = 0; round < 6; round++) {
		define(f, round * MANY + 1, (round + 1) * MANY);
		sessions_renew(&f->sessions);
		sessions_drained(&f->sessions);
	}
	assert_int_equal(f->generation, 6);
	assert_int_equal(f->sessions.len, MANY);
	assert_undefined(f, 1, 6 * MANY);
	define(f, 6 * MANY + 1, 6 * MANY + 1);
	assert_defined(f, 6 * MANY + 1, 6 * MANY + 1);
	assert_true(handle_of(f, 6 * MANY + 1) < MANY);
}

/* The next id is the one behind the youngest, also when fewer came than there were before. */
static void fewer_than_before(void **state)
{
	struct fixture *f = *state;

	define(f, 1, MANY);
	sessions_renew(&f->sessions);
	sessions_drained(&f->sessions);
	for (uint32_t id = MANY + 1; id <= MANY + COUNT; id++)
		define_long(f, id, EACH);
	sessions_renew(&f->sessions);
	sessions_drained(&f->sessions);
	assert_int_equal(f->generation, 2);
	define(f, MANY + COUNT + 1, MANY + COUNT + 1);
	assert_defined(f, MANY + COUNT + 1, MANY + COUNT + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_is_defined),
		TEST(ids_too_far_away),
		TEST(ids_go_round),
		TEST(the_writer_takes_none),
		TEST(begins_after_many_sessions),
		TEST(begins_after_long_paths),
		TEST(waits_for_twice_what_is_in_use),
		TEST(older_ones_are_forgotten),
		TEST(forgotten_in_between),
		TEST(without_grace_periods),
		TEST(room_for_two_generations),
		TEST(fewer_than_before),
	};

	return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
