/* SPDX-License-Identifier: MIT */
#include "fake_ring.h"

#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HEAD = 8 };

static bool map_twice(uint8_t *at, size_t size)
{
	int fd = memfd_create("fake_ring", MFD_CLOEXEC);
	bool done = fd >= 0 && !ftruncate(fd, (off_t)size);

	for (int i = 0; done && i < 2; i++)
		done = mmap(at + (size_t)i * size, size, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED;
	if (fd >= 0)
		close(fd);
	return done;
}

bool fake_ring_new(struct fake_ring *f, size_t size, uint64_t start)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), all = 2 * page + 2 * size;
	uint8_t *at = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return false;
	*f = (struct fake_ring){
		.consumer = (uint64_t *)(void *)at,
		.producer = (uint64_t *)(void *)(at + page),
		.data = at + 2 * page,
		.page = page,
		.size = size,
	};
	*f->consumer = *f->producer = start;
	if (map_twice(f->data, size))
		return true;
	fake_ring_free(f);
	return false;
}

void fake_ring_free(struct fake_ring *f)
{
	if (f->consumer)
		munmap(f->consumer, 2 * f->page + 2 * f->size);
	*f = (struct fake_ring){0};
}

void *fake_ring_reserve(struct fake_ring *f, uint32_t len)
{
	uint64_t end = *f->producer + ((len + HEAD + 7) & ~7u);
	uint8_t *head = f->data + (*f->producer & (f->size - 1));
	uint32_t word = len | BPF_RINGBUF_BUSY_BIT;

	/* As the kernel: the last byte is never used. */
	if (end - *f->consumer > f->size - 1)
		return NULL;
	memcpy(head, &word, sizeof(word));
	memset(head + sizeof(word), 0xee, sizeof(word)); /* the page offset is nobody's business */
	*f->producer = end;
	return head + HEAD;
}

static void commit(void *record, uint32_t flag)
{
	uint8_t *head = (uint8_t *)record - HEAD;
	uint32_t word;

	memcpy(&word, head, sizeof(word));
	word = (word & ~BPF_RINGBUF_BUSY_BIT) | flag;
	memcpy(head, &word, sizeof(word));
}

void fake_ring_submit(void *record)
{
	commit(record, 0);
}

void fake_ring_discard(void *record)
{
	commit(record, BPF_RINGBUF_DISCARD_BIT);
}

bool fake_ring_output(struct fake_ring *f, const void *data, uint32_t len)
{
	void *record = fake_ring_reserve(f, len);

	if (!record)
		return false;
	memcpy(record, data, len);
	fake_ring_submit(record);
	return true;
}
