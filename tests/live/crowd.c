/* SPDX-License-Identifier: MIT */
/*
 * crowd: one process with both ends of many short TCP connections, one after the other, and books
 * of them. For live tests that need more sessions than fit anywhere, addresses other than loopback,
 * chosen ports, a chosen process id, or the same connection in several network namespaces. See
 * usage.
 *
 * Unlike in the traffic generator's, in its books rows with equal keys are not the same session
 * when they come from several namespaces or processes.
 */
#include "books.h"
#include "net.h"
#include <errno.h>
#include <getopt.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
	"Usage: crowd --books FILE [OPTIONS]\n"
	"  --address ADDR   of both ends (127.0.0.1)\n"
	"  --port PORT      that is listened on (any)\n"
	"  --from PORT      of the other end (any)\n"
	"  --connections N  one after the other (1)\n"
	"  --calls N        rounds of four calls on each (1)\n"
	"  --reuse          all from one socket, which is connected again and again\n"
	"  --name COMM      the process's\n"
	"  --pid PID        in a child with this process id\n"
	"  --worlds N       all that in N network namespaces of its own, one after the other\n"
	"  --wait           print the process id and begin at the end of standard input\n";

enum { MOST = 1400, LIMIT_S = 300 };

struct crowd {
	const char *books_file, *address, *name;
	unsigned port, from, connections, calls, pid, worlds;
	bool wait, reuse;
	int books;
};

/* The number in the list of options, so that each value has its place. */
static unsigned *number_of(struct crowd *c, int option)
{
	switch (option) {
	case 'p':
		return &c->port;
	case 'f':
		return &c->from;
	case 'n':
		return &c->connections;
	case 'c':
		return &c->calls;
	case 'i':
		return &c->pid;
	case 'w':
		return &c->worlds;
	default:
		return NULL;
	}
}

static int parse(struct crowd *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"books", required_argument, NULL, 'b'},
		{"address", required_argument, NULL, 'a'},
		{"port", required_argument, NULL, 'p'},
		{"from", required_argument, NULL, 'f'},
		{"connections", required_argument, NULL, 'n'},
		{"calls", required_argument, NULL, 'c'},
		{"name", required_argument, NULL, 'm'},
		{"pid", required_argument, NULL, 'i'},
		{"worlds", required_argument, NULL, 'w'},
		{"reuse", no_argument, NULL, 'r'},
		{"wait", no_argument, NULL, 'W'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		unsigned *number = number_of(c, option);
		char *end = NULL;

		if (number)
			*number = (unsigned)strtoul(optarg, &end, 10);
		else if (option == 'b')
			c->books_file = optarg;
		else if (option == 'a')
			c->address = optarg;
		else if (option == 'm')
			c->name = optarg;
		else if (option == 'W')
			c->wait = true;
		else if (option == 'r')
			c->reuse = true;
		else
			return -EINVAL;
		if (end && (end == optarg || *end))
			return -EINVAL;
	}
	return c->books_file && optind == argc ? 0 : -EINVAL;
}

/* --- Connections --------------------------------------------------------------------------------
 */

static socklen_t make_address(union net_address *out, const char *text, unsigned port)
{
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &out->four.sin_addr) == 1) {
		out->four.sin_family = AF_INET;
		out->four.sin_port = htons((uint16_t)port);
		return sizeof(out->four);
	}
	if (inet_pton(AF_INET6, text, &out->six.sin6_addr) != 1)
		return 0;
	out->six.sin6_family = AF_INET6;
	out->six.sin6_port = htons((uint16_t)port);
	return sizeof(out->six);
}

/* A socket bound to the crowd's address and that port. */
static int bound(const struct crowd *c, unsigned port)
{
	union net_address address;
	socklen_t len = make_address(&address, c->address, port);
	int fd = len ? socket(address.any.sa_family, SOCK_STREAM, 0) : -1, on = 1, err;

	if (fd < 0)
		return len ? -errno : -EINVAL;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
		bind(fd, &address.any, len)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

static int pass(struct row *from, int from_fd, struct row *to, int to_fd, size_t len)
{
	char data[MOST] = "";
	ssize_t n = send(from_fd, data, len, 0);

	row_count(from, TX, n);
	if (n != (ssize_t)len)
		return n < 0 ? -errno : -EIO;
	while (len) {
		n = recv(to_fd, data, len, 0);
		if (n <= 0)
			return n < 0 ? -errno : -EPIPE;
		row_count(to, RX, n);
		len -= (size_t)n;
	}
	return 0;
}

static int talk(const struct crowd *c, int client, int server, unsigned turn)
{
	struct row rows[2];
	int err = row_open(&rows[0], client);

	if (!err)
		err = row_open(&rows[1], server);
	for (unsigned i = 0; i < c->calls && !err; i++) {
		err = pass(&rows[0], client, &rows[1], server, 1 + (turn * 31 + i * 7) % MOST);
		if (!err)
			err = pass(&rows[1], server, &rows[0], client,
				1 + (turn * 17 + i * 11) % MOST);
	}
	return err ? err : books_write(c->books, rows, 2);
}

/* Both ends of one connection; at its end the client's is as it was before. */
static int connect_once(const struct crowd *c, int client, int listener, unsigned turn)
{
	const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
	union net_address address;
	socklen_t len = sizeof(address);
	int server, err;

	if (getsockname(listener, &address.any, &len) || connect(client, &address.any, len))
		return -errno;
	server = net_accept(listener);
	if (server < 0)
		return server;
	err = talk(c, client, server, turn);
	/* With a reset, so that its port is free at once. */
	if (connect(client, &nowhere, sizeof(nowhere)) && !err)
		err = -errno;
	close(server);
	return err;
}

static int listen_at(const struct crowd *c, unsigned port)
{
	int fd = bound(c, port);

	if (fd >= 0 && listen(fd, 8)) {
		close(fd);
		return -errno;
	}
	return fd;
}

/* To two listeners in turn, if it is always the same socket: one after the other it has two peers.
 */
static int connect_all(const struct crowd *c, unsigned first)
{
	int listeners[2] = {-1, -1}, client = -1, err = 0;

	for (int i = 0; i < 1 + c->reuse && !err; i++) {
		listeners[i] = listen_at(c, c->port);
		err = listeners[i] < 0 ? listeners[i] : 0;
	}
	for (unsigned i = 0; i < c->connections && !err; i++) {
		if (client < 0)
			client = bound(c, c->from);
		err = client < 0
			      ? client
			      : connect_once(c, client, listeners[c->reuse ? i % 2 : 0], first + i);
		if (client >= 0 && !c->reuse) {
			close(client);
			client = -1;
		}
	}
	if (client >= 0)
		close(client);
	for (int i = 0; i < 2; i++)
		if (listeners[i] >= 0)
			close(listeners[i]);
	return err;
}

/* --- Worlds and processes -----------------------------------------------------------------------
 */

static int enter_world(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd, err = 0;

	if (unshare(CLONE_NEWNET))
		return -errno;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

static int live(const struct crowd *c)
{
	int err = 0;
	char byte;

	alarm(LIMIT_S);
	if (c->name)
		prctl(PR_SET_NAME, c->name);
	if (c->wait) {
		printf("%d\n", (int)getpid());
		fflush(stdout);
		while (read(STDIN_FILENO, &byte, 1) > 0)
			;
	}
	if (!c->worlds)
		return connect_all(c, 0);
	for (unsigned i = 0; i < c->worlds && !err; i++) {
		err = enter_world();
		if (!err)
			err = connect_all(c, 1 + i * c->connections);
	}
	return err;
}

/* In a child whose id is c->pid, as soon as that is free. */
static int live_as(const struct crowd *c)
{
	pid_t wanted = (pid_t)c->pid, child;
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)&wanted,
		.set_tid_size = 1,
	};
	int status;

	while ((child = (pid_t)syscall(SYS_clone3, &args, sizeof(args))) < 0 && errno == EEXIST)
		usleep(1000);
	if (child < 0)
		return -errno;
	if (!child)
		_exit(live(c) ? 1 : 0);
	if (waitpid(child, &status, 0) < 0)
		return -errno;
	return status ? -ECHILD : 0;
}

int main(int argc, char **argv)
{
	struct crowd c = {.address = "127.0.0.1", .connections = 1, .calls = 1};
	int err;

	if (parse(&c, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	alarm(LIMIT_S);
	signal(SIGPIPE, SIG_IGN);
	c.books = books_open(c.books_file);
	err = c.books < 0 ? c.books : c.pid ? live_as(&c) : live(&c);
	if (err)
		fprintf(stderr, "crowd: %s: %s\n", c.books_file, strerror(-err));
	return err ? 1 : 0;
}
