/* SPDX-License-Identifier: MIT */
#include "report/text.h"

#include "report/width.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct range {
	uint32_t first, last;
};

/*
 * Characters that steer the terminal or the order of what stands around them, or that nobody sees,
 * so that two names would look the same.
 */
static bool is_unsafe(uint32_t c)
{
	static const struct range unsafe[] = {
		{0x00, 0x1f},
		{0x7f, 0x9f},
		{0xad, 0xad},
		{0x034f, 0x034f},
		{0x061c, 0x061c},
		{0x115f, 0x1160},
		{0x17b4, 0x17b5},
		{0x180b, 0x180f},
		{0x200b, 0x200f},
		{0x2028, 0x202e},
		{0x2060, 0x206f},
		{0x3164, 0x3164},
		{0xfe00, 0xfe0f},
		{0xfeff, 0xfeff},
		{0xffa0, 0xffa0},
		{0xfff9, 0xfffb},
		{0x13430, 0x1343f},
		{0x1bca0, 0x1bca3},
		{0x1d173, 0x1d17a},
		{0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++) {
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			return true;
	}
	return false;
}

/* Length of the UTF-8 character at s and its code point in *c; 0 when it is none. */
static size_t decode(const unsigned char *s, uint32_t *c)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	*c = s[0];
	if (len == 1)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	*c = s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3fu);
	}
	if (*c < smallest[len] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return len;
}

static size_t escape_bytes(char *to, const unsigned char *s, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		*to++ = '\\';
		*to++ = 'x';
		*to++ = hex[s[i] >> 4];
		*to++ = hex[s[i] & 15];
	}
	return 4 * len;
}

/* The character or byte at s as it is shown: its length in unit, columns, and bytes read. */
static size_t escape_one(char *unit, int *columns, const unsigned char *s, size_t *taken)
{
	uint32_t c;
	size_t len = decode(s, &c), n;

	*taken = len ? len : 1;
	if (!len || is_unsafe(c)) {
		n = escape_bytes(unit, s, *taken);
		*columns = (int)n;
	} else if (c == '\\') {
		memcpy(unit, "\\\\", 2);
		n = 2;
		*columns = 2;
	} else {
		memcpy(unit, s, len);
		n = len;
		*columns = width_columns(c);
	}
	return n;
}

/* Nearly all there is. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

size_t text_plain(const char *s)
{
	size_t len = 0;

	for (; s[len]; len++) {
		if (!is_plain((unsigned char)s[len]))
			return 0;
	}
	return len;
}

int text_escape(char *to, size_t size, const char *s, int max_columns)
{
	const unsigned char *p = (const unsigned char *)s;
	int used = 0;

	for (;;) {
		char unit[4 * 4];
		size_t taken, n;
		int columns;

		while (is_plain(*p) && size > 1 && used < max_columns) {
			*to++ = (char)*p++;
			size--;
			used++;
		}
		if (!*p)
			break;
		n = escape_one(unit, &columns, p, &taken);
		if (n >= size || columns > max_columns - used)
			break;
		memcpy(to, unit, n);
		to += n;
		size -= n;
		used += columns;
		p += taken;
	}
	if (size)
		*to = '\0';
	return used;
}

int text_columns(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	int used = 0;

	while (*p) {
		uint32_t c;
		size_t len = decode(p, &c);

		used += len ? width_columns(c) : 1;
		p += len ? len : 1;
	}
	return used;
}

int text_keep_end(char *text, int columns, int max_columns)
{
	const unsigned char *p = (const unsigned char *)text;
	int left = columns;

	if (max_columns < 2 || columns <= max_columns)
		return columns;
	while (*p) {
		uint32_t c;
		size_t len = decode(p, &c);
		int width = len ? width_columns(c) : 1;

		/* What combines with a character goes with it. */
		if (left <= max_columns - 2 && width)
			break;
		left -= width;
		p += len ? len : 1;
	}
	/* At least three bytes are passed over: no character has more columns than bytes. */
	memmove(text + 2, p, strlen((const char *)p) + 1);
	memcpy(text, "..", 2);
	return left + 2;
}

const char *text_s(uint64_t n)
{
	return n == 1 ? "" : "s";
}
