/* SPDX-License-Identifier: MIT */
/* Pipes and sockets whose readers are slow, stalled or gone: nothing here may ever wait. */
#include "record/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { BLOCK = 100000 };

/* A connection, and what was put into it. */
struct line {
	int reader, writer;
	struct stream *stream;
	uint64_t put, got; /* bytes; byte i is byte_at(i) */
	uint64_t blocks;
};

static uint8_t byte_at(uint64_t i)
{
	return (uint8_t)(i * 2654435761u >> 24);
}

static int open_line(void **state, int fds[2])
{
	struct line *l = calloc(1, sizeof(*l));

	*state = l;
	if (!l)
		return -1;
	l->reader = fds[0];
	l->writer = fds[1];
	l->stream = stream_new(l->writer);
	signal(SIGPIPE, SIG_IGN);
	return l->stream ? 0 : -1;
}

static int open_pipe(void **state)
{
	int fds[2];

	return pipe2(fds, O_CLOEXEC) ? -1 : open_line(state, fds);
}

static int open_socket(void **state)
{
	int fds[2], room = 1 << 16; /* a host may have more as its default than what is put */

	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ||
			       setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room))
		       ? -1
		       : open_line(state, fds);
}

static int close_line(void **state)
{
	struct line *l = *state;

	stream_free(l->stream);
	close(l->writer);
	if (l->reader >= 0)
		close(l->reader);
	free(l);
	return 0;
}

static int put(struct line *l, size_t len)
{
	struct totals before = {.samples = l->blocks};
	uint8_t *data = malloc(len);
	int err;

	assert_non_null(data);
	for (size_t i = 0; i < len; i++)
		data[i] = byte_at(l->put + i);
	err = stream_put(l->stream, data, len, &before);
	free(data);
	if (!err) {
		l->put += len;
		l->blocks++;
	}
	return err;
}

/* Takes up to so many bytes; false at the end of what there is. */
static bool take(struct line *l, size_t most)
{
	static uint8_t data[65536];
	ssize_t len;

	assert_int_equal(fcntl(l->reader, F_SETFL, O_NONBLOCK), 0);
	len = read(l->reader, data, most < sizeof(data) ? most : sizeof(data));
	for (ssize_t i = 0; i < len; i++)
		if (data[i] != byte_at(l->got + (uint64_t)i))
			fail_msg("byte %llu is wrong", (unsigned long long)l->got + i);
	if (len > 0)
		l->got += (uint64_t)len;
	return len > 0;
}

static bool has_room(const struct line *l)
{
	struct pollfd p = stream_poll(l->stream);

	return poll(&p, 1, 0) == 1 && p.revents & POLLOUT;
}

static void test_what_it_is(void **state)
{
	int file = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct line *l = *state;

	assert_true(stream_is(l->writer));
	assert_false(stream_is(file));
	assert_false(stream_is(-1));
	close(file);
}

static void test_fast_reader(void **state)
{
	struct line *l = *state;

	for (int i = 0; i < 100; i++) {
		assert_int_equal(put(l, 1000 + i), 0);
		assert_int_equal(stream_waiting(l->stream), 0);
		assert_null(stream_delivered(l->stream));
		while (l->got < l->put)
			assert_true(take(l, SIZE_MAX));
	}
}

/* A reader in small bites gets every byte, in order, and the blocks it has in whole are known. */
static void test_slow_reader(void **state)
{
	struct line *l = *state;

	for (int i = 0; i < 20; i++)
		assert_int_equal(put(l, BLOCK + i), 0);
	assert_true(stream_waiting(l->stream) > 15 * BLOCK);
	while (l->got < l->put) {
		const struct totals *delivered = stream_delivered(l->stream);

		if (delivered) /* all but what waits of the one at hand */
			assert_int_equal(
				delivered->samples, (l->put - stream_waiting(l->stream)) / BLOCK);
		assert_true(take(l, 1 + l->got % 5000));
		if (has_room(l))
			assert_int_equal(stream_polled(l->stream, POLLOUT), 0);
	}
	assert_int_equal(stream_waiting(l->stream), 0);
	assert_null(stream_delivered(l->stream));
	assert_false(take(l, 1));
}

static void test_stalled_reader(void **state)
{
	struct line *l = *state;
	const struct totals *delivered;
	size_t waiting;
	int err;

	while (!(err = put(l, BLOCK)))
		assert_true(l->put < 2 * (uint64_t)STREAM_MOST);
	assert_int_equal(err, -ENOBUFS);
	waiting = stream_waiting(l->stream);
	assert_true(waiting <= STREAM_MOST && waiting > STREAM_MOST - BLOCK);
	delivered = stream_delivered(l->stream);
	assert_non_null(delivered);
	assert_int_equal(delivered->samples, (l->put - waiting) / BLOCK);
	assert_false(has_room(l));
	assert_int_equal(stream_polled(l->stream, 0), 0);
	/* And all that was taken arrives. */
	while (take(l, SIZE_MAX))
		assert_int_equal(stream_polled(l->stream, POLLOUT), 0);
	assert_int_equal(l->got, l->put);
	assert_int_equal(put(l, BLOCK), 0);
}

static void test_reader_that_goes(void **state)
{
	struct line *l = *state;

	for (int i = 0; i < 10; i++)
		assert_int_equal(put(l, BLOCK), 0);
	close(l->reader);
	l->reader = -1;
	assert_int_equal(stream_polled(l->stream, 0), -EPIPE);
	assert_int_equal(put(l, 1), -EPIPE);
	assert_int_equal(stream_poll(l->stream).fd, -1);
}

/* The block that finds out that the reader has gone is not taken. */
static void refuse_blocks(struct line *l)
{
	size_t waiting = stream_waiting(l->stream);

	close(l->reader);
	l->reader = -1;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(put(l, BLOCK), -EPIPE);
		assert_int_equal(stream_waiting(l->stream), waiting);
	}
}

static void test_reader_that_never_came(void **state)
{
	refuse_blocks(*state);
}

static void test_reader_that_goes_while_some_waits(void **state)
{
	struct line *l = *state;

	for (int i = 0; i < 10; i++)
		assert_int_equal(put(l, BLOCK), 0);
	assert_true(stream_waiting(l->stream) > 0);
	refuse_blocks(l);
}

/* Also while there is nothing to write. */
static void test_reader_that_goes_in_silence(void **state)
{
	struct line *l = *state;
	struct pollfd p;

	close(l->reader);
	l->reader = -1;
	p = stream_poll(l->stream);
	assert_int_equal(p.events, 0);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(stream_polled(l->stream, p.revents), -EPIPE);
}

/* Standard output may be shared with a shell or a terminal. */
static void test_flags_are_left_alone(void **state)
{
	struct line *l = *state;
	int before = fcntl(l->writer, F_GETFL);

	assert_false(before & O_NONBLOCK);
	for (int i = 0; i < 10; i++)
		assert_int_equal(put(l, BLOCK), 0);
	assert_int_equal(fcntl(l->writer, F_GETFL), before);
}

static void test_descriptor_that_never_waits(void **state)
{
	struct line *l = *state;

	assert_int_equal(fcntl(l->writer, F_SETFL, O_NONBLOCK), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(put(l, BLOCK), 0);
	do
		assert_int_equal(stream_polled(l->stream, POLLOUT), 0);
	while (take(l, SIZE_MAX));
	assert_int_equal(l->got, l->put);
}

#define on_both(name)                                                                              \
	cmocka_unit_test_setup_teardown(name, open_pipe, close_line),                              \
		cmocka_unit_test_setup_teardown(name, open_socket, close_line)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(test_what_it_is),
		on_both(test_fast_reader),
		on_both(test_slow_reader),
		on_both(test_stalled_reader),
		on_both(test_reader_that_goes),
		on_both(test_reader_that_never_came),
		on_both(test_reader_that_goes_while_some_waits),
		on_both(test_reader_that_goes_in_silence),
		on_both(test_flags_are_left_alone),
		on_both(test_descriptor_that_never_waits),
	};

	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
