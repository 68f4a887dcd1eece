/* SPDX-License-Identifier: MIT */
#include "asleep.h"
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int scene_adopt(struct scene *s, int client, int server)
{
	int err = 0;

	s->fd[CLIENT] = client;
	s->fd[SERVER] = server;
	for (int end = CLIENT; end <= SERVER && !err; end++)
		if (s->fd[end] >= 0)
			err = row_open(&s->row[end], s->fd[end]);
	return err;
}

int scene_connect(struct scene *s)
{
	int client, server, err = net_pair(FAMILY_4, &client, &server);

	return err ? err : scene_adopt(s, client, server);
}

int scene_connect_protocol(struct scene *s, int protocol)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	socklen_t len = sizeof(addr);
	int listener = socket(AF_INET, SOCK_STREAM, protocol);
	int client = socket(AF_INET, SOCK_STREAM, protocol), server = -1;

	if (listener < 0 || client < 0)
		return -errno;
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&addr, len) || listen(listener, 1) ||
		getsockname(listener, (struct sockaddr *)&addr, &len) ||
		connect(client, (struct sockaddr *)&addr, len) ||
		(server = accept(listener, NULL, NULL)) < 0)
		return -errno;
	close(listener);
	return scene_adopt(s, client, server);
}

int scene_absent(struct scene *s, const char *why)
{
	snprintf(s->reason, sizeof(s->reason), "%s", why);
	return PATH_ABSENT;
}

int scene_count(struct scene *s, int end, int direction, ssize_t result, size_t wanted)
{
	int err = result < 0 ? -errno : -EIO;

	row_count(&s->row[end], direction, result);
	if (result == (ssize_t)wanted)
		return 0;
	fprintf(stderr, "paths: %s: %s: %zd, not %zu\n", s->name,
		direction == TX ? "sent" : "received", result, wanted);
	return err;
}

int scene_send(struct scene *s, int end, size_t bytes)
{
	char data[PIECE] = "";
	int err = 0;

	while (bytes && !err) {
		size_t len = bytes < sizeof(data) ? bytes : sizeof(data);

		err = scene_count(s, end, TX, send(s->fd[end], data, len, MSG_NOSIGNAL), len);
		bytes -= len;
	}
	return err;
}

int scene_receive(struct scene *s, int end, size_t bytes)
{
	char data[PIECE];

	while (bytes) {
		size_t len = bytes < sizeof(data) ? bytes : sizeof(data);
		ssize_t n = recv(s->fd[end], data, len, 0);

		if (n <= 0)
			return scene_count(s, end, RX, n, len);
		row_count(&s->row[end], RX, n);
		bytes -= (size_t)n;
	}
	return 0;
}

int scene_await_data(const struct scene *s, int end, size_t bytes)
{
	int unread = 0;

	while (!ioctl(s->fd[end], SIOCINQ, &unread)) {
		if ((size_t)unread >= bytes)
			return 0;
		usleep(500);
	}
	return -errno;
}

int scene_feed(struct scene *s)
{
	return scene_send(s, CLIENT, PIECES * PIECE);
}

int scene_drain(struct scene *s)
{
	return scene_receive(s, SERVER, PIECES * PIECE);
}

int scene_write_books(struct scene *s)
{
	int err = 0;

	for (int end = CLIENT; end <= SERVER && !err; end++) {
		int books = s->tested & 1u << end ? s->books_tested : s->books_other;

		err = books_write(books, &s->row[end], 1);
	}
	return err;
}

int scene_in_child(struct scene *s, scene_fn *run)
{
	int pid = fork(), status;

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		int err;

		alarm(20);
		for (int end = CLIENT; end <= SERVER; end++) {
			memset(s->row[end].calls, 0, sizeof(s->row[end].calls));
			memset(s->row[end].bytes, 0, sizeof(s->row[end].bytes));
		}
		err = run(s);
		if (!err)
			err = scene_write_books(s);
		_exit(err ? 1 : 0);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status ? -ECHILD : 0;
}

struct second {
	struct scene *scene;
	scene_fn *run;
	int err;
};

static void *run_second(void *arg)
{
	struct second *second = arg;

	second->err = second->run(second->scene);
	return NULL;
}

int scene_beside(struct scene *s, scene_fn *second, scene_fn *this)
{
	struct second other = {.scene = s, .run = second};
	pthread_t thread;
	int err = pthread_create(&thread, NULL, run_second, &other);

	if (err)
		return -err;
	err = this(s);
	/* Else it waits for what never comes; the process ends. */
	if (!err)
		pthread_join(thread, NULL);
	return err ? err : other.err;
}

int scene_await_sleeper(const struct scene *s)
{
	while (!s->sleeper)
		usleep(2000);
	asleep_await(s->sleeper);
	return 0;
}

int scene_await_start(struct scene *s)
{
	char c = 0;

	if (write(s->ready, &c, 1) != 1)
		return -errno;
	close(s->ready);
	while (read(s->go, &c, 1) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int scene_own_network(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd, err = 0;

	if (unshare(CLONE_NEWNET))
		return -errno;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCSIFFLAGS, &lo))
		err = -errno;
	close(fd);
	return err;
}

int scene_file(size_t bytes)
{
	int fd = memfd_create("paths", MFD_CLOEXEC);
	char *data = calloc(1, bytes);

	if (fd < 0 || !data || write(fd, data, bytes) != (ssize_t)bytes || lseek(fd, 0, SEEK_SET)) {
		if (fd >= 0)
			close(fd);
		fd = -EIO;
	}
	free(data);
	return fd;
}
