/* SPDX-License-Identifier: MIT */
#include "report/workers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct workers {
	pthread_mutex_t lock; /* for all but the threads */
	pthread_cond_t given, done;
	struct job *first, **last; /* that nobody has begun */
	bool over;
	unsigned int threads;
	pthread_t thread[];
};

static struct job *take_first(struct workers *w)
{
	struct job *job = w->first;

	w->first = job->next;
	if (!w->first)
		w->last = &w->first;
	return job;
}

/* Whether the job was still waiting. */
static bool take_out(struct workers *w, struct job *job)
{
	struct job **at = &w->first;

	while (*at && *at != job)
		at = &(*at)->next;
	if (!*at)
		return false;
	*at = job->next;
	if (!*at)
		w->last = at;
	return true;
}

static void *work(void *ctx)
{
	struct workers *w = ctx;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct job *job;

		while (!w->first && !w->over)
			pthread_cond_wait(&w->given, &w->lock);
		if (w->over)
			break;
		job = take_first(w);
		pthread_mutex_unlock(&w->lock);
		job->run(job);
		pthread_mutex_lock(&w->lock);
		job->done = true;
		pthread_cond_broadcast(&w->done);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int workers_new(struct workers **out, unsigned int threads)
{
	struct workers *w = calloc(1, sizeof(*w) + threads * sizeof(w->thread[0]));
	sigset_t all, before;

	if (!w)
		return -ENOMEM;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->given, NULL);
	pthread_cond_init(&w->done, NULL);
	w->last = &w->first;
	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (w->threads < threads && !pthread_create(&w->thread[w->threads], NULL, work, w))
		w->threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	*out = w;
	return 0;
}

void workers_free(struct workers *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->over = true;
	pthread_cond_broadcast(&w->given);
	pthread_mutex_unlock(&w->lock);
	for (unsigned int i = 0; i < w->threads; i++)
		pthread_join(w->thread[i], NULL);
	pthread_cond_destroy(&w->done);
	pthread_cond_destroy(&w->given);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void workers_give(struct workers *w, struct job *job)
{
	job->next = NULL;
	job->done = false;
	pthread_mutex_lock(&w->lock);
	*w->last = job;
	w->last = &job->next;
	pthread_cond_signal(&w->given);
	pthread_mutex_unlock(&w->lock);
}

/* Whether it is up to the caller. */
static bool finish(struct workers *w, struct job *job)
{
	bool mine;

	pthread_mutex_lock(&w->lock);
	mine = !job->done && take_out(w, job);
	while (!mine && !job->done)
		pthread_cond_wait(&w->done, &w->lock);
	pthread_mutex_unlock(&w->lock);
	return mine;
}

void workers_wait(struct workers *w, struct job *job)
{
	if (finish(w, job))
		job->run(job);
	job->done = true;
}

void workers_cancel(struct workers *w, struct job *job)
{
	finish(w, job);
}
