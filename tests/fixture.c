/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

int fixture_small(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f)
		return -1;
	books_small(&f->books, &f->tape);
	return 0;
}

int fixture_tiny(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f)
		return -1;
	books_tiny(&f->books, &f->tape);
	return 0;
}

int fixture_close(void **state)
{
	struct fixture *f = *state;

	harvest_release(&f->harvest);
	books_release(&f->books);
	tape_release(&f->tape);
	free(f);
	return 0;
}

struct harvest *read_again(struct fixture *f)
{
	harvest_release(&f->harvest);
	harvest_read(&f->harvest, &f->tape, &f->books);
	return &f->harvest;
}

size_t nth_block(const struct tape *t, unsigned int n, size_t *end)
{
	size_t at = 0;

	*end = 0;
	for (unsigned int i = 0; i <= n; i++)
		at = tape_block(t, *end, end);
	return at;
}

size_t fixture_least(const struct fixture *f, const struct tape *whole)
{
	bool definitions = true;
	size_t samples = 0;

	for (unsigned int i = 0; i < SMALL_BLOCKS - 1; i++) {
		unsigned int summary = i / 5 * 5 + 4;
		size_t end, at = nth_block(whole, i, &end), summary_end;
		size_t summary_at = nth_block(whole, summary, &summary_end);
		bool intact = !memcmp(f->tape.data + at, whole->data + at, end - at);
		bool can_restore = f->tape.is_file &&
				   !memcmp(f->tape.data + summary_at, whole->data + summary_at,
					   summary_end - summary_at);

		if (i % 5 == 0)
			definitions = true;
		if (i % 5 >= 1 && i % 5 <= 3) {
			samples += intact && (definitions || can_restore) ? SMALL_PER_BLOCK : 0;
			definitions &= intact;
		}
	}
	return samples;
}

unsigned int fixture_long(void)
{
	const char *factor = getenv("TCPTOP_LONG");

	return factor && atoi(factor) > 0 ? (unsigned int)atoi(factor) : 1;
}
