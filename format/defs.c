/* SPDX-License-Identifier: MIT */
#include "defs.h"

#include "rows.h"
#include <stdlib.h>
#include <string.h>

int defs_init(struct defs *d)
{
	memset(d, 0, sizeof(*d));
	d->text = malloc(DEFS_TEXT);
	d->string = malloc(DEFS_STRINGS * sizeof(*d->string));
	d->process = malloc(GROUP_SESSIONS * sizeof(*d->process));
	d->session = malloc(GROUP_SESSIONS * sizeof(*d->session));
	d->column = malloc(GROUP_SESSIONS * sizeof(*d->column));
	d->next = malloc(GROUP_SESSIONS * sizeof(*d->next));
	if (d->text && d->string && d->process && d->session && d->column && d->next)
		return FMT_OK;
	defs_release(d);
	return FMT_ENOMEM;
}

void defs_release(struct defs *d)
{
	free(d->text);
	free(d->string);
	free(d->process);
	free(d->session);
	free(d->column);
	free(d->next);
	memset(d, 0, sizeof(*d));
}

void defs_clear(struct defs *d)
{
	memset(&d->count, 0, sizeof(d->count));
	d->text_len = 0;
}

bool defs_room(const struct defs *d)
{
	return d->count.strings + 2 <= DEFS_STRINGS && d->count.processes < GROUP_SESSIONS &&
	       d->count.sessions < GROUP_SESSIONS &&
	       d->text_len + NAME_SIZE + PATH_SIZE <= DEFS_TEXT;
}

uint32_t defs_add_string(struct defs *d, const char *text)
{
	size_t size = strlen(text) + 1;

	memcpy(d->text + d->text_len, text, size);
	d->string[d->count.strings] = d->text_len;
	d->text_len += (uint32_t)size;
	return d->count.strings++;
}

uint32_t defs_add_process(struct defs *d, const struct def_process *process)
{
	d->process[d->count.processes] = *process;
	d->process[d->count.processes].sessions = 0;
	return d->count.processes++;
}

uint32_t defs_add_session(struct defs *d, const struct def_session *session)
{
	d->session[d->count.sessions] = *session;
	d->session[d->count.sessions].place = d->process[session->process].sessions++;
	return d->count.sessions++;
}

static uint64_t process_get(const void *row, unsigned int column)
{
	const struct def_process *p = row;

	switch (column) {
	case 0:
		return p->pid;
	case 1:
		return p->start_us;
	case 2:
		return p->cgroup_id;
	case 3:
		return p->comm;
	default:
		return p->cgroup;
	}
}

static bool process_set(void *row, unsigned int column, uint64_t v)
{
	struct def_process *p = row;

	switch (column) {
	case 0:
		p->pid = (uint32_t)v;
		return v <= UINT32_MAX;
	case 1:
		p->start_us = v;
		return true;
	case 2:
		p->cgroup_id = v;
		return true;
	case 3:
		p->comm = (uint32_t)v;
		return v < DEFS_STRINGS;
	default:
		p->cgroup = (uint32_t)v;
		return v < DEFS_STRINGS;
	}
}

static const struct row_kind processes = {
	sizeof(struct def_process), 5, 0, process_get, process_set};

static uint64_t session_get(const void *row, unsigned int column)
{
	const struct def_session *s = row;

	switch (column) {
	case 0:
		return s->process;
	case 1:
		return s->conn.proto;
	case 2:
		return s->conn.family;
	case 3:
		return load_le(s->conn.laddr, 8);
	case 4:
		return load_le(s->conn.laddr + 8, 8);
	case 5:
		return load_le(s->conn.raddr, 8);
	case 6:
		return load_le(s->conn.raddr + 8, 8);
	case 7:
		return s->conn.lport;
	case 8:
		return s->conn.rport;
	case 9:
		return s->conn.netns;
	default:
		return s->place;
	}
}

static bool session_set(void *row, unsigned int column, uint64_t v)
{
	struct def_session *s = row;

	switch (column) {
	case 0:
		s->process = (uint32_t)v;
		return v < GROUP_SESSIONS;
	case 1:
		s->conn.proto = (uint16_t)v;
		return v <= UINT16_MAX;
	case 2:
		s->conn.family = (uint8_t)v;
		return v == 4 || v == 6;
	case 3:
		store_le(s->conn.laddr, v, 8);
		return true;
	case 4:
		store_le(s->conn.laddr + 8, v, 8);
		return true;
	case 5:
		store_le(s->conn.raddr, v, 8);
		return true;
	case 6:
		store_le(s->conn.raddr + 8, v, 8);
		return true;
	case 7:
		s->conn.lport = (uint16_t)v;
		return v <= UINT16_MAX;
	case 8:
		s->conn.rport = (uint16_t)v;
		return v <= UINT16_MAX;
	case 9:
		s->conn.netns = v;
		return true;
	default:
		s->place = (uint32_t)v;
		return v < GROUP_SESSIONS;
	}
}

static const struct row_kind sessions = {
	sizeof(struct def_session), 11, 0, session_get, session_set};

static void encode_strings(struct encoder *e, const struct defs *d, uint32_t from)
{
	struct buffer *b;
	uint32_t at;

	if (from == d->count.strings)
		return;
	at = d->string[from];
	b = section_begin(e);
	put_u32(b, from);
	put_bytes(b, d->text + at, d->text_len - at);
	section_end(e, SECTION_STRINGS);
}

static void clear_next(struct defs *d, uint32_t first, uint32_t n)
{
	for (uint32_t id = first; id < first + n; id++)
		d->next[d->session[id].process] = 0;
}

/* In a section a place is what it is beyond the next one of its process: as a rule nothing. */
static void hide_places(struct defs *d, uint32_t first, uint32_t n)
{
	clear_next(d, first, n);
	for (uint32_t id = first; id < first + n; id++) {
		struct def_session *s = &d->session[id];
		uint32_t place = s->place;

		s->place -= d->next[s->process];
		d->next[s->process] = place + 1;
	}
}

static bool show_places(struct defs *d, uint32_t first, uint32_t n)
{
	bool fits = true;

	clear_next(d, first, n);
	for (uint32_t id = first; id < first + n; id++) {
		struct def_session *s = &d->session[id];

		s->place += d->next[s->process];
		d->next[s->process] = s->place + 1;
		fits &= s->place < GROUP_SESSIONS;
	}
	return fits;
}

static void encode_rows(struct encoder *e, struct defs *d, enum section_id id,
	const struct row_kind *kind, const void *rows, uint32_t from, uint32_t to)
{
	struct buffer *b;

	if (from == to)
		return;
	b = section_begin(e);
	put_u32(b, from);
	put_u32(b, to - from);
	put_rows(b, kind, (const char *)rows + from * kind->size, to - from, d->column);
	section_end(e, id);
}

void defs_encode(struct encoder *e, struct defs *d, const struct defs_count *from)
{
	encode_strings(e, d, from->strings);
	encode_rows(e, d, SECTION_PROCESSES, &processes, d->process, from->processes,
		d->count.processes);
	hide_places(d, from->sessions, d->count.sessions - from->sessions);
	encode_rows(
		e, d, SECTION_SESSIONS, &sessions, d->session, from->sessions, d->count.sessions);
	show_places(d, from->sessions, d->count.sessions - from->sessions);
}

/* Makes entries up to count, those that are new as holes. */
static void widen_strings(struct defs *d, uint32_t count)
{
	while (d->count.strings < count)
		d->string[d->count.strings++] = DEFS_UNKNOWN;
}

static void widen_processes(struct defs *d, uint32_t count)
{
	while (d->count.processes < count)
		d->process[d->count.processes++] = (struct def_process){.comm = DEFS_UNKNOWN};
}

static void widen_sessions(struct defs *d, uint32_t count)
{
	while (d->count.sessions < count)
		d->session[d->count.sessions++] = (struct def_session){.process = DEFS_UNKNOWN};
}

static int decode_strings(struct decoder *decoder, struct defs *d)
{
	struct cursor c;
	int status = section_content(decoder, SECTION_STRINGS, &c);
	uint32_t id;

	if (status || !section_present(decoder, SECTION_STRINGS))
		return status;
	id = get_u32(&c);
	if (c.bad || id > DEFS_STRINGS)
		return FMT_EDAMAGED;
	for (; cursor_left(&c); id++) {
		const uint8_t *end = memchr(c.at, 0, cursor_left(&c));
		size_t size = end ? (size_t)(end - c.at) + 1 : 0;

		if (!size || size > PATH_SIZE || id >= DEFS_STRINGS)
			return FMT_EDAMAGED;
		widen_strings(d, id + 1);
		if (d->string[id] == DEFS_UNKNOWN) {
			if (size > DEFS_TEXT - d->text_len)
				return FMT_EDAMAGED;
			memcpy(d->text + d->text_len, c.at, size);
			d->string[id] = d->text_len;
			d->text_len += (uint32_t)size;
		}
		c.at += size;
	}
	return FMT_OK;
}

/* The two numbers before the columns: the first id and how many. */
static bool get_range(struct cursor *c, uint32_t *first, uint32_t *n)
{
	*first = get_u32(c);
	*n = get_u32(c);
	return !c->bad && *first <= GROUP_SESSIONS && *n <= GROUP_SESSIONS - *first;
}

static int decode_processes(struct decoder *decoder, struct defs *d)
{
	struct cursor c;
	int status = section_content(decoder, SECTION_PROCESSES, &c);
	uint32_t first, n;

	if (status || !section_present(decoder, SECTION_PROCESSES))
		return status;
	if (!get_range(&c, &first, &n))
		return FMT_EDAMAGED;
	widen_processes(d, first + n);
	if (get_rows(&c, &processes, d->process + first, n, d->column))
		return FMT_OK;
	for (uint32_t i = 0; i < n; i++)
		d->process[first + i].comm = DEFS_UNKNOWN;
	return FMT_EDAMAGED;
}

static int decode_sessions(struct decoder *decoder, struct defs *d)
{
	struct cursor c;
	int status = section_content(decoder, SECTION_SESSIONS, &c);
	uint32_t first, n;

	if (status || !section_present(decoder, SECTION_SESSIONS))
		return status;
	if (!get_range(&c, &first, &n))
		return FMT_EDAMAGED;
	widen_sessions(d, first + n);
	if (get_rows(&c, &sessions, d->session + first, n, d->column) && show_places(d, first, n))
		return FMT_OK;
	for (uint32_t i = 0; i < n; i++)
		d->session[first + i].process = DEFS_UNKNOWN;
	return FMT_EDAMAGED;
}

int defs_decode(struct decoder *decoder, struct defs *d)
{
	int status = decode_strings(decoder, d);

	if (!status)
		status = decode_processes(decoder, d);
	if (!status)
		status = decode_sessions(decoder, d);
	return status;
}

static const char *string_at(const struct defs *d, uint32_t id)
{
	if (id >= d->count.strings || d->string[id] == DEFS_UNKNOWN)
		return NULL;
	return d->text + d->string[id];
}

bool defs_session(const struct defs *d, uint32_t id, struct session *out)
{
	const struct def_session *s;
	const struct def_process *p;
	const char *comm, *cgroup;

	if (id >= d->count.sessions)
		return false;
	s = &d->session[id];
	if (s->process >= d->count.processes)
		return false;
	p = &d->process[s->process];
	comm = string_at(d, p->comm);
	cgroup = string_at(d, p->cgroup);
	if (!comm || !cgroup || strlen(comm) >= NAME_SIZE)
		return false;
	*out = (struct session){
		.process = {.pid = p->pid,
			.start_us = p->start_us,
			.cgroup_id = p->cgroup_id,
			.cgroup = cgroup},
		.conn = s->conn,
	};
	memcpy(out->process.comm, comm, strlen(comm) + 1);
	return true;
}
