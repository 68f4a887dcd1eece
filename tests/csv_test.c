/* SPDX-License-Identifier: MIT */
#include "report/csv.h"
#include "tests/report_fixture.h"

static void expect(const char *raw, const char *cell)
{
	struct memory m;
	struct out *out = memory_out(&m);

	csv_text(out, raw);
	assert_int_equal(out_flush(out), 0);
	assert_string_equal(m.text, cell);
	out_free(out);
	free(m.text);
}

static void plain_text_stays(void **state)
{
	(void)state;
	expect("", "");
	expect("nginx", "nginx");
	expect("two words", "two words");
	expect("a=b", "a=b");
}

static void commas_and_quotes_are_quoted(void **state)
{
	(void)state;
	expect("a,b", "\"a,b\"");
	expect("a\"b", "\"a\"\"b\"");
	expect("\"", "\"\"\"\"");
	expect(",", "\",\"");
}

static void formulas_are_neutralised(void **state)
{
	(void)state;
	expect("=1+1", "'=1+1");
	expect("+1", "'+1");
	expect("-1", "'-1");
	expect("@SUM(A1)", "'@SUM(A1)");
	expect("==", "'==");
	expect("\xef\xbc\x9d\x31", "'\xef\xbc\x9d\x31"); /* wide = + - @ */
	expect("\xef\xbc\x8b\x31", "'\xef\xbc\x8b\x31");
	expect("\xef\xbc\x8d\x31", "'\xef\xbc\x8d\x31");
	expect("\xef\xbc\xa0\x31", "'\xef\xbc\xa0\x31");
	expect("\xef\xbc\x9e\x31", "\xef\xbc\x9e\x31"); /* wide > */
	expect("=\"a\",1", "\"'=\"\"a\"\",1\"");
	expect("\t=1", "\\x09=1");
	expect("\r=1", "\\x0D=1");
}

static void no_second_cell_behind_a_semicolon(void **state)
{
	(void)state;
	expect("a;=1+1", "a\\x3B=1+1");
	expect(";\"=1", "\"\\x3B\"\"=1\"");
	expect("a\\x3B", "a\\\\x3B");
}

static void numbers_and_dates_stay_text(void **state)
{
	(void)state;
	expect("0123", "'0123");
	expect("1e5", "'1e5");
	expect("12345678e901", "'12345678e901");
	expect("2026-11-20", "'2026-11-20");
	expect("1/2", "'1/2");
	expect("12:30", "'12:30");
	expect(".5", "'.5");
	expect("1,5", "\"'1,5\"");
	expect("$5", "'$5");
	expect("(5)", "'(5)");
	expect("5%", "'5%");
	expect("TRUE", "'TRUE");
	expect("false", "'false");
	expect(" TRUE", "' TRUE");
	expect("False ", "'False ");
	expect("Mar-1", "'Mar-1");
	expect("Jan 1", "'Jan 1");
	expect("sept2", "'sept2");
	expect("May 5, 2026", "\"'May 5, 2026\"");
	expect("2026-11-20T09:55", "'2026-11-20T09:55");
	expect("1 pm", "'1 pm");
	expect("\xc2\xa0\x35", "'\xc2\xa0\x35");
	expect("5\xe2\x80\xaf", "'5\xe2\x80\xaf");
	expect("7z", "7z");
	expect("market-1", "market-1");
	expect("dec-1a", "dec-1a");
	expect("dec", "dec");
	expect("TRUE 1", "TRUE 1");
	expect("truest", "truest");
	expect("web1", "web1");
	expect("e", "e");
	expect(".", ".");
	expect("/1", "/1");
	expect("id:7", "id:7");
}

/* Otherwise nobody could tell what was put there. */
static void an_apostrophe_gets_another(void **state)
{
	(void)state;
	expect("'", "''");
	expect("'=1", "''=1");
	expect("'a", "''a");
	expect("a'b", "a'b");
}

static void control_bytes_and_bad_utf8_are_escaped(void **state)
{
	(void)state;
	expect("a\nb", "a\\x0Ab");
	expect("a\n,", "\"a\\x0A,\"");
	expect("\xff\\", "\\xFF\\\\");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(commas_and_quotes_are_quoted),
		cmocka_unit_test(formulas_are_neutralised),
		cmocka_unit_test(no_second_cell_behind_a_semicolon),
		cmocka_unit_test(numbers_and_dates_stay_text),
		cmocka_unit_test(an_apostrophe_gets_another),
		cmocka_unit_test(control_bytes_and_bad_utf8_are_escaped),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
