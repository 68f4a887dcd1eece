/* SPDX-License-Identifier: MIT */
/*
 * chart.h: draws a timeline as SVG: received upwards, sent downwards, a colour for each of the
 * largest keys; hatched where nothing was recorded, marked where something was lost. For
 * view_html.c.
 */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "report/clock.h"
#include "report/timeline.h"

struct out;

/* A series' name, escaped by text.h; "" for what is left. */
typedef void chart_name(void *ctx, size_t series, char *to, size_t size);

/* Nothing for a picture without steps. */
void chart_print(
	struct out *o, const struct picture *p, struct clock *clock, chart_name *name, void *ctx);

#endif
