/* SPDX-License-Identifier: MIT */
/* Text of any kind stays text, and a page needs nothing but itself. */
#include "report/page.h"
#include "report/text.h"
#include "tests/report_fixture.h"

struct printed {
	struct memory memory;
	struct out *out;
};

static int print(void **state)
{
	struct printed *p = calloc(1, sizeof(*p));

	*state = p;
	if (!p)
		return -1;
	p->out = memory_out(&p->memory);
	return 0;
}

static int leave(void **state)
{
	struct printed *p = *state;

	out_free(p->out);
	free(p->memory.text);
	free(p);
	return 0;
}

/* What was printed since the last time. */
static void expect(struct printed *p, const char *text)
{
	assert_int_equal(out_flush(p->out), 0);
	assert_string_equal(p->memory.text, text);
	p->memory.len = 0;
	p->memory.text[0] = '\0';
}

/* Neither an element nor the end of an attribute. */
static void text_is_escaped_for_html(void **state)
{
	struct printed *p = *state;

	page_text(p->out, "");
	expect(p, "");
	page_text(p->out, "größe \\x0A 1;2");
	expect(p, "größe \\x0A 1;2");
	page_text(p->out, "<a b=\"c\" d='e'>&amp;");
	expect(p, "&#60;a b=&#34;c&#34; d=&#39;e&#39;&#62;&#38;amp;");
	page_heading(p->out, "a<b");
	expect(p, "<h2>a&#60;b</h2>\n");
}

/* By text.h first, and then for HTML. */
static void foreign_text_is_made_harmless_as_well(void **state)
{
	struct printed *p = *state;

	page_foreign(p->out, "");
	expect(p, "");
	page_foreign(p->out, "</style><script>\x1b[2J\xe2\x80\xae\\\n\xff");
	expect(p, "&#60;/style&#62;&#60;script&#62;\\x1B[2J\\xE2\\x80\\xAE\\\\\\x0A\\xFF");
}

/* So many times the byte, then a character or a part of one. */
static void expect_behind(struct printed *p, size_t times, char byte, const char *character)
{
	char raw[1024], shown[sizeof(raw) * TEXT_GROWTH];

	memset(raw, byte, times);
	strcpy(raw + times, character);
	strcat(raw, "and so on");
	text_escape(shown, sizeof(shown), raw, TEXT_ALL);
	page_foreign(p->out, raw);
	expect(p, shown);
}

/* Long text is escaped piece by piece: that must not show. */
static void long_text_is_cut_between_characters(void **state)
{
	static const char *const characters[] = {"\xc3\xa4", "\xe6\xbc\xa2", "\xf0\x9f\x98\x80",
		"\xe2\x80\xae", "\xc3", "\x80\x80\x80\x80\x80", "\xf0\x9f\x98"};
	struct printed *p = *state;

	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		for (size_t letters = 240; letters < 260; letters++)
			expect_behind(p, letters, 'a', characters[i]);
	}
	expect_behind(p, 1000, 'a', "\xc3\xa4");
	expect_behind(p, 1000, '\x80', ""); /* no character begins anywhere */
}

static void a_table(void **state)
{
	struct printed *p = *state;

	page_table_begin(p->out);
	page_column(p->out, "COMM", false);
	page_column(p->out, "RX<KB", true);
	page_row(p->out);
	page_cell(p->out, "a&b", false);
	page_cell(p->out, "1", true);
	page_table_end(p->out);
	expect(p, "<div class=\"wide\"><table>\n"
		  "<tr><th>COMM<th class=\"n\">RX&#60;KB\n"
		  "<tr><td>a&#38;b<td class=\"n\">1\n"
		  "</table></div>\n");
}

static void assert_has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("the page has no '%s'", what);
}

/* A browser that is told so fetches nothing and runs nothing, whatever gets in. */
static void a_page_stands_alone(void **state)
{
	static const char *const never[] = {
		"<script", "<link", "<img", "src=", "href=", "url(", "@import", "http:", "https:"};
	struct printed *p = *state;
	const char *text;

	page_begin(p->out, "a</title>b");
	page_end(p->out);
	assert_int_equal(out_flush(p->out), 0);
	text = p->memory.text;
	assert_int_equal(strncmp(text, "<!DOCTYPE html>\n", 16), 0);
	assert_has(text, "<meta charset=\"utf-8\">");
	assert_has(text, "content=\"default-src 'none'; style-src 'unsafe-inline'\">");
	assert_has(text, "<title>a&#60;/title&#62;b</title>");
	assert_has(text, "<h1>a&#60;/title&#62;b</h1>");
	assert_has(text, "</style>\n</head>\n<body>\n");
	assert_string_equal(text + p->memory.len - 16, "</body>\n</html>\n");
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_null(strstr(text, never[i]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, print, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_is_escaped_for_html),
		TEST(foreign_text_is_made_harmless_as_well),
		TEST(long_text_is_cut_between_characters),
		TEST(a_table),
		TEST(a_page_stands_alone),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
