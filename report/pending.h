/* SPDX-License-Identifier: MIT */
/*
 * pending.h: losses and load averages that were read and whose time has not come yet. For
 * hosts.h and view_intervals.c: a block may tell of a loss that ended after samples which are still
 * to come.
 *
 * Bounded: beyond PENDING_MAX the eldest is taken for due.
 */
#ifndef REPORT_PENDING_H
#define REPORT_PENDING_H

#include "format/reader.h"
#include "report/losses.h"

enum {
	PENDING_MAX = 1024, /* of each kind */
};

struct pending_loss {
	struct loss loss;
	int64_t offset_us;
};

struct pending_load {
	struct load load;
	int64_t wall_us;
};

/* All zero is nothing. */
struct pending {
	struct pending_loss *loss;
	struct pending_load *load;
	size_t losses, loads;
	size_t loss_space, load_space; /* that fit */
	struct losses due;             /* that pending_take found, until losses_clear */
	struct load last_load;         /* the last one that was due */
	bool has_load;
};

/* Takes over the block's losses and loads. 0 or -ENOMEM. */
int pending_add(struct pending *p, const struct block *b);
/* Frees what it holds. */
void pending_clear(struct pending *p);
/* The earliest end of a loss that is not due yet, INT64_MAX for none. */
int64_t pending_next_loss(const struct pending *p);
/* Whatever ended before end_us is due, and so is a load average of that very moment. */
void pending_take(struct pending *p, int64_t end_us);

#endif
