/* SPDX-License-Identifier: MIT */
#include "fake_overflow.h"

#include <stddef.h>

static struct event_overflow *place_of(const struct fake_overflow *o, uint32_t session)
{
	for (uint32_t i = 0; i < EVENT_OVERFLOW_PLACES; i++) {
		struct event_overflow *place = &o->table[(session + i) % o->places];
		uint32_t owner = __atomic_load_n(&place->session, __ATOMIC_RELAXED);

		/* On failure `owner` becomes the one who was faster. */
		if (!owner)
			__atomic_compare_exchange_n(&place->session, &owner, session, false,
				__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
		if (!owner || owner == session)
			return place;
	}
	return NULL;
}

bool fake_overflow_add(const struct fake_overflow *o, const struct fake_sum *sum)
{
	struct event_overflow *place = place_of(o, sum->session);

	if (!place)
		return false;
	__atomic_store_n(&place->last_ns, sum->time_ns, __ATOMIC_RELAXED);
	if (sum->inferred)
		__atomic_store_n(&place->inferred, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&place->bytes[sum->dir], sum->bytes, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&place->calls[sum->dir], sum->calls, __ATOMIC_SEQ_CST);
	return true;
}

bool fake_overflow_define(const struct fake_overflow *o, const struct event_session *definition)
{
	struct event_overflow *place = place_of(o, definition->session);

	if (!place)
		return false;
	place->definition = *definition;
	__atomic_exchange_n(&place->defined, 1, __ATOMIC_SEQ_CST);
	return true;
}
