#include "tui/commands/dedup.h"

#include <inttypes.h>
#include <stdio.h>

#include "tui/commands/out.h"
#include "tui/commands/period.h"

/* How good the rules are here. */

static int
read_period(struct cli *cli, const struct cli_args *args, int64_t *from,
    int64_t *to)
{
	const char *from_s = cli_option(args, "from");
	const char *to_s = cli_option(args, "to");

	if (from_s == NULL && to_s == NULL)
		return dedup_since(cli, args, 7, from, to) ? EXIT_DONE
							   : EXIT_USAGE;
	if (cli_option(args, "since") != NULL)
		return cli_usage("--since, or --from and --to, not both");
	return period_read(from_s, to_s, cq_store_now(cli->store), from, to);
}

static const char *
advice_word(enum cq_advice advice)
{
	switch (advice) {
	case CQ_ADVICE_KEEP:
		return "keep";
	case CQ_ADVICE_SUGGEST:
		return "suggest";
	case CQ_ADVICE_AUTO:
		return "auto";
	case CQ_ADVICE_OFF:
		return "off";
	default:
		return NULL;
	}
}

static bool
has_figures(enum cq_rule rule, const struct cq_rule_yield *y)
{
	return cq_rule_decides(rule) || cq_rule_suggests(rule) ||
	    (rule == CQ_RULE_PERSON && y->joins > 0);
}

/* --- JSON -------------------------------------------------------------- */

static void
rule_json(cJSON *list, enum cq_rule rule, enum cq_mode mode,
    const struct cq_rule_yield *y)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "rule", cq_rule_name(rule));
	if (rule != CQ_RULE_PERSON)
		cJSON_AddStringToObject(o, "mode", cq_mode_name(mode));
	json_number(o, "joins", y->joins);
	json_number(o, "undone", y->undone);
	dedup_share_json(o, "precision", cq_yield_precision(y));
	json_number(o, "suggested", y->made);
	json_number(o, "accepted", y->accepted);
	json_number(o, "refused", y->refused);
	json_number(o, "pending", y->pending);
	dedup_share_json(o, "acceptance", cq_yield_acceptance(y));
	json_line(o, "advice", advice_word(cq_rule_advice(rule, mode, y)));
	cJSON_AddItemToArray(list, o);
}

static void
print_json(const struct cq_yield *y, const struct cq_policy *policy,
    const char *source)
{
	cJSON *o = cJSON_CreateObject(), *list;

	json_time(o, "from", y->from_at);
	json_time(o, "to", y->to_at);
	json_line(o, "source", source);
	json_number(o, "posts", y->posts);
	json_number(o, "cases", y->cases);
	list = cJSON_AddArrayToObject(o, "rules");
	for (int i = 0; i < CQ_N_RULES; i++)
		if (has_figures((enum cq_rule)i, &y->at[i]))
			rule_json(list, (enum cq_rule)i, policy->mode[i],
			    &y->at[i]);
	out_json(o);
}

/* --- plain ------------------------------------------------------------- */

static void
print_head(const struct cq_yield *y, const char *source)
{
	char from[CQ_TIME_SIZE], to[CQ_TIME_SIZE];

	out_fmt("%s to %s", out_time(y->from_at, from),
	    out_time(y->to_at - 1, to));
	if (source != NULL) {
		out_str(" in ");
		out_raw(source);
	}
	out_fmt(": %" PRId64 " %s in %" PRId64 " %s", y->posts,
	    y->posts == 1 ? "post" : "posts", y->cases,
	    y->cases == 1 ? "case" : "cases");
	if (y->cases > 0)
		out_fmt(", %.2f posts a case",
		    (double)y->posts / (double)y->cases);
	out_str("\n\n"
		"Rule          Mode      Joins Undone   Right    Made    Yes"
		"   No   Open    Rate\n");
}

static void
print_rule(enum cq_rule rule, enum cq_mode mode, const struct cq_rule_yield *y)
{
	char right[DEDUP_SHARE_SIZE], taken[DEDUP_SHARE_SIZE];

	out_fmt("%-13s %-8s%7" PRId64 "%7" PRId64 "%8s%8" PRId64 "%7" PRId64
		"%5" PRId64 "%7" PRId64 "%8s\n",
	    cq_rule_name(rule),
	    rule == CQ_RULE_PERSON ? "-" : cq_mode_name(mode), y->joins,
	    y->undone, dedup_share(cq_yield_precision(y), right), y->made,
	    y->accepted, y->refused, y->pending,
	    dedup_share(cq_yield_acceptance(y), taken));
}

/* --- what it says ------------------------------------------------------- */

static void
print_advice(enum cq_rule rule, enum cq_mode mode,
    const struct cq_rule_yield *y)
{
	const char *name = cq_rule_name(rule);
	char share[DEDUP_SHARE_SIZE];

	switch (cq_rule_advice(rule, mode, y)) {
	case CQ_ADVICE_KEEP:
		out_fmt("%s deserves auto: %" PRId64 " of %" PRId64
			" joins were undone.\n",
		    name, y->undone, y->joins);
		break;
	case CQ_ADVICE_SUGGEST:
		out_fmt("%s is wrong too often: %" PRId64 " of %" PRId64
			" joins were undone; let it suggest:\n"
			"    caseq dedup set %s suggest\n",
		    name, y->undone, y->joins, name);
		break;
	case CQ_ADVICE_AUTO:
		out_fmt("%s would deserve auto: %" PRId64 " of %" PRId64
			" suggestions were accepted:\n"
			"    caseq dedup set %s auto\n",
		    name, y->accepted, y->accepted + y->refused, name);
		break;
	case CQ_ADVICE_OFF:
		out_fmt("%s hardly helps: %s of %" PRId64
			" judged suggestions were accepted:\n"
			"    caseq dedup set %s off\n",
		    name, dedup_share(cq_yield_acceptance(y), share),
		    y->accepted + y->refused, name);
		break;
	default:
		break;
	}
}

static void
print_plain(const struct cq_yield *y, const struct cq_policy *policy,
    const char *source)
{
	int n = 0;

	print_head(y, source);
	for (int i = 0; i < CQ_N_RULES; i++)
		if (has_figures((enum cq_rule)i, &y->at[i]))
			print_rule((enum cq_rule)i, policy->mode[i], &y->at[i]);
	out_str("Right: joins that were not undone, whether or not anybody"
		" looked at them.\n"
		"Made: suggestions; of these, Yes accepted, No refused, Open"
		" not judged.\n\n");
	for (int i = 0; i < CQ_N_RULES; i++) {
		print_advice((enum cq_rule)i, policy->mode[i], &y->at[i]);
		n += cq_rule_advice((enum cq_rule)i, policy->mode[i],
			 &y->at[i]) != CQ_ADVICE_NONE;
	}
	if (n == 0)
		out_fmt("No rule has %d joins, or suggestions that were judged,"
			" from which on\nthe figures say anything.\n",
		    CQ_ADVICE_LEAST);
}

int
dedup_stats(struct cli *cli, const struct cli_args *args)
{
	const char *source = cli_option(args, "source");
	struct cq_policy policy;
	struct cq_yield y;
	struct cq_err err;
	int64_t from, to;
	int status = read_period(cli, args, &from, &to);

	if (status != EXIT_DONE)
		return status;
	if (cq_store_policy(cli->store, source, &policy, &err) != CQ_OK ||
	    cq_store_yield(cli->store, from, to, source, &y, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json)
		print_json(&y, &policy, source);
	else
		print_plain(&y, &policy, source);
	return EXIT_DONE;
}
