/* SPDX-License-Identifier: MIT */
#include "report/timeline.h"

#include "report/clock.h"
#include "report/gather.h"
#include "report/wall.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a key moved in a step. */
struct cell {
	int64_t step;
	uint32_t row; /* of the table of all */
	uint64_t bytes[2];
};

struct mark {
	bool recorded, lost;
};

/*
 * Steps are numbered by their start divided by their width. The samples of the step at hand are
 * gathered in a table of their own, which becomes cells when another step begins.
 */
struct timeline {
	struct table *all, *now;
	struct gather *gather; /* into now */
	int64_t width_us;
	int64_t at;    /* the step that now belongs to */
	int64_t first; /* step that mark[0] belongs to */
	size_t steps;
	struct mark mark[TIMELINE_STEPS];
	uint64_t recording;     /* of the block before */
	bool follows;           /* there is one or a start, and nothing is missing behind it */
	bool hole;              /* something is missing since the block before */
	uint64_t last_us;       /* where that ends, boot clock, */
	int64_t wall_offset_us; /* whose wall time it is with this */
	struct cell *cell;
	size_t cells, space;
};

enum {
	FIRST_WIDTH_US = 10000,
};

int timeline_new(struct timeline **out, struct filter *filter, enum key_by by)
{
	struct timeline *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->width_us = FIRST_WIDTH_US;
	if (table_new(&t->all) || table_new(&t->now) ||
		gather_new(&t->gather, filter, by, t->now)) {
		timeline_free(t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}

void timeline_free(struct timeline *t)
{
	if (!t)
		return;
	gather_free(t->gather);
	table_free(t->now);
	table_free(t->all);
	free(t->cell);
	free(t);
}

void timeline_group(
	struct timeline *t, const struct feed *feed, const struct header *header, int64_t since_us)
{
	gather_group(t->gather, feed);
	if (t->follows && header->recording == t->recording)
		return;
	t->follows = !t->hole && header->recording != t->recording;
	t->recording = header->recording;
	t->last_us = header->start_us;
	t->wall_offset_us = clock_between((int64_t)header->start_us, header->start_wall_us);
	if (since_us > header->start_wall_us)
		t->last_us += (uint64_t)clock_between(header->start_wall_us, since_us);
}

void timeline_hole(struct timeline *t)
{
	t->follows = false;
	t->hole = true;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* How many of the steps become one; each width is one that a person would have chosen. */
static int64_t next_factor(int64_t width_us)
{
	static const struct {
		int64_t width_us, factor;
	} widths[] = {
		{FIRST_WIDTH_US, 2},
		{20000, 5},
		{100000, 2},
		{200000, 5},
		{SECOND_US, 2},
		{2 * (int64_t)SECOND_US, 5},
		{10 * (int64_t)SECOND_US, 3},
		{30 * (int64_t)SECOND_US, 2},
		{60 * (int64_t)SECOND_US, 5},
		{300 * (int64_t)SECOND_US, 2},
		{600 * (int64_t)SECOND_US, 3},
		{1800 * (int64_t)SECOND_US, 2},
		{3600 * (int64_t)SECOND_US, 3},
		{10800 * (int64_t)SECOND_US, 2},
		{21600 * (int64_t)SECOND_US, 4},
	};

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		if (widths[i].width_us == width_us)
			return widths[i].factor;
	}
	return 2; /* days */
}

static int compare_cells(const void *pa, const void *pb)
{
	const struct cell *a = pa, *b = pb;

	if (a->step != b->step)
		return a->step < b->step ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

/* Makes one of all cells of a step and key. */
static void merge_cells(struct timeline *t)
{
	size_t kept = 0;

	if (t->cells)
		qsort(t->cell, t->cells, sizeof(*t->cell), compare_cells);
	for (size_t i = 0; i < t->cells; i++) {
		const struct cell *c = &t->cell[i];
		struct cell *last = &t->cell[kept ? kept - 1 : 0];

		if (!kept || compare_cells(last, c)) {
			t->cell[kept++] = *c;
			continue;
		}
		last->bytes[DIR_RX] += c->bytes[DIR_RX];
		last->bytes[DIR_TX] += c->bytes[DIR_TX];
	}
	t->cells = kept;
}

/* Where clocks are set steps come again: their cells are made one before there are more. */
static int make_room(struct timeline *t, size_t more)
{
	size_t space = t->space ? t->space : 1024;
	struct cell *cell;

	if (t->space - t->cells >= more)
		return 0;
	merge_cells(t);
	if (t->space / 2 >= t->cells + more)
		return 0;
	while (space - t->cells < more)
		space *= 2;
	cell = realloc(t->cell, space * sizeof(*cell));
	if (!cell)
		return -ENOMEM;
	t->cell = cell;
	t->space = space;
	return 0;
}

/* The step at hand becomes cells. */
static int close_step(struct timeline *t)
{
	size_t rows = table_rows(t->now);
	const struct row *row = table_sorted(t->now, SORT_TOTAL);

	if (!row || make_room(t, rows))
		return -ENOMEM;
	for (size_t i = 0; i < rows; i++) {
		const struct sums *s = row[i].sums;
		uint32_t n = table_row(t->all, row[i].key, key_hash(row[i].key));
		struct sums *sum = table_sums(t->all) + n;

		if (!n)
			return -ENOMEM;
		for (int d = 0; d < 2; d++) {
			sum->calls[d] += s->calls[d];
			sum->bytes[d] += s->bytes[d];
		}
		t->cell[t->cells++] = (struct cell){t->at, n, {s->bytes[DIR_RX], s->bytes[DIR_TX]}};
	}
	gather_clear(t->gather);
	return 0;
}

static int widen(struct timeline *t)
{
	int64_t factor = next_factor(t->width_us), first = floor_divide(t->first, factor);
	struct mark wide[TIMELINE_STEPS] = {{false, false}};
	int err = close_step(t);

	if (err)
		return err;
	for (size_t i = 0; i < t->steps; i++) {
		struct mark *m = &wide[floor_divide(t->first + (int64_t)i, factor) - first];

		m->recorded |= t->mark[i].recorded;
		m->lost |= t->mark[i].lost;
	}
	for (size_t i = 0; i < t->cells; i++)
		t->cell[i].step = floor_divide(t->cell[i].step, factor);
	merge_cells(t);
	if (t->steps)
		t->steps =
			(size_t)(floor_divide(t->first + (int64_t)t->steps - 1, factor) - first) +
			1;
	t->first = first;
	memcpy(t->mark, wide, sizeof(wide));
	t->width_us *= factor;
	t->at = floor_divide(t->at, factor);
	return 0;
}

static int64_t step_of(const struct timeline *t, int64_t wall_us)
{
	return floor_divide(wall_us, t->width_us);
}

/* Makes the steps reach from one time to the other. */
static int cover(struct timeline *t, int64_t from_us, int64_t to_us)
{
	int64_t from = step_of(t, from_us), to = step_of(t, to_us);
	int err = 0;

	for (;;) {
		if (t->steps && t->first < from)
			from = t->first;
		if (t->steps && t->first + (int64_t)t->steps - 1 > to)
			to = t->first + (int64_t)t->steps - 1;
		/* Both are far from the ends of their type, for no width is below 10 ms. */
		if (to - from < TIMELINE_STEPS)
			break;
		err = widen(t);
		if (err)
			return err;
		from = step_of(t, from_us);
		to = step_of(t, to_us);
	}
	if (t->steps && from < t->first) {
		size_t before = (size_t)(t->first - from);

		memmove(t->mark + before, t->mark, t->steps * sizeof(*t->mark));
		memset(t->mark, 0, before * sizeof(*t->mark));
	}
	t->first = from;
	t->steps = (size_t)(to - from) + 1;
	return 0;
}

/* The steps that the times lie in, as far as there are such. */
static struct mark *find_marks(struct timeline *t, int64_t from_us, int64_t to_us, size_t *count)
{
	int64_t from = step_of(t, from_us) - t->first, to = step_of(t, to_us) - t->first;

	if (from < 0)
		from = 0;
	if (to >= (int64_t)t->steps)
		to = (int64_t)t->steps - 1;
	*count = to < from ? 0 : (size_t)(to - from) + 1;
	return t->mark + (*count ? from : 0);
}

static void mark_recorded(struct timeline *t, int64_t from_us, int64_t to_us)
{
	size_t count;
	struct mark *mark = find_marks(t, from_us, to_us, &count);

	for (size_t i = 0; i < count; i++)
		mark[i].recorded = true;
}

static void mark_block(struct timeline *t, const struct block *b, int64_t first, int64_t last)
{
	struct mark *mark;
	size_t count;

	mark_recorded(t, first, last);
	for (uint32_t n = 0; n < b->losses; n++) {
		mark = find_marks(t, clock_wall(b->loss[n].from_us, b->wall_offset_us),
			clock_wall(b->loss[n].to_us, b->wall_offset_us), &count);
		for (size_t i = 0; i < count; i++)
			mark[i].lost = true;
	}
}

/* The first sample behind from that lies behind the step at hand. */
static uint32_t step_end(const struct timeline *t, const struct block *b, uint32_t from)
{
	int64_t end = t->at < INT64_MAX / t->width_us - 1 ? (t->at + 1) * t->width_us : INT64_MAX;

	return wall_first(b, from + 1, b->samples, end);
}

int timeline_add(struct timeline *t, const struct feed *feed, const struct block *b)
{
	/* A recorder that sees nothing writes nothing: it was at work since the block before. */
	uint64_t since_us = t->follows && t->last_us < b->first_us ? t->last_us : b->first_us;
	int64_t first = clock_wall(since_us, b->wall_offset_us);
	int64_t last = clock_wall(b->last_us, b->wall_offset_us);
	int err = cover(t, first < last ? first : last, first < last ? last : first);

	if (err)
		return err;
	t->follows = true;
	t->hole = false;
	t->last_us = b->last_us;
	t->wall_offset_us = b->wall_offset_us;
	mark_block(t, b, first, last);
	for (uint32_t from = 0, to; from < b->samples; from = to) {
		int64_t at = step_of(t, wall_at(b, from));

		if (at != t->at)
			err = close_step(t);
		t->at = at;
		to = step_end(t, b, from);
		if (!err)
			err = gather_add(t->gather, feed, b, from, to);
		if (err)
			return err;
	}
	return 0;
}

int timeline_end(struct timeline *t, int64_t until_us)
{
	int64_t last = clock_wall(t->last_us, t->wall_offset_us);
	int err = 0;

	if (t->follows && last < until_us) {
		err = cover(t, last, until_us - 1);
		mark_recorded(t, last, until_us - 1);
	}
	t->follows = false;
	return err;
}

/* Which series each row of the table of all belongs to. */
static uint8_t *choose_series(struct timeline *t, enum sort sort, struct picture *p)
{
	const struct row *row = table_sorted(t->all, sort);
	size_t rows = table_rows(t->all);
	uint8_t *series = malloc(rows + 1);

	if (!row || !series) {
		free(series);
		return NULL;
	}
	p->series = rows < TIMELINE_SERIES ? rows : TIMELINE_SERIES;
	p->others = rows > p->series;
	memset(series, TIMELINE_SERIES, rows + 1);
	for (size_t i = 0; i < p->series; i++) {
		p->key[i] = row[i].key;
		series[table_row(t->all, row[i].key, key_hash(row[i].key))] = (uint8_t)i;
	}
	return series;
}

int timeline_picture(struct timeline *t, enum sort sort, struct picture *p)
{
	uint8_t *series;

	memset(p, 0, sizeof(*p));
	if (close_step(t))
		return -ENOMEM;
	series = choose_series(t, sort, p);
	if (!series)
		return -ENOMEM;
	p->width_us = t->width_us;
	p->start_us = (int64_t)((uint64_t)t->first * (uint64_t)t->width_us); /* may wrap */
	p->steps = t->steps;
	for (size_t i = 0; i < t->steps; i++) {
		p->step[i].recorded = t->mark[i].recorded;
		p->step[i].lost = t->mark[i].lost;
	}
	for (size_t i = 0; i < t->cells; i++) {
		const struct cell *c = &t->cell[i];
		int64_t step = c->step - t->first;

		if (step < 0 || step >= (int64_t)t->steps)
			continue; /* a sample outside its block, which the reader does not let pass
				   */
		p->step[step].bytes[series[c->row]][DIR_RX] += c->bytes[DIR_RX];
		p->step[step].bytes[series[c->row]][DIR_TX] += c->bytes[DIR_TX];
	}
	free(series);
	return 0;
}
