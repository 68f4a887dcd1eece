/* SPDX-License-Identifier: MIT */
/* Each string is there once, and stays where it is until all are forgotten. */
#include "report/string_set.h"
#include "tests/report_fixture.h"
#include <stdio.h>

enum { MANY = 5000 };

static void each_is_kept_once(void **state)
{
	struct string_set *set = NULL;
	char name[] = "nginx";
	const char *kept;

	(void)state;
	assert_int_equal(string_set_new(&set), 0);
	assert_int_equal(string_set_bytes(set), 0);
	kept = string_set_keep(set, name);
	assert_ptr_not_equal(kept, name);
	name[0] = 'N'; /* the copy is the set's own */
	assert_string_equal(kept, "nginx");
	assert_ptr_equal(string_set_keep(set, "nginx"), kept);
	assert_ptr_not_equal(string_set_keep(set, name), kept);
	assert_ptr_not_equal(string_set_keep(set, ""), kept);
	assert_string_equal(string_set_keep(set, ""), "");
	assert_int_equal(string_set_bytes(set), sizeof("nginx") + sizeof("Nginx") + sizeof(""));
	string_set_free(set);
	string_set_free(NULL);
}

static void those_of_many_stay_where_they_are(void **state)
{
	const char **kept = calloc(MANY, sizeof(*kept));
	struct string_set *set = NULL;
	char name[16];

	(void)state;
	assert_non_null(kept);
	assert_int_equal(string_set_new(&set), 0);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "%d", i);
		kept[i] = string_set_keep(set, name);
	}
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_string_equal(kept[i], name);
		assert_ptr_equal(string_set_keep(set, name), kept[i]);
	}
	string_set_free(set);
	free(kept);
}

static void all_are_forgotten(void **state)
{
	struct string_set *set = NULL;
	const char *kept;

	(void)state;
	assert_int_equal(string_set_new(&set), 0);
	assert_non_null(string_set_keep(set, "nginx"));
	string_set_clear(set);
	assert_int_equal(string_set_bytes(set), 0);
	string_set_clear(set);
	kept = string_set_keep(set, "curl");
	assert_string_equal(kept, "curl");
	assert_ptr_equal(string_set_keep(set, "curl"), kept);
	assert_int_equal(string_set_bytes(set), sizeof("curl"));
	string_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_kept_once),
		cmocka_unit_test(those_of_many_stay_where_they_are),
		cmocka_unit_test(all_are_forgotten),
	};

	return cmocka_run_group_tests_name("string_set", tests, NULL, NULL);
}
