/* SPDX-License-Identifier: MIT */
#include "report/losses.h"

#include "report/clock.h"
#include "report/line.h"
#include "report/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const causes[LOSS_CAUSES] = {
	[0] = "unknown cause",
	[LOST_RING] = "ring full",
	[LOST_SESSION] = "session unknown",
	[LOST_DISK] = "not written",
	[LOST_HOOK] = "probe skipped",
	[LOST_MEMORY] = "no memory",
};

const char *losses_cause(size_t cause)
{
	return causes[cause < LOSS_CAUSES ? cause : 0];
}

void losses_add(struct losses *l, const struct loss *loss, int64_t wall_offset_us)
{
	struct loss_sum *sum = &l->cause[loss->cause < LOSS_CAUSES ? loss->cause : 0];
	int64_t from = clock_wall(loss->from_us, wall_offset_us);
	int64_t to = clock_wall(loss->to_us, wall_offset_us);

	for (int d = 0; d < 2; d++) {
		sum->volume.calls[d] += loss->volume.calls[d];
		sum->volume.bytes[d] += loss->volume.bytes[d];
	}
	if (!sum->any || from < sum->from_us)
		sum->from_us = from;
	if (!sum->any || to > sum->to_us)
		sum->to_us = to;
	sum->any = true;
}

bool losses_any(const struct losses *l)
{
	for (size_t i = 0; i < LOSS_CAUSES; i++) {
		if (l->cause[i].any)
			return true;
	}
	return false;
}

void losses_clear(struct losses *l)
{
	memset(l, 0, sizeof(*l));
}

void losses_text(const struct losses *l, char to[LOSSES_TEXT])
{
	const char *before = " (";
	uint64_t calls = 0, bytes = 0;
	int n;

	for (size_t i = 0; i < LOSS_CAUSES; i++) {
		const struct volume *v = &l->cause[i].volume;

		calls += v->calls[DIR_RX] + v->calls[DIR_TX];
		bytes += v->bytes[DIR_RX] + v->bytes[DIR_TX];
	}
	n = snprintf(to, LOSSES_TEXT, "%" PRIu64 " call%s, %" PRIu64 " byte%s", calls,
		text_s(calls), bytes, text_s(bytes));
	for (size_t i = 0; i < LOSS_CAUSES; i++) {
		if (!l->cause[i].any)
			continue;
		n += snprintf(to + n, LOSSES_TEXT - (size_t)n, "%s%s", before, causes[i]);
		before = ", ";
	}
	if (losses_any(l))
		snprintf(to + n, LOSSES_TEXT - (size_t)n, ")");
}

void losses_json(const struct losses *l, const char *host, struct out *out)
{
	char epoch[CLOCK_SIZE];
	struct line line;

	for (size_t i = 0; i < LOSS_CAUSES; i++) {
		const struct loss_sum *sum = &l->cause[i];

		if (!sum->any)
			continue;
		line_begin(&line, out, LINE_JSON);
		line_open(&line, "lost");
		line_text(&line, "host", host);
		clock_epoch(epoch, sum->from_us, false);
		line_number(&line, "from_epoch", epoch);
		clock_epoch(epoch, sum->to_us, false);
		line_number(&line, "to_epoch", epoch);
		line_word(&line, "cause", causes[i]);
		line_u64(&line, "rx_calls", sum->volume.calls[DIR_RX]);
		line_u64(&line, "tx_calls", sum->volume.calls[DIR_TX]);
		line_u64(&line, "rx_bytes", sum->volume.bytes[DIR_RX]);
		line_u64(&line, "tx_bytes", sum->volume.bytes[DIR_TX]);
		line_close(&line);
		line_end(&line);
	}
}
