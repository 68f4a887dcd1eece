/* SPDX-License-Identifier: MIT */
/*
 * capture.h: the probes and all that is needed to make samples of what they see: the collector, the
 * cgroups, and what the recording's header says of the host. For recorder.c, in this order.
 */
#ifndef RECORD_CAPTURE_H
#define RECORD_CAPTURE_H

#include "collector.h"
#include "host.h"
#include "options.h"
#include "selftest.h"
#include "tracer.h"

enum { CAPTURE_FILTERS = 16384 + 12 * TRACER_PIDS };

/* All zero at first. */
struct capture {
	struct tracer *tracer;
	struct collector *collector;
	struct cgroups *cgroups;
	struct header header; /* its texts are here and the tracer's */
	struct host_texts texts;
	char filters[CAPTURE_FILTERS], selftest[SELFTEST_SIZE];
};

/* Loads the probes. 0, or a negative errno with one line in `error`. */
int capture_load(struct capture *c, const struct options *o, char error[TRACER_ERROR_SIZE]);

/* Fills the header but for the self-test. 0 or a negative errno. */
int capture_describe(struct capture *c, const struct options *o, char **argv);

/* Attaches, and sees whether the probes see; *seen: they do. As capture_load(). */
int capture_attach(struct capture *c, bool *seen, char error[TRACER_ERROR_SIZE]);

/* From now on samples go to this writer. Answers enum fmt_status. */
int capture_begin(struct capture *c, struct writer *writer);

void capture_free(struct capture *c);

#endif
