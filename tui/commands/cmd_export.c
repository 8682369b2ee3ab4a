#include "tui/commands/commands.h"

#include <inttypes.h>

#include "tui/commands/out.h"

/*
 * Everything out: the map of posts to cases, what was suggested for which
 * post, or all cases with all in them.
 */

#define PAGE 200

/*
 * The fields are parted by tabs, so a tab or line feed inside one is a
 * space, as show() makes it.
 */
static bool
map_line(void *arg, struct raw_text source, struct raw_text id, int64_t case_id)
{
	const struct cli *cli = arg;
	cJSON *o;

	if (cli->json) {
		o = cJSON_CreateObject();
		json_line(o, "source", source.s);
		json_line(o, "id", id.s);
		json_number(o, "case", case_id);
		out_json(o);
	} else {
		out_raw(source.s);
		out_str("\t");
		out_raw(id.s);
		out_fmt("\t%" PRId64 "\n", case_id);
	}
	return !out_failed();
}

static bool
suggestion_line(void *arg, struct raw_text source, struct raw_text id, int rank,
    int64_t case_id, enum cq_rule rule)
{
	const struct cli *cli = arg;
	cJSON *o;

	if (cli->json) {
		o = cJSON_CreateObject();
		json_line(o, "source", source.s);
		json_line(o, "id", id.s);
		json_number(o, "rank", rank);
		json_number(o, "case", case_id);
		json_line(o, "rule", cq_rule_name(rule));
		out_json(o);
	} else {
		out_raw(source.s);
		out_str("\t");
		out_raw(id.s);
		out_fmt("\t%d\t%" PRId64 "\t%s\n", rank, case_id,
		    cq_rule_name(rule));
	}
	return !out_failed();
}

static int
export_page(struct cli *cli, const struct cq_cases *cases)
{
	int status = EXIT_DONE;
	bool json = cli->json;

	cli->json = true; /* there is no other form of everything */
	for (size_t i = 0; i < cases->n && status == EXIT_DONE; i++)
		status =
		    out_case(cli, cases->at[i].id, OUT_STORY | OUT_ENTRIES);
	cli->json = json;
	return status;
}

static int
export_all(struct cli *cli)
{
	static const struct cq_query all = {.scope = CQ_SCOPE_ALL};
	struct cq_after after;
	struct cq_cases cases;
	struct cq_err err;
	bool first = true, more = true;
	int status = EXIT_DONE;

	while (more && status == EXIT_DONE && !out_failed()) {
		if (cq_store_list(cli->store, &all, cli->me.name,
			first ? NULL : &after, PAGE, &cases, &err) != CQ_OK)
			return cli_failed(&err);
		status = export_page(cli, &cases);
		more = cases.more && cases.n > 0;
		if (cases.n > 0)
			after = cq_case_after(&cases.at[cases.n - 1]);
		first = false;
		cq_cases_free(&cases);
	}
	return status;
}

int
cmd_export(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	enum cq_status rc;

	if (cli_option(args, "suggestions") != NULL &&
	    cli_option(args, "map") != NULL)
		return cli_usage("--map or --suggestions, not both: they are "
				 "two lists");
	if (cli_option(args, "suggestions") != NULL)
		rc = cq_store_suggestions_map(cli->store, suggestion_line, cli,
		    &err);
	else if (cli_option(args, "map") != NULL)
		rc = cq_store_map(cli->store, map_line, cli, &err);
	else
		return export_all(cli);
	return rc == CQ_OK ? EXIT_DONE : cli_failed(&err);
}
