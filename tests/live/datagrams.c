/* SPDX-License-Identifier: MIT */
/*
 * datagrams: one process that sends itself UDP datagrams in every way, between connected sockets
 * and others, and keeps exact books of them: a row for each pair of ends. See usage.
 */
#include "books.h"
#include "net.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

static const char usage[] =
	"Usage: datagrams BOOKS known|unknown FAMILY...\n"
	"  known      the books have each datagram's own peer, where the call has it\n"
	"  unknown    the books have the peer that the socket is connected to, else 0.0.0.0 or ::\n"
	"  FAMILY     4, 6, mapped\n"
	"  --wait     first: print the process id and begin at the end of standard input\n";

enum { LEAST = 1, MOST = 1200, BATCH = 2, PEERS = 16, ROUNDS = 12, HUB_PEERS = 3 };

static const union net_address nobody;

/* A socket, and what it has exchanged with whom. */
struct party {
	int fd;
	union net_address self, peer; /* peer: where it is connected to, or nobody */
	bool known;                   /* as the usage says */
	struct row rows[PEERS];
	unsigned count;
};

/* --- Books --------------------------------------------------------------------------------------
 */

static bool is_unset(const union net_address *a)
{
	return !a->any.sa_family ||
	       (a->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&a->six.sin6_addr));
}

static bool is_mapped(const union net_address *a)
{
	return a->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->six.sin6_addr);
}

/* An address that is unset belongs to the family of the other end. */
static bool is_four(const struct party *p, const union net_address *peer)
{
	if (p->self.any.sa_family == AF_INET)
		return true;
	return is_mapped(peer) || (is_unset(peer) && is_mapped(&p->self));
}

static void print(const union net_address *a, bool four, char *text, uint16_t *port)
{
	static const uint8_t zero[16];
	const void *bytes = zero;

	if (a->any.sa_family == AF_INET)
		bytes = &a->four.sin_addr;
	else if (a->any.sa_family == AF_INET6)
		bytes = a->six.sin6_addr.s6_addr + (four ? 12 : 0);
	/* Both kinds have the port in the same place. */
	*port = ntohs(a->four.sin_port);
	inet_ntop(four ? AF_INET : AF_INET6, bytes, text, INET6_ADDRSTRLEN);
}

/* The row for what comes from or goes to that address; NULL: the call has none. */
static struct row *row_with(struct party *p, const union net_address *message)
{
	const union net_address *peer = p->known && message ? message : &p->peer;
	struct row row = {.family = 6};
	socklen_t len = sizeof(p->self);
	bool four;

	/* The first datagram may have bound it. */
	getsockname(p->fd, &p->self.any, &len);
	four = is_four(p, peer);
	if (four)
		row.family = 4;
	print(&p->self, four, row.laddr, &row.lport);
	print(peer, four, row.raddr, &row.rport);
	for (unsigned i = 0; i < p->count; i++) {
		const struct row *r = &p->rows[i];

		if (r->lport == row.lport && r->rport == row.rport && r->family == row.family &&
			!strcmp(r->laddr, row.laddr) && !strcmp(r->raddr, row.raddr))
			return &p->rows[i];
	}
	if (p->count == PEERS)
		return NULL;
	p->rows[p->count] = row;
	return &p->rows[p->count++];
}

static int count(struct party *p, const union net_address *message, int direction, size_t len)
{
	struct row *row = row_with(p, message);

	if (!row)
		return -ENOSPC;
	row_count(row, direction, (ssize_t)len);
	return 0;
}

/* --- Ways ---------------------------------------------------------------------------------------
 */

/* Answer how many datagrams, each of len; `to` is NULL on connected sockets. */
struct tx_way {
	int (*call)(int fd, void *data, size_t len, union net_address *to);
	bool connected; /* for connected sockets only */
};

static socklen_t size_of(const union net_address *a)
{
	return a->any.sa_family == AF_INET ? sizeof(a->four) : sizeof(a->six);
}

static struct msghdr message_of(struct iovec *iov, union net_address *address)
{
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 1};

	if (address) {
		msg.msg_name = address;
		msg.msg_namelen = address->any.sa_family ? size_of(address) : sizeof(*address);
	}
	return msg;
}

static int tx_sendto(int fd, void *data, size_t len, union net_address *to)
{
	return sendto(fd, data, len, 0, to ? &to->any : NULL, to ? size_of(to) : 0) < 0 ? -1 : 1;
}

static int tx_write(int fd, void *data, size_t len, union net_address *to)
{
	(void)to;
	return write(fd, data, len) < 0 ? -1 : 1;
}

static int tx_sendmsg(int fd, void *data, size_t len, union net_address *to)
{
	struct iovec iov = {.iov_base = data, .iov_len = len};
	struct msghdr msg = message_of(&iov, to);

	return sendmsg(fd, &msg, 0) < 0 ? -1 : 1;
}

static int tx_sendmmsg(int fd, void *data, size_t len, union net_address *to)
{
	struct iovec iov = {.iov_base = data, .iov_len = len};
	struct mmsghdr msgs[BATCH] = {
		{.msg_hdr = message_of(&iov, to)}, {.msg_hdr = message_of(&iov, to)}};

	return sendmmsg(fd, msgs, BATCH, 0);
}

static const struct tx_way tx_ways[] = {
	{tx_sendto, false}, {tx_write, true}, {tx_sendmsg, false}, {tx_sendmmsg, false}};

/* Answer how many datagrams, each of len. */
struct rx_way {
	int (*call)(int fd, void *data, size_t len, union net_address *from);
	bool asks; /* `from` is filled in */
};

static int one_of(ssize_t n, size_t len)
{
	return n == (ssize_t)len ? 1 : -1;
}

static int rx_recv(int fd, void *data, size_t len, union net_address *from)
{
	(void)from;
	return one_of(recv(fd, data, MOST, 0), len);
}

static int rx_read(int fd, void *data, size_t len, union net_address *from)
{
	(void)from;
	return one_of(read(fd, data, MOST), len);
}

/* The call returns the length that the datagram had. */
static int rx_truncated(int fd, void *data, size_t len, union net_address *from)
{
	(void)from;
	return one_of(recv(fd, data, 1, MSG_TRUNC), len);
}

static int rx_recvfrom(int fd, void *data, size_t len, union net_address *from)
{
	socklen_t size = sizeof(*from);

	return one_of(recvfrom(fd, data, MOST, 0, &from->any, &size), len);
}

static int rx_recvmsg(int fd, void *data, size_t len, union net_address *from)
{
	struct iovec iov = {.iov_base = data, .iov_len = MOST};
	struct msghdr msg = message_of(&iov, from);

	return one_of(recvmsg(fd, &msg, 0), len);
}

static int rx_recvmmsg(int fd, void *data, size_t len, union net_address *from)
{
	struct iovec iov = {.iov_base = data, .iov_len = MOST};
	struct mmsghdr msgs[BATCH] = {
		{.msg_hdr = message_of(&iov, from)}, {.msg_hdr = message_of(&iov, from)}};
	int n = recvmmsg(fd, msgs, BATCH, MSG_WAITFORONE, NULL);

	for (int i = 0; i < n; i++)
		if (msgs[i].msg_len != len)
			return -1;
	return n;
}

static const struct rx_way rx_ways[] = {{rx_recv, false}, {rx_recvfrom, true}, {rx_read, false},
	{rx_recvmsg, true}, {rx_truncated, false}, {rx_recvmmsg, true}};

/* --- Datagrams ----------------------------------------------------------------------------------
 */

/* What must not count: nothing to be had, an empty datagram, a peek at it. */
static int idle(struct party *from, struct party *to, const union net_address *address)
{
	char data[MOST];

	if (recv(to->fd, data, sizeof(data), MSG_DONTWAIT) != -1)
		return -EPROTO;
	if (sendto(from->fd, data, 0, 0, address ? &address->any : NULL,
		    address ? size_of(address) : 0))
		return -errno;
	if (recv(to->fd, data, sizeof(data), MSG_PEEK))
		return -EPROTO;
	return recv(to->fd, data, sizeof(data), 0) ? -EPROTO : 0;
}

/* By one way of each kind. `address` is that of `to`; NULL: both are connected. */
static int deliver(struct party *from, struct party *to, union net_address *address, unsigned turn)
{
	const struct tx_way *tx = &tx_ways[turn % 4];
	const struct rx_way *rx = &rx_ways[turn / 4 % 6];
	size_t len = LEAST + turn * 37 % (MOST - LEAST);
	char data[MOST] = "", peek[MOST];
	int sent, got = 0, err = 0;

	if (tx->connected && address)
		tx = &tx_ways[0];
	sent = tx->call(from->fd, data, len, address);
	for (int i = 0; i < sent && !err; i++)
		err = count(from, address, TX, len);
	if (sent < 1 || recv(to->fd, peek, sizeof(peek), MSG_PEEK) != (ssize_t)len)
		return -EPROTO;
	while (got < sent && !err) {
		union net_address peer = nobody;
		int n = rx->call(to->fd, data, len, &peer);

		if (n < 1)
			return -EPROTO;
		got += n;
		while (n-- && !err)
			err = count(to, rx->asks ? &peer : NULL, RX, len);
	}
	return err;
}

static int exchange(struct party *a, struct party *b, bool connected, unsigned turn)
{
	union net_address to_a = a->self, to_b = b->self;
	int err = idle(a, b, connected ? NULL : &to_b);

	if (!err)
		err = deliver(a, b, connected ? NULL : &to_b, turn);
	return err ? err : deliver(b, a, connected ? NULL : &to_a, turn * 5 + 1);
}

/* --- Scenes -------------------------------------------------------------------------------------
 */

static void loopback(union net_address *out, enum family family)
{
	*out = nobody;
	if (family == FAMILY_4) {
		out->four.sin_family = AF_INET;
		out->four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return;
	}
	out->six.sin6_family = AF_INET6;
	inet_pton(AF_INET6, family == FAMILY_6 ? "::1" : "::ffff:127.0.0.1", &out->six.sin6_addr);
}

/* A socket that is bound to loopback, or not at all. */
static int party_open(struct party *p, enum family family, bool bound, bool known)
{
	union net_address any;
	socklen_t len = sizeof(p->self);

	memset(p, 0, sizeof(*p));
	loopback(&any, family);
	p->known = known;
	p->fd = socket(any.any.sa_family, SOCK_DGRAM, 0);
	if (p->fd < 0 || (bound && bind(p->fd, &any.any, size_of(&any))) ||
		getsockname(p->fd, &p->self.any, &len))
		return -errno;
	return 0;
}

static int party_close(struct party *p, int books)
{
	int err = books_write(books, p->rows, p->count);

	close(p->fd);
	return err;
}

static int join(struct party *p, const struct party *to)
{
	p->peer = to->self;
	return connect(p->fd, &to->self.any, size_of(&to->self)) ? -errno : 0;
}

/* Two that are connected to each other; then one leaves the other for a third. */
static int connected_run(int books, enum family family, bool known)
{
	struct party p[3];
	int err = 0;

	for (int i = 0; i < 3; i++)
		err |= party_open(&p[i], family, true, known);
	if (err || (err = join(&p[0], &p[1])) || (err = join(&p[1], &p[0])))
		return err;
	for (unsigned i = 0; i < 2 * ROUNDS && !err; i++)
		err = exchange(&p[0], &p[1], true, i);
	if (err || (err = join(&p[0], &p[2])) || (err = join(&p[2], &p[0])))
		return err;
	for (unsigned i = 0; i < ROUNDS && !err; i++)
		err = exchange(&p[0], &p[2], true, i);
	for (int i = 0; i < 3; i++)
		err |= party_close(&p[i], books);
	return err;
}

/* One socket that talks to several, none connected; one of these was not even bound. */
static int hub_run(int books, enum family family, bool known)
{
	struct party hub, peer[HUB_PEERS];
	int err = party_open(&hub, family, true, known);

	for (int i = 0; i < HUB_PEERS; i++)
		err |= party_open(&peer[i], family, i > 0, known);
	if (!err)
		err = deliver(&peer[0], &hub, &hub.self, 0);
	/* Where it can be reached, now that it has a port. */
	peer[0].self = hub.self;
	for (unsigned i = 0; i < HUB_PEERS * 2 * ROUNDS && !err; i++) {
		struct party *p = &peer[i % HUB_PEERS];

		if (i % HUB_PEERS)
			err = exchange(&hub, p, false, i);
		else
			err = deliver(p, &hub, &hub.self, i);
	}
	err |= party_close(&hub, books);
	for (int i = 0; i < HUB_PEERS; i++)
		err |= party_close(&peer[i], books);
	return err;
}

/* One that sends before it connects to the same peer, which gives it an address of its own. */
static int late_run(int books, enum family family, bool known)
{
	struct party hub, late;
	int err = party_open(&hub, family, true, known);

	err |= party_open(&late, family, false, known);
	for (unsigned i = 0; i < ROUNDS && !err; i++)
		err = deliver(&late, &hub, &hub.self, i);
	if (!err)
		err = join(&late, &hub);
	for (unsigned i = 0; i < ROUNDS && !err; i++)
		err = deliver(&late, &hub, NULL, i);
	err |= party_close(&hub, books);
	err |= party_close(&late, books);
	return err;
}

static int run(int books, const char *name, bool known)
{
	static const char *const names[] = {"4", "6", "mapped"};

	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(name, names[i])) {
			int err = connected_run(books, (enum family)i, known);

			if (!err)
				err = hub_run(books, (enum family)i, known);
			return err ? err : late_run(books, (enum family)i, known);
		}
	return -EINVAL;
}

static void hold(void)
{
	char byte;

	printf("%d\n", (int)getpid());
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

int main(int argc, char **argv)
{
	bool wait = argc > 1 && !strcmp(argv[1], "--wait");
	int books, err = 0;

	argv += wait, argc -= wait;
	if (argc < 4 || (strcmp(argv[2], "known") && strcmp(argv[2], "unknown"))) {
		fputs(usage, stderr);
		return 2;
	}
	alarm(120);
	prctl(PR_SET_NAME, "tt-datagrams");
	books = books_open(argv[1]);
	if (wait)
		hold();
	for (int i = 3; i < argc && books >= 0 && !err; i++)
		err = run(books, argv[i], !strcmp(argv[2], "known"));
	if (books < 0)
		err = books;
	if (err)
		fprintf(stderr, "datagrams: error %d: %s\n", err, strerror(-err));
	return err ? 1 : 0;
}
