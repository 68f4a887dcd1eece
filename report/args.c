/* SPDX-License-Identifier: MIT */
#include "report/args.h"

#include "report/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void args_init(struct args *a, const struct arg_option *options, int argc, char *const *argv)
{
	memset(a, 0, sizeof(*a));
	a->options = options;
	a->argc = argc;
	a->argv = argv;
	a->at = 1;
}

static int fail(struct args *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(struct args *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(a->error, sizeof(a->error), format, args);
	va_end(args);
	return ARG_ERROR;
}

static void spell(struct args *a, const char *dashes, const char *name, size_t len)
{
	char raw[sizeof(a->spelt)];

	snprintf(raw, sizeof(raw), "%s%.*s", dashes, len < 50 ? (int)len : 50, name);
	text_escape(a->spelt, sizeof(a->spelt), raw, TEXT_ALL);
}

static int unknown(struct args *a)
{
	a->unknown = true;
	return fail(a, "unknown option '%s'", a->spelt);
}

static int next_letter(struct args *a)
{
	const struct arg_option *o = a->options;
	char letter = *a->letters++;

	while (o->id && o->letter != letter)
		o++;
	spell(a, "-", &letter, 1);
	if (!o->id)
		return unknown(a);
	if (o->need == VALUE_NEEDED) {
		if (*a->letters)
			a->value = a->letters;
		else if (a->at < a->argc)
			a->value = a->argv[a->at++];
		else
			return fail(a, "option '%s' needs a value: %s", a->spelt, o->value);
		a->letters = "";
	}
	return o->id;
}

/* The option of this name, or the only one whose name begins so. */
static const struct arg_option *find_name(struct args *a, const char *name, size_t len)
{
	const struct arg_option *found = NULL;

	for (const struct arg_option *o = a->options; o->id; o++) {
		if (!o->name || strncmp(o->name, name, len) != 0)
			continue;
		if (!o->name[len])
			return o;
		if (found) {
			fail(a, "option '%s' may be '--%s' or '--%s'", a->spelt, found->name,
				o->name);
			return NULL;
		}
		found = o;
	}
	if (!found)
		unknown(a);
	return found;
}

static int next_name(struct args *a, const char *name)
{
	size_t len = strcspn(name, "=");
	const struct arg_option *o;

	spell(a, "--", name, len);
	o = find_name(a, name, len);
	if (!o)
		return ARG_ERROR;
	spell(a, "--", o->name, strlen(o->name));
	if (name[len] && o->need == VALUE_NONE)
		return fail(a, "option '%s' takes no value", a->spelt);
	if (name[len])
		a->value = name + len + 1;
	else if (o->need == VALUE_NEEDED && a->at == a->argc)
		return fail(a, "option '%s' needs a value: %s", a->spelt, o->value);
	else if (o->need == VALUE_NEEDED)
		a->value = a->argv[a->at++];
	return o->id;
}

int args_next(struct args *a)
{
	const char *word;

	a->value = NULL;
	if (a->letters && *a->letters)
		return next_letter(a);
	if (a->at >= a->argc)
		return ARG_END;
	word = a->argv[a->at++];
	if (a->words_only || word[0] != '-' || !word[1]) {
		a->value = word;
		return ARG_WORD;
	}
	if (word[1] != '-') {
		a->letters = word + 1;
		return next_letter(a);
	}
	if (word[2])
		return next_name(a, word + 2);
	a->words_only = 1;
	return args_next(a);
}
