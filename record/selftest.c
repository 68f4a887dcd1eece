/* SPDX-License-Identifier: MIT */
#include "selftest.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	SENDS = 3,
	BYTES = 1000, /* each */
	WAIT_S = 2,   /* for a loopback that is not there */
};

/* What went through, or was seen to. */
struct seen {
	unsigned long long calls[2], bytes[2]; /* received, sent */
};

static struct seen look(const volatile struct event_counters *counters, unsigned cpus)
{
	struct seen all = {0};

	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		for (int dir = 0; dir < 2; dir++) {
			all.calls[dir] += counters[cpu].own_calls[dir];
			all.bytes[dir] += counters[cpu].own_bytes[dir];
		}
	}
	return all;
}

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static int tcp_socket(int family)
{
	const struct timeval wait = {.tv_sec = WAIT_S};
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Two ends of a connection to ourselves; 0 or a negative errno. */
static int connect_pair(int family, int ends[2])
{
	union address addr = {.any.sa_family = (sa_family_t)family};
	socklen_t len = family == AF_INET ? sizeof(addr.in) : sizeof(addr.in6);
	int listener = tcp_socket(family), err = 0;

	ends[0] = tcp_socket(family);
	ends[1] = -1;
	if (family == AF_INET)
		addr.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		addr.in6.sin6_addr = in6addr_loopback;
	if (listener < 0 || ends[0] < 0 || bind(listener, &addr.any, len) || listen(listener, 1) ||
		getsockname(listener, &addr.any, &len) || connect(ends[0], &addr.any, len) ||
		(ends[1] = accept(listener, NULL, NULL)) < 0)
		err = errno ? -errno : -EIO;
	if (listener >= 0)
		close(listener);
	return err;
}

/* Moves the bytes and notes in `did` what the calls returned. */
static int move_bytes(const int ends[2], struct seen *did)
{
	char buffer[BYTES] = {0};

	for (int i = 0; i < SENDS; i++) {
		ssize_t n = send(ends[0], buffer, sizeof(buffer), MSG_NOSIGNAL);

		if (n <= 0)
			return -errno;
		did->calls[1]++;
		did->bytes[1] += (unsigned long long)n;
	}
	while (did->bytes[0] < did->bytes[1]) {
		ssize_t n = recv(ends[1], buffer, sizeof(buffer), 0);

		if (n <= 0)
			return n ? -errno : -ECONNRESET;
		did->calls[0]++;
		did->bytes[0] += (unsigned long long)n;
	}
	return 0;
}

/* Whether what was seen is what was done; both in words. */
static bool judge(const struct seen *before, const struct seen *after, const struct seen *did,
	char *words, size_t size)
{
	bool good = true;
	size_t len = 0;

	for (int dir = 1; dir >= 0; dir--) {
		unsigned long long calls = after->calls[dir] - before->calls[dir];
		unsigned long long bytes = after->bytes[dir] - before->bytes[dir];

		good &= calls == did->calls[dir] && bytes == did->bytes[dir];
		len += (size_t)snprintf(words + len, len < size ? size - len : 0,
			"%s%llu of %llu %s, %llu of %llu bytes", dir ? "" : "; ", calls,
			did->calls[dir], dir ? "sends" : "receives", bytes, did->bytes[dir]);
		if (len >= size)
			len = size - 1;
	}
	return good;
}

/* One family's line at the end of `words`; false if calls were not seen. */
static bool try_family(int family, const char *name, const volatile struct event_counters *counters,
	unsigned cpus, bool *tried, char *words, size_t size)
{
	struct seen before = look(counters, cpus), after, did = {0};
	char what[SELFTEST_SIZE / 2];
	int ends[2], err = connect_pair(family, ends);
	bool good = true;

	if (!err)
		err = move_bytes(ends, &did);
	if (err) {
		/* Without loopback of this family there is nothing to judge. */
		snprintf(words, size, "%s not tried: %s", name, strerror(-err));
	} else {
		*tried = true;
		after = look(counters, cpus);
		good = judge(&before, &after, &did, what, sizeof(what));
		snprintf(words, size, "%s %s: saw %s", name, good ? "passed" : "FAILED", what);
	}
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	return good;
}

bool selftest_run(
	const volatile struct event_counters *counters, unsigned cpus, char words[SELFTEST_SIZE])
{
	bool tried = false;
	bool good = try_family(AF_INET, "IPv4", counters, cpus, &tried, words, SELFTEST_SIZE);
	size_t len = strlen(words);

	words[len++] = '\n';
	good &= try_family(
		AF_INET6, "IPv6", counters, cpus, &tried, words + len, SELFTEST_SIZE - len);
	return good && tried;
}
