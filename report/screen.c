/* SPDX-License-Identifier: MIT */
#include "report/screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool stdin_is_pipe(void)
{
	struct stat st;

	return !fstat(STDIN_FILENO, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

bool screen_is_live(const struct options *o)
{
	for (size_t i = 0; i < o->files; i++) {
		if (!strcmp(o->file[i], "-") && stdin_is_pipe())
			return true;
	}
	return o->follow;
}

bool screen_clears(const struct options *o)
{
	return !o->noclear && !o->csv && !o->json && isatty(STDOUT_FILENO) && screen_is_live(o);
}

int screen_width(void)
{
	const char *columns = getenv("COLUMNS");
	long wanted = columns ? strtol(columns, NULL, 10) : 0;
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (wanted > 0 && wanted <= UINT16_MAX)
		return (int)wanted;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

bool screen_shows_progress(const struct options *o)
{
	bool silent = o->view == VIEW_TOP || o->view == VIEW_INFO || o->view == VIEW_HTML ||
		      !isatty(STDOUT_FILENO);

	return silent && !o->quiet && isatty(STDERR_FILENO) && !screen_is_live(o);
}
