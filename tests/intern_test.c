/* SPDX-License-Identifier: MIT */
#include "format/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void once_each(void **state)
{
	struct intern t = {0};
	struct intern_entry *a = intern_hold(&t, "ab", 2), *b = intern_hold(&t, "abc", 3);

	(void)state;
	assert_true(a && b && a != b);
	assert_int_equal(intern_mark(a)->group, 0);
	intern_mark(a)->id = 7;
	assert_ptr_equal(intern_hold(&t, "ab", 2), a);
	assert_int_equal(t.entries, 2);
	assert_false(intern_held_once(a));
	intern_drop(&t, a);
	assert_true(intern_held_once(a));
	assert_int_equal(intern_mark(a)->id, 7);
	assert_memory_equal(intern_key(a), "ab", 2);
	intern_drop(&t, a);
	assert_int_equal(t.entries, 1);
	intern_release(&t);
	assert_int_equal(t.entries, 0);
}

static void many(void **state)
{
	enum { N = 20000 };
	static struct intern_entry *entry[N];
	struct intern t = {0};

	(void)state;
	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < N; i++)
			entry[i] = intern_hold(&t, &i, sizeof(i));
		assert_int_equal(t.entries, N);
		for (uint32_t i = 0; i < N; i++)
			assert_ptr_equal(intern_hold(&t, &i, sizeof(i)), entry[i]);
		for (uint32_t i = 0; i < N; i++) {
			intern_drop(&t, entry[i]);
			intern_drop(&t, entry[i]);
		}
		assert_int_equal(t.entries, 0);
	}
	intern_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once_each),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("intern", tests, NULL, NULL);
}
