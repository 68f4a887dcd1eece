/* SPDX-License-Identifier: MIT */
#include "overflow.h"

#include "grace.h"

#include <stdlib.h>

/* A session that none has: probes neither find nor take the place. */
#define BEING_FREED 0xffffffffu

/* What is known here of a place in the table. */
struct place {
	uint64_t calls[2], bytes[2]; /* taken so far */
	uint32_t session;            /* as last seen */
	bool defined;                /* its definition was shown */
	bool idle;                   /* nothing new at the last look */
};

struct overflow {
	struct event_overflow *table;
	struct place *place;
	uint32_t places;
	uint32_t used; /* at the last look */
};

struct overflow *overflow_new(struct event_overflow *table, uint32_t places)
{
	struct overflow *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->table = table;
	o->places = places;
	o->place = calloc(places, sizeof(*o->place));
	if (!o->place) {
		free(o);
		return NULL;
	}
	return o;
}

void overflow_free(struct overflow *o)
{
	if (!o)
		return;
	free(o->place);
	free(o);
}

void overflow_definitions(struct overflow *o,
	void (*take)(void *ctx, const struct event_session *definition), void *ctx)
{
	for (uint32_t i = 0; i < o->places; i++) {
		const struct event_overflow *shared = &o->table[i];

		/* Acquire: the definition was written before its mark. */
		if (o->place[i].defined || !__atomic_load_n(&shared->defined, __ATOMIC_ACQUIRE))
			continue;
		o->place[i].defined = true;
		take(ctx, &shared->definition);
	}
}

static bool take_direction(struct overflow *o, uint32_t i, int dir,
	bool (*take)(void *ctx, const struct overflow_sum *sum), void *ctx)
{
	const struct event_overflow *shared = &o->table[i];
	struct place *p = &o->place[i];
	/* Calls first: a probe adds bytes before calls, so that no call comes without its bytes. */
	uint64_t calls = __atomic_load_n(&shared->calls[dir], __ATOMIC_ACQUIRE);
	uint64_t bytes = __atomic_load_n(&shared->bytes[dir], __ATOMIC_ACQUIRE);
	struct overflow_sum sum = {
		.last_ns = __atomic_load_n(&shared->last_ns, __ATOMIC_RELAXED),
		.calls = calls - p->calls[dir],
		.bytes = bytes - p->bytes[dir],
		.session = p->session,
		.tx = dir == 1,
		.inferred = __atomic_load_n(&shared->inferred, __ATOMIC_RELAXED),
	};

	if (!sum.calls)
		return false;
	if (take(ctx, &sum)) {
		p->calls[dir] = calls;
		p->bytes[dir] = bytes;
	}
	return true;
}

/* Takes what is new at a place; it was idle if that is nothing. */
static void take_place(struct overflow *o, uint32_t i,
	bool (*take)(void *ctx, const struct overflow_sum *sum), void *ctx)
{
	bool rx = take_direction(o, i, 0, take, ctx);
	bool tx = take_direction(o, i, 1, take, ctx);

	o->place[i].idle = !rx && !tx;
}

void overflow_sums(
	struct overflow *o, bool (*take)(void *ctx, const struct overflow_sum *sum), void *ctx)
{
	o->used = 0;
	for (uint32_t i = 0; i < o->places; i++) {
		uint32_t session = __atomic_load_n(&o->table[i].session, __ATOMIC_ACQUIRE);

		if (!session)
			continue;
		o->used++;
		o->place[i].session = session;
		take_place(o, i, take, ctx);
	}
}

static bool is_leaving(const struct overflow *o, uint32_t i)
{
	return o->table[i].session == BEING_FREED;
}

/* A definition that was not shown yet. */
static bool has_news(const struct overflow *o, uint32_t i)
{
	return __atomic_load_n(&o->table[i].defined, __ATOMIC_ACQUIRE) && !o->place[i].defined;
}

/* Makes idle places unusable; how many. */
static uint32_t mark_idle(struct overflow *o)
{
	uint32_t marked = 0;

	for (uint32_t i = 0; i < o->places; i++) {
		if (!o->table[i].session || !o->place[i].idle || has_news(o, i))
			continue;
		__atomic_store_n(&o->table[i].session, BEING_FREED, __ATOMIC_SEQ_CST);
		marked++;
	}
	return marked;
}

/* Frees a marked place, or gives it back where something came at the last moment. */
static void free_or_restore(struct overflow *o, uint32_t i)
{
	struct event_overflow *shared = &o->table[i];
	struct place *p = &o->place[i];

	if (!p->idle || has_news(o, i)) {
		__atomic_store_n(&shared->session, p->session, __ATOMIC_RELEASE);
		return;
	}
	/* Whoever takes it next is not idle before overflow_sums() has met it. */
	p->idle = false;
	p->defined = false;
	__atomic_store_n(&shared->defined, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&shared->inferred, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&shared->session, 0, __ATOMIC_RELEASE);
}

void overflow_make_room(
	struct overflow *o, bool (*take)(void *ctx, const struct overflow_sum *sum), void *ctx)
{
	bool quiet;

	/* Half full is full: the probes look at a few places only. */
	if (o->used < o->places / 2 || !mark_idle(o))
		return;
	quiet = grace_wait();
	for (uint32_t i = 0; i < o->places; i++) {
		if (!is_leaving(o, i))
			continue;
		take_place(o, i, take, ctx);
		if (!quiet)
			o->place[i].idle = false;
		free_or_restore(o, i);
	}
}
