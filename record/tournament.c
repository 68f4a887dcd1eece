/* SPDX-License-Identifier: MIT */
#include "tournament.h"

#include <errno.h>
#include <stdlib.h>

int tournament_new(struct tournament *t, unsigned players)
{
	uint64_t matches = 1;

	while (matches < players)
		matches *= 2;
	*t = (struct tournament){.matches = matches};
	t->loser = calloc(2 * matches, sizeof(*t->loser));
	if (!t->loser)
		return -ENOMEM;
	t->start = t->loser + matches;
	for (uint64_t i = 0; i < matches; i++)
		t->start[i] = (struct player){TOURNAMENT_OUT, i};
	return 0;
}

void tournament_free(struct tournament *t)
{
	free(t->loser);
}

/* The winner of what lies below a place in the tree. */
static struct player play(struct tournament *t, uint64_t place)
{
	struct player a, b;

	if (place >= t->matches)
		return t->loser[place];
	a = play(t, 2 * place);
	b = play(t, 2 * place + 1);
	t->loser[place] = b.time < a.time ? a : b;
	return b.time < a.time ? b : a;
}

void tournament_play(struct tournament *t)
{
	t->winner = play(t, 1);
}
