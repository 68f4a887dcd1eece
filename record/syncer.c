/* SPDX-License-Identifier: MIT */
#include "syncer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct syncer {
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t asked, done;
	bool busy, end;
	int fd, dir; /* our own, from the request until it is done; -1: none */
	int result;
};

struct syncer *syncer_new(void)
{
	struct syncer *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = s->dir = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->asked, NULL);
	pthread_cond_init(&s->done, NULL);
	return s;
}

/* Some file systems cannot do it with a directory, and need not. */
static int sync_dir(int dir)
{
	return fsync(dir) && errno != EINVAL ? -errno : 0;
}

static void put_away(struct syncer *s)
{
	if (s->fd >= 0)
		close(s->fd);
	if (s->dir >= 0)
		close(s->dir);
	s->fd = s->dir = -1;
}

static void sync_one(struct syncer *s)
{
	int err;

	pthread_mutex_unlock(&s->lock);
	err = fdatasync(s->fd) ? -errno : 0;
	if (!err && s->dir >= 0)
		err = sync_dir(s->dir);
	pthread_mutex_lock(&s->lock);
	put_away(s);
	s->result = err;
	s->busy = false;
	pthread_cond_signal(&s->done);
}

static void *serve(void *arg)
{
	struct syncer *s = arg;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (!s->busy && !s->end)
			pthread_cond_wait(&s->asked, &s->lock);
		if (!s->busy)
			break;
		sync_one(s);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static int start(struct syncer *s)
{
	int err = s->started ? 0 : pthread_create(&s->thread, NULL, serve, s);

	s->started = !err;
	return -err;
}

static int hold(struct syncer *s, int fd, int dir)
{
	s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (s->fd < 0)
		return -errno;
	if (dir >= 0)
		s->dir = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	return dir >= 0 && s->dir < 0 ? -errno : 0;
}

void syncer_ask(struct syncer *s, int fd, int dir)
{
	int err = start(s);

	pthread_mutex_lock(&s->lock);
	if (!err)
		err = hold(s, fd, dir);
	if (err)
		put_away(s);
	s->result = err;
	s->busy = !err;
	pthread_cond_signal(&s->asked);
	pthread_mutex_unlock(&s->lock);
}

bool syncer_is_idle(struct syncer *s)
{
	bool busy;

	pthread_mutex_lock(&s->lock);
	busy = s->busy;
	pthread_mutex_unlock(&s->lock);
	return !busy;
}

void syncer_wait(struct syncer *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->busy)
		pthread_cond_wait(&s->done, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

int syncer_result(const struct syncer *s)
{
	return s->result;
}

void syncer_free(struct syncer *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->end = true;
	pthread_cond_signal(&s->asked);
	pthread_mutex_unlock(&s->lock);
	if (s->started)
		pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->asked);
	pthread_cond_destroy(&s->done);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
