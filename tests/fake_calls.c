/* SPDX-License-Identifier: MIT */
#include "fake_calls.h"

#include <stdlib.h>

bool fake_calls_new(struct fake_calls *f, uint64_t places)
{
	*f = (struct fake_calls){.places = places};
	f->place = calloc(places, sizeof(*f->place));
	return f->place;
}

void fake_calls_free(struct fake_calls *f)
{
	free(f->place);
	*f = (struct fake_calls){.place = NULL};
}

struct fake_place fake_calls_take(struct fake_calls *f)
{
	__u64 at = __atomic_load_n(&f->position.taken, __ATOMIC_RELAXED);

	do {
		if (at - __atomic_load_n(&f->position.read, __ATOMIC_ACQUIRE) >= f->places)
			return (struct fake_place){.call = NULL};
	} while (!__atomic_compare_exchange_n(
		&f->position.taken, &at, at + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	return (struct fake_place){
		.call = &f->place[at & (f->places - 1)],
		.round = at & f->places ? 0 : EVENT_ROUND,
	};
}

void fake_calls_write(struct fake_place place, const struct event_call *call)
{
	place.call->session = call->session;
	place.call->bytes_dir = call->bytes_dir;
	__atomic_store_n(&place.call->stamp, call->stamp | place.round, __ATOMIC_RELEASE);
}

bool fake_calls_put(struct fake_calls *f, const struct event_call *call)
{
	struct fake_place place = fake_calls_take(f);

	if (!place.call)
		return false;
	fake_calls_write(place, call);
	return true;
}
