/* SPDX-License-Identifier: MIT */
#include "tests/report_fixture.h"
#include <errno.h>
#include <unistd.h>

enum {
	MANY = 200000, /* more than the buffer holds */
};

static void pieces_come_out_in_order(void **state)
{
	struct memory m;
	struct out *out = memory_out(&m);

	(void)state;
	out_str(out, "a");
	out_char(out, 'b');
	out_u64(out, 0);
	out_u64(out, UINT64_MAX);
	out_fill(out, '.', 3);
	out_fill(out, '.', -3);
	out_printf(out, "%s=%d", "x", 5);
	assert_string_equal(m.text, "");
	assert_int_equal(out_flush(out), 0);
	assert_string_equal(m.text, "ab018446744073709551615...x=5");
	out_free(out);
	out_free(NULL);
	free(m.text);
}

static void more_than_the_buffer(void **state)
{
	struct memory m;
	struct out *out = memory_out(&m);
	char *large = malloc(MANY);

	(void)state;
	assert_non_null(large);
	memset(large, 'x', MANY);
	out_char(out, 'a');
	out_bytes(out, large, MANY);
	out_fill(out, 'b', MANY);
	assert_int_equal(out_flush(out), 0);
	assert_int_equal(m.len, 1 + 2 * MANY);
	assert_true(m.text[MANY] == 'x' && m.text[MANY + 1] == 'b' && m.text[2 * MANY] == 'b');
	out_free(out);
	free(large);
	free(m.text);
}

static int refuse(void *ctx, const void *data, size_t len)
{
	(void)data;
	(void)len;
	++*(int *)ctx;
	return -ENOSPC;
}

static void the_first_error_stays(void **state)
{
	struct out *out;
	int asked = 0;

	(void)state;
	assert_int_equal(out_new(&out, (struct out_sink){refuse, &asked}), 0);
	assert_int_equal(out_error(out), 0);
	out_fill(out, 'x', MANY);
	assert_int_equal(out_error(out), -ENOSPC);
	assert_int_equal(out_flush(out), -ENOSPC);
	assert_int_equal(asked, 1);
	out_free(out);
}

static void a_descriptor(void **state)
{
	char got[8] = "";
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(out_write_fd(&fds[1], "hello", 5), 0);
	assert_int_equal(read(fds[0], got, sizeof(got)), 5);
	assert_string_equal(got, "hello");
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(out_write_fd(&fds[1], "hello", 5), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_come_out_in_order),
		cmocka_unit_test(more_than_the_buffer),
		cmocka_unit_test(the_first_error_stays),
		cmocka_unit_test(a_descriptor),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
