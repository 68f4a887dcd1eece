/* SPDX-License-Identifier: MIT */
/* Whose call it is, and calls at the ends of a connection's life. */
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Until there is nothing more to read, by end or by reset. */
static int receive_rest(struct scene *s, int end, int last_errno)
{
	char data[PIECE];
	ssize_t n;

	while ((n = recv(s->fd[end], data, sizeof(data), 0)) > 0)
		row_count(&s->row[end], RX, n);
	if (n < 0 && errno != last_errno)
		return -errno;
	return 0;
}

static int await_hangup(int fd)
{
	struct pollfd p = {.fd = fd};

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	return p.revents & POLLHUP ? 0 : -EPROTO;
}

/* The server has closed and the client has shut down; then first the client reads. */
int path_half_closed(struct scene *s)
{
	int err = scene_connect(s);

	if (!err)
		err = scene_send(s, SERVER, PIECES * PIECE);
	if (!err && (shutdown(s->fd[CLIENT], SHUT_WR) || close(s->fd[SERVER])))
		err = -errno;
	if (!err)
		err = await_hangup(s->fd[CLIENT]);
	return err ? err : receive_rest(s, CLIENT, 0);
}

int scene_reset(struct scene *s)
{
	struct linger now = {.l_onoff = 1};

	if (setsockopt(s->fd[CLIENT], SOL_SOCKET, SO_LINGER, &now, sizeof(now)) ||
		close(s->fd[CLIENT]))
		return -errno;
	return await_hangup(s->fd[SERVER]);
}

int path_reset(struct scene *s)
{
	int err = scene_connect(s);

	if (!err)
		err = scene_feed(s);
	if (!err)
		err = scene_reset(s);
	return err ? err : receive_rest(s, SERVER, ECONNRESET);
}

static int wait_in_receive(struct scene *s)
{
	char data[PIECE];

	s->sleeper = (int)syscall(SYS_gettid);
	return scene_count(s, SERVER, RX, recv(s->fd[SERVER], data, PIECE, 0), PIECE);
}

static int send_to_waiting(struct scene *s)
{
	int err = scene_await_sleeper(s);

	if (!err)
		err = scene_await_start(s);
	return err ? err : scene_send(s, CLIENT, PIECE);
}

int path_blocked(struct scene *s)
{
	int err = scene_connect(s);

	return err ? err : scene_beside(s, wait_in_receive, send_to_waiting);
}

/* A connection from before the recording, of which the first that is read is spliced. */
int path_splice_older(struct scene *s)
{
	int pipes[2], err = scene_connect(s);

	if (!err)
		err = scene_await_start(s);
	if (!err)
		err = scene_send(s, CLIENT, PIECE);
	if (!err && pipe(pipes))
		err = -errno;
	if (err)
		return err;
	return scene_count(
		s, SERVER, RX, splice(s->fd[SERVER], NULL, pipes[1], NULL, PIECE, 0), PIECE);
}

/* The same where the recorder does not look for older connections. */
int path_splice_far(struct scene *s)
{
	return scene_own_network() ? -EPERM : path_splice_older(s);
}

static int receive_piece(struct scene *s)
{
	return scene_receive(s, SERVER, PIECE);
}

/* Parent, child, parent. */
int path_fork(struct scene *s)
{
	int err = scene_connect(s);

	if (!err)
		err = scene_feed(s);
	if (!err)
		err = receive_piece(s);
	if (!err)
		err = scene_in_child(s, receive_piece);
	return err ? err : receive_piece(s);
}

static int pass(int channel, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *header;

	memset(control, 0, sizeof(control));
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	header = CMSG_FIRSTHDR(&msg);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(channel, &msg, 0) == 1 ? 0 : -errno;
}

static int take_passed(int channel)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int fd;

	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	if (recvmsg(channel, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return -EIO;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static int receive_passed(struct scene *s)
{
	close(s->fd[SERVER]);
	s->fd[SERVER] = take_passed(s->channel);
	return s->fd[SERVER] < 0 ? s->fd[SERVER] : scene_drain(s);
}

int path_scm(struct scene *s)
{
	int channels[2], err = scene_connect(s);

	if (!err)
		err = scene_feed(s);
	if (!err && socketpair(AF_UNIX, SOCK_STREAM, 0, channels))
		err = -errno;
	if (!err)
		err = pass(channels[0], s->fd[SERVER]);
	if (err)
		return err;
	s->channel = channels[1];
	return scene_in_child(s, receive_passed);
}

static int drain_in_thread(struct scene *s)
{
	prctl(PR_SET_NAME, "not-this-name");
	return scene_drain(s);
}

int path_threads(struct scene *s)
{
	int err = scene_connect(s);

	return err ? err : scene_beside(s, drain_in_thread, scene_feed);
}

static void link_name(char *link, size_t size, int pid)
{
	snprintf(link, size, "/tmp/p-exec-%d", pid);
}

/* The kernel names a program after its file: here a link to our own. */
static int receive_and_exec(struct scene *s)
{
	char self[4096], link[64], order[64];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int err = receive_piece(s);

	if (!err)
		err = scene_write_books(s);
	if (err || len < 0)
		return err ? err : -errno;
	self[len] = '\0';
	link_name(link, sizeof(link), getppid());
	unlink(link); /* of another time, which was killed */
	if (symlink(self, link))
		return -errno;
	snprintf(order, sizeof(order), "%d,%d,%d,%d", s->fd[CLIENT], s->fd[SERVER], s->books_tested,
		s->books_other);
	execl(link, link, "--resume", order, (char *)NULL);
	return -errno;
}

int path_exec(struct scene *s)
{
	int err = scene_connect(s);
	char link[64];

	if (!err)
		err = scene_feed(s);
	if (!err)
		err = scene_in_child(s, receive_and_exec);
	link_name(link, sizeof(link), getpid());
	unlink(link);
	return err;
}

/* The rest, in the second program. */
int path_exec_resume(struct scene *s)
{
	int err = scene_adopt(s, s->fd[CLIENT], s->fd[SERVER]);

	if (!err)
		err = scene_receive(s, SERVER, (PIECES - 1) * PIECE);
	return err ? err : scene_write_books(s);
}

/* Connects, sends and is gone. */
static int live_a_moment(struct scene *s)
{
	int fd = net_connect(FAMILY_4, (uint16_t)s->channel);
	int err = fd < 0 ? fd : scene_adopt(s, fd, -1);

	return err ? err : scene_send(s, CLIENT, PIECE);
}

int path_short(struct scene *s)
{
	uint16_t port;
	int listener = net_listen(FAMILY_4, &port);
	int err = listener < 0 ? listener : 0;

	s->channel = port;
	for (int i = 0; i < PIECES && !err; i++) {
		err = scene_in_child(s, live_a_moment);
		if (!err)
			err = scene_adopt(s, -1, net_accept(listener));
		if (!err)
			err = scene_receive(s, SERVER, PIECE);
		if (!err)
			err = scene_write_books(s);
	}
	return err;
}
