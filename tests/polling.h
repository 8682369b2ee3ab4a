#ifndef TESTS_POLLING_H
#define TESTS_POLLING_H

#include "core/buf.h"
#include "core/store.h"
#include "sources/poll.h"
#include "tests/replay.h"

/* Rounds of the poller over a real queue, against the replay server. */

#define NOW 1795439220 /* 2026-11-23T13:07:00Z */

struct polling {
	struct replay *site;
	struct cq_store *store;
	struct cq_env env;
	int64_t now;
	unsigned char dice;
	int n_acts;
	volatile int stop;
	bool stop_when_told;
	char dir[64], path[80], disk[80];
	struct cq_buf told; /* "name: status error\n", "name: rests\n" */
	struct cq_ingested sum;
	int64_t next_at, n_old; /* of the last one told */
	int step;		/* of the source asked last */
	int n_asked;		/* for the time, where a test counts it */
};

int polling_set_up(void **state);
int polling_tear_down(void **state);

struct cq_act polling_act(struct polling *f);

/* The address is that of the server with path behind it. */
void polling_add(struct polling *f, const char *name, const char *adapter,
    const char *path, const char *query);

/* As the store has it; cq_source_free(). */
struct cq_source polling_source(struct polling *f, const char *name);

/* A second for a connection, and less for an answer. */
struct poll_opts polling_options(struct polling *f, struct http_opts *http);

/* A round of one source, or of all for NULL; told is what it told. */
void polling_round(struct polling *f, const char *name, const char *told);

int64_t polling_posts(struct polling *f);

/* A feed of so many posts, "train 0 is late" and so on; to be freed. */
char *polling_feed(int n);

#endif
