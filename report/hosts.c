/* SPDX-License-Identifier: MIT */
#include "report/hosts.h"

#include <stdlib.h>
#include <string.h>

static void host_free(struct host *host)
{
	if (!host)
		return;
	pending_clear(&host->pending);
	free(host->name);
	free(host);
}

static struct host *host_new(const char *name)
{
	struct host *host = calloc(1, sizeof(*host));

	if (!host)
		return NULL;
	host->name = strdup(name);
	if (!host->name) {
		host_free(host);
		return NULL;
	}
	return host;
}

struct host *hosts_find(struct hosts *h, const char *name)
{
	struct host *host, **more;
	size_t at = 0, end = h->count;

	while (at < end) {
		size_t middle = at + (end - at) / 2;

		if (strcmp(h->host[middle]->name, name) < 0)
			at = middle + 1;
		else
			end = middle;
	}
	if (at < h->count && !strcmp(h->host[at]->name, name))
		return h->host[at];
	more = realloc(h->host, (h->count + 1) * sizeof(struct host *));
	if (!more)
		return NULL;
	h->host = more;
	host = host_new(name);
	if (!host)
		return NULL;
	memmove(&more[at + 1], &more[at], (h->count - at) * sizeof(struct host *));
	more[at] = host;
	h->count++;
	return host;
}

const char *host_title(const struct host *host)
{
	return *host->name ? host->name : "an unknown host";
}

void hosts_clear(struct hosts *h)
{
	for (size_t i = 0; i < h->count; i++)
		host_free(h->host[i]);
	free(h->host);
	*h = (struct hosts){NULL, 0};
}
