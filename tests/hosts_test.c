/* SPDX-License-Identifier: MIT */
/* One of each name, in order, whatever order they come in. */
#include "report/hosts.h"
#include "tests/report_fixture.h"

static void they_are_in_order_and_stay_where_they_are(void **state)
{
	static const char *const names[] = {"m", "z", "a", "", "n", "ma", "b"};
	enum { NAMES = sizeof(names) / sizeof(names[0]) };
	struct hosts h = {NULL, 0};
	struct host *made[NAMES];

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		made[i] = hosts_find(&h, names[i]);
		assert_non_null(made[i]);
		assert_string_equal(made[i]->name, names[i]);
	}
	for (size_t i = 0; i < NAMES; i++)
		assert_ptr_equal(hosts_find(&h, names[i]), made[i]);
	assert_int_equal(h.count, NAMES);
	for (size_t i = 1; i < h.count; i++)
		assert_true(strcmp(h.host[i - 1]->name, h.host[i]->name) < 0);
	hosts_clear(&h);
}

static void a_host_begins_with_nothing(void **state)
{
	const struct loss loss = {0, 1, {{1, 0}, {1, 0}}, LOST_RING, 0};
	const struct load load = {.time_us = 1};
	const struct block block = {.losses = 1, .loss = &loss, .loads = 1, .load = &load};
	struct hosts h = {NULL, 0};
	struct host *host = hosts_find(&h, "web1");
	char name[] = "web2";

	(void)state;
	assert_non_null(host);
	assert_int_equal(pending_add(&host->pending, &block), 0);
	host = hosts_find(&h, name);
	assert_non_null(host);
	assert_int_equal(host->pending.losses + host->pending.loads, 0);
	assert_null(host->lost_in);
	name[0] = 'x'; /* it has a copy */
	assert_string_equal(host->name, "web2");
	hosts_clear(&h); /* with what is pending: else memory leaks */
	assert_int_equal(h.count, 0);
	assert_int_equal(hosts_find(&h, "web1")->pending.losses, 0);
	hosts_clear(&h);
}

static void one_that_is_not_named_has_a_title(void **state)
{
	struct hosts h = {NULL, 0};

	(void)state;
	assert_string_equal(host_title(hosts_find(&h, "web1")), "web1");
	assert_string_equal(host_title(hosts_find(&h, "")), "an unknown host");
	hosts_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_in_order_and_stay_where_they_are),
		cmocka_unit_test(a_host_begins_with_nothing),
		cmocka_unit_test(one_that_is_not_named_has_a_title),
	};

	return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
