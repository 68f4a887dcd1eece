/* SPDX-License-Identifier: MIT */
#include "intern.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 64 };

struct intern_entry {
	struct intern_entry *next;
	uint64_t hash;
	uint32_t holders;
	struct intern_mark mark;
	size_t len;
	unsigned char key[];
};

/* FNV-1a; folded so that the low bits depend on all of it. */
static uint64_t hash_of(const unsigned char *key, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ key[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

void intern_release(struct intern *t)
{
	for (uint32_t i = 0; i < t->buckets; i++) {
		struct intern_entry *entry = t->bucket[i];

		while (entry) {
			struct intern_entry *next = entry->next;

			free(entry);
			entry = next;
		}
	}
	free(t->bucket);
	memset(t, 0, sizeof(*t));
}

static bool grow(struct intern *t)
{
	uint32_t buckets = t->buckets ? 2 * t->buckets : FIRST_BUCKETS;
	struct intern_entry **bucket = calloc(buckets, sizeof(struct intern_entry *));

	if (!bucket)
		return false;
	for (uint32_t i = 0; i < t->buckets; i++) {
		struct intern_entry *entry = t->bucket[i];

		while (entry) {
			struct intern_entry *next = entry->next;
			struct intern_entry **to = &bucket[entry->hash & (buckets - 1)];

			entry->next = *to;
			*to = entry;
			entry = next;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->buckets = buckets;
	return true;
}

struct intern_entry *intern_hold(struct intern *t, const void *key, size_t len)
{
	uint64_t hash = hash_of(key, len);
	struct intern_entry *entry, **to;

	if (t->entries == t->buckets && t->buckets < 1u << 30 && !grow(t) && !t->buckets)
		return NULL;
	to = &t->bucket[hash & (t->buckets - 1)];
	for (entry = *to; entry; entry = entry->next) {
		if (entry->hash == hash && entry->len == len && !memcmp(entry->key, key, len)) {
			entry->holders++;
			return entry;
		}
	}
	entry = malloc(sizeof(*entry) + len);
	if (!entry)
		return NULL;
	*entry = (struct intern_entry){.next = *to, .hash = hash, .holders = 1, .len = len};
	memcpy(entry->key, key, len);
	*to = entry;
	t->entries++;
	return entry;
}

void intern_drop(struct intern *t, struct intern_entry *entry)
{
	struct intern_entry **at;

	if (--entry->holders)
		return;
	at = &t->bucket[entry->hash & (t->buckets - 1)];
	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	t->entries--;
	free(entry);
}

bool intern_held_once(const struct intern_entry *entry)
{
	return entry->holders == 1;
}

const void *intern_key(const struct intern_entry *entry)
{
	return entry->key;
}

struct intern_mark *intern_mark(struct intern_entry *entry)
{
	return &entry->mark;
}
