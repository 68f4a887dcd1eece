/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include "reading.h"

int reader_extent(struct reader *r, struct extent *extent)
{
	struct extent *e = &r->extent;

	if (!r->fresh || r->head < r->len || !r->scan.in.read_at)
		return FMT_END;
	if (!r->has_extent || e->recording != r->recording || e->seq != r->group ||
		e->offset != r->offset) {
		*e = (struct extent){
			.recording = r->recording, .offset = r->offset, .seq = r->group};
		e->before = r->scan.stats;
		e->before.blocks--;
		e->before.groups--;
		r->has_extent = scan_extent(&r->scan, r->group, e) == FMT_OK;
	}
	*extent = *e;
	return r->has_extent ? FMT_OK : FMT_END;
}

int reader_peek(struct reader *r, const struct summary **summary)
{
	struct scan *s = &r->scan;
	uint64_t offset = s->in.offset + s->skip;
	uint32_t seq = s->next_seq;
	struct extent e;
	struct found f;
	int status = reader_extent(r, &e);

	if (status)
		return status;
	status = scan_block(s, e.summary, e.end_seq - 1, &f);
	if (!status)
		status = decoder_open(&r->decoder, f.payload, f.header.payload);
	if (!status)
		status = reading_summary(r, &f);
	scan_seek(s, offset, seq);
	if (status) {
		/* Whatever is wrong there is told when it is its turn. */
		defs_clear(&r->defs);
		r->sessions = r->unknown = 0;
		return FMT_END;
	}
	*summary = &r->summary;
	return FMT_OK;
}

void reader_skip(struct reader *r)
{
	const struct extent *e = &r->extent;

	r->scan.stats.blocks += e->end_seq - r->scan.next_seq;
	r->fresh = false;
	scan_seek(&r->scan, e->end, e->end_seq);
}

void reader_seek(struct reader *r, const struct extent *extent)
{
	struct scan *s = &r->scan;
	uint64_t fetched = s->stats.fetched;

	r->extent = *extent;
	s->stats = extent->before;
	s->stats.fetched = fetched;
	r->has_extent = true;
	r->in_group = r->fresh = false;
	r->head = r->len = 0;
	s->known = true;
	s->recording = extent->recording;
	scan_seek(s, extent->offset, extent->seq);
}
