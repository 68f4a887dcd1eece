/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "parse.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SECOND_US     1000000ull
#define MOST_FLUSH_US (60 * SECOND_US)

enum {
	LEAST_FILE = 64 << 10,   /* smaller ones would hold little but their headers */
	LEAST_ROTATE_US = 10000, /* shorter ones would run out of names */
	MOST_KEPT = 1000000,
	MOST_PID = 1 << 22, /* the kernel's PID_MAX_LIMIT */
};

enum {
	OPTION_FORCE = 256,
	OPTION_RING_SIZE,
	OPTION_FLUSH,
	OPTION_HOOK,
	OPTION_CGROUP,
	OPTION_CGROUPMAP,
	OPTION_MNTNSMAP,
	OPTION_PORT,
	OPTION_LPORT,
	OPTION_RPORT,
	OPTION_NO_LOOPBACK,
	OPTION_UDP,
	OPTION_CHECK,
	OPTION_USER,
	OPTION_ROTATE,
	OPTION_ROTATE_SIZE,
	OPTION_KEEP,
	OPTION_MAX_SIZE,
	OPTION_VERSION,
};

static const char usage[] =
	"Usage: tcptop-record [OPTIONS] [-o FILE]\n"
	"       tcptop-record [OPTIONS] [-o FILE] -- COMMAND [ARG...]\n"
	"\n"
	"Records every TCP send and receive of this host, by process and connection, until\n"
	"Ctrl-C, SIGTERM or --duration, or while COMMAND runs. Read it with tcptop-report.\n"
	"\n"
	"Output:\n"
	"  -o, --output FILE    the recording (default tcptop.data; an existing one is renamed\n"
	"                       to tcptop.data.old); - is standard output\n"
	"      --force          replace an existing FILE\n"
	"      --rotate TIME    begin another file each TIME: FILE.20261120T095500Z and so on\n"
	"      --rotate-size SIZE   and whenever one has grown to SIZE\n"
	"      --keep N         of these files keep the last N\n"
	"      --max-size SIZE  stop when SIZE has been written in all\n"
	"      --flush TIME     what a crash can lose at the most (default 250ms)\n"
	"\n"
	"What to record:\n"
	"  -d, --duration TIME  stop after TIME: 30s, 5m, 1h, 1d; a bare number is seconds\n"
	"  -p, --pid PID[,...]  these processes only; may be given several times\n"
	"  -4, -6               IPv4 only, IPv6 only (a mapped address is IPv4)\n"
	"      --cgroup PATH    processes in this cgroup directory and those below it\n"
	"      --cgroupmap PIN  processes whose cgroup id is in this pinned BPF map (as bcc)\n"
	"      --mntnsmap PIN   processes whose mount namespace is in this pinned BPF map\n"
	"      --port PORT[-PORT]   connections with such a port at either end;\n"
	"      --lport, --rport     at the local, the remote end; may be given several times\n"
	"      --no-loopback    not 127.0.0.0/8 and ::1\n"
	"      --udp            UDP as well as TCP\n"
	"\n"
	"How:\n"
	"      --ring-size SIZE buffer of each CPU, such as 4M; rounded up to a power of two\n"
	"      --hook HOOK      auto (default), tracepoint, fentry, or kprobe\n"
	"      --check          say what this kernel grants and what will be seen, try it on a\n"
	"                       loopback connection, and exit 0 or 1\n"
	"      --user USER      become USER once the probes are attached; COMMAND runs as USER\n"
	"  -q, --quiet          say nothing but warnings and errors\n"
	"  -v, --verbose        say also what the kernel says while loading the probes\n"
	"  -h, --help           this text\n"
	"      --version        the version\n"
	"\n"
	"Exit status: 0; 1 failed (what was written stays readable); 2 wrong usage;\n"
	"with COMMAND, COMMAND's own (128+N when signal N ended it).\n"
	"\n"
	"Examples:\n"
	"  tcptop-record -d 60                   a minute of everything, to tcptop.data\n"
	"  tcptop-record -p 1234 -o svc.tcptop   one process, until Ctrl-C\n"
	"  tcptop-record -- curl -O http://...   while a command runs\n"
	"  tcptop-record -o - | tcptop-report -  live, like tcptop\n"
	"  tcptop-record --rotate 1h --keep 48 -o /var/log/tcptop/flight    the last two days\n";

static enum options_answer bad(const char *format, ...) __attribute__((format(printf, 1, 2)));

static enum options_answer bad(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("tcptop-record: ", stderr);
	vfprintf(stderr, format, args);
	fputs("\nTry 'tcptop-record --help'.\n", stderr);
	va_end(args);
	return OPTIONS_BAD;
}

static enum options_answer take_duration(const char *name, const char *text, uint64_t *us)
{
	int err = parse_duration(text, us);

	if (err == -ERANGE)
		return bad("%s: '%s' is too long", name, text);
	if (err)
		return bad(
			"%s: '%s' is not a time above 0; give one such as 250ms, 30s, 5m, 1h or 1d",
			name, text);
	return OPTIONS_RUN;
}

static enum options_answer take_flush(const char *text, uint64_t *us)
{
	enum options_answer answer = take_duration("--flush", text, us);

	if (answer == OPTIONS_RUN && *us > MOST_FLUSH_US)
		return bad(
			"--flush: '%s' is more than 1m; what is not flushed yet is lost in a crash",
			text);
	return answer;
}

static enum options_answer take_ring_size(const char *text, size_t *size)
{
	const uint64_t least = 4096, most = 1u << 30;
	uint64_t bytes, power = least;
	int err = parse_size(text, &bytes);

	if (err == -EINVAL)
		return bad("--ring-size: '%s' is not a size above 0; give one such as 512K or 16M",
			text);
	if (err || bytes < least || bytes > most)
		return bad("--ring-size: '%s' is not between 4K and 1G", text);
	while (power < bytes)
		power *= 2;
	*size = power;
	return OPTIONS_RUN;
}

static enum options_answer take_hook(const char *text, enum hook *hook)
{
	if (!strcmp(text, "auto"))
		*hook = HOOK_AUTO;
	else if (!strcmp(text, "tracepoint"))
		*hook = HOOK_TRACEPOINT;
	else if (!strcmp(text, "fentry"))
		*hook = HOOK_FENTRY;
	else if (!strcmp(text, "kprobe"))
		*hook = HOOK_KPROBE;
	else
		return bad("--hook: '%s' is none of auto, tracepoint, fentry, kprobe", text);
	return OPTIONS_RUN;
}

static enum options_answer take_user(const char *text, struct account *user)
{
	int err = privileges_find(user, text);

	if (err)
		return bad("--user: '%s': %s", text,
			err == -ENOENT ? "there is no such user" : strerror(-err));
	return OPTIONS_RUN;
}

static enum options_answer take_family(struct options *o, int family)
{
	if (o->family && o->family != family)
		return bad("-4 and -6 exclude each other; leave both out to record both");
	o->family = family;
	return OPTIONS_RUN;
}

static bool add_pid(struct options *o, uint32_t pid)
{
	uint32_t *pids = realloc(o->pids, (o->pid_count + 1) * sizeof(*pids));

	if (!pids)
		return false;
	pids[o->pid_count++] = pid;
	o->pids = pids;
	return true;
}

static enum options_answer take_pids(struct options *o, const char *list)
{
	const char *at = list;
	uint64_t pid;

	for (;; at++) {
		if (parse_number(at, MOST_PID, &pid, &at) || (*at && *at != ','))
			return bad("--pid: '%s' is not a list of process ids (1 to %d) such as "
				   "1234,5678",
				list, MOST_PID);
		if (o->pid_count == TRACER_PIDS)
			return bad("--pid: more than %d process ids; record everything and choose "
				   "with tcptop-report -p",
				TRACER_PIDS);
		if (!add_pid(o, (uint32_t)pid))
			return bad("--pid: no memory");
		if (!*at)
			return OPTIONS_RUN;
	}
}

static enum options_answer bad_ports(const char *name, const char *text)
{
	return bad("%s: '%s' is not a port (1 to 65535) or a range such as 8000-8099; for several, "
		   "give the option several times",
		name, text);
}

static enum options_answer take_ports(
	struct options *o, const char *name, const char *text, uint32_t side)
{
	struct event_port_range *range = &o->ports[o->port_count];
	const char *rest;
	uint64_t from, to;

	if (o->port_count == EVENT_PORT_RANGES)
		return bad("%s: more than %d ranges of ports; record everything and choose with "
			   "tcptop-report %s",
			name, EVENT_PORT_RANGES, name);
	if (parse_number(text, UINT16_MAX, &from, &rest))
		return bad_ports(name, text);
	to = from;
	if ((*rest == '-' && parse_number(rest + 1, UINT16_MAX, &to, &rest)) || *rest || to < from)
		return bad_ports(name, text);
	*range = (struct event_port_range){(uint16_t)from, (uint16_t)to, side};
	o->port_count++;
	return OPTIONS_RUN;
}

static enum options_answer take_size(const char *name, const char *text, uint64_t *size)
{
	if (parse_size(text, size) || *size < LEAST_FILE)
		return bad("%s: '%s' is not a size of at least 64K; give one such as 100M or 2G",
			name, text);
	return OPTIONS_RUN;
}

static enum options_answer take_keep(const char *text, uint64_t *keep)
{
	const char *rest;

	if (parse_number(text, MOST_KEPT, keep, &rest) || *rest)
		return bad("--keep: '%s' is not a number of files from 1 to %d", text, MOST_KEPT);
	return OPTIONS_RUN;
}

static enum options_answer take_path(const char *name, const char *path, const char **option)
{
	*option = path;
	return *path ? OPTIONS_RUN : bad("%s: the path is empty", name);
}

static enum options_answer take_filter(struct options *o, int option, const char *value)
{
	switch (option) {
	case OPTION_CGROUP:
		return take_path("--cgroup", value, &o->cgroup);
	case OPTION_CGROUPMAP:
		return take_path("--cgroupmap", value, &o->cgroupmap);
	case OPTION_MNTNSMAP:
		return take_path("--mntnsmap", value, &o->mntnsmap);
	case OPTION_ROTATE:
		return take_duration("--rotate", value, &o->rotate_us);
	case OPTION_ROTATE_SIZE:
		return take_size("--rotate-size", value, &o->rotate_size);
	case OPTION_KEEP:
		return take_keep(value, &o->keep);
	case OPTION_MAX_SIZE:
		return take_size("--max-size", value, &o->max_size);
	case OPTION_PORT:
		return take_ports(o, "--port", value, EVENT_PORT_ANY);
	case OPTION_LPORT:
		return take_ports(o, "--lport", value, EVENT_PORT_LOCAL);
	case OPTION_RPORT:
		return take_ports(o, "--rport", value, EVENT_PORT_REMOTE);
	case OPTION_NO_LOOPBACK:
		o->no_loopback = true;
		return OPTIONS_RUN;
	case OPTION_UDP:
		o->udp = true;
		return OPTIONS_RUN;
	default: /* getopt has said what is wrong */
		fputs("Try 'tcptop-record --help'.\n", stderr);
		return OPTIONS_BAD;
	}
}

static enum options_answer take_option(struct options *o, int option, const char *value)
{
	switch (option) {
	case 'o':
		o->output = value;
		return *value ? OPTIONS_RUN : bad("--output: the file's name is empty");
	case 'd':
		return take_duration("--duration", value, &o->duration_us);
	case 'p':
		return take_pids(o, value);
	case '4':
		return take_family(o, AF_INET);
	case '6':
		return take_family(o, AF_INET6);
	case 'q':
		o->quiet = true;
		return OPTIONS_RUN;
	case 'v':
		o->verbose = true;
		return OPTIONS_RUN;
	case OPTION_FORCE:
		o->force = true;
		return OPTIONS_RUN;
	case OPTION_RING_SIZE:
		return take_ring_size(value, &o->ring_size);
	case OPTION_FLUSH:
		return take_flush(value, &o->flush_us);
	case OPTION_HOOK:
		return take_hook(value, &o->hook);
	case OPTION_VERSION:
		puts("tcptop-record " TCPTOP_VERSION);
		return OPTIONS_DONE;
	case 'h':
		fputs(usage, stdout);
		return OPTIONS_DONE;
	case OPTION_CHECK:
		o->check = true;
		return OPTIONS_RUN;
	case OPTION_USER:
		return take_user(value, &o->user);
	default:
		return take_filter(o, option, value);
	}
}

static bool rotates(const struct options *o)
{
	return o->rotate_us || o->rotate_size;
}

/* getopt speaks in the name of argv[0], which may be a path or anything. */
static void name_program(char **argv)
{
	static char name[] = "tcptop-record";

	argv[0] = name;
}

enum options_answer options_parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{"output", required_argument, NULL, 'o'},
		{"duration", required_argument, NULL, 'd'},
		{"pid", required_argument, NULL, 'p'},
		{"force", no_argument, NULL, OPTION_FORCE},
		{"ring-size", required_argument, NULL, OPTION_RING_SIZE},
		{"flush", required_argument, NULL, OPTION_FLUSH},
		{"hook", required_argument, NULL, OPTION_HOOK},
		{"cgroup", required_argument, NULL, OPTION_CGROUP},
		{"cgroupmap", required_argument, NULL, OPTION_CGROUPMAP},
		{"mntnsmap", required_argument, NULL, OPTION_MNTNSMAP},
		{"port", required_argument, NULL, OPTION_PORT},
		{"lport", required_argument, NULL, OPTION_LPORT},
		{"rport", required_argument, NULL, OPTION_RPORT},
		{"no-loopback", no_argument, NULL, OPTION_NO_LOOPBACK},
		{"udp", no_argument, NULL, OPTION_UDP},
		{"check", no_argument, NULL, OPTION_CHECK},
		{"user", required_argument, NULL, OPTION_USER},
		{"rotate", required_argument, NULL, OPTION_ROTATE},
		{"rotate-size", required_argument, NULL, OPTION_ROTATE_SIZE},
		{"keep", required_argument, NULL, OPTION_KEEP},
		{"max-size", required_argument, NULL, OPTION_MAX_SIZE},
		{"quiet", no_argument, NULL, 'q'},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, OPTION_VERSION},
		{NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){.flush_us = SECOND_US / 4};
	if (argc < 1)
		return bad("no arguments at all, not even the program's name");
	name_program(argv);
	/* '+': what follows the first word that is no option belongs to COMMAND. */
	while ((option = getopt_long(argc, argv, "+o:d:p:46qvh", longs, NULL)) != -1) {
		enum options_answer answer = take_option(o, option, optarg);

		if (answer != OPTIONS_RUN)
			return answer;
	}
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0)
		return bad(
			"'%s' is not an option; a command to run is given after --", argv[optind]);
	if (optind == argc && !strcmp(argv[optind - 1], "--"))
		return bad("no command after --");
	if (o->keep && !o->rotate_us && !o->rotate_size)
		return bad("--keep goes with --rotate or --rotate-size");
	if (o->rotate_us && o->rotate_us < LEAST_ROTATE_US)
		return bad("--rotate: the time is too short; give at least 10ms");
	if (rotates(o) && o->output && !strcmp(o->output, "-"))
		return bad("standard output cannot be rotated; name a file with -o");
	if (optind < argc)
		o->command = &argv[optind];
	if (o->check && o->command)
		return bad("--check runs no command; leave out what follows --");
	return OPTIONS_RUN;
}

void options_free(struct options *o)
{
	free(o->pids);
	o->pids = NULL;
}

static void add_filter(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void add_filter(char *text, size_t size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	if (len)
		len += (size_t)snprintf(text + len, size - len, "; ");
	if (len >= size)
		return;
	va_start(args, format);
	vsnprintf(text + len, size - len, format, args);
	va_end(args);
}

static void describe_pids(const struct options *o, char *text, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < o->pid_count && len < size; i++)
		len += (size_t)snprintf(
			text + len, size - len, "%s%u", i ? "," : "pid ", o->pids[i]);
}

static void describe_port(const struct event_port_range *r, char *text, size_t size)
{
	const char *side = r->side == EVENT_PORT_ANY     ? "port"
			   : r->side == EVENT_PORT_LOCAL ? "lport"
							 : "rport";

	if (r->from == r->to)
		add_filter(text, size, "%s %u", side, r->from);
	else
		add_filter(text, size, "%s %u-%u", side, r->from, r->to);
}

void options_filters(const struct options *o, char *text, size_t size)
{
	text[0] = '\0';
	describe_pids(o, text, size);
	if (o->family)
		add_filter(text, size, "%s", o->family == AF_INET ? "IPv4" : "IPv6");
	if (o->cgroup)
		add_filter(text, size, "cgroup %s", o->cgroup);
	if (o->cgroupmap)
		add_filter(text, size, "cgroupmap %s", o->cgroupmap);
	if (o->mntnsmap)
		add_filter(text, size, "mntnsmap %s", o->mntnsmap);
	for (size_t i = 0; i < o->port_count; i++)
		describe_port(&o->ports[i], text, size);
	if (o->no_loopback)
		add_filter(text, size, "no loopback");
}

void options_tracer(const struct options *o, struct tracer_options *tracer)
{
	*tracer = (struct tracer_options){
		.hook = o->hook,
		.udp = o->udp,
		.family = o->family,
		.pids = o->pids,
		.pid_count = o->pid_count,
		.cgroup = o->cgroup,
		.cgroupmap = o->cgroupmap,
		.mntnsmap = o->mntnsmap,
		.ports = o->ports,
		.port_count = o->port_count,
		.no_loopback = o->no_loopback,
		.ring_size = o->ring_size,
		.verbose = o->verbose,
	};
}
