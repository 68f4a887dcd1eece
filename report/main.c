/* SPDX-License-Identifier: MIT */
/* tcptop-report: replays recordings of tcptop-record. Needs neither root nor Linux. */
#include "report/interrupt.h"
#include "report/log.h"
#include "report/options.h"
#include "report/out.h"
#include "report/peek.h"
#include "report/run.h"
#include "report/screen.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

/* "--html a.data" without the page's name must not cost a recording. */
static bool is_recording(const char *name)
{
	struct stat st;
	struct peek p;

	if (stat(name, &st) || !S_ISREG(st.st_mode) || access(name, R_OK))
		return false;
	peek_file(name, &p);
	return !p.foreign;
}

/* Where the report goes: standard output, or the page's file. -1 after a message. */
static int open_target(const struct options *o, const struct log *log, enum exit_status *status)
{
	int fd;

	if (!o->html || !strcmp(o->html, "-"))
		return STDOUT_FILENO;
	if (is_recording(o->html)) {
		log_error(log, o->html,
			"is a recording, which the page would replace; name the page before it, "
			"as in '--html page.html %s'",
			o->html);
		*status = STATUS_USAGE;
		return -1;
	}
	fd = open(o->html, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		log_error(log, o->html, "%s", strerror(errno));
	return fd;
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
	int fd = STDOUT_FILENO;
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
	else if (out_new(&out, (struct out_sink){out_write_fd, &fd}))
		log_error(&log, NULL, "no memory");
	else if (options.action != ACTION_REPORT)
		status = print_and_flush(out, &log, options.action);
	else if ((fd = open_target(&options, &log, &status)) >= 0) {
		if (screen_is_live(&options))
			interrupt_spare();
		options.threads = cpus();
		status = run(&options, out, &log);
	}
	out_free(out);
	options_clear(&options);
	return (int)status;
}
