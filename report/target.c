/* SPDX-License-Identifier: MIT */
#include "report/target.h"

#include "report/log.h"
#include "report/out.h"
#include "report/peek.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "--html a.data" without the page's name must not cost a recording. */
static bool is_recording(const char *name)
{
	struct stat st;
	struct peek p;

	if (stat(name, &st) || !S_ISREG(st.st_mode) || access(name, R_OK))
		return false;
	peek_file(name, &p);
	return !p.foreign;
}

static bool is_regular(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

static int open_page(struct target *t, const char *page)
{
	t->fd = open(page, O_WRONLY | O_CLOEXEC);
	if (t->fd < 0 && errno == ENOENT) {
		t->fd = open(page, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		t->made = t->fd >= 0 ? page : NULL;
	}
	/* A link that leads nowhere: the name is not ours to take away. */
	if (t->fd < 0 && errno == EEXIST)
		t->fd = open(page, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (t->fd < 0)
		return -errno;
	t->replaces = is_regular(t->fd);
	return 0;
}

int target_open(struct target *t, const char *page, const struct log *log)
{
	int err;

	*t = (struct target){.fd = STDOUT_FILENO};
	if (!page || !strcmp(page, "-"))
		return 0;
	if (is_recording(page)) {
		log_error(log, page,
			"is a recording, which the page would replace; name the page before it, "
			"as in '--html page.html %s'",
			page);
		return -EEXIST;
	}
	err = open_page(t, page);
	if (err)
		log_error(log, page, "%s", strerror(-err));
	return err;
}

int target_write(void *ctx, const void *data, size_t len)
{
	struct target *t = ctx;

	if (t->replaces && ftruncate(t->fd, 0))
		return -errno;
	t->replaces = false;
	t->made = NULL;
	return out_write_fd(&t->fd, data, len);
}

void target_close(struct target *t)
{
	if (t->made && t->fd >= 0)
		unlink(t->made);
	t->made = NULL;
}
