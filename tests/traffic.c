/* SPDX-License-Identifier: MIT */
#include "traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BEGIN_US = 1000000 };

static void note(struct seen_list *list, const struct seen *seen)
{
	if (list->len == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 256;
		list->at = realloc(list->at, list->cap * sizeof(*list->at));
		assert_non_null(list->at);
	}
	list->at[list->len++] = *seen;
}

uint64_t books_random(struct books *b)
{
	b->seed ^= b->seed << 13;
	b->seed ^= b->seed >> 7;
	b->seed ^= b->seed << 17;
	return b->seed;
}

static void make_session(struct books *b, uint32_t i)
{
	static const char *const paths[] = {"", "/", "/system.slice/a.service", "/user.slice"};
	static const char *const comms[] = {"", "nginx", "\x89TCPT\r\n\x1a", "a \"b\"\n\x1b[31m"};
	struct session *s = &b->session[i];

	memset(s, 0, sizeof(*s));
	s->process.pid = i;
	s->process.start_us = books_random(b) >> 20;
	s->process.cgroup_id = books_random(b) % 5;
	s->process.cgroup = paths[books_random(b) % 4];
	snprintf(s->process.comm, NAME_SIZE, "%s", comms[books_random(b) % 4]);
	s->conn.proto = i % 3 ? PROTO_TCP : PROTO_MPTCP;
	s->conn.family = i % 2 ? 6 : 4;
	for (int k = 0; k < (i % 2 ? 16 : 4); k++) {
		s->conn.laddr[k] = (uint8_t)books_random(b);
		s->conn.raddr[k] = (uint8_t)books_random(b);
	}
	s->conn.lport = (uint16_t)books_random(b);
	s->conn.rport = (uint16_t)books_random(b);
	s->conn.netns = 4026531840u + i % 3;
}

void books_make(struct books *b, uint32_t sessions, uint64_t seed)
{
	memset(b, 0, sizeof(*b));
	b->seed = seed;
	b->now_us = BEGIN_US;
	b->sessions = sessions;
	b->session = calloc(sessions, sizeof(*b->session));
	b->handle = calloc(sessions, sizeof(*b->handle));
	assert_true(b->session && b->handle);
	for (uint32_t i = 0; i < sessions; i++)
		make_session(b, i);
}

void books_use(struct books *b, struct writer *w)
{
	b->writer = w;
	for (uint32_t i = 0; i < b->sessions; i++)
		assert_int_equal(writer_define(w, &b->session[i], &b->handle[i]), FMT_OK);
}

void books_header(struct header *header, uint64_t seed)
{
	*header = (struct header){
		.recording = seed * 77,
		.start_us = BEGIN_US,
		.start_wall_us = 1700000000000000,
		.zone_offset_s = 3600,
		.cpus = 2,
		.zone = "CET",
		.host = "here",
		.coverage = "all\nof it",
	};
}

void books_open(struct books *b, struct tape *t, uint32_t sessions, uint64_t seed)
{
	struct header header;
	struct writer *w;

	books_make(b, sessions, seed);
	books_header(&header, seed);
	assert_int_equal(writer_new(&w, &header, tape_sink(t)), FMT_OK);
	books_use(b, w);
}

struct sample books_sample(struct books *b)
{
	uint64_t r = books_random(b);
	struct seen seen = {
		.time_us = b->now_us += r % 7 * (r % 5),
		.bytes = r % 11 ? r % 3000 : r,
		.calls = r % 1000 ? 1 : (uint32_t)(r >> 32),
		.who = (uint32_t)(r >> 24) % b->sessions,
		.dir = r >> 60 & 1,
		.flags = (r >> 40) % 500 ? 0 : SAMPLE_INFERRED,
	};

	note(&b->seen, &seen);
	return (struct sample){
		.time_us = seen.time_us,
		.bytes = seen.bytes,
		.session = b->handle[seen.who],
		.calls = seen.calls,
		.dir = seen.dir,
		.flags = seen.flags,
	};
}

void books_write(struct books *b, uint32_t samples)
{
	for (uint32_t i = 0; i < samples; i++) {
		struct sample s = books_sample(b);

		assert_int_equal(writer_sample(b->writer, &s), FMT_OK);
	}
}

void books_finish(struct books *b)
{
	assert_int_equal(writer_finish(b->writer, b->now_us), FMT_OK);
	writer_free(b->writer);
	b->writer = NULL;
}

void books_release(struct books *b)
{
	writer_free(b->writer);
	free(b->session);
	free(b->handle);
	free(b->seen.at);
	memset(b, 0, sizeof(*b));
}

void books_small(struct books *b, struct tape *t)
{
	struct loss loss = {
		.from_us = 5, .to_us = 9, .cause = LOST_RING, .cpu = 1, .volume = {{1, 2}, {3, 4}}};
	struct load load = {.avg = {1, 2, 3}, .running = 4, .threads = 5, .last_pid = 6};

	books_open(b, t, 8, 99);
	for (int group = 0; group < 3; group++) {
		for (int block = 0; block < 3; block++) {
			books_write(b, 10);
			if (block == 2) {
				load.time_us = b->now_us;
				assert_int_equal(writer_load(b->writer, &load), FMT_OK);
				assert_int_equal(writer_loss(b->writer, &loss), FMT_OK);
				/* So old that the group ends. */
				b->now_us += 1000000000;
			}
			assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
		}
	}
	books_finish(b);
}

void books_tiny(struct books *b, struct tape *t)
{
	books_open(b, t, 2, 98);
	for (int block = 0; block < 4; block++) {
		books_write(b, 4);
		b->now_us += block == 1 ? 1000000000 : 0;
		assert_int_equal(writer_flush(b->writer, b->now_us), FMT_OK);
	}
	books_finish(b);
}

static void check_session(const struct session *got, const struct books *b)
{
	const struct session *s;

	assert_true(got->process.pid < b->sessions);
	s = &b->session[got->process.pid];
	assert_int_equal(got->process.start_us, s->process.start_us);
	assert_int_equal(got->process.cgroup_id, s->process.cgroup_id);
	assert_string_equal(got->process.cgroup, s->process.cgroup);
	assert_string_equal(got->process.comm, s->process.comm);
	assert_int_equal(got->conn.proto, s->conn.proto);
	assert_int_equal(got->conn.family, s->conn.family);
	assert_memory_equal(got->conn.laddr, s->conn.laddr, 16);
	assert_memory_equal(got->conn.raddr, s->conn.raddr, 16);
	assert_int_equal(got->conn.lport, s->conn.lport);
	assert_int_equal(got->conn.rport, s->conn.rport);
	assert_int_equal(got->conn.netns, s->conn.netns);
}

/* What a group's samples come to, reckoned apart from the writer's own sums. */
struct sums {
	struct session_sum *at;
	uint32_t len;
};

static void widen(struct sums *sums, uint32_t len)
{
	if (len <= sums->len)
		return;
	sums->at = realloc(sums->at, len * sizeof(*sums->at));
	assert_non_null(sums->at);
	memset(sums->at + sums->len, 0, (len - sums->len) * sizeof(*sums->at));
	sums->len = len;
}

static void take_block(struct harvest *h, const struct block *b, const struct reader *r,
	const struct books *books, struct sums *sums)
{
	uint32_t sessions;
	const struct session *session = reader_sessions(r, &sessions);
	struct session_sum *sum;

	widen(sums, sessions);
	sum = sums->at;
	h->blocks++;
	h->wall_offset_us = b->wall_offset_us;
	for (uint32_t i = 0; i < b->samples; i++) {
		uint32_t id = b->key[i] / 2;
		struct seen seen = {
			.time_us = b->time_us[i],
			.bytes = b->bytes[i],
			.calls = b->calls ? b->calls[i] : 1,
			.dir = b->key[i] & 1,
			.flags = b->flags ? b->flags[i] : 0,
		};

		assert_true(sum && id < sessions);
		assert_true(b->first_us <= seen.time_us && seen.time_us <= b->last_us);
		assert_true(!i || b->time_us[i - 1] <= seen.time_us);
		check_session(&session[id], books);
		seen.who = session[id].process.pid;
		note(&h->seen, &seen);
		if (!sum[id].samples++)
			sum[id].first_us = seen.time_us;
		if (seen.time_us > sum[id].last_us)
			sum[id].last_us = seen.time_us;
		sum[id].volume.calls[seen.dir] += seen.calls;
		sum[id].volume.bytes[seen.dir] += seen.bytes;
	}
	for (uint32_t i = 0; i < b->losses && h->losses < 64; i++)
		h->loss[h->losses++] = b->loss[i];
	for (uint32_t i = 0; i < b->loads && h->loads < 64; i++)
		h->load[h->loads++] = b->load[i];
}

static void check_summary(const struct summary *s, const struct reader *r,
	const struct books *books, const struct sums *sums)
{
	uint32_t sessions;
	const struct session *session = reader_sessions(r, &sessions);

	assert_int_equal(sessions, s->sessions);
	for (uint32_t i = 0; i < sessions; i++) {
		check_session(&session[i], books);
		if (sums)
			assert_memory_equal(&s->sum[i], &sums->at[i], sizeof(*sums->at));
	}
}

static void take_damage(struct harvest *h, const struct damage *d)
{
	if (d->cause == DAMAGE_SUM) {
		h->sum.samples += d->samples;
		h->sum.calls += d->calls;
		h->sum.bytes += d->bytes;
		h->sum.lost_calls += d->lost_calls;
		h->sum.lost_bytes += d->lost_bytes;
		return;
	}
	assert_true(h->damages < 512);
	h->damage[h->damages++] = *d;
}

void harvest_read(struct harvest *h, struct tape *t, const struct books *b)
{
	struct sums sums = {NULL, 0};
	bool intact = false, damage_before = false;
	struct reader *r = tape_reader(t);
	struct item item;

	memset(h, 0, sizeof(*h));
	while (!(h->status = reader_next(r, &item))) {
		switch (item.kind) {
		case ITEM_GROUP:
			h->groups++;
			intact = !damage_before;
			sums.len = 0;
			break;
		case ITEM_BLOCK:
			take_block(h, item.block, r, b, &sums);
			break;
		case ITEM_SUMMARY:
			h->summaries++;
			h->summary = *item.summary;
			check_summary(item.summary, r, b, intact ? &sums : NULL);
			break;
		case ITEM_DAMAGE:
			intact = false;
			take_damage(h, item.damage);
			break;
		case ITEM_FINISH:
			h->finishes++;
			h->totals = *item.totals;
			break;
		}
		damage_before = item.kind == ITEM_DAMAGE;
	}
	h->stats = *reader_stats(r);
	strncpy(h->needed, reader_version_needed(r), sizeof(h->needed) - 1);
	free(sums.at);
}

void harvest_release(struct harvest *h)
{
	free(h->seen.at);
	memset(h, 0, sizeof(*h));
}

static bool same(const struct seen *a, const struct seen *b)
{
	return a->time_us == b->time_us && a->bytes == b->bytes && a->calls == b->calls &&
	       a->who == b->who && a->dir == b->dir && a->flags == b->flags;
}

bool harvest_is_part(const struct harvest *h, const struct books *b)
{
	size_t at = 0;

	for (size_t i = 0; i < h->seen.len; i++, at++) {
		while (at < b->seen.len && !same(&h->seen.at[i], &b->seen.at[at]))
			at++;
		if (at == b->seen.len)
			return false;
	}
	return true;
}

bool harvest_is_whole(const struct harvest *h, const struct books *b)
{
	return h->seen.len == b->seen.len && harvest_is_part(h, b);
}

uint64_t harvest_missed(const struct harvest *h)
{
	uint64_t missed = 0;

	for (uint32_t i = 0; i < h->damages; i++)
		missed += h->damage[i].samples;
	return missed;
}
