/* SPDX-License-Identifier: MIT */
/*
 * column.h: an array of numbers as byte planes, the form in which a general compressor does best
 * and a reader needs only plain loops. For format/ only. FORMAT.md, "Columns".
 */
#ifndef FORMAT_COLUMN_H
#define FORMAT_COLUMN_H

#include "bytes.h"

void put_column(struct buffer *b, const uint64_t *values, uint32_t n);

/* false: not a column of n values, or one that does not fit; values are then undefined. */
bool get_column(struct cursor *c, uint64_t *values, uint32_t n);
bool get_column32(struct cursor *c, uint32_t *values, uint32_t n);
bool get_column8(struct cursor *c, uint8_t *values, uint32_t n);

#endif
