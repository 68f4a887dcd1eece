/* SPDX-License-Identifier: MIT */
#include "books.h"
#include "net.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char heading[] =
	"pid,comm,family,laddr,lport,raddr,rport,rx_calls,tx_calls,rx_bytes,tx_bytes\n";

/* In one write, so that the rows of several processes do not mix. */
static int append(int fd, const char *text, size_t len)
{
	ssize_t n = write(fd, text, len);

	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int books_open(const char *file)
{
	/* Kept across exec: the new program writes into the same books. */
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
	int err;

	if (fd < 0)
		return -errno;
	err = append(fd, heading, strlen(heading));
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/* The text and port of an address; answers its family as the books have it. */
static int describe(const union net_address *from, char *text, uint16_t *port)
{
	const struct in6_addr *six = &from->six.sin6_addr;

	if (from->any.sa_family == AF_INET) {
		*port = ntohs(from->four.sin_port);
		inet_ntop(AF_INET, &from->four.sin_addr, text, INET6_ADDRSTRLEN);
		return 4;
	}
	*port = ntohs(from->six.sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(six)) {
		inet_ntop(AF_INET, six->s6_addr + 12, text, INET6_ADDRSTRLEN);
		return 4;
	}
	inet_ntop(AF_INET6, six, text, INET6_ADDRSTRLEN);
	return 6;
}

int row_open(struct row *row, int fd)
{
	union net_address local, remote;
	socklen_t local_len = sizeof(local), remote_len = sizeof(remote);

	memset(row, 0, sizeof(*row));
	memset(&local, 0, sizeof(local));
	memset(&remote, 0, sizeof(remote));
	if (getsockname(fd, &local.any, &local_len))
		return -errno;
	if (getpeername(fd, &remote.any, &remote_len))
		return -errno;
	row->family = describe(&local, row->laddr, &row->lport);
	describe(&remote, row->raddr, &row->rport);
	return 0;
}

static void print(FILE *out, const char *comm, const struct row *row)
{
	fprintf(out, "%d,%s,%d,%s,%u,%s,%u,", getpid(), comm, row->family, row->laddr, row->lport,
		row->raddr, row->rport);
	fprintf(out, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n", row->calls[RX],
		row->calls[TX], row->bytes[RX], row->bytes[TX]);
}

int books_write(int books, struct row *rows, size_t count)
{
	char *text = NULL, comm[16] = "";
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int err = 0;

	if (!out)
		return -errno;
	prctl(PR_GET_NAME, comm);
	for (size_t i = 0; i < count; i++) {
		struct row *row = &rows[i];

		if (row->calls[RX] || row->calls[TX])
			print(out, comm, row);
		memset(row->calls, 0, sizeof(row->calls));
		memset(row->bytes, 0, sizeof(row->bytes));
	}
	if (fclose(out))
		err = -ENOMEM;
	else if (len)
		err = append(books, text, len);
	free(text);
	return err;
}
