/* SPDX-License-Identifier: MIT */
#include "collector_cases.h"
#include "collector_fixture.h"

static void gather(struct fixture *f, unsigned ns, uint32_t id, uint64_t calls, uint64_t bytes)
{
	const struct fake_sum sum = {
		.time_ns = BASE_NS + ns,
		.calls = calls,
		.bytes = bytes,
		.session = id,
		.dir = DIR_TX,
	};

	assert_true(fake_gather(&f->kernel, 0, &sum));
}

static void assert_sum(
	const struct fixture *f, size_t at, uint64_t time_us, uint64_t calls, uint64_t bytes)
{
	const struct recording_row *row = &f->got.row[at];

	assert_true(at < f->got.rows);
	assert_int_equal(row->time_us, time_us);
	assert_int_equal(row->calls, calls);
	assert_int_equal(row->bytes, bytes);
	assert_int_equal(row->dir, DIR_TX);
	assert_int_equal(row->flags, 0);
}

static void infer(struct fixture *f, unsigned ns, uint32_t id, uint32_t bytes)
{
	struct event_call e = fake_sample(BASE_NS + ns, id, bytes, DIR_RX);

	e.stamp |= EVENT_INFERRED;
	assert_true(fake_calls_put(&f->kernel.calls[0], &e));
}

void test_inferred_calls_are_marked(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	define(f, 1);
	call(f, 0, 1000, 1, 1, DIR_RX);
	infer(f, 2000, 1, 0x7fffffff);
	call(f, 0, 3000, 1, 3, DIR_RX);
	drain(f, ALL);
	read_back(f);
	assert_int_equal(f->got.rows, 3);
	assert_int_equal(f->got.row[0].flags, 0);
	assert_int_equal(f->got.row[1].flags, SAMPLE_INFERRED);
	assert_int_equal(f->got.row[1].bytes, 0x7fffffff);
	assert_int_equal(f->got.row[1].dir, DIR_RX);
	assert_int_equal(f->got.row[1].time_us, BASE_US + 2);
	assert_int_equal(f->got.row[1].calls, 1);
	assert_int_equal(f->got.row[2].flags, 0);
	end(f);
}

void test_sums_become_samples(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	define(f, 1);
	gather(f, 4000, 1, 2, 200);
	gather(f, 5000, 1, 1, 100);
	drain(f, BASE_NS + 6000);
	drain(f, BASE_NS + 7000); /* nothing new */
	gather(f, 8000, 1, 10, 1);
	drain(f, BASE_NS + 9000);
	read_back(f);
	assert_int_equal(f->got.rows, 2);
	assert_sum(f, 0, BASE_US + 5, 3, 300);
	assert_sum(f, 1, BASE_US + 8, 10, 1);
	assert_int_equal(f->got.losses, 0);
	end(f);
}

/* The ring had no room for the definition, but for the calls after it. */
void test_definition_in_the_table_alone(void **state)
{
	struct fixture *f = begin(2, PLACES);
	const struct event_session e = fake_session(1);

	(void)state;
	assert_true(fake_gather_definition(&f->kernel, 1, &e));
	call(f, 0, 2000, 1, 7, DIR_TX);
	drain(f, ALL);
	gather(f, 3000, 1, 2, 20);
	drain(f, ALL);
	read_back(f);
	assert_int_equal(f->got.sessions, 1); /* it is shown once */
	assert_int_equal(f->got.rows, 2);
	assert_sum(f, 0, BASE_US + 2, 1, 7);
	assert_sum(f, 1, BASE_US + 3, 2, 20);
	assert_int_equal(f->got.losses, 0);
	end(f);
}

void test_sums_of_inferred_calls(void **state)
{
	struct fixture *f = begin(1, PLACES);
	const struct fake_sum sum = {
		.time_ns = BASE_NS,
		.calls = 2,
		.bytes = 9,
		.session = 1,
		.dir = DIR_RX,
		.inferred = true,
	};

	(void)state;
	define(f, 1);
	define(f, 2);
	assert_true(fake_gather(&f->kernel, 0, &sum));
	gather(f, 1000, 2, 1, 1);
	drain(f, ALL);
	read_back(f);
	assert_int_equal(f->got.rows, 2);
	assert_int_equal(f->got.row[0].flags, SAMPLE_INFERRED);
	assert_int_equal(f->got.row[0].calls, 2);
	assert_sum(f, 1, BASE_US + 1, 1, 1);
	end(f);
}

/* The definition came after this drain had looked for some. */
void test_sum_waits_for_its_definition(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	gather(f, 6000, 1, 1, 10);
	drain(f, BASE_NS + 1000);
	assert_int_equal(taken(f), 0);
	assert_true(collector_held_back(f->collector));
	define(f, 1);
	gather(f, 7000, 1, 1, 10);
	drain(f, BASE_NS + 9000);
	read_back(f);
	assert_int_equal(f->got.rows, 1);
	assert_sum(f, 0, BASE_US + 7, 2, 20);
	assert_int_equal(f->got.losses, 0);
	end(f);
}

/* It waits even if nothing else is put into the table, as behind a record that is being written. */
void test_sum_waits_for_a_busy_ring(void **state)
{
	struct fixture *f = begin(1, PLACES);
	void *busy = fake_ring_reserve(&f->kernel.definitions, sizeof(struct event_session));

	(void)state;
	define(f, 1);
	gather(f, 2000, 1, 3, 30);
	drain(f, BASE_NS + 5000);
	assert_true(collector_held_back(f->collector));
	assert_int_equal(taken(f), 0);
	fake_ring_discard(busy);
	drain(f, BASE_NS + 6000);
	read_back(f);
	assert_int_equal(f->got.losses, 0);
	assert_int_equal(f->got.rows, 1);
	assert_sum(f, 0, BASE_US + 2, 3, 30);
	end(f);
}

void test_sum_without_definition_is_lost(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	gather(f, 3000, 1, 4, 40);
	drain(f, BASE_NS + 5000);
	drain(f, BASE_NS + 6000);
	read_back(f);
	assert_int_equal(f->got.rows, 0);
	assert_int_equal(f->got.losses, 1);
	assert_loss(f, 0,
		&(struct loss){
			BASE_US + 3, BASE_US + 3, {{0, 4}, {0, 40}}, LOST_SESSION, UINT32_MAX});
	end(f);
}

/* More than one sample can tell of. */
void test_sum_of_very_many_calls(void **state)
{
	const uint64_t calls = UINT64_C(2) * UINT32_MAX + 5, many = UINT64_C(1) << 40;
	struct fixture *f = begin(1, PLACES);
	uint64_t got_calls = 0, got_bytes = 0;

	(void)state;
	define(f, 1);
	gather(f, 1000, 1, calls, many);
	drain(f, ALL);
	assert_int_equal(writer_totals(f->writer)->volume.calls[DIR_TX], calls);
	read_back(f);
	for (size_t i = 0; i < f->got.rows; i++) {
		got_calls += f->got.row[i].calls;
		got_bytes += f->got.row[i].bytes;
	}
	assert_int_equal(got_calls, calls);
	assert_int_equal(got_bytes, many);
	assert_int_equal(f->got.losses, 0);
	end(f);
}
