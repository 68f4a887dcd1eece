/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <linux/bpf.h>

/* Before each record: its length with two flags, and the page offset that only the kernel needs. */
struct record_head {
	uint32_t len;
	uint32_t page_offset;
};

void ring_init(struct ring *ring, void *consumer_page, const void *producer_page, const void *data,
	size_t size)
{
	*ring = (struct ring){
		.consumer_page = consumer_page,
		.producer_page = producer_page,
		.data = data,
		.size = size,
	};
	ring->read = __atomic_load_n(ring->consumer_page, __ATOMIC_RELAXED);
	ring->end = ring->read;
}

void ring_refresh(struct ring *ring)
{
	/* Acquire: the records before this position carry at least their busy flag. */
	ring->end = __atomic_load_n(ring->producer_page, __ATOMIC_ACQUIRE);
}

static uint64_t record_room(uint32_t len)
{
	uint64_t bare = len & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

	return (bare + sizeof(struct record_head) + 7) & ~UINT64_C(7);
}

static uint32_t load_len(const struct ring *ring)
{
	const uint8_t *at = ring->data + (ring->read & (ring->size - 1));

	/* Acquire: the kernel clears the busy flag after it has written the record. */
	return __atomic_load_n(
		&((const struct record_head *)(const void *)at)->len, __ATOMIC_ACQUIRE);
}

enum ring_state ring_peek(struct ring *ring, const void **record, uint32_t *len)
{
	while (ring->read < ring->end) {
		uint32_t word = load_len(ring);

		if (word & BPF_RINGBUF_BUSY_BIT)
			return RING_BUSY;
		if (word & BPF_RINGBUF_DISCARD_BIT) {
			ring->read += record_room(word);
			continue;
		}
		*record = ring->data + (ring->read & (ring->size - 1)) + sizeof(struct record_head);
		*len = word;
		return RING_RECORD;
	}
	return RING_EMPTY;
}

void ring_next(struct ring *ring)
{
	ring->read += record_room(load_len(ring));
}

void ring_release(struct ring *ring)
{
	__atomic_store_n(ring->consumer_page, ring->read, __ATOMIC_RELEASE);
}
