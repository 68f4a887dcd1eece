/* SPDX-License-Identifier: MIT */
#include "syncer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct syncer {
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t asked;
	int fd; /* our own, from the request until it is done; -1: none */
	bool end;
	int error; /* that nobody was told of */
};

struct syncer *syncer_new(void)
{
	struct syncer *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->asked, NULL);
	return s;
}

static void sync_one(struct syncer *s)
{
	int fd = s->fd, err;

	pthread_mutex_unlock(&s->lock);
	err = fdatasync(fd) ? -errno : 0;
	close(fd);
	pthread_mutex_lock(&s->lock);
	s->fd = -1;
	if (err)
		s->error = err;
}

static void *serve(void *arg)
{
	struct syncer *s = arg;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (s->fd < 0 && !s->end)
			pthread_cond_wait(&s->asked, &s->lock);
		if (s->fd < 0)
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

int syncer_ask(struct syncer *s, int fd)
{
	int err = start(s);

	if (err)
		return err;
	pthread_mutex_lock(&s->lock);
	if (s->fd < 0) {
		s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (s->fd < 0)
			s->error = -errno;
		pthread_cond_signal(&s->asked);
	}
	err = s->error;
	s->error = 0;
	pthread_mutex_unlock(&s->lock);
	return err;
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
	pthread_mutex_destroy(&s->lock);
	free(s);
}
