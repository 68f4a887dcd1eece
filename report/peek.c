/* SPDX-License-Identifier: MIT */
#include "report/peek.h"

#include "format/reader.h"
#include "report/clock.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories have thousands of files: of most of them this is enough. */
enum { AT_ONCE = 32 << 10 };

static int64_t read_fd(void *ctx, void *data, size_t len)
{
	return read(*(int *)ctx, data, len < AT_ONCE ? len : AT_ONCE);
}

static void take_header(struct peek *p, const struct header *h)
{
	p->known = true;
	p->start_us = p->began_us = h->start_wall_us;
	p->zone_offset_s = h->zone_offset_s;
	p->recording = h->recording;
	p->series = h->series;
	p->part = h->part;
	snprintf(p->host, sizeof(p->host), "%s", h->host);
}

/* As far as the first block. */
static void read_start(struct reader *r, struct peek *p)
{
	struct item item;
	int status;

	while ((status = reader_next(r, &item)) == FMT_OK) {
		if (item.kind == ITEM_DAMAGE)
			p->headless = true;
		if (item.kind == ITEM_GROUP)
			take_header(p, item.header);
		if (item.kind != ITEM_BLOCK)
			continue;
		p->start_us = clock_wall(item.block->first_us, item.block->wall_offset_us);
		break;
	}
	p->foreign = !p->known && (status == FMT_EFOREIGN || status == FMT_END);
}

void peek_file(const char *name, struct peek *p)
{
	struct reader *r = NULL;
	struct stat st;
	int fd;

	*p = (struct peek){.start_us = INT64_MAX};
	if (stat(name, &st))
		return;
	if (!S_ISREG(st.st_mode)) {
		p->start_us = INT64_MIN;
		return;
	}
	p->size = (uint64_t)st.st_size;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (reader_new(&r, (struct source){read_fd, &fd}) == FMT_OK)
		read_start(r, p);
	reader_free(r);
	close(fd);
}
