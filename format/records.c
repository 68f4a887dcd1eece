/* SPDX-License-Identifier: MIT */
#include "records.h"

#include "rows.h"

static uint64_t loss_get(const void *row, unsigned int column)
{
	const struct loss *l = row;

	switch (column) {
	case 0:
		return l->from_us;
	case 1:
		return l->to_us;
	case 2:
	case 3:
		return l->volume.calls[column - 2];
	case 4:
	case 5:
		return l->volume.bytes[column - 4];
	case 6:
		return l->cause;
	default:
		return l->cpu;
	}
}

static bool loss_set(void *row, unsigned int column, uint64_t v)
{
	struct loss *l = row;

	switch (column) {
	case 0:
		l->from_us = v;
		return true;
	case 1:
		l->to_us = v;
		return l->from_us <= v;
	case 2:
	case 3:
		l->volume.calls[column - 2] = v;
		return true;
	case 4:
	case 5:
		l->volume.bytes[column - 4] = v;
		return true;
	case 6:
		l->cause = (uint32_t)v;
		return v <= UINT32_MAX;
	default:
		l->cpu = (uint32_t)v;
		return v <= UINT32_MAX;
	}
}

static const struct row_kind losses = {sizeof(struct loss), 8, 0, loss_get, loss_set};

static uint64_t load_get(const void *row, unsigned int column)
{
	const struct load *l = row;

	switch (column) {
	case 0:
		return l->time_us;
	case 1:
	case 2:
	case 3:
		return l->avg[column - 1];
	case 4:
		return l->running;
	case 5:
		return l->threads;
	default:
		return l->last_pid;
	}
}

static bool load_set(void *row, unsigned int column, uint64_t v)
{
	struct load *l = row;

	switch (column) {
	case 0:
		l->time_us = v;
		return true;
	case 1:
	case 2:
	case 3:
		l->avg[column - 1] = (uint32_t)v;
		break;
	case 4:
		l->running = (uint32_t)v;
		break;
	case 5:
		l->threads = (uint32_t)v;
		break;
	default:
		l->last_pid = (uint32_t)v;
		break;
	}
	return v <= UINT32_MAX;
}

static const struct row_kind loads = {sizeof(struct load), 7, 0, load_get, load_set};

static uint64_t sum_get(const void *row, unsigned int column)
{
	const struct session_sum *s = row;

	switch (column) {
	case 0:
	case 1:
		return s->volume.calls[column];
	case 2:
	case 3:
		return s->volume.bytes[column - 2];
	case 4:
		return s->samples;
	case 5:
		return s->first_us;
	default:
		return s->last_us - s->first_us;
	}
}

static bool sum_set(void *row, unsigned int column, uint64_t v)
{
	struct session_sum *s = row;

	switch (column) {
	case 0:
	case 1:
		s->volume.calls[column] = v;
		return true;
	case 2:
	case 3:
		s->volume.bytes[column - 2] = v;
		return true;
	case 4:
		s->samples = v;
		return true;
	case 5:
		s->first_us = v;
		return true;
	default:
		s->last_us = s->first_us + v;
		return s->last_us >= v;
	}
}

static const struct row_kind sums = {sizeof(struct session_sum), 7, 1 << 5, sum_get, sum_set};

static void encode(struct encoder *e, enum section_id id, const struct row_kind *kind,
	const void *rows, uint32_t n, uint64_t *scratch)
{
	struct buffer *b;

	if (!n)
		return;
	b = section_begin(e);
	put_u32(b, n);
	put_rows(b, kind, rows, n, scratch);
	section_end(e, id);
}

static int decode(struct decoder *d, enum section_id id, const struct row_kind *kind, void *rows,
	uint32_t *n, uint32_t most, uint64_t *scratch)
{
	struct cursor c;
	int status = section_content(d, id, &c);

	*n = 0;
	if (status || !section_present(d, id))
		return status;
	*n = get_u32(&c);
	if (!c.bad && *n <= most && get_rows(&c, kind, rows, *n, scratch))
		return FMT_OK;
	*n = 0;
	return FMT_EDAMAGED;
}

void losses_encode(struct encoder *e, const struct loss *loss, uint32_t n, uint64_t *scratch)
{
	encode(e, SECTION_LOSSES, &losses, loss, n, scratch);
}

void loads_encode(struct encoder *e, const struct load *load, uint32_t n, uint64_t *scratch)
{
	encode(e, SECTION_LOADS, &loads, load, n, scratch);
}

void sums_encode(struct encoder *e, const struct session_sum *sum, uint32_t n, uint64_t *scratch)
{
	encode(e, SECTION_SUMS, &sums, sum, n, scratch);
}

int losses_decode(struct decoder *d, struct loss *loss, uint32_t *n, uint64_t *scratch)
{
	return decode(d, SECTION_LOSSES, &losses, loss, n, RECORDS, scratch);
}

int loads_decode(struct decoder *d, struct load *load, uint32_t *n, uint64_t *scratch)
{
	return decode(d, SECTION_LOADS, &loads, load, n, RECORDS, scratch);
}

int sums_decode(struct decoder *d, struct session_sum *sum, uint32_t *n, uint64_t *scratch)
{
	return decode(d, SECTION_SUMS, &sums, sum, n, GROUP_SESSIONS, scratch);
}

void volume_add(struct volume *to, const struct volume *v)
{
	for (int dir = DIR_RX; dir <= DIR_TX; dir++) {
		to->calls[dir] += v->calls[dir];
		to->bytes[dir] += v->bytes[dir];
	}
}

void volume_subtract(struct volume *from, const struct volume *v)
{
	for (int dir = DIR_RX; dir <= DIR_TX; dir++) {
		from->calls[dir] -= v->calls[dir];
		from->bytes[dir] -= v->bytes[dir];
	}
}

void loss_merge(struct loss *into, const struct loss *from)
{
	if (from->from_us < into->from_us)
		into->from_us = from->from_us;
	if (from->to_us > into->to_us)
		into->to_us = from->to_us;
	if (from->cpu != into->cpu)
		into->cpu = UINT32_MAX;
	volume_add(&into->volume, &from->volume);
}
