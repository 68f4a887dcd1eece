/* SPDX-License-Identifier: MIT */
#include "report/options.h"

#include "report/args.h"
#include "report/clock.h"
#include "report/hint.h"
#include "report/log.h"
#include "report/option_table.h"
#include "report/text.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOP_ROWS = 10,
	INTERVAL_MIN_US = 1000,
	INTERVAL_MAX_S = 366 * 86400,
	WORD_SHOWN = 60, /* columns of a wrong value in a message */
};

struct parser {
	struct options *o;
	const struct log *log;
	struct args args;
	char view[64];   /* how the view was asked for; "": not yet */
	char family[64]; /* -4 or -6, as it was written */
	bool has_rows, has_by, has_sort, has_filter;
	int numbers; /* INTERVAL and COUNT seen */
};

static int usage(const struct log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int usage(const struct log *log, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_error(log, NULL, "%s", text);
	fputs("Try 'tcptop-report --help'.\n", log->to);
	return -EINVAL;
}

static int no_memory(const struct log *log)
{
	log_error(log, NULL, "no memory");
	return -ENOMEM;
}

static int bad_value(const struct parser *p, const char *value, const char *why)
{
	char shown[4 * WORD_SHOWN + 1];

	text_escape(shown, sizeof(shown), value, WORD_SHOWN);
	return usage(p->log, "option '%s': '%s' is %s", p->args.spelt, shown, why);
}

/* Digits only, 1 to UINT32_MAX. */
static bool parse_count(const char *s, uint64_t *v)
{
	*v = 0;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		*v = *v * 10 + (uint64_t)(*s - '0');
		if (*v > UINT32_MAX)
			return false;
	}
	return *v > 0;
}

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789.")] && strcspn(s, "0123456789") < strlen(s);
}

/* Seconds with up to six decimals. */
static bool parse_seconds(const char *s, int64_t *us)
{
	int64_t v = 0, unit = SECOND_US;
	bool decimals = false;

	for (; *s; s++) {
		if (*s == '.' && !decimals) {
			decimals = true;
			continue;
		}
		if (*s == '.' || (decimals && unit == 1))
			return false;
		v = v * 10 + (*s - '0');
		if (decimals)
			unit /= 10;
		if (v > (int64_t)INTERVAL_MAX_S * SECOND_US / unit)
			return false;
	}
	*us = v * unit;
	return *us >= INTERVAL_MIN_US && *us <= (int64_t)INTERVAL_MAX_S * SECOND_US;
}

static int take_number(struct parser *p, const char *word)
{
	switch (p->numbers++) {
	case 0:
		if (!parse_seconds(word, &p->o->interval_us))
			return usage(p->log, "INTERVAL '%.60s' is not between 0.001 and %d seconds",
				word, INTERVAL_MAX_S);
		return 0;
	case 1:
		if (!parse_count(word, &p->o->count))
			return usage(p->log, "COUNT '%.60s' is not a whole number from 1", word);
		return 0;
	default:
		return usage(p->log,
			"'%.60s' is one number too many after INTERVAL and COUNT; "
			"a file of that name is './%.60s'",
			word, word);
	}
}

static int add_file(struct parser *p, const char *name)
{
	const char **more;

	if (!name[0])
		return usage(p->log, "a file's name is empty");
	for (size_t i = 0; i < p->o->files; i++) {
		if (!strcmp(name, "-") && !strcmp(p->o->file[i], "-"))
			return usage(p->log, "standard input ('-') is given twice");
	}
	more = realloc(p->o->file, (p->o->files + 1) * sizeof(*more));
	if (!more)
		return no_memory(p->log);
	p->o->file = more;
	more[p->o->files++] = name;
	return 0;
}

static int set_view(struct parser *p, enum view_kind view)
{
	if (p->view[0] && p->o->view != view)
		return usage(
			p->log, "options '%s' and '%s' exclude each other", p->view, p->args.spelt);
	p->o->view = view;
	snprintf(p->view, sizeof(p->view), "%s", p->args.spelt);
	return 0;
}

static int set_rows(struct parser *p)
{
	if (!parse_count(p->args.value, &p->o->rows))
		return bad_value(p, p->args.value, "not a whole number from 1");
	p->has_rows = true;
	return 0;
}

static int set_top(struct parser *p)
{
	int err = set_view(p, VIEW_TOP);

	if (!err && p->args.value)
		err = set_rows(p);
	return err;
}

static int set_html(struct parser *p)
{
	if (!p->args.value[0])
		return usage(p->log, "option '--html': the file's name is empty");
	p->o->html = p->args.value;
	return set_view(p, VIEW_HTML);
}

static int set_family(struct parser *p, uint8_t family)
{
	struct filter *f = &p->o->filter;

	if (f->family && f->family != family)
		return usage(p->log, "options '%s' and '%s' exclude each other", p->family,
			p->args.spelt);
	f->family = family;
	snprintf(p->family, sizeof(p->family), "%s", p->args.spelt);
	p->has_filter = true;
	return 0;
}

static int add_filter(struct parser *p, enum filter_kind kind)
{
	char shown[4 * WORD_SHOWN + 1];
	int err = filter_add(&p->o->filter, kind, p->args.value);

	p->has_filter = true;
	if (err != -EINVAL)
		return err ? no_memory(p->log) : 0;
	text_escape(shown, sizeof(shown), p->args.value, WORD_SHOWN);
	return usage(
		p->log, "option '%s': '%s' is not %s", p->args.spelt, shown, filter_wants(kind));
}

static int set_by(struct parser *p)
{
	for (int by = 0; by < BY_COUNT; by++) {
		if (!strcmp(p->args.value, key_name((enum key_by)by))) {
			p->o->by = (enum key_by)by;
			p->has_by = true;
			return 0;
		}
	}
	return bad_value(p, p->args.value,
		"none of session, process, comm, cgroup, laddr, raddr, lport, rport, peer");
}

static int set_sort(struct parser *p)
{
	static const char *const names[SORT_COUNT] = {
		[SORT_TOTAL] = "total",
		[SORT_RX] = "rx",
		[SORT_TX] = "tx",
		[SORT_CALLS] = "calls",
	};

	for (int sort = 0; sort < SORT_COUNT; sort++) {
		if (!strcmp(p->args.value, names[sort])) {
			p->o->sort = (enum sort)sort;
			p->has_sort = true;
			return 0;
		}
	}
	return bad_value(p, p->args.value, "none of total, rx, tx, calls");
}

static int set_unit(struct parser *p, enum unit unit)
{
	if (p->o->unit != UNIT_KB && p->o->unit != unit)
		return usage(p->log, "options '--bytes' and '--human' exclude each other");
	p->o->unit = unit;
	return 0;
}

static int set_moment(struct parser *p, struct moment *m)
{
	p->has_filter = true;
	if (!moment_parse(m, p->args.value))
		return 0;
	return bad_value(p, p->args.value,
		"no time; give one such as 2026-11-20T09:55:00Z, "
		"'2026-11-20 09:55', 09:55:30, @1795168500, +90s, -5m");
}

static int set_zone(struct parser *p, const char *zone)
{
	p->o->utc = !strcmp(zone, "utc");
	p->o->tz_recorder = !strcmp(zone, "recorder");
	if (!p->o->utc && !p->o->tz_recorder && strcmp(zone, "local") != 0)
		return bad_value(p, zone, "none of recorder, local, utc; for others set TZ");
	return 0;
}

/* The kind of filter that the option is, FILTER_KINDS for none. */
static enum filter_kind filter_kind(int id)
{
	static const int options[FILTER_KINDS] = {
		[FILTER_PID] = OPT_PID,
		[FILTER_COMM] = OPT_COMM,
		[FILTER_CGROUP] = OPT_CGROUP,
		[FILTER_LADDR] = OPT_LADDR,
		[FILTER_RADDR] = OPT_RADDR,
		[FILTER_PORT] = OPT_PORT,
		[FILTER_LPORT] = OPT_LPORT,
		[FILTER_RPORT] = OPT_RPORT,
		[FILTER_CONN] = OPT_CONN,
	};
	int kind = 0;

	while (kind < FILTER_KINDS && options[kind] != id)
		kind++;
	return (enum filter_kind)kind;
}

static int take_option(struct parser *p, int id)
{
	enum filter_kind kind = filter_kind(id);

	if (kind != FILTER_KINDS)
		return add_filter(p, kind);
	switch (id) {
	case OPT_TOP:
		return set_top(p);
	case OPT_EVENTS:
		return set_view(p, VIEW_EVENTS);
	case OPT_INFO:
		return set_view(p, VIEW_INFO);
	case OPT_HTML:
		return set_html(p);
	case OPT_INPUT:
		return add_file(p, p->args.value);
	case OPT_NO_LOOPBACK:
		p->o->filter.no_loopback = true;
		p->has_filter = true;
		return 0;
	case OPT_IPV4:
		return set_family(p, 4);
	case OPT_IPV6:
		return set_family(p, 6);
	case OPT_BY:
		return set_by(p);
	case OPT_SORT:
		return set_sort(p);
	case OPT_ROWS:
		return set_rows(p);
	case OPT_CSV:
		p->o->csv = true;
		return 0;
	case OPT_JSON:
		p->o->json = true;
		return 0;
	case OPT_BYTES:
		return set_unit(p, UNIT_BYTES);
	case OPT_HUMAN:
		return set_unit(p, UNIT_HUMAN);
	case OPT_FOLLOW:
		p->o->follow = true;
		return 0;
	case OPT_SINCE:
		return set_moment(p, &p->o->since);
	case OPT_UNTIL:
		return set_moment(p, &p->o->until);
	case OPT_UTC:
		return set_zone(p, "utc");
	case OPT_TZ:
		return set_zone(p, p->args.value);
	case OPT_STRICT:
		p->o->strict = true;
		return 0;
	case OPT_NOSUMMARY:
		p->o->nosummary = true;
		return 0;
	case OPT_QUIET:
		p->o->quiet = true;
		return 0;
	default: /* OPT_NOCLEAR */
		p->o->noclear = true;
		return 0;
	}
}

static int wrong_option(const struct parser *p)
{
	char hint[HINT_SIZE] = "";

	if (p->args.unknown)
		hint_option(hint, p->args.spelt);
	return usage(p->log, "%s%s", p->args.error, hint);
}

static int check(struct parser *p)
{
	struct options *o = p->o;

	if (o->view != VIEW_INTERVALS && p->numbers)
		return usage(p->log, "INTERVAL is for the interval tables; '%s' has none%s",
			p->view,
			o->view == VIEW_TOP || o->view == VIEW_EVENTS ? ", but '-n' for its rows"
								      : "");
	if (o->csv && o->json)
		return usage(p->log, "options '--csv' and '--json' exclude each other");
	if ((o->view == VIEW_INFO || o->view == VIEW_HTML) && (o->csv || o->json))
		return usage(p->log, "options '%s' and '%s' exclude each other", p->view,
			o->csv ? "--csv" : "--json");
	if (o->view == VIEW_INFO && (p->has_filter || p->has_rows || p->has_by || p->has_sort))
		return usage(p->log, "'--info' is about whole files: it knows no filter, "
				     "key, order or number of rows");
	if (o->view == VIEW_EVENTS && p->has_sort)
		return usage(p->log, "options '--events' and '--sort' exclude each other: "
				     "samples are in order of time");
	if (o->view == VIEW_EVENTS && p->has_by && !o->csv && !o->json)
		return usage(p->log, "'--events' with '--by' needs '--csv' or '--json'");
	if ((o->view == VIEW_TOP || o->view == VIEW_HTML) && !p->has_rows)
		o->rows = TOP_ROWS;
	if (!o->files)
		return add_file(p, "tcptop.data");
	return 0;
}

int options_parse(struct options *o, int argc, char *const *argv, const struct log *log)
{
	struct parser p = {.o = o, .log = log};
	int id, err = 0;

	memset(o, 0, sizeof(*o));
	o->interval_us = SECOND_US;
	args_init(&p.args, option_table, argc, argv);
	while (!err && (id = args_next(&p.args)) != ARG_END) {
		if (id == ARG_ERROR)
			err = wrong_option(&p);
		else if (id == ARG_WORD && !p.args.words_only && is_number(p.args.value))
			err = take_number(&p, p.args.value);
		else if (id == ARG_WORD)
			err = add_file(&p, p.args.value);
		else if (id == OPT_HELP || id == OPT_VERSION) {
			o->action = id == OPT_HELP ? ACTION_HELP : ACTION_VERSION;
			return 0;
		} else
			err = take_option(&p, id);
	}
	return err ? err : check(&p);
}

void options_clear(struct options *o)
{
	filter_clear(&o->filter);
	free(o->file);
	memset(o, 0, sizeof(*o));
}
