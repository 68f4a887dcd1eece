/* SPDX-License-Identifier: MIT */
/* shared_overflow.h: a test that overflow_test.c runs, with probes in threads of their own. */
#ifndef TESTS_SHARED_OVERFLOW_H
#define TESTS_SHARED_OVERFLOW_H

void test_probes_run_meanwhile(void **state);

#endif
