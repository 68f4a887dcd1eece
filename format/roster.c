/* SPDX-License-Identifier: MIT */
#include "roster.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256, NO_HANDLE = UINT32_MAX / 2 };

/* A process as intern's key: padding is zeroed, because all of it is compared. */
struct process_key {
	uint64_t start_us, cgroup_id;
	struct intern_entry *comm, *cgroup;
	uint64_t pid;
};

void roster_release(struct roster *r)
{
	intern_release(&r->processes);
	intern_release(&r->strings);
	free(r->entry);
	free(r->number);
	memset(r, 0, sizeof(*r));
}

static int check(const struct session *s)
{
	const char *cgroup = s->process.cgroup;

	if (!memchr(s->process.comm, 0, NAME_SIZE))
		return FMT_ELIMIT;
	if (cgroup && strlen(cgroup) >= PATH_SIZE)
		return FMT_ELIMIT;
	return s->conn.family == 4 || s->conn.family == 6 ? FMT_OK : FMT_ELIMIT;
}

/* Makes sure that the free list's head can be used. */
static bool find_free(struct roster *r)
{
	uint32_t cap = r->cap ? 2 * r->cap : FIRST_CAP;
	struct roster_entry *entry;
	struct roster_number *number;

	if (r->free < r->cap)
		return true;
	if (cap > NO_HANDLE)
		return false;
	entry = realloc(r->entry, cap * sizeof(*entry));
	if (!entry)
		return false;
	r->entry = entry;
	number = realloc(r->number, cap * sizeof(*number));
	if (!number)
		return false;
	r->number = number;
	r->cap = cap;
	return true;
}

static void drop_strings(struct roster *r, const struct process_key *key)
{
	if (key->comm)
		intern_drop(&r->strings, key->comm);
	if (key->cgroup)
		intern_drop(&r->strings, key->cgroup);
}

static struct intern_entry *hold_process(struct roster *r, const struct process *p)
{
	const char *cgroup = p->cgroup ? p->cgroup : "";
	struct intern_entry *entry = NULL;
	struct process_key key;

	memset(&key, 0, sizeof(key));
	key.pid = p->pid;
	key.start_us = p->start_us;
	key.cgroup_id = p->cgroup_id;
	key.comm = intern_hold(&r->strings, p->comm, strlen(p->comm) + 1);
	key.cgroup = intern_hold(&r->strings, cgroup, strlen(cgroup) + 1);
	if (key.comm && key.cgroup)
		entry = intern_hold(&r->processes, &key, sizeof(key));
	/* A process holds its strings once, however many sessions hold it. */
	if (!entry || !intern_held_once(entry))
		drop_strings(r, &key);
	return entry;
}

static void drop_process(struct roster *r, struct intern_entry *entry)
{
	struct process_key key;

	memcpy(&key, intern_key(entry), sizeof(key));
	if (intern_held_once(entry))
		drop_strings(r, &key);
	intern_drop(&r->processes, entry);
}

int roster_define(struct roster *r, const struct session *session, uint32_t *handle)
{
	int status = check(session);
	struct intern_entry *process;
	uint32_t at = r->free;

	if (status)
		return status;
	if (!find_free(r))
		return FMT_ENOMEM;
	process = hold_process(r, &session->process);
	if (!process)
		return FMT_ENOMEM;
	/* The list ends with len, which does not grow as long as the list has more. */
	if (at == r->len)
		r->free = ++r->len;
	else
		r->free = r->entry[at].next;
	r->entry[at] = (struct roster_entry){.conn = session->conn, .process = process};
	r->number[at] = (struct roster_number){0, 0};
	*handle = at;
	return FMT_OK;
}

bool roster_has(const struct roster *r, uint32_t handle)
{
	return handle < r->len && r->entry[handle].process;
}

void roster_forget(struct roster *r, uint32_t handle)
{
	if (!roster_has(r, handle))
		return;
	drop_process(r, r->entry[handle].process);
	r->entry[handle] = (struct roster_entry){.next = r->free};
	r->number[handle] = (struct roster_number){0, 0};
	r->free = handle;
}

static uint32_t enter_string(struct intern_entry *string, uint32_t group, struct defs *defs)
{
	struct intern_mark *mark = intern_mark(string);

	if (mark->group != group)
		*mark = (struct intern_mark){group, defs_add_string(defs, intern_key(string))};
	return mark->id;
}

static uint32_t enter_process(struct intern_entry *process, uint32_t group, struct defs *defs)
{
	struct intern_mark *mark = intern_mark(process);
	struct process_key key;
	struct def_process def = {0};

	if (mark->group == group)
		return mark->id;
	memcpy(&key, intern_key(process), sizeof(key));
	def.pid = (uint32_t)key.pid;
	def.start_us = key.start_us;
	def.cgroup_id = key.cgroup_id;
	def.comm = enter_string(key.comm, group, defs);
	def.cgroup = enter_string(key.cgroup, group, defs);
	*mark = (struct intern_mark){group, defs_add_process(defs, &def)};
	return mark->id;
}

bool roster_enter(struct roster *r, uint32_t handle, uint32_t group, struct defs *defs)
{
	struct roster_entry *entry = &r->entry[handle];
	struct def_session def = {.conn = entry->conn};
	bool is_new = !entry->counted;

	def.process = enter_process(entry->process, group, defs);
	r->number[handle] = (struct roster_number){group, defs_add_session(defs, &def)};
	r->entered += !entry->known;
	entry->counted = entry->known = true;
	return is_new;
}

void roster_recount(struct roster *r)
{
	for (uint32_t i = 0; i < r->len; i++)
		r->entry[i].counted = false;
}
