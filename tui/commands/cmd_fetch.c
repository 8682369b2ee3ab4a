#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "tui/commands/catch_up.h"
#include "tui/commands/out.h"

/* Asking the sources: fetch once, run for ever. */

/* A source that has not answered all yet. */
struct asked {
	char *name;
	int step;
	int64_t n_read;
};

struct round {
	struct cli *cli;
	bool service; /* run: only what is worth a line, with its time */
	bool draws;   /* a line at the bottom says what is under way */
	struct asked *asked;
	size_t n_under_way;
	int64_t n_asked, n_failed;
};

/* --- progress, on a terminal ------------------------------------------- */

static struct asked *
asked_of(struct round *r, const char *name)
{
	for (size_t i = 0; i < r->n_under_way; i++)
		if (strcmp(r->asked[i].name, name) == 0)
			return &r->asked[i];
	return NULL;
}

static void
note_step(struct round *r, const struct cli_told *told)
{
	struct asked *a = asked_of(r, told->source->name);

	if (a == NULL) {
		r->asked =
		    cq_grow(r->asked, r->n_under_way + 1, sizeof(*r->asked));
		a = &r->asked[r->n_under_way++];
		a->name = cq_strdup(told->source->name);
	}
	a->step = told->step;
	a->n_read = told->sum.n_read;
}

static void
note_end(struct round *r, const char *name)
{
	struct asked *a = asked_of(r, name);

	if (a == NULL)
		return;
	free(a->name);
	*a = r->asked[--r->n_under_way];
}

/* "asking forum (answer 3, 200 posts), toots", cut to the terminal. */
static void
draw(struct round *r)
{
	struct cq_buf line = {0};
	struct cq_buf row = {0};

	for (size_t i = 0; i < r->n_under_way; i++) {
		cq_buf_fmt(&line, "%s%s", i == 0 ? "asking " : ", ",
		    r->asked[i].name);
		if (r->asked[i].step > 1)
			cq_buf_fmt(&line, " (answer %d, %" PRId64 " posts)",
			    r->asked[i].step, r->asked[i].n_read);
	}
	if (line.n > 0)
		out_cell_raw(&row, line.s, out_width() - 1);
	out_fmt("\r\033[K%s", row.s == NULL ? "" : row.s);
	fflush(stdout);
	cq_buf_free(&row);
	cq_buf_free(&line);
}

/* --- what a source brought --------------------------------------------- */

static void
told_json(const struct cli_told *told)
{
	cJSON *o = cJSON_CreateObject();

	json_line(o, "source", told->source->name);
	json_line(o, "error", told->error);
	json_number(o, "read", told->sum.n_read);
	json_number(o, "new", told->sum.n_new);
	json_number(o, "known", told->sum.n_known);
	json_number(o, "joined", told->sum.n_joined);
	json_number(o, "suggested", told->sum.n_suggested);
	json_number(o, "bad", told->sum.n_bad);
	if (told->sum.n_own > 0)
		json_number(o, "own", told->sum.n_own);
	if (told->n_old > 0)
		json_number(o, "old", told->n_old);
	json_time(o, "next", told->next_at);
	out_json(o);
}

static void
told_failure(const struct cli_told *told)
{
	char *line =
	    cq_format("%s: failed: %s", told->source->name, told->error);
	struct shown_text shown = show_str(line, SHOW_LINE);

	out_line("", "    ", shown.s);
	shown_free(&shown);
	free(line);
}

static void
told_plain(const struct round *r, const struct cli_told *told)
{
	char at[CQ_TIME_SIZE];

	if (r->service) {
		cq_time_local(r->cli->env.now(r->cli->env.arg),
		    "%Y-%m-%d %H:%M:%S", at);
		out_fmt("%s  ", at);
	}
	if (told->error != NULL) {
		told_failure(told);
		return;
	}
	out_raw(told->source->name);
	out_fmt(": read %" PRId64 ", new %" PRId64 ", known %" PRId64
		", joined %" PRId64 ", suggested %" PRId64 ", bad %" PRId64,
	    told->sum.n_read, told->sum.n_new, told->sum.n_known,
	    told->sum.n_joined, told->sum.n_suggested, told->sum.n_bad);
	if (told->sum.n_own > 0) /* of our own accounts, left out */
		out_fmt(", own %" PRId64, told->sum.n_own);
	if (told->n_old > 0) /* from before --since */
		out_fmt(", old %" PRId64, told->n_old);
	out_str("\n");
}

static void
tell_end(struct round *r, const struct cli_told *told)
{
	r->n_asked++;
	r->n_failed += told->error != NULL;
	if (r->service && told->error == NULL && told->sum.n_new == 0 &&
	    told->sum.n_edited == 0 && told->sum.n_bad == 0)
		return;
	if (r->cli->json)
		told_json(told);
	else
		told_plain(r, told);
}

static void
tell(void *arg, const struct cli_told *told)
{
	struct round *r = arg;

	if (!r->draws) {
		if (!told->under_way)
			tell_end(r, told);
		return;
	}
	if (told->under_way) {
		note_step(r, told);
	} else {
		note_end(r, told->source->name);
		out_str("\r\033[K");
		tell_end(r, told);
	}
	draw(r);
}

/* What a source answers is another act each time. */
static int
no_op(const char *name)
{
	return cli_usage("%s: leave --op out: a fetch may be repeated as it is",
	    name);
}

static void
free_round(struct round *r)
{
	while (r->n_under_way > 0)
		free(r->asked[--r->n_under_way].name);
	free(r->asked);
	if (r->draws)
		out_str("\r\033[K");
}

static int
nobody_asked(struct cli *cli)
{
	struct cq_sources sources;
	struct cq_err err;
	bool paused = false;

	if (cq_store_sources(cli->store, &sources, &err) != CQ_OK)
		return cli_failed(&err);
	for (size_t i = 0; i < sources.n; i++)
		paused = paused || sources.at[i].paused;
	cq_sources_free(&sources);
	if (paused)
		cli_broken("fetch: all sources are paused; 'caseq source list'"
			   " says why");
	else
		cli_broken("fetch: there is no source to ask; add one with"
			   " 'caseq source add'");
	return EXIT_NOTHING;
}

int
cmd_fetch(struct cli *cli, const struct cli_args *args)
{
	struct round r = {
	    .cli = cli, .draws = !cli->json && isatty(STDOUT_FILENO)};
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int status;

	if (cli->op != NULL)
		return no_op("fetch");
	/* args->at ends with NULL */
	if (cli->net->fetch(cli->store, &act, args->n == 0 ? NULL : args->at,
		cli->stop, tell, &r, &err) != CQ_OK) {
		free_round(&r);
		return cli_failed(&err);
	}
	free_round(&r);
	if (r.n_asked == 0)
		return nobody_asked(cli);
	status = cli_catch_up(cli, CATCH_UP_MS);
	return r.n_failed > 0 ? EXIT_FAILED : status;
}

/* --- the service ------------------------------------------------------- */

/* Until a signal.  Each time is another act. */
static enum cq_status
serve(struct round *r, struct cq_err *err)
{
	struct cli *cli = r->cli;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);

	return cli->net->run(cli->store, &act, cli->wake, tell, r, err);
}

/*
 * SIGHUP: with new connections, so that certificates and name servers are
 * read anew, all sources are asked, due or not.
 */
static enum cq_status
ask_all(struct round *r, struct cq_err *err)
{
	struct cli *cli = r->cli;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	enum cq_status rc;

	cli_broken("run: told by SIGHUP to ask all sources now");
	rc = cli->net->fetch(cli->store, &act, NULL, cli->wake, tell, r, err);
	/* these may pass: the service goes on */
	return rc == CQ_BUSY || rc == CQ_FULL ? CQ_OK : rc;
}

int
cmd_run(struct cli *cli, const struct cli_args *args)
{
	struct round r = {.cli = cli, .service = true};
	struct cq_err err;
	enum cq_status rc;

	(void)args;
	if (cli->op != NULL)
		return no_op("run");
	setvbuf(stdout, NULL, _IOLBF, 0);
	cli_catch_wake(cli);
	for (;;) {
		rc = serve(&r, &err);
		*cli->wake = 0; /* what comes from here on sets it again */
		if (rc != CQ_OK || *cli->stop != 0)
			break;
		rc = ask_all(&r, &err);
		if (rc != CQ_OK)
			break;
	}
	return rc == CQ_OK ? EXIT_DONE : cli_failed(&err);
}
