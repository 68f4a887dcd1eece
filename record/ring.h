/* SPDX-License-Identifier: MIT */
/*
 * ring.h: a cursor over one BPF ring buffer, straight on the pages it shares with the kernel.
 *
 * For shared.c, which maps it, and collector.c, which reads it: without a call back for each record
 * and without libbpf, so that tests give it ordinary memory.
 * The layout is the kernel's: kernel/bpf/ringbuf.c, Documentation/bpf/ringbuf.rst. Not thread-safe.
 */
#ifndef RECORD_RING_H
#define RECORD_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	uint64_t *consumer_page;       /* shared: how far the kernel may overwrite */
	const uint64_t *producer_page; /* shared: how far records were reserved */
	const uint8_t *data;           /* mapped twice in a row, so that no record is broken */
	size_t size;                   /* a power of two */
	uint64_t read, end;            /* positions: next record, end of what ring_refresh() saw */
};

/* A cursor over memory of the kernel's layout; the memory stays the caller's. */
void ring_init(struct ring *ring, void *consumer_page, const void *producer_page, const void *data,
	size_t size);

/* Looks how far the kernel has got. */
void ring_refresh(struct ring *ring);

enum ring_state {
	RING_RECORD, /* here is one */
	RING_EMPTY,  /* no more, as far as ring_refresh() saw */
	RING_BUSY,   /* the next one is being written this very moment */
};

/* The next record, and its length, without taking it. Good until ring_release(). */
enum ring_state ring_peek(struct ring *ring, const void **record, uint32_t *len);

/* Takes the record that ring_peek() showed. */
void ring_next(struct ring *ring);

/* Gives the room of all records taken back to the kernel. */
void ring_release(struct ring *ring);

#endif
