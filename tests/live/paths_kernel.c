/* SPDX-License-Identifier: MIT */
/*
 * Calls that the kernel makes itself: its NVMe over TCP client greets a server, which is us, and
 * gives up at the answer. It does so in the process that asks for the device, so whose calls they
 * are is known, and how many bytes a greeting has is in the NVMe/TCP specification.
 */
#include "paths.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { GREETING = 128 }; /* ICReq and ICResp */

/* The kernel's end, as the server sees it. */
static void mirror(struct row *client, const struct row *server)
{
	client->family = server->family;
	client->lport = server->rport;
	client->rport = server->lport;
	memcpy(client->laddr, server->raddr, sizeof(client->laddr));
	memcpy(client->raddr, server->laddr, sizeof(client->raddr));
}

static int answer_greeting(struct scene *s)
{
	static const char nonsense[GREETING];
	char greeting[GREETING];
	int server = net_accept(s->channel), err;

	if (server < 0)
		return server;
	err = scene_adopt(s, -1, server);
	if (err)
		return err;
	mirror(&s->row[CLIENT], &s->row[SERVER]);
	err = scene_count(s, SERVER, RX, recv(server, greeting, GREETING, MSG_WAITALL), GREETING);
	if (err)
		return err;
	row_count(&s->row[CLIENT], TX, GREETING);
	err = scene_count(s, SERVER, TX, send(server, nonsense, GREETING, 0), GREETING);
	if (!err)
		row_count(&s->row[CLIENT], RX, GREETING);
	return err;
}

static int ask_for_device(struct scene *s)
{
	int fabrics = open("/dev/nvme-fabrics", O_RDWR), err = 0;
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	char words[160];

	if (fabrics < 0 || getsockname(s->channel, (struct sockaddr *)&addr, &len))
		return -errno;
	snprintf(words, sizeof(words),
		"transport=tcp,traddr=127.0.0.1,trsvcid=%u,nqn=nqn.2014-08.org.nvmexpress."
		"discovery",
		ntohs(addr.sin_port));
	if (write(fabrics, words, strlen(words)) >= 0)
		err = -EPROTO; /* it took nonsense for an answer */
	close(fabrics);
	return err;
}

int path_kernel(struct scene *s)
{
	uint16_t port;

	if (access("/dev/nvme-fabrics", R_OK | W_OK) || access("/sys/module/nvme_tcp", F_OK))
		return scene_absent(s, "no NVMe over TCP client");
	s->channel = net_listen(FAMILY_4, &port);
	if (s->channel < 0)
		return s->channel;
	return scene_beside(s, answer_greeting, ask_for_device);
}
