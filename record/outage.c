/* SPDX-License-Identifier: MIT */
#include "outage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000u

enum { CALM_US = SECOND_US }; /* a small block may find room where the next one does not */

static uint64_t all_calls(const struct volume *v)
{
	return v->calls[DIR_RX] + v->calls[DIR_TX];
}

static uint64_t lost_calls(const struct store *store)
{
	struct totals totals = store_totals(store);

	return all_calls(&totals.lost);
}

static bool has_failed(struct outage *o, const struct output *out)
{
	/* Another file begins anew. */
	bool failed = out->error || (out->failures > o->failures);

	o->failures = out->failures;
	return failed;
}

static void say_begun(const struct output *out, char words[OUTAGE_WORDS])
{
	static const char then[] = "recording goes on, and what cannot be written is counted as "
				   "lost";

	if (out->stream)
		snprintf(words, OUTAGE_WORDS, "%s: its reader is too slow, and %zu bytes wait; %s",
			out->name, output_waiting(out), then);
	else
		snprintf(words, OUTAGE_WORDS, "%s: %s after %llu bytes; %s", out->name,
			strerror(-out->error), (unsigned long long)out->size, then);
}

bool outage_look(
	struct outage *o, const struct store *store, uint64_t now_us, char words[OUTAGE_WORDS])
{
	const struct output *out = &store->output;

	if (has_failed(o, out)) {
		o->failed_us = now_us;
		if (o->on)
			return false;
		o->on = true;
		o->began_us = now_us;
		say_begun(out, words);
		return true;
	}
	if (!o->on) {
		o->lost_calls = lost_calls(store);
		return false;
	}
	if (now_us - o->failed_us < CALM_US)
		return false;
	o->on = false;
	snprintf(words, OUTAGE_WORDS,
		"%s: can be written again after %.1f s, in which %llu calls were lost", out->name,
		(double)(o->failed_us - o->began_us) / SECOND_US,
		(unsigned long long)(lost_calls(store) - o->lost_calls));
	return true;
}

bool outage_rest(const struct store *store, char words[OUTAGE_WORDS])
{
	const struct output *out = &store->output;
	struct volume undelivered = store_undelivered(store).volume, untold = store_untold(store);

	if (output_waiting(out))
		snprintf(words, OUTAGE_WORDS,
			"%s: its reader takes nothing; the last %zu bytes with %llu calls are not "
			"delivered",
			out->name, output_waiting(out),
			(unsigned long long)all_calls(&undelivered));
	else if (out->error || all_calls(&untold))
		snprintf(words, OUTAGE_WORDS,
			"%s: %s; its end is missing, which would tell of %llu lost calls; what was "
			"written stays readable",
			out->name, out->error ? strerror(-out->error) : "no room",
			(unsigned long long)all_calls(&untold));
	else
		return false;
	return true;
}
