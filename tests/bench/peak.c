/* SPDX-License-Identifier: MIT */
/*
 * peak.c: runs a command, then prints on descriptor 3 what it took: seconds on the wall, seconds
 * of CPU, KiB of memory at the most. A program of its own, for a process starts with the peak of
 * the one that made it, and this one is small.
 *
 * Usage: peak COMMAND [ARG]... 3>FILE
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	double start = seconds();
	struct rusage used;
	int status;
	pid_t pid;

	pid = argc > 1 ? fork() : -1;
	if (!pid) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) < 0) {
		perror("peak");
		return 127;
	}
	dprintf(3, "%.6f %.6f %ld\n", seconds() - start, of(used.ru_utime) + of(used.ru_stime),
		used.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
