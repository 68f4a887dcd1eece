/* SPDX-License-Identifier: MIT */
#include "report/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct out {
	struct out_sink sink;
	int error;
	size_t len;
	char buf[65536];
};

int out_new(struct out **out, struct out_sink sink)
{
	struct out *o = calloc(1, sizeof(*o));

	if (!o)
		return -ENOMEM;
	o->sink = sink;
	*out = o;
	return 0;
}

void out_free(struct out *o)
{
	free(o);
}

int out_write_fd(void *ctx, const void *data, size_t len)
{
	const char *p = data;
	int fd = *(int *)ctx;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int out_flush(struct out *o)
{
	if (!o->error && o->len)
		o->error = o->sink.write(o->sink.ctx, o->buf, o->len);
	o->len = 0;
	return o->error;
}

int out_error(const struct out *o)
{
	return o->error;
}

void out_bytes(struct out *o, const void *data, size_t len)
{
	const char *p = data;

	while (len > sizeof(o->buf) - o->len) {
		size_t part = sizeof(o->buf) - o->len;

		memcpy(o->buf + o->len, p, part);
		o->len += part;
		p += part;
		len -= part;
		out_flush(o);
	}
	memcpy(o->buf + o->len, p, len);
	o->len += len;
}

void out_str(struct out *o, const char *s)
{
	out_bytes(o, s, strlen(s));
}

void out_char(struct out *o, char c)
{
	if (o->len == sizeof(o->buf))
		out_flush(o);
	o->buf[o->len++] = c;
}

void out_u64(struct out *o, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	out_bytes(o, digits + at, sizeof(digits) - at);
}

void out_fill(struct out *o, char c, int count)
{
	for (; count > 0; count--)
		out_char(o, c);
}

void out_printf(struct out *o, const char *format, ...)
{
	char text[512];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n > 0)
		out_bytes(o, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}
