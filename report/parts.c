/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_recordings(const struct file *a, const struct file *b)
{
	int order = compare_u64(a->peek.recording, b->peek.recording);

	if (!order)
		order = (a->peek.began_us > b->peek.began_us) -
			(a->peek.began_us < b->peek.began_us);
	return order ? order : strcmp(a->peek.host, b->peek.host);
}

/* Copies of one recording side by side, the longest first, of equal ones that which was named. */
static int by_recording(const void *pa, const void *pb)
{
	const struct file *a = *(struct file *const *)pa, *b = *(struct file *const *)pb;
	int order = compare_recordings(a, b);

	if (!order)
		order = compare_u64(b->peek.size, a->peek.size);
	return order ? order : (a > b) - (a < b);
}

static int by_part(const void *pa, const void *pb)
{
	const struct file *a = *(struct file *const *)pa, *b = *(struct file *const *)pb;
	int order = compare_u64(a->peek.series, b->peek.series);

	return order ? order : compare_u64(a->peek.part, b->peek.part);
}

/* Those that are known, in that order; to be freed. NULL when there is no memory. */
static struct file **sorted(
	const struct files *f, size_t *count, int (*compare)(const void *, const void *))
{
	struct file **all = malloc((f->count + 1) * sizeof(struct file *));
	size_t n = 0;

	for (size_t i = 0; all && i < f->count; i++) {
		if (f->file[i].peek.known)
			all[n++] = &f->file[i];
	}
	if (all)
		qsort(all, n, sizeof(struct file *), compare);
	*count = n;
	return all;
}

static void close_ranks(struct files *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (f->file[i].name)
			f->file[kept++] = f->file[i];
	}
	f->count = kept;
}

int parts_drop_copies(struct files *f, const struct log *log)
{
	size_t count, first = 0;
	struct file **all = sorted(f, &count, by_recording);

	if (!all)
		return -ENOMEM;
	for (size_t i = 1; i < count; i++) {
		if (compare_recordings(all[first], all[i]) != 0) {
			first = i;
			continue;
		}
		log_warn(log, all[i]->name,
			"the same recording as '%s', passed over, so that no byte counts twice",
			all[first]->name);
		free(all[i]->name);
		all[i]->name = NULL;
	}
	free(all);
	close_ranks(f);
	return 0;
}

static void name_missing(const struct file *behind, uint32_t n, const struct log *log)
{
	if (n == 1)
		log_warn(log, behind->name,
			"of its rotated set the file before it is missing; what it recorded is not "
			"shown");
	else
		log_warn(log, behind->name,
			"of its rotated set the %" PRIu32 " files before it are missing; what they "
			"recorded is not shown",
			n);
}

/* Files between two parts that may be missing ones, for their header is damaged. */
static uint32_t count_headless(const struct files *f, const struct peek *a, const struct peek *b)
{
	uint32_t n = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct peek *p = &f->file[i].peek;

		n += p->headless && !p->series && p->began_us >= a->began_us &&
		     p->began_us <= b->began_us;
	}
	return n;
}

int parts_name_missing(const struct files *f, const struct selection *want, const struct log *log,
	uint64_t *missing)
{
	size_t count;
	struct file **all = sorted(f, &count, by_part);

	*missing = 0;
	if (!all)
		return -ENOMEM;
	for (size_t i = 1; i < count; i++) {
		const struct peek *a = &all[i - 1]->peek, *b = &all[i]->peek;
		uint32_t lacking, headless;

		if (!b->series || a->series != b->series || b->part - a->part <= 1 ||
			b->began_us <= want->since_us || a->began_us >= want->until_us)
			continue;
		lacking = b->part - a->part - 1;
		headless = count_headless(f, a, b);
		if (lacking <= headless)
			continue;
		name_missing(all[i], lacking - headless, log);
		*missing += lacking - headless;
	}
	free(all);
	return 0;
}
