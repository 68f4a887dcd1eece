/* SPDX-License-Identifier: MIT */
/* The ways out: the client sends as usual, the server receives by one of them. */
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

static int connect_and_feed(struct scene *s)
{
	int err = scene_connect(s);

	return err ? err : scene_feed(s);
}

int path_receive_way(struct scene *s)
{
	struct ways ways = ways_named(RX, s->name);
	char data[PIECE];
	int err = ways.count ? connect_and_feed(s) : -EINVAL;

	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(
			s, SERVER, RX, ways.way[0].call(s->fd[SERVER], data, PIECE), PIECE);
	return err;
}

int path_recvmmsg(struct scene *s)
{
	char data[PIECE];
	struct iovec iov = {.iov_base = data, .iov_len = PIECE};
	struct mmsghdr messages[PIECES];
	int err = connect_and_feed(s);

	memset(messages, 0, sizeof(messages));
	for (int i = 0; i < PIECES; i++) {
		messages[i].msg_hdr.msg_iov = &iov;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	if (!err && recvmmsg(s->fd[SERVER], messages, PIECES, 0, NULL) != PIECES)
		err = -EIO;
	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(s, SERVER, RX, messages[i].msg_len, PIECE);
	return err;
}

/* Taken, but copied nowhere. Raw, because sanitizers look at the library's arguments. */
int path_trunc(struct scene *s)
{
	int err = connect_and_feed(s);

	for (int i = 0; i < PIECES && !err; i++) {
		long n = syscall(SYS_recvfrom, s->fd[SERVER], NULL, PIECE, MSG_TRUNC, NULL, NULL);

		err = scene_count(s, SERVER, RX, n, PIECE);
	}
	return err;
}

static int receive_whole(struct scene *s)
{
	char data[PIECES * PIECE];

	return scene_count(
		s, SERVER, RX, recv(s->fd[SERVER], data, sizeof(data), MSG_WAITALL), sizeof(data));
}

/* The next piece when the last has been taken. */
static int feed_slowly(struct scene *s)
{
	int err = 0;

	for (int i = 0; i < PIECES && !err; i++) {
		int unread = 1;

		while (unread && !err) {
			if (ioctl(s->fd[SERVER], SIOCINQ, &unread))
				err = -errno;
			usleep(500);
		}
		if (!err)
			err = scene_send(s, CLIENT, PIECE);
	}
	return err;
}

int path_waitall(struct scene *s)
{
	int err = scene_connect(s);

	return err ? err : scene_beside(s, feed_slowly, receive_whole);
}

int path_peek(struct scene *s)
{
	char data[PIECE];
	int err = connect_and_feed(s);

	for (int i = 0; i < PIECES && !err; i++) {
		if (recv(s->fd[SERVER], data, PIECE / 2, MSG_PEEK) != PIECE / 2)
			err = -EIO;
		else
			err = scene_receive(s, SERVER, PIECE);
	}
	return err;
}

/* Notices of when a packet was sent come with that packet, which is not payload once more. */
int path_errqueue(struct scene *s)
{
	int wanted = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE, err;
	char data[PIECE * 2], control[256];
	struct iovec iov = {.iov_base = data, .iov_len = sizeof(data)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	unsigned notices = 0;

	err = scene_connect(s);
	if (!err && setsockopt(s->fd[CLIENT], SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof(wanted)))
		err = -errno;
	if (!err)
		err = scene_feed(s);
	if (!err)
		err = scene_drain(s);
	while (!err && notices < PIECES) {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		if (recvmsg(s->fd[CLIENT], &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			break;
		notices++;
	}
	return err || notices ? err : -ENOMSG;
}

/* A receive of an urgent byte does not wait for it. */
static int await_urgent(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLPRI};

	while (poll(&p, 1, -1) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* One urgent byte, which is taken on its own, between ordinary ones. */
int path_oob(struct scene *s)
{
	char c = '!';
	int err = scene_connect(s);

	if (!err)
		err = scene_send(s, CLIENT, PIECE);
	if (!err)
		err = scene_count(s, CLIENT, TX, send(s->fd[CLIENT], &c, 1, MSG_OOB), 1);
	if (!err)
		err = scene_send(s, CLIENT, PIECE);
	if (!err)
		err = await_urgent(s->fd[SERVER]);
	if (!err)
		err = scene_count(s, SERVER, RX, recv(s->fd[SERVER], &c, 1, MSG_OOB), 1);
	return err ? err : scene_receive(s, SERVER, PIECE * 2);
}

/* Makes the kernel clean up as if something had been read. */
int path_quickack(struct scene *s)
{
	int on = 1, err = connect_and_feed(s);

	for (int i = 0; i < PIECES && !err; i++) {
		if (setsockopt(s->fd[SERVER], IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on)))
			err = -errno;
		else
			err = scene_receive(s, SERVER, PIECE);
	}
	return err;
}

/* Both ways: a receive without data, and sends until the queues are full. */
int path_eagain(struct scene *s)
{
	static char data[1 << 16];
	size_t sent = 0;
	ssize_t n;
	int err = scene_connect(s);

	if (!err && recv(s->fd[SERVER], data, PIECE, MSG_DONTWAIT) >= 0)
		err = -EIO;
	if (err)
		return err;
	while ((n = send(s->fd[CLIENT], data, sizeof(data), MSG_DONTWAIT)) > 0) {
		row_count(&s->row[CLIENT], TX, n);
		sent += (size_t)n;
	}
	return errno == EAGAIN ? scene_receive(s, SERVER, sent) : -errno;
}

/* Memory that cannot be read or written, from the start or from the second page on. */
int path_efault(struct scene *s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *data =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int err = connect_and_feed(s);
	long n;

	if (err || data == MAP_FAILED || munmap(data + page, page))
		return err ? err : -ENOMEM;
	/* Raw, because sanitizers look at the arguments of the library's functions. */
	n = syscall(SYS_sendto, s->fd[CLIENT], data + page, PIECE, 0, NULL, 0);
	row_count(&s->row[CLIENT], TX, n);
	n = syscall(SYS_recvfrom, s->fd[SERVER], data + page, PIECE, 0, NULL, NULL);
	row_count(&s->row[SERVER], RX, n);
	n = syscall(SYS_recvfrom, s->fd[SERVER], data + page - 100, PIECE, 0, NULL, NULL);
	row_count(&s->row[SERVER], RX, n);
	n = syscall(SYS_sendto, s->fd[CLIENT], data + page - 100, PIECE, 0, NULL, 0);
	row_count(&s->row[CLIENT], TX, n);
	if (shutdown(s->fd[CLIENT], SHUT_WR))
		return -errno;
	while ((n = recv(s->fd[SERVER], data, PIECE, 0)) > 0)
		row_count(&s->row[SERVER], RX, n);
	return n ? -errno : 0;
}

int path_splice_out(struct scene *s)
{
	char data[PIECE];
	int pipes[2], err = connect_and_feed(s);

	if (!err && pipe(pipes))
		err = -errno;
	for (int i = 0; i < PIECES && !err; i++) {
		ssize_t n = splice(s->fd[SERVER], NULL, pipes[1], NULL, PIECE, 0);

		err = scene_count(s, SERVER, RX, n, PIECE);
		if (!err && read(pipes[0], data, PIECE) != PIECE)
			err = -EIO;
	}
	return err;
}

static int splice_some(struct scene *s, int into, size_t len, size_t wanted)
{
	return scene_count(s, SERVER, RX, splice(s->fd[SERVER], NULL, into, NULL, len, 0), wanted);
}

/* By turns with ordinary receives, and over the end of the stream, which is no byte. */
int path_splice_mixed(struct scene *s)
{
	int pipes[2], err = connect_and_feed(s);

	if (!err && (pipe(pipes) || shutdown(s->fd[CLIENT], SHUT_WR)))
		err = -errno;
	if (!err)
		err = scene_await_data(s, SERVER, PIECES * PIECE);
	if (!err)
		err = scene_receive(s, SERVER, 500);
	if (!err)
		err = splice_some(s, pipes[1], PIECE, PIECE);
	if (!err)
		err = scene_receive(s, SERVER, 500);
	if (!err)
		err = splice_some(s, pipes[1], PIECES * PIECE, PIECE);
	return err ? err : splice_some(s, pipes[1], PIECE, 0);
}

int path_sendfile_out(struct scene *s)
{
	int pipes[2], err = connect_and_feed(s);

	if (!err && pipe(pipes))
		err = -errno;
	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(
			s, SERVER, RX, sendfile(pipes[1], s->fd[SERVER], NULL, PIECE), PIECE);
	return err;
}

/* Nothing more is to be received, though no FIN has come: that took no number. */
int path_splice_shut(struct scene *s)
{
	int pipes[2], err = connect_and_feed(s);

	if (!err)
		err = scene_await_data(s, SERVER, PIECES * PIECE);
	if (!err && (pipe(pipes) || shutdown(s->fd[SERVER], SHUT_RD)))
		err = -errno;
	return err ? err : splice_some(s, pipes[1], PIECES * PIECE, PIECES * PIECE);
}

int path_splice_reset(struct scene *s)
{
	int pipes[2], err = connect_and_feed(s);

	if (!err && pipe(pipes))
		err = -errno;
	if (!err)
		err = scene_reset(s);
	return err ? err : splice_some(s, pipes[1], PIECES * PIECE, PIECES * PIECE);
}

/* A raw socket of the protocol sees each packet as well, and that is no traffic of its own. */
int path_raw(struct scene *s)
{
	char packet[2 * PIECE];
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_TCP), err = scene_connect(s);

	if (raw < 0)
		return scene_absent(s, "no raw sockets");
	if (!err)
		err = scene_feed(s);
	if (!err)
		err = scene_drain(s);
	for (int i = 0; i < PIECES && !err; i++)
		if (recv(raw, packet, sizeof(packet), 0) <= 0)
			err = -errno;
	return err;
}

/*
 * What the kernel can map it maps. Where that is nothing, and there is room for all that has come,
 * it copies.
 */
static int take_zerocopy(struct scene *s, void *window, size_t room, char *data, size_t len)
{
	struct tcp_zerocopy_receive zc;
	socklen_t size = sizeof(zc);
	int err = scene_await_data(s, SERVER, room + len);

	if (err)
		return err;
	memset(&zc, 0, sizeof(zc));
	zc.address = (uintptr_t)window;
	zc.length = (uint32_t)room;
	zc.copybuf_address = (uintptr_t)data;
	zc.copybuf_len = (int)len;
	if (getsockopt(s->fd[SERVER], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &size))
		return scene_absent(s, "no TCP_ZEROCOPY_RECEIVE with a copy buffer");
	return scene_count(s, SERVER, RX, (ssize_t)zc.length + zc.copybuf_len, room + len);
}

enum { MAPPED = 4 }; /* pages */

/*
 * Only whole pages that belong to the network can be mapped. On loopback such come into being where
 * the kernel has to copy what was sent by MSG_ZEROCOPY.
 */
static int send_pages(struct scene *s, size_t len)
{
	char *data = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int on = 1;

	if (data == MAP_FAILED ||
		setsockopt(s->fd[CLIENT], SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)))
		return -errno;
	memset(data, 'x', len);
	return scene_count(s, CLIENT, TX, send(s->fd[CLIENT], data, len, MSG_ZEROCOPY), len);
}

int path_zc_receive(struct scene *s)
{
	size_t room = MAPPED * (size_t)sysconf(_SC_PAGESIZE);
	char *data = malloc(PIECE);
	void *window = MAP_FAILED;
	int err = scene_connect(s);

	if (!err && data)
		window = mmap(NULL, room, PROT_READ, MAP_SHARED, s->fd[SERVER], 0);
	if (!err && window == MAP_FAILED)
		err = scene_absent(s, "a socket cannot be mapped");
	if (!err)
		err = send_pages(s, room);
	if (!err)
		err = take_zerocopy(s, window, room, NULL, 0);
	for (int i = 0; i < PIECES && !err; i++) {
		err = scene_send(s, CLIENT, PIECE);
		if (!err)
			err = take_zerocopy(s, window, 0, data, PIECE);
	}
	free(data);
	return err;
}

/* Whole pages are mapped; what is left behind them has nowhere to go. */
int path_zc_fault(struct scene *s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = MAPPED * page;
	char *nowhere = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct tcp_zerocopy_receive zc = {.length = (uint32_t)room,
		.copybuf_address = (uintptr_t)nowhere,
		.copybuf_len = (int)page};
	socklen_t size = sizeof(zc);
	void *window = MAP_FAILED;
	int err = scene_connect(s);

	if (!err && nowhere != MAP_FAILED)
		window = mmap(NULL, room, PROT_READ, MAP_SHARED, s->fd[SERVER], 0);
	if (!err && window == MAP_FAILED)
		return scene_absent(s, "a socket cannot be mapped");
	if (!err)
		err = send_pages(s, room + PIECE);
	if (!err)
		err = scene_await_data(s, SERVER, room + PIECE);
	zc.address = (uintptr_t)window;
	if (!err && getsockopt(s->fd[SERVER], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &size))
		err = -errno;
	if (!err && zc.copybuf_len >= 0)
		err = -EPROTO;
	return err ? err : scene_count(s, SERVER, RX, zc.length, room);
}
