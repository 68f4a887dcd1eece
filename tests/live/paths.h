/* SPDX-License-Identifier: MIT */
/*
 * paths.h: the ways bytes enter and leave a TCP socket, one small scene each, for the path table.
 *
 * A scene runs in a process of its own, named p-NAME, and usually owns both ends of a connection.
 * What it moved goes into two books: those of the end that takes the path in question, and those of
 * the other end, whose calls are ordinary ones and always exact.
 * Functions answer 0, negative errno, or PATH_ABSENT where the kernel has no such path.
 */
#ifndef TESTS_LIVE_PATHS_H
#define TESTS_LIVE_PATHS_H

#include "books.h"
#include "net.h"
#include "ways.h"
#include <stdbool.h>
#include <stddef.h>

enum { CLIENT, SERVER };
enum { PATH_ABSENT = 1 };
enum { PIECE = 1000, PIECES = 3 };

struct scene {
	const char *name;
	unsigned tested; /* ends whose rows are the path's: 1 << CLIENT, 1 << SERVER or both */
	int fd[2];       /* by end; -1: none */
	struct row row[2];
	int books_tested, books_other;
	int ready, go; /* of an early scene: written to when prepared; at its end may go on */
	int channel;   /* between two processes of a scene */
	volatile int sleeper; /* the thread that is about to wait */
	char reason[80];      /* of PATH_ABSENT */
};

typedef int scene_fn(struct scene *s);

/* What report and recorder are held to, by hooks. */
struct path {
	const char *name; /* at most 13 characters */
	const char *what;
	const char *expect; /* a letter each: tracepoint alone, with exits, fentry, kprobe */
	const char *gap;    /* where not exact, how --info's coverage names it */
	scene_fn *run;
	unsigned tested;
	bool early; /* prepared before the recording begins */
};

/* --- paths_scene.c --------------------------------------------------------------------------- */

/* Two ends, connected here; or elsewhere already, -1 for none. */
int scene_connect(struct scene *s);
int scene_adopt(struct scene *s, int client, int server);
/* Why the kernel lacks the path; answers PATH_ABSENT. */
int scene_absent(struct scene *s, const char *why);
/* A call's result, which must be `wanted`, into an end's books. */
int scene_count(struct scene *s, int end, int direction, ssize_t result, size_t wanted);
/* Sends, receives so many bytes by ordinary calls. */
int scene_send(struct scene *s, int end, size_t bytes);
int scene_receive(struct scene *s, int end, size_t bytes);
/* Until so many bytes can be read at an end: what was sent may take a moment even on loopback. */
int scene_await_data(const struct scene *s, int end, size_t bytes);
/* PIECES times a send of a PIECE at one end, the same received at the other. */
int scene_feed(struct scene *s);
int scene_drain(struct scene *s);
/* The client resets the connection; what it had sent is still there to read. */
int scene_reset(struct scene *s);
/* Writes what was counted so far under the process's name, and starts at 0 again. */
int scene_write_books(struct scene *s);
/* Runs it in a child with books of its own, and waits for that. */
int scene_in_child(struct scene *s, scene_fn *run);
/* Runs one in a second thread while the other runs in this one. */
int scene_beside(struct scene *s, scene_fn *second, scene_fn *this);
/* Until the thread s->sleeper sleeps. */
int scene_await_sleeper(const struct scene *s);
/* An early scene is prepared: until the recording has begun. */
int scene_await_start(struct scene *s);
/* A connection of another protocol than TCP proper. */
int scene_connect_protocol(struct scene *s, int protocol);
/* From here on this process is in a network namespace with a loopback only. */
int scene_own_network(void);
/* A file of so many bytes without a name. */
int scene_file(size_t bytes);

/* --- The scenes ------------------------------------------------------------------------------ */

scene_fn path_send_way, path_sendmmsg, path_sendfile, path_sendfile_large, path_splice_in,
	path_zerocopy, path_fast_open, path_repair;
scene_fn path_receive_way, path_recvmmsg, path_trunc, path_waitall, path_peek, path_errqueue,
	path_oob, path_quickack, path_eagain, path_efault, path_splice_out, path_zc_receive,
	path_splice_mixed, path_sendfile_out, path_splice_shut, path_splice_reset, path_raw,
	path_zc_fault;
scene_fn path_half_closed, path_reset, path_blocked, path_splice_older, path_splice_far, path_fork,
	path_scm, path_threads, path_exec, path_exec_resume, path_short;
scene_fn path_uring, path_uring_rw, path_uring_async, path_uring_sqpoll, path_uring_send_zc,
	path_uring_multishot, path_uring_splice, path_uring_amid, path_uring_thread;
scene_fn path_kernel;
scene_fn path_mptcp, path_mptcp_again, path_mptcp_sendfile, path_mptcp_splice_out, path_tls,
	path_tls_sendfile, path_tls_splice_out, path_parser;

#endif
