/* SPDX-License-Identifier: MIT */
#include "report/ahead.h"

#include "report/clock.h"
#include "report/parcel.h"
#include "report/wall.h"
#include "report/workers.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Each thread has a parcel, and one is being looked at: that is what memory allows. */
enum {
	THREADS_MOST = 4,
	PARCELS = THREADS_MOST + 1,
};

struct lane {
	struct job job; /* first: see read_lane */
	struct parcel *parcel;
};

/* What the input gave; its turn comes once the parcels before it are done with. */
struct held {
	bool any;
	int status;
	struct item item;
	char why[INPUT_WHY];
};

struct ahead {
	struct input *in;
	struct ahead_options options;
	bool is_file;
	struct workers *workers;
	struct lane lane[PARCELS];
	unsigned int lanes, first, count; /* count of them from first on are being read */
	struct held held;
	bool pass_over; /* the group that was handed out last */
	bool in_turn;   /* the group at this offset is read block by block: */
	uint64_t offset;
	bool all_in_turn; /* and all others behind it */
	bool past;
	bool looked_behind; /* into the first group behind the selection */
	struct feed feed;
};

int ahead_new(struct ahead **out, struct input *in, const struct ahead_options *options)
{
	struct ahead *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->in = in;
	a->options = *options;
	if (a->options.threads > THREADS_MOST)
		a->options.threads = THREADS_MOST;
	a->is_file = input_is_file(in);
	a->all_in_turn = !a->is_file || !options->threads;
	a->lanes = a->options.threads > 1 ? a->options.threads + 1 : 1;
	*out = a;
	return 0;
}

/* Gives up what is being read. */
static void drop_parcels(struct ahead *a)
{
	for (; a->count; a->count--) {
		workers_cancel(a->workers, &a->lane[a->first].job);
		a->first = (a->first + 1) % a->lanes;
	}
}

void ahead_free(struct ahead *a)
{
	if (!a)
		return;
	drop_parcels(a);
	workers_free(a->workers);
	for (unsigned int i = 0; i < a->lanes; i++)
		parcel_free(a->lane[i].parcel);
	free(a);
}

bool ahead_is_past(const struct ahead *a)
{
	return a->past;
}

/* --- Groups read by parcels ------------------------------------------------------------------- */

static void read_lane(struct job *job)
{
	parcel_read(((struct lane *)job)->parcel);
}

static bool is_outside(const struct ahead *a, const struct extent *e)
{
	const struct selection *s = &a->options.selection;

	return e->last_wall_us < s->since_us || e->first_wall_us >= s->until_us;
}

static bool is_inside(const struct ahead *a, const struct extent *e)
{
	const struct selection *s = &a->options.selection;

	return e->first_wall_us >= s->since_us && e->last_wall_us < s->until_us;
}

/* Whether a parcel can do with the group what is wanted, and what that is. */
static bool find_task(const struct ahead *a, const struct extent *e, enum parcel_task *task)
{
	switch (a->options.want) {
	case WANT_SLICES:
		/* With one CPU to sum twice is no gain. */
		*task = PARCEL_BLOCKS;
		return a->options.threads > 1;
	case WANT_SUMS:
		*task = PARCEL_SUMS;
		return is_inside(a, e) && e->one_clock;
	case WANT_CHECKED:
		*task = PARCEL_CHECKED;
		return is_inside(a, e) && e->one_clock;
	default:
		return false;
	}
}

/* false: no memory for it. */
static bool begin_parcel(struct ahead *a, enum parcel_task task, const struct extent *e)
{
	const struct selection *s = &a->options.selection;
	const struct condense_cuts cuts = {a->options.grain_us, {s->since_us, s->until_us}};
	struct lane *lane = &a->lane[(a->first + a->count) % a->lanes];

	if (!a->workers &&
		workers_new(&a->workers, a->options.threads > 1 ? a->options.threads : 0))
		return false;
	if (!lane->parcel && parcel_new(&lane->parcel, a->in, &cuts))
		return false;
	lane->job.run = read_lane;
	parcel_set(lane->parcel, task, e);
	workers_give(a->workers, &lane->job);
	a->count++;
	return true;
}

/*
 * Whether a group behind the selection tells of a loss within it. A recorder tells of a loss as
 * soon as it can write again, so that only the first group can.
 */
static bool tells_of_selection(struct ahead *a, const struct extent *e)
{
	const struct selection *s = &a->options.selection;
	const struct summary *sums;

	if (e->first_wall_us < s->until_us || a->looked_behind)
		return false;
	a->looked_behind = true;
	return !reader_peek(input_own_reader(a->in), &sums) &&
	       wall_lost(sums->loss, sums->losses, sums->wall_offset_us, s);
}

/* From here on the group at hand is the input's. */
static void read_in_turn(struct ahead *a, const struct extent *e)
{
	a->in_turn = true;
	a->offset = e->offset;
	reader_seek(input_own_reader(a->in), e);
}

/* The input has come to a group. Whether a parcel reads it, or it comes once more. */
static bool plan_group(struct ahead *a, uint64_t offset)
{
	struct reader *r = input_own_reader(a->in);
	struct extent e;
	enum parcel_task task;

	if (a->all_in_turn || (a->in_turn && a->offset == offset) || reader_extent(r, &e))
		return false;
	if (is_outside(a, &e)) {
		if (tells_of_selection(a, &e)) {
			read_in_turn(a, &e);
			return true;
		}
		a->pass_over = true;
		return false;
	}
	a->looked_behind = false;
	if (!find_task(a, &e, &task) || !begin_parcel(a, task, &e))
		return false;
	reader_skip(r);
	return true;
}

/* Begins as many parcels as there may be, until something comes whose turn must be awaited. */
static void fill(struct ahead *a)
{
	struct held *h = &a->held;

	while (!h->any && a->count < a->lanes) {
		if (a->pass_over)
			reader_skip(input_own_reader(a->in));
		a->pass_over = false;
		h->status = input_next(a->in, &h->item, h->why);
		h->any = h->status != FMT_OK || h->item.kind != ITEM_GROUP ||
			 !plan_group(a, h->item.offset);
	}
}

/* A parcel could not be read: its group, and all behind it, are the input's again. */
static void go_back(struct ahead *a, const struct parcel *u)
{
	a->all_in_turn |= parcel_status(u) != -EBADMSG;
	drop_parcels(a);
	a->held.any = a->pass_over = false;
	a->looked_behind = false;
	read_in_turn(a, parcel_extent(u));
}

/* Whether the block lies behind the selection, and its recording goes on there. */
static void see_block(struct ahead *a, const struct block *b)
{
	a->past = clock_wall(b->first_us, b->wall_offset_us) >= a->options.selection.until_us;
}

/* The next item of the first parcel; false: it is done with. */
static bool give_parcel(struct ahead *a, struct item *item)
{
	struct lane *lane = &a->lane[a->first];

	workers_wait(a->workers, &lane->job);
	if (parcel_status(lane->parcel)) {
		go_back(a, lane->parcel);
		return false;
	}
	a->feed = *input_feed(a->in);
	if (parcel_next(lane->parcel, item, &a->feed)) {
		if (item->kind == ITEM_BLOCK)
			see_block(a, item->block);
		else if (item->kind == ITEM_SUMMARY)
			a->past = false; /* of groups within the selection only */
		return true;
	}
	a->first = (a->first + 1) % a->lanes;
	a->count--;
	return false;
}

/* --- Groups read in turn -------------------------------------------------------------------- */

/* Whether the item is for the view. */
static bool see(struct ahead *a, const struct item *item)
{
	int64_t until = a->options.selection.until_us;
	struct extent e;

	switch (item->kind) {
	case ITEM_GROUP:
		if (a->pass_over && !reader_extent(input_own_reader(a->in), &e) && e.blocks)
			a->past = e.first_wall_us >= until;
		return true;
	case ITEM_BLOCK:
		see_block(a, item->block);
		return true;
	case ITEM_SUMMARY:
		return false;
	default:
		return !a->past;
	}
}

int ahead_next(struct ahead *a, struct item *item, const struct feed **feed, char why[INPUT_WHY])
{
	struct held *h = &a->held;

	*feed = &a->feed;
	for (;;) {
		if (a->past && !a->is_file)
			return FMT_END;
		fill(a);
		if (a->count) {
			if (give_parcel(a, item))
				return FMT_OK;
			continue;
		}
		h->any = false;
		a->feed = *input_feed(a->in);
		if (h->status < 0)
			memcpy(why, h->why, INPUT_WHY);
		if (h->status)
			return h->status;
		*item = h->item;
		if (see(a, item))
			return FMT_OK;
	}
}
