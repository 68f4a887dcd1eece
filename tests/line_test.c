/* SPDX-License-Identifier: MIT */
#include "report/line.h"
#include "tests/report_fixture.h"

static void write_line(struct out *out, enum line_form form)
{
	struct line l;

	line_begin(&l, out, form);
	line_u64(&l, "n", 18446744073709551615u);
	line_text(&l, "text", "=a,\"\\\n\xff");
	line_word(&l, "word", "tcp");
	line_number(&l, "x", "1.500000");
	line_end(&l);
}

static void each_form_has_the_same_columns(void **state)
{
	struct memory m;
	struct out *out = memory_out(&m);

	(void)state;
	write_line(out, LINE_NAMES);
	write_line(out, LINE_CSV);
	write_line(out, LINE_JSON);
	assert_int_equal(out_flush(out), 0);
	assert_string_equal(m.text,
		"n,text,word,x\n"
		"18446744073709551615,\"'=a,\"\"\\\\\\x0A\\xFF\",tcp,1.500000\n"
		"{\"n\":18446744073709551615,\"text\":\"=a,\\\"\\\\\\\\\\\\x0A\\\\xFF\","
		"\"word\":\"tcp\",\"x\":1.500000}\n");
	out_free(out);
	free(m.text);
}

static void objects_within(void **state)
{
	struct memory m;
	struct out *out = memory_out(&m);
	struct line l;

	(void)state;
	line_begin(&l, out, LINE_JSON);
	line_open(&l, "a");
	line_u64(&l, "b", 1);
	line_u64(&l, "c", 2);
	line_close(&l);
	line_open(&l, "d");
	line_close(&l);
	line_end(&l);
	line_begin(&l, out, LINE_JSON);
	line_end(&l);
	assert_int_equal(out_flush(out), 0);
	assert_string_equal(m.text, "{\"a\":{\"b\":1,\"c\":2},\"d\":{}}\n{}\n");
	out_free(out);
	free(m.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_has_the_same_columns),
		cmocka_unit_test(objects_within),
	};

	return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
