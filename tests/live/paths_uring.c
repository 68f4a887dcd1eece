/* SPDX-License-Identifier: MIT */
/* io_uring, without its library: one ring, one request at a time. */
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENTRIES = 8, BUFFERS = 8 };

struct uring {
	int fd;
	unsigned setup;
	unsigned *sq_tail, *sq_flags, *sq_array, sq_mask;
	unsigned *cq_head, *cq_tail, cq_mask;
	struct io_uring_cqe *completions;
	struct io_uring_sqe *requests;
};

static void *map(int fd, size_t len, off_t what)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, what);
}

static int uring_open(struct uring *u, unsigned setup)
{
	struct io_uring_params p = {.flags = setup, .sq_thread_idle = 1000};
	char *sq, *cq;

	memset(u, 0, sizeof(*u));
	u->setup = setup;
	u->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
	if (u->fd < 0)
		return -errno;
	sq = map(u->fd, p.sq_off.array + p.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	cq = map(u->fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		IORING_OFF_CQ_RING);
	u->requests = map(u->fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || (void *)u->requests == MAP_FAILED)
		return -ENOMEM;
	u->sq_tail = (unsigned *)(void *)(sq + p.sq_off.tail);
	u->sq_flags = (unsigned *)(void *)(sq + p.sq_off.flags);
	u->sq_array = (unsigned *)(void *)(sq + p.sq_off.array);
	u->sq_mask = p.sq_entries - 1;
	u->cq_head = (unsigned *)(void *)(cq + p.cq_off.head);
	u->cq_tail = (unsigned *)(void *)(cq + p.cq_off.tail);
	u->completions = (struct io_uring_cqe *)(void *)(cq + p.cq_off.cqes);
	u->cq_mask = p.cq_entries - 1;
	return 0;
}

static long enter(const struct uring *u, unsigned submit, unsigned wait, unsigned flags)
{
	return syscall(SYS_io_uring_enter, u->fd, submit, wait, flags, NULL, 0);
}

static int uring_submit(struct uring *u, const struct io_uring_sqe *request)
{
	unsigned tail = *u->sq_tail, index = tail & u->sq_mask;

	u->requests[index] = *request;
	u->sq_array[index] = index;
	__atomic_store_n(u->sq_tail, tail + 1, __ATOMIC_SEQ_CST);
	if (!(u->setup & IORING_SETUP_SQPOLL))
		return enter(u, 1, 0, 0) == 1 ? 0 : -errno;
	if (!(__atomic_load_n(u->sq_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP))
		return 0;
	return enter(u, 0, 0, IORING_ENTER_SQ_WAKEUP) < 0 ? -errno : 0;
}

/* The next completion; those of notices come as well. */
static int uring_wait(struct uring *u, struct io_uring_cqe *out)
{
	unsigned head = *u->cq_head;

	while (head == __atomic_load_n(u->cq_tail, __ATOMIC_ACQUIRE))
		if (enter(u, 0, 1, IORING_ENTER_GETEVENTS) < 0 && errno != EINTR)
			return -errno;
	*out = u->completions[head & u->cq_mask];
	__atomic_store_n(u->cq_head, head + 1, __ATOMIC_RELEASE);
	return 0;
}

/* What the request answers: as a system call, with errno. */
static ssize_t uring_call(struct uring *u, const struct io_uring_sqe *request)
{
	struct io_uring_cqe done, notice;
	int err = uring_submit(u, request);

	if (!err)
		err = uring_wait(u, &done);
	if (!err && done.flags & IORING_CQE_F_MORE)
		err = uring_wait(u, &notice);
	errno = err ? -err : done.res < 0 ? -done.res : 0;
	return err || done.res < 0 ? -1 : done.res;
}

struct plan {
	unsigned setup; /* IORING_SETUP_ */
	uint8_t tx, rx; /* IORING_OP_ */
	uint8_t flags;  /* IOSQE_ */
};

static int moved(struct scene *s, int end, int direction, ssize_t n)
{
	if (n < 0 && (errno == EINVAL || errno == EOPNOTSUPP))
		return scene_absent(s, "this io_uring does not know the request");
	return scene_count(s, end, direction, n, PIECE);
}

static int move(struct scene *s, struct uring *u, const struct plan *plan)
{
	char data[PIECE] = "";
	struct io_uring_sqe tx = {.opcode = plan->tx, .flags = plan->flags};
	struct io_uring_sqe rx = {.opcode = plan->rx, .flags = plan->flags};
	int err = 0;

	tx.addr = rx.addr = (uintptr_t)data;
	tx.len = rx.len = PIECE;
	tx.fd = s->fd[CLIENT];
	rx.fd = s->fd[SERVER];
	for (int i = 0; i < PIECES && !err; i++) {
		err = moved(s, CLIENT, TX, uring_call(u, &tx));
		if (!err)
			err = moved(s, SERVER, RX, uring_call(u, &rx));
	}
	return err;
}

static int open_and_connect(struct scene *s, struct uring *u, unsigned setup)
{
	int err = uring_open(u, setup);

	if (err == -ENOSYS || err == -EPERM)
		return scene_absent(s, "no io_uring");
	return err ? err : scene_connect(s);
}

static int run(struct scene *s, const struct plan *plan)
{
	struct uring u;
	int err = open_and_connect(s, &u, plan->setup);

	return err ? err : move(s, &u, plan);
}

int path_uring(struct scene *s)
{
	return run(s, &(struct plan){.tx = IORING_OP_SEND, .rx = IORING_OP_RECV});
}

int path_uring_rw(struct scene *s)
{
	return run(s, &(struct plan){.tx = IORING_OP_WRITE, .rx = IORING_OP_READ});
}

int path_uring_async(struct scene *s)
{
	return run(s,
		&(struct plan){.tx = IORING_OP_SEND, .rx = IORING_OP_RECV, .flags = IOSQE_ASYNC});
}

int path_uring_sqpoll(struct scene *s)
{
	return run(s,
		&(struct plan){
			.setup = IORING_SETUP_SQPOLL, .tx = IORING_OP_SEND, .rx = IORING_OP_RECV});
}

int path_uring_send_zc(struct scene *s)
{
	return run(s, &(struct plan){.tx = IORING_OP_SEND_ZC, .rx = IORING_OP_RECV});
}

/* One request that answers each time something has come, with buffers it takes from a group. */
static int receive_many(struct scene *s, struct uring *u)
{
	static char buffers[BUFFERS][PIECE];
	struct io_uring_sqe provide = {.opcode = IORING_OP_PROVIDE_BUFFERS, .fd = BUFFERS};
	struct io_uring_sqe rx = {.opcode = IORING_OP_RECV, .flags = IOSQE_BUFFER_SELECT};
	struct io_uring_cqe done;
	int err;

	provide.addr = (uintptr_t)buffers;
	provide.len = PIECE;
	if (uring_call(u, &provide) < 0)
		return -errno;
	rx.fd = s->fd[SERVER];
	rx.ioprio = IORING_RECV_MULTISHOT;
	err = uring_submit(u, &rx);
	for (int i = 0; i < PIECES && !err; i++) {
		err = scene_send(s, CLIENT, PIECE);
		if (!err)
			err = uring_wait(u, &done);
		if (err)
			return err;
		errno = done.res < 0 ? -done.res : 0;
		err = moved(s, SERVER, RX, done.res);
	}
	return err;
}

int path_uring_multishot(struct scene *s)
{
	struct uring u;
	int err = open_and_connect(s, &u, 0);

	return err ? err : receive_many(s, &u);
}

/* From the socket to a pipe, as splice_out. */
int path_uring_splice(struct scene *s)
{
	struct io_uring_sqe request = {.opcode = IORING_OP_SPLICE, .len = PIECE};
	int pipes[2], err;
	struct uring u;

	err = open_and_connect(s, &u, 0);
	if (!err)
		err = scene_feed(s);
	if (!err && pipe(pipes))
		err = -errno;
	if (err)
		return err;
	request.splice_fd_in = s->fd[SERVER];
	request.splice_off_in = (uint64_t)-1;
	request.fd = pipes[1];
	request.off = (uint64_t)-1;
	for (int i = 0; i < PIECES && !err; i++)
		err = moved(s, SERVER, RX, uring_call(&u, &request));
	return err;
}

/* Until the other thread sleeps in its splice, which the arrival interrupts; then that may end. */
static int send_amid(struct scene *s)
{
	int unread = 1, err = scene_await_sleeper(s);

	if (!err)
		err = scene_send(s, CLIENT, PIECE);
	while (!err && unread) {
		usleep(500);
		if (ioctl(s->fd[SERVER], SIOCINQ, &unread))
			err = -errno;
	}
	if (!err && write(s->channel, "", 1) != 1)
		err = -errno;
	return err;
}

static int receive_amid(struct scene *s)
{
	struct io_uring_sqe rx = {.opcode = IORING_OP_RECV, .len = PIECE};
	struct io_uring_cqe done;
	char data[PIECE];
	struct uring u;
	int pipes[2], err = uring_open(&u, 0);

	if (!err && pipe(pipes))
		err = -errno;
	rx.fd = s->fd[SERVER];
	rx.addr = (uintptr_t)data;
	if (!err)
		err = uring_submit(&u, &rx);
	s->sleeper = (int)syscall(SYS_gettid);
	if (!err && splice(s->channel, NULL, pipes[1], NULL, 1, 0) != 1)
		err = -errno;
	if (!err)
		err = uring_wait(&u, &done);
	return err ? err : moved(s, SERVER, RX, done.res);
}

/* A receive that io_uring makes while its thread waits in a splice of two pipes. */
int path_uring_amid(struct scene *s)
{
	int pipes[2], err;
	char name[64];
	struct uring u;

	err = open_and_connect(s, &u, 0);
	if (!err && pipe(pipes))
		err = -errno;
	if (err)
		return err;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", pipes[0]);
	s->channel = open(name, O_RDWR | O_CLOEXEC);
	return s->channel < 0 ? -errno : scene_beside(s, send_amid, receive_amid);
}

/* splice(2) itself, in a thread that has used io_uring. */
int path_uring_thread(struct scene *s)
{
	struct uring u;
	int err = uring_open(&u, 0);

	if (err == -ENOSYS || err == -EPERM)
		return scene_absent(s, "no io_uring");
	return err ? err : path_splice_out(s);
}
