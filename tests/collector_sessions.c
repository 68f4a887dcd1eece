/* SPDX-License-Identifier: MIT */
/* What the file says of a session: names, addresses, ids. */
#include "collector_cases.h"
#include "collector_fixture.h"

#include <string.h>
#include <sys/socket.h>

static void assert_row(
	const struct recording_row *row, uint64_t time_us, uint64_t bytes, unsigned dir)
{
	assert_int_equal(row->time_us, time_us);
	assert_int_equal(row->bytes, bytes);
	assert_int_equal(row->dir, dir);
	assert_int_equal(row->calls, 1);
	assert_int_equal(row->pid, FAKE_FIRST_PID + 1);
}

void test_fields(void **state)
{
	struct fixture *f = begin(1, PLACES);
	const struct session *s;

	(void)state;
	define(f, 1);
	call(f, 0, 1999, 1, 0x7fffffff, DIR_TX);
	call(f, 0, 2000, 1, 1, DIR_RX);
	drain(f, ALL);
	read_back(f);
	assert_int_equal(f->got.rows, 2);
	assert_row(&f->got.row[0], BASE_US + 1, 0x7fffffff, DIR_TX);
	assert_row(&f->got.row[1], BASE_US + 2, 1, DIR_RX);
	assert_int_equal(f->got.sessions, 1);
	s = f->got.session;
	assert_int_equal(s->process.start_us, 77000);
	assert_int_equal(s->process.cgroup_id, 41);
	assert_string_equal(s->process.cgroup, "/cgroup/41/100001");
	assert_string_equal(s->process.comm, "fake");
	assert_int_equal(s->conn.proto, PROTO_TCP);
	assert_int_equal(s->conn.family, 4);
	assert_int_equal(s->conn.lport, 80);
	assert_int_equal(s->conn.rport, 1);
	assert_int_equal(s->conn.netns, 4026531840u);
	assert_memory_equal(s->conn.laddr, ((uint8_t[16]){10, 0, 0, 1}), 16);
	assert_memory_equal(s->conn.raddr, ((uint8_t[16]){10, 0, 0, 2}), 16);
	end(f);
}

void test_name_of_sixteen_bytes(void **state)
{
	struct fixture *f = begin(1, PLACES);
	struct event_session e = fake_session(1);

	(void)state;
	memcpy(e.comm, "0123456789abcdef", sizeof(e.comm)); /* no NUL */
	assert_true(fake_ring_output(&f->kernel.definitions, &e, sizeof(e)));
	at_ns(f, 0, 1);
	drain(f, ALL);
	read_back(f);
	assert_string_equal(f->got.session[0].process.comm, "0123456789abcdef");
	end(f);
}

static void record_addresses(struct fixture *f, const uint8_t laddr[16], const uint8_t raddr[16])
{
	struct event_session e = fake_session(1);

	e.family = AF_INET6;
	memcpy(e.laddr, laddr, 16);
	memcpy(e.raddr, raddr, 16);
	assert_true(fake_ring_output(&f->kernel.definitions, &e, sizeof(e)));
	at_ns(f, 0, 1);
	drain(f, ALL);
	read_back(f);
	assert_int_equal(f->got.sessions, 1);
}

static const uint8_t mapped_1[16] = {[10] = 0xff, [11] = 0xff, 127, 0, 0, 1};
static const uint8_t mapped_2[16] = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 7};
static const uint8_t global[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 9};
static const uint8_t unset[16];
/* As long as a mapped one up to the last byte of its prefix. */
static const uint8_t almost[16] = {[10] = 0xff, [11] = 0xfe, 192, 0, 2, 7};

void test_mapped_addresses_are_ipv4(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	record_addresses(f, mapped_1, mapped_2);
	assert_int_equal(f->got.session[0].conn.family, 4);
	assert_memory_equal(f->got.session[0].conn.laddr, ((uint8_t[16]){127, 0, 0, 1}), 16);
	assert_memory_equal(f->got.session[0].conn.raddr, ((uint8_t[16]){192, 0, 2, 7}), 16);
	end(f);
}

/* As UDP sockets are that were never bound. */
void test_mapped_without_a_local_address(void **state)
{
	struct fixture *f = begin(1, PLACES);

	(void)state;
	record_addresses(f, unset, mapped_2);
	assert_int_equal(f->got.session[0].conn.family, 4);
	assert_memory_equal(f->got.session[0].conn.laddr, unset, 16);
	assert_memory_equal(f->got.session[0].conn.raddr, ((uint8_t[16]){192, 0, 2, 7}), 16);
	end(f);
	f = begin(1, PLACES);
	record_addresses(f, unset, global);
	assert_int_equal(f->got.session[0].conn.family, 6);
	assert_memory_equal(f->got.session[0].conn.laddr, unset, 16);
	assert_memory_equal(f->got.session[0].conn.raddr, global, 16);
	end(f);
}

void test_other_addresses_stay_ipv6(void **state)
{
	const uint8_t *const remote[] = {global, almost, mapped_2};

	(void)state;
	for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++) {
		struct fixture *f = begin(1, PLACES);

		record_addresses(f, global, remote[i]);
		assert_int_equal(f->got.session[0].conn.family, 6);
		assert_memory_equal(f->got.session[0].conn.laddr, global, 16);
		assert_memory_equal(f->got.session[0].conn.raddr, remote[i], 16);
		end(f);
	}
}

void test_session_ids_of_any_size(void **state)
{
	const uint32_t ids[] = {1, 1023, 1024, 1025, 70000, 2, 69999};
	const size_t count = sizeof(ids) / sizeof(*ids);
	struct fixture *f = begin(1, PLACES);

	(void)state;
	for (size_t i = 0; i < count; i++)
		define(f, ids[i]);
	for (size_t i = 0; i < count; i++)
		call(f, 0, 100 + i, ids[i], 1, DIR_TX);
	drain(f, ALL);
	read_back(f);
	assert_int_equal(f->got.rows, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(f->got.row[i].pid, FAKE_FIRST_PID + ids[i]);
	assert_int_equal(f->got.losses, 0);
	end(f);
}
