/* SPDX-License-Identifier: MIT */
/* asleep.h: waits for threads and processes that are about to wait in a system call. */
#ifndef TESTS_LIVE_ASLEEP_H
#define TESTS_LIVE_ASLEEP_H

/* Until the thread, or the process of one, sleeps and goes on sleeping. */
void asleep_await(int thread);

#endif
