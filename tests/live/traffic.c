/* SPDX-License-Identifier: MIT */
/*
 * traffic: makes TCP traffic on loopback between processes of its own and keeps exact books of it.
 * For the live tests, as a COMMAND of tcptop-record or beside it. See usage.
 */
#include "traffic.h"
#include "books.h"
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
	"Usage: traffic --books FILE [OPTIONS]\n"
	"  --mode MODE         plain (default), shortlived, exec, rename, fork-shared,\n"
	"                      half-closed, waiting\n"
	"  --clients N         client processes (4); shortlived: lives in each family\n"
	"  --servers N         server processes (4)\n"
	"  --connections N     of all processes together (32)\n"
	"  --families LIST     of 4, 6, mapped; connections take them in turn (4,6)\n"
	"  --calls N           stop after about N calls of all together (100000 if neither is "
	"given)\n"
	"  --seconds S         stop after S seconds\n"
	"  --rate N            calls a second of all together; 0 is flat out (0)\n"
	"  --tx WAY, --rx WAY  one way only: send, write, writev, sendmsg; recv, read, readv, "
	"recvmsg\n"
	"  --idle-every N      before one call in N, a peek or a failing one (32)\n"
	"  --seed N            of sizes and ways (1)\n"
	"  --wait              print each process's id and name, begin at the end of standard "
	"input\n"
	"  --limit S           give up after S seconds, as a failure (120)\n";

struct mode {
	const char *name;
	int (*run)(struct traffic *t);
};

static const struct mode modes[] = {
	{"plain", plain_run},
	{"shortlived", shortlived_run},
	{"exec", exec_run},
	{"rename", rename_run},
	{"fork-shared", fork_shared_run},
	{"half-closed", half_closed_run},
	{"waiting", waiting_run},
};

static const char *const families[] = {"4", "6", "mapped"};

int traffic_fork(const struct traffic *t, const char *name, unsigned number)
{
	pid_t parent = getpid(), pid;
	char comm[16];

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid)
		return pid;
	/* A parent that died before it could be bound to. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	alarm(t->limit);
	snprintf(comm, sizeof(comm), "%s-%u", name, number);
	prctl(PR_SET_NAME, comm);
	return 0;
}

int traffic_reap(unsigned count)
{
	int err = 0;

	while (count) {
		int status;

		if (wait(&status) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		count--;
		if (status)
			err = -ECHILD;
	}
	return err;
}

static int parse_number(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno || end == text || *end || *text == '-' ? -EINVAL : 0;
}

static int parse_count(const char *text, unsigned *out)
{
	uint64_t n;

	if (parse_number(text, &n) || n < 1 || n > 1000000)
		return -EINVAL;
	*out = (unsigned)n;
	return 0;
}

static int parse_seconds(const char *text, uint64_t *ns)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end || !(s >= 0 && s < 1e6))
		return -EINVAL;
	*ns = (uint64_t)(s * 1e9);
	return 0;
}

static int parse_family(const char *text, size_t len, enum family *out)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strlen(families[i]) == len && !strncmp(text, families[i], len)) {
			*out = (enum family)i;
			return 0;
		}
	return -EINVAL;
}

static int parse_families(struct traffic *t, const char *text)
{
	t->family_count = 0;
	for (;;) {
		size_t len = strcspn(text, ",");

		if (t->family_count == sizeof(t->families) / sizeof(t->families[0]))
			return -EINVAL;
		if (parse_family(text, len, &t->families[t->family_count++]))
			return -EINVAL;
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

static int parse_ways(const char *name, int direction, struct ways *out)
{
	*out = ways_named(direction, name);
	return out->count ? 0 : -EINVAL;
}

static int parse_mode(const char *name, const struct mode **out)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name)) {
			*out = &modes[i];
			return 0;
		}
	return -EINVAL;
}

/* What the command line says beside the traffic itself. */
struct orders {
	const char *books;
	const struct mode *mode;
	int resume_fd, resume_books; /* the second life of --mode exec */
};

static const struct option options[] = {
	{"books", required_argument, NULL, 'b'},
	{"mode", required_argument, NULL, 'm'},
	{"clients", required_argument, NULL, 'c'},
	{"servers", required_argument, NULL, 's'},
	{"connections", required_argument, NULL, 'n'},
	{"families", required_argument, NULL, 'f'},
	{"calls", required_argument, NULL, 'C'},
	{"seconds", required_argument, NULL, 'S'},
	{"rate", required_argument, NULL, 'r'},
	{"tx", required_argument, NULL, 'T'},
	{"rx", required_argument, NULL, 'R'},
	{"idle-every", required_argument, NULL, 'i'},
	{"seed", required_argument, NULL, 'x'},
	{"wait", no_argument, NULL, 'w'},
	{"limit", required_argument, NULL, 'l'},
	{"resume", required_argument, NULL, 'z'},
	{NULL, 0, NULL, 0},
};

static int parse_option(int c, struct traffic *t, struct orders *o)
{
	switch (c) {
	case 'b':
		o->books = optarg;
		return 0;
	case 'm':
		return parse_mode(optarg, &o->mode);
	case 'c':
		return parse_count(optarg, &t->clients);
	case 's':
		return parse_count(optarg, &t->servers);
	case 'n':
		return parse_count(optarg, &t->connections);
	case 'f':
		return parse_families(t, optarg);
	case 'C':
		return parse_number(optarg, &t->calls);
	case 'S':
		return parse_seconds(optarg, &t->duration_ns);
	case 'r':
		return parse_number(optarg, &t->rate);
	case 'T':
		return parse_ways(optarg, TX, &t->tx);
	case 'R':
		return parse_ways(optarg, RX, &t->rx);
	case 'i':
		return parse_count(optarg, &t->idle_every);
	case 'x':
		return parse_number(optarg, &t->seed);
	case 'w':
		t->wait = true;
		return 0;
	case 'l':
		return parse_count(optarg, &t->limit);
	case 'z':
		return sscanf(optarg, "%d,%d", &o->resume_fd, &o->resume_books) == 2 ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int parse(int argc, char **argv, struct traffic *t, struct orders *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (parse_option(c, t, o))
			return -EINVAL;
	}
	if (optind < argc || (!o->books && o->resume_fd < 0))
		return -EINVAL;
	if (!t->calls && !t->duration_ns)
		t->calls = 100000;
	return 0;
}

static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	struct traffic t = {
		.clients = 4,
		.servers = 4,
		.connections = 32,
		.families = {FAMILY_4, FAMILY_6},
		.family_count = 2,
		.seed = 1,
		.limit = 120,
		.idle_every = 32,
		.tx = ways_all(TX),
		.rx = ways_all(RX),
	};
	struct orders o = {.mode = &modes[0], .resume_fd = -1};
	int err;

	if (parse(argc, argv, &t, &o)) {
		fputs(usage, stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	alarm(t.limit);
	if (o.resume_fd >= 0)
		return exec_resume(o.resume_fd, o.resume_books) ? 1 : 0;
	raise_file_limit();
	t.books = books_open(o.books);
	err = t.books < 0 ? t.books : o.mode->run(&t);
	if (err)
		fprintf(stderr, "traffic: %s: %s\n", o.books, strerror(-err));
	return err ? 1 : 0;
}
