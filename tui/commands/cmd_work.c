#include "tui/commands/commands.h"

#include <stdio.h>

#include "tui/commands/out.h"

/* How a case goes on: assign, resolve, dismiss, reopen, snooze. */

#define SNOOZE_S (4 * 3600)

int
cmd_assign(struct cli *cli, const struct cli_args *args)
{
	const char *to = cli_option(args, "to");
	bool nobody = cli_option(args, "nobody") != NULL;
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id;

	if (!cli_case(args->at[0], &id))
		return EXIT_USAGE;
	if (nobody && to != NULL)
		return cli_usage("assign: either --to NAME or --nobody");
	if (to == NULL && !nobody)
		to = cli->me.name;
	if (cq_store_assign(cli->store, &act, id, to,
		cli_option(args, "reason"), &err) != CQ_OK)
		return cli_act_failed(&err);
	if (nobody)
		return out_changed(cli, id, "has no owner any more");
	return out_changed(cli, id, "is owned by %s", to);
}

/* All moves of cq_store_move(); said is what the sentence says after. */
static int
move(struct cli *cli, const struct cli_args *args, enum cq_move what,
    const char *words, int64_t until_at, const char *said)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id, fence;

	if (!cli_case(args->at[0], &id) ||
	    !cli_number(args, "fence", 0, &fence))
		return EXIT_USAGE;
	if (cq_store_move(cli->store, &act, id, fence, what, words, until_at,
		&err) != CQ_OK)
		return cli_act_failed(&err);
	if (words == NULL)
		return out_changed(cli, id, "%s", said);
	return out_changed(cli, id, "%s (%s)", said, words);
}

static int
unknown_outcome(const char *outcome)
{
	struct cq_buf known = {0};

	for (size_t i = 0; cq_outcomes[i] != NULL; i++)
		cq_buf_fmt(&known, "%s%s", i > 0 ? ", " : "", cq_outcomes[i]);
	cli_usage("--outcome '%s' is none; say one of %s", outcome, known.s);
	cq_buf_free(&known);
	return EXIT_USAGE;
}

int
cmd_resolve(struct cli *cli, const struct cli_args *args)
{
	const char *outcome = cli_option(args, "outcome");

	if (outcome == NULL)
		outcome = cq_outcomes[0];
	if (!cq_outcome_known(outcome))
		return unknown_outcome(outcome);
	return move(cli, args, CQ_MOVE_RESOLVE, outcome, CQ_NO_TIME,
	    "resolved");
}

static const char *
reason(const struct cli_args *args, const char *fallback)
{
	const char *s = cli_option(args, "reason");

	return s == NULL ? fallback : s;
}

int
cmd_dismiss(struct cli *cli, const struct cli_args *args)
{
	return move(cli, args, CQ_MOVE_DISMISS, reason(args, "not a complaint"),
	    CQ_NO_TIME, "dismissed");
}

int
cmd_reopen(struct cli *cli, const struct cli_args *args)
{
	return move(cli, args, CQ_MOVE_REOPEN, reason(args, "more to do"),
	    CQ_NO_TIME, "reopened");
}

int
cmd_snooze(struct cli *cli, const struct cli_args *args)
{
	const char *until = cli_option(args, "until");
	bool author = cli_option(args, "author") != NULL;
	int64_t now = cq_store_now(cli->store), at = now + SNOOZE_S;
	char when[CQ_TIME_SIZE], said[64];

	if (author && until != NULL)
		return cli_usage("snooze: either --until TIME or --author");
	if (author)
		return move(cli, args, CQ_MOVE_PEND, NULL, CQ_NO_TIME,
		    "waits for its author");
	if (until != NULL && !cq_moment_parse(until, now, &at))
		return cli_usage("--until '%s' is no time; say 2h, 14:30,"
				 " tomorrow or 2026-11-23",
		    until);
	if (at <= now)
		return cli_usage("--until '%s' lies in the past", until);
	snprintf(said, sizeof(said), "sleeps until %s", out_time(at, when));
	return move(cli, args, CQ_MOVE_SNOOZE, NULL, at, said);
}
