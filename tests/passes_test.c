/* SPDX-License-Identifier: MIT */
/* The filter's answer is that of the session at hand, and it is asked once. */
#include "report/passes.h"
#include "tests/report_fixture.h"

struct asked {
	struct filter filter; /* lets nginx pass */
	struct passes *passes;
	struct session sessions[3]; /* curl, nginx, curl */
	struct feed feed;
};

static int ask(void **state)
{
	struct asked *a = calloc(1, sizeof(*a));

	*state = a;
	if (!a || filter_add(&a->filter, FILTER_COMM, "nginx") ||
		passes_new(&a->passes, &a->filter))
		return -1;
	memcpy(a->sessions, fixture_sessions, sizeof(a->sessions));
	a->feed = (struct feed){.sessions = a->sessions, .session_count = 3};
	return 0;
}

static int leave(void **state)
{
	struct asked *a = *state;

	passes_free(a->passes);
	passes_free(NULL);
	filter_clear(&a->filter);
	free(a);
	return 0;
}

static void the_answer_is_that_of_the_filter(void **state)
{
	struct asked *a = *state;

	assert_int_equal(passes_ask(a->passes, &a->feed, 0), 0);
	assert_false(a->filter.matched);
	assert_int_equal(passes_ask(a->passes, &a->feed, 1), 1);
	assert_true(a->filter.matched);
	assert_int_equal(passes_ask(a->passes, &a->feed, 2), 0);
}

/* Until a group begins: then the same number is another session. */
static void a_session_is_asked_about_once_a_group(void **state)
{
	struct asked *a = *state;

	passes_group(a->passes, &a->feed); /* before anything was asked */
	assert_int_equal(passes_ask(a->passes, &a->feed, 0), 0);
	assert_int_equal(passes_ask(a->passes, &a->feed, 1), 1);
	a->sessions[0] = fixture_sessions[NGINX];
	a->sessions[1] = fixture_sessions[CURL];
	assert_int_equal(passes_ask(a->passes, &a->feed, 0), 0);
	assert_int_equal(passes_ask(a->passes, &a->feed, 1), 1);
	passes_group(a->passes, &a->feed);
	assert_int_equal(passes_ask(a->passes, &a->feed, 0), 1);
	assert_int_equal(passes_ask(a->passes, &a->feed, 1), 0);
}

static void feeds_are_apart(void **state)
{
	const struct session other[] = {fixture_sessions[NGINX], fixture_sessions[CURL]};
	struct asked *a = *state;
	const struct feed second = {.sessions = other, .session_count = 2, .number = 5};

	assert_int_equal(passes_ask(a->passes, &second, 0), 1);
	assert_int_equal(passes_ask(a->passes, &a->feed, 0), 0);
	a->sessions[0] = fixture_sessions[NGINX];
	passes_group(a->passes, &second);
	assert_int_equal(passes_ask(a->passes, &second, 1), 0);
	assert_int_equal(passes_ask(a->passes, &a->feed, 0), 0); /* as before */
}

/* As blocks of a group define more and more of them; every third is nginx. */
static void sessions_become_more(void **state)
{
	enum { MANY = 3000 };
	struct session *all = calloc(MANY, sizeof(*all));
	struct asked *a = *state;

	assert_non_null(all);
	a->feed.sessions = all;
	for (uint32_t i = 0; i < MANY; i++) {
		all[i] = fixture_sessions[i % 3 ? CURL : NGINX];
		a->feed.session_count = i + 1;
		assert_int_equal(passes_ask(a->passes, &a->feed, i), i % 3 == 0);
	}
	memset(all, 0, MANY * sizeof(*all)); /* what was asked is known */
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(passes_ask(a->passes, &a->feed, i), i % 3 == 0);
	free(all);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_answer_is_that_of_the_filter),
		TEST(a_session_is_asked_about_once_a_group),
		TEST(feeds_are_apart),
		TEST(sessions_become_more),
	};

	return cmocka_run_group_tests_name("passes", tests, NULL, NULL);
}
