/* SPDX-License-Identifier: MIT */
#include "report/options.h"
#include "tests/report_fixture.h"
#include <errno.h>

struct parsed {
	struct options options;
	int err;
	char *said;
	size_t said_len;
};

static struct parsed parse(const char *const *args)
{
	char *argv[16] = {"tcptop-report"};
	struct parsed p = {0};
	struct log log = {.to = open_memstream(&p.said, &p.said_len)};
	int argc = 1;

	for (; args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	p.err = options_parse(&p.options, argc, argv, &log);
	fclose(log.to);
	return p;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void release(struct parsed *p)
{
	options_clear(&p->options);
	free(p->said);
}

static void expect_refused(const char *const *args, const char *why)
{
	struct parsed p = parse(args);
	char expected[512];

	snprintf(expected, sizeof(expected), "tcptop-report: %s\nTry 'tcptop-report --help'.\n",
		why);
	assert_int_equal(p.err, -EINVAL);
	assert_string_equal(p.said, expected);
	release(&p);
}

#define REFUSED(why, ...) expect_refused((const char *const[]){__VA_ARGS__, NULL}, why)

static void defaults(void **state)
{
	struct parsed p = parse((const char *const[]){NULL});

	(void)state;
	assert_int_equal(p.err, 0);
	assert_string_equal(p.said, "");
	assert_int_equal(p.options.action, ACTION_REPORT);
	assert_int_equal(p.options.view, VIEW_INTERVALS);
	assert_int_equal(p.options.by, BY_SESSION);
	assert_int_equal(p.options.sort, SORT_TOTAL);
	assert_true(p.options.interval_us == SECOND_US);
	assert_true(p.options.count == 0 && p.options.rows == 0);
	assert_int_equal(p.options.files, 1);
	assert_string_equal(p.options.file[0], "tcptop.data");
	release(&p);
}

static void command_lines_of_tcptop(void **state)
{
	struct parsed p = PARSE("-C", "1", "10");

	(void)state;
	assert_int_equal(p.err, 0);
	assert_true(p.options.interval_us == SECOND_US && p.options.count == 10);
	release(&p);
	p = PARSE("-SC4p", "181", "5");
	assert_int_equal(p.err, 0);
	assert_true(p.options.nosummary);
	assert_int_equal(p.options.filter.family, 4);
	assert_int_equal(p.options.filter.rules, 1);
	assert_true(p.options.interval_us == 5 * (int64_t)SECOND_US);
	release(&p);
	p = PARSE("--noclear", "--nosummary", "--ipv6", "--pid=181");
	assert_int_equal(p.err, 0);
	assert_int_equal(p.options.filter.family, 6);
	release(&p);
}

static void words_are_files_or_numbers(void **state)
{
	struct parsed p = PARSE("a", "0.25", "-i", "7", "-", "3", "--", "8", "-S");

	(void)state;
	assert_int_equal(p.err, 0);
	assert_true(p.options.interval_us == SECOND_US / 4 && p.options.count == 3);
	assert_int_equal(p.options.files, 5);
	assert_string_equal(p.options.file[0], "a");
	assert_string_equal(p.options.file[1], "7");
	assert_string_equal(p.options.file[2], "-");
	assert_string_equal(p.options.file[3], "8");
	assert_string_equal(p.options.file[4], "-S");
	assert_false(p.options.nosummary);
	release(&p);
}

static void long_and_short_spellings(void **state)
{
	struct parsed p =
		PARSE("--top", "--cs", "-n5", "--sort=calls", "--by", "peer", "--ut", "-q");

	(void)state;
	assert_int_equal(p.err, 0);
	assert_int_equal(p.options.view, VIEW_TOP);
	assert_true(p.options.rows == 5 && p.options.csv && p.options.utc && p.options.quiet);
	assert_int_equal(p.options.sort, SORT_CALLS);
	assert_int_equal(p.options.by, BY_PEER);
	release(&p);
	p = PARSE("--top=3");
	assert_true(p.options.rows == 3);
	release(&p);
	p = PARSE("--top", "x");
	assert_true(p.options.rows == 10);
	assert_string_equal(p.options.file[0], "x");
	release(&p);
}

static void help_and_version_come_first(void **state)
{
	struct parsed p = PARSE("-S", "-h", "--nonsense");

	(void)state;
	assert_int_equal(p.err, 0);
	assert_int_equal(p.options.action, ACTION_HELP);
	release(&p);
	p = PARSE("--version");
	assert_int_equal(p.options.action, ACTION_VERSION);
	release(&p);
}

static void unknown_options(void **state)
{
	(void)state;
	REFUSED("unknown option '--nonsense'", "--nonsense");
	REFUSED("unknown option '--nonsense'", "--nonsense=5");
	REFUSED("unknown option '-Z'", "-SZ");
	REFUSED("unknown option '-\\x1B'", "-\x1b");
	REFUSED("unknown option '-1'", "-1");
	REFUSED("option '--in' may be '--info' or '--input'", "--in");
	REFUSED("option '--csv' takes no value", "--csv=yes");
	REFUSED("option '--pid' needs a value: PID[,PID...]", "--pid");
	REFUSED("option '-p' needs a value: PID[,PID...]", "-p");
	REFUSED("option '-n' needs a value: N", "-Sn");
	REFUSED("option '--by' needs a value: KEY", "--by");
	REFUSED("option '--sort' needs a value: ORDER", "--sort");
	REFUSED("option '-i' needs a value: FILE", "-i");
}

static void bad_values(void **state)
{
	(void)state;
	REFUSED("option '--top': '0' is not a whole number from 1", "--top=0");
	REFUSED("option '--top': '' is not a whole number from 1", "--top=");
	REFUSED("option '-n': '-1' is not a whole number from 1", "-n", "-1");
	REFUSED("option '-n': '4294967296' is not a whole number from 1", "-n", "4294967296");
	REFUSED("option '--rows': '1.5' is not a whole number from 1", "--rows=1.5");
	REFUSED("option '-p': '1,x\\x0A' is not a list of process ids such as 12,345", "-p",
		"1,x\n");
	REFUSED("option '-p': '0' is not a list of process ids such as 12,345", "-p0");
	REFUSED("option '--comm': '!' is not a pattern such as 'nginx*'", "--comm=!");
	REFUSED("option '--cgroup': '' is not a pattern such as '/system.slice/*'", "--cgroup=");
	REFUSED("option '--laddr': 'x' is not a list of addresses or networks such as "
		"10.0.0.0/8,::1",
		"--laddr=x");
	REFUSED("option '--raddr': '1/8' is not a list of addresses or networks such as "
		"10.0.0.0/8,::1",
		"--raddr=1/8");
	REFUSED("option '--port': '0x50' is not a list of ports such as 80,8000-8100",
		"--port=0x50");
	REFUSED("option '--lport': '9-8' is not a list of ports such as 80,8000-8100",
		"--lport=9-8");
	REFUSED("option '--rport': '' is not a list of ports such as 80,8000-8100", "--rport=");
	REFUSED("option '--pid': '' is not a list of process ids such as 12,345", "--pid=");
	REFUSED("option '--by': 'host' is none of session, process, comm, cgroup, laddr, raddr, "
		"lport, rport, peer",
		"--by=host");
	REFUSED("option '--sort': 'name' is none of total, rx, tx, calls", "--sort", "name");
	REFUSED("option '--since': 'noon' is no time; give one such as 2026-11-20T09:55:00Z, "
		"'2026-11-20 09:55', 09:55:30, @1795168500, +90s, -5m",
		"--since=noon");
	REFUSED("option '--until': '' is no time; give one such as 2026-11-20T09:55:00Z, "
		"'2026-11-20 09:55', 09:55:30, @1795168500, +90s, -5m",
		"--until=");
	REFUSED("option '--tz': 'CET' is none of recorder, local, utc; for others set TZ",
		"--tz=CET");
	REFUSED("a file's name is empty", "");
	REFUSED("standard input ('-') is given twice", "-", "-i-");
}

static void bad_numbers(void **state)
{
	(void)state;
	REFUSED("INTERVAL '0' is not between 0.001 and 31622400 seconds", "0");
	REFUSED("INTERVAL '0.0009' is not between 0.001 and 31622400 seconds", "0.0009");
	REFUSED("INTERVAL '0.0000001' is not between 0.001 and 31622400 seconds", "0.0000001");
	REFUSED("INTERVAL '1.2.3' is not between 0.001 and 31622400 seconds", "1.2.3");
	REFUSED("INTERVAL '31622401' is not between 0.001 and 31622400 seconds", "31622401");
	REFUSED("INTERVAL '99999999999999999999' is not between 0.001 and 31622400 seconds",
		"99999999999999999999");
	REFUSED("COUNT '0' is not a whole number from 1", "1", "0");
	REFUSED("COUNT '1.5' is not a whole number from 1", "1", "1.5");
	REFUSED("'3' is one number too many after INTERVAL and COUNT; a file of that name is './3'",
		"1", "2", "3");
}

static void contradictions(void **state)
{
	(void)state;
	REFUSED("options '-4' and '-6' exclude each other", "-46");
	REFUSED("options '--ipv6' and '-4' exclude each other", "--ipv6", "-4");
	REFUSED("options '--top' and '--events' exclude each other", "--top=5", "--events");
	REFUSED("options '--events' and '--info' exclude each other", "--events", "--info");
	REFUSED("options '--info' and '--csv' exclude each other", "--csv", "--info");
	REFUSED("options '--info' and '--json' exclude each other", "--json", "--info");
	REFUSED("options '--csv' and '--json' exclude each other", "--json", "--csv");
	REFUSED("options '--bytes' and '--human' exclude each other", "--human", "--bytes");
	REFUSED("INTERVAL is for the interval tables; '--top' has none, but '-n' for its rows",
		"--top", "5");
	REFUSED("INTERVAL is for the interval tables; '--info' has none", "--info", "5");
	REFUSED("'--info' is about whole files: it knows no filter, key, order or number of rows",
		"--info", "-4");
	REFUSED("'--info' is about whole files: it knows no filter, key, order or number of rows",
		"--info", "-n1");
	REFUSED("options '--events' and '--sort' exclude each other: samples are in order of time",
		"--events", "--sort=rx");
	REFUSED("'--events' with '--by' needs '--csv' or '--json'", "--events", "--by=comm");
}

static void help_names_every_option(void **state)
{
	static const char *const words[] = {"--top[=N]", "--events", "--info", "-i, --input FILE",
		"-p, --pid PID[,PID...]", "-4, --ipv4", "-6, --ipv6", "--by KEY", "--sort ORDER",
		"-n, --rows N", "--csv", "--utc", "-S, --nosummary", "-C, --noclear", "-q, --quiet",
		"-h, --help", "--version", "Examples:", "Exit status:"};
	struct memory m;
	struct out *out = memory_out(&m);

	(void)state;
	options_help(out);
	out_flush(out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_non_null(strstr(m.text, words[i]));
	for (char *line = strtok(m.text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 90);
	out_free(out);
	free(m.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(command_lines_of_tcptop),
		cmocka_unit_test(words_are_files_or_numbers),
		cmocka_unit_test(long_and_short_spellings),
		cmocka_unit_test(help_and_version_come_first),
		cmocka_unit_test(unknown_options),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(bad_numbers),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests_name("report_options", tests, NULL, NULL);
}
