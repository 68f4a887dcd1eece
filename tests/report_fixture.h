/* SPDX-License-Identifier: MIT */
/*
 * report_fixture.h: for the tests of report/: output into memory, a few sessions, and views that
 * are fed by hand, without a file.
 */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/clock.h"
#include "report/view.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND     ((uint64_t)SECOND_US)
#define BOOT_START (1000 * SECOND)
/* 2026-11-20 09:55:00 UTC */
#define WALL_START ((int64_t)1795168500 * SECOND_US)

/* What was printed, as a string. */
struct memory {
	char *text;
	size_t len;
};

static inline int memory_write(void *ctx, const void *data, size_t len)
{
	struct memory *m = ctx;

	m->text = realloc(m->text, m->len + len + 1);
	assert_non_null(m->text);
	memcpy(m->text + m->len, data, len);
	m->len += len;
	m->text[m->len] = '\0';
	return 0;
}

static inline struct out *memory_out(struct memory *m)
{
	struct out *out = NULL;

	*m = (struct memory){calloc(1, 1), 0};
	assert_non_null(m->text);
	assert_int_equal(out_new(&out, (struct out_sink){memory_write, m}), 0);
	return out;
}

/* A log, and what was said in it. */
struct heard {
	struct log log;
	char *said; /* up to the last message, for each is flushed */
	size_t len;
};

static inline void heard_open(struct heard *h)
{
	*h = (struct heard){.said = NULL};
	h->log.to = open_memstream(&h->said, &h->len);
	assert_non_null(h->log.to);
	fflush(h->log.to); /* "" so far */
}

static inline void heard_close(struct heard *h)
{
	fclose(h->log.to);
	free(h->said);
}

enum {
	CURL,
	NGINX,  /* IPv6 */
	CURL2,  /* curl's pid and addresses again, another start */
	NETNS2, /* curl, in another network namespace */
	DNS,    /* curl again, over UDP */
	FIXTURE_SESSIONS,
};

static const struct session fixture_sessions[FIXTURE_SESSIONS] = {
	[CURL] = {{.pid = 101, .start_us = 7, .cgroup_id = 5, .cgroup = "/user", .comm = "curl"},
		{PROTO_TCP, 4, {10, 0, 0, 1}, {192, 0, 2, 80}, 40000, 443, 1}},
	[NGINX] = {{.pid = 202, .start_us = 8, .cgroup_id = 6, .cgroup = "", .comm = "nginx"},
		{PROTO_MPTCP, 6, {[15] = 1}, {0x20, 0x01, 0x0d, 0xb8, [15] = 2}, 80, 50000, 1}},
	[CURL2] = {{.pid = 101, .start_us = 9, .cgroup_id = 5, .cgroup = "/user", .comm = "curl"},
		{PROTO_TCP, 4, {10, 0, 0, 1}, {192, 0, 2, 80}, 40000, 443, 1}},
	[NETNS2] = {{.pid = 101, .start_us = 7, .cgroup_id = 5, .cgroup = "/user", .comm = "curl"},
		{PROTO_TCP, 4, {10, 0, 0, 1}, {192, 0, 2, 80}, 40000, 443, 2}},
	[DNS] = {{.pid = 101, .start_us = 7, .cgroup_id = 5, .cgroup = "/user", .comm = "curl"},
		{PROTO_UDP, 4, {10, 0, 0, 1}, {10, 0, 0, 53}, 41000, 53, 1}},
};

enum {
	FEED_SAMPLES = 16,
};

/* A view, what feeds it, and what it prints. */
struct stage {
	struct options options;
	struct memory memory;
	struct out *out;
	char *errors; /* what went to the log */
	size_t errors_len;
	struct log log;
	struct view_setup setup;
	struct view *view;
	struct reader_stats stats;
	struct feed feed;

	/* The next block. */
	struct block block;
	uint64_t time_us[FEED_SAMPLES], bytes[FEED_SAMPLES];
	uint32_t key[FEED_SAMPLES], calls[FEED_SAMPLES];
	uint8_t flags[FEED_SAMPLES];
};

/* On a terminal of so many columns, 0 being none; args ends with NULL and has no program's name. */
static inline void stage_open(struct stage *s, int width, const char *const *args)
{
	char *argv[16] = {"tcptop-report"};
	int argc = 1;

	memset(s, 0, sizeof(*s));
	setenv("TZ", "UTC0", 1);
	for (; args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	s->out = memory_out(&s->memory);
	s->log.to = open_memstream(&s->errors, &s->errors_len);
	assert_non_null(s->log.to);
	assert_int_equal(options_parse(&s->options, argc, argv, &s->log), 0);
	s->log.quiet = s->options.quiet;
	s->setup = (struct view_setup){.options = &s->options,
		.filter = &s->options.filter,
		.selection = selection_all,
		.width = width,
		.out = s->out,
		.log = &s->log};
	s->feed = (struct feed){.name = "a.data",
		.origin = {"web1", "boot"},
		.sessions = fixture_sessions,
		.session_count = FIXTURE_SESSIONS,
		.stats = &s->stats,
		.others_us = INT64_MAX};
	assert_int_equal(view_new(&s->view, &s->setup), 0);
	assert_int_equal(s->view->begin(s->view), 0);
}

#define STAGE_OPEN(s, ...)           stage_open(s, 0, (const char *const[]){__VA_ARGS__, NULL})
#define STAGE_OPEN_ON(s, width, ...) stage_open(s, width, (const char *const[]){__VA_ARGS__, NULL})

static inline void stage_close(struct stage *s)
{
	view_free(s->view);
	out_free(s->out);
	options_clear(&s->options);
	fclose(s->log.to);
	free(s->errors);
	free(s->memory.text);
}

/* A sample of the next block; ms since the start. */
static inline void stage_sample(struct stage *s, int64_t ms, uint32_t session, enum direction dir,
	uint64_t bytes, uint32_t calls)
{
	uint32_t i = s->block.samples++;

	assert_true(i < FEED_SAMPLES);
	s->time_us[i] = BOOT_START + (uint64_t)(ms * 1000);
	s->key[i] = 2 * session + (uint32_t)dir;
	s->bytes[i] = bytes;
	s->calls[i] = calls;
}

/* The block with what was gathered; answers what the view answered. */
static inline int stage_block(struct stage *s)
{
	struct item item = {.kind = ITEM_BLOCK, .block = &s->block};
	struct block *b = &s->block;
	int answer;

	b->time_us = s->time_us;
	b->key = s->key;
	b->bytes = s->bytes;
	b->calls = s->calls;
	b->flags = s->flags;
	if (!b->wall_offset_us)
		b->wall_offset_us = WALL_START - (int64_t)BOOT_START;
	if (b->samples && !b->first_us)
		b->first_us = s->time_us[0];
	if (b->samples && !b->last_us)
		b->last_us = s->time_us[b->samples - 1];
	answer = s->view->item(s->view, &s->feed, &item);
	memset(b, 0, sizeof(*b));
	memset(s->flags, 0, sizeof(s->flags));
	return answer;
}

/* NULL: one that says when it began, and no more. */
static inline int stage_group(struct stage *s, const struct header *header)
{
	static const struct header plain = {.start_wall_us = WALL_START};
	struct item item = {.kind = ITEM_GROUP, .header = header ? header : &plain};

	return s->view->item(s->view, &s->feed, &item);
}

/* Ends the view: what it printed. */
static inline const char *stage_end(struct stage *s)
{
	assert_int_equal(s->view->end(s->view), 0);
	assert_int_equal(out_flush(s->out), 0);
	fflush(s->log.to);
	return s->memory.text;
}

#endif
