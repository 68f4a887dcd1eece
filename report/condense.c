/* SPDX-License-Identifier: MIT */
#include "report/condense.h"

#include "report/wall.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this times are those of a damaged file, and each sample is left as it is. */
static const int64_t LIMIT_US = INT64_MAX / 2;

/* The sample that a key's calls are added to, while its stamp is the present one. */
struct slot {
	uint32_t stamp, at;
};

struct condense {
	struct condense_cuts cuts;
	struct slot *slot; /* by key */
	size_t slots;
	uint32_t stamp;
	/* What comes out, before it is copied. */
	uint32_t n;
	uint64_t *time_us, *bytes;
	uint32_t *key, *calls;
};

int condense_new(struct condense **out, const struct condense_cuts *cuts)
{
	struct condense *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->cuts = *cuts;
	c->time_us = malloc(BLOCK_SAMPLES * sizeof(*c->time_us));
	c->bytes = malloc(BLOCK_SAMPLES * sizeof(*c->bytes));
	c->key = malloc(BLOCK_SAMPLES * sizeof(*c->key));
	c->calls = malloc(BLOCK_SAMPLES * sizeof(*c->calls));
	if (!c->time_us || !c->bytes || !c->key || !c->calls) {
		condense_free(c);
		return -ENOMEM;
	}
	*out = c;
	return 0;
}

void condense_free(struct condense *c)
{
	if (!c)
		return;
	free(c->slot);
	free(c->time_us);
	free(c->bytes);
	free(c->key);
	free(c->calls);
	free(c);
}

static int make_room(struct condense *c, size_t keys)
{
	size_t slots = c->slots ? c->slots : 512;
	struct slot *more;

	if (keys <= c->slots)
		return 0;
	while (slots < keys)
		slots *= 2;
	more = realloc(c->slot, slots * sizeof(*more));
	if (!more)
		return -ENOMEM;
	memset(more + c->slots, 0, (slots - c->slots) * sizeof(*more));
	c->slot = more;
	c->slots = slots;
	return 0;
}

/* Where the wall clock is cut next after a time. */
static int64_t next_cut(const struct condense *c, int64_t wall_us)
{
	int64_t length = c->cuts.length_us, rest = wall_us % length, cut;

	rest = rest < 0 ? rest + length : rest;
	cut = length - rest > INT64_MAX - LIMIT_US ? INT64_MAX : wall_us + (length - rest);
	for (int i = 0; i < 2; i++) {
		if (c->cuts.edge_us[i] > wall_us && c->cuts.edge_us[i] < cut)
			cut = c->cuts.edge_us[i];
	}
	return cut;
}

/* The end of the samples that may become one with the one at from. */
static uint32_t slice(const struct condense *c, const struct block *b, uint32_t from)
{
	return wall_first(b, from + 1, b->samples, next_cut(c, wall_at(b, from)));
}

static void next_stamp(struct condense *c)
{
	if (++c->stamp)
		return;
	memset(c->slot, 0, c->slots * sizeof(*c->slot));
	c->stamp = 1;
}

static void add_slice(struct condense *c, const struct block *b, uint32_t from, uint32_t to)
{
	next_stamp(c);
	for (uint32_t i = from; i < to; i++) {
		struct slot *slot = &c->slot[b->key[i]];
		uint32_t calls = b->calls ? b->calls[i] : 1;

		if (slot->stamp == c->stamp && c->calls[slot->at] <= UINT32_MAX - calls) {
			c->bytes[slot->at] += b->bytes[i];
			c->calls[slot->at] += calls;
			continue;
		}
		*slot = (struct slot){c->stamp, c->n};
		c->time_us[c->n] = b->time_us[i];
		c->key[c->n] = b->key[i];
		c->bytes[c->n] = b->bytes[i];
		c->calls[c->n++] = calls;
	}
}

/* Whether the times of the block make sense on the wall clock. */
static bool is_sane(const struct block *b)
{
	int64_t first, last;

	if (!b->samples)
		return true;
	first = wall_at(b, 0);
	last = wall_at(b, b->samples - 1);
	return first > -LIMIT_US && first <= last && last < LIMIT_US;
}

/* Appends to the piece; where it lies now. */
static void *put(char **at, const void *data, size_t bytes)
{
	char *to = *at;

	if (bytes)
		memcpy(to, data, bytes);
	*at += bytes;
	return to;
}

static int copy(const struct condense *c, const struct block *from, struct block *to, void **piece,
	size_t *bytes)
{
	size_t n = c->n;
	char *at;

	*bytes = n * (sizeof(*to->time_us) + sizeof(*to->bytes) + sizeof(*to->key) +
			     sizeof(*to->calls)) +
		 from->losses * sizeof(*to->loss) + from->loads * sizeof(*to->load);
	*piece = at = malloc(*bytes + 1);
	if (!at)
		return -ENOMEM;
	*to = *from;
	to->samples = c->n;
	to->flags = NULL;
	to->time_us = put(&at, c->time_us, n * sizeof(*to->time_us));
	to->bytes = put(&at, c->bytes, n * sizeof(*to->bytes));
	to->loss = put(&at, from->loss, from->losses * sizeof(*to->loss));
	to->load = put(&at, from->load, from->loads * sizeof(*to->load));
	to->key = put(&at, c->key, n * sizeof(*to->key));
	to->calls = put(&at, c->calls, n * sizeof(*to->calls));
	return 0;
}

int condense_block(struct condense *c, uint32_t sessions, const struct block *from,
	struct block *to, void **piece, size_t *bytes)
{
	bool sane = is_sane(from);

	if (make_room(c, 2 * (size_t)sessions))
		return -ENOMEM;
	c->n = 0;
	for (uint32_t at = 0; at < from->samples;) {
		uint32_t end = sane ? slice(c, from, at) : at + 1;

		add_slice(c, from, at, end);
		at = end;
	}
	return copy(c, from, to, piece, bytes);
}
