#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/commands/out.h"

/* What belongs together: join, split; and undo. */

/* The numbers behind the case; NULL after complaining. */
static int64_t *
numbers(const struct cli_args *args, bool posts)
{
	int64_t *out = cq_alloc((size_t)args->n * sizeof(*out));

	for (int i = 1; i < args->n; i++) {
		const char *s = args->at[i];

		if (posts && *s == 'p')
			s++;
		if (!cli_case(s, &out[i - 1])) {
			free(out);
			return NULL;
		}
	}
	return out;
}

int
cmd_join(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t into, *others;
	size_t n = (size_t)args->n - 1;
	enum cq_status rc;

	if (!cli_case(args->at[0], &into))
		return EXIT_USAGE;
	others = numbers(args, false);
	if (others == NULL)
		return EXIT_USAGE;
	rc = cq_store_join(cli->store, &act, into, others, n, false,
	    cli_option(args, "reason"), &err);
	free(others);
	if (rc != CQ_OK)
		return cli_act_failed(&err);
	return out_changed(cli, into, "has %zu more %s joined in", n,
	    n == 1 ? "case" : "cases");
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
