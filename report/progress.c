/* SPDX-License-Identifier: MIT */
#include "report/progress.h"

enum {
	FIRST_US = 1000000, /* a replay that ends before is not worth a word */
	NEXT_US = 200000,
};

void progress_init(struct progress *p, FILE *to, uint64_t total, int64_t now_us)
{
	*p = (struct progress){.to = total ? to : NULL, .total = total, .begun_us = now_us};
}

bool progress_see(struct progress *p, uint64_t bytes)
{
	bool more = bytes != p->seen;

	p->seen = bytes;
	return p->to && more;
}

void progress_show(struct progress *p, int64_t now_us)
{
	uint64_t done = p->ended + p->seen;

	if (!p->to || now_us - p->begun_us < FIRST_US || now_us - p->shown_us < NEXT_US)
		return;
	if (done > p->total)
		done = p->total;
	/* A message that comes next begins at the line's start. */
	fprintf(p->to, "tcptop-report: %3.0f%% read\r", 100.0 * (double)done / (double)p->total);
	fflush(p->to);
	p->shown_us = now_us;
	p->shown = true;
}

void progress_file_end(struct progress *p, uint64_t bytes)
{
	p->ended += bytes;
	p->seen = 0;
}

void progress_clear(struct progress *p)
{
	if (!p->to || !p->shown)
		return;
	fputs("\033[K", p->to);
	fflush(p->to);
	p->shown = false;
}
