/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BUFFER_SIZE = 65536,
	ROUND_MAX = 8192,    /* bytes of an ordinary request or response */
	PIECE_BITS = 12,     /* an ordinary call asks for up to 1 << this */
	BIG_ROUND = 128,     /* one round in so many is */
	BIG_FACTOR = 64,     /* times as large: more than a socket takes at once */
	FAREWELL_MAX = 8192, /* fits a receive buffer, or the FIN would never come */
	TURN_CALLS = 256,    /* at most, before other connections have their turn */
	EVENTS = 64,
};

struct conn {
	int fd;
	unsigned number, round;
	uint32_t left[2]; /* bytes of this round still to come, index RX or TX */
	int turn;         /* RX or TX: what comes now */
	uint32_t events;  /* that epoll waits for */
	bool fresh;       /* nothing of the round has come yet */
	bool ending;      /* no round will follow */
};

struct peer {
	bool client;
	int epoll;
	unsigned count, open;
	uint64_t random;
	struct conn *conns;
	struct row *rows;
	struct peer_orders orders;
	struct ways way[2], idle;
	char buffer[BUFFER_SIZE];
};

/* splitmix64. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* xorshift64. */
static uint32_t draw(struct peer *p)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return (uint32_t)(p->random >> 32);
}

static void round_begin(struct peer *p, struct conn *c)
{
	uint64_t h = mix(p->orders.seed ^ mix((uint64_t)c->number << 32 | c->round++));
	uint32_t factor = (h >> 56) % BIG_ROUND ? 1 : BIG_FACTOR;
	uint32_t request = 1 + (uint32_t)(h & 0xffffff) % (ROUND_MAX * factor);
	uint32_t response = 1 + (uint32_t)(h >> 24 & 0xffffff) % (ROUND_MAX * factor);

	c->left[p->client ? TX : RX] = request;
	c->left[p->client ? RX : TX] = response;
	c->turn = p->client ? TX : RX;
	c->fresh = true;
}

/* Sizes of all magnitudes; bigger ones in a big round. */
static size_t piece_size(struct peer *p, uint32_t left)
{
	uint32_t bits = PIECE_BITS + (left > ROUND_MAX ? 4 : 0);
	uint32_t r = draw(p);

	return 1 + (r >> 8) % (1U << (1 + (r & 0xff) % bits));
}

static void idle_call(struct peer *p, struct conn *c)
{
	uint32_t r = draw(p);

	if (r % p->orders.idle_every == 0)
		p->idle.way[(r >> 8) % p->idle.count].call(c->fd, p->buffer, 1 + (r >> 16) % 4096);
}

/* One call in the direction whose turn it is. */
static ssize_t piece(struct peer *p, struct conn *c)
{
	struct ways *ways = &p->way[c->turn];
	size_t size = piece_size(p, c->left[c->turn]);
	const struct way *way = &ways->way[draw(p) % ways->count];
	ssize_t n;

	/* A receive may well ask for more than will come, a send may not. */
	if (c->turn == TX && size > c->left[TX])
		size = c->left[TX];
	idle_call(p, c);
	n = way->call(c->fd, p->buffer, size);
	row_count(&p->rows[c - p->conns], c->turn, n);
	if (n > 0)
		p->orders.tally->calls++;
	return n;
}

static int await(struct peer *p, struct conn *c, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = c};

	if (c->events == events)
		return 0;
	c->events = events;
	return epoll_ctl(p->epoll, EPOLL_CTL_MOD, c->fd, &event) ? -errno : 0;
}

/* Out of epoll first: a sister that has not yet closed what it inherited keeps the socket alive. */
static void conn_close(struct peer *p, struct conn *c)
{
	epoll_ctl(p->epoll, EPOLL_CTL_DEL, c->fd, NULL);
	close(c->fd);
	c->fd = -1;
	p->open--;
}

/* The client's goodbye: from here on only the FIN, which comes behind all data, is waited for. */
static int client_end(struct peer *p, struct conn *c)
{
	c->ending = true;
	c->turn = RX;
	if (shutdown(c->fd, SHUT_WR))
		return -errno;
	return await(p, c, 0);
}

static int server_end(struct peer *p, struct conn *c)
{
	if (!c->fresh)
		return -EPROTO;
	c->ending = true;
	c->turn = TX;
	c->left[TX] = 1 + draw(p) % FAREWELL_MAX;
	return 0;
}

/* What comes after all of a direction is through. */
static int turn_over(struct peer *p, struct conn *c)
{
	if (c->ending) {
		conn_close(p, c);
		return 0;
	}
	if (c->turn == (p->client ? TX : RX)) {
		c->turn = p->client ? RX : TX;
		return 0;
	}
	if (p->client && !pace_more(p->orders.pace))
		return client_end(p, c);
	round_begin(p, c);
	return 0;
}

/* Reads what is left after the FIN. */
static int client_finish(struct peer *p, struct conn *c)
{
	ssize_t n;

	do
		n = piece(p, c);
	while (n > 0);
	if (n < 0)
		return -errno;
	conn_close(p, c);
	return 0;
}

/* After n > 0 bytes. */
static int advance(struct peer *p, struct conn *c, ssize_t n)
{
	if (n > c->left[c->turn])
		return -EPROTO;
	c->fresh = false;
	c->left[c->turn] -= (uint32_t)n;
	return c->left[c->turn] ? 0 : turn_over(p, c);
}

/* As far as it goes without waiting. */
static int conn_work(struct peer *p, struct conn *c)
{
	if (p->client && c->ending)
		return client_finish(p, c);
	for (int i = 0; i < TURN_CALLS; i++) {
		int turn = c->turn, err;
		ssize_t n = piece(p, c);

		if (n < 0 && errno == EAGAIN)
			return await(p, c, turn == TX ? EPOLLOUT : EPOLLIN);
		if (n < 0)
			return -errno;
		if (n == 0)
			err = p->client ? -EPROTO : server_end(p, c);
		else
			err = advance(p, c, n);
		if (err || c->fd < 0 || (p->client && c->ending))
			return err;
		/* The other side has to work first. */
		if (turn == TX && c->turn == RX)
			break;
	}
	return await(p, c, c->turn == TX ? EPOLLOUT : EPOLLIN);
}

static int conn_open(struct peer *p, unsigned i, const struct end *end)
{
	struct conn *c = &p->conns[i];
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

	c->fd = end->fd;
	c->number = end->number;
	c->events = EPOLLIN;
	if (fcntl(c->fd, F_SETFL, O_NONBLOCK))
		return -errno;
	if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, c->fd, &event))
		return -errno;
	round_begin(p, c);
	return row_open(&p->rows[i], c->fd);
}

struct peer *peer_new(
	bool client, const struct end *ends, unsigned count, const struct peer_orders *orders)
{
	struct peer *p = calloc(1, sizeof(*p));
	int err = -ENOMEM;

	if (!p)
		return NULL;
	p->client = client;
	p->orders = *orders;
	p->way[TX] = orders->tx;
	p->way[RX] = orders->rx;
	p->count = p->open = count;
	p->idle = ways_idle();
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	p->conns = calloc(count, sizeof(*p->conns));
	p->rows = calloc(count, sizeof(*p->rows));
	if (p->epoll < 0 || !p->conns || !p->rows)
		goto fail;
	p->random = mix(orders->seed ^ (uint64_t)(count ? ends[0].number * 2 + client + 1 : 0)) | 1;
	for (unsigned i = 0; i < count; i++) {
		err = conn_open(p, i, &ends[i]);
		if (err)
			goto fail;
	}
	return p;
fail:
	peer_free(p);
	errno = -err;
	return NULL;
}

void peer_free(struct peer *p)
{
	if (!p)
		return;
	if (p->epoll >= 0)
		close(p->epoll);
	free(p->conns);
	free(p->rows);
	free(p);
}

/* The first rounds, which the pace may hold back as it does all others. */
static int begin(struct peer *p)
{
	int err = 0;

	for (unsigned i = 0; i < p->count && !err; i++) {
		struct conn *c = &p->conns[i];

		err = pace_more(p->orders.pace) ? conn_work(p, c) : client_end(p, c);
	}
	return err;
}

int peer_run(struct peer *p)
{
	struct epoll_event events[EVENTS];
	int err = p->client ? begin(p) : 0;

	while (p->open && !err) {
		int n = epoll_wait(p->epoll, events, EVENTS, -1);

		if (n < 0 && errno != EINTR)
			err = -errno;
		for (int i = 0; i < n && !err; i++)
			err = conn_work(p, events[i].data.ptr);
	}
	return err;
}

struct row *peer_rows(struct peer *p)
{
	return p->rows;
}
