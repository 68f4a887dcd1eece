/* SPDX-License-Identifier: MIT */
#include "recorder.h"

#include "capture.h"
#include "clock_set.h"
#include "command.h"
#include "outage.h"
#include "privileges.h"
#include "pulse.h"
#include "signals.h"
#include "status.h"
#include "store.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND_US 1000000u

enum {
	POLL_LEAST_US = 1000,
	POLL_MOST_US = 400000,       /* less than a ring holds of a million calls a second */
	PATIENT_DRAINS = 1000,       /* of 1 ms: for a record that somebody is still writing */
	PATIENCE_US = 5 * SECOND_US, /* with a reader that takes nothing, at the end */
};

struct recorder {
	const struct options *options;
	struct capture capture;
	struct store store;
	struct command command;
	struct status status;
	struct signals signals;
	struct clock_set clock_set;
	struct outage outage;

	uint64_t poll_us;    /* from one drain to the next */
	uint64_t flushed_us; /* what came before is with the sink */
	struct pulse pulse;
	int interrupts; /* signals that ask for an end, so far */
	bool done;
	bool failed; /* exit status 1 */
	bool broken; /* the output takes nothing any more, and that was said */
};

static void complain(struct recorder *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says what went wrong; the recording ends, and with status 1. */
static void complain(struct recorder *r, const char *format, ...)
{
	va_list args;

	status_clear(&r->status);
	va_start(args, format);
	fputs("tcptop-record: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	r->failed = true;
	r->done = true;
}

/* --- Setting up ----------------------------------------------------------------------------- */

static bool is_good(struct recorder *r, int err, const char *error)
{
	if (err)
		complain(r, "%s", error);
	return !err;
}

static bool load(struct recorder *r)
{
	char error[TRACER_ERROR_SIZE];

	return is_good(r, capture_load(&r->capture, r->options, error), error);
}

static bool check_place(struct recorder *r)
{
	char error[OUTPUT_ERROR_SIZE];

	return is_good(r, store_check(r->options, error), error);
}

/* Before an older recording is set aside for nothing. */
static bool check_command(struct recorder *r)
{
	char **command = r->options->command;
	int err = command ? command_look(*command) : 0;

	if (!err)
		return true;
	complain(r, "cannot run '%s': %s", *command,
		err == -ENOENT ? "there is no such program"
			       : "it is no program, or not executable");
	r->command.ended = true;
	r->command.status = command_failure(err);
	return false;
}

static bool open_store(struct recorder *r)
{
	char error[OUTPUT_ERROR_SIZE];

	if (!is_good(r, store_open(&r->store, r->options, error), error))
		return false;
	/* What reads from a pipe mostly writes to the same terminal: tcptop-report, live. */
	r->status.terminal =
		isatty(STDERR_FILENO) && !(r->store.output.is_stdout && r->store.output.stream);
	return true;
}

static bool describe(struct recorder *r, char **argv)
{
	int err = capture_describe(&r->capture, r->options, argv);

	if (err)
		complain(r, "cannot describe this host: %s", strerror(-err));
	return !err;
}

static bool begin_store(struct recorder *r)
{
	int err = store_begin(&r->store, &r->capture.header);

	if (!err)
		err = capture_begin(&r->capture, r->store.writer);
	if (err)
		complain(r, "cannot start the recording: %s", fmt_status_text(err));
	return !err;
}

static bool prepare_command(struct recorder *r)
{
	int err;

	if (!r->options->command)
		return true;
	err = command_prepare(&r->command, r->options->command, &r->signals.before,
		&r->options->user, r->store.output.is_stdout);
	if (err)
		complain(r, "cannot start a process for '%s': %s", r->options->command[0],
			strerror(-err));
	return !err;
}

/* Attaches, and sees whether the probes see. A failure is said here and in the file. */
static bool attach(struct recorder *r)
{
	char error[TRACER_ERROR_SIZE];
	bool seen = true;

	if (!is_good(r, capture_attach(&r->capture, &seen, error), error))
		return false;
	if (!seen)
		status_warn(&r->status,
			"the self-test failed, so this recording may lack calls; "
			"see tcptop-record --check:\n%s",
			r->capture.selftest);
	return true;
}

static bool drop_privileges(struct recorder *r)
{
	int err = privileges_drop(&r->options->user);

	if (err)
		complain(r, "cannot give up privileges: %s", strerror(-err));
	return !err;
}

/* --- While it runs -------------------------------------------------------------------------- */

/*
 * What the writer answered. A disk that may have room again later is mind_output()'s concern; any
 * other failure ends the recording, with one line.
 */
static void check_output(struct recorder *r, int status)
{
	const struct output *out = &r->store.output;

	if (status >= 0 || r->broken)
		return;
	if (status == FMT_EIO && (!out->error || output_may_recover(out)))
		return;
	r->broken = true;
	r->done = true;
	if (out->error == -EPIPE) /* it has had enough, which is no failure */
		status_reader_gone(&r->status, out->name);
	else if (out->error)
		complain(r, "%s: %s after %llu bytes; what was written stays readable", out->name,
			strerror(-out->error), (unsigned long long)out->size);
	else
		complain(r, "cannot go on: %s", fmt_status_text(status));
}

static void mind_output(struct recorder *r, uint64_t now_us)
{
	char words[OUTAGE_WORDS];

	if (!r->broken && outage_look(&r->outage, &r->store, now_us, words))
		status_warn(&r->status, "%s", words);
}

/* False if a call before now_ns is still to come. */
static bool drain(struct recorder *r, uint64_t now_ns)
{
	check_output(r, collector_drain(r->capture.collector, now_ns));
	return !collector_held_back(r->capture.collector);
}

/* Up to a moment that it returns: what somebody is still writing is waited for, within reason. */
static uint64_t drain_all(struct recorder *r)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	uint64_t now_ns = clock_boot_ns();
	int tries = 0;

	while (!drain(r, now_ns) && ++tries < PATIENT_DRAINS) {
		nanosleep(&moment, NULL);
		now_ns = clock_boot_ns();
	}
	return now_ns / 1000;
}

static void beat(struct recorder *r, uint64_t now_us)
{
	bool known = !r->pulse.skipped_unknown;

	check_output(r, pulse_second(&r->pulse, r->store.writer, r->capture.tracer, now_us));
	if (known && r->pulse.skipped_unknown)
		status_warn(&r->status,
			"this kernel does not say how often it skips a probe; such calls would be "
			"missing unnoticed");
}

static void care(struct recorder *r, uint64_t now_us)
{
	char error[OUTPUT_ERROR_SIZE];

	if (store_care(&r->store, now_us, error))
		status_warn(&r->status, "%s", error);
}

static void flush(struct recorder *r, uint64_t now_us)
{
	check_output(r, store_flush(&r->store, now_us));
	care(r, now_us);
	r->flushed_us = now_us;
}

/* Begins another file when it is time to, and stops when all of them are large enough. */
static void mind_size(struct recorder *r, uint64_t now_us)
{
	uint64_t most = r->options->max_size;
	char error[OUTPUT_ERROR_SIZE];
	int status;

	if (store_is_due(&r->store, now_us)) {
		if (store_rotate(&r->store, now_us, r->pulse.wall_offset_us, &status, error))
			status_warn(&r->status, "%s", error);
		check_output(r, status);
		pulse_renew(&r->pulse);
		check_output(r, pulse_clock(&r->pulse, r->store.writer, now_us));
		flush(r, now_us);
	}
	if (most && store_bytes(&r->store) >= most) {
		status_warn(&r->status, "stopped, as --max-size is reached");
		r->done = true;
	}
}

static void step(struct recorder *r)
{
	uint64_t now_ns = clock_boot_ns(), now_us = now_ns / 1000;
	struct totals totals;
	bool told = false;

	/* With too much on its way to a slow reader the rings wait, and what they cannot hold is
	 * summed up by session. */
	if (output_waiting(&r->store.output) < STREAM_PLENTY)
		told = drain(r, now_ns);
	/* Behind what came by the clock as it was: when it is set, that is why we are awake. */
	check_output(r, pulse_clock(&r->pulse, r->store.writer, now_us));
	/* Readers take it that all before a load average is told. */
	if (told)
		beat(r, now_us);
	/* Not a moment before the next drain would be too late. */
	if (now_us + r->poll_us - r->flushed_us >= r->options->flush_us)
		flush(r, now_us);
	mind_output(r, now_us);
	mind_size(r, now_us);
	totals = store_totals(&r->store);
	status_live(&r->status, now_us, &totals, store_bytes(&r->store));
}

/* Comes back before a ring can be full, and seldom while there is little to do. */
static void choose_poll(struct recorder *r)
{
	double fill = collector_fill(r->capture.collector);
	/* What came just after a drain is with the sink after the next, and that takes time. */
	uint64_t most = r->options->flush_us - r->options->flush_us / 8;

	if (fill > 0.25)
		r->poll_us /= 2;
	else if (fill < 0.06)
		r->poll_us *= 2;
	if (most > POLL_MOST_US)
		most = POLL_MOST_US;
	if (r->poll_us > most)
		r->poll_us = most;
	if (r->poll_us < POLL_LEAST_US)
		r->poll_us = POLL_LEAST_US;
}

static void stop(struct recorder *r)
{
	if (!r->command.pid)
		r->done = true;
	else /* it ends the recording when it has ended itself */
		command_signal(&r->command, r->interrupts > 1 ? SIGKILL : SIGTERM);
}

static uint64_t left_us(const struct recorder *r)
{
	uint64_t end_us = r->status.start_us + r->options->duration_us;
	uint64_t now_us = clock_boot_ns() / 1000;

	if (!r->options->duration_us)
		return UINT64_MAX;
	return end_us > now_us ? end_us - now_us : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* For signals, the end of COMMAND, room in the output, and a clock that is set. */
static void wait_for(struct recorder *r, uint64_t us)
{
	struct pollfd others[SIGNALS_OTHERS] = {
		output_poll(&r->store.output), clock_set_poll(&r->clock_set)};
	int interrupts = signals_wait(&r->signals, others, us);

	for (int i = 0; i < interrupts; i++) {
		r->interrupts++;
		stop(r);
	}
	if (command_ended(&r->command))
		r->done = true;
	output_polled(&r->store.output, others[0].revents);
	clock_set_polled(&r->clock_set, others[1].revents);
	if (r->store.output.error == -EPIPE)
		check_output(r, FMT_EIO);
}

static void run(struct recorder *r)
{
	while (!r->done) {
		uint64_t next = store_left_us(&r->store, clock_boot_ns() / 1000);

		wait_for(r, least(least(left_us(r), next), r->poll_us));
		step(r);
		choose_poll(r);
		if (!left_us(r))
			r->done = true;
	}
}

/* --- The end -------------------------------------------------------------------------------- */

/* What a slow reader has not taken yet: as long as it takes some now and then, and nobody presses.
 */
static void deliver(struct recorder *r)
{
	const struct output *out = &r->store.output;
	uint64_t now_us = clock_boot_ns() / 1000, moved_us = now_us;
	size_t left = output_waiting(out);
	int interrupts = r->interrupts;

	if (left && !r->broken)
		status_waiting(&r->status, out->name, left);
	while (left && !r->broken && r->interrupts == interrupts &&
		now_us - moved_us < PATIENCE_US) {
		wait_for(r, POLL_MOST_US);
		now_us = clock_boot_ns() / 1000;
		if (output_waiting(out) < left)
			moved_us = now_us;
		left = output_waiting(out);
	}
}

static void settle(struct recorder *r)
{
	char error[OUTPUT_ERROR_SIZE];

	while (store_settle(&r->store, error))
		status_warn(&r->status, "%s", error);
}

/* What the output has not taken in the end. */
static void check_rest(struct recorder *r, struct totals *totals)
{
	struct totals rest = store_undelivered(&r->store);
	char words[OUTAGE_WORDS];

	if (r->store.output.error == -EPIPE) { /* what the reader did not want is no loss */
		totals->lost = (struct volume){0};
		return;
	}
	if (!r->broken && outage_rest(&r->store, words)) {
		complain(r, "%s", words);
		r->status.untold = true;
	}
	totals->samples -= rest.samples;
	volume_subtract(&totals->volume, &rest.volume);
	volume_add(&totals->lost, &rest.volume);
}

static void finish(struct recorder *r)
{
	uint64_t now_us, ended_us = clock_boot_ns() / 1000, bytes;
	struct totals totals;
	int err;

	tracer_detach(r->capture.tracer);
	now_us = drain_all(r);
	check_output(r, pulse_skipped(&r->pulse, r->store.writer, r->capture.tracer, now_us));
	if (!r->broken)
		check_output(r, store_finish(&r->store, now_us));
	deliver(r);
	settle(r);
	totals = store_totals(&r->store);
	check_rest(r, &totals);
	bytes = store_bytes(&r->store) - output_waiting(&r->store.output);
	err = store_close(&r->store);
	if (err)
		complain(r, "%s: %s on closing; its end may be missing", r->store.output.name,
			strerror(-err));
	status_summary(&r->status, ended_us, &totals, bytes, r->store.output.name,
		r->store.header.part + 1);
}

/* A disk that is full already, or the like. */
static bool check_start(struct recorder *r)
{
	const struct output *out = &r->store.output;

	if (r->broken || !out->error)
		return true;
	complain(r, "%s: %s; nothing could be recorded", out->name, strerror(-out->error));
	return false;
}

/* The file has its header before we say ready. False if COMMAND cannot be run. */
static bool begin(struct recorder *r)
{
	uint64_t now_us = clock_boot_ns() / 1000;
	int err;

	clock_set_open(&r->clock_set);
	r->status.start_us = now_us;
	r->poll_us = POLL_LEAST_US;
	pulse_init(&r->pulse, now_us);
	check_output(r, pulse_clock(&r->pulse, r->store.writer, now_us));
	now_us = drain_all(r);
	beat(r, now_us);
	flush(r, now_us);
	if (!check_start(r))
		return false;
	if (r->done) /* which was said */
		return true;
	status_ready(&r->status, r->store.output.name, tracer_hooks(r->capture.tracer),
		r->options->command);
	if (!r->options->command)
		return true;
	err = command_run(&r->command);
	if (!err)
		return true;
	complain(r, "cannot run '%s': %s", r->options->command[0], strerror(-err));
	return false;
}

/* The file that is opened goes again where it comes to nothing. */
static bool set_up(struct recorder *r, char **argv)
{
	if (!check_place(r) || !check_command(r) || !load(r) || !open_store(r))
		return false;
	if (describe(r, argv) && attach(r) && begin_store(r) && prepare_command(r) &&
		drop_privileges(r) && begin(r))
		return true;
	store_discard(&r->store);
	return false;
}

static void tear_down(struct recorder *r)
{
	capture_free(&r->capture);
	store_free(&r->store);
	signals_close(&r->signals);
	clock_set_close(&r->clock_set);
}

static int exit_status(const struct recorder *r)
{
	if (r->options->command && r->command.ended && (r->command.status || !r->failed))
		return r->command.status;
	return r->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int recorder_run(const struct options *options, char **argv)
{
	struct recorder *r = calloc(1, sizeof(*r));
	int status;

	if (!r) {
		fputs("tcptop-record: no memory\n", stderr);
		return EXIT_FAILURE;
	}
	r->options = options;
	r->store.output.fd = r->signals.fd = r->clock_set.fd = -1;
	r->command = (struct command)COMMAND_NONE;
	r->status.quiet = options->quiet;
	if (signals_catch(&r->signals))
		complain(r, "cannot catch signals: %s", strerror(errno));
	else if (set_up(r, argv)) {
		run(r);
		finish(r);
	}
	command_stop(&r->command);
	status = exit_status(r);
	tear_down(r);
	free(r);
	return status;
}
