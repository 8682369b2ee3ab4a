#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tui/commands/judging.h"
#include "tui/commands/out.h"

/* What belongs together, and what does not: join, split, not-same; undo. */

/* --- what is said of it ------------------------------------------------ */

int
judging_joined(struct cli *cli, int64_t into, size_t n)
{
	return out_changed(cli, into, "has %zu more %s joined in", n,
	    n == 1 ? "case" : "cases");
}

/* "12, 15 and 19" */
static char *
list_of(const int64_t *cases, size_t n)
{
	struct cq_buf b = {0};

	for (size_t i = 0; i < n; i++)
		cq_buf_fmt(&b, "%s%" PRId64,
		    i == 0	     ? ""
			: i == n - 1 ? " and "
				     : ", ",
		    cases[i]);
	return cq_buf_take(&b);
}

int
judging_apart(struct cli *cli, const int64_t *cases, size_t n)
{
	char *others = list_of(cases + 1, n - 1);
	int status = out_changed(cli, cases[0], "is not the same as %s%s",
	    others, n > 2 ? ", and these are not the same either" : "");

	free(others);
	return status;
}

static bool
is_held(struct cli *cli, int64_t case_id)
{
	struct cq_case_full full;
	bool held;

	if (cq_store_case(cli->store, case_id, 1, &full, NULL) != CQ_OK)
		return false;
	held = full.head.holder != NULL &&
	    strcmp(full.head.holder, cli->me.name) != 0;
	cq_case_full_free(&full);
	return held;
}

int
judging_failed(struct cli *cli, const int64_t *cases, size_t n, bool may_hold,
    const struct cq_err *err)
{
	struct cq_err hint = *err;
	bool held = false;

	for (size_t i = 0; i < n && may_hold && err->status == CQ_CONFLICT; i++)
		held |= is_held(cli, cases[i]);
	if (held)
		snprintf(hint.msg, sizeof(hint.msg),
		    "%.170s; with --held they are joined all the same, and "
		    "their drafts are kept",
		    err->msg);
	return cli_act_failed(&hint);
}

/* --- the commands ------------------------------------------------------ */

/* The numbers behind the case; NULL after complaining. */
static int64_t *
numbers(const struct cli_args *args, bool posts)
{
	int64_t *out = cq_alloc((size_t)args->n * sizeof(*out));

	for (int i = 1; i < args->n; i++) {
		const char *s = args->at[i];

		if (!(posts ? cli_post(s, &out[i - 1])
			    : cli_case(s, &out[i - 1]))) {
			free(out);
			return NULL;
		}
	}
	return out;
}

/* The first word and those behind it as numbers; NULL after complaining. */
static int64_t *
all_cases(const struct cli_args *args)
{
	int64_t first, *others, *all;

	if (!cli_case(args->at[0], &first))
		return NULL;
	others = numbers(args, false);
	if (others == NULL)
		return NULL;
	all = cq_alloc((size_t)args->n * sizeof(*all));
	all[0] = first;
	memcpy(all + 1, others, (size_t)(args->n - 1) * sizeof(*all));
	free(others);
	return all;
}

int
cmd_join(struct cli *cli, const struct cli_args *args)
{
	bool held = cli_option(args, "held") != NULL;
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t *cases = all_cases(args);
	size_t n = (size_t)args->n - 1;
	int status;

	if (cases == NULL)
		return EXIT_USAGE;
	if (cq_store_join(cli->store, &act, cases[0], cases + 1, n, held,
		cli_option(args, "reason"), &err) != CQ_OK)
		status = judging_failed(cli, cases, n + 1, !held, &err);
	else
		status = judging_joined(cli, cases[0], n);
	free(cases);
	return status;
}

int
cmd_not_same(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	char op[CQ_OP_SIZE], *others;
	struct cq_act act = cli_act(cli, op);
	int64_t *cases = all_cases(args);
	size_t n = (size_t)args->n - 1;
	int status;

	if (cases == NULL)
		return EXIT_USAGE;
	others = list_of(cases + 1, n);
	if (cq_store_not_same(cli->store, &act, cases[0], cases + 1, n,
		cli_option(args, "reason"), &err) != CQ_OK)
		status = cli_act_failed(&err);
	else
		status =
		    out_changed(cli, cases[0], "is not the same as %s", others);
	free(others);
	free(cases);
	return status;
}

int
cmd_split(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id, new_case, *posts;
	size_t n = (size_t)args->n - 1;
	enum cq_status rc;

	if (!cli_case(args->at[0], &id))
		return EXIT_USAGE;
	posts = numbers(args, true);
	if (posts == NULL)
		return EXIT_USAGE;
	rc = cq_store_split(cli->store, &act, id, posts, n,
	    cli_option(args, "reason"), &new_case, &err);
	free(posts);
	if (rc != CQ_OK)
		return cli_act_failed(&err);
	return out_changed(cli, new_case,
	    "opened with %zu %s broken out of case %" PRId64, n,
	    n == 1 ? "post" : "posts", id);
}

int
cmd_undo(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	char op[CQ_OP_SIZE], what[200];
	struct cq_act act = cli_act(cli, op);
	int64_t id;
	cJSON *o;

	(void)args;
	if (cq_store_undo(cli->store, &act, what, sizeof(what), &id, &err) !=
	    CQ_OK)
		return cli_act_failed(&err);
	if (!cli->json) {
		out_raw(what);
		out_str("\n");
		return EXIT_DONE;
	}
	if (id > 0)
		return out_changed(cli, id, "%s", what);
	o = cJSON_CreateObject(); /* an act on the queue itself */
	json_line(o, "undone", what);
	out_json(o);
	return EXIT_DONE;
}
