/* SPDX-License-Identifier: MIT */
#include "net.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

static socklen_t loopback(union net_address *out, enum family family, uint16_t port)
{
	memset(out, 0, sizeof(*out));
	if (family == FAMILY_4) {
		out->four.sin_family = AF_INET;
		out->four.sin_port = htons(port);
		out->four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(out->four);
	}
	out->six.sin6_family = AF_INET6;
	out->six.sin6_port = htons(port);
	inet_pton(AF_INET6, family == FAMILY_6 ? "::1" : "::ffff:127.0.0.1", &out->six.sin6_addr);
	return sizeof(out->six);
}

static int no_delay(int fd)
{
	int on = 1;

	return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ? -errno : 0;
}

int net_listen(enum family family, uint16_t *port)
{
	union net_address addr;
	socklen_t len = loopback(&addr, family, 0);
	int fd = socket(addr.any.sa_family, SOCK_STREAM, 0);
	int err;

	if (fd < 0)
		return -errno;
	if (bind(fd, &addr.any, len) || listen(fd, 1024) || getsockname(fd, &addr.any, &len)) {
		err = -errno;
		close(fd);
		return err;
	}
	*port = ntohs(family == FAMILY_4 ? addr.four.sin_port : addr.six.sin6_port);
	return fd;
}

int net_connect(enum family family, uint16_t port)
{
	union net_address addr;
	socklen_t len = loopback(&addr, family, port);
	int fd = socket(addr.any.sa_family, SOCK_STREAM, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = connect(fd, &addr.any, len) ? -errno : no_delay(fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int net_accept(int listener)
{
	int fd = accept(listener, NULL, NULL);
	int err;

	if (fd < 0)
		return -errno;
	err = no_delay(fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int net_pair(enum family family, int *client, int *server)
{
	uint16_t port = 0;
	int listener = net_listen(family, &port);
	int err = 0;

	if (listener < 0)
		return listener;
	*client = net_connect(family, port);
	if (*client < 0) {
		err = *client;
		goto out;
	}
	*server = net_accept(listener);
	if (*server < 0) {
		err = *server;
		close(*client);
	}
out:
	close(listener);
	return err;
}
