/* SPDX-License-Identifier: MIT */
#include "report/chart.h"

#include "report/out.h"
#include "report/page.h"
#include "report/units.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	WIDTH = 1000,
	HEIGHT = 320,
	LEFT = 70,
	RIGHT = 10,
	TOP = 16,
	BOTTOM = 24,
	TIME_LABELS = 8,
	LABEL = 130, /* the widest text under the picture */
	NAME = 512,
};

struct chart {
	struct out *out;
	const struct picture *p;
	struct clock *clock;
	chart_name *name;
	void *ctx;
	double step;       /* width of one */
	double middle;     /* where neither direction has moved anything */
	double per_byte;   /* height of a byte a step */
	double largest[2]; /* of all steps, all series together */
};

static double left_of(const struct chart *c, size_t step)
{
	return LEFT + c->step * (double)step;
}

static size_t series_count(const struct picture *p)
{
	return p->series + p->others;
}

/* The last colour is that of what is left, however many come before. */
static size_t series_at(const struct picture *p, size_t i)
{
	return i < p->series ? i : TIMELINE_SERIES;
}

/* That of several series may need more than 64 bits. */
static double step_bytes(const struct step *s, int dir)
{
	double sum = 0;

	for (size_t i = 0; i <= TIMELINE_SERIES; i++)
		sum += (double)s->bytes[i][dir];
	return sum;
}

static void scale(struct chart *c)
{
	double high = HEIGHT - TOP - BOTTOM, rx, tx;

	for (size_t i = 0; i < c->p->steps; i++)
		for (int d = 0; d < 2; d++) {
			double bytes = step_bytes(&c->p->step[i], d);

			c->largest[d] = bytes > c->largest[d] ? bytes : c->largest[d];
		}
	rx = c->largest[DIR_RX];
	tx = c->largest[DIR_TX];
	c->step = (double)(WIDTH - LEFT - RIGHT) / (double)c->p->steps;
	c->per_byte = rx + tx > 0 ? high / (rx + tx) : 0;
	c->middle = rx + tx > 0 ? TOP + rx * c->per_byte : TOP + high / 2;
}

/* Stretches that nothing was recorded in, and where something was lost. */
static void draw_marks(struct chart *c)
{
	const struct picture *p = c->p;

	for (size_t i = 0; i < p->steps; i++) {
		size_t n = i;

		while (n < p->steps && !p->step[n].recorded)
			n++;
		if (n > i)
			out_printf(c->out,
				"<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
				"fill=\"var(--gap)\"><title>not recorded</title></rect>\n",
				left_of(c, i), TOP, c->step * (double)(n - i),
				HEIGHT - TOP - BOTTOM);
		i = n > i ? n - 1 : i;
	}
	for (size_t i = 0; i < p->steps; i++) {
		if (p->step[i].lost)
			out_printf(c->out,
				"<rect x=\"%.1f\" y=\"2\" width=\"%.1f\" height=\"10\" "
				"fill=\"var(--bad)\"><title>lost calls</title></rect>\n",
				left_of(c, i), c->step < 2 ? 2.0 : c->step);
	}
}

/* One series, all of its bars, on top of those before it. */
static void draw_series(struct chart *c, size_t n)
{
	size_t series = series_at(c->p, n);

	out_printf(c->out, "<path fill=\"var(--s%zu)\" d=\"", series);
	for (size_t i = 0; i < c->p->steps; i++) {
		const struct step *s = &c->p->step[i];
		double gap = c->step > 4 ? 1 : 0, under[2] = {0, 0};

		for (size_t k = 0; k < n; k++)
			for (int d = 0; d < 2; d++)
				under[d] += (double)s->bytes[k][d] * c->per_byte;
		for (int d = 0; d < 2; d++) {
			double high = (double)s->bytes[series][d] * c->per_byte;
			double y = d == DIR_RX ? c->middle - under[d] - high : c->middle + under[d];

			if (high > 0)
				out_printf(c->out, "M%.1f %.2fh%.1fv%.2fh-%.1fz", left_of(c, i), y,
					c->step - gap, high, c->step - gap);
		}
	}
	out_str(c->out, "\"/>\n");
}

static double seconds(const struct picture *p)
{
	return (double)p->width_us / SECOND_US;
}

static void rate_text(const struct chart *c, char to[UNIT_SIZE], double bytes)
{
	units_rate_text(to, UNIT_HUMAN, bytes / seconds(c->p));
}

/* What the pointer tells when it is over a step. */
static void tell_step(struct chart *c, size_t i)
{
	const struct step *s = &c->p->step[i];
	int64_t start = c->p->start_us + (int64_t)i * c->p->width_us;
	char rx[UNIT_SIZE], tx[UNIT_SIZE], name[NAME];

	out_printf(c->out,
		"<rect class=\"hover\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>",
		left_of(c, i), TOP, c->step, HEIGHT - TOP - BOTTOM);
	out_str(c->out, clock_date_time(c->clock, start));
	if (c->p->width_us < SECOND_US)
		out_printf(c->out, ".%02" PRIu32, clock_fraction(start) / 10000);
	for (size_t n = 0; n < series_count(c->p); n++) {
		size_t series = series_at(c->p, n);

		if (!s->bytes[series][DIR_RX] && !s->bytes[series][DIR_TX])
			continue;
		c->name(c->ctx, series, name, sizeof(name));
		units_text(rx, UNIT_HUMAN, s->bytes[series][DIR_RX]);
		units_text(tx, UNIT_HUMAN, s->bytes[series][DIR_TX]);
		out_char(c->out, '\n');
		page_text(c->out, name);
		out_printf(c->out, ": received %s, sent %s", rx, tx);
	}
	out_str(c->out, !s->recorded ? "\nnot recorded" : s->lost ? "\nsomething was lost" : "");
	out_str(c->out, "</title></rect>\n");
}

static void draw_rates(struct chart *c)
{
	static const char *const words[2] = {"received", "sent"};
	char text[UNIT_SIZE];

	for (int d = 0; d < 2; d++) {
		double y = d == DIR_RX ? TOP : HEIGHT - BOTTOM;

		rate_text(c, text, c->largest[d]);
		out_printf(c->out,
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s/s</text>"
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
			LEFT - 6, d == DIR_RX ? y + 10 : y, text, LEFT - 6,
			d == DIR_RX ? y + 24 : y - 14, words[d]);
	}
	out_printf(c->out, "<path class=\"axis\" d=\"M%d %.1fH%d\"/>\n", LEFT, c->middle,
		WIDTH - RIGHT);
}

static void draw_times(struct chart *c)
{
	const struct picture *p = c->p;
	int64_t end = p->start_us + (int64_t)(p->steps - 1) * p->width_us;
	bool days = clock_day(c->clock, p->start_us) != clock_day(c->clock, end);
	size_t labels = days ? TIME_LABELS / 2 : TIME_LABELS;
	size_t every = (p->steps + labels - 1) / labels;

	for (size_t i = 0; i < p->steps; i += every) {
		int64_t start = p->start_us + (int64_t)i * p->width_us;
		double x = left_of(c, i);

		out_printf(c->out,
			"<path class=\"axis\" d=\"M%.1f %dv5\"/>"
			"<text x=\"%.1f\" y=\"%d\"%s>%s",
			x, HEIGHT - BOTTOM, x, HEIGHT - 6,
			x > WIDTH - LABEL ? " text-anchor=\"end\"" : "",
			days ? clock_date_time(c->clock, start) : clock_time(c->clock, start));
		if (p->width_us < SECOND_US)
			out_printf(c->out, ".%02" PRIu32, clock_fraction(start) / 10000);
		out_str(c->out, "</text>\n");
	}
}

static void print_legend(struct chart *c)
{
	char name[NAME];

	out_str(c->out, "<p>");
	for (size_t n = 0; n < series_count(c->p); n++) {
		c->name(c->ctx, series_at(c->p, n), name, sizeof(name));
		out_printf(c->out, "<span class=\"key\"><i style=\"background:var(--s%zu)\"></i>",
			series_at(c->p, n));
		page_text(c->out, name);
		out_str(c->out, "</span>\n");
	}
	out_str(c->out, "</p>\n");
}

void chart_print(
	struct out *o, const struct picture *p, struct clock *clock, chart_name *name, void *ctx)
{
	struct chart c = {.out = o, .p = p, .clock = clock, .name = name, .ctx = ctx};

	if (!p->steps)
		return;
	scale(&c);
	out_printf(o, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"bytes over time\">\n",
		WIDTH, HEIGHT);
	draw_marks(&c);
	for (size_t n = 0; n < series_count(p); n++)
		draw_series(&c, n);
	draw_rates(&c);
	draw_times(&c);
	for (size_t i = 0; i < p->steps; i++)
		tell_step(&c, i);
	out_str(o, "</svg>\n");
	print_legend(&c);
}
