#include "tests/polling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"

static int64_t
test_now(void *arg)
{
	return ((struct polling *)arg)->now;
}

static void
test_random(void *arg, void *buf, size_t n)
{
	struct polling *f = arg;

	memset(buf, ++f->dice, n);
}

static long
test_fs_type(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	return 0xef53; /* ext4 */
}

struct cq_act
polling_act(struct polling *f)
{
	static char op[CQ_OP_SIZE];

	snprintf(op, sizeof(op), "op%d", ++f->n_acts);
	return (struct cq_act){.op = op, .agent = "ana"};
}

void
polling_add(struct polling *f, const char *name, const char *adapter,
    const char *path, const char *query)
{
	char *address = cq_format("%s%s", replay_base(f->site), path);
	struct cq_source s = {
	    .name = (char *)(uintptr_t)name,
	    .adapter = (char *)(uintptr_t)adapter,
	    .address = address,
	    .query = (char *)(uintptr_t)query,
	    .brand = (char *)(uintptr_t) "acme",
	    .since_at = CQ_NO_TIME,
	};
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};

	cq_store_source_add(f->store, &a, &s, &err);
	assert_string_equal(err.msg, "");
	free(address);
}

struct cq_source
polling_source(struct polling *f, const char *name)
{
	struct cq_source s;
	struct cq_err err = {0};

	cq_store_source(f->store, name, &s, &err);
	assert_string_equal(err.msg, "");
	return s;
}

static void
tell(void *arg, const struct poll_told *told)
{
	struct polling *f = arg;

	if (told->under_way) {
		f->step = told->step;
		return;
	}
	if (told->end == POLL_RESTS || told->end == POLL_PAUSED)
		cq_buf_fmt(&f->told, "%s: %s\n", told->source->name,
		    told->end == POLL_RESTS ? "rests" : "paused");
	else
		cq_buf_fmt(&f->told, "%s: %s%d %s\n", told->source->name,
		    told->end == POLL_OVERTAKEN	     ? "overtaken "
			: told->end == POLL_NO_TOKEN ? "no token "
						     : "",
		    (int)told->status, told->error == NULL ? "-" : told->error);
	f->sum = told->sum;
	f->next_at = told->next_at;
	f->n_old = told->n_old;
	if (f->stop_when_told)
		f->stop = 1;
}

struct poll_opts
polling_options(struct polling *f, struct http_opts *http)
{
	*http = (struct http_opts){
	    .env = f->env, .connect_ms = 1000, .total_ms = 700};
	return (struct poll_opts){
	    .tell = tell, .arg = f, .stop = &f->stop, .http = http};
}

void
polling_round(struct polling *f, const char *name, const char *told)
{
	const char *const names[] = {name, NULL};
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_act a = polling_act(f);
	struct cq_err err = {0};

	if (name != NULL)
		opts.names = names;
	cq_buf_clear(&f->told);
	f->sum = (struct cq_ingested){0};
	poll_round(f->store, &a, &opts, &err);
	assert_string_equal(err.msg, "");
	assert_string_equal(f->told.s == NULL ? "" : f->told.s, told);
}

int64_t
polling_posts(struct polling *f)
{
	struct cq_counts counts;

	assert_int_equal(cq_store_counts(f->store, NULL, &counts, NULL), CQ_OK);
	return counts.posts;
}

char *
polling_feed(int n)
{
	struct cq_buf b = {0};

	cq_buf_str(&b, "<rss><channel>");
	for (int i = 0; i < n; i++)
		cq_buf_fmt(&b,
		    "<item><guid>g%d</guid><title>train %d is late</title>"
		    "</item>",
		    i, i);
	cq_buf_str(&b, "</channel></rss>");
	return cq_buf_take(&b);
}

int
polling_set_up(void **state)
{
	struct polling *f = cq_alloc(sizeof(*f));
	struct cq_err err = {0};

	f->now = NOW;
	f->env = (struct cq_env){.now = test_now,
	    .random = test_random,
	    .fs_type = test_fs_type,
	    .arg = f};
	snprintf(f->dir, sizeof(f->dir), "/tmp/caseq-poll-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/queue.db", f->dir);
	if (cq_store_create(f->path, &f->env, "ana", "ana", getuid(), &err) !=
		CQ_OK ||
	    cq_store_open(f->path, &f->env, &f->store, &err) != CQ_OK) {
		fprintf(stderr, "%s\n", err.msg);
		return -1;
	}
	f->site = replay_start();
	*state = f;
	return 0;
}

int
polling_tear_down(void **state)
{
	struct polling *f = *state;
	char *rm = cq_format("rm -rf '%s'", f->dir);
	int rc;

	replay_stop(f->site);
	cq_store_close(f->store);
	cq_buf_free(&f->told);
	if (f->disk[0] != '\0')
		umount(f->disk);
	rc = system(rm);
	free(rm);
	free(f);
	return rc;
}
