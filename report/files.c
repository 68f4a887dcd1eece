/* SPDX-License-Identifier: MIT */
#include "report/files.h"

#include "format/series_name.h"
#include "report/folder.h"
#include "report/interrupt.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int add(struct files *f, const char *name)
{
	struct file *more = realloc(f->file, (f->count + 1) * sizeof(*more));
	char *own;

	if (!more)
		return -ENOMEM;
	f->file = more;
	own = strdup(name);
	if (!own)
		return -ENOMEM;
	more[f->count] = (struct file){.name = own};
	if (strcmp(name, "-") != 0)
		peek_file(own, &more[f->count].peek);
	else
		more[f->count].peek.start_us = INT64_MIN;
	f->count++;
	return 0;
}

static void drop_last(struct files *f)
{
	free(f->file[--f->count].name);
}

/* Of the files from `first` on only the newest of each host will grow. */
static void settle(struct files *f, size_t first)
{
	for (size_t i = first; i < f->count; i++) {
		const struct peek *p = &f->file[i].peek;

		for (size_t k = first; k < f->count && !f->file[i].settled; k++) {
			const struct peek *q = &f->file[k].peek;

			f->file[i].settled = !strcmp(p->host, q->host) &&
					     (q->began_us > p->began_us ||
						     (q->began_us == p->began_us && k > i));
		}
	}
}

/*
 * Those of the names that are recordings. What cannot be read, or is too new, stays, so that it is
 * told; what is none at all is passed over.
 */
static int add_recordings(struct files *f, const struct names *n, const char *folder, bool follow,
	const struct log *log)
{
	size_t before = f->count, strangers = 0;
	const char *stranger = NULL;

	for (size_t i = 0; i < n->count; i++) {
		struct stat st;

		if (stat(n->name[i], &st) || !S_ISREG(st.st_mode))
			continue;
		if (add(f, n->name[i]))
			return -ENOMEM;
		if (!f->file[f->count - 1].peek.foreign)
			continue;
		drop_last(f);
		if (follow && series_base(n->name[i]))
			continue; /* just begun */
		stranger = strangers++ ? stranger : n->name[i];
	}
	if (f->count == before)
		return -ENOENT;
	if (strangers == 1)
		log_warn(log, stranger, "no recording, passed over");
	else if (strangers)
		log_warn(log, folder,
			"%zu files in it are no recordings and passed over, such as %s", strangers,
			stranger);
	return 0;
}

static int add_folder(struct files *f, const char *folder, bool follow, const struct log *log)
{
	struct names n = {NULL, 0};
	size_t before = f->count;
	unsigned moments = 0;
	int err;

	for (;;) {
		err = folder_list(&n, folder);
		if (!err)
			err = add_recordings(f, &n, folder, follow, log);
		names_clear(&n);
		if (err != -ENOENT || !follow)
			break;
		if (++moments == MOMENTS / 2)
			log_warn(log, folder, "has no recording in it yet; waiting for one");
		if (!interrupt_pause())
			return -EINTR;
	}
	if (err == -ENOENT)
		log_error(log, folder, "a directory without a recording in it; name the files");
	else if (err && err != -ENOMEM)
		log_error(log, folder, "%s", strerror(-err));
	if (!err && follow)
		settle(f, before);
	return err;
}

/*
 * A name that is none of a file may be what those of a rotated set begin with: all of it, or to
 * follow the newest. Else it is told, or waited for, when it is opened.
 */
static int add_series(struct files *f, const char *name, bool follow)
{
	struct names n = {NULL, 0};
	size_t before = f->count;
	int err = folder_series(&n, name) == -ENOMEM ? -ENOMEM : 0;

	for (size_t i = n.count; i-- > 0 && !err;) {
		err = add(f, n.name[i]);
		if (!err && follow && f->file[f->count - 1].peek.known)
			break;
		if (!err && follow)
			drop_last(f);
	}
	if (!err && f->count == before)
		err = add(f, name);
	names_clear(&n);
	return err;
}

int files_add(struct files *f, const char *name, bool follow, const struct log *log)
{
	struct stat st;
	int err;
	bool is_stdin = !strcmp(name, "-"), there = is_stdin || !stat(name, &st);

	if (!there)
		err = add_series(f, name, follow);
	else if (!is_stdin && S_ISDIR(st.st_mode))
		err = add_folder(f, name, follow, log);
	else
		err = add(f, name);
	if (err == -ENOMEM)
		log_error(log, NULL, "no memory");
	return err;
}

void files_clear(struct files *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->file[i].name);
	free(f->file);
	*f = (struct files){NULL, 0};
}
