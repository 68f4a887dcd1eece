/* SPDX-License-Identifier: MIT */
#include "report/table.h"

#include "report/string_set.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_ROWS = 64,
	KEPT_TEXT = 1 << 20, /* bytes of names that outlive their rows, as rows mostly come back */
	KEPT_ROWS = 4,       /* that are remembered for each one in the table, at the most */
};

/* Half of the hash beside the row, so that other rows are seldom looked at, and none to move it. */
struct slot {
	uint32_t tag;
	uint32_t row; /* 0 is free */
};

/*
 * Sums lie apart from keys: they are all that a sample touches. A row that was remembered is in the
 * table while its age is the present one.
 */
struct table {
	struct string_set *strings;
	struct key *key;
	struct sums *sums;
	struct volume *udp; /* NULL: nobody asked for it */
	uint32_t *row_age;
	uint32_t *used; /* the rows in the table */
	size_t uses;
	uint32_t age;
	struct slot *slot; /* open addressing, twice as many as rows at least */
	size_t slots;      /* a power of two */
	size_t rows;       /* with row 0, and those that are only remembered */
	size_t space;      /* rows that fit */
	struct row *sorted;
};

static const struct sums no_sums = {.first_us = INT64_MAX, .last_us = INT64_MIN};
static const struct volume no_volume;

double sums_bytes(const struct sums *s)
{
	return (double)s->bytes[DIR_RX] + (double)s->bytes[DIR_TX];
}

static int resize(void *array, size_t count, size_t size)
{
	void **p = array;
	void *larger = count > SIZE_MAX / size ? NULL : realloc(*p, count * size);

	if (!larger)
		return -ENOMEM;
	*p = larger;
	return 0;
}

static int grow_rows(struct table *t, size_t space)
{
	if (space > UINT32_MAX / 2 || resize(&t->key, space, sizeof(*t->key)) ||
		resize(&t->sums, space, sizeof(*t->sums)) ||
		(t->udp && resize(&t->udp, space, sizeof(*t->udp))) ||
		resize(&t->row_age, space, sizeof(*t->row_age)) ||
		resize(&t->used, space, sizeof(*t->used)))
		return -ENOMEM;
	t->space = space;
	return 0;
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

static void place(struct slot *slot, size_t slots, struct slot taken)
{
	size_t i = taken.tag & (slots - 1);

	while (slot[i].row)
		i = (i + 1) & (slots - 1);
	slot[i] = taken;
}

static int grow_slots(struct table *t, size_t slots)
{
	struct slot *slot = calloc(slots, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	for (size_t i = 0; i < t->slots; i++) {
		if (t->slot[i].row)
			place(slot, slots, t->slot[i]);
	}
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
	return 0;
}

int table_new(struct table **out)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t || string_set_new(&t->strings) || grow_rows(t, FIRST_ROWS) ||
		grow_slots(t, (size_t)2 * FIRST_ROWS)) {
		table_free(t);
		return -ENOMEM;
	}
	table_clear(t);
	*out = t;
	return 0;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	string_set_free(t->strings);
	free(t->key);
	free(t->sums);
	free(t->udp);
	free(t->row_age);
	free(t->used);
	free(t->slot);
	free(t->sorted);
	free(t);
}

static void begin_sums(struct table *t, size_t row)
{
	t->sums[row] = no_sums;
	if (t->udp)
		t->udp[row] = no_volume;
}

void table_clear(struct table *t)
{
	memset(t->slot, 0, t->slots * sizeof(*t->slot));
	t->rows = 1;
	t->uses = 0;
	t->age = 1;
	begin_sums(t, 0);
	if (string_set_bytes(t->strings) > KEPT_TEXT)
		string_set_clear(t->strings);
}

bool table_renew(struct table *t)
{
	if (t->rows > KEPT_ROWS * t->uses + FIRST_ROWS || ++t->age == 0 ||
		string_set_bytes(t->strings) > KEPT_TEXT) {
		table_clear(t);
		return false;
	}
	t->uses = 0;
	begin_sums(t, 0);
	return true;
}

void table_use(struct table *t, uint32_t row)
{
	if (t->row_age[row] == t->age)
		return;
	t->row_age[row] = t->age;
	t->used[t->uses++] = row;
	begin_sums(t, row);
}

static int keep_strings(struct table *t, struct key *key)
{
	key->host = string_set_keep(t->strings, key->host);
	key->boot_id = string_set_keep(t->strings, key->boot_id);
	key->comm = string_set_keep(t->strings, key->comm);
	key->cgroup = string_set_keep(t->strings, key->cgroup);
	return key->host && key->boot_id && key->comm && key->cgroup ? 0 : -ENOMEM;
}

static uint32_t add_row(struct table *t, const struct key *key, uint64_t hash)
{
	size_t row = t->rows;

	if (row == t->space && (grow_rows(t, 2 * t->space) || grow_slots(t, 2 * t->space)))
		return 0;
	t->key[row] = *key;
	if (keep_strings(t, &t->key[row]))
		return 0;
	t->row_age[row] = 0;
	t->rows++;
	place(t->slot, t->slots, (struct slot){tag_of(hash), (uint32_t)row});
	table_use(t, (uint32_t)row);
	return (uint32_t)row;
}

/* A cgroup's path may come to be known only after its id. */
static int learn_path(struct table *t, struct key *have, const struct key *seen)
{
	const char *path;

	if (have->cgroup[0] || !seen->cgroup[0])
		return 0;
	path = string_set_keep(t->strings, seen->cgroup);
	if (!path)
		return -ENOMEM;
	have->cgroup = path;
	return 0;
}

uint32_t table_row(struct table *t, const struct key *key, uint64_t hash)
{
	uint32_t tag = tag_of(hash);

	for (size_t i = tag & (t->slots - 1); t->slot[i].row; i = (i + 1) & (t->slots - 1)) {
		uint32_t row = t->slot[i].row;

		if (t->slot[i].tag != tag || !key_equal(&t->key[row], key))
			continue;
		table_use(t, row);
		return learn_path(t, &t->key[row], key) ? 0 : row;
	}
	return add_row(t, key, hash);
}

void table_expect(const struct table *t, uint64_t hash)
{
	__builtin_prefetch(&t->slot[tag_of(hash) & (t->slots - 1)]);
}

void table_expect_soon(const struct table *t, uint64_t hash)
{
	const struct slot *slot = &t->slot[tag_of(hash) & (t->slots - 1)];

	__builtin_prefetch(&t->key[slot->row]);
	__builtin_prefetch((const char *)&t->key[slot->row] + 64);
	__builtin_prefetch(&t->sums[slot->row], 1);
}

struct sums *table_sums(struct table *t)
{
	return t->sums;
}

struct volume *table_udp(struct table *t)
{
	if (!t->udp)
		t->udp = calloc(t->space, sizeof(*t->udp));
	return t->udp;
}

size_t table_rows(const struct table *t)
{
	return t->uses;
}

struct sums table_total(const struct table *t)
{
	struct sums total = no_sums;

	for (size_t i = 0; i < t->uses; i++) {
		const struct sums *s = &t->sums[t->used[i]];

		for (int d = 0; d < 2; d++) {
			total.calls[d] += s->calls[d];
			total.bytes[d] += s->bytes[d];
		}
		if (s->first_us < total.first_us)
			total.first_us = s->first_us;
		if (s->last_us > total.last_us)
			total.last_us = s->last_us;
	}
	return total;
}

struct volume table_total_udp(const struct table *t)
{
	struct volume total = no_volume;

	for (size_t i = 0; t->udp && i < t->uses; i++) {
		const struct volume *v = &t->udp[t->used[i]];

		for (int d = 0; d < 2; d++) {
			total.calls[d] += v->calls[d];
			total.bytes[d] += v->bytes[d];
		}
	}
	return total;
}

static int larger_first(uint64_t a, uint64_t b, const struct row *ra, const struct row *rb)
{
	if (a != b)
		return a > b ? -1 : 1;
	return key_compare(ra->key, rb->key);
}

/* By both figures together, which may need a bit more than 64. */
static int larger_pair_first(
	const uint64_t a[2], const uint64_t b[2], const struct row *ra, const struct row *rb)
{
	uint64_t suma = a[0] + a[1], sumb = b[0] + b[1];
	bool carrya = suma < a[0], carryb = sumb < b[0];

	if (carrya != carryb)
		return carrya ? -1 : 1;
	return larger_first(suma, sumb, ra, rb);
}

static int by_total(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	return larger_pair_first(a->sums->bytes, b->sums->bytes, a, b);
}

static int by_rx(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	return larger_first(a->sums->bytes[DIR_RX], b->sums->bytes[DIR_RX], a, b);
}

static int by_tx(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	return larger_first(a->sums->bytes[DIR_TX], b->sums->bytes[DIR_TX], a, b);
}

static int by_calls(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	return larger_pair_first(a->sums->calls, b->sums->calls, a, b);
}

typedef int compare_rows(const void *a, const void *b);

/* Moves the row at i of a heap, whose root comes last in order, down to its place. */
static void sift(struct row *heap, size_t n, size_t i, compare_rows *compare)
{
	struct row row = heap[i];

	for (size_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
		if (child + 1 < n && compare(&heap[child], &heap[child + 1]) < 0)
			child++;
		if (compare(&row, &heap[child]) >= 0)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = row;
}

static struct row row_at(const struct table *t, uint32_t i)
{
	return (struct row){&t->key[i], &t->sums[i], t->udp ? &t->udp[i] : &no_volume};
}

const struct row *table_largest(struct table *t, enum sort sort, size_t most)
{
	static compare_rows *const compare[SORT_COUNT] = {
		[SORT_TOTAL] = by_total,
		[SORT_RX] = by_rx,
		[SORT_TX] = by_tx,
		[SORT_CALLS] = by_calls,
	};
	size_t n = most < t->uses ? most : t->uses;
	struct row *rows;

	if (resize(&t->sorted, n + 1, sizeof(*t->sorted)))
		return NULL;
	rows = t->sorted;
	for (size_t i = 0; i < n; i++)
		rows[i] = row_at(t, t->used[i]);
	for (size_t i = n < t->uses ? n / 2 : 0; i > 0; i--)
		sift(rows, n, i - 1, compare[sort]);
	for (size_t i = n; n && i < t->uses; i++) {
		struct row row = row_at(t, t->used[i]);

		if (compare[sort](&row, &rows[0]) >= 0)
			continue;
		rows[0] = row;
		sift(rows, n, 0, compare[sort]);
	}
	qsort(rows, n, sizeof(*rows), compare[sort]);
	return rows;
}

const struct row *table_sorted(struct table *t, enum sort sort)
{
	return table_largest(t, sort, SIZE_MAX);
}
