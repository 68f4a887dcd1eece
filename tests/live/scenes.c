/* SPDX-License-Identifier: MIT */
/*
 * Small scenes: processes that are born, die, change their name or share a socket. Each talks to
 * one echo server, a process of its own that keeps books as well.
 */
#include "asleep.h"
#include "books.h"
#include "traffic.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PIECE = 1500,
	CALLS = 20,  /* of a client between two changes */
	AT_ONCE = 8, /* short lives that overlap */
	SHARED = 3,  /* children that use a shared socket in turn */
};

/* Sends all of len and reads as much back, by all ways in turn. */
static int exchange(struct row *row, int fd, unsigned turn, size_t len)
{
	struct ways tx = ways_all(TX), rx = ways_all(RX);
	char data[PIECE] = "";
	ssize_t n = tx.way[turn % tx.count].call(fd, data, len);

	row_count(row, TX, n);
	if (n != (ssize_t)len)
		return n < 0 ? -errno : -EIO;
	while (len) {
		n = rx.way[turn++ % rx.count].call(fd, data, len);
		if (n <= 0)
			return n < 0 ? -errno : -EPIPE;
		row_count(row, RX, n);
		len -= (size_t)n;
	}
	return 0;
}

/* Some exchanges, with rows under the name that the process has. */
static int talk(int fd, int books)
{
	struct row row;
	int err = row_open(&row, fd);

	for (unsigned i = 0; i < CALLS && !err; i++)
		err = exchange(&row, fd, i, 1 + (size_t)(getpid() + i * 97) % PIECE);
	return err ? err : books_write(books, &row, 1);
}

/* All that there is to read, with rows under the name that the process has. */
static int drain(struct row *row, int fd, int books)
{
	struct ways rx = ways_all(RX);
	char data[PIECE / 3];
	ssize_t n = 1;

	for (unsigned i = 0; n > 0; i++) {
		n = rx.way[i % rx.count].call(fd, data, sizeof(data));
		row_count(row, RX, n);
	}
	return n < 0 ? -errno : books_write(books, row, 1);
}

/* Echoes one connection to its end. */
static int echo(int fd, int books)
{
	struct row row;
	char data[PIECE];
	ssize_t n;
	int err = row_open(&row, fd);

	while (!err && (n = recv(fd, data, sizeof(data), 0)) != 0) {
		row_count(&row, RX, n);
		if (n > 0)
			n = send(fd, data, (size_t)n, 0);
		row_count(&row, TX, n);
		if (n < 0)
			err = -errno;
	}
	return err ? err : books_write(books, &row, 1);
}

static int echo_all(const struct traffic *t, int listener, unsigned count)
{
	int err = 0;

	while (count-- && !err) {
		int fd = net_accept(listener);

		if (fd < 0)
			return fd;
		err = echo(fd, t->books);
		close(fd);
	}
	return err;
}

static void leave(const char *who, int err)
{
	if (err)
		fprintf(stderr, "traffic: %s: error %d\n", who, -err);
	_exit(err ? 1 : 0);
}

/* An echo server for count connections. */
static int echo_start(const struct traffic *t, enum family family, unsigned count, uint16_t *port)
{
	int listener = net_listen(family, port), pid;

	if (listener < 0)
		return listener;
	pid = traffic_fork(t, "tt-echo", family);
	if (pid == 0)
		leave("echo", echo_all(t, listener, count));
	close(listener);
	return pid < 0 ? pid : 0;
}

static int connect_and_talk(const struct traffic *t, enum family family, uint16_t port)
{
	int fd = net_connect(family, port);
	int err = fd < 0 ? fd : talk(fd, t->books);

	if (fd >= 0)
		close(fd);
	return err;
}

static int short_lives(struct traffic *t, enum family family)
{
	unsigned running = 0;
	uint16_t port;
	int err = echo_start(t, family, t->clients, &port);

	for (unsigned i = 0; i < t->clients && !err; i++) {
		int pid = traffic_fork(t, "tt-life", i);

		if (pid == 0)
			leave("life", connect_and_talk(t, family, port));
		if (pid < 0)
			return pid;
		if (++running == AT_ONCE) {
			err = traffic_reap(1);
			running--;
		}
	}
	/* One more: the server. */
	return err ? err : traffic_reap(running + 1);
}

int shortlived_run(struct traffic *t)
{
	int err = 0;

	for (unsigned i = 0; i < t->family_count && !err; i++)
		err = short_lives(t, t->families[i]);
	return err;
}

/* A client with a connection of its own, per family; it ends before the next begins. */
static int each_family(
	struct traffic *t, const char *name, int (*client)(int fd, struct traffic *t))
{
	int err = 0;

	for (unsigned i = 0; i < t->family_count && !err; i++) {
		enum family family = t->families[i];
		uint16_t port;
		int pid;

		err = echo_start(t, family, 1, &port);
		if (err)
			return err;
		pid = traffic_fork(t, name, i);
		if (pid == 0) {
			int fd = net_connect(family, port);

			leave(name, fd < 0 ? fd : client(fd, t));
		}
		err = pid < 0 ? pid : traffic_reap(2);
	}
	return err;
}

static int client_rename(int fd, struct traffic *t)
{
	int err = talk(fd, t->books);

	prctl(PR_SET_NAME, "tt-renamed");
	return err ? err : talk(fd, t->books);
}

int rename_run(struct traffic *t)
{
	return each_family(t, "tt-rename", client_rename);
}

/* The kernel names the second life after the program's file. */
static int client_exec(int fd, struct traffic *t)
{
	char self[4096], order[32];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int err = talk(fd, t->books);

	if (err)
		return err;
	if (len < 0)
		return -errno;
	self[len] = '\0';
	snprintf(order, sizeof(order), "%d,%d", fd, t->books);
	execl(self, self, "--resume", order, (char *)NULL);
	return -errno;
}

int exec_run(struct traffic *t)
{
	return each_family(t, "tt-exec", client_exec);
}

int exec_resume(int fd, int books)
{
	return talk(fd, books);
}

/* The socket goes from parent to child and back; a turn ends with the child's life. */
static int client_shared(int fd, struct traffic *t)
{
	int err = talk(fd, t->books);

	for (unsigned i = 0; i < SHARED && !err; i++) {
		int pid = traffic_fork(t, "tt-child", i);

		if (pid == 0)
			leave("child", talk(fd, t->books));
		err = pid < 0 ? pid : traffic_reap(1);
		if (!err)
			err = talk(fd, t->books);
	}
	return err;
}

int fork_shared_run(struct traffic *t)
{
	return each_family(t, "tt-shared", client_shared);
}

/*
 * Both sides have closed and the echo waits to be read: the kernel has given the port away. Who
 * reads first uses the socket only now, so that nothing about it can be known from before.
 */
static int client_half_closed(int fd, struct traffic *t)
{
	struct pollfd fin = {.fd = fd};
	char data[PIECE] = "";
	struct row row;
	int err = row_open(&row, fd), pid;
	ssize_t n = send(fd, data, sizeof(data), 0);

	row_count(&row, TX, n);
	if (!err)
		err = books_write(t->books, &row, 1);
	if (err || n < 0 || shutdown(fd, SHUT_WR))
		return err ? err : -errno;
	while (poll(&fin, 1, -1) < 0 && errno == EINTR)
		;
	if (!(fin.revents & POLLHUP))
		return -EPROTO;
	pid = traffic_fork(t, "tt-heir", 0);
	if (pid == 0)
		leave("heir", drain(&row, fd, t->books));
	return pid < 0 ? pid : traffic_reap(1);
}

int half_closed_run(struct traffic *t)
{
	return each_family(t, "tt-closer", client_half_closed);
}

/* One receive, which waits. */
static int wait_once(int fd, int books)
{
	struct row row;
	char data[PIECE];
	int err = row_open(&row, fd);
	ssize_t n = recv(fd, data, sizeof(data), 0);

	row_count(&row, RX, n);
	if (n <= 0)
		return n ? -errno : -EPIPE;
	return err ? err : books_write(books, &row, 1);
}

/* Sends to one that waits. */
static int wake(int fd, int pid, int books)
{
	struct row row;
	char data[PIECE] = "";
	int err = row_open(&row, fd);
	ssize_t n;

	asleep_await(pid);
	n = send(fd, data, sizeof(data), 0);
	row_count(&row, TX, n);
	return err ? err : books_write(books, &row, 1);
}

int waiting_run(struct traffic *t)
{
	int *fd = calloc(t->clients, sizeof(*fd)), *pid = calloc(t->clients, sizeof(*pid));
	int err = fd && pid ? 0 : -ENOMEM, other;

	for (unsigned i = 0; i < t->clients && !err; i++) {
		err = net_pair(t->families[i % t->family_count], &fd[i], &other);
		if (err)
			break;
		pid[i] = traffic_fork(t, "tt-waiter", i);
		if (pid[i] == 0)
			leave("waiter", wait_once(other, t->books));
		close(other);
		err = pid[i] < 0 ? pid[i] : 0;
	}
	for (unsigned i = 0; i < t->clients && !err; i++)
		asleep_await(pid[i]);
	for (unsigned i = 0; i < t->clients && !err; i++)
		err = wake(fd[i], pid[i], t->books);
	free(fd);
	free(pid);
	return err ? err : traffic_reap(t->clients);
}
