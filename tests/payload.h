/* SPDX-License-Identifier: MIT */
/*
 * payload.h: a block's payload, made section by section as no encoder would, or by the encoder, and
 * a decoder that takes it apart.
 */
#ifndef TESTS_PAYLOAD_H
#define TESTS_PAYLOAD_H

#include "format/section.h"

struct payload {
	struct buffer bytes;
	struct buffer content; /* of the section that is being made */
	struct encoder encoder;
	struct decoder decoder;
};

/* Set-up and tear-down for cmocka. */
int payload_enter(void **state);
int payload_leave(void **state);

/* From here on another payload. */
void payload_begin(struct payload *p);
/* A section whose header says what it is told. */
void payload_put(struct payload *p, uint16_t id, uint8_t codec, uint32_t raw, const void *data,
	uint32_t stored);
/* A section of the content, as it is; the content is empty then. */
void payload_put_content(struct payload *p, uint16_t id);
/* To the content: a column of the values; one of n values that are the same. */
void payload_column(struct payload *p, const uint64_t *values, uint32_t n);
void payload_constant(struct payload *p, uint64_t value, uint32_t n);

/* What decoder_open() answers. */
int payload_open(struct payload *p);
/* Opens what the encoder has made. */
void payload_open_encoded(struct payload *p);

#endif
