/* SPDX-License-Identifier: MIT */
/*
 * string_set.h: a set of strings, each kept once. For the table, whose rows share most of theirs.
 */
#ifndef REPORT_STRING_SET_H
#define REPORT_STRING_SET_H

#include <stddef.h>

struct string_set;

int string_set_new(struct string_set **out);
/* NULL is fine. */
void string_set_free(struct string_set *set);

/* The set's own copy of s, good until string_set_clear; NULL when there is no memory. */
const char *string_set_keep(struct string_set *set, const char *s);
void string_set_clear(struct string_set *set);
/* Bytes of text in the set. */
size_t string_set_bytes(const struct string_set *set);

#endif
