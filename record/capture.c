/* SPDX-License-Identifier: MIT */
#include "capture.h"

#include "cgroup.h"

int capture_load(struct capture *c, const struct options *o, char error[TRACER_ERROR_SIZE])
{
	struct tracer_options options;

	options_tracer(o, &options);
	return tracer_new(&c->tracer, &options, error);
}

int capture_describe(struct capture *c, const struct options *o, char **argv)
{
	int err = host_describe(&c->header, &c->texts, argv);

	if (err)
		return err;
	options_filters(o, c->filters, sizeof(c->filters));
	c->header.cpus = tracer_cpus(c->tracer);
	c->header.filters = c->filters;
	c->header.hooks = tracer_hooks(c->tracer);
	c->header.coverage = tracer_coverage(c->tracer);
	c->header.selftest = c->selftest;
	return 0;
}

int capture_attach(struct capture *c, bool *seen, char error[TRACER_ERROR_SIZE])
{
	int err = tracer_attach(c->tracer, error);

	if (!err)
		*seen = selftest_run(
			tracer_counters(c->tracer), tracer_cpus(c->tracer), c->selftest);
	return err;
}

static const char *cgroup_path(void *ctx, uint64_t id, uint32_t pid)
{
	return cgroups_path(ctx, id, pid);
}

static void cgroup_made(void *ctx, uint64_t id, const char *path)
{
	cgroups_learn(ctx, id, path);
}

int capture_begin(struct capture *c, struct writer *writer)
{
	struct collector_input input = {
		.calls = tracer_calls(c->tracer),
		.rings = tracer_rings(c->tracer),
		.cpus = tracer_cpus(c->tracer),
		.definitions = tracer_definitions(c->tracer),
		.counters = tracer_counters(c->tracer),
		.overflow = tracer_overflow(c->tracer),
		.overflow_places = TRACER_OVERFLOW_PLACES,
		.generation = tracer_generation(c->tracer),
		.cgroup_path = cgroup_path,
		.cgroup_made = cgroup_made,
	};

	if (cgroups_new(&c->cgroups))
		return FMT_ENOMEM;
	input.cgroup_ctx = c->cgroups;
	return collector_new(&c->collector, &input, writer);
}

void capture_free(struct capture *c)
{
	collector_free(c->collector);
	cgroups_free(c->cgroups);
	host_texts_free(&c->texts);
	tracer_free(c->tracer);
}
