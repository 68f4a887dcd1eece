/* SPDX-License-Identifier: MIT */
/* tcptop-report: replays recordings of tcptop-record. Needs neither root nor Linux. */
#include "report/interrupt.h"
#include "report/log.h"
#include "report/options.h"
#include "report/out.h"
#include "report/run.h"
#include "report/screen.h"
#include "report/target.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum exit_status print_and_flush(struct out *out, const struct log *log, enum action action)
{
	int err;

	if (action == ACTION_HELP)
		options_help(out);
	else
		out_str(out, "tcptop-report " TCPTOP_VERSION "\n");
	err = out_flush(out);
	if (!err || err == -EPIPE)
		return STATUS_OK;
	log_error(log, "standard output", "%s", strerror(-err));
	return STATUS_FAILED;
}

/* POSIX has no name for it; who hides the usual one has several CPUs nevertheless. */
static unsigned int cpus(void)
{
#ifdef _SC_NPROCESSORS_ONLN
	long n = sysconf(_SC_NPROCESSORS_ONLN);
#else
	long n = 2;
#endif

	return n < 1 ? 1 : n > 1024 ? 1024 : (unsigned int)n;
}

/* So that no file that is opened later is taken for one of the three that are missing. */
static void hold_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

int main(int argc, char **argv)
{
	struct log log = {.to = stderr};
	struct target target = {.fd = STDOUT_FILENO};
	enum exit_status status = STATUS_FAILED;
	struct options options;
	struct out *out = NULL;
	int err;

	hold_descriptors();
	/* So that "| head" ends us with status 0, whatever our parent did about the signal. */
	signal(SIGPIPE, SIG_IGN);
	err = options_parse(&options, argc, argv, &log);
	log.quiet = options.quiet;
	if (err)
		status = err == -ENOMEM ? STATUS_FAILED : STATUS_USAGE;
	else if (out_new(&out, (struct out_sink){target_write, &target}))
		log_error(&log, NULL, "no memory");
	else if (options.action != ACTION_REPORT)
		status = print_and_flush(out, &log, options.action);
	else if ((err = target_open(&target, options.html, &log)))
		status = err == -EEXIST ? STATUS_USAGE : STATUS_FAILED;
	else {
		if (screen_is_live(&options))
			interrupt_spare();
		options.threads = cpus();
		status = run(&options, out, &log);
	}
	target_close(&target);
	out_free(out);
	options_clear(&options);
	return (int)status;
}
