/* SPDX-License-Identifier: MIT */
#include "payload.h"

#include "format/block.h"
#include "format/column.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

int payload_enter(void **state)
{
	struct payload *p = calloc(1, sizeof(*p));

	*state = p;
	return !p || encoder_init(&p->encoder) || decoder_init(&p->decoder) ? -1 : 0;
}

int payload_leave(void **state)
{
	struct payload *p = *state;

	encoder_release(&p->encoder);
	decoder_release(&p->decoder);
	buffer_free(&p->bytes);
	buffer_free(&p->content);
	free(p);
	return 0;
}

void payload_begin(struct payload *p)
{
	p->bytes.len = 0;
	p->content.len = 0;
}

void payload_put(struct payload *p, uint16_t id, uint8_t codec, uint32_t raw, const void *data,
	uint32_t stored)
{
	put_u16(&p->bytes, id);
	put_u8(&p->bytes, codec);
	put_u8(&p->bytes, 0);
	put_u32(&p->bytes, raw);
	put_u32(&p->bytes, stored);
	put_bytes(&p->bytes, data, stored);
}

void payload_put_content(struct payload *p, uint16_t id)
{
	payload_put(p, id, 0, (uint32_t)p->content.len, p->content.data, (uint32_t)p->content.len);
	p->content.len = 0;
}

void payload_column(struct payload *p, const uint64_t *values, uint32_t n)
{
	put_column(&p->content, values, n);
}

void payload_constant(struct payload *p, uint64_t value, uint32_t n)
{
	uint64_t *values = calloc(n + 1, sizeof(*values));

	assert_non_null(values);
	for (uint32_t i = 0; i < n; i++)
		values[i] = value;
	payload_column(p, values, n);
	free(values);
}

int payload_open(struct payload *p)
{
	assert_false(p->bytes.failed || p->content.failed);
	return decoder_open(&p->decoder, p->bytes.data, p->bytes.len);
}

void payload_open_encoded(struct payload *p)
{
	const struct buffer *out = &p->encoder.out;

	assert_int_equal(encoder_end(&p->encoder), FMT_OK);
	payload_begin(p);
	put_bytes(&p->bytes, out->data + BLOCK_HEADER, out->len - BLOCK_HEADER);
	assert_int_equal(payload_open(p), FMT_OK);
}
