/* SPDX-License-Identifier: MIT */
/*
 * paths: moves bytes by every path into and out of TCP sockets and keeps books of each; paths_run
 * records it and paths_judge compares. The table below is the one place where a path is named and
 * where it is said what a recording must have of it.
 */
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
	"Usage: paths --list\n"
	"       paths DIRECTORY\n"
	"Prints the table of paths; or takes each of them, and leaves its books in DIRECTORY, and\n"
	"which were taken in DIRECTORY/outcomes. It says `ready` when it has prepared what must "
	"be\n"
	"there before a recording begins, and waits for the end of standard input.\n";

#define TX_END (1u << CLIENT)
#define RX_END (1u << SERVER)

/* `=` exact, `#` exact bytes, `~` inferred, `-` a gap; see struct path. */
static const struct path table[] = {
	{"send", "send", "====", "", path_send_way, TX_END, false},
	{"write", "write", "====", "", path_send_way, TX_END, false},
	{"writev", "writev", "====", "", path_send_way, TX_END, false},
	{"sendmsg", "sendmsg", "====", "", path_send_way, TX_END, false},
	{"sendmmsg", "sendmmsg, a call a message", "====", "", path_sendmmsg, TX_END, false},
	{"sendfile", "sendfile", "====", "", path_sendfile, TX_END, false},
	{"sendfile-big", "sendfile of many pages", "####", "", path_sendfile_large, TX_END, false},
	{"splice-in", "splice from a pipe", "====", "", path_splice_in, TX_END, false},
	{"zerocopy", "MSG_ZEROCOPY", "====", "", path_zerocopy, TX_END, false},
	{"fast-open", "fast open, data in the SYN", "====", "", path_fast_open, TX_END, false},
	{"repair", "TCP_REPAIR counts nothing", "====", "", path_repair, TX_END, false},
	{"recv", "recv", "====", "", path_receive_way, RX_END, false},
	{"read", "read", "====", "", path_receive_way, RX_END, false},
	{"readv", "readv", "====", "", path_receive_way, RX_END, false},
	{"recvmsg", "recvmsg", "====", "", path_receive_way, RX_END, false},
	{"recvmmsg", "recvmmsg, a call a message", "====", "", path_recvmmsg, RX_END, false},
	{"splice-out", "splice to a pipe", "~===", "splice from a TCP socket to a pipe",
		path_splice_out, RX_END, false},
	{"splice-mixed", "splice by turns with recv, up to the FIN",
		"~===", "splice from a TCP socket to a pipe", path_splice_mixed, RX_END, false},
	{"splice-older", "splice first on an older connection",
		"~===", "splice from a TCP socket to a pipe", path_splice_older, RX_END, true},
	{"splice-far", "the same, in another network namespace",
		"-===", "in other network namespaces", path_splice_far, RX_END, true},
	{"splice-shut", "splice after SHUT_RD", "~===", "splice from a TCP socket to a pipe",
		path_splice_shut, RX_END, false},
	{"splice-reset", "splice of what a reset has left",
		"~===", "splice from a TCP socket to a pipe", path_splice_reset, RX_END, false},
	{"sendfile-out", "sendfile to a pipe", "~===", "splice from a TCP socket to a pipe",
		path_sendfile_out, RX_END, false},
	{"zc-receive", "TCP_ZEROCOPY_RECEIVE", "~==-", "TCP_ZEROCOPY_RECEIVE", path_zc_receive,
		RX_END, false},
	{"zc-fault", "the same, and no room for the rest", "~==-", "TCP_ZEROCOPY_RECEIVE",
		path_zc_fault, RX_END, false},
	{"trunc", "MSG_TRUNC", "====", "", path_trunc, RX_END, false},
	{"waitall", "MSG_WAITALL fed in pieces", "====", "", path_waitall, RX_END, false},
	{"peek", "MSG_PEEK counts nothing", "====", "", path_peek, RX_END, false},
	{"errqueue", "MSG_ERRQUEUE with timestamps", "====", "", path_errqueue, TX_END, false},
	{"oob", "MSG_OOB", "====", "", path_oob, TX_END | RX_END, false},
	{"quickack", "TCP_QUICKACK with unread data", "====", "", path_quickack, RX_END, false},
	{"eagain", "EAGAIN", "====", "", path_eagain, TX_END | RX_END, false},
	{"efault", "EFAULT", "====", "", path_efault, TX_END | RX_END, false},
	{"raw", "raw sockets count nothing", "====", "", path_raw, RX_END, false},
	{"uring", "io_uring, inline", "====", "", path_uring, TX_END | RX_END, false},
	{"uring-rw", "io_uring read and write", "====", "", path_uring_rw, TX_END | RX_END, false},
	{"uring-wq", "io_uring, io-wq", "====", "", path_uring_async, TX_END | RX_END, false},
	{"uring-sqpoll", "io_uring, SQPOLL", "====", "", path_uring_sqpoll, TX_END | RX_END, false},
	{"uring-send-zc", "io_uring SEND_ZC", "====", "", path_uring_send_zc, TX_END, false},
	{"uring-multi", "io_uring multishot recv", "====", "", path_uring_multishot, RX_END, false},
	{"uring-splice", "io_uring splice to a pipe", "-===", "through io_uring", path_uring_splice,
		RX_END, false},
	{"uring-thread", "splice to a pipe in a thread that uses io_uring",
		"-===", "in threads that use it", path_uring_thread, RX_END, false},
	{"uring-amid", "io_uring amid a splice of pipes", "====", "", path_uring_amid, RX_END,
		false},
	{"mptcp", "MPTCP", "====", "", path_mptcp, TX_END | RX_END, false},
	{"mptcp-again", "MPTCP, many connections", "====", "", path_mptcp_again, TX_END | RX_END,
		false},
	{"mptcp-file", "MPTCP sendfile", "====", "", path_mptcp_sendfile, TX_END, false},
	{"mptcp-splice", "MPTCP splice to a pipe", "====", "", path_mptcp_splice_out, RX_END,
		false},
	{"tls", "kernel TLS", "====", "", path_tls, TX_END | RX_END, false},
	{"tls-file", "kernel TLS sendfile", "====", "", path_tls_sendfile, TX_END, false},
	{"tls-splice", "kernel TLS splice to a pipe", "-==-",
		"splice from a kernel TLS socket to a pipe", path_tls_splice_out, RX_END, false},
	{"parser", "sendfile to a stream that BPF parses", "====", "", path_parser, TX_END, false},
	{"kernel", "the kernel's own calls: NVMe over TCP", "====", "", path_kernel, TX_END, false},
	{"half-closed", "half-closed with data left", "====", "", path_half_closed, TX_END, false},
	{"reset", "reset with data left", "====", "", path_reset, RX_END, false},
	{"blocked", "recv that waits since before", "==--",
		"a call that was already waiting when the recording began", path_blocked, RX_END,
		true},
	{"fork", "a socket shared by fork", "====", "", path_fork, RX_END, false},
	{"scm", "a socket passed by SCM_RIGHTS", "====", "", path_scm, RX_END, false},
	{"threads", "threads with names of their own", "====", "", path_threads, RX_END, false},
	{"exec", "exec amid a connection", "====", "", path_exec, RX_END, false},
	{"short", "processes of a millisecond", "====", "", path_short, TX_END, false},
};

enum { PATHS = sizeof(table) / sizeof(table[0]) };

struct program {
	const char *directory;
	int outcomes;
	int ready[2], go[2];
	int early; /* started, and not yet waited for */
};

static void list(void)
{
	for (int i = 0; i < PATHS; i++)
		printf("%s\t%s\t%s\t%s\n", table[i].name, table[i].expect, table[i].what,
			table[i].gap);
}

static int open_books(const struct program *p, const char *name, const char *end)
{
	char file[512];

	snprintf(file, sizeof(file), "%s/%s.%s", p->directory, name, end);
	return books_open(file);
}

static void tell(const struct program *p, const char *name, const char *what)
{
	char line[256];
	int len = snprintf(line, sizeof(line), "%s\t%s\n", name, what);

	if (write(p->outcomes, line, (size_t)len) != len)
		perror("paths: outcomes");
}

/* In the path's own process. */
static int take(const struct program *p, const struct path *path)
{
	struct scene s = {.name = path->name, .tested = path->tested, .fd = {-1, -1}};
	char comm[16], outcome[128] = "taken";
	int err;

	alarm(60);
	signal(SIGPIPE, SIG_IGN);
	snprintf(comm, sizeof(comm), "p-%s", path->name);
	prctl(PR_SET_NAME, comm);
	close(p->go[1]);
	s.ready = p->ready[1];
	s.go = p->go[0];
	s.books_tested = open_books(p, path->name, "tested");
	s.books_other = open_books(p, path->name, "other");
	if (s.books_tested < 0 || s.books_other < 0)
		return -EIO;
	err = path->run(&s);
	if (err < 0) {
		fprintf(stderr, "paths: %s: %s\n", path->name, strerror(-err));
		return err;
	}
	if (err == PATH_ABSENT)
		snprintf(outcome, sizeof(outcome), "absent\t%s", s.reason);
	else if (scene_write_books(&s))
		return -EIO;
	tell(p, path->name, outcome);
	return 0;
}

static int start(const struct program *p, const struct path *path)
{
	int pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(take(p, path) ? 1 : 0);
	return pid < 0 ? -errno : pid;
}

static int start_early(struct program *p)
{
	char c;

	for (int i = 0; i < PATHS; i++) {
		int pid = table[i].early ? start(p, &table[i]) : 0;

		if (pid < 0)
			return pid;
		if (pid && read(p->ready[0], &c, 1) != 1)
			return -EPROTO;
		p->early += pid > 0;
	}
	return 0;
}

static int take_rest(struct program *p)
{
	for (int i = 0; i < PATHS; i++) {
		int pid = table[i].early ? 0 : start(p, &table[i]);

		if (pid < 0)
			return pid;
		if (pid && waitpid(pid, NULL, 0) != pid)
			return -errno;
	}
	while (p->early--)
		wait(NULL);
	return 0;
}

static int run(struct program *p)
{
	char file[512], c;
	int err;

	snprintf(file, sizeof(file), "%s/outcomes", p->directory);
	p->outcomes = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
	if (p->outcomes < 0 || pipe(p->ready) || pipe(p->go))
		return -errno;
	err = start_early(p);
	if (err)
		return err;
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	close(p->go[1]);
	return take_rest(p);
}

static int resume(const char *order)
{
	struct scene s = {.name = "exec", .tested = RX_END};

	if (sscanf(order, "%d,%d,%d,%d", &s.fd[CLIENT], &s.fd[SERVER], &s.books_tested,
		    &s.books_other) != 4)
		return -EINVAL;
	return path_exec_resume(&s);
}

int main(int argc, char **argv)
{
	struct program p = {0};
	int err;

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		list();
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "--resume"))
		return resume(argv[2]) ? 1 : 0;
	if (argc != 2 || argv[1][0] == '-') {
		fputs(usage, stderr);
		return 2;
	}
	p.directory = argv[1];
	err = run(&p);
	if (err)
		fprintf(stderr, "paths: %s: %s\n", p.directory, strerror(-err));
	return err ? 1 : 0;
}
