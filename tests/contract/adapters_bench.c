#include "tests/contract/adapters_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "sources/poll.h"
#include "tests/mapped.h"
#include "tests/replay.h"

static void
write_token(struct bench *b)
{
	FILE *file;

	snprintf(b->token, sizeof(b->token), "%s/token", b->f->dir);
	file = fopen(b->token, "w");
	assert_non_null(file);
	fprintf(file, "%s\n", b->row->token);
	fclose(file);
	assert_int_equal(chmod(b->token, 0600), 0);
}

struct cq_source
bench_source(struct bench *b)
{
	const struct adapter_row *row = b->row;

	return (struct cq_source){
	    .name = (char *)(uintptr_t) "here",
	    .adapter = (char *)(uintptr_t)row->adapter,
	    .address = cq_format("%s%s", replay_base(b->site), row->path),
	    .query = (char *)(uintptr_t)row->query,
	    .token_file = row->token == NULL ? NULL : b->token,
	    .options = row->map == NULL ? cq_strdup(row->options)
					: mapped_by("", "", row->map).options,
	    .since_at = 1,
	    .ok_at = CQ_NO_TIME,
	};
}

void
bench_open(struct bench *b, struct fixture *f, const struct adapter_row *row)
{
	char *dir, *routes;
	struct cq_source s;
	struct cq_act a;

	*b = (struct bench){.f = f, .row = row};
	setenv("XDG_STATE_HOME", f->dir, 1);
	unsetenv("STATE_DIRECTORY");
	b->site = replay_start();
	replay_clock(b->site, f->now);
	if (b->row->rewrite != NULL)
		replay_rewrite(b->site, b->row->rewrite);
	dir = cq_format("tests/fixtures/%s", b->row->folder);
	routes = cq_format("%s/%s", dir, b->row->routes);
	replay_routes(b->site, dir, routes);
	free(routes);
	free(dir);
	if (b->row->token != NULL)
		write_token(b);
	s = bench_source(b);
	a = act(f, "adm");
	OK(f, cq_store_source_add(f->store, &a, &s, &f->err));
	free(s.address);
	free(s.options);
}

void
bench_close(struct bench *b)
{
	replay_stop(b->site);
	cq_buf_free(&b->told);
}

static void
tell(void *arg, const struct poll_told *told)
{
	struct bench *b = arg;

	if (told->under_way) {
		if (told->step == b->stop_at_step)
			b->stop = 1;
		return;
	}
	cq_buf_clear(&b->told);
	cq_buf_str(&b->told, told->error == NULL ? "" : told->error);
	b->sum = told->sum;
	b->next_at = told->next_at;
}

void
bench_round(struct bench *b)
{
	static const char *const names[] = {"here", NULL};
	const struct http_opts http = {
	    .env = b->f->env, .connect_ms = 8000, .total_ms = 20000};
	const struct poll_opts opts = {.names = names,
	    .stop = &b->stop,
	    .tell = tell,
	    .arg = b,
	    .http = &http};
	struct cq_act a = act(b->f, "adm");

	cq_buf_clear(&b->told);
	cq_buf_str(&b->told, "");
	b->sum = (struct cq_ingested){0};
	OK(b->f, poll_round(b->f->store, &a, &opts, &b->f->err));
}

struct cq_source
bench_source_now(struct bench *b)
{
	struct cq_source s;

	OK(b->f, cq_store_source(b->f->store, "here", &s, &b->f->err));
	return s;
}

void
bench_fault(struct bench *b, const char *lines)
{
	char *all = cq_format("path=%s\n%s", b->row->data, lines);
	char why[200];

	if (!replay_fail(b->site, all, why))
		fail_msg("%s: %s", lines, why);
	free(all);
}

/* Posts that are stored, and the last of their ids. */
struct stored {
	int n;
	bool doubled;
	char last[600];
};

static bool
note_stored(void *arg, struct raw_text source, struct raw_text id,
    int64_t case_id)
{
	struct stored *s = arg;

	(void)source;
	(void)case_id;
	s->doubled = s->doubled || strcmp(s->last, id.s) == 0;
	snprintf(s->last, sizeof(s->last), "%s", id.s);
	s->n++;
	return true;
}

int
bench_n_stored(struct bench *b)
{
	struct stored s = {0};

	OK(b->f, cq_store_map(b->f->store, note_stored, &s, &b->f->err));
	assert_false(s.doubled);
	return s.n;
}

void
bench_expect_all(struct bench *b)
{
	struct cq_source s = bench_source_now(b);
	struct cq_act a = act(b->f, "adm");

	if (s.paused || s.rest_at > b->f->now)
		OK(b->f,
		    cq_store_source_pause(b->f->store, &a, "here", false,
			&b->f->err));
	cq_source_free(&s);
	replay_heal(b->site);
	b->stop = 0;
	b->stop_at_step = 0;
	bench_round(b);
	assert_string_equal(b->told.s, "");
	assert_int_equal(bench_n_stored(b), b->row->n_posts);
}

static void
note_seen(void *arg, const struct cq_post *post)
{
	struct seen *seen = arg;
	struct cq_err err = {0};

	cq_post_check(post, &err);
	assert_string_equal(err.msg, "");
	seen->n++;
	if (post->created_at == CQ_NO_TIME)
		return;
	seen->backwards = seen->backwards || post->created_at < seen->at;
	seen->at = post->created_at;
}

void
bench_try(struct bench *b, struct seen *seen, struct cq_err *err)
{
	struct cq_source s = bench_source(b);
	int64_t n_old;

	*seen = (struct seen){0};
	*err = (struct cq_err){0};
	poll_test(&b->f->env, &s, note_seen, seen, &n_old, err);
	free(s.address);
	free(s.options);
}
