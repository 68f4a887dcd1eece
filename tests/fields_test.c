/* SPDX-License-Identifier: MIT */
/* The columns that readers of CSV are promised, and those of tables, of each key. */
#include "report/fields.h"
#include "report/line.h"
#include "report/text.h"
#include "tests/report_fixture.h"

static const struct origin web1 = {"web1", "boot"};

static struct key key_of(enum key_by by, const struct session *s)
{
	struct key key;

	key_make(&key, by, &web1, s);
	return key;
}

/* --- Lines ----------------------------------------------------------------------------------- */

static void expect_line(
	enum line_form form, enum key_by by, const struct key *key, const char *expected)
{
	struct memory m;
	struct out *out = memory_out(&m);
	struct line l;

	line_begin(&l, out, form);
	fields_key(&l, by, key);
	line_end(&l);
	assert_int_equal(out_flush(out), 0);
	assert_string_equal(m.text, expected);
	out_free(out);
	free(m.text);
}

static void names_of_the_columns(void **state)
{
	static const char *const names[BY_COUNT] = {
		[BY_SESSION] = "host,pid,comm,cgroup,proto,family,laddr,lport,raddr,rport\n",
		[BY_PROCESS] = "host,pid,comm,cgroup\n",
		[BY_COMM] = "host,comm\n",
		[BY_CGROUP] = "host,cgroup\n",
		[BY_LADDR] = "host,laddr\n",
		[BY_RADDR] = "host,raddr\n",
		[BY_LPORT] = "host,lport\n",
		[BY_RPORT] = "host,rport\n",
		[BY_PEER] = "host,raddr,rport\n",
	};

	(void)state;
	for (int by = 0; by < BY_COUNT; by++)
		expect_line(LINE_NAMES, (enum key_by)by, fields_no_row.key, names[by]);
}

static void values_of_a_session(void **state)
{
	const struct key curl = key_of(BY_SESSION, &fixture_sessions[CURL]);
	const struct key nginx = key_of(BY_SESSION, &fixture_sessions[NGINX]);

	(void)state;
	expect_line(LINE_CSV, BY_SESSION, &curl,
		"web1,101,curl,/user,tcp,4,10.0.0.1,40000,192.0.2.80,443\n");
	expect_line(LINE_CSV, BY_SESSION, &nginx,
		"web1,202,nginx,id:6,mptcp,6,::1,80,2001:db8::2,50000\n");
	expect_line(LINE_JSON, BY_SESSION, &nginx,
		"{\"host\":\"web1\",\"pid\":202,\"comm\":\"nginx\",\"cgroup\":\"id:6\","
		"\"proto\":\"mptcp\",\"family\":6,\"laddr\":\"::1\",\"lport\":80,"
		"\"raddr\":\"2001:db8::2\",\"rport\":50000}\n");
}

static void values_of_other_keys(void **state)
{
	static const char *const values[BY_COUNT] = {
		[BY_PROCESS] = "web1,101,curl,/user\n",
		[BY_COMM] = "web1,curl\n",
		[BY_CGROUP] = "web1,/user\n",
		[BY_LADDR] = "web1,10.0.0.1\n",
		[BY_RADDR] = "web1,192.0.2.80\n",
		[BY_LPORT] = "web1,40000\n",
		[BY_RPORT] = "web1,443\n",
		[BY_PEER] = "web1,192.0.2.80,443\n",
	};

	(void)state;
	for (int by = BY_PROCESS; by < BY_COUNT; by++) {
		const struct key key = key_of((enum key_by)by, &fixture_sessions[CURL]);

		expect_line(LINE_CSV, (enum key_by)by, &key, values[by]);
	}
}

/* Where neither its path nor its id is known the cell is empty, and not "id:0". */
static void a_cgroup_that_is_not_known(void **state)
{
	struct session s = fixture_sessions[CURL];
	struct key key;

	(void)state;
	s.process.cgroup = "";
	s.process.cgroup_id = 0;
	key = key_of(BY_CGROUP, &s);
	expect_line(LINE_CSV, BY_CGROUP, &key, "web1,\n");
	s.process.cgroup_id = UINT64_MAX;
	key = key_of(BY_CGROUP, &s);
	expect_line(LINE_CSV, BY_CGROUP, &key, "web1,id:18446744073709551615\n");
}

static void sums_and_the_part_that_is_udp(void **state)
{
	const struct sums sums = {.calls = {1, 2}, .bytes = {3, UINT64_MAX}};
	const struct volume udp = {.calls = {5, 6}, .bytes = {7, 8}};
	struct memory m;
	struct out *out = memory_out(&m);
	struct line l;

	(void)state;
	for (int by = BY_SESSION; by <= BY_COMM; by++) {
		line_begin(&l, out, LINE_JSON);
		fields_sums(&l, &sums);
		fields_udp(&l, (enum key_by)by, &udp);
		line_end(&l);
	}
	assert_int_equal(out_flush(out), 0);
#define SUMS "{\"rx_calls\":1,\"tx_calls\":2,\"rx_bytes\":3,\"tx_bytes\":18446744073709551615"
	assert_string_equal(m.text,
		SUMS "}\n" SUMS ",\"udp_rx_calls\":5,\"udp_tx_calls\":6,\"udp_rx_bytes\":7,"
		     "\"udp_tx_bytes\":8}\n" SUMS "}\n");
	out_free(out);
	free(m.text);
}

static void protocols(void **state)
{
	struct key key = {.proto = 0}; /* rows are not told apart by it */

	(void)state;
	assert_string_equal(fields_proto(PROTO_TCP), "tcp");
	assert_string_equal(fields_proto(PROTO_UDP), "udp");
	assert_string_equal(fields_proto(PROTO_MPTCP), "mptcp");
	assert_string_equal(fields_proto(1), "?");
	assert_false(fields_has_proto(&key));
	key.proto = PROTO_TCP;
	assert_false(fields_has_proto(&key));
	key.proto = PROTO_UDP;
	assert_true(fields_has_proto(&key));
}

/* --- Tables ---------------------------------------------------------------------------------- */

/* Titles and cells of a row, with a blank behind each. */
static void expect_cells(
	enum key_by by, bool host, const struct session *s, const char *titles, const char *cells)
{
	const struct column *columns[CELL_COLUMNS_MAX];
	const struct key key = key_of(by, s);
	size_t n = fields_columns(by, host, columns);
	char head[256] = "", row[256] = "", cell[CELL_SIZE];

	assert_true(n <= CELL_COLUMNS_MAX);
	for (size_t i = 0; i < n; i++) {
		bool wide = s->conn.family == 6;
		int used = columns[i]->cell(cell, sizeof(cell), &key, 0);

		assert_int_equal(used, text_columns(cell));
		assert_true(used <= (wide ? columns[i]->width6 : columns[i]->width));
		strcat(strcat(row, cell), " ");
		strcat(strcat(head, wide ? columns[i]->title6 : columns[i]->title), " ");
	}
	assert_string_equal(head, titles);
	assert_string_equal(row, cells);
}

static void columns_of_a_table(void **state)
{
	const struct session *curl = &fixture_sessions[CURL], *nginx = &fixture_sessions[NGINX];

	(void)state;
	expect_cells(BY_SESSION, false, curl, "PID COMM LADDR RADDR ",
		"101 curl 10.0.0.1:40000 192.0.2.80:443 ");
	expect_cells(BY_SESSION, true, nginx, "HOST PID COMM LADDR6 RADDR6 ",
		"web1 202 nginx ::1:80 2001:db8::2:50000 ");
	expect_cells(BY_PROCESS, true, curl, "HOST PID COMM CGROUP ", "web1 101 curl /user ");
	expect_cells(BY_COMM, false, curl, "COMM ", "curl ");
	expect_cells(BY_CGROUP, false, nginx, "CGROUP ", "id:6 ");
	expect_cells(BY_LADDR, false, curl, "LADDR ", "10.0.0.1 ");
	expect_cells(BY_RADDR, false, nginx, "RADDR6 ", "2001:db8::2 ");
	expect_cells(BY_LPORT, false, curl, "LPORT ", "40000 ");
	expect_cells(BY_RPORT, false, curl, "RPORT ", "443 ");
	expect_cells(BY_PEER, true, curl, "HOST RADDR ", "web1 192.0.2.80:443 ");
}

/* The cell of that column by process, cut to so many columns. */
static void expect_cell(size_t column, const struct session *s, int cut, const char *expected)
{
	const struct column *columns[CELL_COLUMNS_MAX];
	const struct key key = key_of(BY_PROCESS, s);
	char cell[CELL_SIZE];

	assert_true(column < fields_columns(BY_PROCESS, false, columns));
	assert_int_equal(
		columns[column]->cell(cell, sizeof(cell), &key, cut), text_columns(expected));
	assert_string_equal(cell, expected);
}

enum { COLUMN_PID, COLUMN_COMM, COLUMN_CGROUP };

/* Of a name its beginning, of a path its end; numbers are never cut. */
static void text_is_cut_and_made_harmless(void **state)
{
	struct session s = fixture_sessions[CURL];

	(void)state;
	strcpy(s.process.comm, "a\nlong name");
	s.process.cgroup = "/system.slice/a\tb.service";
	s.process.pid = UINT32_MAX;
	expect_cell(COLUMN_PID, &s, 3, "4294967295");
	expect_cell(COLUMN_COMM, &s, 0, "a\\x0Along name");
	expect_cell(COLUMN_COMM, &s, 8, "a\\x0Alon");
	expect_cell(COLUMN_CGROUP, &s, 0, "/system.slice/a\\x09b.service");
	expect_cell(COLUMN_CGROUP, &s, 16, "..a\\x09b.service");
	s.process.cgroup = "";
	expect_cell(COLUMN_CGROUP, &s, 30, "id:5");
	s.process.cgroup_id = 0;
	expect_cell(COLUMN_CGROUP, &s, 30, "-");
}

/* All of it escaped. */
static void the_longest_path_fits(void **state)
{
	static char path[PATH_SIZE], cell[CELL_SIZE];
	const struct column *columns[CELL_COLUMNS_MAX];
	struct session s = fixture_sessions[CURL];
	struct key key;

	(void)state;
	memset(path, '\n', sizeof(path) - 1);
	s.process.cgroup = path;
	key = key_of(BY_CGROUP, &s);
	assert_int_equal(fields_columns(BY_CGROUP, false, columns), 1);
	assert_int_equal(
		columns[0]->cell(cell, sizeof(cell), &key, 0), (PATH_SIZE - 1) * TEXT_GROWTH);
	assert_int_equal(strlen(cell), (PATH_SIZE - 1) * TEXT_GROWTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_the_columns),
		cmocka_unit_test(values_of_a_session),
		cmocka_unit_test(values_of_other_keys),
		cmocka_unit_test(a_cgroup_that_is_not_known),
		cmocka_unit_test(sums_and_the_part_that_is_udp),
		cmocka_unit_test(protocols),
		cmocka_unit_test(columns_of_a_table),
		cmocka_unit_test(text_is_cut_and_made_harmless),
		cmocka_unit_test(the_longest_path_fits),
	};

	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
