/* SPDX-License-Identifier: MIT */
/* What is at hand of a source, however that gives it, and how little is read of one. */
#include "format/window.h"

#include "tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
	LENGTH = 3 << 20,
	FIRST = 64 << 10,    /* that is read at once, at the start */
	ELSEWHERE = 4 << 10, /* and behind a jump */
	LARGEST = BLOCK_HEADER + BLOCK_PAYLOAD + BLOCK_HEADER,
};

struct fixture {
	struct tape tape;
	struct window window;
	size_t asked; /* by the last call */
};

static int64_t give(void *ctx, void *data, size_t len)
{
	struct fixture *f = ctx;

	f->asked = len;
	return tape_source(&f->tape).read(&f->tape, data, len);
}

static int64_t give_at(void *ctx, uint64_t offset, void *data, size_t len)
{
	struct fixture *f = ctx;

	f->tape.pos = offset < f->tape.len ? (size_t)offset : f->tape.len;
	return give(ctx, data, len);
}

/* That differs from its neighbours, also from those at a distance of any power of two. */
static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset ^ offset >> 8 ^ offset >> 16);
}

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f || window_init(&f->window, (struct source){give, f}))
		return -1;
	for (size_t i = 0; i < LENGTH; i++) {
		uint8_t byte = byte_at(i);

		tape_append(&f->tape, &byte, 1);
	}
	return 0;
}

static int leave(void **state)
{
	struct fixture *f = *state;

	window_release(&f->window);
	tape_release(&f->tape);
	free(f);
	return 0;
}

static void assert_holds(const struct window *w, uint64_t offset, size_t least)
{
	assert_int_equal(w->offset, offset);
	assert_true(window_held(w) >= least);
	for (size_t i = 0; i < window_held(w); i++)
		if (window_at(w)[i] != byte_at(offset + i))
			fail_msg("wrong byte at %zu", (size_t)offset + i);
}

static void gives_what_is_needed(void **state)
{
	struct fixture *f = *state;
	struct window *w = &f->window;

	assert_int_equal(window_held(w), 0);
	for (f->tape.chunk = 1; f->tape.chunk < 4000; f->tape.chunk += 777) {
		window_reset(w, (struct source){give, f});
		f->tape.pos = 0;
		for (size_t need = 500, offset = 0; need < 3000; need += 500, offset += 100) {
			assert_int_equal(window_fill(w, need), FMT_OK);
			assert_holds(w, offset, need);
			window_pass(w, 100);
		}
		/* No more than it gave when there was enough. */
		assert_true(window_held(w) < 3000 + f->tape.chunk);
	}
}

/* What was passed makes room, and what is at hand stays as it is in a larger one. */
static void makes_room(void **state)
{
	struct fixture *f = *state;
	struct window *w = &f->window;
	uint64_t offset = 0;

	for (size_t need = 1000; need <= LENGTH / 2; need *= 2) {
		assert_int_equal(window_fill(w, need), FMT_OK);
		assert_holds(w, offset, need);
		window_pass(w, need - 1);
		offset += need - 1;
	}
	assert_int_equal(window_fill(w, LENGTH), FMT_OK);
	assert_holds(w, offset, LENGTH - offset);
	assert_int_equal(window_held(w), LENGTH - offset);
	assert_int_equal(w->fetched, LENGTH);
}

/* The largest block and a header is what it needs at most, wherever it is. */
static void largest_need(void **state)
{
	struct fixture *f = *state;
	struct window *w = &f->window;

	assert_int_equal(window_fill(w, 1000), FMT_OK);
	window_pass(w, 999);
	assert_int_equal(window_fill(w, LARGEST), FMT_OK);
	assert_holds(w, 999, LENGTH - 999);
	assert_int_equal(w->cap, LARGEST);
}

static void ends_and_goes_on(void **state)
{
	struct fixture *f = *state;
	struct window *w = &f->window;

	for (f->tape.limit = 1; f->tape.limit <= 50; f->tape.limit++) {
		assert_int_equal(window_fill(w, 1000), FMT_OK);
		assert_int_equal(window_held(w), f->tape.limit);
		assert_holds(w, 0, 0);
	}
	/* What is enough is asked for no further. */
	f->tape.broken = true;
	assert_int_equal(window_fill(w, 50), FMT_OK);
	assert_int_equal(window_fill(w, 51), FMT_EIO);
	f->tape.broken = false;
	assert_int_equal(window_fill(w, 51), FMT_OK);
	assert_holds(w, 0, 51);
}

static int64_t give_too_much(void *ctx, void *data, size_t len)
{
	(void)ctx;
	(void)data;
	return (int64_t)len + 1;
}

static void a_source_that_lies(void **state)
{
	struct fixture *f = *state;

	window_reset(&f->window, (struct source){give_too_much, f});
	assert_int_equal(window_fill(&f->window, 1), FMT_EIO);
	assert_int_equal(window_held(&f->window), 0);
	assert_int_equal(f->window.fetched, 0);
}

/* More and more at once, the longer nobody has jumped. */
static void reads_ahead(void **state)
{
	struct fixture *f = *state;
	struct window *w = &f->window;

	for (size_t portion = FIRST; portion <= 512 << 10; portion *= 2) {
		assert_int_equal(window_fill(w, 1), FMT_OK);
		assert_int_equal(f->asked, portion);
		window_pass(w, window_held(w));
	}
	w->read_at = give_at;
	assert_int_equal(window_fill(w, 1), FMT_OK);
	window_seek(w, LENGTH - 100000);
	assert_int_equal(window_fill(w, BLOCK_HEADER), FMT_OK);
	assert_int_equal(f->asked, ELSEWHERE);
	assert_holds(w, LENGTH - 100000, ELSEWHERE);
	assert_int_equal(window_fill(w, 50000), FMT_OK);
	assert_int_equal(f->asked, 50000 - ELSEWHERE);
	assert_holds(w, LENGTH - 100000, 50000);
}

/* Reading elsewhere leaves alone what is at hand. */
static void reads_elsewhere(void **state)
{
	struct fixture *f = *state;
	struct window *w = &f->window;
	uint8_t data[100];

	w->read_at = give_at;
	assert_int_equal(window_fill(w, 10), FMT_OK);
	for (f->tape.chunk = 1; f->tape.chunk <= 101; f->tape.chunk += 50) {
		assert_int_equal(window_read(w, LENGTH - 150, data, 100), 100);
		assert_int_equal(data[99], byte_at(LENGTH - 51));
		assert_int_equal(window_read(w, LENGTH - 50, data, 100), 50);
		assert_int_equal(data[49], byte_at(LENGTH - 1));
		assert_int_equal(window_read(w, LENGTH, data, 100), 0);
		assert_int_equal(window_read(w, UINT64_MAX - 200, data, 100), 0);
	}
	assert_int_equal(w->fetched, FIRST + 3 * 150);
	f->tape.broken = true;
	assert_int_equal(window_read(w, 0, data, 100), -1);
	assert_holds(w, 0, FIRST);
	f->tape.broken = false;
	window_pass(w, FIRST);
	assert_int_equal(window_fill(w, 10), FMT_OK);
	assert_holds(w, FIRST, 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_what_is_needed),
		TEST(makes_room),
		TEST(largest_need),
		TEST(ends_and_goes_on),
		TEST(a_source_that_lies),
		TEST(reads_ahead),
		TEST(reads_elsewhere),
	};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
