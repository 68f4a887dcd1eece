/* SPDX-License-Identifier: MIT */
#include "report/address.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

static char *put_decimal(char *p, unsigned v)
{
	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return p;
}

static char *put_hex(char *p, unsigned v)
{
	int shift = v >= 0x1000 ? 12 : v >= 0x100 ? 8 : v >= 0x10 ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*p++ = "0123456789abcdef"[v >> shift & 15];
	return p;
}

/* The first longest run of two or more zero groups: where it begins, and its length or 0. */
static int longest_zeros(const unsigned group[8], int *length)
{
	int best = 8;

	*length = 0;
	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && !group[i + n])
			n++;
		if (n > 1 && n > *length) {
			best = i;
			*length = n;
		}
		i += n;
	}
	return best;
}

static char *put_ipv6(char *p, const uint8_t a[16])
{
	unsigned group[8];
	int zeros, skip;

	for (int i = 0; i < 8; i++)
		group[i] = (unsigned)a[2 * i] << 8 | a[2 * i + 1];
	zeros = longest_zeros(group, &skip);
	for (int i = 0; i < 8; i++) {
		if (i == zeros) {
			*p++ = ':';
			i += skip - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i)
			*p++ = ':';
		p = put_hex(p, group[i]);
	}
	return p;
}

int address_text(char to[ADDRESS_SIZE], uint8_t family, const uint8_t address[16])
{
	char *p = to;

	if (family == 6) {
		p = put_ipv6(p, address);
	} else if (family == 4) {
		for (int i = 0; i < 4; i++) {
			if (i)
				*p++ = '.';
			p = put_decimal(p, address[i]);
		}
	} else {
		*p++ = '?';
	}
	*p = '\0';
	return (int)(p - to);
}

/* "/bits" or nothing. */
static bool parse_bits(const char *text, unsigned most, unsigned *bits)
{
	*bits = most;
	if (!*text)
		return true;
	if (*text++ != '/' || !*text || strlen(text) > 3)
		return false;
	for (*bits = 0; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		*bits = *bits * 10 + (unsigned)(*text - '0');
	}
	return *bits <= most;
}

static bool unmap(struct network *n, unsigned *bits)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (n->family != 6 || *bits < 96 || memcmp(n->address, mapped, sizeof(mapped)) != 0)
		return false;
	memmove(n->address, n->address + 12, 4);
	memset(n->address + 4, 0, 12);
	*bits -= 96;
	return true;
}

bool network_parse(struct network *n, const char *text, size_t len)
{
	char word[ADDRESS_SIZE + 8], rest[ADDRESS_SIZE + 8];
	size_t part;
	unsigned bits;

	if (len >= sizeof(word))
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	part = strcspn(word, "/");
	memcpy(rest, word + part, len - part + 1);
	word[part] = '\0';
	memset(n, 0, sizeof(*n));
	n->family = strchr(word, ':') ? 6 : 4;
	if (inet_pton(n->family == 6 ? AF_INET6 : AF_INET, word, n->address) != 1 ||
		!parse_bits(rest, n->family == 6 ? 128 : 32, &bits))
		return false;
	if (unmap(n, &bits))
		n->family = 4;
	n->bits = (uint8_t)bits;
	return true;
}

bool network_holds(const struct network *n, uint8_t family, const uint8_t address[16])
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (family != n->family || memcmp(address, n->address, whole) != 0)
		return false;
	return !rest || !((address[whole] ^ n->address[whole]) >> (8 - rest));
}
