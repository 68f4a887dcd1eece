/* SPDX-License-Identifier: MIT */
#include "record/tournament.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned below(unsigned n)
{
	return (unsigned)rand() % n; /* NOLINT: a repeatable one is wanted */
}

static void test_one_player_always_wins(void **state)
{
	struct tournament t;

	(void)state;
	assert_int_equal(tournament_new(&t, 1), 0);
	tournament_play(&t);
	assert_int_equal(t.winner.time, TOURNAMENT_OUT);
	tournament_enter(&t, 0, 7);
	tournament_play(&t);
	assert_int_equal(t.winner.time, 7);
	tournament_next(&t, 9);
	assert_int_equal(t.winner.time, 9);
	assert_int_equal(t.winner.number, 0);
	tournament_next(&t, TOURNAMENT_OUT);
	assert_int_equal(t.winner.time, TOURNAMENT_OUT);
	tournament_free(&t);
}

static uint64_t least(const uint64_t *time, unsigned players)
{
	uint64_t least = TOURNAMENT_OUT;

	for (unsigned i = 0; i < players; i++)
		if (time[i] < least)
			least = time[i];
	return least;
}

/* Against looking at all of them each time; the same memory serves many tournaments. */
static void play_many(unsigned players)
{
	uint64_t time[200];
	struct tournament t;

	assert_int_equal(tournament_new(&t, players), 0);
	for (int round = 0; round < 20; round++) {
		for (unsigned i = 0; i < players; i++) {
			time[i] = below(4) ? below(1000) : TOURNAMENT_OUT;
			tournament_enter(&t, i, time[i]);
		}
		tournament_play(&t);
		for (int calls = 0; calls < 500; calls++) {
			uint64_t oldest = least(time, players), number = t.winner.number;

			assert_int_equal(t.winner.time, oldest);
			if (oldest == TOURNAMENT_OUT)
				break;
			assert_in_range(number, 0, players - 1);
			assert_int_equal(time[number], oldest);
			/* Times may go back a little. */
			time[number] = below(100) ? oldest + below(100) : TOURNAMENT_OUT;
			if (oldest && !below(50))
				time[number] = oldest - 1;
			tournament_next(&t, time[number]);
		}
	}
	tournament_free(&t);
}

static void test_the_oldest_wins(void **state)
{
	static const unsigned players[] = {1, 2, 3, 4, 5, 7, 8, 64, 65, 192};

	(void)state;
	srand(1);
	for (size_t i = 0; i < sizeof(players) / sizeof(*players); i++)
		play_many(players[i]);
}

/* Times beyond half the range are times as any. */
static void test_large_times(void **state)
{
	struct tournament t;

	(void)state;
	assert_int_equal(tournament_new(&t, 3), 0);
	tournament_enter(&t, 0, UINT64_MAX - 1);
	tournament_enter(&t, 2, UINT64_C(1) << 63);
	tournament_play(&t);
	assert_int_equal(t.winner.number, 2);
	tournament_next(&t, TOURNAMENT_OUT);
	assert_int_equal(t.winner.number, 0);
	assert_int_equal(t.winner.time, UINT64_MAX - 1);
	tournament_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_player_always_wins),
		cmocka_unit_test(test_the_oldest_wins),
		cmocka_unit_test(test_large_times),
	};

	return cmocka_run_group_tests_name("tournament", tests, NULL, NULL);
}
