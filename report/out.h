/* SPDX-License-Identifier: MIT */
/*
 * out.h: buffered output that keeps its first error. For the views; tests inject a sink.
 *
 * Nothing here fails at once: after an error everything is dropped, and out_error says why. So
 * views need not check each line, whoever drives them checks once in a while.
 */
#ifndef REPORT_OUT_H
#define REPORT_OUT_H

#include <stddef.h>
#include <stdint.h>

struct out;

/* Takes all of len bytes and answers 0, or a negative errno. */
struct out_sink {
	int (*write)(void *ctx, const void *data, size_t len);
	void *ctx;
};

int out_new(struct out **out, struct out_sink sink);
/* NULL is fine. Does not flush. */
void out_free(struct out *o);

/* A sink that writes to the descriptor *ctx, an int. */
int out_write_fd(void *ctx, const void *data, size_t len);

void out_bytes(struct out *o, const void *data, size_t len);
void out_str(struct out *o, const char *s);
void out_char(struct out *o, char c);
void out_u64(struct out *o, uint64_t v);
/* count times c; none where count is not positive. */
void out_fill(struct out *o, char c, int count);
/* For short texts: what goes beyond 512 bytes is cut. */
void out_printf(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* 0 or the first error, a negative errno. */
int out_flush(struct out *o);
int out_error(const struct out *o);

#endif
