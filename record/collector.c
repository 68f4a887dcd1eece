/* SPDX-License-Identifier: MIT */
#include "collector.h"

#include "overflow.h"
#include "sessions.h"
#include "tournament.h"

#include <stdlib.h>
#include <string.h>

enum {
	RELEASE_CALLS = 4096, /* give room back to the probes at least this often */
	BUSY_SPINS = 1000,    /* a call is written in some ten nanoseconds */
};

struct collector {
	struct collector_input in;
	struct writer *writer;
	struct tournament oldest; /* of the rings */
	struct sessions sessions;
	struct overflow *overflow;
	struct event_counters *before; /* as they were at the last drain */
	uint64_t now_ns, drained_us;
	struct loss unknown[2]; /* without definition, without memory: since the last drain */
	double fill;
	bool held_back;
	bool look_again; /* a sum in the overflow table was left for the next drain */
	int status;      /* the first failure in this drain */
};

int collector_new(struct collector **out, const struct collector_input *input, struct writer *w)
{
	struct collector *c = calloc(1, sizeof(*c));

	if (!c)
		return FMT_ENOMEM;
	c->in = *input;
	c->writer = w;
	c->before = calloc(input->cpus, sizeof(*c->before));
	sessions_init(&c->sessions, w, input->generation);
	c->overflow = overflow_new(input->overflow, input->overflow_places);
	if (tournament_new(&c->oldest, input->rings) || !c->before || !c->overflow) {
		collector_free(c);
		return FMT_ENOMEM;
	}
	*out = c;
	return 0;
}

void collector_free(struct collector *c)
{
	if (!c)
		return;
	tournament_free(&c->oldest);
	sessions_free(&c->sessions);
	free(c->before);
	overflow_free(c->overflow);
	free(c);
}

static void note_fill(struct collector *c, uint64_t used, uint64_t size)
{
	double fill = (double)used / (double)size;

	if (fill > c->fill)
		c->fill = fill;
}

static void remember(struct collector *c, int status)
{
	if (status < 0 && !c->status)
		c->status = status;
}

/* --- Definitions ---------------------------------------------------------------------------- */

static void take_session(void *ctx, const struct event_session *e)
{
	struct collector *c = ctx;
	const char *cgroup = c->in.cgroup_path(c->in.cgroup_ctx, e->cgroup_id, e->tgid);

	sessions_define(&c->sessions, e, cgroup);
}

static void take_definition(struct collector *c, const void *record, uint32_t len)
{
	const struct event_cgroup *cgroup = record;

	if (len == sizeof(struct event_session))
		take_session(c, record);
	else if (len == sizeof(*cgroup))
		c->in.cgroup_made(c->in.cgroup_ctx, cgroup->id, cgroup->path);
}

/* All that there are; false if one of them cannot be read yet. */
static bool take_definitions(struct collector *c)
{
	struct ring *ring = c->in.definitions;
	enum ring_state state;
	const void *record;
	uint32_t len;
	int spins = 0;

	ring_refresh(ring);
	note_fill(c, ring->end - ring->read, ring->size);
	while ((state = ring_peek(ring, &record, &len)) != RING_EMPTY) {
		if (state == RING_RECORD) {
			take_definition(c, record, len);
			ring_next(ring);
			ring_release(ring);
			spins = 0;
		} else if (++spins == BUSY_SPINS) {
			break;
		}
	}
	return state == RING_EMPTY;
}

/* --- Samples -------------------------------------------------------------------------------- */

static void count_unknown(struct collector *c, const struct sample *s, bool defined)
{
	struct loss *l = &c->unknown[defined];

	/* A ring may go back in time a little. */
	if (!l->from_us || s->time_us < l->from_us)
		l->from_us = s->time_us;
	if (s->time_us > l->to_us)
		l->to_us = s->time_us;
	l->volume.calls[s->dir] += s->calls;
	l->volume.bytes[s->dir] += s->bytes;
}

static void give(struct collector *c, struct sample *s)
{
	if (s->session >= SESSIONS_NO_MEMORY)
		count_unknown(c, s, s->session == SESSIONS_NO_MEMORY);
	else
		remember(c, writer_sample(c->writer, s));
}

static void take_call(struct collector *c, const struct event_call *call, uint64_t stamp)
{
	struct sample s = {
		.time_us = EVENT_NS(stamp) / 1000,
		.bytes = EVENT_BYTES(call->bytes_dir),
		.session = sessions_handle(&c->sessions, call->session),
		.calls = 1,
		.dir = call->bytes_dir & EVENT_TX ? DIR_TX : DIR_RX,
		.flags = stamp & EVENT_INFERRED ? SAMPLE_INFERRED : 0,
	};

	give(c, &s);
}

/* --- The merge ------------------------------------------------------------------------------ */

/* Waits a little for a call that is being written; false if that is not enough. */
static bool peek(const struct calls *calls, const struct event_call **call, uint64_t *stamp)
{
	for (int spins = 0; spins < BUSY_SPINS; spins++)
		if (calls_peek(calls, call, stamp))
			return true;
	return false;
}

/* A ring's next call, as the tournament wants it; false if that cannot be read yet. */
static bool next_time(const struct calls *calls, uint64_t *time)
{
	const struct event_call *call;
	uint64_t stamp;

	*time = TOURNAMENT_OUT;
	if (calls_empty(calls))
		return true;
	if (!peek(calls, &call, &stamp))
		return false;
	*time = EVENT_NS(stamp);
	return true;
}

/* Looks at all rings. */
static void begin_merge(struct collector *c)
{
	for (unsigned cpu = 0; cpu < c->in.rings; cpu++) {
		struct calls *calls = &c->in.calls[cpu];
		uint64_t time;

		calls_refresh(calls);
		note_fill(c, calls->end - calls->read, calls->places);
		if (!next_time(calls, &time))
			c->held_back = true;
		tournament_enter(&c->oldest, cpu, time);
	}
	tournament_play(&c->oldest);
}

/* Takes the oldest call of all. */
static void take_oldest(struct collector *c)
{
	struct calls *calls = &c->in.calls[c->oldest.winner.number];
	const struct event_call *call;
	uint64_t stamp, time;

	calls_peek(calls, &call, &stamp);
	take_call(c, call, stamp);
	calls_next(calls);
	if (!(calls->read % RELEASE_CALLS))
		calls_release(calls);
	if (!next_time(calls, &time))
		c->held_back = true;
	tournament_next(&c->oldest, time);
}

static void take_calls(struct collector *c)
{
	begin_merge(c);
	while (!c->held_back && c->oldest.winner.time <= c->now_ns)
		take_oldest(c);
	for (unsigned cpu = 0; cpu < c->in.rings; cpu++)
		calls_release(&c->in.calls[cpu]);
}

/* --- Losses --------------------------------------------------------------------------------- */

static void report_loss(struct collector *c, const struct loss *loss)
{
	const struct volume *v = &loss->volume;

	if (v->calls[0] || v->calls[1] || v->bytes[0] || v->bytes[1])
		remember(c, writer_loss(c->writer, loss));
}

static void take_lost(struct collector *c, unsigned cpu, unsigned cause)
{
	const volatile struct event_counters *now = &c->in.counters[cpu];
	struct event_counters *before = &c->before[cpu];
	struct loss loss = {
		.from_us = c->drained_us ? c->drained_us : c->now_ns / 1000,
		.to_us = c->now_ns / 1000,
		.cause = cause == EVENT_LOST_RING ? LOST_RING : LOST_MEMORY,
		.cpu = cpu,
	};

	for (int dir = 0; dir < 2; dir++) {
		uint64_t calls = now->lost_calls[cause][dir], bytes = now->lost_bytes[cause][dir];

		loss.volume.calls[dir] = calls - before->lost_calls[cause][dir];
		loss.volume.bytes[dir] = bytes - before->lost_bytes[cause][dir];
		before->lost_calls[cause][dir] = calls;
		before->lost_bytes[cause][dir] = bytes;
	}
	report_loss(c, &loss);
}

static void take_losses(struct collector *c)
{
	for (unsigned cpu = 0; cpu < c->in.cpus; cpu++)
		for (unsigned cause = 0; cause < EVENT_LOST_CAUSES; cause++)
			take_lost(c, cpu, cause);
	for (int defined = 0; defined < 2; defined++) {
		struct loss *l = &c->unknown[defined];

		l->cause = defined ? LOST_MEMORY : LOST_SESSION;
		l->cpu = UINT32_MAX;
		report_loss(c, l);
		memset(l, 0, sizeof(*l));
	}
}

/* --- What found no room --------------------------------------------------------------------- */

/* Whether the probes have put anything into the table since the last drain. */
static bool has_overflow(struct collector *c)
{
	bool any = c->look_again;

	c->look_again = false;
	for (unsigned cpu = 0; cpu < c->in.cpus; cpu++) {
		uint64_t now = __atomic_load_n(&c->in.counters[cpu].gathered, __ATOMIC_ACQUIRE);

		any |= now != c->before[cpu].gathered;
		c->before[cpu].gathered = now;
	}
	return any;
}

static bool take_sum(void *ctx, const struct overflow_sum *sum)
{
	struct collector *c = ctx;
	uint64_t calls = sum->calls;
	struct sample s = {
		.time_us = sum->last_ns / 1000,
		.session = sessions_handle(&c->sessions, sum->session),
		.dir = sum->tx ? DIR_TX : DIR_RX,
		.flags = sum->inferred ? SAMPLE_INFERRED : 0,
	};

	/* Its definition may still be in a ring, among what could not be taken yet. */
	if (s.session == SESSIONS_UNDEFINED && (c->held_back || sum->last_ns > c->now_ns)) {
		c->look_again = true;
		return false;
	}
	for (; calls > UINT32_MAX; calls -= s.calls) {
		s.calls = UINT32_MAX;
		give(c, &s);
	}
	s.calls = (uint32_t)calls;
	s.bytes = sum->bytes;
	give(c, &s);
	return true;
}

int collector_drain(struct collector *c, uint64_t now_ns)
{
	bool overflow = has_overflow(c);

	c->status = 0;
	c->fill = 0;
	c->now_ns = now_ns;
	if (overflow) /* before the samples that may have found room again */
		overflow_definitions(c->overflow, take_session, c);
	c->held_back = !take_definitions(c);
	take_calls(c);
	if (overflow) {
		overflow_sums(c->overflow, take_sum, c);
		overflow_make_room(c->overflow, take_sum, c);
	}
	take_losses(c);
	if (!collector_held_back(c))
		sessions_drained(&c->sessions);
	sessions_renew(&c->sessions);
	c->drained_us = now_ns / 1000;
	return c->status;
}

double collector_fill(const struct collector *c)
{
	return c->fill;
}

bool collector_held_back(const struct collector *c)
{
	return c->held_back || c->look_again;
}
