/* SPDX-License-Identifier: MIT */
/* check.h: tcptop-record --check: what would be seen here, without recording. For main.c. */
#ifndef RECORD_CHECK_H
#define RECORD_CHECK_H

#include "options.h"

/* Prints on standard output. The program's exit status: 0 if a recording would be sound. */
int check_run(const struct options *options);

#endif
