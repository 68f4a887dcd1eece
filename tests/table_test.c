/* SPDX-License-Identifier: MIT */
#include "report/table.h"
#include "tests/report_fixture.h"

static const struct origin origin = {"web1", "boot"};

static struct sums *put(struct table *t, enum key_by by, const struct origin *from,
	const struct session *session, uint64_t rx, uint64_t tx)
{
	struct key key;
	struct sums *s;
	uint32_t row;

	key_make(&key, by, from, session);
	row = table_row(t, &key, key_hash(&key));
	assert_int_not_equal(row, 0);
	s = &table_sums(t)[row];
	s->bytes[DIR_RX] += rx;
	s->bytes[DIR_TX] += tx;
	s->calls[DIR_RX]++;
	return s;
}

static void same_session_is_one_row(void **state)
{
	struct session again = fixture_sessions[CURL];
	char path[] = "/user";
	struct table *t;

	(void)state;
	again.process.cgroup = path; /* equal, elsewhere in memory */
	assert_int_equal(table_new(&t), 0);
	put(t, BY_SESSION, &origin, &fixture_sessions[CURL], 1, 2);
	put(t, BY_SESSION, &origin, &again, 10, 20);
	path[0] = 'x'; /* the table has copies */
	assert_int_equal(table_rows(t), 1);
	assert_int_equal(table_sorted(t, SORT_TOTAL)->sums->bytes[DIR_TX], 22);
	assert_string_equal(table_sorted(t, SORT_TOTAL)->key->cgroup, "/user");
	table_free(t);
	table_free(NULL);
}

static void what_prints_alike_may_differ(void **state)
{
	static const struct origin rebooted = {"web1", "boot2"}, other = {"web2", "boot"};
	struct session named = fixture_sessions[CURL], moved = fixture_sessions[CURL];
	struct table *t;

	(void)state;
	strcpy(named.process.comm, "wget");
	moved.process.cgroup_id = 77;
	assert_int_equal(table_new(&t), 0);
	put(t, BY_SESSION, &origin, &fixture_sessions[CURL], 1, 0);
	put(t, BY_SESSION, &origin, &fixture_sessions[CURL2], 1, 0);
	put(t, BY_SESSION, &origin, &fixture_sessions[NETNS2], 1, 0);
	put(t, BY_SESSION, &rebooted, &fixture_sessions[CURL], 1, 0);
	put(t, BY_SESSION, &other, &fixture_sessions[CURL], 1, 0);
	put(t, BY_SESSION, &origin, &named, 1, 0);
	put(t, BY_SESSION, &origin, &moved, 1, 0);
	assert_int_equal(table_rows(t), 7);
	table_free(t);
}

static void keys_leave_out_the_rest(void **state)
{
	static const struct {
		enum key_by by;
		size_t rows;
	} expected[] = {
		{BY_SESSION, 5},
		{BY_PROCESS, 3},
		{BY_COMM, 2},
		{BY_CGROUP, 2},
		{BY_LADDR, 2},
		{BY_RADDR, 3},
		{BY_LPORT, 3},
		{BY_RPORT, 3},
		{BY_PEER, 3},
	};
	struct table *t;

	(void)state;
	assert_int_equal(table_new(&t), 0);
	for (size_t k = 0; k < sizeof(expected) / sizeof(expected[0]); k++) {
		for (int i = 0; i < FIXTURE_SESSIONS; i++)
			put(t, expected[k].by, &origin, &fixture_sessions[i], 1, 0);
		assert_int_equal(table_rows(t), expected[k].rows);
		table_clear(t);
		assert_int_equal(table_rows(t), 0);
	}
	table_free(t);
}

static void path_is_learnt_later(void **state)
{
	struct session unresolved = fixture_sessions[CURL];
	struct table *t;

	(void)state;
	unresolved.process.cgroup = "";
	assert_int_equal(table_new(&t), 0);
	put(t, BY_SESSION, &origin, &unresolved, 1, 0);
	assert_string_equal(table_sorted(t, SORT_TOTAL)->key->cgroup, "");
	put(t, BY_SESSION, &origin, &fixture_sessions[CURL], 1, 0);
	assert_int_equal(table_rows(t), 1);
	assert_string_equal(table_sorted(t, SORT_TOTAL)->key->cgroup, "/user");
	table_free(t);
}

static void order_is_total(void **state)
{
	struct session s = fixture_sessions[CURL];
	const struct row *rows;
	struct table *t;

	(void)state;
	assert_int_equal(table_new(&t), 0);
	for (uint32_t pid = 1; pid <= 1000; pid++) {
		s.process.pid = pid * 7919 % 1009; /* in no order */
		put(t, BY_SESSION, &origin, &s, 5, 0);
	}
	/* Differences beyond 32 and 63 bits. */
	s.process.pid = 5000;
	put(t, BY_SESSION, &origin, &s, (uint64_t)1 << 32, 0);
	s.process.pid = 5001;
	put(t, BY_SESSION, &origin, &s, 0, ((uint64_t)1 << 63) + 5);
	rows = table_sorted(t, SORT_TOTAL);
	assert_int_equal(table_rows(t), 1002);
	assert_int_equal(rows[0].key->pid, 5001);
	assert_int_equal(rows[1].key->pid, 5000);
	for (size_t i = 3; i < 1002; i++)
		assert_true(rows[i].key->pid > rows[i - 1].key->pid);
	table_free(t);
}

/* Received and sent together go beyond 64 bits. */
static void order_holds_to_the_last_bit(void **state)
{
	static const uint64_t rx[] = {UINT64_MAX, UINT64_MAX, 1, (uint64_t)1 << 63, UINT64_MAX - 1};
	static const uint64_t tx[] = {2, 0, UINT64_MAX, (uint64_t)1 << 63, 1};
	static const uint32_t order[] = {0, 2, 3, 1, 4}; /* 2 and 3 are equal, and so are 1 and 4 */
	struct session s = fixture_sessions[CURL];
	const struct row *rows;
	struct table *t;

	(void)state;
	assert_int_equal(table_new(&t), 0);
	for (uint32_t i = 5; i-- > 0;) {
		s.process.pid = i;
		put(t, BY_SESSION, &origin, &s, rx[i], tx[i]);
	}
	rows = table_sorted(t, SORT_TOTAL);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(rows[i].key->pid, order[i]);
	table_free(t);
}

static void each_order_has_its_figure(void **state)
{
	struct table *t;

	(void)state;
	assert_int_equal(table_new(&t), 0);
	put(t, BY_SESSION, &origin, &fixture_sessions[CURL], 100, 0);
	put(t, BY_SESSION, &origin, &fixture_sessions[NGINX], 1, 200);
	put(t, BY_SESSION, &origin, &fixture_sessions[CURL2], 50, 60)->calls[DIR_TX] = 9;
	assert_int_equal(table_sorted(t, SORT_TOTAL)[0].key->pid, 202);
	assert_int_equal(table_sorted(t, SORT_TX)[0].key->pid, 202);
	assert_int_equal(table_sorted(t, SORT_TX)[2].sums->bytes[DIR_RX], 100);
	assert_int_equal(table_sorted(t, SORT_RX)[0].sums->bytes[DIR_RX], 100);
	assert_int_equal(table_sorted(t, SORT_RX)[2].key->pid, 202);
	assert_int_equal(table_sorted(t, SORT_CALLS)[0].key->start_us, 9);
	assert_int_equal(table_total(t).bytes[DIR_RX], 151);
	assert_int_equal(table_total(t).bytes[DIR_TX], 260);
	assert_int_equal(table_total(t).calls[DIR_RX], 3);
	table_free(t);
}

/* Rows that come back do so under their number and begin at nothing. */
static void renewed_rows_keep_their_numbers(void **state)
{
	struct table *t;
	struct key key;
	uint32_t row;

	(void)state;
	assert_int_equal(table_new(&t), 0);
	put(t, BY_SESSION, &origin, &fixture_sessions[CURL], 1, 2);
	put(t, BY_SESSION, &origin, &fixture_sessions[NGINX], 3, 4);
	key_make(&key, BY_SESSION, &origin, &fixture_sessions[NGINX]);
	row = table_row(t, &key, key_hash(&key));
	table_udp(t)[row].bytes[DIR_RX] = 3;
	assert_true(table_renew(t));
	assert_int_equal(table_rows(t), 0);
	assert_int_equal(table_total(t).bytes[DIR_RX], 0);
	table_use(t, row);
	table_use(t, row);
	assert_int_equal(table_rows(t), 1);
	assert_int_equal(table_row(t, &key, key_hash(&key)), row);
	assert_int_equal(table_sums(t)[row].bytes[DIR_RX], 0);
	assert_int_equal(table_total_udp(t).bytes[DIR_RX], 0);
	assert_int_equal(table_sorted(t, SORT_TOTAL)->key->pid, 202);
	put(t, BY_SESSION, &origin, &fixture_sessions[CURL], 5, 6);
	assert_int_equal(table_rows(t), 2);
	assert_int_equal(table_total(t).bytes[DIR_TX], 6);
	table_free(t);
}

/* So that those which never come back do not pile up. */
static void rows_that_stay_away_are_forgotten(void **state)
{
	struct session s = fixture_sessions[CURL];
	bool forgotten = false;
	struct table *t;

	(void)state;
	assert_int_equal(table_new(&t), 0);
	for (uint32_t i = 0; i < 1000; i++) {
		s.process.pid = i;
		put(t, BY_SESSION, &origin, &s, i, 0);
		assert_int_equal(table_rows(t), 1);
		assert_int_equal(table_sorted(t, SORT_TOTAL)->key->pid, i);
		forgotten |= !table_renew(t);
	}
	assert_true(forgotten);
	table_free(t);
}

static void the_largest_are_the_first_of_all(void **state)
{
	struct session s = fixture_sessions[CURL];
	struct row all[200];
	struct table *t;

	(void)state;
	assert_int_equal(table_new(&t), 0);
	for (uint32_t i = 0; i < 200; i++) {
		s.process.pid = i;
		put(t, BY_SESSION, &origin, &s, i * 7919 % 100, i % 3);
	}
	for (int sort = 0; sort < SORT_COUNT; sort++) {
		memcpy(all, table_sorted(t, sort), sizeof(all));
		for (size_t most = 0; most < 210; most += 1 + most / 3)
			assert_memory_equal(table_largest(t, sort, most), all,
				(most < 200 ? most : 200) * sizeof(all[0]));
	}
	table_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_session_is_one_row),
		cmocka_unit_test(what_prints_alike_may_differ),
		cmocka_unit_test(keys_leave_out_the_rest),
		cmocka_unit_test(path_is_learnt_later),
		cmocka_unit_test(order_is_total),
		cmocka_unit_test(order_holds_to_the_last_bit),
		cmocka_unit_test(each_order_has_its_figure),
		cmocka_unit_test(renewed_rows_keep_their_numbers),
		cmocka_unit_test(rows_that_stay_away_are_forgotten),
		cmocka_unit_test(the_largest_are_the_first_of_all),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
