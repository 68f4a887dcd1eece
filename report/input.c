/* SPDX-License-Identifier: MIT */
#include "report/input.h"

#include "report/clock.h"
#include "report/follow.h"
#include "report/interrupt.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct input {
	int fd;
	int error; /* errno of a failed read */
	struct follow follow;
	bool is_file;
	struct reader *reader;
	struct feed feed;
	char *host, *boot_id; /* of the group at hand */
};

static int64_t read_fd(void *ctx, void *data, size_t len)
{
	struct input *in = ctx;
	ssize_t n;

	do {
		n = read(in->fd, data, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		in->error = errno;
	return n;
}

/* For looking ahead: a damaged block's definitions stand again in its group's summary. */
static int64_t read_fd_at(void *ctx, uint64_t offset, void *data, size_t len)
{
	const struct input *in = ctx;
	ssize_t n;

	do {
		n = pread(in->fd, data, len, (off_t)offset);
	} while (n < 0 && errno == EINTR);
	return n;
}

static int refuse(char why[INPUT_WHY], int err, const char *text)
{
	snprintf(why, INPUT_WHY, "%s", text);
	return err;
}

static const char *reason(int err)
{
	switch (err) {
	case ENOENT:
		return "no such file; name a recording, or make one with tcptop-record";
	case EACCES:
		return "permission denied; a recording is its owner's to read, and root's";
	default:
		return strerror(err);
	}
}

static int open_fd(const char *name, char why[INPUT_WHY])
{
	struct stat st;
	int fd, err;

	if (!strcmp(name, "-")) {
		if (isatty(STDIN_FILENO))
			return refuse(why, -EINVAL,
				"is a terminal; give it a recording, as in "
				"'tcptop-record -o - | tcptop-report -'");
		return STDIN_FILENO;
	}
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err = errno;
		return refuse(why, -err, reason(err));
	}
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		close(fd);
		return refuse(why, -EISDIR, "is a directory; name the files in it");
	}
	return fd;
}

static const char *name_of(const struct input *in)
{
	return in->follow.name;
}

static int open_file(struct input *in, char why[INPUT_WHY])
{
	struct stat st;

	do
		in->fd = open_fd(name_of(in), why);
	while (in->fd == -ENOENT && follow_absent(&in->follow));
	if (in->fd < 0)
		return in->fd == -ENOENT && in->follow.log ? -EINTR : in->fd;
	in->feed.name = in->fd != STDIN_FILENO ? name_of(in) : "standard input";
	in->is_file = in->fd != STDIN_FILENO && !fstat(in->fd, &st) && S_ISREG(st.st_mode);
	if (in->is_file)
		reader_read_at(in->reader, read_fd_at);
	else
		in->follow.log = NULL; /* a pipe says itself when it is over */
	return 0;
}

int input_open(struct input **out, const char *name, const struct log *follow, char why[INPUT_WHY])
{
	struct input *in = calloc(1, sizeof(*in));
	int err = -ENOMEM;

	if (!in)
		return refuse(why, err, "no memory");
	in->fd = -1;
	in->feed.origin = (struct origin){"", ""};
	refuse(why, err, "no memory");
	if (!follow_init(&in->follow, name, strcmp(name, "-") != 0 ? follow : NULL) &&
		reader_new(&in->reader, (struct source){read_fd, in}) == FMT_OK)
		err = open_file(in, why);
	if (err) {
		input_close(in);
		return err;
	}
	*out = in;
	return 0;
}

static void close_fd(struct input *in)
{
	if (in->fd > STDERR_FILENO)
		close(in->fd);
	in->fd = -1;
}

int input_go_on(struct input *in, char why[INPUT_WHY])
{
	int err;

	if (!follow_advance(&in->follow))
		return 0;
	close_fd(in);
	reader_reset(in->reader, (struct source){read_fd, in});
	err = open_file(in, why);
	return err ? err : 1;
}

bool input_is(const struct input *in, const char *name)
{
	struct stat here, there;

	return !fstat(in->fd, &here) && !stat(name, &there) && here.st_dev == there.st_dev &&
	       here.st_ino == there.st_ino;
}

void input_close(struct input *in)
{
	if (!in)
		return;
	reader_free(in->reader);
	close_fd(in);
	follow_clear(&in->follow);
	free(in->host);
	free(in->boot_id);
	free(in);
}

bool input_is_file(const struct input *in)
{
	return in->is_file && !in->follow.log;
}

struct reader *input_own_reader(struct input *in)
{
	return in->reader;
}

int input_reader(const struct input *in, struct reader **out)
{
	/* Of the input only the descriptor is used, which the const is about. */
	void *ctx = (void *)(uintptr_t)in;

	if (reader_new(out, (struct source){read_fd, ctx}))
		return -ENOMEM;
	reader_read_at(*out, read_fd_at);
	return 0;
}

const struct feed *input_feed(const struct input *in)
{
	return &in->feed;
}

static int take_header(struct input *in, const struct header *h)
{
	free(in->host);
	free(in->boot_id);
	in->host = strdup(h->host ? h->host : "");
	in->boot_id = strdup(h->boot_id ? h->boot_id : "");
	if (!in->host || !in->boot_id)
		return FMT_ENOMEM;
	in->feed.origin = (struct origin){in->host, in->boot_id};
	return FMT_OK;
}

static void explain(const struct input *in, int status, char why[INPUT_WHY])
{
	switch (status) {
	case FMT_EFOREIGN:
		snprintf(why, INPUT_WHY,
			"not a recording of tcptop-record; if one was compressed, decompress it "
			"first");
		break;
	case FMT_EVERSION:
		snprintf(why, INPUT_WHY,
			"written by a newer tcptop-record: %.100s; update tcptop-report",
			reader_version_needed(in->reader));
		break;
	case FMT_EIO:
		snprintf(why, INPUT_WHY, "cannot be read: %s",
			in->error ? strerror(in->error) : fmt_status_text(status));
		break;
	default:
		snprintf(why, INPUT_WHY, "%s", fmt_status_text(status));
		break;
	}
}

int input_next(struct input *in, struct item *item, char why[INPUT_WHY])
{
	const struct reader_stats *stats = reader_stats(in->reader);
	int status = FMT_END;

	in->feed.stopped = in->follow.log && interrupt_came();
	if (!in->feed.stopped) {
		do
			status = reader_next(in->reader, item);
		while (status == FMT_END && follow_end(&in->follow, in->fd, stats));
		in->feed.stopped = in->follow.log && interrupt_came() && status == FMT_END;
	}
	if (status == FMT_OK)
		follow_see(&in->follow, item);
	if (status == FMT_OK && item->kind == ITEM_GROUP)
		status = take_header(in, item->header);
	in->feed.sessions = reader_sessions(in->reader, &in->feed.session_count);
	in->feed.stats = stats;
	if (status < 0)
		explain(in, status, why);
	return status;
}

bool input_last(const char *name, int64_t *last_us)
{
	bool known = false;
	char why[INPUT_WHY];
	struct input *in;
	struct extent group;
	struct item item;
	struct stat st;
	int64_t last;

	if (!strcmp(name, "-") || stat(name, &st) || !S_ISREG(st.st_mode) ||
		input_open(&in, name, NULL, why))
		return false;
	while (input_next(in, &item, why) == FMT_OK) {
		if (item.kind == ITEM_GROUP && !reader_extent(in->reader, &group) && group.blocks) {
			reader_skip(in->reader);
			last = group.last_wall_us;
		} else if (item.kind == ITEM_BLOCK)
			last = clock_wall(item.block->last_us, item.block->wall_offset_us);
		else if (item.kind == ITEM_FINISH)
			last = in->feed.stats->finish_wall_us;
		else
			continue;
		*last_us = known && *last_us > last ? *last_us : last;
		known = true;
	}
	input_close(in);
	return known;
}
