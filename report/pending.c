/* SPDX-License-Identifier: MIT */
#include "report/pending.h"

#include "report/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more in *array of `space` entries, as long as they are fewer than the most. */
static int make_room(void *array, size_t *space, size_t count, size_t size)
{
	size_t wanted = *space ? 2 * *space : 4;
	void **p = array, *more;

	if (count < *space || count == PENDING_MAX)
		return 0;
	more = realloc(*p, wanted * size);
	if (!more)
		return -ENOMEM;
	*p = more;
	*space = wanted;
	return 0;
}

static int add_loss(struct pending *p, const struct loss *loss, int64_t offset_us)
{
	if (make_room(&p->loss, &p->loss_space, p->losses, sizeof(*p->loss)))
		return -ENOMEM;
	if (p->losses == PENDING_MAX) {
		losses_add(&p->due, &p->loss[0].loss, p->loss[0].offset_us);
		memmove(p->loss, p->loss + 1, (PENDING_MAX - 1) * sizeof(p->loss[0]));
		p->losses--;
	}
	p->loss[p->losses++] = (struct pending_loss){*loss, offset_us};
	return 0;
}

static void load_is_due(struct pending *p, const struct load *load)
{
	p->last_load = *load;
	p->has_load = true;
}

static int add_load(struct pending *p, const struct load *load, int64_t wall_us)
{
	if (make_room(&p->load, &p->load_space, p->loads, sizeof(*p->load)))
		return -ENOMEM;
	if (p->loads == PENDING_MAX) {
		load_is_due(p, &p->load[0].load);
		memmove(p->load, p->load + 1, (PENDING_MAX - 1) * sizeof(p->load[0]));
		p->loads--;
	}
	p->load[p->loads++] = (struct pending_load){*load, wall_us};
	return 0;
}

int pending_add(struct pending *p, const struct block *b)
{
	int err = 0;

	for (uint32_t i = 0; i < b->losses && !err; i++)
		err = add_loss(p, &b->loss[i], b->wall_offset_us);
	for (uint32_t i = 0; i < b->loads && !err; i++)
		err = add_load(p, &b->load[i], clock_wall(b->load[i].time_us, b->wall_offset_us));
	return err;
}

void pending_clear(struct pending *p)
{
	free(p->loss);
	free(p->load);
	memset(p, 0, sizeof(*p));
}

void pending_take(struct pending *p, int64_t end_us)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->losses; i++) {
		const struct pending_loss *l = &p->loss[i];

		if (clock_wall(l->loss.to_us, l->offset_us) < end_us)
			losses_add(&p->due, &l->loss, l->offset_us);
		else
			p->loss[kept++] = *l;
	}
	p->losses = kept;
	kept = 0;
	for (size_t i = 0; i < p->loads; i++) {
		if (p->load[i].wall_us <= end_us)
			load_is_due(p, &p->load[i].load);
		else
			p->load[kept++] = p->load[i];
	}
	p->loads = kept;
}

int64_t pending_next_loss(const struct pending *p)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < p->losses; i++) {
		int64_t to = clock_wall(p->loss[i].loss.to_us, p->loss[i].offset_us);

		next = to < next ? to : next;
	}
	return next;
}
