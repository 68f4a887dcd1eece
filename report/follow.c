/* SPDX-License-Identifier: MIT */
#include "report/follow.h"

#include "report/folder.h"
#include "report/interrupt.h"
#include "report/peek.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	TELL = MOMENTS / 2,     /* that a file is not there */
	LOOK_AROUND = MOMENTS,  /* for what came in the place of a file that does not grow */
	PATIENCE = 3 * MOMENTS, /* a recorder that lives writes each second */
};

int follow_init(struct follow *f, const char *name, const struct log *log)
{
	*f = (struct follow){.log = log, .name = strdup(name)};
	return f->name ? 0 : -ENOMEM;
}

void follow_clear(struct follow *f)
{
	free(f->name);
	free(f->next);
	*f = (struct follow){0};
}

void follow_see(struct follow *f, const struct item *item)
{
	f->moments = 0;
	if (item->kind != ITEM_GROUP)
		return;
	f->series = item->header->series;
	f->part = item->header->part;
	f->began_us = item->header->start_wall_us;
}

/* --- The next file of the series ------------------------------------------------------------ */

/* Takes the file if it is nearer than what was found. */
static void consider(struct follow *f, const char *name, uint32_t *part)
{
	struct peek p;

	peek_file(name, &p);
	if (!p.known || p.series != f->series || p.part <= f->part || (f->next && p.part >= *part))
		return;
	free(f->next);
	f->next = strdup(name);
	*part = p.part;
}

/* Those with later names first: the next file is nearly always the first of these. */
static void search(struct follow *f, bool everywhere, uint32_t *part)
{
	struct names n = {NULL, 0};
	size_t later = 0;

	folder_series(&n, f->name); /* on a failure with what it got */
	while (later < n.count && strcmp(n.name[later], f->name) <= 0)
		later++;
	for (size_t i = later; i < n.count && *part != f->part + 1; i++)
		consider(f, n.name[i], part);
	for (size_t i = 0; i < later && everywhere && *part != f->part + 1; i++)
		consider(f, n.name[i], part);
	names_clear(&n);
}

/*
 * A file that is made while a directory is listed may not be in the list, though a later one is;
 * so the next but one counts only if a second look still does not see the next one.
 */
static bool find_part(struct follow *f, bool everywhere)
{
	uint32_t part = 0;

	if (!f->series)
		return false;
	search(f, everywhere, &part);
	if (f->next && part != f->part + 1)
		search(f, everywhere, &part);
	if (f->next && part != f->part + 1)
		log_error(f->log, f->next,
			"%lu file%s before it cannot be shown: removed before it was their turn",
			(unsigned long)part - f->part - 1, part - f->part > 2 ? "s" : "");
	return f->next;
}

/* --- Waiting -------------------------------------------------------------------------------- */

/*
 * The name is what those of a rotated set begin with. None of them was there before, so the oldest
 * is wanted, however many there are by now.
 */
static void find_oldest(struct follow *f)
{
	struct names n = {NULL, 0};
	struct peek p;

	if (!folder_series(&n, f->name)) {
		for (size_t i = 0; i < n.count && !f->next; i++) {
			peek_file(n.name[i], &p);
			if (p.known)
				f->next = strdup(n.name[i]);
		}
	}
	names_clear(&n);
}

bool follow_absent(struct follow *f)
{
	if (!f->log || interrupt_came())
		return false;
	if (f->series)
		find_part(f, true);
	else
		find_oldest(f);
	if (follow_advance(f))
		return true;
	if (++f->moments == TELL && !f->told) {
		f->told = true;
		log_warn(f->log, f->name, "is not there yet; waiting for it");
	}
	return interrupt_pause();
}

/* Whether the file has become shorter than what was used of it, which is said. */
static bool has_shrunk(struct follow *f, int fd, const struct reader_stats *s)
{
	struct stat st;

	if (fstat(fd, &st) || st.st_size < 0 || (uint64_t)st.st_size >= s->bytes - s->torn_bytes)
		return false;
	log_warn(f->log, f->name, "has become shorter: reading it from its start");
	f->next = strdup(f->name);
	return true;
}

static bool is_replaced(struct follow *f, int fd)
{
	struct stat here, there;

	if (stat(f->name, &there)) {
		if (errno == ENOENT && !f->told)
			log_warn(f->log, f->name, "was removed; waiting for another one");
		f->told |= errno == ENOENT;
		return false;
	}
	if (fstat(fd, &here) || (here.st_dev == there.st_dev && here.st_ino == there.st_ino))
		return false;
	log_warn(f->log, f->name, "was replaced: going on with the new one");
	f->next = strdup(f->name);
	return f->next;
}

/* The recorder was killed, and another one goes on under the same name: its first file. */
static bool find_restart(struct follow *f)
{
	struct names n = {NULL, 0};
	int64_t began_us = INT64_MAX;
	struct peek p;

	if (f->series)
		folder_series(&n, f->name);
	for (size_t i = 0; i < n.count; i++) {
		if (strcmp(n.name[i], f->name) <= 0)
			continue;
		peek_file(n.name[i], &p);
		if (!p.known || p.series == f->series || p.began_us <= f->began_us ||
			p.began_us >= began_us)
			continue;
		began_us = p.began_us;
		free(f->next);
		f->next = strdup(n.name[i]);
	}
	names_clear(&n);
	return f->next;
}

bool follow_end(struct follow *f, int fd, const struct reader_stats *stats)
{
	bool over = stats->finished && !stats->continues, found;

	if (!f->log || over || f->next || interrupt_came() || has_shrunk(f, fd, stats))
		return false;
	f->moments++;
	if (stats->finished)
		found = find_part(f, true);
	else
		found = f->moments % LOOK_AROUND == 0 &&
			(is_replaced(f, fd) || find_part(f, false) ||
				(f->moments >= PATIENCE && find_restart(f)));
	/* What it was given last, before the other one came, is read first. */
	return found ? !stats->finished : interrupt_pause();
}

bool follow_advance(struct follow *f)
{
	if (!f->next || interrupt_came())
		return false;
	free(f->name);
	f->name = f->next;
	f->next = NULL;
	f->moments = 0;
	f->told = false;
	return true;
}
