#include "tui/commands/source_seen.h"

#include <inttypes.h>

#include "tui/commands/out.h"

int
source_seen(struct cli *cli, const struct cli_args *args)
{
	const char *name = args->at[1];
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	struct cq_err err;
	int64_t n;
	cJSON *o;

	if (cq_store_gap_seen(cli->store, &act, name, &n, &err) != CQ_OK)
		return cli_act_failed(&err);
	if (cli->json) {
		o = cJSON_CreateObject();
		json_line(o, "source", name);
		json_number(o, "seen", n);
		out_json(o);
		return EXIT_DONE;
	}
	out_fmt("you have seen %" PRId64 " %s of source ", n,
	    n == 1 ? "gap" : "gaps");
	out_raw(name);
	out_str("\n");
	return EXIT_DONE;
}
