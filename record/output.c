/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int output_fail(char error[OUTPUT_ERROR_SIZE], int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, OUTPUT_ERROR_SIZE, format, args);
	va_end(args);
	return err;
}

static int create(struct output *o, const char *path, char error[OUTPUT_ERROR_SIZE])
{
	/* O_EXCL follows no symbolic link and takes no file that somebody else put there. */
	o->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (o->fd < 0)
		return output_fail(error, -errno, "%s: cannot create: %s", path,
			errno == ENOENT ? "its directory does not exist" : strerror(errno));
	o->name = path;
	o->is_file = true;
	/* Whatever the umask left of it. */
	if (fchmod(o->fd, 0600))
		return output_fail(error, -errno, "%s: cannot make it private (0600): %s", path,
			strerror(errno));
	return 0;
}

static int set_aside(const char *path, char error[OUTPUT_ERROR_SIZE])
{
	char old[PATH_MAX];

	if (snprintf(old, sizeof(old), "%s.old", path) >= (int)sizeof(old))
		return output_fail(error, -ENAMETOOLONG, "%s: the name is too long", path);
	if (rename(path, old))
		return output_fail(
			error, -errno, "%s: cannot rename to %s: %s", path, old, strerror(errno));
	return 0;
}

static int take_stream(struct output *o, char error[OUTPUT_ERROR_SIZE])
{
	if (!stream_is(o->fd))
		return 0;
	o->stream = stream_new(o->fd);
	return o->stream ? 0 : output_fail(error, -ENOMEM, "%s: no memory", o->name);
}

static int open_existing(
	struct output *o, const char *path, const struct stat *st, char error[OUTPUT_ERROR_SIZE])
{
	if (S_ISREG(st->st_mode)) {
		if (unlink(path))
			return output_fail(
				error, -errno, "%s: cannot replace: %s", path, strerror(errno));
		return create(o, path, error);
	}
	/* Without waiting: a pipe may never get a reader. */
	o->fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (o->fd < 0 && errno == ENXIO)
		return output_fail(error, -ENXIO,
			"%s: nobody reads this pipe yet; start the reader first", path);
	if (o->fd < 0)
		return output_fail(error, -errno, "%s: cannot open: %s", path, strerror(errno));
	if (fcntl(o->fd, F_SETFL, O_WRONLY))
		return output_fail(error, -errno, "%s: %s", path, strerror(errno));
	o->name = path;
	return take_stream(o, error);
}

/* Where in its file standard output is, if it is one. */
static int take_stdout(struct output *o, char error[OUTPUT_ERROR_SIZE])
{
	struct stat st;
	off_t at = lseek(STDOUT_FILENO, 0, SEEK_CUR);
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	o->fd = STDOUT_FILENO;
	o->name = "standard output";
	o->is_stdout = true;
	if (at >= 0)
		o->start = at;
	if (flags >= 0 && flags & O_APPEND && !fstat(STDOUT_FILENO, &st))
		o->start = st.st_size;
	return take_stream(o, error);
}

static int check_stdout(char error[OUTPUT_ERROR_SIZE])
{
	struct stat st;

	if (isatty(STDOUT_FILENO))
		return output_fail(error, -EINVAL,
			"standard output is a terminal, which a recording would only garble; pipe "
			"it into a program such as 'tcptop-report -', or name a file");
	if (fstat(STDOUT_FILENO, &st))
		return output_fail(error, -errno, "standard output: %s", strerror(errno));
	return 0;
}

static int check_existing(
	const char *path, const struct stat *st, bool force, char error[OUTPUT_ERROR_SIZE])
{
	if (S_ISLNK(st->st_mode))
		return output_fail(error, -ELOOP,
			"%s: is a symbolic link, and a recording never goes through one; name "
			"the file itself",
			path);
	if (S_ISDIR(st->st_mode))
		return output_fail(error, -EISDIR, "%s: is a directory; name a file in it", path);
	if (!force)
		return output_fail(error, -EEXIST,
			"%s: exists already; name another file, or replace it with --force", path);
	return 0;
}

int output_check(const char *path, const char *fallback, bool force, char error[OUTPUT_ERROR_SIZE])
{
	const char *file = path ? path : fallback;
	struct stat st;

	if (path && !strcmp(path, "-"))
		return check_stdout(error);
	if (lstat(file, &st))
		return errno == ENOENT
			       ? 0
			       : output_fail(error, -errno, "%s: %s", file, strerror(errno));
	if (!path && S_ISREG(st.st_mode))
		return 0; /* it will be set aside */
	return check_existing(file, &st, force, error);
}

int output_open(struct output *o, const char *path, const char *fallback, bool force,
	char error[OUTPUT_ERROR_SIZE])
{
	const char *file = path ? path : fallback;
	int err = output_check(path, fallback, force, error);
	struct stat st;

	*o = (struct output){.fd = -1};
	if (err)
		return err;
	if (path && !strcmp(path, "-"))
		return take_stdout(o, error);
	if (lstat(file, &st))
		return create(o, file, error);
	if (path)
		return open_existing(o, file, &st, error);
	err = set_aside(file, error);
	return err ? err : create(o, file, error);
}

static int write_all(struct output *o, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t done = write(o->fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		o->torn += (size_t)done;
		data += done;
		len -= (size_t)done;
	}
	return 0;
}

/*
 * Cuts a file back to its last whole block: half a block would only be damage. Not where something
 * else has been written behind it.
 */
static void take_back(struct output *o)
{
	off_t end = o->start + (off_t)o->size;
	struct stat st;

	if (!o->torn || fstat(o->fd, &st) || !S_ISREG(st.st_mode) ||
		st.st_size != end + (off_t)o->torn)
		return;
	if (!ftruncate(o->fd, end) && lseek(o->fd, end, SEEK_SET) == end)
		o->torn = 0;
}

static int write_block(struct output *o, const void *data, size_t len)
{
	int err;

	take_back(o);
	/* If even that has failed twice, the reader finds its way over the damage. */
	o->size += o->torn;
	o->torn = 0;
	err = write_all(o, data, len);
	if (err) {
		take_back(o);
		return err;
	}
	o->size += len;
	o->torn = 0;
	return 0;
}

int output_write(struct output *o, const void *data, size_t len, const struct totals *before)
{
	int err;

	if (o->stream) {
		err = stream_put(o->stream, data, len, before);
		o->size += err ? 0 : len;
	} else {
		err = write_block(o, data, len);
	}
	o->error = err;
	o->failures += err != 0;
	return err;
}

bool output_may_recover(const struct output *o)
{
	struct stat st;

	if (o->stream)
		return o->error == -ENOBUFS || o->error == -ENOMEM;
	if (fstat(o->fd, &st) || !S_ISREG(st.st_mode))
		return false;
	return o->error == -ENOSPC || o->error == -EDQUOT || o->error == -EIO;
}

struct pollfd output_poll(const struct output *o)
{
	return o->stream ? stream_poll(o->stream) : (struct pollfd){.fd = -1};
}

void output_polled(struct output *o, short revents)
{
	int err = o->stream ? stream_polled(o->stream, revents) : 0;

	if (err)
		o->error = err;
}

size_t output_waiting(const struct output *o)
{
	return o->stream ? stream_waiting(o->stream) : 0;
}

void output_discard(struct output *o)
{
	if (o->is_file)
		unlink(o->name);
	output_close(o);
}

int output_close(struct output *o)
{
	int fd = o->fd, err = 0;

	stream_free(o->stream);
	o->stream = NULL;
	if (fd < 0 || o->is_stdout)
		return 0;
	o->fd = -1;
	if (o->is_file && fdatasync(fd))
		err = -errno;
	return close(fd) && !err ? -errno : err;
}
