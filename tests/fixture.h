/* SPDX-License-Identifier: MIT */
/*
 * fixture.h: a small recording with its books, and what a reader makes of it once something was
 * done to it.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "traffic.h"

struct fixture {
	struct tape tape;
	struct books books;
	struct harvest harvest;
};

/* Set-up and tear-down for cmocka: of books_small, of books_tiny. */
int fixture_small(void **state);
int fixture_tiny(void **state);
int fixture_close(void **state);

/* Of books_small: samples of a block of samples; blocks in all, of which a group has five. */
enum { SMALL_PER_BLOCK = 10, SMALL_BLOCKS = 16 };

struct harvest *read_again(struct fixture *f);
/* Where the nth block from the start begins and ends. */
size_t nth_block(const struct tape *t, unsigned int n, size_t *end);
/*
 * Of fixture_small, what was made of it lying in f->tape: how many samples are in blocks that are
 * intact and where they were, and whose definitions are intact or, in a file, can be restored.
 */
size_t fixture_least(const struct fixture *f, const struct tape *whole);
/* TCPTOP_LONG in the environment, or 1: how many times as long a test is to be. */
unsigned int fixture_long(void);

#endif
