/* SPDX-License-Identifier: MIT */
#include "series.h"

#include "format/series_name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	BASE_MOST = NAME_MAX - SERIES_SUFFIX,
};

struct file {
	char *name;  /* in the directory */
	size_t turn; /* we made it as the n-th of those that are left; 0: it was there before us */
};

struct files {
	struct file *file;
	size_t count;
};

struct series {
	int dir;
	unsigned keep;  /* files; 0: all */
	size_t dir_len; /* of the path, up to its last slash; 0: none */
	char *path;     /* what the names begin with */
	char *name[2];  /* paths of the file in use and of the one before */
	int turn;
	time_t second; /* of the last name made, and its number in it; 0: none yet */
	unsigned number;
	/* In this order, where some are to be removed: names do not tell when clocks are set. */
	struct files made;
};

static const char *base_of(const struct series *s)
{
	return s->path + s->dir_len;
}

static int open_dir(struct series *s)
{
	char *dir = s->dir_len ? strndup(s->path, s->dir_len) : strdup(".");
	int err = 0;

	if (!dir)
		return -ENOMEM;
	s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		err = -errno;
	free(dir);
	return err;
}

static int add_file(struct files *f, const char *name)
{
	struct file *more = realloc(f->file, (f->count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	f->file = more;
	more[f->count] = (struct file){.name = strdup(name)};
	if (!more[f->count].name)
		return -ENOMEM;
	f->count++;
	return 0;
}

static void free_files(struct files *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->file[i].name);
	free(f->file);
	*f = (struct files){NULL, 0};
}

int series_new(struct series **out, const char *path, unsigned keep, char error[OUTPUT_ERROR_SIZE])
{
	const char *slash = strrchr(path, '/');
	struct series *s = calloc(1, sizeof(*s));
	int err = -ENOMEM;

	if (!s)
		goto fail;
	s->dir = -1;
	s->keep = keep;
	s->dir_len = slash ? (size_t)(slash - path) + 1 : 0;
	s->path = strdup(path);
	if (!s->path)
		goto fail;
	err = strlen(base_of(s)) > BASE_MOST ? -ENAMETOOLONG : open_dir(s);
	if (err)
		goto fail;
	*out = s;
	return 0;
fail:
	series_free(s);
	return output_fail(
		error, err, "%s: cannot keep a series of files there: %s", path, strerror(-err));
}

void series_free(struct series *s)
{
	if (!s)
		return;
	if (s->dir >= 0)
		close(s->dir);
	free(s->path);
	free(s->name[0]);
	free(s->name[1]);
	free_files(&s->made);
	free(s);
}

int series_check(const struct series *s, const struct account *user, char error[OUTPUT_ERROR_SIZE])
{
	/* A child tries it, as what it gives up nobody gets back. */
	pid_t child = fork();
	int status = 0, err;

	if (!child)
		_exit(privileges_drop(user) || !faccessat(s->dir, ".", W_OK | X_OK, AT_EACCESS)
				? 0
				: errno);
	if (child < 0)
		return output_fail(error, -errno, "no process for a moment: %s", strerror(errno));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	err = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	if (!err)
		return 0;
	return output_fail(error, -err,
		"%s: the next files could not be made there without privileges: %s; choose a "
		"directory of the recorder's own user, or see --user",
		s->path, strerror(err));
}

static bool is_ours(const struct series *s, const char *name)
{
	size_t base = series_base(name);

	return base && base == strlen(base_of(s)) && !strncmp(name, base_of(s), base);
}

/* Regular files of the series. */
static int list(const struct series *s, struct files *files)
{
	int fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;

	if (!dir) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!err && (entry = readdir(dir))) {
		if (is_ours(s, entry->d_name) &&
			!fstatat(s->dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
			S_ISREG(st.st_mode))
			err = add_file(files, entry->d_name);
	}
	closedir(dir);
	return err;
}

/*
 * Behind all names of the second that there are: one that was freed would sort before younger
 * files. Only where the time does not simply go on can there be any but the last one made.
 */
static int first_number(const struct series *s, time_t second, unsigned *number)
{
	struct files files = {NULL, 0};
	char suffix[SERIES_SUFFIX];
	int err;

	*number = second == s->second ? s->number + 1 : 0;
	if (s->second && second >= s->second)
		return 0;
	err = list(s, &files);
	for (unsigned n = 0; !err && series_suffix(suffix, second, n); n++) {
		for (size_t i = 0; i < files.count; i++) {
			if (!strcmp(files.file[i].name + strlen(base_of(s)), suffix))
				*number = n + 1;
		}
	}
	free_files(&files);
	return err;
}

/* Tries names until one is new; its file descriptor, or a negative errno. */
static int create_stamped(struct series *s, time_t second, char *name)
{
	char *suffix = stpcpy(name, s->path);
	unsigned n;
	int err = first_number(s, second, &n);

	if (err)
		return err;
	for (; series_suffix(suffix, second, n); n++) {
		int fd = openat(s->dir, name + s->dir_len,
			O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0)
			return -errno;
		s->second = second;
		s->number = n;
		return fd;
	}
	return n ? -EEXIST : -ERANGE;
}

static int remember(struct series *s, const char *name)
{
	return s->keep ? add_file(&s->made, name + s->dir_len) : 0;
}

int series_next(struct series *s, struct output *o, int64_t wall_us, char error[OUTPUT_ERROR_SIZE])
{
	char *name = malloc(strlen(s->path) + SERIES_SUFFIX);
	int fd = -ENOMEM, err;

	if (name)
		fd = create_stamped(s, (time_t)(wall_us / 1000000), name);
	if (fd >= 0) {
		err = fchmod(fd, 0600) ? -errno : remember(s, name);
		if (err) {
			close(fd);
			fd = err;
		}
	}
	if (fd < 0) {
		free(name);
		return output_fail(
			error, fd, "%s: cannot make the next file: %s", s->path, strerror(-fd));
	}
	s->turn = !s->turn;
	free(s->name[s->turn]);
	s->name[s->turn] = name;
	*o = (struct output){.fd = fd, .name = name, .is_file = true};
	return 0;
}

static int by_name(const void *pa, const void *pb)
{
	const struct file *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

static int by_age(const void *pa, const void *pb)
{
	const struct file *a = pa, *b = pb;

	if (a->turn != b->turn)
		return a->turn < b->turn ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Oldest first. Of what we made, and that is not there any more, we forget that we made it. */
static void sort_by_age(struct series *s, struct files *files)
{
	size_t made = 0;

	if (!files->count)
		return;
	qsort(files->file, files->count, sizeof(*files->file), by_name);
	for (size_t i = 0; i < s->made.count; i++) {
		struct file *own = &s->made.file[i], *found;

		found = bsearch(own, files->file, files->count, sizeof(*own), by_name);
		if (found) {
			s->made.file[made++] = *own;
			found->turn = made;
		} else {
			free(own->name);
		}
	}
	s->made.count = made;
	qsort(files->file, files->count, sizeof(*files->file), by_age);
}

/* Also behind one that cannot be removed; answers for the first of these. */
static int remove_first(const struct series *s, const struct files *files, size_t stay,
	char error[OUTPUT_ERROR_SIZE])
{
	int err = 0;

	for (size_t i = 0; i + stay < files->count; i++) {
		const char *name = files->file[i].name;

		if (!unlinkat(s->dir, name, 0) || errno == ENOENT || err)
			continue;
		err = output_fail(error, -errno, "%.*s%s: cannot be removed: %s; it stays",
			(int)s->dir_len, s->path, name, strerror(errno));
	}
	return err;
}

int series_dir(const struct series *s)
{
	return s->dir;
}

int series_prune(struct series *s, unsigned more, char error[OUTPUT_ERROR_SIZE])
{
	struct files files = {NULL, 0};
	int err;

	if (!s->keep)
		return 0;
	err = list(s, &files);
	if (err) {
		output_fail(error, err, "%s: older files cannot be removed: %s", s->path,
			strerror(-err));
	} else {
		sort_by_age(s, &files);
		err = remove_first(s, &files, (size_t)s->keep + more, error);
	}
	free_files(&files);
	return err;
}
