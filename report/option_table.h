/* SPDX-License-Identifier: MIT */
/*
 * option_table.h: every option once, for the parser and the help alike.
 */
#ifndef REPORT_OPTION_TABLE_H
#define REPORT_OPTION_TABLE_H

#include "report/args.h"

enum option_id {
	OPT_TOP = 1,
	OPT_EVENTS,
	OPT_INFO,
	OPT_HTML,
	OPT_INPUT,
	OPT_FOLLOW,
	OPT_SINCE,
	OPT_UNTIL,
	OPT_PID,
	OPT_COMM,
	OPT_CGROUP,
	OPT_LADDR,
	OPT_RADDR,
	OPT_PORT,
	OPT_LPORT,
	OPT_RPORT,
	OPT_CONN,
	OPT_IPV4,
	OPT_IPV6,
	OPT_NO_LOOPBACK,
	OPT_BY,
	OPT_SORT,
	OPT_ROWS,
	OPT_CSV,
	OPT_JSON,
	OPT_BYTES,
	OPT_HUMAN,
	OPT_UTC,
	OPT_TZ,
	OPT_NOSUMMARY,
	OPT_NOCLEAR,
	OPT_STRICT,
	OPT_QUIET,
	OPT_HELP,
	OPT_VERSION,
};

/* In the order of the help; ends with id 0. */
extern const struct arg_option option_table[];

#endif
