/* SPDX-License-Identifier: MIT */
/* The ways in: the client sends by one of them, the server receives as usual. */
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif

enum { LARGE = 200000 };

/* The way of ways.c that has the scene's name. */
int path_send_way(struct scene *s)
{
	struct ways ways = ways_named(TX, s->name);
	char data[PIECE] = "";
	int err = ways.count ? scene_connect(s) : -EINVAL;

	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(
			s, CLIENT, TX, ways.way[0].call(s->fd[CLIENT], data, PIECE), PIECE);
	return err ? err : scene_drain(s);
}

int path_sendmmsg(struct scene *s)
{
	char data[PIECE] = "";
	struct iovec iov = {.iov_base = data, .iov_len = PIECE};
	struct mmsghdr messages[PIECES];
	int err = scene_connect(s);

	memset(messages, 0, sizeof(messages));
	for (int i = 0; i < PIECES; i++) {
		messages[i].msg_hdr.msg_iov = &iov;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	if (!err && sendmmsg(s->fd[CLIENT], messages, PIECES, 0) != PIECES)
		err = -EIO;
	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(s, CLIENT, TX, messages[i].msg_len, PIECE);
	return err ? err : scene_drain(s);
}

int path_sendfile(struct scene *s)
{
	int file = scene_file(PIECES * PIECE);
	int err = file < 0 ? file : scene_connect(s);

	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(s, CLIENT, TX, sendfile(s->fd[CLIENT], file, NULL, PIECE), PIECE);
	return err ? err : scene_drain(s);
}

static int send_large(struct scene *s)
{
	int file = scene_file(LARGE), err = file < 0 ? file : 0;

	for (size_t sent = 0; sent < LARGE && !err;) {
		ssize_t n = sendfile(s->fd[CLIENT], file, NULL, LARGE - sent);

		if (n <= 0)
			return -EIO;
		row_count(&s->row[CLIENT], TX, n);
		sent += (size_t)n;
	}
	return err;
}

static int drain_large(struct scene *s)
{
	return scene_receive(s, SERVER, LARGE);
}

int path_sendfile_large(struct scene *s)
{
	int err = scene_connect(s);

	return err ? err : scene_beside(s, drain_large, send_large);
}

int path_splice_in(struct scene *s)
{
	char data[PIECE] = "";
	int pipes[2], err = scene_connect(s);

	if (!err && pipe(pipes))
		err = -errno;
	for (int i = 0; i < PIECES && !err; i++) {
		if (write(pipes[1], data, PIECE) != PIECE)
			err = -EIO;
		else
			err = scene_count(s, CLIENT, TX,
				splice(pipes[0], NULL, s->fd[CLIENT], NULL, PIECE, 0), PIECE);
	}
	return err ? err : scene_drain(s);
}

/* The notices of completion, which are not payload. */
static void read_notices(int fd)
{
	char control[256];
	struct msghdr msg = {.msg_control = control, .msg_controllen = sizeof(control)};

	while (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		msg.msg_controllen = sizeof(control);
}

int path_zerocopy(struct scene *s)
{
	char data[PIECE] = "";
	int on = 1, err = scene_connect(s);

	if (!err && setsockopt(s->fd[CLIENT], SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)))
		return scene_absent(s, "no SO_ZEROCOPY");
	for (int i = 0; i < PIECES && !err; i++)
		err = scene_count(
			s, CLIENT, TX, send(s->fd[CLIENT], data, PIECE, MSG_ZEROCOPY), PIECE);
	if (!err)
		err = scene_drain(s);
	read_notices(s->fd[CLIENT]);
	return err;
}

/* In a network of our own data in the first packet can be allowed. */
static int allow_fast_open(void)
{
	static const char path[] = "/proc/sys/net/ipv4/tcp_fastopen", everything[] = "519";
	int sysctl, err = scene_own_network();

	if (err)
		return err;
	sysctl = open(path, O_WRONLY);
	if (sysctl < 0)
		return -errno;
	if (write(sysctl, everything, strlen(everything)) < 0)
		err = -errno;
	close(sysctl);
	return err;
}

int path_fast_open(struct scene *s)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);
	char data[PIECE] = "";
	int backlog = 1, listener, client, err = allow_fast_open();
	uint16_t port;
	ssize_t sent;

	if (err)
		return scene_absent(s, "no network namespace with fast open");
	listener = net_listen(FAMILY_4, &port);
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || client < 0)
		return -EIO;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(port);
	if (setsockopt(listener, IPPROTO_TCP, TCP_FASTOPEN, &backlog, sizeof(backlog)))
		return -errno;
	sent = sendto(client, data, PIECE, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof(to));
	err = scene_adopt(s, client, net_accept(listener));
	if (!err)
		err = scene_count(s, CLIENT, TX, sent, PIECE);
	if (!err && getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &len))
		err = -errno;
	if (!err && !(info.tcpi_options & TCPI_OPT_SYN_DATA))
		return scene_absent(s, "no data in the first packet");
	return err ? err : scene_receive(s, SERVER, PIECE);
}

/* What a restored connection had in its queues is put there again by sending, and nothing is sent.
 */
int path_repair(struct scene *s)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(9)};
	int on = 1, queue = 2 /* TCP_SEND_QUEUE */, fd = socket(AF_INET, SOCK_STREAM, 0);
	int err = scene_connect(s);
	char data[PIECE] = "";

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!err && setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		return scene_absent(s, "no TCP_REPAIR");
	if (!err && (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
			    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)) ||
			    send(fd, data, PIECE, 0) != PIECE || close(fd)))
		err = -errno;
	if (!err)
		err = scene_feed(s);
	return err ? err : scene_drain(s);
}
