/* SPDX-License-Identifier: MIT */
/* The bytes of the example in FORMAT.md are those that the writer makes. */
#include "format/bytes.h"
#include "format/writer.h"
#include "tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void write_example(struct tape *t)
{
	struct header header = {.recording = 0x1122334455667788,
		.start_us = 1000000,
		.start_wall_us = 1795168500000000, /* 2026-11-20 09:55:00 UTC */
		.zone_offset_s = 3600,
		.cpus = 2,
		.host = "web"};
	struct session session = {
		.process = {.pid = 101, .start_us = 900000, .cgroup = "/", .comm = "curl"},
		.conn = {PROTO_TCP, 4, {10, 0, 0, 1}, {192, 0, 2, 80}, 40000, 443, 0}};
	struct sample sample = {.time_us = 1000010, .bytes = 517, .dir = DIR_TX, .calls = 1};
	struct writer *w;

	assert_int_equal(writer_new(&w, &header, tape_sink(t)), FMT_OK);
	assert_int_equal(writer_clock(w, header.start_wall_us - 1000000, 3600, ""), FMT_OK);
	assert_int_equal(writer_define(w, &session, &sample.session), FMT_OK);
	assert_int_equal(writer_sample(w, &sample), FMT_OK);
	sample.time_us += 300;
	sample.bytes = 1448;
	sample.dir = DIR_RX;
	assert_int_equal(writer_sample(w, &sample), FMT_OK);
	assert_int_equal(writer_finish(w, sample.time_us), FMT_OK);
	writer_free(w);
}

/* Group header and end are compressed, to a length that depends on zstd's version. */
static void name_header(struct tape *t, size_t samples, uint32_t back)
{
	store_le(t->data + samples + 28, back, 4);
	tape_reframe(t, samples);
}

/*
 * A line of the example is a tab, the offset, two blanks, the bytes in hex, and what they mean.
 * Compares the bytes with those at `data`; answers how many there are.
 */
static size_t check_line(const char *line, const uint8_t *data, unsigned int offset)
{
	unsigned int byte;
	size_t n = 0;
	int used = 0;

	line += strspn(line, "\t0123456789");
	line += strspn(line, " ");
	for (; sscanf(line, "%2x%n", &byte, &used) == 1 && used == 2; line += 3) {
		if (byte != data[n])
			fail_msg("byte %u is %02x, not %02x", offset + (unsigned int)n, data[n],
				byte);
		n++;
		if (line[2] != ' ' || line[3] == ' ')
			break;
	}
	return n;
}

static void example(void **state)
{
	FILE *f = fopen("format/FORMAT.md", "r");
	unsigned int offset, first = 0, next = 0;
	size_t samples, end;
	struct tape t = {0};
	char line[512];

	(void)state;
	if (!f) {
		print_message("no format/FORMAT.md: run it from the repository's root\n");
		skip();
	}
	write_example(&t);
	tape_block(&t, 0, &samples);
	tape_block(&t, samples, &end);
	tape_append(&t, (uint8_t[64]){0}, 64);
	while (fgets(line, sizeof(line), f) && strncmp(line, "## 14. An example", 17))
		;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "\t%u  ", &offset) != 1)
			continue;
		if (!first) {
			first = next = offset;
			name_header(&t, samples, first);
		}
		assert_int_equal(offset, next);
		assert_true(offset - first < end - samples);
		next += check_line(line, t.data + samples + offset - first, offset);
	}
	assert_int_equal(next - first, end - samples);
	tape_release(&t);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(example)};

	return cmocka_run_group_tests_name("example", tests, NULL, NULL);
}
