/* SPDX-License-Identifier: MIT */
/*
 * view.h: one small interface for every way of showing a recording. A view is a file of its own,
 * view_NAME.c, named here once and in view.c once; whoever drives the views knows no more.
 *
 * Functions answer 0, VIEW_ENOUGH, or a negative errno. What a view prints goes to setup->out,
 * whose errors the driver looks after.
 */
#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include "report/clock.h"
#include "report/feed.h"
#include "report/log.h"
#include "report/options.h"
#include "report/out.h"

enum {
	VIEW_ENOUGH = 1, /* the view needs no more items; end comes next */
};

/* What all views are made of; outlives them. */
struct view_setup {
	const struct options *options;
	struct filter *filter;
	struct selection selection;
	uint64_t missing;        /* files of rotated sets that are not there */
	bool clear;              /* the screen, before each table */
	int width;               /* of the terminal; 0: none, or not known */
	const struct zone *zone; /* NULL: the reader's own, or UTC */
	struct out *out;
	const struct log *log;
};

struct view {
	/* Before the first item. */
	int (*begin)(struct view *v);
	/* An ITEM_SUMMARY stands for all blocks of its group; see run.c for who is given some. */
	int (*item)(struct view *v, const struct feed *feed, const struct item *item);
	/* After a file's last item; NULL: nothing to do. */
	int (*file_end)(struct view *v, const struct feed *feed);
	/* The feed's recording goes on beyond the selection; NULL: nothing to do. */
	void (*left)(struct view *v);
	/* A file cannot be used, or no further; NULL: nothing to do. */
	void (*failed)(struct view *v);
	int (*end)(struct view *v);
	void (*free)(struct view *v);
};

/* The view that the options ask for. */
int view_new(struct view **out, const struct view_setup *setup);
/* NULL is fine. */
void view_free(struct view *v);

int view_intervals_new(struct view **out, const struct view_setup *setup);
int view_top_new(struct view **out, const struct view_setup *setup);
int view_events_new(struct view **out, const struct view_setup *setup);
int view_info_new(struct view **out, const struct view_setup *setup);
int view_html_new(struct view **out, const struct view_setup *setup);

/* The recording's end, or that of the selection where it comes before. */
int64_t view_end(const struct view_setup *setup, const struct feed *feed);

#endif
