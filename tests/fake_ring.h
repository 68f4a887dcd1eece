/* SPDX-License-Identifier: MIT */
/*
 * fake_ring.h: a BPF ring buffer in ordinary memory, and the kernel's part in it, for tests of what
 * reads one. Pages lie as the kernel maps them: consumer, producer, the data twice in a row.
 */
#ifndef TESTS_FAKE_RING_H
#define TESTS_FAKE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake_ring {
	uint64_t *consumer, *producer;
	uint8_t *data;
	size_t page, size;
};

/* `size` is a power of two and of pages; both positions begin at `start`. False: no memory. */
bool fake_ring_new(struct fake_ring *f, size_t size, uint64_t start);
void fake_ring_free(struct fake_ring *f);

/* As bpf_ringbuf_reserve(): NULL when the ring is full. The record is busy until it is submitted.
 */
void *fake_ring_reserve(struct fake_ring *f, uint32_t len);
void fake_ring_submit(void *record);
void fake_ring_discard(void *record);

/* As bpf_ringbuf_output(): false when the ring is full. */
bool fake_ring_output(struct fake_ring *f, const void *data, uint32_t len);

#endif
