/* SPDX-License-Identifier: MIT */
#include "report/damage.h"

#include "report/text.h"
#include <inttypes.h>
#include <stdio.h>

static const char *cause(enum damage_cause cause)
{
	switch (cause) {
	case DAMAGE_GAP:
		return "no block begins where one must";
	case DAMAGE_PAYLOAD:
		return "a block's contents do not match their checksum";
	case DAMAGE_CONTENT:
		return "a block whose checksums are right breaks the rules of the format";
	case DAMAGE_MISSING:
		return "blocks are missing here";
	case DAMAGE_ORPHANS:
		return "samples whose session was defined in a damaged block";
	default:
		return "unknown damage";
	}
}

/* What a group lacks in all. */
static void sum_text(const struct damage *d, char to[DAMAGE_TEXT])
{
	int n = snprintf(to, DAMAGE_TEXT,
		"offset %" PRIu64 ": in all, the group there lacks %" PRIu64 " sample%s of %" PRIu64
		" call%s, %" PRIu64 " byte%s",
		d->offset, d->samples, text_s(d->samples), d->calls, text_s(d->calls), d->bytes,
		text_s(d->bytes));

	if (d->lost_calls || d->lost_bytes)
		snprintf(to + n, DAMAGE_TEXT - (size_t)n,
			", and losses of %" PRIu64 " call%s, %" PRIu64 " byte%s", d->lost_calls,
			text_s(d->lost_calls), d->lost_bytes, text_s(d->lost_bytes));
}

void damage_text(const struct damage *d, char to[DAMAGE_TEXT])
{
	int n;

	if (d->cause == DAMAGE_SUM) {
		sum_text(d, to);
		return;
	}
	n = snprintf(to, DAMAGE_TEXT, "offset %" PRIu64 ", %" PRIu64 " byte%s: %s", d->offset,
		d->length, text_s(d->length), cause(d->cause));
	if (d->samples_known)
		snprintf(to + n, DAMAGE_TEXT - (size_t)n, "; %" PRIu64 " sample%s not shown",
			d->samples, d->samples == 1 ? " is" : "s are");
}
