/* SPDX-License-Identifier: MIT */
#include "report/grid.h"
#include "tests/report_fixture.h"

static void columns_are_as_wide_as_their_cells(void **state)
{
	struct memory m;
	struct out *out = memory_out(&m);
	struct grid *g;

	(void)state;
	assert_int_equal(grid_new(&g, 3), 0);
	grid_cell(g, "NAME", false);
	grid_cell(g, "N", true);
	grid_cell(g, "NOTE", false);
	grid_cell(g, "größe", false);
	grid_cell(g, "1000", true);
	grid_cell(g, "x", false);
	grid_cell(g, "", false);
	grid_cell(g, "7", true);
	grid_cell(g, "", false);
	assert_int_equal(grid_print(g, out), 0);
	out_flush(out);
	assert_string_equal(m.text, "NAME      N  NOTE\n"
				    "größe  1000  x\n"
				    "          7\n");
	grid_free(g);
	grid_free(NULL);
	out_free(out);
	free(m.text);
}

static void many_rows(void **state)
{
	struct memory m;
	struct out *out = memory_out(&m);
	struct grid *g;

	(void)state;
	assert_int_equal(grid_new(&g, 1), 0);
	for (int i = 0; i < 1000; i++)
		grid_cell(g, "ab", true);
	assert_int_equal(grid_print(g, out), 0);
	out_flush(out);
	assert_int_equal(m.len, 3000);
	grid_free(g);
	out_free(out);
	free(m.text);
}

static void expect_fit(int terminal, const char *text)
{
	static const char *const cells[] = {
		"#", "PATH", "RX", "LAST", "1", "/a/long/path/to", "1000", "09:55:00"};
	struct memory m;
	struct out *out = memory_out(&m);
	struct grid *g;

	assert_int_equal(grid_new(&g, 4), 0);
	grid_fit(g, terminal, 3);
	grid_may_cut(g, 1, 8);
	for (size_t i = 0; i < 8; i++)
		grid_cell(g, cells[i], i % 4 != 1);
	assert_int_equal(grid_print(g, out), 0);
	out_flush(out);
	assert_string_equal(m.text, text);
	grid_free(g);
	out_free(out);
	free(m.text);
}

static void a_narrow_terminal_is_fitted(void **state)
{
	static const char whole[] = "#  PATH               RX      LAST\n"
				    "1  /a/long/path/to  1000  09:55:00\n";
	static const char least[] = "#  PATH        RX\n"
				    "1  ..ath/to  1000\n";

	(void)state;
	expect_fit(0, whole);
	expect_fit(34, whole);
	expect_fit(33, "#  PATH              RX      LAST\n"
		       "1  ..long/path/to  1000  09:55:00\n");
	expect_fit(27, "#  PATH        RX      LAST\n"
		       "1  ..ath/to  1000  09:55:00\n");
	expect_fit(26, least);
	expect_fit(5, least);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_cells),
		cmocka_unit_test(many_rows),
		cmocka_unit_test(a_narrow_terminal_is_fitted),
	};

	return cmocka_run_group_tests_name("grid", tests, NULL, NULL);
}
