/* SPDX-License-Identifier: MIT */
/* collector_cases.h: tests that collector_test.c runs, apart from it for length. */
#ifndef TESTS_COLLECTOR_CASES_H
#define TESTS_COLLECTOR_CASES_H

/* collector_sessions.c: what the file says of a session. */
void test_fields(void **state);
void test_name_of_sixteen_bytes(void **state);
void test_mapped_addresses_are_ipv4(void **state);
void test_mapped_without_a_local_address(void **state);
void test_other_addresses_stay_ipv6(void **state);
void test_session_ids_of_any_size(void **state);

/* collector_sums.c: what found no room in the rings, what was inferred. */
void test_inferred_calls_are_marked(void **state);
void test_sums_become_samples(void **state);
void test_definition_in_the_table_alone(void **state);
void test_sums_of_inferred_calls(void **state);
void test_sum_waits_for_its_definition(void **state);
void test_sum_waits_for_a_busy_ring(void **state);
void test_sum_without_definition_is_lost(void **state);
void test_sum_of_very_many_calls(void **state);

/* collector_books.c: many sessions, many calls. */
void test_idle_sessions_are_forgotten(void **state);
void test_all_sessions_are_forgotten(void **state);
void test_books_balance(void **state);

/* collector_crowd.c: the memory that they take. */
void test_memory_of_a_crowd(void **state);

#endif
