/* SPDX-License-Identifier: MIT */
/*
 * Replays what the fuzzers kept, without a fuzzer: every file below tests/fuzz/corpus/, in one
 * test for each harness. A failure is an abort, or a sanitizer's report.
 */
#define LLVMFuzzerTestOneInput fuzz_reader
#include "tests/fuzz/reader_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_roundtrip
#include "tests/fuzz/roundtrip_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_options
#include "tests/fuzz/options_fuzz.c"
#undef LLVMFuzzerTestOneInput

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void replay_file(const char *path, int (*harness)(const uint8_t *data, size_t size))
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(1 << 20);
	size_t len;

	assert_non_null(f);
	assert_non_null(data);
	len = fread(data, 1, 1 << 20, f);
	assert_int_equal(harness(data, len), 0);
	free(data);
	fclose(f);
}

static void replay(const char *directory, int (*harness)(const uint8_t *data, size_t size))
{
	char path[4096];
	DIR *dir = opendir(directory);
	struct dirent *entry;
	unsigned int files = 0;

	if (!dir) {
		print_message("no %s: run it from the repository's root\n", directory);
		skip();
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		replay_file(path, harness);
		files++;
	}
	closedir(dir);
	assert_true(files > 0);
}

static void reader_corpus(void **state)
{
	(void)state;
	replay("tests/fuzz/corpus/reader", fuzz_reader);
}

static void roundtrip_corpus(void **state)
{
	(void)state;
	replay("tests/fuzz/corpus/roundtrip", fuzz_roundtrip);
}

static void options_corpus(void **state)
{
	(void)state;
	replay("tests/fuzz/corpus/options", fuzz_options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reader_corpus),
		cmocka_unit_test(roundtrip_corpus),
		cmocka_unit_test(options_corpus),
	};

	return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
