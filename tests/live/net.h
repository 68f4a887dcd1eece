/* SPDX-License-Identifier: MIT */
/*
 * net.h: loopback TCP sockets for the traffic generator. Functions answer a descriptor or 0, or
 * negative errno.
 */
#ifndef TESTS_LIVE_NET_H
#define TESTS_LIVE_NET_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

enum family {
	FAMILY_4,      /* 127.0.0.1 */
	FAMILY_6,      /* ::1 */
	FAMILY_MAPPED, /* ::ffff:127.0.0.1 on IPv6 sockets */
};

union net_address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

/* Listens on a free port. */
int net_listen(enum family family, uint16_t *port);
/* A blocking socket connected to that port, without Nagle's delay. */
int net_connect(enum family family, uint16_t port);
int net_accept(int listener);
/* Both ends of a connection; not a byte has passed. */
int net_pair(enum family family, int *client, int *server);

#endif
