/* SPDX-License-Identifier: MIT */
#include "books.h"
#include "pace.h"
#include "peer.h"
#include "traffic.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Who has which end of connection i: client i % clients, server i % servers. */
struct plain {
	struct traffic *t;
	struct pace *pace;
	int *fd[2]; /* both ends of each connection: index 0 the client's */
	int go[2];  /* closed by the parent when traffic may begin */
};

static unsigned processes(const struct traffic *t, bool client)
{
	return client ? t->clients : t->servers;
}

static int connect_all(struct plain *s)
{
	const struct traffic *t = s->t;

	s->fd[0] = calloc(t->connections, sizeof(int));
	s->fd[1] = calloc(t->connections, sizeof(int));
	if (!s->fd[0] || !s->fd[1])
		return -ENOMEM;
	for (unsigned i = 0; i < t->connections; i++) {
		enum family family = t->families[i % t->family_count];
		int err = net_pair(family, &s->fd[0][i], &s->fd[1][i]);

		if (err)
			return err;
	}
	return 0;
}

static void close_all(struct plain *s)
{
	for (unsigned i = 0; i < s->t->connections; i++) {
		close(s->fd[0][i]);
		close(s->fd[1][i]);
	}
}

/* Keeps this process's ends, closes all others. */
static unsigned own_ends(struct plain *s, bool client, unsigned number, struct end *ends)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->t->connections; i++) {
		close(s->fd[client][i]);
		if (i % processes(s->t, client) == number)
			ends[count++] = (struct end){s->fd[!client][i], i};
		else
			close(s->fd[!client][i]);
	}
	return count;
}

static int child_run(struct plain *s, bool client, unsigned number)
{
	struct traffic *t = s->t;
	struct peer_orders orders = {
		.seed = t->seed,
		.tx = t->tx,
		.rx = t->rx,
		.idle_every = t->idle_every,
		.pace = s->pace,
		.tally = &s->pace->tally[client ? t->servers + number : number],
	};
	struct end *ends = calloc(t->connections, sizeof(*ends));
	struct peer *peer;
	unsigned count;
	char byte;
	int err;

	if (!ends)
		return -ENOMEM;
	close(s->go[1]);
	count = own_ends(s, client, number, ends);
	peer = peer_new(client, ends, count, &orders);
	free(ends);
	if (!peer)
		return -errno;
	while (read(s->go[0], &byte, 1) < 0 && errno == EINTR)
		;
	err = peer_run(peer);
	if (!err)
		err = books_write(t->books, peer_rows(peer), count);
	peer_free(peer);
	return err;
}

static int child_start(struct plain *s, bool client, unsigned number)
{
	int pid = traffic_fork(s->t, client ? "tt-client" : "tt-server", number);
	int err;

	if (pid < 0)
		return pid;
	if (pid) {
		if (s->t->wait)
			printf("%d tt-%s-%u\n", pid, client ? "client" : "server", number);
		return 0;
	}
	err = child_run(s, client, number);
	if (err)
		fprintf(stderr, "traffic: %s %u: error %d\n", client ? "client" : "server", number,
			-err);
	_exit(err ? 1 : 0);
}

static int start_all(struct plain *s)
{
	int err = 0;

	for (unsigned i = 0; i < s->t->servers && !err; i++)
		err = child_start(s, false, i);
	for (unsigned i = 0; i < s->t->clients && !err; i++)
		err = child_start(s, true, i);
	return err;
}

static void wait_for_input(void)
{
	char byte;

	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static void say(const struct traffic *t, const struct pace *pace)
{
	double seconds = (double)pace_elapsed_ns(pace) / 1e9;

	fprintf(stderr,
		"traffic: %u processes, %u connections, %llu calls in %.2f s: %.0f calls/s\n",
		t->clients + t->servers, t->connections, (unsigned long long)t->made, seconds,
		(double)t->made / seconds);
}

static int run(struct plain *s)
{
	struct traffic *t = s->t;
	int err = connect_all(s);

	if (err)
		return err;
	if (pipe(s->go))
		return -errno;
	err = start_all(s);
	close_all(s);
	close(s->go[0]);
	if (!err && t->wait)
		wait_for_input();
	pace_start(s->pace);
	close(s->go[1]);
	if (err)
		return err; /* the children die with this process */
	err = traffic_reap(t->clients + t->servers);
	t->made = pace_calls(s->pace);
	say(t, s->pace);
	return err;
}

int plain_run(struct traffic *t)
{
	struct plain s = {.t = t, .pace = pace_new(t->clients + t->servers)};
	int err;

	if (!s.pace)
		return -errno;
	s.pace->calls = t->calls;
	s.pace->rate = t->rate;
	s.pace->duration_ns = t->duration_ns;
	err = run(&s);
	free(s.fd[0]);
	free(s.fd[1]);
	pace_free(s.pace);
	return err;
}
