/* SPDX-License-Identifier: MIT */
#include "report/progress.h"
#include "tests/report_fixture.h"

static const int64_t second = SECOND_US;

static void only_what_takes_long_is_told(void **state)
{
	struct progress p;
	size_t len;
	char *text;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	assert_non_null(to);
	progress_init(&p, to, 1000, 0);
	assert_true(progress_see(&p, 100));
	progress_show(&p, second - 1);
	progress_clear(&p);
	fflush(to);
	assert_int_equal(len, 0);
	assert_false(progress_see(&p, 100)); /* nothing new */
	assert_true(progress_see(&p, 250));
	progress_show(&p, second);
	progress_show(&p, second + 1); /* too soon */
	progress_file_end(&p, 600);
	assert_true(progress_see(&p, 300));
	progress_show(&p, 2 * second);
	progress_clear(&p);
	progress_clear(&p);
	fclose(to);
	assert_string_equal(text, "tcptop-report:  25% read\rtcptop-report:  90% read\r\033[K");
	free(text);
}

static void nobody_listens(void **state)
{
	struct progress p;

	(void)state;
	progress_init(&p, NULL, 1000, 0);
	assert_false(progress_see(&p, 100));
	progress_show(&p, 2 * second);
	progress_init(&p, stderr, 0, 0); /* a pipe: nobody knows how much there is */
	assert_false(progress_see(&p, 100));
	progress_clear(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_takes_long_is_told),
		cmocka_unit_test(nobody_listens),
	};

	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
