#include "tui/commands/commands.h"

#include <inttypes.h>

#include "tui/commands/out.h"

/* Claims: next, take, renew, release, steal. */

static bool
lease(const struct cli_args *args, int *lease_s)
{
	int64_t seconds;

	if (!cli_seconds(args, "lease", CQ_LEASE_S, &seconds))
		return false;
	if (seconds > 24 * 3600) {
		cli_usage("--lease %" PRId64 "s is too long; a claim lasts at"
			  " most 24h, and 'caseq renew' makes it longer",
		    seconds);
		return false;
	}
	*lease_s = (int)seconds;
	return true;
}

int
cmd_next(struct cli *cli, const struct cli_args *args)
{
	struct cq_claim claim;
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int lease_s;

	if (!lease(args, &lease_s))
		return EXIT_USAGE;
	if (cq_store_next(cli->store, &act, lease_s, &claim, &err) != CQ_OK)
		return cli_act_failed(&err);
	return out_case(cli, claim.case_id, OUT_STORY);
}

int
cmd_take(struct cli *cli, const struct cli_args *args)
{
	struct cq_claim claim;
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id;
	int lease_s;

	if (!cli_case(args->at[0], &id) || !lease(args, &lease_s))
		return EXIT_USAGE;
	if (cq_store_claim(cli->store, &act, id, lease_s, &claim, &err) !=
	    CQ_OK)
		return cli_act_failed(&err);
	return out_case(cli, claim.case_id, OUT_STORY);
}

int
cmd_renew(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	char op[CQ_OP_SIZE], until[CQ_TIME_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id, fence;
	int lease_s;

	if (!cli_case(args->at[0], &id) || !lease(args, &lease_s) ||
	    !cli_number(args, "fence", 0, &fence))
		return EXIT_USAGE;
	if (cq_store_renew(cli->store, &act, id, fence, lease_s, &err) != CQ_OK)
		return cli_act_failed(&err);
	return out_changed(cli, id, "is yours until %s",
	    out_time(cq_store_now(cli->store) + lease_s, until));
}

int
cmd_release(struct cli *cli, const struct cli_args *args)
{
	const char *reason = cli_option(args, "reason");
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id, fence;

	if (!cli_case(args->at[0], &id) ||
	    !cli_number(args, "fence", 0, &fence))
		return EXIT_USAGE;
	if (reason == NULL)
		reason = "given back";
	if (cq_store_release(cli->store, &act, id, fence, reason, &err) !=
	    CQ_OK)
		return cli_act_failed(&err);
	return out_changed(cli, id, "given back (%s)", reason);
}

int
cmd_steal(struct cli *cli, const struct cli_args *args)
{
	const char *reason = cli_option(args, "reason");
	struct cq_claim claim;
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id;
	int lease_s;

	if (!cli_case(args->at[0], &id) || !lease(args, &lease_s))
		return EXIT_USAGE;
	if (reason == NULL || *reason == '\0')
		return cli_usage("steal: say why, with --reason TEXT");
	if (cq_store_steal(cli->store, &act, id, lease_s, reason, &claim,
		&err) != CQ_OK)
		return cli_act_failed(&err);
	return out_changed(cli, claim.case_id,
	    "taken over (%s), fence %" PRId64, reason, claim.fence);
}
