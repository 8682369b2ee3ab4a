#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>

#include "tui/commands/catch_up.h"
#include "tui/commands/out.h"

/* Asking the sources: fetch once, run for ever. */

struct round {
	struct cli *cli;
	bool service; /* run: only what is worth a line, with its time */
	int64_t n_asked, n_failed;
};

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
	json_time(o, "next", told->next_at);
	out_json(o);
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
	out_raw(told->source->name);
	if (told->error != NULL) {
		out_str(": failed: ");
		out_raw(told->error);
		out_str("\n");
		return;
	}
	out_fmt(": read %" PRId64 ", new %" PRId64 ", known %" PRId64
		", joined %" PRId64 ", suggested %" PRId64 ", bad %" PRId64,
	    told->sum.n_read, told->sum.n_new, told->sum.n_known,
	    told->sum.n_joined, told->sum.n_suggested, told->sum.n_bad);
	if (told->sum.n_own > 0) /* of our own accounts, left out */
		out_fmt(", own %" PRId64, told->sum.n_own);
	out_str("\n");
}

static void
tell(void *arg, const struct cli_told *told)
{
	struct round *r = arg;

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

/* What a source answers is another act each time. */
static int
no_op(const char *name)
{
	return cli_usage("%s: leave --op out: a fetch may be repeated as it is",
	    name);
}

int
cmd_fetch(struct cli *cli, const struct cli_args *args)
{
	struct round r = {.cli = cli};
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int status;

	if (cli->op != NULL)
		return no_op("fetch");
	/* args->at ends with NULL */
	if (cli->net->fetch(cli->store, &act, args->n == 0 ? NULL : args->at,
		tell, &r, &err) != CQ_OK)
		return cli_failed(&err);
	if (r.n_asked == 0) {
		cli_broken("fetch: there is no source to ask; add one with"
			   " 'caseq source add'");
		return EXIT_NOTHING;
	}
	status = cli_catch_up(cli, CATCH_UP_MS);
	return r.n_failed > 0 ? EXIT_FAILED : status;
}

int
cmd_run(struct cli *cli, const struct cli_args *args)
{
	struct round r = {.cli = cli, .service = true};
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);

	(void)args;
	if (cli->op != NULL)
		return no_op("run");
	setvbuf(stdout, NULL, _IOLBF, 0);
	cli_catch_stop(cli);
	if (cli->net->run(cli->store, &act, cli->stop, tell, &r, &err) != CQ_OK)
		return cli_failed(&err);
	return EXIT_DONE;
}
