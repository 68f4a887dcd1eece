/* SPDX-License-Identifier: MIT */
#include "report/gather.h"
#include "tests/report_fixture.h"

enum {
	SAMPLES = 6,
};

struct bench {
	struct filter filter;
	struct table *table;
	struct gather *gather;
	struct block block;
	uint64_t time_us[SAMPLES], bytes[SAMPLES];
	uint32_t key[SAMPLES], calls[SAMPLES];
};

static const struct feed feed = {.name = "a",
	.origin = {"web1", "boot"},
	.sessions = fixture_sessions,
	.session_count = FIXTURE_SESSIONS};

/* The same feed with other sessions. */
static struct feed feed_of(const struct session *sessions, uint32_t count)
{
	struct feed f = feed;

	f.sessions = sessions;
	f.session_count = count;
	return f;
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	assert_int_equal(table_new(&b->table), 0);
	assert_int_equal(gather_new(&b->gather, &b->filter, BY_SESSION, b->table), 0);
	for (uint32_t i = 0; i < SAMPLES; i++) {
		b->time_us[i] = 100 + i;
		b->bytes[i] = 1u << i;
		b->key[i] = i; /* three sessions, rx and tx of each */
		b->calls[i] = 10;
	}
	b->block = (struct block){
		.samples = SAMPLES, .time_us = b->time_us, .key = b->key, .bytes = b->bytes};
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	gather_free(b->gather);
	gather_free(NULL);
	table_free(b->table);
	free(b);
	return 0;
}

static int gather_add_of(struct gather *g, const struct session *sessions, uint32_t count,
	const struct block *block, uint32_t to)
{
	struct feed other = feed_of(sessions, count);

	return gather_add(g, &other, block, 0, to);
}

static int add(struct bench *b, uint32_t from, uint32_t to)
{
	return gather_add(b->gather, &feed, &b->block, from, to);
}

static void samples_become_rows(void **state)
{
	struct bench *b = *state;
	const struct row *rows;

	b->block.wall_offset_us = 1000;
	assert_int_equal(add(b, 0, SAMPLES), 0);
	assert_int_equal(table_rows(b->table), 3);
	rows = table_sorted(b->table, SORT_TOTAL);
	assert_int_equal(rows[2].key->pid, 101);
	assert_int_equal(rows[2].sums->bytes[DIR_RX], 1);
	assert_int_equal(rows[2].sums->bytes[DIR_TX], 2);
	assert_int_equal(rows[2].sums->calls[DIR_TX], 1);
	assert_true(rows[2].sums->first_us == 1100 && rows[2].sums->last_us == 1101);
}

static void a_range_of_samples(void **state)
{
	struct bench *b = *state;

	b->block.calls = b->calls;
	assert_int_equal(add(b, 1, 3), 0);
	assert_int_equal(table_total(b->table).bytes[DIR_RX], 4);
	assert_int_equal(table_total(b->table).bytes[DIR_TX], 2);
	assert_int_equal(table_total(b->table).calls[DIR_TX], 10);
}

static void filtered_sessions_make_no_row(void **state)
{
	struct bench *b = *state;

	b->filter.family = 6;
	assert_int_equal(add(b, 0, SAMPLES), 0);
	assert_int_equal(table_rows(b->table), 1);
	assert_int_equal(table_total(b->table).bytes[DIR_RX], 4);
}

static void clear_begins_anew(void **state)
{
	struct bench *b = *state;

	assert_int_equal(add(b, 0, SAMPLES), 0);
	gather_clear(b->gather);
	assert_int_equal(table_rows(b->table), 0);
	assert_int_equal(add(b, 4, SAMPLES), 0);
	assert_int_equal(table_rows(b->table), 1);
	assert_int_equal(table_total(b->table).bytes[DIR_TX], 32);
}

static void a_new_group_goes_on_in_the_same_rows(void **state)
{
	struct bench *b = *state;
	const struct session swapped[] = {fixture_sessions[NGINX], fixture_sessions[CURL]};

	assert_int_equal(add(b, 0, 4), 0);
	gather_group(b->gather, &feed);
	assert_int_equal(gather_add_of(b->gather, swapped, 2, &b->block, 4), 0);
	assert_int_equal(table_rows(b->table), 2);
	assert_int_equal(table_sorted(b->table, SORT_TOTAL)[0].sums->bytes[DIR_RX], 5);
	assert_int_equal(table_sorted(b->table, SORT_TOTAL)[1].sums->bytes[DIR_TX], 10);
}

static void a_session_that_is_not_there_is_left_out(void **state)
{
	struct bench *b = *state;

	assert_int_equal(gather_add_of(b->gather, fixture_sessions, 1, &b->block, SAMPLES), 0);
	assert_int_equal(table_rows(b->table), 1);
	assert_int_equal(table_total(b->table).bytes[DIR_TX], 2);
}

static void many_sessions(void **state)
{
	enum { MANY = 3000 };
	struct bench *b = *state;
	struct session *s = calloc(MANY, sizeof(*s));

	assert_non_null(s);
	for (uint32_t i = 0; i < MANY; i++) {
		s[i] = fixture_sessions[CURL];
		s[i].conn.rport = (uint16_t)i;
		b->key[0] = 2 * i;
		assert_int_equal(gather_add_of(b->gather, s, i + 1, &b->block, 1), 0);
	}
	assert_int_equal(table_rows(b->table), MANY);
	assert_int_equal(table_total(b->table).bytes[DIR_RX], MANY);
	free(s);
}

static void feeds_have_sessions_of_their_own(void **state)
{
	struct bench *b = *state;
	struct feed other = feed_of(&fixture_sessions[NGINX], 1);

	other.number = 3;
	assert_int_equal(add(b, 0, 1), 0);
	assert_int_equal(gather_add(b->gather, &other, &b->block, 0, 1), 0);
	assert_int_equal(add(b, 0, 1), 0);
	assert_int_equal(table_rows(b->table), 2);
	assert_int_equal(table_sorted(b->table, SORT_TOTAL)[0].sums->calls[DIR_RX], 2);
	gather_group(b->gather, &feed);
	gather_clear(b->gather);
	assert_int_equal(gather_add(b->gather, &other, &b->block, 0, 1), 0);
	assert_int_equal(table_sorted(b->table, SORT_TOTAL)[0].key->pid, 202);
}

static void udp_is_summed_apart_by_process(void **state)
{
	struct session sessions[2] = {fixture_sessions[CURL], fixture_sessions[CURL]};
	struct bench *b = *state;
	const struct row *row;
	struct gather *g;

	sessions[1].conn.proto = PROTO_UDP;
	assert_int_equal(gather_new(&g, &b->filter, BY_PROCESS, b->table), 0);
	b->block.calls = b->calls;
	assert_int_equal(gather_add_of(g, sessions, 2, &b->block, 4), 0);
	assert_int_equal(table_rows(b->table), 1);
	row = table_sorted(b->table, SORT_TOTAL);
	assert_int_equal(row->sums->bytes[DIR_RX], 1 + 4);
	assert_int_equal(row->udp->bytes[DIR_RX], 4);
	assert_int_equal(row->udp->bytes[DIR_TX], 8);
	assert_int_equal(row->udp->calls[DIR_TX], 10);
	assert_int_equal(table_total_udp(b->table).calls[DIR_RX], 10);
	gather_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(samples_become_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_range_of_samples, set_up, tear_down),
		cmocka_unit_test_setup_teardown(filtered_sessions_make_no_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(clear_begins_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_new_group_goes_on_in_the_same_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_session_that_is_not_there_is_left_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_sessions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			feeds_have_sessions_of_their_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(udp_is_summed_apart_by_process, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("gather", tests, NULL, NULL);
}
