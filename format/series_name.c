/* SPDX-License-Identifier: MIT */
#include "series_name.h"

#include <stdio.h>
#include <string.h>

bool series_suffix(char suffix[SERIES_SUFFIX], time_t second, unsigned n)
{
	struct tm utc;

	if (n >= SERIES_AT_ONCE || !gmtime_r(&second, &utc) ||
		strftime(suffix, SERIES_SUFFIX, ".%Y%m%dT%H%M%SZ", &utc) != 1 + SERIES_STAMP)
		return false;
	if (n)
		snprintf(suffix + 1 + SERIES_STAMP, SERIES_SUFFIX - 1 - SERIES_STAMP, "-%03u", n);
	return true;
}

/* 0 in the form is any digit. */
static bool has_form(const char *text, const char *form)
{
	for (; *form; text++, form++) {
		if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	}
	return !*text;
}

size_t series_base(const char *name)
{
	static const char *const forms[] = {".00000000T000000Z", ".00000000T000000Z-000"};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		size_t form = strlen(forms[i]);

		if (len > form && has_form(name + len - form, forms[i]))
			return len - form;
	}
	return 0;
}
