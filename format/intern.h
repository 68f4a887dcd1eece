/* SPDX-License-Identifier: MIT */
/*
 * intern.h: keeps each different string of bytes once and counts who holds it. For roster.h only.
 *
 * An entry carries a mark for its owner's use: the number it has in the group at hand.
 */
#ifndef FORMAT_INTERN_H
#define FORMAT_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct intern_mark {
	uint32_t group; /* 0 in a new entry */
	uint32_t id;
};

struct intern_entry;

struct intern {
	struct intern_entry **bucket;
	uint32_t buckets, entries; /* buckets: 0 or a power of two */
};

/* All zero is an empty table. Entries still held are freed too. */
void intern_release(struct intern *t);
/* The entry for these bytes, held once more; NULL: no memory. */
struct intern_entry *intern_hold(struct intern *t, const void *key, size_t len);
/* Holds it once less; the last one frees it. */
void intern_drop(struct intern *t, struct intern_entry *entry);
/* Whether the next intern_drop is the last one. */
bool intern_held_once(const struct intern_entry *entry);
const void *intern_key(const struct intern_entry *entry);
struct intern_mark *intern_mark(struct intern_entry *entry);

#endif
