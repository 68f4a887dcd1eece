/* SPDX-License-Identifier: MIT */
#include "report/filter.h"

#include "report/address.h"
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct endpoint {
	struct network host;
	uint32_t port;
};

struct filter_rule {
	enum filter_kind kind;
	bool negated;
	uint32_t from, to;      /* pids, ports */
	const char *glob;       /* names, cgroups */
	struct network network; /* addresses */
	struct endpoint end[2]; /* of a connection */
	int ends;
};

static const char *const wants[FILTER_KINDS] = {
	[FILTER_PID] = "a list of process ids such as 12,345",
	[FILTER_COMM] = "a pattern such as 'nginx*'",
	[FILTER_CGROUP] = "a pattern such as '/system.slice/*'",
	[FILTER_LADDR] = "a list of addresses or networks such as 10.0.0.0/8,::1",
	[FILTER_RADDR] = "a list of addresses or networks such as 10.0.0.0/8,::1",
	[FILTER_PORT] = "a list of ports such as 80,8000-8100",
	[FILTER_LPORT] = "a list of ports such as 80,8000-8100",
	[FILTER_RPORT] = "a list of ports such as 80,8000-8100",
	[FILTER_CONN] = "a connection such as 10.0.0.1:40000,192.0.2.80:443, or one end of it",
};

const char *filter_wants(enum filter_kind kind)
{
	return wants[kind];
}

static int add_rule(struct filter *f, const struct filter_rule *rule)
{
	struct filter_rule *more = realloc(f->rule, (f->rules + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	f->rule = more;
	f->rule[f->rules++] = *rule;
	return 0;
}

/* Digits, up to most; answers how many characters, 0 for no such number. */
static size_t parse_number(const char *s, size_t len, uint32_t most, uint32_t *number)
{
	uint64_t v = 0;
	size_t n = 0;

	for (; n < len && s[n] >= '0' && s[n] <= '9'; n++) {
		v = v * 10 + (uint64_t)(s[n] - '0');
		if (v > most)
			return 0;
	}
	*number = (uint32_t)v;
	return n;
}

static bool parse_pid(struct filter_rule *rule, const char *word, size_t len)
{
	size_t n = parse_number(word, len, INT32_MAX, &rule->from);

	rule->to = rule->from;
	return n && n == len && rule->from;
}

static bool parse_ports(struct filter_rule *rule, const char *word, size_t len)
{
	size_t n = parse_number(word, len, UINT16_MAX, &rule->from), m;

	rule->to = rule->from;
	if (!n || n == len)
		return n;
	if (word[n] != '-')
		return false;
	m = parse_number(word + n + 1, len - n - 1, UINT16_MAX, &rule->to);
	return m && n + 1 + m == len && rule->from <= rule->to;
}

/* ADDRESS:PORT, as tables have it; [ADDRESS]:PORT as well. */
static bool parse_end(struct endpoint *end, const char *text, size_t len)
{
	size_t colon = len, digits;

	while (colon && text[colon - 1] != ':')
		colon--;
	if (!colon)
		return false;
	digits = len - colon;
	if (!digits || parse_number(text + colon, digits, UINT16_MAX, &end->port) != digits)
		return false;
	len = colon - 1;
	if (len > 1 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	return !memchr(text, '/', len) && network_parse(&end->host, text, len);
}

static int add_connection(struct filter *f, struct filter_rule *rule, const char *text)
{
	for (;; text++) {
		size_t len = strcspn(text, ",");

		if (rule->ends == 2 || !parse_end(&rule->end[rule->ends++], text, len))
			return -EINVAL;
		text += len;
		if (!*text)
			break;
	}
	if (rule->ends == 2 && rule->end[0].host.family != rule->end[1].host.family)
		return -EINVAL;
	return add_rule(f, rule);
}

static bool parse_word(struct filter_rule *rule, const char *word, size_t len)
{
	switch (rule->kind) {
	case FILTER_PID:
		return parse_pid(rule, word, len);
	case FILTER_LADDR:
	case FILTER_RADDR:
		return network_parse(&rule->network, word, len);
	default:
		return parse_ports(rule, word, len);
	}
}

int filter_add(struct filter *f, enum filter_kind kind, const char *value)
{
	struct filter_rule rule = {.kind = kind, .negated = value[0] == '!'};
	const char *at = value + rule.negated;
	size_t len;
	int err;

	if (kind == FILTER_COMM || kind == FILTER_CGROUP) {
		rule.glob = at;
		return *at ? add_rule(f, &rule) : -EINVAL;
	}
	if (kind == FILTER_CONN)
		return add_connection(f, &rule, at);
	for (;; at += len + 1) {
		len = strcspn(at, ",");
		if (!parse_word(&rule, at, len))
			return -EINVAL;
		err = add_rule(f, &rule);
		if (err || !at[len])
			return err;
	}
}

void filter_clear(struct filter *f)
{
	if (!f)
		return;
	free(f->rule);
	memset(f, 0, sizeof(*f));
}

bool filter_is_empty(const struct filter *f)
{
	return !f->rules && !f->family && !f->no_loopback;
}

static bool cgroup_matches(const char *glob, const struct process *p)
{
	char id[32];

	if (p->cgroup && p->cgroup[0])
		return !fnmatch(glob, p->cgroup, 0);
	snprintf(id, sizeof(id), "id:%" PRIu64, p->cgroup_id);
	return !fnmatch(glob, p->cgroup_id ? id : "", 0);
}

static bool within(const struct filter_rule *rule, uint32_t number)
{
	return number >= rule->from && number <= rule->to;
}

static bool is_end(
	const struct endpoint *end, uint8_t family, const uint8_t address[16], uint16_t port)
{
	return port == end->port && network_holds(&end->host, family, address);
}

/* Two hosts have the same connection the other way round. */
static bool is_connection(const struct filter_rule *rule, const struct connection *c)
{
	const struct endpoint *a = &rule->end[0], *b = &rule->end[1];
	bool local = is_end(a, c->family, c->laddr, c->lport);
	bool remote = is_end(a, c->family, c->raddr, c->rport);

	if (rule->ends == 1)
		return local || remote;
	return (local && is_end(b, c->family, c->raddr, c->rport)) ||
	       (remote && is_end(b, c->family, c->laddr, c->lport));
}

static bool rule_matches(const struct filter_rule *rule, const struct session *s)
{
	const struct connection *c = &s->conn;

	switch (rule->kind) {
	case FILTER_PID:
		return within(rule, s->process.pid);
	case FILTER_COMM:
		return !fnmatch(rule->glob, s->process.comm, 0);
	case FILTER_CGROUP:
		return cgroup_matches(rule->glob, &s->process);
	case FILTER_LADDR:
		return network_holds(&rule->network, c->family, c->laddr);
	case FILTER_RADDR:
		return network_holds(&rule->network, c->family, c->raddr);
	case FILTER_PORT:
		return within(rule, c->lport) || within(rule, c->rport);
	case FILTER_LPORT:
		return within(rule, c->lport);
	case FILTER_RPORT:
		return within(rule, c->rport);
	default:
		return is_connection(rule, c);
	}
}

static bool passes_rules(const struct filter *f, const struct session *s)
{
	unsigned wanted = 0, found = 0; /* kinds, as bits */

	for (size_t i = 0; i < f->rules; i++) {
		const struct filter_rule *rule = &f->rule[i];
		bool matches = rule_matches(rule, s);

		if (rule->negated && matches)
			return false;
		if (!rule->negated)
			wanted |= 1u << rule->kind;
		if (!rule->negated && matches)
			found |= 1u << rule->kind;
	}
	return found == wanted;
}

static bool is_loopback(uint8_t family, const uint8_t address[16])
{
	static const uint8_t one[16] = {[15] = 1};

	return family == 4 ? address[0] == 127 : !memcmp(address, one, sizeof(one));
}

bool filter_session(struct filter *f, const struct session *s)
{
	const struct connection *c = &s->conn;

	if (filter_is_empty(f))
		return true;
	if (f->family && f->family != c->family)
		return false;
	if (f->no_loopback &&
		(is_loopback(c->family, c->laddr) || is_loopback(c->family, c->raddr)))
		return false;
	if (!passes_rules(f, s))
		return false;
	f->matched = true;
	return true;
}
