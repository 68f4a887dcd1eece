/* SPDX-License-Identifier: MIT */
#include "report/interval_print.h"

#include "report/fields.h"
#include "report/layout.h"
#include "report/line.h"
#include "report/text.h"
#include <inttypes.h>
#include <string.h>

enum {
	FAMILY_ANY = 0,
	HOST_SIZE = 128, /* a name that is longer is cut where it stands outside of tables */
};

void interval_printer_init(struct interval_printer *p, const struct view_setup *setup)
{
	*p = (struct interval_printer){.setup = *setup};
	clock_init(&p->clock, setup->options->utc);
	clock_fix(&p->clock, setup->zone);
}

/* A row for other programs, or the names of its columns. */
static void print_line(struct interval_printer *p, enum line_form form, const struct interval *i,
	const struct row *row)
{
	enum key_by by = p->setup.options->by;
	char text[CLOCK_SIZE];
	struct line l;

	line_begin(&l, p->setup.out, form);
	clock_epoch(text, i->start_us, true);
	line_number(&l, "epoch", text);
	line_word(&l, "time", clock_date_time(&p->clock, i->start_us));
	clock_epoch(text, i->end_us - i->start_us, true);
	line_number(&l, "seconds", text);
	fields_key(&l, by, row->key);
	fields_sums(&l, row->sums);
	fields_udp(&l, by, row->udp);
	line_end(&l);
}

void interval_begin(struct interval_printer *p)
{
	const struct interval none = {0};

	if (p->setup.options->csv)
		print_line(p, LINE_NAMES, &none, &fields_no_row);
}

/*
 * The file is read once and forwards, so the date shows from the first midnight on. Fractions show
 * where intervals have them.
 */
static void print_time(struct interval_printer *p, int64_t wall_us)
{
	int64_t length = p->setup.options->interval_us;
	char text[CLOCK_SIZE + 8];
	int n = snprintf(text, sizeof(text), "%s",
		clock_day(&p->clock, wall_us) == p->first_day
			? clock_time(&p->clock, wall_us)
			: clock_date_time(&p->clock, wall_us));

	if (length % 1000)
		snprintf(
			text + n, sizeof(text) - (size_t)n, ".%06" PRIu32, clock_fraction(wall_us));
	else if (length % SECOND_US)
		snprintf(text + n, sizeof(text) - (size_t)n, ".%03" PRIu32,
			clock_fraction(wall_us) / 1000);
	out_printf(p->setup.out, "%-8s", text);
}

/* Between what is printed lies an empty line. */
static void begin_block(struct interval_printer *p, int64_t wall_us)
{
	if (p->setup.clear)
		out_str(p->setup.out, "\033[H\033[2J");
	else if (p->has_printed)
		out_char(p->setup.out, '\n');
	if (!p->has_printed)
		p->first_day = clock_day(&p->clock, wall_us);
	p->has_printed = true;
}

/* "web1 " where there are several hosts. */
static void print_host(struct interval_printer *p, const char *name)
{
	char text[HOST_SIZE];

	if (!p->many_hosts)
		return;
	text_escape(text, sizeof(text), name, TEXT_ALL);
	out_str(p->setup.out, text);
	out_char(p->setup.out, ' ');
}

static void print_load(
	struct interval_printer *p, const struct interval *i, const struct interval_host *host)
{
	const struct load *l = host->load;

	print_time(p, i->end_us);
	out_char(p->setup.out, ' ');
	print_host(p, host->name);
	out_str(p->setup.out, "loadavg: ");
	if (!l) {
		out_str(p->setup.out, "unknown\n");
		return;
	}
	for (int n = 0; n < 3; n++)
		out_printf(p->setup.out, "%" PRIu32 ".%02" PRIu32 " ", l->avg[n] / 100,
			l->avg[n] % 100);
	out_printf(p->setup.out, "%" PRIu32 "/%" PRIu32 " %" PRIu32 "\n", l->running, l->threads,
		l->last_pid);
}

static bool in_group(const struct row *row, uint8_t family)
{
	return family == FAMILY_ANY || (row->key->family == 6) == (family == 6);
}

static bool has_group(const struct interval *i, uint8_t family)
{
	for (size_t n = 0; n < i->rows; n++) {
		if (in_group(&i->row[n], family))
			return true;
	}
	return false;
}

/* Of each table. */
static uint64_t rows_wanted(const struct interval_printer *p)
{
	return p->setup.options->rows ? p->setup.options->rows : UINT64_MAX;
}

static void make_layout(
	struct interval_printer *p, struct layout *l, const struct interval *i, uint8_t family)
{
	const struct options *options = p->setup.options;
	uint64_t left = rows_wanted(p);

	layout_begin(l, options->by, p->many_hosts, family, options->unit, p->setup.width);
	for (size_t n = 0; n < i->rows && left; n++) {
		if (!in_group(&i->row[n], family))
			continue;
		layout_see(l, &i->row[n]);
		left--;
	}
	layout_end(l);
}

static void print_titles(struct interval_printer *p, const struct layout *l)
{
	struct out *o = p->setup.out;

	for (size_t c = 0; c < l->columns; c++)
		out_printf(o, "%-*s ", l->width[c], layout_title(l, c));
	out_printf(o, "%*s %*s%s\n", l->rx, units_rx(l->unit), l->tx, units_tx(l->unit),
		l->proto ? " PROTO" : "");
}

static void print_row(struct interval_printer *p, const struct layout *l, const struct row *row)
{
	char cell[CELL_SIZE], tx[UNIT_SIZE];

	for (size_t c = 0; c < l->columns; c++) {
		int used = l->column[c]->cell(cell, sizeof(cell), row->key, l->cut[c]);

		out_str(p->setup.out, cell);
		out_fill(p->setup.out, ' ', l->width[c] - used);
		out_char(p->setup.out, ' ');
	}
	units_text(cell, l->unit, row->sums->bytes[DIR_RX]);
	units_text(tx, l->unit, row->sums->bytes[DIR_TX]);
	out_printf(p->setup.out, "%*s %*s", l->rx, cell, l->tx, tx);
	if (l->proto)
		out_printf(p->setup.out, " %s", fields_proto(row->key->proto));
	out_char(p->setup.out, '\n');
}

/* The rows of one family, or all: the same ones in each form. */
static void print_group(struct interval_printer *p, const struct interval *i, uint8_t family)
{
	const struct options *options = p->setup.options;
	struct layout layout = {0};
	uint64_t left;

	if (!has_group(i, family))
		return;
	if (!options->csv && !options->json) {
		make_layout(p, &layout, i, family);
		if (family == 6)
			out_char(p->setup.out, '\n');
		print_titles(p, &layout);
	}
	left = rows_wanted(p);
	for (size_t n = 0; n < i->rows && left; n++) {
		if (!in_group(&i->row[n], family))
			continue;
		if (options->csv)
			print_line(p, LINE_CSV, i, &i->row[n]);
		else if (options->json)
			print_line(p, LINE_JSON, i, &i->row[n]);
		else
			print_row(p, &layout, &i->row[n]);
		left--;
	}
}

static void print_losses(
	struct interval_printer *p, const struct interval *i, const struct interval_host *host)
{
	char text[LOSSES_TEXT];

	if (!losses_any(host->losses))
		return;
	losses_text(host->losses, text);
	if (p->setup.options->json) {
		losses_json(host->losses, host->name, p->setup.out);
	} else if (p->setup.options->csv) {
		log_error(p->setup.log, p->many_hosts ? host->name : host->file,
			"lost in the interval from %s: %s", clock_date_time(&p->clock, i->start_us),
			text);
	} else {
		print_host(p, host->name);
		out_printf(p->setup.out, "lost: %s\n", text);
	}
}

void interval_table(struct interval_printer *p, const struct interval *i)
{
	const struct options *options = p->setup.options;
	bool text = !options->csv && !options->json;

	if (text) {
		begin_block(p, i->end_us);
		for (size_t n = 0; n < i->hosts && !options->nosummary; n++)
			print_load(p, i, &i->host[n]);
	}
	for (size_t n = 0; n < i->hosts; n++)
		print_losses(p, i, &i->host[n]);
	/* The text of /proc/loadavg ends a line of its own, so tcptop leaves one empty. */
	if (text && !options->nosummary)
		out_char(p->setup.out, '\n');
	if (key_has_family(options->by)) {
		print_group(p, i, 4);
		print_group(p, i, 6);
	} else {
		print_group(p, i, FAMILY_ANY);
	}
}

void interval_idle(struct interval_printer *p, const struct interval_run *run)
{
	if (p->setup.options->csv || p->setup.options->json)
		return;
	begin_block(p, run->end_us);
	print_time(p, run->end_us);
	out_printf(p->setup.out, " %s since ", run->recorded ? "idle" : "no recording");
	print_time(p, run->start_us);
	out_printf(p->setup.out, " (%" PRIu64 " interval%s)\n", run->intervals,
		text_s(run->intervals));
}
