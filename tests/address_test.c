/* SPDX-License-Identifier: MIT */
#include "report/address.h"
#include "tests/report_fixture.h"
#include <arpa/inet.h>

static void expect(const char *text)
{
	uint8_t address[16] = {0};
	char to[ADDRESS_SIZE];
	uint8_t family = strchr(text, ':') ? 6 : 4;

	assert_int_equal(inet_pton(family == 6 ? AF_INET6 : AF_INET, text, address), 1);
	assert_int_equal(address_text(to, family, address), strlen(text));
	assert_string_equal(to, text);
}

static void ipv4(void **state)
{
	(void)state;
	expect("0.0.0.0");
	expect("10.0.20.100");
	expect("255.255.255.255");
}

static void ipv6_as_rfc5952(void **state)
{
	(void)state;
	expect("::");
	expect("::1");
	expect("1::");
	expect("2001:db8::1");
	expect("2001:db8:0:1:1:1:1:1"); /* a single zero is not shortened */
	expect("2001:0:0:1::1");        /* the longest run is */
	expect("2001:db8::1:0:0:1");    /* of equal runs the first */
	expect("fe80::abcd:ef12:3:40");
	expect("1:2:3:4:5:6:7:8");
	expect("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static void no_family_is_no_harm(void **state)
{
	uint8_t address[16] = {0};
	char to[ADDRESS_SIZE];

	(void)state;
	address_text(to, 0, address);
	assert_string_equal(to, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4),
		cmocka_unit_test(ipv6_as_rfc5952),
		cmocka_unit_test(no_family_is_no_harm),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
