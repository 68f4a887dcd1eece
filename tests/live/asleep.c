/* SPDX-License-Identifier: MIT */
#include "asleep.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool asleep(int thread)
{
	char file[64], text[256];
	const char *state;
	ssize_t n = -1;
	int fd;

	snprintf(file, sizeof(file), "/proc/%d/stat", thread);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	state = strrchr(text, ')');
	return state && state[1] == ' ' && state[2] == 'S';
}

void asleep_await(int thread)
{
	unsigned times = 0;

	/* More than once, since it may sleep a moment on its way. */
	while (times < 3) {
		usleep(2000);
		times = asleep(thread) ? times + 1 : 0;
	}
}
