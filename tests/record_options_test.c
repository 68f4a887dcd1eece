/* SPDX-License-Identifier: MIT */
/* What a good command line means. Messages about bad ones are cases of cli/. */
#include "record/options.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { WORDS = 64 };

/* `line` is cut at blanks. */
struct words {
	char text[1024];
	char *argv[WORDS + 1];
	int argc;
};

static enum options_answer parse(struct options *o, struct words *w, const char *line)
{
	char *rest;

	*w = (struct words){.argc = 0};
	rest = w->text;
	snprintf(w->text, sizeof(w->text), "some/path/of/it %s", line);
	for (w->argc = 0; w->argc < WORDS && (w->argv[w->argc] = strsep(&rest, " "));)
		w->argc += *w->argv[w->argc] != '\0';
	w->argv[w->argc] = NULL;
	optind = 0; /* getopt starts over */
	return options_parse(o, w->argc, w->argv);
}

static void assert_run(struct options *o, struct words *w, const char *line)
{
	assert_int_equal(parse(o, w, line), OPTIONS_RUN);
}

static void test_defaults(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "");
	assert_null(o.output);
	assert_null(o.pids);
	assert_null(o.command);
	assert_int_equal(o.pid_count, 0);
	assert_int_equal(o.duration_us, 0);
	assert_int_equal(o.flush_us, 250000);
	assert_int_equal(o.ring_size, 0);
	assert_int_equal(o.family, 0);
	assert_int_equal(o.hook, HOOK_AUTO);
	assert_false(o.force || o.quiet || o.verbose || o.udp || o.no_loopback || o.check);
	assert_null(o.cgroup);
	assert_null(o.cgroupmap);
	assert_null(o.mntnsmap);
	assert_int_equal(o.port_count, 0);
	/* The program has its plain name in messages and in the recording. */
	assert_string_equal(w.argv[0], "tcptop-record");
	options_free(&o);
}

static void test_short_options(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "-q -v -6 -o x -d 5m");
	assert_string_equal(o.output, "x");
	assert_int_equal(o.duration_us, 300000000);
	assert_int_equal(o.family, AF_INET6);
	assert_true(o.quiet && o.verbose);
	assert_run(&o, &w, "-qv4ox -d1");
	assert_string_equal(o.output, "x");
	assert_int_equal(o.duration_us, 1000000);
	assert_int_equal(o.family, AF_INET);
	assert_run(&o, &w, "-4 -4 -o -");
	assert_string_equal(o.output, "-");
}

static void test_long_options(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "--output=x --duration 30s --force --quiet --verbose --flush 1s");
	assert_string_equal(o.output, "x");
	assert_int_equal(o.duration_us, 30000000);
	assert_int_equal(o.flush_us, 1000000);
	assert_true(o.force && o.quiet && o.verbose);
	assert_run(&o, &w, "--hook tracepoint");
	assert_int_equal(o.hook, HOOK_TRACEPOINT);
	assert_run(&o, &w, "--hook fentry");
	assert_int_equal(o.hook, HOOK_FENTRY);
	assert_run(&o, &w, "--hook kprobe");
	assert_int_equal(o.hook, HOOK_KPROBE);
	assert_run(&o, &w, "--hook fentry --hook auto");
	assert_int_equal(o.hook, HOOK_AUTO);
}

static void test_ring_size_is_a_power_of_two(void **state)
{
	static const struct {
		const char *line;
		size_t size;
	} cases[] = {
		{"--ring-size 64K", 65536},
		{"--ring-size 65537", 131072},
		{"--ring-size 3M", 4194304},
		{"--ring-size 1G", 1073741824},
	};
	struct options o;
	struct words w;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_run(&o, &w, cases[i].line);
		assert_int_equal(o.ring_size, cases[i].size);
	}
}

static void test_pids_add_up(void **state)
{
	static const uint32_t wanted[] = {1, 22, 4194304, 333, 22};
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "-p 1,22 --pid 4194304 -p333 --pid=22");
	assert_int_equal(o.pid_count, 5);
	assert_memory_equal(o.pids, wanted, sizeof(wanted));
	options_free(&o);
	assert_null(o.pids);
	options_free(&o); /* a second time is fine */
}

static void assert_range(
	const struct event_port_range *r, unsigned from, unsigned to, unsigned side)
{
	assert_int_equal(r->from, from);
	assert_int_equal(r->to, to);
	assert_int_equal(r->side, side);
}

static void test_ports_add_up(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "--port 80 --port=1-65535 --lport 8000-8099 --rport 443-443");
	assert_int_equal(o.port_count, 4);
	assert_range(&o.ports[0], 80, 80, EVENT_PORT_ANY);
	assert_range(&o.ports[1], 1, 65535, EVENT_PORT_ANY);
	assert_range(&o.ports[2], 8000, 8099, EVENT_PORT_LOCAL);
	assert_range(&o.ports[3], 443, 443, EVENT_PORT_REMOTE);
}

static void test_as_many_ports_as_the_probes_take(void **state)
{
	char line[EVENT_PORT_RANGES * 12] = "";
	struct options o;
	struct words w;

	(void)state;
	for (int i = 0; i < EVENT_PORT_RANGES - 1; i++)
		strcat(line, "--port=7 "); /* NOLINT: it is long enough */
	assert_run(&o, &w, line);
	strcat(line, "--rport=8"); /* NOLINT */
	assert_run(&o, &w, line);
	assert_int_equal(o.port_count, EVENT_PORT_RANGES);
	assert_range(&o.ports[EVENT_PORT_RANGES - 1], 8, 8, EVENT_PORT_REMOTE);
}

/* What the tracer is told. */
static void test_filters_of_the_tracer(void **state)
{
	struct tracer_options t;
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "");
	options_tracer(&o, &t);
	assert_null(t.cgroup);
	assert_null(t.cgroupmap);
	assert_null(t.mntnsmap);
	assert_int_equal(t.pid_count + t.port_count + t.ring_size, 0);
	assert_false(t.no_loopback || t.udp || t.verbose);
	assert_run(&o, &w,
		"--cgroup a --cgroupmap b --mntnsmap c --no-loopback --udp -6 -p 7,8 --port 9 "
		"--ring-size 64K --hook kprobe -v");
	options_tracer(&o, &t);
	assert_string_equal(t.cgroup, "a");
	assert_string_equal(t.cgroupmap, "b");
	assert_string_equal(t.mntnsmap, "c");
	assert_true(t.no_loopback && t.udp && t.verbose);
	assert_int_equal(t.family, AF_INET6);
	assert_int_equal(t.pid_count, 2);
	assert_int_equal(t.pids[1], 8);
	assert_int_equal(t.port_count, 1);
	assert_range(&t.ports[0], 9, 9, EVENT_PORT_ANY);
	assert_int_equal(t.ring_size, 65536);
	assert_int_equal(t.hook, HOOK_KPROBE);
	options_free(&o);
}

static void test_rotation(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "");
	assert_int_equal(o.rotate_us + o.rotate_size + o.keep + o.max_size, 0);
	assert_run(&o, &w, "--rotate 1h --rotate-size 100M --keep 48 --max-size 2G -o x");
	assert_int_equal(o.rotate_us, UINT64_C(3600000000));
	assert_int_equal(o.rotate_size, 100u << 20);
	assert_int_equal(o.keep, 48);
	assert_int_equal(o.max_size, UINT64_C(2) << 30);
	assert_run(&o, &w, "--keep 1 --rotate-size 64K"); /* in either order */
	assert_int_equal(o.rotate_size, 65536);
	assert_run(&o, &w, "--rotate 10ms");
	assert_int_equal(o.rotate_us, 10000);
}

static void test_user(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "-q");
	assert_null(o.user.name);
	assert_run(&o, &w, "--user root");
	assert_string_equal(o.user.name, "root");
	assert_int_equal(o.user.uid, 0);
	assert_int_equal(o.user.gid, 0);
	assert_run(&o, &w, "--user 0");
	assert_non_null(o.user.name);
	assert_int_equal(o.user.uid, 0);
}

static void test_check(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "--check --udp --hook fentry");
	assert_true(o.check && o.udp);
}

static void test_free_after_a_mistake(void **state)
{
	FILE *said = stderr;
	struct options o;
	struct words w;

	(void)state;
	stderr = fopen("/dev/null", "w");
	assert_non_null(stderr);
	assert_int_equal(parse(&o, &w, "curl -q -- x"), OPTIONS_BAD); /* not `-q -- curl x` */
	assert_int_equal(parse(&o, &w, "-p 1,2 -p x"), OPTIONS_BAD);
	fclose(stderr);
	stderr = said;
	options_free(&o);
}

/* The command's options are its own. */
static void test_command(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "-q -- curl -o f -v --force -- x");
	assert_non_null(o.command);
	assert_string_equal(o.command[0], "curl");
	assert_string_equal(o.command[1], "-o");
	assert_string_equal(o.command[6], "x");
	assert_null(o.command[7]);
	assert_null(o.output);
	assert_false(o.force || o.verbose);
}

static void assert_filters(const char *line, const char *wanted)
{
	char text[256];
	struct options o;
	struct words w;

	assert_run(&o, &w, line);
	options_filters(&o, text, sizeof(text));
	assert_string_equal(text, wanted);
	options_free(&o);
}

static void test_filters_in_words(void **state)
{
	(void)state;
	assert_filters("-d 5 -o x", "");
	assert_filters("-4", "IPv4");
	assert_filters("-6", "IPv6");
	assert_filters("-p 12", "pid 12");
	assert_filters("-6 -p 12,345 -p 6", "pid 12,345,6; IPv6");
	assert_filters("--cgroup /a", "cgroup /a");
	assert_filters("--cgroupmap /b --mntnsmap /c", "cgroupmap /b; mntnsmap /c");
	assert_filters("--port 80 --lport 1-9 --rport 7-7", "port 80; lport 1-9; rport 7");
	assert_filters("-4 --no-loopback", "IPv4; no loopback");
	assert_filters("--udp --check", ""); /* leave nothing out */
}

static void test_filters_in_little_room(void **state)
{
	struct options o;
	struct words w;

	(void)state;
	assert_run(&o, &w, "-4 -p 4194301,4194302 --cgroup /a --port 1-2 --no-loopback");
	for (size_t size = 1; size < 80; size++) {
		char *text = malloc(size); /* so that a sanitizer sees a byte too many */

		assert_non_null(text);
		options_filters(&o, text, size);
		assert_true(strlen(text) < size);
		assert_memory_equal(text,
			"pid 4194301,4194302; IPv4; cgroup /a; port 1-2; no loopback",
			strlen(text));
		free(text);
	}
	options_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_short_options),
		cmocka_unit_test(test_long_options),
		cmocka_unit_test(test_ring_size_is_a_power_of_two),
		cmocka_unit_test(test_pids_add_up),
		cmocka_unit_test(test_ports_add_up),
		cmocka_unit_test(test_as_many_ports_as_the_probes_take),
		cmocka_unit_test(test_filters_of_the_tracer),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_free_after_a_mistake),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_filters_in_words),
		cmocka_unit_test(test_filters_in_little_room),
	};

	return cmocka_run_group_tests_name("record_options", tests, NULL, NULL);
}
