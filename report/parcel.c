/* SPDX-License-Identifier: MIT */
#include "report/parcel.h"

#include "report/input.h"
#include <errno.h>
#include <stdlib.h>

struct kept {
	struct block block;
	void *piece;
	uint64_t offset;
};

struct parcel {
	struct reader *reader;
	struct condense *condense;
	enum parcel_task task;
	struct extent extent;
	int status;
	struct item group, summary;
	uint64_t samples; /* of the blocks, and what they come to where that is checked */
	struct volume volume;
	struct kept *kept;
	size_t count, space, bytes;
	size_t given; /* items */
};

int parcel_new(struct parcel **out, const struct input *in, const struct condense_cuts *cuts)
{
	struct parcel *u = calloc(1, sizeof(*u));

	if (!u || input_reader(in, &u->reader) || condense_new(&u->condense, cuts)) {
		parcel_free(u);
		return -ENOMEM;
	}
	*out = u;
	return 0;
}

static void forget(struct parcel *u)
{
	for (size_t i = 0; i < u->count; i++)
		free(u->kept[i].piece);
	u->count = u->bytes = u->given = 0;
	u->samples = 0;
	u->volume = (struct volume){{0, 0}, {0, 0}};
}

void parcel_free(struct parcel *u)
{
	if (!u)
		return;
	forget(u);
	reader_free(u->reader);
	condense_free(u->condense);
	free(u->kept);
	free(u);
}

void parcel_set(struct parcel *u, enum parcel_task task, const struct extent *extent)
{
	forget(u);
	u->task = task;
	u->extent = *extent;
	u->status = -EBADMSG;
}

const struct extent *parcel_extent(const struct parcel *u)
{
	return &u->extent;
}

static int keep_block(struct parcel *u, const struct item *item)
{
	struct kept *kept;
	uint32_t sessions;
	size_t bytes;

	if (u->count == u->space) {
		size_t space = u->space ? 2 * u->space : 64;

		kept = realloc(u->kept, space * sizeof(*kept));
		if (!kept)
			return -ENOMEM;
		u->kept = kept;
		u->space = space;
	}
	kept = &u->kept[u->count];
	kept->offset = item->offset;
	reader_sessions(u->reader, &sessions);
	if (condense_block(u->condense, sessions, item->block, &kept->block, &kept->piece, &bytes))
		return -ENOMEM;
	u->count++;
	u->bytes += bytes + sizeof(*kept);
	return u->bytes > PARCEL_BYTES ? -E2BIG : 0;
}

static void add_up(struct volume *v, const struct block *b)
{
	for (uint32_t i = 0; i < b->samples; i++) {
		v->calls[b->key[i] % 2] += b->calls ? b->calls[i] : 1;
		v->bytes[b->key[i] % 2] += b->bytes[i];
	}
}

static int take(struct parcel *u, const struct item *item)
{
	if (item->kind != ITEM_BLOCK)
		return -EBADMSG;
	u->samples += item->block->samples;
	if (u->task == PARCEL_BLOCKS)
		return keep_block(u, item);
	add_up(&u->volume, item->block);
	return 0;
}

static bool is_zero(const struct volume *v)
{
	return !v->calls[0] && !v->calls[1] && !v->bytes[0] && !v->bytes[1];
}

/* A summary that does not fit its blocks is not to be relied on. */
static int check_sums(const struct parcel *u)
{
	struct volume rest = u->volume;
	uint64_t samples = 0;

	for (uint32_t i = 0; i < u->summary.summary->sessions; i++) {
		const struct session_sum *sum = &u->summary.summary->sum[i];

		samples += sum->samples;
		volume_subtract(&rest, &sum->volume);
	}
	if (samples != u->samples)
		return -EBADMSG;
	return u->task == PARCEL_CHECKED && !is_zero(&rest) ? -EBADMSG : 0;
}

static int read_all(struct parcel *u)
{
	struct item item;
	int err = 0;

	while (!err) {
		if (reader_next(u->reader, &item))
			return -EBADMSG;
		if (item.kind == ITEM_SUMMARY && item.offset == u->extent.summary)
			break;
		err = take(u, &item);
	}
	u->summary = item;
	return err ? err : check_sums(u);
}

void parcel_read(struct parcel *u)
{
	struct item *group = &u->group;

	reader_seek(u->reader, &u->extent);
	if (reader_next(u->reader, group) || group->kind != ITEM_GROUP ||
		group->offset != u->extent.offset)
		return;
	if (u->task != PARCEL_SUMS) {
		u->status = read_all(u);
		return;
	}
	u->summary = (struct item){.kind = ITEM_SUMMARY, .offset = u->extent.summary};
	if (!reader_peek(u->reader, &u->summary.summary))
		u->status = 0;
}

int parcel_status(const struct parcel *u)
{
	return u->status;
}

bool parcel_next(struct parcel *u, struct item *item, struct feed *feed)
{
	const struct header *h = u->group.header;
	size_t at = u->given++;

	feed->origin = (struct origin){h->host ? h->host : "", h->boot_id ? h->boot_id : ""};
	feed->sessions = reader_sessions(u->reader, &feed->session_count);
	if (!at) {
		*item = u->group;
		return true;
	}
	if (u->task != PARCEL_BLOCKS) {
		*item = u->summary;
		return at == 1;
	}
	if (at > u->count)
		return false;
	*item = (struct item){.kind = ITEM_BLOCK,
		.offset = u->kept[at - 1].offset,
		.block = &u->kept[at - 1].block};
	return true;
}
