/* SPDX-License-Identifier: MIT */
/* options.h: the command line of tcptop-record. Everyone may read it. */
#ifndef RECORD_OPTIONS_H
#define RECORD_OPTIONS_H

#include "privileges.h"
#include "tracer.h"

#include <stdbool.h>
#include <stdint.h>

#define DEFAULT_OUTPUT "tcptop.data"

struct options {
	const char *output; /* NULL: DEFAULT_OUTPUT, after renaming an older one */
	bool force;
	uint64_t duration_us; /* 0: no limit */
	uint64_t flush_us;
	uint64_t rotate_us, rotate_size; /* 0: no such reason to begin another file */
	uint64_t keep;                   /* files; 0: all */
	uint64_t max_size;               /* bytes in all; 0: no limit */
	bool udp, no_loopback;
	int family; /* AF_INET, AF_INET6, 0 */
	uint32_t *pids;
	size_t pid_count;
	const char *cgroup, *cgroupmap, *mntnsmap;
	struct event_port_range ports[EVENT_PORT_RANGES];
	size_t port_count;
	size_t ring_size; /* 0: the tracer's choice */
	enum hook hook;
	struct account user;
	bool check; /* only say what would be seen */
	bool quiet, verbose;
	char **command; /* NULL: none */
};

enum options_answer {
	OPTIONS_RUN,  /* go on */
	OPTIONS_DONE, /* --help or --version was answered: exit 0 */
	OPTIONS_BAD,  /* the error was said on standard error: exit 2 */
};

/* Strings stay those of argv. options_free() also after OPTIONS_BAD. */
enum options_answer options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);

/* The part that concerns the tracer; points into `options`. */
void options_tracer(const struct options *options, struct tracer_options *tracer);

/* What these options leave out of the recording, for its header: "pid 12,345; IPv4"; "": nothing.
 */
void options_filters(const struct options *options, char *text, size_t size);

#endif
