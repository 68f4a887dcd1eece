/* SPDX-License-Identifier: MIT */
#include "ways.h"
#include "books.h"
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Two pieces, of which the first may be empty. */
static void halve(struct iovec iov[2], void *data, size_t len)
{
	iov[0].iov_base = data;
	iov[0].iov_len = len / 2;
	iov[1].iov_base = (char *)data + len / 2;
	iov[1].iov_len = len - len / 2;
}

static ssize_t message(int fd, void *data, size_t len, int direction, int flags)
{
	struct iovec iov[2];
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};

	halve(iov, data, len);
	return direction == TX ? sendmsg(fd, &msg, flags) : recvmsg(fd, &msg, flags);
}

static ssize_t way_send(int fd, void *data, size_t len)
{
	return send(fd, data, len, 0);
}

static ssize_t way_write(int fd, void *data, size_t len)
{
	return write(fd, data, len);
}

static ssize_t way_writev(int fd, void *data, size_t len)
{
	struct iovec iov[2];

	halve(iov, data, len);
	return writev(fd, iov, 2);
}

static ssize_t way_sendmsg(int fd, void *data, size_t len)
{
	return message(fd, data, len, TX, 0);
}

static ssize_t way_recv(int fd, void *data, size_t len)
{
	return recv(fd, data, len, 0);
}

static ssize_t way_read(int fd, void *data, size_t len)
{
	return read(fd, data, len);
}

static ssize_t way_readv(int fd, void *data, size_t len)
{
	struct iovec iov[2];

	halve(iov, data, len);
	return readv(fd, iov, 2);
}

static ssize_t way_recvmsg(int fd, void *data, size_t len)
{
	return message(fd, data, len, RX, 0);
}

static ssize_t idle_peek(int fd, void *data, size_t len)
{
	return recv(fd, data, len, MSG_PEEK | MSG_DONTWAIT);
}

static ssize_t idle_peekmsg(int fd, void *data, size_t len)
{
	return message(fd, data, len, RX, MSG_PEEK | MSG_DONTWAIT);
}

static ssize_t idle_errqueue(int fd, void *data, size_t len)
{
	return message(fd, data, len, RX, MSG_ERRQUEUE | MSG_DONTWAIT);
}

static ssize_t idle_oob(int fd, void *data, size_t len)
{
	(void)len;
	return recv(fd, data, 1, MSG_OOB | MSG_DONTWAIT);
}

static ssize_t idle_empty_send(int fd, void *data, size_t len)
{
	(void)len;
	return send(fd, data, 0, 0);
}

static ssize_t idle_empty_recv(int fd, void *data, size_t len)
{
	(void)len;
	return recv(fd, data, 0, MSG_DONTWAIT);
}

/* Raw, because sanitizers look at the arguments of the library's functions: EFAULT. */
static ssize_t idle_fault_send(int fd, void *data, size_t len)
{
	(void)data;
	return syscall(SYS_sendto, fd, (void *)1, len, MSG_DONTWAIT, NULL, 0);
}

static ssize_t idle_fault_recv(int fd, void *data, size_t len)
{
	(void)data;
	return syscall(SYS_recvfrom, fd, (void *)1, len, MSG_DONTWAIT, NULL, NULL);
}

static const struct way tx_ways[] = {
	{"send", way_send},
	{"write", way_write},
	{"writev", way_writev},
	{"sendmsg", way_sendmsg},
};

static const struct way rx_ways[] = {
	{"recv", way_recv},
	{"read", way_read},
	{"readv", way_readv},
	{"recvmsg", way_recvmsg},
};

static const struct way idle_ways[] = {
	{"peek", idle_peek},
	{"peekmsg", idle_peekmsg},
	{"errqueue", idle_errqueue},
	{"oob", idle_oob},
	{"empty-send", idle_empty_send},
	{"empty-recv", idle_empty_recv},
	{"fault-send", idle_fault_send},
	{"fault-recv", idle_fault_recv},
};

#define TABLE(array) ((struct ways){(array), sizeof(array) / sizeof((array)[0])})

struct ways ways_all(int direction)
{
	return direction == TX ? TABLE(tx_ways) : TABLE(rx_ways);
}

struct ways ways_named(int direction, const char *name)
{
	struct ways all = ways_all(direction);
	const struct way *end = all.way + all.count;

	for (const struct way *way = all.way; way < end; way++)
		if (!strcmp(way->name, name))
			return (struct ways){way, 1};
	return (struct ways){NULL, 0};
}

struct ways ways_idle(void)
{
	return TABLE(idle_ways);
}
