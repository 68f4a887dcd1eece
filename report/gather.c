/* SPDX-License-Identifier: MIT */
#include "report/gather.h"

#include "report/clock.h"
#include "report/wall.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Sessions that the table is told of before their rows are asked for; see table_expect. */
enum { EXPECTED = 16, EXPECTED_SOON = 6 };

/* A session's row; in the table, while its stamp is the present one. */
struct slot {
	uint32_t stamp;
	uint32_t row : 31; /* 0: not in view */
	uint32_t udp : 1;  /* that is summed apart */
};

/* What is known of a feed's sessions. */
struct cache {
	struct slot *slot;
	uint64_t *hash; /* of the session's key; 0: not known yet */
	size_t space;   /* sessions that fit */
};

struct gather {
	struct filter *filter;
	enum key_by by;
	struct table *table;
	uint32_t stamp;
	struct cache *cache; /* by the feed's number */
	size_t caches;
};

int gather_new(struct gather **out, struct filter *filter, enum key_by by, struct table *table)
{
	struct gather *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	g->filter = filter;
	g->by = by;
	g->table = table;
	g->stamp = 1;
	*out = g;
	return 0;
}

void gather_free(struct gather *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->caches; i++) {
		free(g->cache[i].slot);
		free(g->cache[i].hash);
	}
	free(g->cache);
	free(g);
}

void gather_group(struct gather *g, const struct feed *feed)
{
	struct cache *c;

	if (feed->number >= g->caches)
		return;
	c = &g->cache[feed->number];
	if (!c->space)
		return;
	memset(c->slot, 0, c->space * sizeof(*c->slot));
	memset(c->hash, 0, c->space * sizeof(*c->hash));
}

void gather_clear(struct gather *g)
{
	bool kept = table_renew(g->table) && g->stamp < UINT32_MAX;

	g->stamp = kept ? g->stamp + 1 : 1;
	if (kept)
		return;
	table_clear(g->table);
	for (size_t i = 0; i < g->caches; i++) {
		if (g->cache[i].space)
			memset(g->cache[i].slot, 0, g->cache[i].space * sizeof(struct slot));
	}
}

static int make_cache(struct gather *g, uint32_t number)
{
	struct cache *more;

	if (number < g->caches)
		return 0;
	more = realloc(g->cache, (number + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	memset(more + g->caches, 0, (number + 1 - g->caches) * sizeof(*more));
	g->cache = more;
	g->caches = number + 1;
	return 0;
}

static int make_room(struct cache *c, size_t count)
{
	size_t space = c->space ? c->space : 256;
	struct slot *slot;
	uint64_t *hash;

	if (count <= c->space)
		return 0;
	while (space < count)
		space *= 2;
	slot = realloc(c->slot, space * sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	c->slot = slot;
	hash = realloc(c->hash, space * sizeof(*hash));
	if (!hash)
		return -ENOMEM;
	c->hash = hash;
	memset(slot + c->space, 0, (space - c->space) * sizeof(*slot));
	memset(hash + c->space, 0, (space - c->space) * sizeof(*hash));
	c->space = space;
	return 0;
}

static int add_udp(struct gather *g, uint32_t row, uint32_t dir, uint64_t calls, uint64_t bytes)
{
	struct volume *udp = table_udp(g->table);

	if (!udp)
		return -ENOMEM;
	udp[row].calls[dir] += calls;
	udp[row].bytes[dir] += bytes;
	return 0;
}

static int find_row(struct gather *g, struct cache *c, const struct feed *feed, uint32_t i)
{
	const struct session *session = &feed->sessions[i];
	struct slot *slot = &c->slot[i];
	struct key key;
	uint32_t row = 0;

	if (slot->row) {
		table_use(g->table, slot->row);
		slot->stamp = g->stamp;
		return 0;
	}
	if (filter_session(g->filter, session)) {
		key_make(&key, g->by, &feed->origin, session);
		if (!c->hash[i])
			c->hash[i] = key_hash(&key);
		row = table_row(g->table, &key, c->hash[i]);
		if (!row)
			return -ENOMEM;
	}
	*slot = (struct slot){
		g->stamp, row & INT32_MAX, g->by == BY_PROCESS && session->conn.proto == PROTO_UDP};
	return 0;
}

/* Finds out the hash of a session's key, where it is not known. */
static void find_hash(struct gather *g, struct cache *c, const struct feed *feed, uint32_t i)
{
	struct key key;

	if (c->hash[i])
		return;
	key_make(&key, g->by, &feed->origin, &feed->sessions[i]);
	c->hash[i] = key_hash(&key);
}

/* What is known of the feed's sessions; NULL when there is no memory. */
static struct cache *cache_of(struct gather *g, const struct feed *feed)
{
	if (make_cache(g, feed->number) || make_room(&g->cache[feed->number], feed->session_count))
		return NULL;
	return &g->cache[feed->number];
}

static int add_sum(
	struct gather *g, struct slot slot, const struct session_sum *from, int64_t wall_offset_us)
{
	struct sums *s = &table_sums(g->table)[slot.row];
	int64_t first = clock_wall(from->first_us, wall_offset_us);
	int64_t last = clock_wall(from->last_us, wall_offset_us);

	for (uint32_t dir = 0; dir < 2; dir++) {
		s->calls[dir] += from->volume.calls[dir];
		s->bytes[dir] += from->volume.bytes[dir];
		if (slot.udp &&
			add_udp(g, slot.row, dir, from->volume.calls[dir], from->volume.bytes[dir]))
			return -ENOMEM;
	}
	s->first_us = first < s->first_us ? first : s->first_us;
	s->last_us = last > s->last_us ? last : s->last_us;
	return 0;
}

int gather_sums(struct gather *g, const struct feed *feed, const struct summary *summary)
{
	uint32_t n =
		summary->sessions < feed->session_count ? summary->sessions : feed->session_count;
	struct cache *c = cache_of(g, feed);

	if (!c)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		find_hash(g, c, feed, i);
	for (uint32_t i = 0; i < n; i++) {
		if (i + EXPECTED < n)
			table_expect(g->table, c->hash[i + EXPECTED]);
		if (i + EXPECTED_SOON < n)
			table_expect_soon(g->table, c->hash[i + EXPECTED_SOON]);
		if (!summary->sum[i].samples)
			continue;
		if (c->slot[i].stamp != g->stamp && find_row(g, c, feed, i))
			return -ENOMEM;
		if (add_sum(g, c->slot[i], &summary->sum[i], summary->wall_offset_us))
			return -ENOMEM;
	}
	return 0;
}

int gather_add(struct gather *g, const struct feed *feed, const struct block *b, uint32_t from,
	uint32_t to)
{
	struct sums *sums = table_sums(g->table);
	struct cache *c = cache_of(g, feed);

	if (!c)
		return -ENOMEM;
	for (uint32_t i = from; i < to; i++) {
		uint32_t session = b->key[i] >> 1, dir = b->key[i] & 1;
		uint32_t calls = b->calls ? b->calls[i] : 1;
		int64_t wall = wall_at(b, i);
		struct sums *s;

		if (session >= feed->session_count)
			continue;
		if (c->slot[session].stamp != g->stamp) {
			if (find_row(g, c, feed, session))
				return -ENOMEM;
			sums = table_sums(g->table);
		}
		s = &sums[c->slot[session].row];
		s->calls[dir] += calls;
		s->bytes[dir] += b->bytes[i];
		if (c->slot[session].udp &&
			add_udp(g, c->slot[session].row, dir, calls, b->bytes[i]))
			return -ENOMEM;
		s->first_us = wall < s->first_us ? wall : s->first_us;
		s->last_us = wall > s->last_us ? wall : s->last_us;
	}
	return 0;
}
