/* SPDX-License-Identifier: MIT */
#include "report/fields.h"

#include "report/address.h"
#include "report/line.h"
#include "report/text.h"
#include <inttypes.h>
#include <stdio.h>

enum field {
	FIELD_END,
	FIELD_HOST,
	FIELD_PID,
	FIELD_COMM,
	FIELD_CGROUP,
	FIELD_PROTO,
	FIELD_FAMILY,
	FIELD_LADDR,
	FIELD_LPORT,
	FIELD_RADDR,
	FIELD_RPORT,
	FIELD_COUNT,
};

static const char *const names[FIELD_COUNT] = {
	[FIELD_HOST] = "host",
	[FIELD_PID] = "pid",
	[FIELD_COMM] = "comm",
	[FIELD_CGROUP] = "cgroup",
	[FIELD_PROTO] = "proto",
	[FIELD_FAMILY] = "family",
	[FIELD_LADDR] = "laddr",
	[FIELD_LPORT] = "lport",
	[FIELD_RADDR] = "raddr",
	[FIELD_RPORT] = "rport",
};

/* In the order that is promised to those who read CSV; each list ends with FIELD_END. */
static const enum field line_fields[BY_COUNT][FIELD_COUNT] = {
	[BY_SESSION] = {FIELD_HOST, FIELD_PID, FIELD_COMM, FIELD_CGROUP, FIELD_PROTO, FIELD_FAMILY,
		FIELD_LADDR, FIELD_LPORT, FIELD_RADDR, FIELD_RPORT},
	[BY_PROCESS] = {FIELD_HOST, FIELD_PID, FIELD_COMM, FIELD_CGROUP},
	[BY_COMM] = {FIELD_HOST, FIELD_COMM},
	[BY_CGROUP] = {FIELD_HOST, FIELD_CGROUP},
	[BY_LADDR] = {FIELD_HOST, FIELD_LADDR},
	[BY_RADDR] = {FIELD_HOST, FIELD_RADDR},
	[BY_LPORT] = {FIELD_HOST, FIELD_LPORT},
	[BY_RPORT] = {FIELD_HOST, FIELD_RPORT},
	[BY_PEER] = {FIELD_HOST, FIELD_RADDR, FIELD_RPORT},
};

static const struct key no_key = {.host = "", .boot_id = "", .comm = "", .cgroup = ""};
static const struct sums no_sums;
static const struct volume no_udp;
const struct row fields_no_row = {&no_key, &no_sums, &no_udp};

bool fields_has_proto(const struct key *key)
{
	return key->proto && key->proto != PROTO_TCP;
}

const char *fields_proto(uint16_t proto)
{
	switch (proto) {
	case PROTO_TCP:
		return "tcp";
	case PROTO_UDP:
		return "udp";
	case PROTO_MPTCP:
		return "mptcp";
	default:
		return "?";
	}
}

static void line_cgroup(struct line *l, const struct key *key)
{
	char id[32] = "";

	if (!key->cgroup[0] && key->cgroup_id)
		snprintf(id, sizeof(id), "id:%" PRIu64, key->cgroup_id);
	line_text(l, "cgroup", key->cgroup[0] ? key->cgroup : id);
}

static void line_address(
	struct line *l, const char *name, const struct key *key, const uint8_t address[16])
{
	char text[ADDRESS_SIZE];

	address_text(text, key->family, address);
	line_word(l, name, text);
}

static void line_field(struct line *l, enum field field, const struct key *key)
{
	const char *name = names[field];

	switch (field) {
	case FIELD_HOST:
		line_text(l, name, key->host);
		break;
	case FIELD_PID:
		line_u64(l, name, key->pid);
		break;
	case FIELD_COMM:
		line_text(l, name, key->comm);
		break;
	case FIELD_CGROUP:
		line_cgroup(l, key);
		break;
	case FIELD_PROTO:
		line_word(l, name, fields_proto(key->proto));
		break;
	case FIELD_FAMILY:
		line_u64(l, name, key->family);
		break;
	case FIELD_LADDR:
		line_address(l, name, key, key->laddr);
		break;
	case FIELD_LPORT:
		line_u64(l, name, key->lport);
		break;
	case FIELD_RADDR:
		line_address(l, name, key, key->raddr);
		break;
	case FIELD_RPORT:
		line_u64(l, name, key->rport);
		break;
	default:
		break;
	}
}

void fields_key(struct line *l, enum key_by by, const struct key *key)
{
	for (const enum field *f = line_fields[by]; *f != FIELD_END; f++)
		line_field(l, *f, key);
}

void fields_sums(struct line *l, const struct sums *s)
{
	line_u64(l, "rx_calls", s->calls[DIR_RX]);
	line_u64(l, "tx_calls", s->calls[DIR_TX]);
	line_u64(l, "rx_bytes", s->bytes[DIR_RX]);
	line_u64(l, "tx_bytes", s->bytes[DIR_TX]);
}

void fields_udp(struct line *l, enum key_by by, const struct volume *udp)
{
	if (by != BY_PROCESS)
		return;
	line_u64(l, "udp_rx_calls", udp->calls[DIR_RX]);
	line_u64(l, "udp_tx_calls", udp->calls[DIR_TX]);
	line_u64(l, "udp_rx_bytes", udp->bytes[DIR_RX]);
	line_u64(l, "udp_tx_bytes", udp->bytes[DIR_TX]);
}

static int cell_host(char *to, size_t size, const struct key *key, int cut)
{
	return text_escape(to, size, key->host, cut ? cut : TEXT_ALL);
}

static int cell_pid(char *to, size_t size, const struct key *key, int cut)
{
	(void)cut;
	return snprintf(to, size, "%" PRIu32, key->pid);
}

static int cell_comm(char *to, size_t size, const struct key *key, int cut)
{
	return text_escape(to, size, key->comm, cut ? cut : TEXT_ALL);
}

static int cell_cgroup(char *to, size_t size, const struct key *key, int cut)
{
	if (!key->cgroup[0] && key->cgroup_id)
		return snprintf(to, size, "id:%" PRIu64, key->cgroup_id);
	return text_keep_end(
		to, text_escape(to, size, key->cgroup[0] ? key->cgroup : "-", TEXT_ALL), cut);
}

static int cell_laddr(char *to, size_t size, const struct key *key, int cut)
{
	(void)size;
	(void)cut;
	return address_text(to, key->family, key->laddr);
}

static int cell_raddr(char *to, size_t size, const struct key *key, int cut)
{
	(void)size;
	(void)cut;
	return address_text(to, key->family, key->raddr);
}

static int cell_lport(char *to, size_t size, const struct key *key, int cut)
{
	(void)cut;
	return snprintf(to, size, "%u", key->lport);
}

static int cell_rport(char *to, size_t size, const struct key *key, int cut)
{
	(void)cut;
	return snprintf(to, size, "%u", key->rport);
}

static int cell_local(char *to, size_t size, const struct key *key, int cut)
{
	int n = cell_laddr(to, size, key, cut);

	return n + snprintf(to + n, size - (size_t)n, ":%u", key->lport);
}

static int cell_remote(char *to, size_t size, const struct key *key, int cut)
{
	int n = cell_raddr(to, size, key, cut);

	return n + snprintf(to + n, size - (size_t)n, ":%u", key->rport);
}

static const struct column col_host = {"HOST", "HOST", 16, 16, 0, 0, cell_host};
static const struct column col_pid = {"PID", "PID", 7, 7, 0, 0, cell_pid};
static const struct column col_comm = {"COMM", "COMM", 12, 12, 12, 12, cell_comm};
static const struct column col_cgroup = {"CGROUP", "CGROUP", 60, 60, 0, 30, cell_cgroup};
static const struct column col_local = {"LADDR", "LADDR6", 21, 32, 0, 0, cell_local};
static const struct column col_remote = {"RADDR", "RADDR6", 21, 32, 0, 0, cell_remote};
static const struct column col_laddr = {"LADDR", "LADDR6", 21, 39, 0, 0, cell_laddr};
static const struct column col_raddr = {"RADDR", "RADDR6", 21, 39, 0, 0, cell_raddr};
static const struct column col_lport = {"LPORT", "LPORT", 7, 7, 0, 0, cell_lport};
static const struct column col_rport = {"RPORT", "RPORT", 7, 7, 0, 0, cell_rport};

static const struct column *const columns_by[BY_COUNT][CELL_COLUMNS_MAX - 1] = {
	[BY_SESSION] = {&col_pid, &col_comm, &col_local, &col_remote},
	[BY_PROCESS] = {&col_pid, &col_comm, &col_cgroup},
	[BY_COMM] = {&col_comm},
	[BY_CGROUP] = {&col_cgroup},
	[BY_LADDR] = {&col_laddr},
	[BY_RADDR] = {&col_raddr},
	[BY_LPORT] = {&col_lport},
	[BY_RPORT] = {&col_rport},
	[BY_PEER] = {&col_remote},
};

size_t fields_columns(enum key_by by, bool host, const struct column *columns[CELL_COLUMNS_MAX])
{
	size_t n = 0;

	if (host)
		columns[n++] = &col_host;
	for (size_t i = 0; i < CELL_COLUMNS_MAX - 1 && columns_by[by][i]; i++)
		columns[n++] = columns_by[by][i];
	return n;
}
