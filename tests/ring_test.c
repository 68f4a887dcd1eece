/* SPDX-License-Identifier: MIT */
#include "record/ring.h"

#include "fake_ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 65536 };

struct fixture {
	struct fake_ring kernel;
	struct ring ring;
};

static void begin(struct fixture *f, uint64_t start)
{
	assert_true(fake_ring_new(&f->kernel, SIZE, start));
	ring_init(&f->ring, f->kernel.consumer, f->kernel.producer, f->kernel.data, SIZE);
}

static void end(struct fixture *f)
{
	fake_ring_free(&f->kernel);
}

static void put(struct fixture *f, const char *text)
{
	assert_true(fake_ring_output(&f->kernel, text, (uint32_t)strlen(text)));
}

static void assert_next(struct fixture *f, const char *text)
{
	const void *record = NULL;
	uint32_t len = 0;

	assert_int_equal(ring_peek(&f->ring, &record, &len), RING_RECORD);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(record, text, len);
	ring_next(&f->ring);
}

static void assert_state(struct fixture *f, enum ring_state state)
{
	const void *record;
	uint32_t len;

	assert_int_equal(ring_peek(&f->ring, &record, &len), state);
}

static void test_new_ring_is_empty(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 0);
	assert_state(&f, RING_EMPTY);
	ring_refresh(&f.ring);
	assert_state(&f, RING_EMPTY);
	end(&f);
}

static void test_goes_on_where_the_consumer_stood(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 3 * SIZE + 48);
	put(&f, "after a start in the middle");
	ring_refresh(&f.ring);
	assert_next(&f, "after a start in the middle");
	assert_state(&f, RING_EMPTY);
	end(&f);
}

/* What came after ring_refresh() waits for the next one, so that a drain ends. */
static void test_sees_only_what_was_there_at_refresh(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 0);
	put(&f, "one");
	assert_state(&f, RING_EMPTY);
	ring_refresh(&f.ring);
	put(&f, "two");
	assert_next(&f, "one");
	assert_state(&f, RING_EMPTY);
	ring_refresh(&f.ring);
	assert_next(&f, "two");
	assert_state(&f, RING_EMPTY);
	end(&f);
}

static void test_peek_takes_nothing(void **state)
{
	const void *first, *second;
	uint32_t len;
	struct fixture f;

	(void)state;
	begin(&f, 0);
	put(&f, "same");
	ring_refresh(&f.ring);
	assert_int_equal(ring_peek(&f.ring, &first, &len), RING_RECORD);
	assert_int_equal(ring_peek(&f.ring, &second, &len), RING_RECORD);
	assert_ptr_equal(first, second);
	assert_int_equal(f.ring.read, 0);
	end(&f);
}

/* Room is given back by ring_release() alone: until then the kernel must not overwrite. */
static void test_release_gives_room_back(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 0);
	put(&f, "12345678");  /* 16 bytes with its head */
	put(&f, "1");         /* rounded up to 16 */
	put(&f, "123456789"); /* 24 */
	ring_refresh(&f.ring);
	assert_next(&f, "12345678");
	assert_int_equal(*f.kernel.consumer, 0);
	assert_next(&f, "1");
	ring_release(&f.ring);
	assert_int_equal(*f.kernel.consumer, 32);
	ring_release(&f.ring);
	assert_int_equal(*f.kernel.consumer, 32);
	assert_next(&f, "123456789");
	ring_release(&f.ring);
	assert_int_equal(*f.kernel.consumer, 56);
	assert_int_equal(*f.kernel.producer, 56);
	end(&f);
}

static void test_busy_record_blocks_those_behind_it(void **state)
{
	struct fixture f;
	char *busy;

	(void)state;
	begin(&f, 0);
	put(&f, "before");
	busy = fake_ring_reserve(&f.kernel, 4);
	put(&f, "behind");
	ring_refresh(&f.ring);
	assert_next(&f, "before");
	assert_state(&f, RING_BUSY);
	assert_state(&f, RING_BUSY);
	ring_release(&f.ring);
	assert_int_equal(*f.kernel.consumer, 16);
	memcpy(busy, "done", 4);
	fake_ring_submit(busy);
	assert_next(&f, "done"); /* without another ring_refresh() */
	assert_next(&f, "behind");
	assert_state(&f, RING_EMPTY);
	end(&f);
}

static void test_discarded_records_are_skipped(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 0);
	fake_ring_discard(fake_ring_reserve(&f.kernel, 5));
	put(&f, "first");
	fake_ring_discard(fake_ring_reserve(&f.kernel, 100));
	fake_ring_discard(fake_ring_reserve(&f.kernel, 8));
	put(&f, "second");
	fake_ring_discard(fake_ring_reserve(&f.kernel, 1));
	ring_refresh(&f.ring);
	assert_next(&f, "first");
	assert_next(&f, "second");
	assert_state(&f, RING_EMPTY);
	ring_release(&f.ring);
	assert_int_equal(*f.kernel.consumer, *f.kernel.producer);
	end(&f);
}

static void test_busy_then_discarded(void **state)
{
	struct fixture f;
	void *busy;

	(void)state;
	begin(&f, 0);
	busy = fake_ring_reserve(&f.kernel, 16);
	put(&f, "next");
	ring_refresh(&f.ring);
	assert_state(&f, RING_BUSY);
	fake_ring_discard(busy);
	assert_next(&f, "next");
	end(&f);
}

static void test_record_of_no_length(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 0);
	put(&f, "");
	put(&f, "x");
	ring_refresh(&f.ring);
	assert_next(&f, "");
	assert_next(&f, "x");
	assert_state(&f, RING_EMPTY);
	end(&f);
}

/* A record that begins before the end of the ring and ends at its start is in one piece. */
static void test_record_across_the_wrap(void **state)
{
	char text[200];
	struct fixture f;

	(void)state;
	begin(&f, SIZE - 64);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[sizeof(text) - 2] = 'z';
	put(&f, text);
	put(&f, "behind the wrap");
	assert_true(*f.kernel.producer > SIZE);
	ring_refresh(&f.ring);
	assert_next(&f, text);
	assert_next(&f, "behind the wrap");
	assert_state(&f, RING_EMPTY);
	end(&f);
}

/* Full to the last record, many times over, with records whose sizes never fit evenly. */
static void test_many_rounds(void **state)
{
	unsigned made = 0, taken = 0;
	char text[128];
	struct fixture f;

	(void)state;
	begin(&f, 0);
	while (taken < 5000) {
		int len = snprintf(text, sizeof(text), "%0*u", 5 + (int)(made * 7 % 90), made);

		if (fake_ring_output(&f.kernel, text, (uint32_t)len)) {
			made++;
			continue;
		}
		ring_refresh(&f.ring);
		while (taken < made) {
			snprintf(text, sizeof(text), "%0*u", 5 + (int)(taken * 7 % 90), taken);
			assert_next(&f, text);
			taken++;
		}
		assert_state(&f, RING_EMPTY);
		ring_release(&f.ring);
		assert_int_equal(*f.kernel.consumer, *f.kernel.producer);
	}
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_ring_is_empty),
		cmocka_unit_test(test_goes_on_where_the_consumer_stood),
		cmocka_unit_test(test_sees_only_what_was_there_at_refresh),
		cmocka_unit_test(test_peek_takes_nothing),
		cmocka_unit_test(test_release_gives_room_back),
		cmocka_unit_test(test_busy_record_blocks_those_behind_it),
		cmocka_unit_test(test_discarded_records_are_skipped),
		cmocka_unit_test(test_busy_then_discarded),
		cmocka_unit_test(test_record_of_no_length),
		cmocka_unit_test(test_record_across_the_wrap),
		cmocka_unit_test(test_many_rounds),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
