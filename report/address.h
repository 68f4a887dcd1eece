/* SPDX-License-Identifier: MIT */
/*
 * address.h: IP addresses as text, the same on every machine (inet_ntop differs a little).
 */
#ifndef REPORT_ADDRESS_H
#define REPORT_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ADDRESS_SIZE = 40, /* the longest IPv6 address with its NUL */
};

/* IPv4 dotted, IPv6 as RFC 5952; answers the length. family is 4 or 6, else the text is "?". */
int address_text(char to[ADDRESS_SIZE], uint8_t family, const uint8_t address[16]);

/* An address, or all that begin with the same bits. */
struct network {
	uint8_t address[16];
	uint8_t family; /* 4 or 6; mapped addresses are 4 */
	uint8_t bits;
};

/* len characters such as "10.0.0.0/8", "::1"; bits beyond the prefix are ignored. */
bool network_parse(struct network *n, const char *text, size_t len);
bool network_holds(const struct network *n, uint8_t family, const uint8_t address[16]);

#endif
