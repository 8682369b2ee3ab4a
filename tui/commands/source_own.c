#include "tui/commands/source_own.h"

#include <inttypes.h>
#include <string.h>

#include "tui/commands/out.h"

/* Accounts of our own, or official ones: they never complain. */

/* --- list -------------------------------------------------------------- */

static bool
is_wanted(const struct cq_own *own, const char *source, bool all)
{
	if (all)
		return own->source == NULL;
	return source == NULL || own->source == NULL ||
	    strcmp(own->source, source) == 0;
}

static void
own_json(const struct cq_own *own)
{
	cJSON *o = cJSON_CreateObject();

	json_line(o, "handle", own->handle.s);
	json_line(o, "source", own->source);
	out_json(o);
}

static void
own_row(const struct cq_own *own)
{
	struct cq_buf row = {0};

	if (own->source == NULL)
		out_cell(&row, "(all)", 16, false);
	else
		out_cell_raw(&row, own->source, 16);
	out_cell_raw(&row, own->handle.s, out_width() - 19);
	out_row(&row);
	cq_buf_free(&row);
}

static int
list(struct cli *cli, const char *source, bool all)
{
	struct cq_owns owns;
	struct cq_err err;

	if (cq_store_owns(cli->store, &owns, &err) != CQ_OK)
		return cli_failed(&err);
	if (!cli->json)
		out_str("Source           Account of our own\n");
	for (size_t i = 0; i < owns.n; i++) {
		if (!is_wanted(&owns.at[i], source, all))
			continue;
		if (cli->json)
			own_json(&owns.at[i]);
		else
			own_row(&owns.at[i]);
	}
	cq_owns_free(&owns);
	return EXIT_DONE;
}

/* --- change ------------------------------------------------------------ */

static void
told(struct cli *cli, const char *source, bool own, int64_t n)
{
	cJSON *o;

	if (cli->json) {
		o = cJSON_CreateObject();
		json_line(o, "source", source);
		json_number(o, own ? "added" : "removed", n);
		out_json(o);
		return;
	}
	out_fmt("%" PRId64 " %s %s as our own in ", n,
	    n == 1 ? "account" : "accounts", own ? "added" : "taken off");
	out_raw(source == NULL ? "all sources" : source);
	out_str("; posts that are there stay as they are\n");
}

static int
change(struct cli *cli, const char *source, const char *const *handles,
    bool own)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act;
	int64_t n;

	if (cli_need_me(cli, &err) != CQ_OK)
		return cli_failed(&err);
	act = cli_act(cli, op);
	if (cq_store_own_set(cli->store, &act, source, handles, own, &n,
		&err) != CQ_OK)
		return cli_act_failed(&err);
	told(cli, source, own, n);
	return EXIT_DONE;
}

int
source_own(struct cli *cli, const struct cli_args *args)
{
	bool all = cli_option(args, "all") != NULL;
	bool own = cli_option(args, "not") == NULL;
	int first = all ? 1 : 2; /* of the handles */
	const char *source = all || args->n < 2 ? NULL : args->at[1];

	if (args->n > first)
		return change(cli, source, args->at + first, own);
	if (!own)
		return cli_usage("source own --not: say which accounts");
	if (cli_no_op(cli, "source own") != EXIT_DONE)
		return EXIT_USAGE;
	return list(cli, source, all);
}
