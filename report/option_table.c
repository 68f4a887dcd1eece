/* SPDX-License-Identifier: MIT */
#include "report/option_table.h"

#include "report/options.h"
#include "report/out.h"
#include "report/text.h"
#include <stdio.h>
#include <string.h>

const struct arg_option option_table[] = {
	{OPT_TOP, 0, "top", VALUE_OPTIONAL, "N",
		"the N largest over the whole selection (default 10)"},
	{OPT_EVENTS, 0, "events", VALUE_NONE, NULL, "one line a sample"},
	{OPT_INFO, 0, "info", VALUE_NONE, NULL, "about the recording: host, time, losses, damage"},
	{OPT_HTML, 0, "html", VALUE_NEEDED, "FILE",
		"a page with pictures, to look at and send on;\n"
		"'-' is standard output"},

	{OPT_INPUT, 'i', "input", VALUE_NEEDED, "FILE", "read FILE (also by position)"},
	{OPT_FOLLOW, 'f', "follow", VALUE_NONE, NULL,
		"read on as FILE grows, until it is finished"},
	{OPT_SINCE, 0, "since", VALUE_NEEDED, "TIME",
		"from TIME on: 2026-11-20T09:55:00Z,\n"
		"'2026-11-20 09:55', 09:55:30, @EPOCH,\n"
		"+90s (from the start), -5m (from the end)"},
	{OPT_UNTIL, 0, "until", VALUE_NEEDED, "TIME", "before TIME"},

	{OPT_PID, 'p', "pid", VALUE_NEEDED, "PID[,PID...]", "these processes"},
	{OPT_COMM, 0, "comm", VALUE_NEEDED, "GLOB", "processes of this name"},
	{OPT_CGROUP, 0, "cgroup", VALUE_NEEDED, "GLOB", "processes of this cgroup path"},
	{OPT_LADDR, 0, "laddr", VALUE_NEEDED, "CIDR", "local address or network"},
	{OPT_RADDR, 0, "raddr", VALUE_NEEDED, "CIDR", "remote address or network"},
	{OPT_PORT, 0, "port", VALUE_NEEDED, "PORT[-PORT]", "local or remote port"},
	{OPT_LPORT, 0, "lport", VALUE_NEEDED, "PORT[-PORT]", "local port"},
	{OPT_RPORT, 0, "rport", VALUE_NEEDED, "PORT[-PORT]", "remote port"},
	{OPT_CONN, 0, "conn", VALUE_NEEDED, "END[,END]",
		"a connection, or all of one end, as tables have them:\n"
		"10.0.0.1:40000,192.0.2.80:443"},
	{OPT_IPV4, '4', "ipv4", VALUE_NONE, NULL, "IPv4 only"},
	{OPT_IPV6, '6', "ipv6", VALUE_NONE, NULL, "IPv6 only"},
	{OPT_NO_LOOPBACK, 0, "no-loopback", VALUE_NONE, NULL, "without 127.0.0.0/8 and ::1"},

	{OPT_BY, 0, "by", VALUE_NEEDED, "KEY",
		"a row for each: session (default), process, comm,\n"
		"cgroup, laddr, raddr, lport, rport, peer"},
	{OPT_SORT, 0, "sort", VALUE_NEEDED, "ORDER",
		"largest first: total (default), rx, tx, calls"},
	{OPT_ROWS, 'n', "rows", VALUE_NEEDED, "N",
		"at most N rows in each table; N samples of --events"},
	{OPT_CSV, 0, "csv", VALUE_NONE, NULL, "the same rows as CSV, bytes exact"},
	{OPT_JSON, 0, "json", VALUE_NONE, NULL, "the same rows as JSON, one object a line"},
	{OPT_BYTES, 0, "bytes", VALUE_NONE, NULL, "bytes in tables instead of KB"},
	{OPT_HUMAN, 0, "human", VALUE_NONE, NULL, "517, 1.4K, 12.0G in tables instead of KB"},
	{OPT_UTC, 0, "utc", VALUE_NONE, NULL, "times in UTC instead of the local zone"},
	{OPT_TZ, 0, "tz", VALUE_NEEDED, "ZONE",
		"times in the zone of: recorder, local (default), utc"},
	{OPT_NOSUMMARY, 'S', "nosummary", VALUE_NONE, NULL, "no load-average line"},
	{OPT_NOCLEAR, 'C', "noclear", VALUE_NONE, NULL,
		"do not clear the screen, which is done only when live"},

	{OPT_STRICT, 0, "strict", VALUE_NONE, NULL,
		"exit 3 if anything selected was lost or damaged"},
	{OPT_QUIET, 'q', "quiet", VALUE_NONE, NULL,
		"no warnings; errors, damage and losses are always said"},
	{OPT_HELP, 'h', "help", VALUE_NONE, NULL, "this text"},
	{OPT_VERSION, 0, "version", VALUE_NONE, NULL, "the version"},
	{0, 0, NULL, VALUE_NONE, NULL, NULL},
};

enum {
	HELP_COLUMN = 26,
};

static const struct {
	int first; /* option below the heading */
	const char *heading;
} headings[] = {
	{OPT_TOP, "Views (default: a table for each interval, as tcptop would have shown it)"},
	{OPT_INPUT, "What to read"},
	{OPT_PID, "Which of it (repeatable; a value with '!' in front: all others)"},
	{OPT_BY, "How to show it"},
	{OPT_STRICT, "Other"},
};

static void print_heading(struct out *out, int id)
{
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
		if (headings[i].first == id)
			out_printf(out, "\n%s:\n", headings[i].heading);
	}
}

static void print_option(struct out *out, const struct arg_option *o)
{
	char left[80], letter[8] = "    ";
	const char *line = o->help, *end;

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(left, sizeof(left), "  %s--%s%s%s%s", letter, o->name,
		o->need == VALUE_OPTIONAL ? "[="
		: o->need == VALUE_NEEDED ? " "
					  : "",
		o->value ? o->value : "", o->need == VALUE_OPTIONAL ? "]" : "");
	out_str(out, left);
	out_fill(out, ' ', HELP_COLUMN - text_columns(left));
	if (text_columns(left) >= HELP_COLUMN)
		out_str(out, "  ");
	while ((end = strchr(line, '\n'))) {
		out_bytes(out, line, (size_t)(end - line + 1));
		out_fill(out, ' ', HELP_COLUMN);
		line = end + 1;
	}
	out_str(out, line);
	out_char(out, '\n');
}

void options_help(struct out *out)
{
	out_str(out,
		"Usage: tcptop-report [OPTIONS] [FILE...] [INTERVAL [COUNT]]\n"
		"Replays what tcptop-record recorded: who moved how many bytes, when, to whom.\n"
		"\n"
		"  FILE      a recording (default tcptop.data), or a directory of them; '-' is\n"
		"            standard input; several, also of several hosts, are merged by time\n"
		"  INTERVAL  seconds of each table (default 1); any purely numeric word is this\n"
		"  COUNT     end after so many intervals, idle ones included\n");
	for (const struct arg_option *o = option_table; o->id; o++) {
		print_heading(out, o->id);
		print_option(out, o);
	}
	out_str(out,
		"\n"
		"Examples:\n"
		"  tcptop-report                            each second of tcptop.data\n"
		"  tcptop-report web1.data 60               each minute of web1.data\n"
		"  tcptop-report --info web1.data           what it is, and what it lacks\n"
		"  tcptop-report --top --by=process --since=03:10 --until=03:15\n"
		"                                           who used the bandwidth then\n"
		"  tcptop-report --top --by=peer --comm='nginx*'\n"
		"                                           whom a service talked to most\n"
		"  tcptop-report --conn=10.0.0.1:40000,10.0.0.2:5432 web1.data db1.data 30\n"
		"                                           a connection as two hosts saw it\n"
		"  tcptop-record -o - | tcptop-report -     live, as tcptop itself\n"
		"\n"
		"Exit status: 0; 1 a file cannot be used; 2 usage; 3 part of the data is damaged.\n"
		"More in tcptop-report(1).\n");
}
