#include "tui/commands/catch_up.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
cli_catch_up(struct cli *cli, int64_t max_ms)
{
	int64_t end_ms = monotonic_ms() + max_ms, n = 1;
	struct cq_err err;
	enum cq_status rc = CQ_OK;

	while (rc == CQ_OK && n > 0 && *cli->stop == 0 &&
	    monotonic_ms() < end_ms)
		rc = cq_store_search_step(cli->store, INT_MAX, &n, &err);
	if (rc == CQ_OK || rc == CQ_BUSY)
		rc = cq_store_search_behind(cli->store, &n, &err);
	if (rc != CQ_OK)
		return cli_failed(&err);
	if (n > 0)
		fprintf(stderr,
		    "caseq: %" PRId64 " posts are not in the word index yet, so"
		    " nothing like them in words is suggested;\n"
		    "caseq: 'caseq run' and 'caseq dedup index' take them in\n",
		    n);
	return EXIT_DONE;
}

enum cq_status
cli_catch_up_till(struct cli *cli, int fd, struct cq_err *err)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	enum cq_status rc = CQ_OK;
	int64_t n = 1;

	while (rc == CQ_OK && n > 0 && *cli->stop == 0 && poll(&p, 1, 0) == 0)
		rc = cq_store_search_step(cli->store, INT_MAX, &n, err);
	return rc == CQ_BUSY ? CQ_OK : rc; /* another time, then */
}
