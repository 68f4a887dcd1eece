/* SPDX-License-Identifier: MIT */
/*
 * compare: holds a CSV view of tcptop-report against the books of the traffic generator.
 *
 * Every row of the books must be in the report with the same calls and bytes each way, and the
 * report may have no other rows of the books' processes; rows of other processes are passed over.
 * The view is told by its columns: --top has each row once, intervals and --events are added up.
 * With --lost only the sums must balance, and no row may have more than its books; with --part that
 * is all that is asked, of a recording that ended too early.
 * Exit status: 0 the same, 1 different (each difference on standard error), 2 not to be compared.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"Usage: compare [OPTIONS] BOOKS [REPORT.csv]\n"
	"  -4, -6, -p PID[,PID...]  only these rows of the books are to be in the report\n"
	"  --lost RX_CALLS,TX_CALLS,RX_BYTES,TX_BYTES\n"
	"                           what the recording says it lost\n"
	"  --part                   the recording has some of the traffic only\n"
	"  --udp                    the books are of UDP\n"
	"Without REPORT.csv, or where it is -, the report comes from standard input.\n";

enum { FIGURES = 4, FIELDS = 32, SHOWN = 20, KEY_SIZE = 512 };

static const char *const figure_names[FIGURES] = {"rx_calls", "tx_calls", "rx_bytes", "tx_bytes"};
static const char *const key_names[] = {
	"pid", "comm", "family", "laddr", "lport", "raddr", "rport"};

enum { KEYS = sizeof(key_names) / sizeof(key_names[0]) };

/* A row of the books, and what the report says of it. */
struct entry {
	char key[KEY_SIZE];
	char pid[16];
	bool wanted; /* the filters leave it in */
	bool seen;
	uint64_t books[FIGURES], report[FIGURES];
};

struct ledger {
	struct entry *entries; /* by key */
	size_t count, space;
	unsigned long differences;
};

/* What is asked of the report. */
struct demand {
	const char *books, *report; /* files */
	const char *pids;           /* of the books, only these; NULL: all */
	const char *proto;          /* of all that is in the books */
	char family;                /* '4', '6', or 0 for both */
	enum { EXACT, BALANCED, PART } what;
	uint64_t lost[FIGURES]; /* where BALANCED */
};

/* A CSV file in memory; a record is cut into fields in place. */
struct csv {
	char *text, *next;
	char *field[FIELDS];
	int fields;
	unsigned long line;
};

static char *read_all(FILE *in)
{
	size_t len = 0, space = 1 << 16;
	char *text = malloc(space);

	while (text) {
		char *more;

		len += fread(text + len, 1, space - len - 1, in);
		if (len + 1 < space)
			break;
		more = realloc(text, space *= 2);
		if (!more)
			free(text);
		text = more;
	}
	if (text)
		text[len] = '\0';
	return text;
}

/* One field, its quotes taken off; leaves *at behind what ended it and answers that. */
static char csv_field(char **at, char **field)
{
	char *from = *at, *to = *at, end;
	bool quoted = *from == '"';

	*field = to;
	if (quoted)
		from++;
	while (*from && (quoted || (*from != ',' && *from != '\n' && *from != '\r'))) {
		if (quoted && *from == '"' && *++from != '"') {
			quoted = false;
			continue;
		}
		*to++ = *from++;
	}
	if (*from == '\r')
		from++;
	end = *from;
	*at = end ? from + 1 : from;
	*to = '\0';
	return end;
}

/* The next record; false at the end. */
static bool csv_next(struct csv *csv)
{
	char end = ',';

	if (!*csv->next)
		return false;
	csv->line++;
	for (csv->fields = 0; csv->fields < FIELDS && end == ','; csv->fields++)
		end = csv_field(&csv->next, &csv->field[csv->fields]);
	return true;
}

static int csv_open(struct csv *csv, const char *file)
{
	FILE *in = !strcmp(file, "-") ? stdin : fopen(file, "r");

	memset(csv, 0, sizeof(*csv));
	if (!in) {
		fprintf(stderr, "compare: %s: %s\n", file, strerror(errno));
		return -1;
	}
	csv->text = csv->next = read_all(in);
	if (in != stdin)
		fclose(in);
	if (!csv->text || !csv_next(csv)) {
		fprintf(stderr, "compare: %s: no heading\n", file);
		return -1;
	}
	return 0;
}

/* Where a heading has that column; -1: nowhere. */
static int column(const struct csv *csv, const char *name)
{
	for (int i = 0; i < csv->fields; i++)
		if (!strcmp(csv->field[i], name))
			return i;
	return -1;
}

/* The columns of a view; -1 where it has none. */
struct columns {
	int key[KEYS];
	int figure[FIGURES];
	int dir, bytes, calls; /* of --events */
	int rank, proto;
	int count;
};

static int find_columns(const struct csv *csv, const char *file, struct columns *c)
{
	bool complete = true;

	for (int i = 0; i < KEYS; i++) {
		c->key[i] = column(csv, key_names[i]);
		complete &= c->key[i] >= 0;
	}
	c->dir = column(csv, "dir");
	c->bytes = column(csv, "bytes");
	c->calls = column(csv, "calls");
	c->rank = column(csv, "rank");
	c->proto = column(csv, "proto");
	c->count = csv->fields;
	for (int i = 0; i < FIGURES; i++) {
		c->figure[i] = column(csv, figure_names[i]);
		complete &= c->figure[i] >= 0 || (c->dir >= 0 && c->bytes >= 0 && c->calls >= 0);
	}
	if (!complete)
		fprintf(stderr, "compare: %s: not a heading of books or of a report\n", file);
	return complete ? 0 : -1;
}

static int number(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno || end == text || *end || *text == '-' ? -1 : 0;
}

/* The key and figures of the record at hand. */
static int take(const struct csv *csv, const struct columns *c, struct entry *e, uint64_t *figures)
{
	int err = csv->fields == c->count ? 0 : -1;
	size_t len = 0;

	memset(figures, 0, FIGURES * sizeof(*figures));
	memset(e, 0, sizeof(*e));
	for (int i = 0; i < KEYS && !err; i++) {
		len += (size_t)snprintf(e->key + len, sizeof(e->key) - len, "%s%s", i ? "," : "",
			csv->field[c->key[i]]);
		if (len >= sizeof(e->key))
			err = -1;
	}
	if (err)
		return err;
	snprintf(e->pid, sizeof(e->pid), "%s", csv->field[c->key[0]]);
	if (c->dir >= 0) {
		int tx = !strcmp(csv->field[c->dir], "tx");

		if (!tx && strcmp(csv->field[c->dir], "rx"))
			return -1;
		err = number(csv->field[c->calls], &figures[tx]);
		return err | number(csv->field[c->bytes], &figures[2 + tx]);
	}
	for (int i = 0; i < FIGURES; i++)
		err |= number(csv->field[c->figure[i]], &figures[i]);
	return err;
}

static void add(uint64_t *sum, const uint64_t *figures)
{
	for (int i = 0; i < FIGURES; i++)
		sum[i] += figures[i];
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static struct entry *grow(struct ledger *l)
{
	if (l->count == l->space) {
		size_t space = l->space ? l->space * 2 : 256;
		struct entry *more = realloc(l->entries, space * sizeof(*more));

		if (!more)
			return NULL;
		l->entries = more;
		l->space = space;
	}
	return &l->entries[l->count++];
}

/* Rows of the same key become one. */
static void merge(struct ledger *l)
{
	size_t kept = 0;

	if (!l->count)
		return;
	qsort(l->entries, l->count, sizeof(*l->entries), by_key);
	for (size_t i = 1; i < l->count; i++) {
		if (strcmp(l->entries[kept].key, l->entries[i].key))
			l->entries[++kept] = l->entries[i];
		else
			add(l->entries[kept].books, l->entries[i].books);
	}
	l->count = kept + 1;
}

static bool in_list(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (; list; list = strchr(list, ',') ? strchr(list, ',') + 1 : NULL)
		if (!strncmp(list, word, len) && (!list[len] || list[len] == ','))
			return true;
	return false;
}

static int load_books(struct ledger *l, const struct demand *d)
{
	const char *file = d->books;
	struct columns c;
	struct csv csv;
	int err = csv_open(&csv, file);

	if (!err)
		err = find_columns(&csv, file, &c);
	while (!err && csv_next(&csv)) {
		struct entry *e = grow(l);

		if (!e || take(&csv, &c, e, e->books)) {
			fprintf(stderr, "compare: %s: bad record %lu\n", file, csv.line);
			err = -1;
			break;
		}
		e->wanted = (!d->pids || in_list(d->pids, e->pid)) &&
			    (!d->family || *csv.field[c.key[2]] == d->family);
	}
	free(csv.text);
	merge(l);
	return err;
}

static void differ(struct ledger *l, const char *key, const char *what)
{
	if (l->differences++ < SHOWN)
		fprintf(stderr, "compare: %s: %s\n", key, what);
}

static bool pid_known(const struct ledger *l, const char *pid)
{
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->entries[i].pid, pid))
			return true;
	return false;
}

static void enter(struct ledger *l, const struct csv *csv, const struct columns *c,
	const struct entry *from, const uint64_t *figures, const char *proto)
{
	struct entry *e = NULL;

	if (l->count)
		e = bsearch(from, l->entries, l->count, sizeof(*e), by_key);
	if (!e && !pid_known(l, from->pid))
		return;
	if (!e || !e->wanted) {
		differ(l, from->key, e ? "reported against the filter" : "not in the books");
		return;
	}
	if (e->seen && c->rank >= 0)
		differ(l, from->key, "reported twice");
	if (c->proto >= 0 && strcmp(csv->field[c->proto], proto))
		differ(l, from->key, "reported with another protocol");
	e->seen = true;
	add(e->report, figures);
}

static int load_report(struct ledger *l, const struct demand *d)
{
	const char *file = d->report;
	uint64_t figures[FIGURES];
	struct entry e;
	struct columns c;
	struct csv csv;
	int err = csv_open(&csv, file);

	if (!err)
		err = find_columns(&csv, file, &c);
	while (!err && csv_next(&csv)) {
		if (take(&csv, &c, &e, figures)) {
			fprintf(stderr, "compare: %s: bad record %lu\n", file, csv.line);
			err = -1;
			break;
		}
		enter(l, &csv, &c, &e, figures, d->proto);
	}
	free(csv.text);
	return err;
}

static void differ_figure(struct ledger *l, const char *key, int i, uint64_t books, uint64_t report)
{
	char what[128];

	snprintf(what, sizeof(what),
		"%s: %" PRIu64 " in the books, %" PRIu64 " in the report (%+" PRId64 ")",
		figure_names[i], books, report, (int64_t)(report - books));
	differ(l, key, what);
}

/* One row: exactly the books' figures, or not more than these. */
static void balance_row(struct ledger *l, const struct entry *e, bool exact)
{
	if (!e->seen && exact) {
		differ(l, e->key, "not in the report");
		return;
	}
	for (int i = 0; i < FIGURES; i++)
		if (exact ? e->report[i] != e->books[i] : e->report[i] > e->books[i])
			differ_figure(l, e->key, i, e->books[i], e->report[i]);
}

static void balance(struct ledger *l, const struct demand *d)
{
	uint64_t books[FIGURES] = {0}, report[FIGURES] = {0};
	size_t rows = 0;

	for (size_t n = 0; n < l->count; n++) {
		const struct entry *e = &l->entries[n];

		if (!e->wanted)
			continue;
		rows++;
		add(books, e->books);
		add(report, e->report);
		balance_row(l, e, d->what == EXACT);
	}
	if (books[0] + books[1] == 0 || report[0] + report[1] == 0)
		differ(l, "all rows", "no calls to compare");
	printf("compare: %zu rows, %" PRIu64 " calls and %" PRIu64 " bytes in the books, %" PRIu64
	       " calls in the report\n",
		rows, books[0] + books[1], books[2] + books[3], report[0] + report[1]);
	if (d->what != BALANCED)
		return;
	add(report, d->lost);
	for (int i = 0; i < FIGURES; i++)
		if (books[i] != report[i])
			differ_figure(l, "recorded + lost", i, books[i], report[i]);
}

static int parse_lost(const char *text, uint64_t *lost)
{
	int end = 0;
	int n = sscanf(text, "%" SCNu64 ",%" SCNu64 ",%" SCNu64 ",%" SCNu64 "%n", &lost[0],
		&lost[1], &lost[2], &lost[3], &end);

	return n == FIGURES && !text[end] ? 0 : -1;
}

static int parse(int argc, char **argv, struct demand *d)
{
	static const struct option options[] = {
		{"lost", required_argument, NULL, 'l'},
		{"part", no_argument, NULL, 't'},
		{"udp", no_argument, NULL, 'u'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "46p:", options, NULL)) != -1) {
		if (c == 'p')
			d->pids = optarg;
		else if (c == '4' || c == '6')
			d->family = (char)c;
		else if (c == 't')
			d->what = PART;
		else if (c == 'u')
			d->proto = "udp";
		else if (c == 'l' && !parse_lost(optarg, d->lost))
			d->what = BALANCED;
		else
			return -1;
	}
	d->books = argv[optind];
	d->report = argc - optind == 2 ? argv[optind + 1] : "-";
	return argc - optind == 1 || argc - optind == 2 ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct demand demand = {.what = EXACT, .proto = "tcp"};
	struct ledger ledger = {0};
	int status = 2;

	if (parse(argc, argv, &demand)) {
		fputs(usage, stderr);
		return 2;
	}
	if (!load_books(&ledger, &demand) && !load_report(&ledger, &demand)) {
		balance(&ledger, &demand);
		status = ledger.differences ? 1 : 0;
	}
	if (ledger.differences > SHOWN)
		fprintf(stderr, "compare: %lu differences in all\n", ledger.differences);
	free(ledger.entries);
	return status;
}
