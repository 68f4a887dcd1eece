/* SPDX-License-Identifier: MIT */
#include "report/view.h"

int view_new(struct view **out, const struct view_setup *setup)
{
	static int (*const makers[])(struct view **, const struct view_setup *) = {
		[VIEW_INTERVALS] = view_intervals_new,
		[VIEW_TOP] = view_top_new,
		[VIEW_EVENTS] = view_events_new,
		[VIEW_INFO] = view_info_new,
		[VIEW_HTML] = view_html_new,
	};

	return makers[setup->options->view](out, setup);
}

int64_t view_end(const struct view_setup *setup, const struct feed *feed)
{
	int64_t finish = feed->stats->finish_wall_us, until = setup->selection.until_us;

	return finish < until ? finish : until;
}

void view_free(struct view *v)
{
	if (v)
		v->free(v);
}
