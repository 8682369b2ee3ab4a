#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "tui/commands/catch_up.h"
#include "tui/commands/out.h"
#include "tui/commands/source_list.h"
#include "tui/rows.h"

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
	bool named;   /* the sources are */
	bool draws;   /* a line at the bottom says what is under way */
	struct asked *asked;
	size_t n_under_way;
	int64_t n_asked, n_failed, n_rests, n_paused;
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
say_paused(const struct cq_source *s, int64_t now, struct cq_buf *out)
{
	if (s->parked_at == CQ_NO_TIME) {
		cq_buf_str(out, "somebody paused it");
	} else {
		cq_buf_str(out, "it paused itself, ");
		say_when(s->parked_at, now, out);
		cq_buf_fmt(out, ": %s", s->last_error);
	}
	cq_buf_fmt(out, "; to ask it again: caseq source resume %s", s->name);
}

/* Why it was not asked, and what to do; NULL if it was. */
static char *
why_not(const struct round *r, const struct cli_told *told)
{
	int64_t now = cq_store_now(r->cli->store);
	struct cq_buf why = {0};

	if (told->end == CLI_NO_TOKEN)
		cq_buf_str(&why, told->error);
	if (told->end == CLI_PAUSED)
		say_paused(told->source, now, &why);
	if (told->end == CLI_RESTS)
		say_rest(told->next_at, now, &why);
	if (told->end == CLI_RESTS && r->named)
		cq_buf_fmt(&why, "; if you know better: caseq source resume %s",
		    told->source->name);
	return why.s;
}

static void
told_json(const struct cli_told *told, const char *not_asked)
{
	bool late = told->end == CLI_OVERTAKEN;
	bool failed = told->end == CLI_ASKED;
	cJSON *o = cJSON_CreateObject();

	json_line(o, "source", told->source->name);
	json_line(o, "error", failed ? told->error : NULL);
	json_line(o, "not_asked", not_asked);
	if (late)
		json_line(o, "overtaken", told->error);
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
	json_time(o, "next", told->next_at == 0 ? CQ_NO_TIME : told->next_at);
	out_json(o);
}

/* "forum: failed: forum.example is out of order" */
static void
told_words(const struct cli_told *told, const char *how, const char *why)
{
	char *line = cq_format("%s: %s%s", told->source->name, how, why);
	struct shown_text shown = show_str(line, SHOW_LINE);

	out_line("", "    ", shown.s);
	shown_free(&shown);
	free(line);
}

static void
told_plain(const struct round *r, const struct cli_told *told,
    const char *not_asked)
{
	char at[CQ_TIME_SIZE];

	if (r->service) {
		cq_time_local(r->cli->env.now(r->cli->env.arg),
		    "%Y-%m-%d %H:%M:%S", at);
		out_fmt("%s  ", at);
	}
	if (not_asked != NULL) {
		told_words(told, "not asked: ", not_asked);
		return;
	}
	if (told->error != NULL) {
		told_words(told,
		    told->end == CLI_OVERTAKEN ? "" : "failed: ", told->error);
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
count_end(struct round *r, const struct cli_told *told)
{
	if (told->end == CLI_RESTS)
		r->n_rests++;
	else if (told->end == CLI_PAUSED)
		r->n_paused++;
	else
		r->n_asked++;
	r->n_failed += told->error != NULL &&
	    (told->end == CLI_ASKED || told->end == CLI_NO_TOKEN);
}

static void
tell_end(struct round *r, const struct cli_told *told)
{
	char *not_asked;

	count_end(r, told);
	if (r->service && told->end == CLI_ASKED && told->error == NULL &&
	    told->sum.n_new == 0 && told->sum.n_edited == 0 &&
	    told->sum.n_bad == 0)
		return;
	not_asked = why_not(r, told);
	if (r->cli->json)
		told_json(told, not_asked);
	else
		told_plain(r, told, not_asked);
	free(not_asked);
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

static void
free_round(struct round *r)
{
	while (r->n_under_way > 0)
		free(r->asked[--r->n_under_way].name);
	free(r->asked);
	if (r->draws)
		out_str("\r\033[K");
}

/* Before anybody is asked: an answer is paid for, and could not be stored. */
static int
may_fetch(const struct cli *cli)
{
	if (cq_role_may(cli->me.role, CQ_MAY_INGEST))
		return EXIT_DONE;
	cli_broken("%s (%s) may not fetch; ask an %s", cli->me.name,
	    cq_role_name(cli->me.role), cq_right_who(CQ_MAY_INGEST));
	return EXIT_REFUSED;
}

/*
 * What a service has us wait for comes by itself, and what another fetch
 * stored is there: neither is a failure, or a timer would tell somebody of it
 * each time.  But a source that was named is wanted now.
 */
static int
outcome(struct cli *cli, const struct round *r)
{
	int status;

	if (r->n_asked + r->n_rests == 0 && r->n_paused == 0) {
		cli_broken("fetch: there is no source to ask; add one with"
			   " 'caseq source add'");
		return EXIT_NOTHING;
	}
	if (r->n_asked + r->n_rests == 0 && !r->named) {
		cli_broken("fetch: all sources are paused");
		return EXIT_NOTHING;
	}
	status = cli_catch_up(cli, CATCH_UP_MS);
	if (r->n_failed > 0 || (r->named && r->n_paused > 0))
		return EXIT_FAILED;
	return status;
}

int
cmd_fetch(struct cli *cli, const struct cli_args *args)
{
	struct round r = {.cli = cli,
	    .named = args->n > 0,
	    .draws = !cli->json && isatty(STDOUT_FILENO)};
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);

	if (may_fetch(cli) != EXIT_DONE)
		return EXIT_REFUSED;
	/* args->at ends with NULL */
	if (cli->net->fetch(cli->store, &act, args->n == 0 ? NULL : args->at,
		true, cli->stop, tell, &r, &err) != CQ_OK) {
		free_round(&r);
		return cli_failed(&err);
	}
	free_round(&r);
	return outcome(cli, &r);
}

/* --- the service ------------------------------------------------------- */

/*
 * The one run of the queue.  It prints only what is new, so a person at a
 * terminal is told that it listens.
 */
static enum cq_status
begin_run(struct cli *cli, struct cq_err *err)
{
	struct cq_sources all = {0};
	int n = 0;
	enum cq_status rc = cq_store_runner_lock(cli->store, err);

	if (rc != CQ_OK || !isatty(STDOUT_FILENO) || cli->json)
		return rc;
	rc = cq_store_sources(cli->store, &all, err);
	for (size_t i = 0; rc == CQ_OK && i < all.n; i++)
		n += !all.at[i].paused && !source_is_file(&all.at[i]);
	if (rc == CQ_OK)
		out_fmt("listening to %d %s, each as its time comes; Ctrl-C"
			" ends it\n",
		    n, n == 1 ? "source" : "sources");
	cq_sources_free(&all);
	return rc;
}

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
	rc = cli->net->fetch(cli->store, &act, NULL, false, cli->wake, tell, r,
	    err);
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
	if (may_fetch(cli) != EXIT_DONE)
		return EXIT_REFUSED;
	setvbuf(stdout, NULL, _IOLBF, 0);
	cli_catch_wake(cli);
	rc = begin_run(cli, &err);
	while (rc == CQ_OK) {
		rc = serve(&r, &err);
		*cli->wake = 0; /* what comes from here on sets it again */
		if (rc != CQ_OK || *cli->stop != 0)
			break;
		rc = ask_all(&r, &err);
	}
	return rc == CQ_OK ? EXIT_DONE : cli_failed(&err);
}
