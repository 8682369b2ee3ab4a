#include "tui/commands/commands.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tui/commands/dedup.h"
#include "tui/commands/out.h"
#include "tui/commands/verbs.h"

/* The rules of deduplication: list and set them; bring the index up. */

#define SO_FAR_DAYS 28 /* that the list looks back */

const char *
dedup_share(int per_mille, char out[DEDUP_SHARE_SIZE])
{
	if (per_mille < 0)
		return "--";
	snprintf(out, DEDUP_SHARE_SIZE, "%d.%d %%", per_mille / 10,
	    per_mille % 10);
	return out;
}

void
dedup_share_json(struct cJSON *o, const char *name, int per_mille)
{
	if (per_mille < 0)
		cJSON_AddNullToObject(o, name);
	else
		cJSON_AddNumberToObject(o, name, per_mille / 1000.0);
}

bool
dedup_since(struct cli *cli, const struct cli_args *args, int days,
    int64_t *from_at, int64_t *to_at)
{
	int64_t now = cq_store_now(cli->store), since;

	if (!cli_seconds(args, "since", days * INT64_C(86400), &since))
		return false;
	*from_at = now > since ? now - since : 0;
	*to_at = now + 1; /* this very second too */
	return true;
}

/* --- rules ------------------------------------------------------------- */

static bool
is_set(enum cq_rule rule)
{
	return cq_rule_decides(rule) || cq_rule_suggests(rule);
}

static void
rule_json(enum cq_rule rule, const struct cq_policy *policy,
    const struct cq_settings *settings, const struct cq_rule_yield *y)
{
	cJSON *o = cJSON_CreateObject(), *sources;

	cJSON_AddStringToObject(o, "rule", cq_rule_name(rule));
	cJSON_AddStringToObject(o, "mode", cq_mode_name(policy->mode[rule]));
	sources = cJSON_AddObjectToObject(o, "sources");
	for (size_t i = 0; i < settings->n; i++)
		if (settings->at[i].source != NULL &&
		    settings->at[i].rule == rule)
			json_line(sources, settings->at[i].source,
			    cq_mode_name(settings->at[i].mode));
	cJSON_AddStringToObject(o, "help", cq_rule_help(rule));
	json_number(o, "days", SO_FAR_DAYS);
	json_number(o, "joins", y->joins);
	json_number(o, "undone", y->undone);
	dedup_share_json(o, "precision", cq_yield_precision(y));
	out_json(o);
}

static void
rule_plain(enum cq_rule rule, const struct cq_policy *policy,
    const struct cq_settings *settings, const struct cq_rule_yield *y)
{
	char share[DEDUP_SHARE_SIZE];
	bool more = false;

	out_fmt("%-13s %-8s %7" PRId64 " %8s  %s\n", cq_rule_name(rule),
	    cq_mode_name(policy->mode[rule]), y->joins,
	    dedup_share(cq_yield_precision(y), share), cq_rule_help(rule));
	for (size_t i = 0; i < settings->n; i++) {
		const struct cq_setting *s = &settings->at[i];

		if (s->source == NULL || s->rule != rule)
			continue;
		out_fmt("%s%s in ", more ? ", " : "    but ",
		    cq_mode_name(s->mode));
		out_raw(s->source);
		more = true;
	}
	if (more)
		out_str("\n");
}

static int
rules(struct cli *cli, const struct cli_args *args)
{
	int64_t now = cq_store_now(cli->store);
	int64_t from = now - SO_FAR_DAYS * INT64_C(86400);
	struct cq_settings settings = {0};
	struct cq_policy policy;
	struct cq_yield y;
	struct cq_err err;

	(void)args;
	if (cq_store_policy(cli->store, NULL, &policy, &err) != CQ_OK ||
	    cq_store_yield(cli->store, from < 0 ? 0 : from, now + 1, NULL, &y,
		&err) != CQ_OK ||
	    cq_store_settings(cli->store, &settings, &err) != CQ_OK)
		return cli_failed(&err);
	if (!cli->json)
		out_fmt("Rule          Mode       Joins    Right  In the last"
			" %d days\n",
		    SO_FAR_DAYS);
	for (int i = 0; i < CQ_N_RULES; i++) {
		if (!is_set((enum cq_rule)i))
			continue;
		if (cli->json)
			rule_json((enum cq_rule)i, &policy, &settings,
			    &y.at[i]);
		else
			rule_plain((enum cq_rule)i, &policy, &settings,
			    &y.at[i]);
	}
	cq_settings_free(&settings);
	return EXIT_DONE;
}

/* --- set --------------------------------------------------------------- */

static int
told_set(struct cli *cli, const char *source, enum cq_rule rule)
{
	struct cq_policy policy;
	struct cq_err err;
	const char *mode;
	cJSON *o;

	if (cq_store_policy(cli->store, source, &policy, &err) != CQ_OK)
		return cli_failed(&err);
	mode = cq_mode_name(policy.mode[rule]);
	if (cli->json) {
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "rule", cq_rule_name(rule));
		json_line(o, "source", source);
		cJSON_AddStringToObject(o, "mode", mode);
		out_json(o);
		return EXIT_DONE;
	}
	out_fmt("rule %s is '%s' from now on for posts of ", cq_rule_name(rule),
	    mode);
	out_raw(source == NULL ? "all sources" : source);
	out_str("; undo does not reach it, set it back instead\n");
	return EXIT_DONE;
}

static int
set(struct cli *cli, const struct cli_args *args)
{
	const char *source = cli_option(args, "source");
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act;
	enum cq_rule rule;
	enum cq_mode mode;
	bool plain;

	if (!cq_rule_parse(args->at[1], &rule))
		return cli_usage("there is no rule '%s'; see 'caseq dedup"
				 " rules'",
		    args->at[1]);
	plain = strcmp(args->at[2], "default") == 0;
	if (!plain && !cq_mode_parse(args->at[2], &mode))
		return cli_usage("'%s' is not auto, suggest, off or default",
		    args->at[2]);
	act = cli_act(cli, op);
	if (cq_store_policy_set(cli->store, &act, source, rule,
		plain ? NULL : &mode, &err) != CQ_OK)
		return cli_act_failed(&err);
	return told_set(cli, source, rule);
}

/* --- index ------------------------------------------------------------- */

static void
show_behind(int64_t n, bool *shown)
{
	fprintf(stderr, "\r%-50s\rword index: %" PRId64 " %s behind", "", n,
	    n == 1 ? "post" : "posts");
	*shown = true;
}

static enum cq_status
catch_up(struct cli *cli, struct cq_err *err)
{
	bool tell = isatty(STDERR_FILENO) != 0, shown = false;
	int64_t n = 1, left = 0;
	enum cq_status rc = CQ_OK;

	for (int i = 0; rc == CQ_OK && n > 0 && *cli->stop == 0; i++) {
		rc = cq_store_search_step(cli->store, INT_MAX, &n, err);
		if (rc != CQ_OK || !tell || i % 32 != 0)
			continue;
		rc = cq_store_search_behind(cli->store, &left, err);
		if (rc == CQ_OK && left > 0)
			show_behind(left, &shown);
	}
	if (shown)
		fprintf(stderr, "\r%-50s\r", "");
	return rc;
}

static int
word_index(struct cli *cli, const struct cli_args *args)
{
	int64_t left = 0;
	struct cq_err err;
	cJSON *o;

	(void)args;
	cli_catch_stop(cli);
	if (catch_up(cli, &err) != CQ_OK ||
	    cq_store_search_behind(cli->store, &left, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json) {
		o = cJSON_CreateObject();
		json_number(o, "behind", left);
		out_json(o);
	} else if (left == 0) {
		out_str("word index: up to date\n");
	} else {
		out_fmt("word index: %" PRId64 " %s behind\n", left,
		    left == 1 ? "post" : "posts");
	}
	return EXIT_DONE;
}

/* --- the command ------------------------------------------------------- */

static const struct cli_verb verbs[] = {
    {"rules", "", "", 0, 0, 0, rules},
    {"set", " RULE auto | suggest | off | default", "source", 2, 2, N_ME | N_OP,
	set},
    {"stats", "", "since from to source", 0, 0, 0, dedup_stats},
    {"replay", "", "since set source", 0, 0, 0, dedup_replay},
    {"index", "", "", 0, 0, N_ME, word_index},
    {NULL, NULL, NULL, 0, 0, 0, NULL},
};

int
cmd_dedup(struct cli *cli, const struct cli_args *args)
{
	return cli_verb(cli, args, verbs);
}
