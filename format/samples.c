/* SPDX-License-Identifier: MIT */
#include "samples.h"

#include "column.h"
#include <stdlib.h>
#include <string.h>

enum {
	KEYS = 2 * GROUP_SESSIONS,
};

int samples_init(struct samples *s)
{
	memset(s, 0, sizeof(*s));
	s->time_us = malloc(BLOCK_SAMPLES * sizeof(*s->time_us));
	s->bytes = malloc(BLOCK_SAMPLES * sizeof(*s->bytes));
	s->key = malloc(BLOCK_SAMPLES * sizeof(*s->key));
	s->calls = malloc(BLOCK_SAMPLES * sizeof(*s->calls));
	s->flags = malloc(BLOCK_SAMPLES * sizeof(*s->flags));
	s->wide = malloc(BLOCK_SAMPLES * sizeof(*s->wide));
	s->order = malloc(BLOCK_SAMPLES * sizeof(*s->order));
	s->spare = malloc(BLOCK_SAMPLES * sizeof(*s->spare));
	s->place = malloc(KEYS * sizeof(*s->place));
	s->known = malloc(KEYS * sizeof(*s->known));
	s->base = malloc((KEYS + 1) * sizeof(*s->base));
	s->at = malloc(KEYS * sizeof(*s->at));
	s->owner = malloc(KEYS * sizeof(*s->owner));
	if (s->time_us && s->bytes && s->key && s->calls && s->flags && s->wide && s->order &&
		s->spare && s->place && s->known && s->base && s->at && s->owner)
		return FMT_OK;
	samples_release(s);
	return FMT_ENOMEM;
}

void samples_release(struct samples *s)
{
	free(s->time_us);
	free(s->bytes);
	free(s->key);
	free(s->calls);
	free(s->flags);
	free(s->wide);
	free(s->order);
	free(s->spare);
	free(s->place);
	free(s->known);
	free(s->base);
	free(s->at);
	free(s->owner);
	memset(s, 0, sizeof(*s));
}

void samples_clear(struct samples *s)
{
	s->n = 0;
	s->orphans = false;
	s->many_calls = false;
	s->any_flags = false;
}

/*
 * Merges order[from, mid) and order[mid, to), each sorted. Samples come nearly in order, so only
 * the stretch where the two overlap is touched.
 */
static void merge(const uint64_t *time, uint32_t *order, uint32_t *spare, uint32_t from,
	uint32_t mid, uint32_t to)
{
	uint64_t left_last = time[order[mid - 1]], right_first = time[order[mid]];
	uint32_t left = 0, held, right = mid, out;

	if (left_last <= right_first)
		return;
	out = mid;
	while (out > from && time[order[out - 1]] > right_first)
		out--;
	held = mid - out;
	memcpy(spare, order + out, held * sizeof(*order));
	while (left < held) {
		if (right < to && time[order[right]] < time[spare[left]])
			order[out++] = order[right++];
		else
			order[out++] = spare[left++];
	}
}

static void permute(struct samples *s)
{
	const uint32_t *order = s->order;
	uint32_t *narrow = s->spare, n = s->n;
	uint64_t *wide = s->wide;

	for (uint32_t i = 0; i < n; i++)
		wide[i] = s->time_us[order[i]];
	memcpy(s->time_us, wide, n * sizeof(*wide));
	for (uint32_t i = 0; i < n; i++)
		wide[i] = s->bytes[order[i]];
	memcpy(s->bytes, wide, n * sizeof(*wide));
	for (uint32_t i = 0; i < n; i++)
		narrow[i] = s->key[order[i]];
	memcpy(s->key, narrow, n * sizeof(*narrow));
	for (uint32_t i = 0; i < n; i++)
		narrow[i] = s->calls[order[i]];
	memcpy(s->calls, narrow, n * sizeof(*narrow));
	for (uint32_t i = 0; i < n; i++)
		narrow[i] = s->flags[order[i]];
	for (uint32_t i = 0; i < n; i++)
		s->flags[i] = (uint8_t)narrow[i];
}

void samples_sort(struct samples *s)
{
	bool sorted = true;

	for (uint32_t i = 1; i < s->n; i++)
		sorted &= s->time_us[i - 1] <= s->time_us[i];
	if (sorted)
		return;
	for (uint32_t i = 0; i < s->n; i++)
		s->order[i] = i;
	for (uint32_t run = 1; run < s->n; run *= 2) {
		for (uint32_t from = 0; from + run < s->n; from += 2 * run) {
			uint32_t to = s->n - from < 2 * run ? s->n : from + 2 * run;

			merge(s->time_us, s->order, s->spare, from, from + run, to);
		}
	}
	permute(s);
}

static void encode_wide(struct encoder *e, enum section_id id, const struct samples *s)
{
	put_column(section_begin(e), s->wide, s->n);
	section_end(e, id);
}

/* From how many samples each slot has to where they begin. */
static void find_places(struct samples *s, uint32_t slots)
{
	uint32_t at = 0;

	for (uint32_t k = 0; k < slots; k++) {
		uint32_t n = s->place[k];

		s->place[k] = at;
		at += n;
	}
}

/*
 * Finds out where each sample goes when they are grouped by process and direction, and within that
 * by session: base[w] is the first slot of the process and direction w, owner[key] is the w of a
 * session and direction, slot[key] its slot.
 */
static void find_slots(struct samples *s, const struct defs *defs)
{
	uint32_t *slot = s->known, slots = 0, whos = 2 * defs->count.processes;

	for (uint32_t w = 0; w < whos; w++) {
		s->base[w] = slots;
		slots += defs->process[w / 2].sessions;
	}
	for (uint32_t key = 0; key < 2 * defs->count.sessions; key++) {
		const struct def_session *session = &defs->session[key / 2];

		s->owner[key] = 2 * session->process + (key & 1);
		slot[key] = s->base[s->owner[key]] + session->place;
	}
	memset(s->place, 0, slots * sizeof(*s->place));
	for (uint32_t i = 0; i < s->n; i++)
		s->place[slot[s->key[i]]]++;
	find_places(s, slots);
	for (uint32_t w = 0; w < whos; w++)
		s->at[w] = s->place[s->base[w]];
}

static void encode_keys(struct encoder *e, struct samples *s)
{
	const uint32_t *slot = s->known;

	for (uint32_t i = 0; i < s->n; i++)
		s->wide[i] = s->owner[s->key[i]];
	encode_wide(e, SECTION_WHO, s);
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t w = s->owner[s->key[i]];

		s->wide[s->at[w]++] = slot[s->key[i]] - s->base[w];
	}
	encode_wide(e, SECTION_PLACE, s);
}

static void encode_bytes(struct encoder *e, struct samples *s)
{
	const uint32_t *slot = s->known;

	for (uint32_t i = 0; i < s->n; i++)
		s->wide[s->place[slot[s->key[i]]]++] = s->bytes[i];
	put_column(section_begin(e), s->wide, s->n);
	/* The planes of noisy sizes have nothing in common. */
	section_end_cut(e, SECTION_BYTES, s->n);
}

static void encode_rare(struct encoder *e, struct samples *s)
{
	if (s->many_calls) {
		for (uint32_t i = 0; i < s->n; i++)
			s->wide[i] = s->calls[i];
		encode_wide(e, SECTION_CALLS, s);
	}
	if (s->any_flags) {
		for (uint32_t i = 0; i < s->n; i++)
			s->wide[i] = s->flags[i];
		encode_wide(e, SECTION_FLAGS, s);
	}
}

void samples_encode(
	struct encoder *e, struct samples *s, const struct defs *defs, uint64_t first_us)
{
	if (!s->n)
		return;
	find_slots(s, defs);
	encode_keys(e, s);
	s->wide[0] = s->time_us[0] - first_us;
	for (uint32_t i = 1; i < s->n; i++)
		s->wide[i] = s->time_us[i] - s->time_us[i - 1];
	encode_wide(e, SECTION_TIME, s);
	encode_bytes(e, s);
	encode_rare(e, s);
}

/* Fills order with each sample's process and direction, at with where the samples of each begin. */
static int decode_who(struct decoder *d, struct samples *s, uint32_t *whos)
{
	struct cursor c;
	int status = section_content(d, SECTION_WHO, &c);
	uint32_t most = 0, at = 0;

	if (status)
		return status;
	if (!get_column32(&c, s->order, s->n))
		return FMT_EDAMAGED;
	for (uint32_t i = 0; i < s->n; i++)
		most = s->order[i] > most ? s->order[i] : most;
	if (most >= KEYS)
		return FMT_EDAMAGED;
	*whos = most + 1;
	memset(s->at, 0, *whos * sizeof(*s->at));
	for (uint32_t i = 0; i < s->n; i++)
		s->at[s->order[i]]++;
	for (uint32_t w = 0; w < *whos; w++) {
		uint32_t n = s->at[w];

		s->at[w] = at;
		at += n;
	}
	return FMT_OK;
}

/*
 * Fills spare with the slot of each sample, grouped by process and direction, base with the first
 * slot of each of these and place with where each slot's bytes begin.
 */
static int decode_slots(struct decoder *d, struct samples *s, uint32_t whos)
{
	struct cursor c;
	int status = section_content(d, SECTION_PLACE, &c);
	uint32_t slots = 0;

	if (status)
		return status;
	if (!get_column32(&c, s->spare, s->n))
		return FMT_EDAMAGED;
	for (uint32_t w = 0; w < whos; w++) {
		uint32_t from = s->at[w], to = w + 1 < whos ? s->at[w + 1] : s->n;
		uint32_t most = 0;

		for (uint32_t j = from; j < to; j++) {
			most = s->spare[j] > most ? s->spare[j] : most;
			s->spare[j] += slots;
		}
		s->base[w] = slots;
		if (most >= GROUP_SESSIONS)
			return FMT_EDAMAGED;
		slots += from < to ? most + 1 : 0;
		if (slots > KEYS)
			return FMT_EDAMAGED;
	}
	s->base[whos] = slots;
	memset(s->place, 0, slots * sizeof(*s->place));
	for (uint32_t j = 0; j < s->n; j++)
		s->place[s->spare[j]]++;
	find_places(s, slots);
	return FMT_OK;
}

/* Fills known with the key of each slot, as far as its session is defined. */
static int find_known(struct samples *s, const struct defs *defs, uint32_t whos)
{
	uint32_t slots = s->base[whos];

	memset(s->known, 0xff, slots * sizeof(*s->known));
	for (uint32_t id = 0; id < defs->count.sessions; id++) {
		uint32_t place = defs->session[id].place, w = 2 * defs->session[id].process;

		for (uint32_t dir = DIR_RX; dir <= DIR_TX && w < whos; dir++, w++) {
			uint32_t slot = s->base[w] + place;

			if (slot >= s->base[w + 1])
				continue;
			if (s->known[slot] != SAMPLES_UNKNOWN)
				return FMT_EDAMAGED;
			s->known[slot] = 2 * id + dir;
		}
	}
	return FMT_OK;
}

static int decode_keys(struct decoder *d, struct samples *s, const struct defs *defs)
{
	uint32_t whos = 0;
	int status = decode_who(d, s, &whos);

	if (!status)
		status = decode_slots(d, s, whos);
	if (!status)
		status = find_known(s, defs, whos);
	return status;
}

static int decode_time(struct decoder *d, struct samples *s, uint64_t first_us, uint64_t last_us)
{
	struct cursor c;
	int status = section_content(d, SECTION_TIME, &c);
	uint64_t now = first_us;
	bool wraps = false;

	if (status)
		return status;
	if (!get_column(&c, s->time_us, s->n))
		return FMT_EDAMAGED;
	for (uint32_t i = 0; i < s->n; i++) {
		uint64_t next = now + s->time_us[i];

		wraps |= next < now;
		now = s->time_us[i] = next;
	}
	return wraps || now > last_us ? FMT_EDAMAGED : FMT_OK;
}

/* The bytes of all samples, and with them their keys. */
static int decode_bytes(struct decoder *d, struct samples *s)
{
	struct cursor c;
	int status = section_content(d, SECTION_BYTES, &c);
	uint32_t all = 0;

	if (status)
		return status;
	if (!get_column(&c, s->wide, s->n))
		return FMT_EDAMAGED;
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t slot = s->spare[s->at[s->order[i]]++];

		s->key[i] = s->known[slot];
		s->bytes[i] = s->wide[s->place[slot]++];
		all |= s->key[i];
	}
	/* Keys are small numbers, but for this one. */
	s->orphans = all == SAMPLES_UNKNOWN;
	return FMT_OK;
}

static int decode_rare(struct decoder *d, struct samples *s)
{
	struct cursor c;
	int status;

	s->many_calls = section_present(d, SECTION_CALLS);
	s->any_flags = section_present(d, SECTION_FLAGS);
	status = section_content(d, SECTION_CALLS, &c);
	if (status)
		return status;
	if (s->many_calls && !get_column32(&c, s->calls, s->n))
		return FMT_EDAMAGED;
	status = section_content(d, SECTION_FLAGS, &c);
	if (status)
		return status;
	if (s->any_flags && !get_column8(&c, s->flags, s->n))
		return FMT_EDAMAGED;
	return FMT_OK;
}

int samples_decode(struct decoder *d, struct samples *s, const struct defs *defs, uint32_t n,
	uint64_t first_us, uint64_t last_us)
{
	int status;

	samples_clear(s);
	s->n = n;
	if (!n)
		return FMT_OK;
	status = decode_keys(d, s, defs);
	if (!status)
		status = decode_time(d, s, first_us, last_us);
	if (!status)
		status = decode_bytes(d, s);
	if (!status)
		status = decode_rare(d, s);
	return status;
}
