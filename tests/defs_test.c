/* SPDX-License-Identifier: MIT */
/* Definitions with their limits and holes, and the places of sessions: FORMAT.md, "Definitions". */
#include "format/defs.h"

#include "payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct payload *payload;
	struct defs defs, other;
	char text[PATH_SIZE + 1]; /* PATH_SIZE letters */
};

static int enter(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f || defs_init(&f->defs) || defs_init(&f->other))
		return -1;
	memset(f->text, 't', PATH_SIZE);
	return payload_enter((void **)&f->payload);
}

static int leave(void **state)
{
	struct fixture *f = *state;

	defs_release(&f->defs);
	defs_release(&f->other);
	payload_leave((void **)&f->payload);
	free(f);
	return 0;
}

static int decode(struct fixture *f)
{
	int status;

	assert_int_equal(payload_open(f->payload), FMT_OK);
	status = defs_decode(&f->payload->decoder, &f->defs);
	payload_begin(f->payload);
	return status;
}

/* --- By hand -------------------------------------------------------------------------------- */

/* As many strings of len bytes with their NULs. */
static void put_strings(struct fixture *f, uint32_t first, const char *text, size_t len, size_t n)
{
	struct buffer *b = &f->payload->content;

	put_u32(b, first);
	while (n--) {
		put_bytes(b, text, len - 1);
		put_u8(b, 0);
	}
	payload_put_content(f->payload, SECTION_STRINGS);
}

static void put_range(struct fixture *f, uint32_t first, uint32_t n)
{
	put_u32(&f->payload->content, first);
	put_u32(&f->payload->content, n);
}

/* Tables whose rows are all alike, but for one column; maybe with one that nobody knows. */
enum { PROCESS_COLUMNS = 5, SESSION_COLUMNS = 11 };

static const uint64_t plain_process[PROCESS_COLUMNS + 1] = {[0] = 101};
static const uint64_t plain_session[SESSION_COLUMNS + 1] = {[1] = PROTO_TCP, [2] = 4};

static void put_table(struct fixture *f, enum section_id id, const uint64_t *row,
	unsigned int columns, uint32_t n, unsigned int column, uint64_t v)
{
	for (unsigned int i = 0; i < columns; i++)
		payload_constant(f->payload, i == column ? v : row[i], n);
	payload_put_content(f->payload, id);
}

static void put_processes(
	struct fixture *f, uint32_t first, uint32_t n, unsigned int column, uint64_t v)
{
	put_range(f, first, n);
	put_table(f, SECTION_PROCESSES, plain_process, PROCESS_COLUMNS, n, column, v);
}

static void put_sessions(
	struct fixture *f, uint32_t first, uint32_t n, unsigned int column, uint64_t v)
{
	put_range(f, first, n);
	put_table(f, SECTION_SESSIONS, plain_session, SESSION_COLUMNS, n, column, v);
}

/* --- Strings -------------------------------------------------------------------------------- */

static void length_of_a_string(void **state)
{
	struct fixture *f = *state;

	put_strings(f, 0, f->text, 1, 1);
	assert_int_equal(decode(f), FMT_OK);
	put_strings(f, 1, f->text, PATH_SIZE, 1);
	assert_int_equal(decode(f), FMT_OK);
	assert_int_equal(f->defs.count.strings, 2);
	assert_int_equal(strlen(f->defs.text + f->defs.string[1]), PATH_SIZE - 1);
	put_strings(f, 2, f->text, PATH_SIZE + 1, 1);
	assert_int_equal(decode(f), FMT_EDAMAGED);
}

static void number_of_strings(void **state)
{
	static const struct {
		uint32_t first;
		size_t n;
		int status;
	} cases[] = {
		{DEFS_STRINGS - 1, 1, FMT_OK},
		{DEFS_STRINGS - 2, 3, FMT_EDAMAGED},
		{DEFS_STRINGS, 0, FMT_OK},
		{DEFS_STRINGS, 1, FMT_EDAMAGED},
		{DEFS_STRINGS + 1, 0, FMT_EDAMAGED},
		{UINT32_MAX, 1, FMT_EDAMAGED},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put_strings(f, cases[i].first, "a", 2, cases[i].n);
		assert_int_equal(decode(f), cases[i].status);
		assert_true(f->defs.count.strings <= DEFS_STRINGS);
	}
}

/* All of a group's together; what comes once more takes no room. */
static void length_of_all_strings(void **state)
{
	enum { MOST = DEFS_TEXT / PATH_SIZE };
	struct fixture *f = *state;

	for (int again = 0; again < 2; again++) {
		put_strings(f, 0, f->text, PATH_SIZE, MOST / 2);
		assert_int_equal(decode(f), FMT_OK);
		put_strings(f, MOST / 2, f->text, PATH_SIZE, MOST - MOST / 2);
		assert_int_equal(decode(f), FMT_OK);
	}
	assert_int_equal(f->defs.text_len, DEFS_TEXT);
	put_strings(f, MOST, "", 1, 1);
	assert_int_equal(decode(f), FMT_EDAMAGED);
	/* In the next group there is room again. */
	defs_clear(&f->defs);
	put_strings(f, 0, "a", 2, 1);
	assert_int_equal(decode(f), FMT_OK);
}

/* Definitions never change. */
static void a_string_stays(void **state)
{
	struct fixture *f = *state;

	put_strings(f, 1, "one", 4, 1);
	assert_int_equal(decode(f), FMT_OK);
	assert_int_equal(f->defs.string[0], DEFS_UNKNOWN);
	put_strings(f, 0, "two", 4, 3);
	assert_int_equal(decode(f), FMT_OK);
	assert_int_equal(f->defs.count.strings, 3);
	for (int i = 0; i < 3; i++)
		assert_string_equal(f->defs.text + f->defs.string[i], i == 1 ? "one" : "two");
}

/* --- Processes and sessions ----------------------------------------------------------------- */

static const struct limit {
	unsigned int column;
	uint64_t most;
} process_limits[] = {{0, UINT32_MAX}, {1, UINT64_MAX}, {2, UINT64_MAX}, {3, DEFS_STRINGS - 1},
	{4, DEFS_STRINGS - 1}},
  session_limits[] = {{0, GROUP_SESSIONS - 1}, {1, UINT16_MAX}, {3, UINT64_MAX}, {4, UINT64_MAX},
	  {5, UINT64_MAX}, {6, UINT64_MAX}, {7, UINT16_MAX}, {8, UINT16_MAX}, {9, UINT64_MAX},
	  {10, GROUP_SESSIONS - 1}};

static void limits_of_columns(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(process_limits) / sizeof(*process_limits); i++) {
		struct limit l = process_limits[i];

		put_processes(f, 0, 1, l.column, l.most);
		assert_int_equal(decode(f), FMT_OK);
		put_processes(f, 0, 1, l.column, l.most + 1);
		assert_int_equal(decode(f), l.most + 1 ? FMT_EDAMAGED : FMT_OK);
	}
	for (size_t i = 0; i < sizeof(session_limits) / sizeof(*session_limits); i++) {
		struct limit l = session_limits[i];

		put_sessions(f, 0, 1, l.column, l.most);
		assert_int_equal(decode(f), FMT_OK);
		put_sessions(f, 0, 1, l.column, l.most + 1);
		assert_int_equal(decode(f), l.most + 1 ? FMT_EDAMAGED : FMT_OK);
	}
	for (uint64_t family = 0; family < 300; family++) {
		put_sessions(f, 0, 1, 2, family);
		assert_int_equal(decode(f), family == 4 || family == 6 ? FMT_OK : FMT_EDAMAGED);
	}
}

static void number_of_rows(void **state)
{
	static const struct {
		uint32_t first, n;
		int status;
	} cases[] = {
		{0, GROUP_SESSIONS, FMT_OK},
		{GROUP_SESSIONS - 1, 1, FMT_OK},
		{GROUP_SESSIONS, 0, FMT_OK},
		{1, GROUP_SESSIONS, FMT_EDAMAGED},
		{0, GROUP_SESSIONS + 1, FMT_EDAMAGED},
		{GROUP_SESSIONS + 1, 0, FMT_EDAMAGED},
		{UINT32_MAX, 1, FMT_EDAMAGED},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t rows = cases[i].status ? 1 : cases[i].n;

		defs_clear(&f->defs);
		put_range(f, cases[i].first, cases[i].n);
		put_table(f, SECTION_PROCESSES, plain_process, PROCESS_COLUMNS, rows, 0, 1);
		assert_int_equal(decode(f), cases[i].status);
		put_range(f, cases[i].first, cases[i].n);
		/* One process, whose places go on by themselves. */
		put_table(f, SECTION_SESSIONS, plain_session, SESSION_COLUMNS, rows, 7, 1);
		assert_int_equal(decode(f), cases[i].status);
	}
}

/* What a later version appends to a section is passed over; what is missing is damage. */
static void columns_that_are_appended(void **state)
{
	struct fixture *f = *state;

	for (unsigned int more = 0; more <= 2; more++) {
		put_range(f, 0, 2);
		put_table(f, SECTION_PROCESSES, plain_process, PROCESS_COLUMNS - 1 + more, 2, 0, 1);
		assert_int_equal(decode(f), more ? FMT_OK : FMT_EDAMAGED);
		put_range(f, 0, 2);
		put_table(f, SECTION_SESSIONS, plain_session, SESSION_COLUMNS - 1 + more, 2, 1, 6);
		assert_int_equal(decode(f), more ? FMT_OK : FMT_EDAMAGED);
	}
}

/* --- Holes ---------------------------------------------------------------------------------- */

/* A session is known once all is that it refers to, in whatever order that comes. */
static void holes_are_filled(void **state)
{
	struct fixture *f = *state;
	struct session s;

	put_sessions(f, 3, 1, 0, 2);
	assert_int_equal(decode(f), FMT_OK);
	assert_int_equal(f->defs.count.sessions, 4);
	assert_false(defs_session(&f->defs, 3, &s));
	put_processes(f, 2, 1, 3, 5);
	assert_int_equal(decode(f), FMT_OK);
	assert_false(defs_session(&f->defs, 3, &s));
	put_strings(f, 0, "/path", 6, 1);
	assert_int_equal(decode(f), FMT_OK);
	assert_false(defs_session(&f->defs, 3, &s));
	put_strings(f, 5, "name", 5, 1);
	assert_int_equal(decode(f), FMT_OK);
	assert_true(defs_session(&f->defs, 3, &s));
	assert_string_equal(s.process.comm, "name");
	assert_string_equal(s.process.cgroup, "/path");
	assert_int_equal(s.process.pid, 101);
	/* Of a process that is a hole, and of one whose path is none that was defined. */
	put_sessions(f, 4, 1, 0, 0);
	assert_int_equal(decode(f), FMT_OK);
	put_processes(f, 1, 1, 4, 6);
	put_sessions(f, 2, 1, 0, 1);
	assert_int_equal(decode(f), FMT_OK);
	for (uint32_t id = 0; id < 6; id++)
		assert_int_equal(defs_session(&f->defs, id, &s), id == 3);
}

/* Of a section that is damaged nothing is taken. */
static void damage_leaves_holes(void **state)
{
	struct fixture *f = *state;
	struct session s;

	put_strings(f, 0, "a", 2, 1);
	put_processes(f, 0, 1, 0, 1);
	put_sessions(f, 0, 1, 0, 0);
	assert_int_equal(decode(f), FMT_OK);
	assert_true(defs_session(&f->defs, 0, &s));
	put_sessions(f, 0, 1, 8, UINT16_MAX + 1);
	assert_int_equal(decode(f), FMT_EDAMAGED);
	assert_false(defs_session(&f->defs, 0, &s));
	put_sessions(f, 0, 1, 0, 0);
	assert_int_equal(decode(f), FMT_OK);
	assert_true(defs_session(&f->defs, 0, &s));
	put_processes(f, 0, 1, 0, (uint64_t)UINT32_MAX + 1);
	assert_int_equal(decode(f), FMT_EDAMAGED);
	assert_false(defs_session(&f->defs, 0, &s));
}

/* A name of 64 bytes with its NUL is the longest. */
static void length_of_a_name(void **state)
{
	struct fixture *f = *state;
	struct session s;

	put_strings(f, 0, f->text, NAME_SIZE, 1);
	put_processes(f, 0, 2, 3, 0);
	put_sessions(f, 0, 1, 0, 0);
	assert_int_equal(decode(f), FMT_OK);
	assert_true(defs_session(&f->defs, 0, &s));
	assert_int_equal(strlen(s.process.comm), NAME_SIZE - 1);
	put_strings(f, 1, f->text, NAME_SIZE + 1, 1);
	put_processes(f, 0, 2, 3, 1);
	assert_int_equal(decode(f), FMT_OK);
	assert_false(defs_session(&f->defs, 0, &s));
}

/* --- Places --------------------------------------------------------------------------------- */

/* Sessions of these processes, with this column of places. */
static void put_places(
	struct fixture *f, const uint64_t *process, const uint64_t *column, uint32_t n)
{
	put_range(f, 0, n);
	payload_column(f->payload, process, n);
	for (unsigned int i = 1; i < SESSION_COLUMNS - 1; i++)
		payload_constant(f->payload, plain_session[i], n);
	payload_column(f->payload, column, n);
	payload_put_content(f->payload, SECTION_SESSIONS);
}

/* What the column has is beyond the next place of the process in this section. */
static void places_by_hand(void **state)
{
	static const uint64_t process[] = {0, 1, 0, 0, 1}, column[] = {7, 0, 0, 2, 1};
	static const uint32_t places[] = {7, 0, 8, 11, 2};
	struct fixture *f = *state;

	put_places(f, process, column, 5);
	assert_int_equal(decode(f), FMT_OK);
	for (int i = 0; i < 5; i++)
		assert_int_equal(f->defs.session[i].place, places[i]);
}

/* 65,535 is the largest, also where it comes of several rows, and others are behind these. */
static void largest_place(void **state)
{
	static const uint64_t process[] = {0, 0, 1};
	struct fixture *f = *state;

	for (uint64_t beyond = 0; beyond < 2; beyond++) {
		const uint64_t column[] = {GROUP_SESSIONS - 2 + beyond, 0, 0};

		put_places(f, process, column, 3);
		assert_int_equal(decode(f), beyond ? FMT_EDAMAGED : FMT_OK);
	}
	/* As much as rows can come to. */
	put_sessions(f, 0, GROUP_SESSIONS, 10, GROUP_SESSIONS - 1);
	assert_int_equal(decode(f), FMT_EDAMAGED);
}

static void add(struct defs *d, uint32_t process)
{
	struct def_session s = {.process = process, .conn = {.family = 4}};

	if (process == d->count.processes)
		defs_add_process(d, &(struct def_process){.pid = process});
	defs_add_session(d, &s);
}

/* Sessions of the second of two sections have their places without the first. */
static void places_need_no_other_section(void **state)
{
	static const uint32_t second[] = {0, 2, 0, 1}, places[] = {3, 0, 4, 1};
	struct fixture *f = *state;
	struct defs *d = &f->other;
	struct defs_count from;

	add(d, 0);
	add(d, 0);
	add(d, 1);
	add(d, 0);
	from = d->count;
	for (int i = 0; i < 4; i++)
		add(d, second[i]);
	encoder_begin(&f->payload->encoder);
	defs_encode(&f->payload->encoder, d, &from);
	payload_open_encoded(f->payload);
	assert_int_equal(defs_decode(&f->payload->decoder, &f->defs), FMT_OK);
	assert_int_equal(f->defs.count.sessions, 8);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(f->defs.session[4 + i].place, places[i]);
		/* And encoding has left them as they were. */
		assert_int_equal(d->session[4 + i].place, places[i]);
		assert_int_equal(f->defs.session[i].process, DEFS_UNKNOWN);
	}
}

/* --- Writing -------------------------------------------------------------------------------- */

/* Nothing new is no section. */
static void nothing_new(void **state)
{
	struct fixture *f = *state;

	defs_add_string(&f->other, "a");
	add(&f->other, 0);
	encoder_begin(&f->payload->encoder);
	defs_encode(&f->payload->encoder, &f->other, &f->other.count);
	payload_open_encoded(f->payload);
	assert_int_equal(f->payload->bytes.len, 0);
}

/* As long as there is room for the longest name and path, and for one of each kind. */
static void room(void **state)
{
	struct fixture *f = *state;
	struct defs *d = &f->other;

	d->text_len = DEFS_TEXT - NAME_SIZE - PATH_SIZE;
	d->count = (struct defs_count){DEFS_STRINGS - 2, GROUP_SESSIONS - 1, GROUP_SESSIONS - 1};
	assert_true(defs_room(d));
	d->text_len++;
	assert_false(defs_room(d));
	d->text_len--;
	d->count.strings++;
	assert_false(defs_room(d));
	d->count.strings--;
	d->count.processes++;
	assert_false(defs_room(d));
	d->count.processes--;
	d->count.sessions++;
	assert_false(defs_room(d));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(length_of_a_string),
		TEST(number_of_strings),
		TEST(length_of_all_strings),
		TEST(a_string_stays),
		TEST(limits_of_columns),
		TEST(number_of_rows),
		TEST(columns_that_are_appended),
		TEST(holes_are_filled),
		TEST(damage_leaves_holes),
		TEST(length_of_a_name),
		TEST(places_by_hand),
		TEST(largest_place),
		TEST(places_need_no_other_section),
		TEST(nothing_new),
		TEST(room),
	};

	return cmocka_run_group_tests_name("defs", tests, NULL, NULL);
}
