/* SPDX-License-Identifier: MIT */
/* tcptop-record: streams a sample of every TCP send and receive into a file. */
#include "check.h"
#include "options.h"
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

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
	struct options options;
	int status = EXIT_SUCCESS;

	hold_descriptors();
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_RUN:
		status = options.check ? check_run(&options) : recorder_run(&options, argv);
		break;
	case OPTIONS_DONE:
		break;
	case OPTIONS_BAD:
		status = EXIT_USAGE;
	}
	options_free(&options);
	return status;
}
