/* SPDX-License-Identifier: MIT */
/*
 * width.h: how many columns of a terminal a character takes. For text.c.
 *
 * Not wcwidth(3), which knows only what the reader's locale does.
 */
#ifndef REPORT_WIDTH_H
#define REPORT_WIDTH_H

#include <stdint.h>

/* 0 for one that combines with the one before it, 2 for a wide one, else 1. */
int width_columns(uint32_t c);

#endif
