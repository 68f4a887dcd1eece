/* SPDX-License-Identifier: MIT */
/* recorder.h: one recording from start to end: tracer → collector → writer → output. For main.c. */
#ifndef RECORD_RECORDER_H
#define RECORD_RECORDER_H

#include "options.h"

/* Records as told and says on standard error what goes wrong. The program's exit status. */
int recorder_run(const struct options *options, char **argv);

#endif
