#include "tui/commands/dedup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/commands/out.h"
#include "tui/gaps.h"

/* What would differ, had other settings been in force. */

#define MARGIN "    "

static const struct {
	const char *name, *title, *sentence;
} changes[CQ_N_REPLAY_CHANGES] = {
    [CQ_REPLAY_LOST] = {"lost",
	"Would no longer join:", "would no longer join"},
    [CQ_REPLAY_NEW] = {"new", "Would join:", "would join"},
    [CQ_REPLAY_MOVED] = {"moved",
	"Would join another case:", "would join another case"},
};

/* --- --set RULE=MODE,... ------------------------------------------------ */

static int
read_one(char *s, struct cq_setting *set)
{
	char *mode = strchr(s, '=');
	struct cq_err err;

	if (mode == NULL)
		return cli_usage("--set '%s': say RULE=MODE, such as copy=off",
		    s);
	*mode++ = '\0';
	if (!cq_rule_parse(s, &set->rule))
		return cli_usage("--set: there is no rule '%s'; see 'caseq"
				 " dedup rules'",
		    s);
	if (!cq_mode_parse(mode, &set->mode))
		return cli_usage("--set: '%s' is not auto, suggest or off",
		    mode);
	if (cq_rule_allows(set->rule, set->mode, &err) != CQ_OK)
		return cli_usage("--set: %s", err.msg);
	return EXIT_DONE;
}

static int
read_settings(const char *s, struct cq_setting set[CQ_N_RULES], size_t *n)
{
	char *copy = cq_strdup(s), *rest = NULL;
	int status = EXIT_DONE;

	*n = 0;
	for (char *one = s == NULL ? NULL : strtok_r(copy, ",", &rest);
	     one != NULL && status == EXIT_DONE;
	     one = strtok_r(NULL, ",", &rest)) {
		if (*n == CQ_N_RULES)
			status = cli_usage("--set: more than there are rules");
		else
			status = read_one(one, &set[(*n)++]);
	}
	free(copy);
	return status;
}

/* --- progress ----------------------------------------------------------- */

struct progress {
	bool on, shown;
};

static void
show_progress(void *arg, int64_t done, int64_t all)
{
	struct progress *p = arg;

	if (!p->on)
		return;
	fprintf(stderr, "\r%" PRId64 " of %" PRId64 " events read", done, all);
	p->shown = true;
}

/* --- JSON -------------------------------------------------------------- */

static void
joins_json(cJSON *o, const struct cq_replay *r)
{
	cJSON *list = cJSON_AddArrayToObject(o, "joins");

	for (int i = 0; i < CQ_N_RULES; i++) {
		cJSON *row;

		if (!cq_rule_decides((enum cq_rule)i))
			continue;
		row = cJSON_CreateObject();
		cJSON_AddStringToObject(row, "rule",
		    cq_rule_name((enum cq_rule)i));
		json_number(row, "was", r->joins[0][i]);
		json_number(row, "would_be", r->joins[1][i]);
		cJSON_AddItemToArray(list, row);
	}
}

static void
changes_json(cJSON *o, const struct cq_replay *r, enum cq_replay_change change)
{
	cJSON *c = cJSON_AddObjectToObject(o, changes[change].name), *list;

	json_number(c, "posts", r->changes[change]);
	list = cJSON_AddArrayToObject(c, "examples");
	for (int i = 0; i < CQ_REPLAY_EXAMPLES && i < r->changes[change]; i++) {
		const struct cq_replay_example *e = &r->example[change][i];
		cJSON *row = cJSON_CreateObject();

		json_number(row, "post", e->post_id);
		json_number(row, "case", e->case_id);
		json_number(row, "near", e->other_id);
		json_number(row, "near_case", e->other_case);
		cJSON_AddStringToObject(row, "rule", cq_rule_name(e->rule));
		json_line(row, "why", e->why.s);
		json_text(row, "text", e->text.s);
		json_line(row, "visibility",
		    cq_visibility_name(e->marks.visibility));
		json_text(row, "near_text", e->other_text.s);
		json_line(row, "near_visibility",
		    cq_visibility_name(e->other_marks.visibility));
		cJSON_AddItemToArray(list, row);
	}
}

static void
settings_json(cJSON *o, const struct cq_setting *set, size_t n)
{
	cJSON *list = cJSON_AddObjectToObject(o, "set");

	for (size_t i = 0; i < n; i++)
		cJSON_AddStringToObject(list, cq_rule_name(set[i].rule),
		    cq_mode_name(set[i].mode));
}

static void
print_json(const struct cq_replay *r, const struct cq_replay_opts *opts)
{
	cJSON *o = cJSON_CreateObject();

	json_time(o, "from", r->from_at);
	json_time(o, "to", r->to_at);
	json_line(o, "source", opts->source);
	settings_json(o, opts->set, opts->n_set);
	cJSON_AddBoolToObject(o, "stopped", r->stopped);
	json_number(o, "context", r->n_context);
	json_number(o, "posts", r->n_posts);
	json_number(o, "left_out", r->n_left_out);
	json_number(o, "cases_were", r->cases[0]);
	json_number(o, "cases_would_be", r->cases[1]);
	json_number(o, "suggested_were", r->suggested[0]);
	json_number(o, "suggested_would_be", r->suggested[1]);
	joins_json(o, r);
	for (int i = 0; i < CQ_N_REPLAY_CHANGES; i++)
		changes_json(o, r, (enum cq_replay_change)i);
	json_number(o, "split_by_people", r->n_split);
	json_number(o, "split_agreed", r->n_split_agreed);
	json_number(o, "joined_by_people", r->n_joined);
	json_number(o, "joined_agreed", r->n_joined_agreed);
	out_json(o);
}

/* --- plain ------------------------------------------------------------- */

static void
print_head(const struct cq_replay *r, const struct cq_replay_opts *opts)
{
	char from[CQ_TIME_SIZE], to[CQ_TIME_SIZE];

	out_fmt("%s to %s", out_time(r->from_at, from),
	    out_time(r->to_at - 1, to));
	if (opts->source != NULL) {
		out_str(" in ");
		out_raw(opts->source);
	}
	for (size_t i = 0; i < opts->n_set; i++)
		out_fmt("%s%s=%s", i == 0 ? " with " : ", ",
		    cq_rule_name(opts->set[i].rule),
		    cq_mode_name(opts->set[i].mode));
	out_fmt(": %" PRId64 " %s, and %" PRId64 " before or beside them as"
		" context\n\n",
	    r->n_posts, r->n_posts == 1 ? "post" : "posts", r->n_context);
}

static void
print_row(const char *title, const char *rule, int64_t was, int64_t would_be)
{
	out_fmt("%s%-*s%12" PRId64 "%16" PRId64 "\n", title,
	    30 - (int)strlen(title), rule, was, would_be);
}

static void
print_figures(const struct cq_replay *r)
{
	out_fmt("%-30s%12s%16s\n", "", "as it was", "as it would be");
	print_row("Cases opened", "", r->cases[0], r->cases[1]);
	for (int i = 0; i < CQ_N_RULES; i++)
		if (r->joins[0][i] > 0 || r->joins[1][i] > 0)
			print_row("Joined by ", cq_rule_name((enum cq_rule)i),
			    r->joins[0][i], r->joins[1][i]);
	print_row("Posts with a suggestion", "", r->suggested[0],
	    r->suggested[1]);
	if (r->n_left_out > 0)
		print_row("Left out, of our own", "", 0, r->n_left_out);
	out_str("\n");
}

static void
print_text(const struct cq_marks *marks, const char *raw, int64_t now)
{
	struct shown_text shown = show_str(raw, SHOW_LINE);
	struct cq_buf row = {0};

	cq_buf_str(&row, MARGIN);
	say_marks(marks, now, &row);
	cells_fit(shown.s, out_width() - (int)row.n - 1, false, &row);
	out_row(&row);
	cq_buf_free(&row);
	shown_free(&shown);
}

static void
print_examples(const struct cq_replay *r, enum cq_replay_change change)
{
	if (r->changes[change] == 0)
		return;
	out_fmt("%s\n", changes[change].title);
	for (int i = 0; i < CQ_REPLAY_EXAMPLES && i < r->changes[change]; i++) {
		const struct cq_replay_example *e = &r->example[change][i];

		out_fmt("  post p%" PRId64 ", now in case %" PRId64
			", and p%" PRId64 " in case %" PRId64 ", %s: ",
		    e->post_id, e->case_id, e->other_id, e->other_case,
		    cq_rule_name(e->rule));
		out_raw(e->why.s);
		out_str("\n");
		print_text(&e->marks, e->text.s, r->to_at);
		print_text(&e->other_marks, e->other_text.s, r->to_at);
	}
	if (r->changes[change] > CQ_REPLAY_EXAMPLES)
		out_fmt("  and %" PRId64 " more\n",
		    r->changes[change] - CQ_REPLAY_EXAMPLES);
	out_str("\n");
}

static void
print_people(const struct cq_replay *r)
{
	if (r->n_split > 0)
		out_fmt("People took %" PRId64 " of these posts out of the case"
			" that a rule had put them into;\n%" PRId64
			" of them would not go there.\n",
		    r->n_split, r->n_split_agreed);
	if (r->n_joined > 0)
		out_fmt("People joined %" PRId64 " of the cases; %" PRId64
			" would be joined by themselves.\n",
		    r->n_joined, r->n_joined_agreed);
}

static void
print_plain(const struct cq_replay *r, const struct cq_replay_opts *opts)
{
	bool any = false;

	print_head(r, opts);
	print_figures(r);
	for (int i = 0; i < CQ_N_REPLAY_CHANGES; i++) {
		out_fmt("%s%" PRId64 " %s", i == 0 ? "" : ", ", r->changes[i],
		    changes[i].sentence);
		any = any || r->changes[i] > 0;
	}
	out_str(".\n");
	print_people(r);
	if (any)
		out_str("\n");
	for (int i = 0; i < CQ_N_REPLAY_CHANGES; i++)
		print_examples(r, (enum cq_replay_change)i);
	out_str("Nothing was changed.\n");
}

int
dedup_replay(struct cli *cli, const struct cli_args *args)
{
	struct progress progress = {.on = isatty(STDERR_FILENO) != 0};
	struct cq_setting set[CQ_N_RULES];
	struct cq_replay_opts opts = {.source = cli_option(args, "source"),
	    .set = set,
	    .progress = show_progress,
	    .arg = &progress};
	struct cq_replay r;
	struct cq_err err;
	enum cq_status rc;
	int status = read_settings(cli_option(args, "set"), set, &opts.n_set);

	if (status != EXIT_DONE)
		return status;
	if (!dedup_since(cli, args, 7, &opts.from_at, &opts.to_at))
		return EXIT_USAGE;
	cli_catch_stop(cli);
	opts.stop = cli->stop;
	rc = cq_store_replay(cli->store, &opts, &r, &err);
	if (progress.shown)
		fprintf(stderr, "\r%-50s\r", "");
	if (rc != CQ_OK)
		return cli_failed(&err);
	if (cli->json)
		print_json(&r, &opts);
	else
		print_plain(&r, &opts);
	status = r.stopped ? cli_broken("dedup replay: stopped before the end;"
					" what it had read is told above")
			   : EXIT_DONE;
	cq_replay_free(&r);
	return status;
}
