/* SPDX-License-Identifier: MIT */
/* What tells rows apart by each key, and that equality, hash and order agree about it. */
#include "report/key.h"
#include "tests/report_fixture.h"

static const struct origin web1 = {"web1", "boot"};

/* Each makes another of a session, in one thing. */
enum change {
	HOST,
	BOOT,
	PID,
	START,
	COMM,
	CGROUP,
	PROTO,
	NETNS,
	FAMILY,
	LADDR,
	LPORT,
	RADDR,
	RPORT,
	CHANGES, /* none */
};

static void change(struct origin *origin, struct session *s, enum change what)
{
	struct process *p = &s->process;
	struct connection *c = &s->conn;

	*origin = web1;
	*s = fixture_sessions[CURL];
	origin->host = what == HOST ? "web2" : origin->host;
	origin->boot_id = what == BOOT ? "boot2" : origin->boot_id;
	p->pid += what == PID;
	p->start_us += what == START;
	p->comm[3] = what == COMM ? 'x' : p->comm[3];
	p->cgroup = what == CGROUP ? "/user2" : p->cgroup;
	p->cgroup_id += what == CGROUP;
	c->proto += what == PROTO;
	c->netns += what == NETNS;
	c->family = what == FAMILY ? 6 : c->family;
	c->laddr[15] += what == LADDR;
	c->lport += what == LPORT;
	c->raddr[15] += what == RADDR;
	c->rport += what == RPORT;
}

/* Keys borrow the names in their session. */
static struct key key_of(enum key_by by, enum change what)
{
	static struct session sessions[CHANGES + 1];
	struct origin origin;
	struct key key;

	change(&origin, &sessions[what], what);
	key_make(&key, by, &origin, &sessions[what]);
	return key;
}

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

/* By all that can be asked: whether they are one row. */
static bool are_one(const struct key *a, const struct key *b)
{
	bool equal = key_equal(a, b);

	assert_int_equal(key_equal(b, a), equal);
	assert_int_equal(key_compare(a, b) == 0, equal);
	assert_int_equal(sign(key_compare(a, b)), -sign(key_compare(b, a)));
	/* Not promised of different ones, but what is left out of the hash makes tables slow. */
	assert_int_equal(key_hash(a) == key_hash(b), equal);
	return equal;
}

#define BIT(what)  (1 << (what))
#define IN_PROCESS (BIT(BOOT) | BIT(PID) | BIT(START) | BIT(COMM) | BIT(CGROUP))
#define IN_PEER    (BIT(FAMILY) | BIT(RADDR) | BIT(RPORT))

static const struct {
	const char *name;
	int changes; /* that make another row */
} kinds[BY_COUNT] = {
	[BY_SESSION] = {"session",
		IN_PROCESS | IN_PEER | BIT(PROTO) | BIT(NETNS) | BIT(LADDR) | BIT(LPORT)},
	[BY_PROCESS] = {"process", IN_PROCESS},
	[BY_COMM] = {"comm", BIT(COMM)},
	[BY_CGROUP] = {"cgroup", BIT(CGROUP)},
	[BY_LADDR] = {"laddr", BIT(FAMILY) | BIT(LADDR)},
	[BY_RADDR] = {"raddr", BIT(FAMILY) | BIT(RADDR)},
	[BY_LPORT] = {"lport", BIT(LPORT)},
	[BY_RPORT] = {"rport", BIT(RPORT)},
	[BY_PEER] = {"peer", IN_PEER},
};

/* Hosts are never rows of one another. */
static void each_key_leaves_out_the_rest(void **state)
{
	(void)state;
	for (int by = 0; by < BY_COUNT; by++) {
		const struct key plain = key_of((enum key_by)by, CHANGES);

		assert_string_equal(key_name((enum key_by)by), kinds[by].name);
		assert_int_equal(key_has_family((enum key_by)by), plain.family != 0);
		for (int what = 0; what <= CHANGES; what++) {
			const struct key other = key_of((enum key_by)by, (enum change)what);
			bool expected = !((kinds[by].changes | BIT(HOST)) & BIT(what));

			if (are_one(&plain, &other) != expected)
				fail_msg("by %s, change %d", kinds[by].name, what);
		}
	}
}

/* Zero and "", so that a view that shows them shows nothing; and never NULL. */
static void what_is_left_out_is_empty(void **state)
{
	const struct key comm = key_of(BY_COMM, CHANGES), lport = key_of(BY_LPORT, CHANGES);
	static const uint8_t nowhere[16];

	(void)state;
	assert_string_equal(comm.cgroup, "");
	assert_string_equal(comm.boot_id, "");
	assert_string_equal(lport.comm, "");
	assert_true(!comm.pid && !comm.start_us && !comm.cgroup_id && !comm.netns);
	assert_true(!comm.proto && !comm.family && !comm.lport && !comm.rport);
	assert_memory_equal(comm.laddr, nowhere, 16);
	assert_memory_equal(comm.raddr, nowhere, 16);
}

/* Each below the next: whatever is less than the sign bit of its type on some machine. */
static void order_is_that_of_the_values(void **state)
{
	struct session s[] = {
		{{.pid = 9, .comm = "z"}, {.family = 6}},
		{{.pid = 10, .comm = "z"}, {.family = 6}},
		{{.pid = 0x80000000, .start_us = 1, .comm = "z"}, {.family = 6}},
		{{.pid = 0x80000000, .start_us = UINT64_C(1) << 32}, {.family = 6}},
		{{.pid = 0x80000000, .start_us = UINT64_C(1) << 63}, {.family = 6}},
		{{.pid = 0x80000000, .start_us = UINT64_C(1) << 63, .comm = "a"}, {.family = 4}},
		{{.pid = 0x80000000, .start_us = UINT64_C(1) << 63, .comm = "\xc3\xa4"},
			{.proto = PROTO_TCP, .family = 4, .laddr = {9}, .lport = 50000}},
		{{.pid = 0x80000000, .start_us = UINT64_C(1) << 63, .comm = "\xc3\xa4"},
			{.proto = PROTO_TCP, .family = 4, .laddr = {10}, .lport = 80}},
		{{.pid = 0x80000000, .start_us = UINT64_C(1) << 63, .comm = "\xc3\xa4"},
			{.proto = PROTO_TCP, .family = 4, .laddr = {200}, .lport = 443}},
		{{.pid = 0x80000000, .start_us = UINT64_C(1) << 63, .comm = "\xc3\xa4"},
			{.proto = PROTO_TCP, .family = 4, .laddr = {200}, .lport = 50000}},
	};
	struct key before = key_of(BY_SESSION, CHANGES), key;

	(void)state;
	for (size_t i = 0; i < sizeof(s) / sizeof(s[0]); i++, before = key) {
		key_make(&key, BY_SESSION, &web1, &s[i]);
		if (i && key_compare(&before, &key) >= 0)
			fail_msg("session %zu is not behind that before it", i);
	}
}

/* So that a sort of them has one outcome. */
static void order_is_total(void **state)
{
	struct key key[CHANGES + 1];

	(void)state;
	for (int i = 0; i <= CHANGES; i++)
		key[i] = key_of(BY_SESSION, (enum change)i);
	for (int i = 0; i <= CHANGES; i++) {
		for (int j = 0; j <= CHANGES; j++) {
			assert_int_equal(are_one(&key[i], &key[j]), i == j);
			for (int k = 0; k <= CHANGES; k++) {
				if (key_compare(&key[i], &key[j]) < 0 &&
					key_compare(&key[j], &key[k]) < 0)
					assert_true(key_compare(&key[i], &key[k]) < 0);
			}
		}
	}
}

static struct key in_cgroup(enum key_by by, const char *boot_id, uint64_t id, const char *path)
{
	const struct origin origin = {"web1", boot_id};
	static struct session s; /* its name is borrowed */
	struct key key;

	s = fixture_sessions[CURL];
	s.process.cgroup_id = id;
	s.process.cgroup = path;
	key_make(&key, by, &origin, &s);
	return key;
}

/* A path that was not resolved at first is no other cgroup; a path that is made anew is one. */
static void within_a_boot_the_id_of_a_cgroup_counts(void **state)
{
	const struct key known = in_cgroup(BY_PROCESS, "boot", 5, "/user");
	const struct key not_yet = in_cgroup(BY_PROCESS, "boot", 5, NULL);
	const struct key anew = in_cgroup(BY_PROCESS, "boot", 6, "/user");
	const struct key no_id = in_cgroup(BY_PROCESS, "boot", 0, "/user");
	const struct key nothing = in_cgroup(BY_PROCESS, "boot", 0, "");

	(void)state;
	assert_true(key_equal(&known, &not_yet));
	assert_int_equal(key_hash(&known), key_hash(&not_yet));
	assert_string_equal(not_yet.cgroup, "");
	assert_false(are_one(&known, &anew));
	assert_false(are_one(&known, &no_id));
	assert_false(are_one(&no_id, &nothing));
}

/* Over boots, and when a service is started again, the path; where there is none nothing is. */
static void rows_by_cgroup_are_of_its_path(void **state)
{
	const struct key known = in_cgroup(BY_CGROUP, "boot", 5, "/user");
	const struct key rebooted = in_cgroup(BY_CGROUP, "boot2", 9, "/user");
	const struct key other = in_cgroup(BY_CGROUP, "boot", 5, "/system");
	const struct key no_path = in_cgroup(BY_CGROUP, "boot", 5, "");
	const struct key no_path_either = in_cgroup(BY_CGROUP, "boot", 6, "");
	const struct key no_path_rebooted = in_cgroup(BY_CGROUP, "boot2", 5, "");

	(void)state;
	assert_true(are_one(&known, &rebooted));
	assert_false(are_one(&known, &other));
	assert_false(are_one(&known, &no_path));
	assert_false(are_one(&no_path, &no_path_either));
	assert_false(are_one(&no_path, &no_path_rebooted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_leaves_out_the_rest),
		cmocka_unit_test(what_is_left_out_is_empty),
		cmocka_unit_test(order_is_that_of_the_values),
		cmocka_unit_test(order_is_total),
		cmocka_unit_test(within_a_boot_the_id_of_a_cgroup_counts),
		cmocka_unit_test(rows_by_cgroup_are_of_its_path),
	};

	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
