/* SPDX-License-Identifier: MIT */
/*
 * scratch.h: an empty directory of a test's own to work in. Setup and teardown of cmocka, for a
 * group or for each test.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

int scratch_enter(void **state);
/* Removes it and all that is in it. */
int scratch_leave(void **state);

#endif
