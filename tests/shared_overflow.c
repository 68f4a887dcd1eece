/* SPDX-License-Identifier: MIT */
#include "shared_overflow.h"

#include "fake_overflow.h"
#include "format/model.h"
#include "record/overflow.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
	SESSIONS = 64,
	PROBES = 2,
	PROBE_CALLS = 50000,
	SHARED_PLACES = 256, /* never half full: threads know no grace period */
	SHARED_BYTES = 3,
};

struct shared {
	struct fake_overflow probes;
	unsigned running;
	bool failed;
};

static void *play_probe(void *ctx)
{
	struct shared *s = ctx;
	bool good = true;

	for (unsigned i = 0; i < PROBE_CALLS; i++) {
		const struct fake_sum sum = {
			.time_ns = i,
			.calls = 1,
			.bytes = SHARED_BYTES,
			.session = 1 + i * 7 % SESSIONS,
			.dir = i / SESSIONS % 2,
		};

		good &= fake_overflow_add(&s->probes, &sum);
	}
	if (!good)
		__atomic_store_n(&s->failed, true, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&s->running, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void *play_definer(void *ctx)
{
	struct shared *s = ctx;

	for (uint32_t id = 1; id <= SESSIONS; id++) {
		const struct event_session e = {.session = id, .tgid = ~id};

		if (!fake_overflow_define(&s->probes, &e))
			__atomic_store_n(&s->failed, true, __ATOMIC_SEQ_CST);
	}
	__atomic_fetch_sub(&s->running, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void check_whole(void *ctx, const struct event_session *e)
{
	unsigned *definitions = ctx;

	assert_int_equal(e->tgid, ~e->session);
	(*definitions)++;
}

static bool add_up(void *ctx, const struct overflow_sum *sum)
{
	struct volume *v = ctx;

	v->calls[sum->tx] += sum->calls;
	v->bytes[sum->tx] += sum->bytes;
	/* No call is ever without its bytes. */
	assert_true(v->bytes[sum->tx] >= v->calls[sum->tx] * SHARED_BYTES);
	return true;
}

void test_probes_run_meanwhile(void **state)
{
	struct shared s = {.probes = {.places = SHARED_PLACES}, .running = PROBES + 1};
	pthread_t thread[PROBES + 1];
	struct volume all = {0};
	unsigned definitions = 0;
	struct overflow *o;
	bool last;

	(void)state;
	s.probes.table = calloc(SHARED_PLACES, sizeof(*s.probes.table));
	assert_non_null(s.probes.table);
	o = overflow_new(s.probes.table, SHARED_PLACES);
	assert_non_null(o);
	for (int i = 0; i <= PROBES; i++)
		assert_int_equal(
			pthread_create(&thread[i], NULL, i ? play_probe : play_definer, &s), 0);
	do {
		last = !__atomic_load_n(&s.running, __ATOMIC_SEQ_CST);
		overflow_definitions(o, check_whole, &definitions);
		overflow_sums(o, add_up, &all);
	} while (!last);
	for (int i = 0; i <= PROBES; i++)
		pthread_join(thread[i], NULL);
	assert_false(s.failed);
	assert_int_equal(definitions, SESSIONS);
	assert_int_equal(all.calls[DIR_RX] + all.calls[DIR_TX], PROBES * PROBE_CALLS);
	for (int dir = 0; dir < 2; dir++)
		assert_int_equal(all.bytes[dir], all.calls[dir] * SHARED_BYTES);
	overflow_free(o);
	free(s.probes.table);
}
