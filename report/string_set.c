/* SPDX-License-Identifier: MIT */
#include "report/string_set.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct string_set {
	char **slot; /* open addressing; NULL is free */
	size_t slots, used, bytes;
};

int string_set_new(struct string_set **out)
{
	struct string_set *set = calloc(1, sizeof(*set));

	if (!set)
		return -ENOMEM;
	*out = set;
	return 0;
}

void string_set_clear(struct string_set *set)
{
	for (size_t i = 0; i < set->slots; i++)
		free(set->slot[i]);
	free(set->slot);
	memset(set, 0, sizeof(*set));
}

void string_set_free(struct string_set *set)
{
	if (!set)
		return;
	string_set_clear(set);
	free(set);
}

size_t string_set_bytes(const struct string_set *set)
{
	return set->bytes;
}

static size_t hash(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

static size_t find(char *const *slot, size_t slots, const char *s)
{
	size_t i = hash(s) & (slots - 1);

	while (slot[i] && strcmp(slot[i], s) != 0)
		i = (i + 1) & (slots - 1);
	return i;
}

static int grow(struct string_set *set)
{
	size_t slots = set->slots ? 2 * set->slots : 64;
	char **slot = calloc(slots, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	for (size_t i = 0; i < set->slots; i++) {
		if (set->slot[i])
			slot[find(slot, slots, set->slot[i])] = set->slot[i];
	}
	free(set->slot);
	set->slot = slot;
	set->slots = slots;
	return 0;
}

const char *string_set_keep(struct string_set *set, const char *s)
{
	size_t at, size = strlen(s) + 1;

	if (2 * set->used >= set->slots && grow(set))
		return NULL;
	at = find(set->slot, set->slots, s);
	if (set->slot[at])
		return set->slot[at];
	set->slot[at] = malloc(size);
	if (!set->slot[at])
		return NULL;
	memcpy(set->slot[at], s, size);
	set->used++;
	set->bytes += size;
	return set->slot[at];
}
