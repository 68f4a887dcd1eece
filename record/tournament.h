/* SPDX-License-Identifier: MIT */
/*
 * tournament.h: which of many rings has the oldest call. For collector.c.
 *
 * A tree of losers: when the winner's ring shows its next call, that plays against the losers on
 * its way up, one comparison for each doubling of the rings and none for a single one. A heap takes
 * twice as many, and guesses wrong at most of them.
 */
#ifndef RECORD_TOURNAMENT_H
#define RECORD_TOURNAMENT_H

#include <stdint.h>

/* The time of a ring without a call. */
#define TOURNAMENT_OUT UINT64_MAX

struct player {
	uint64_t time;
	uint64_t number; /* of the ring */
};

struct tournament {
	struct player winner;
	struct player *loser; /* of each match, from 1 on; the first round is the last half */
	struct player *start; /* as many as `matches`; the memory is that of `loser` */
	uint64_t matches;     /* a power of two, and not less than the players */
};

/* 0, or -ENOMEM. All are out. */
int tournament_new(struct tournament *t, unsigned players);
/* Zeros are fine. */
void tournament_free(struct tournament *t);

/* Before a tournament: a player's time. */
static inline void tournament_enter(struct tournament *t, unsigned number, uint64_t time)
{
	t->start[number].time = time;
}

/* Plays it; t->winner is the oldest. */
void tournament_play(struct tournament *t);

/* The winner's ring has another time now; there is another winner. For each call, so inline. */
static inline void tournament_next(struct tournament *t, uint64_t time)
{
	struct player p = {time, t->winner.number};

	for (uint64_t match = (p.number + t->matches) / 2; match; match /= 2) {
		struct player *loser = &t->loser[match], other = *loser;
		/* Without a branch: who wins is anybody's guess. */
		uint64_t loses = (uint64_t)0 - (other.time < p.time);
		struct player change = {
			(p.time ^ other.time) & loses, (p.number ^ other.number) & loses};

		loser->time = other.time ^ change.time;
		loser->number = other.number ^ change.number;
		p.time ^= change.time;
		p.number ^= change.number;
	}
	t->winner = p;
}

#endif
