#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/commands/judging.h"
#include "tui/commands/out.h"
#include "tui/gaps.h"
#include "tui/rows.h"

/* What may be the same: of one case (dups), and of all (maybe). */

#define CLUSTERS 20 /* that are printed unless told */
#define EVENTS 2000 /* of a case, as many as show prints */

/* Reads --limit; more than there can be is all of them: 0. */
static bool
read_limit(const struct cli_args *args, int64_t fallback, int *limit)
{
	int64_t n;

	if (!cli_number(args, "limit", fallback, &n))
		return false;
	*limit = n < 1000000 ? (int)n : 0;
	return true;
}

/* --- JSON -------------------------------------------------------------- */

static cJSON *
maybe_json(const struct cq_maybe *m)
{
	cJSON *o = cJSON_CreateObject();

	json_number(o, "case", m->case_id);
	cJSON_AddItemToObject(o, "other", out_case_json(&m->other));
	cJSON_AddStringToObject(o, "rule", cq_rule_name(m->rule));
	json_number(o, "score", m->score);
	json_line(o, "because", m->why.s);
	json_number(o, "post", m->post_id);
	json_text(o, "text", m->text.s);
	json_line(o, "visibility", cq_visibility_name(m->marks.visibility));
	json_number(o, "other_post", m->other_post);
	json_text(o, "other_text", m->other_text.s);
	json_line(o, "other_visibility",
	    cq_visibility_name(m->other_marks.visibility));
	return o;
}

/* "12+15+19": what --accept and --refuse take. */
static char *
group_of(const struct cq_cluster *c)
{
	struct cq_buf b = {0};

	cq_buf_fmt(&b, "%" PRId64, c->head.id);
	for (size_t i = 0; i < c->n; i++)
		cq_buf_fmt(&b, "+%" PRId64, c->at[i].other.id);
	return cq_buf_take(&b);
}

static void
print_cluster_json(const struct cq_cluster *c)
{
	cJSON *o = cJSON_CreateObject(), *others;
	char *group = group_of(c);

	cJSON_AddStringToObject(o, "group", group);
	json_number(o, "saves", c->saves);
	cJSON_AddItemToObject(o, "head", out_case_json(&c->head));
	others = cJSON_AddArrayToObject(o, "others");
	for (size_t i = 0; i < c->n; i++)
		cJSON_AddItemToArray(others, maybe_json(&c->at[i]));
	out_json(o);
	free(group);
}

/* --- plain ------------------------------------------------------------- */

/* A label, marks and a post's text, as much of it as fits into the line. */
static void
print_line(const struct cli *cli, const char *label,
    const struct cq_marks *marks, struct raw_text raw)
{
	struct shown_text shown = show(raw, SHOW_LINE);
	struct cq_buf row = {0};

	cq_buf_str(&row, label);
	say_marks(marks, cq_store_now(cli->store), &row);
	cells_fit(shown.s, out_width() - 1 - (int)row.n, false, &row);
	out_row(&row);
	cq_buf_free(&row);
	shown_free(&shown);
}

/* "case 15  new, 2h old, by mia in chirp, held by bo" */
static void
print_case(const struct cli *cli, const struct cq_case *c)
{
	int64_t old = cq_store_now(cli->store) - c->opened_at;
	char age[16];

	cq_age_short(old < 0 ? 0 : old, age);
	out_fmt("case %" PRId64 "  %s, %s%s, by ", c->id,
	    cq_state_name(c->state), old < 60 ? "just opened" : age,
	    old < 60 ? "" : " old");
	out_who(c->handle.s);
	out_str(" in ");
	out_raw(c->source.s);
	if (c->holder != NULL)
		out_fmt(", held by %s%s", c->holder,
		    is_mine(c, cli->me.name) ? " (you)" : "");
	out_str("\n");
}

/* head: the case that it need not be told of. */
static void
print_because(const struct cq_maybe *m, int64_t head)
{
	out_str("    because: ");
	out_raw(m->why.s);
	out_fmt(" (%s, %d of 1000", cq_rule_name(m->rule), m->score);
	if (m->case_id != head)
		out_fmt(", with case %" PRId64, m->case_id);
	out_str(")\n");
}

static void
print_maybe(const struct cli *cli, size_t number, const struct cq_maybe *m)
{
	out_fmt("\n%2zu. ", number);
	print_case(cli, &m->other);
	print_because(m, m->case_id);
	print_line(cli, "    here:    ", &m->marks, m->text);
	print_line(cli, "    there:   ", &m->other_marks, m->other_text);
}

static void
print_cluster(const struct cli *cli, const struct cq_cluster *c)
{
	char *group = group_of(c);

	out_fmt("%s  would save %" PRId64 " %s\n", group, c->saves,
	    c->saves == 1 ? "case" : "cases");
	out_str("    ");
	print_case(cli, &c->head);
	if (c->n > 0)
		print_line(cli, "    text:    ", &c->at[0].marks,
		    c->at[0].text);
	for (size_t i = 0; i < c->n; i++) {
		out_str("    ");
		print_case(cli, &c->at[i].other);
		print_because(&c->at[i], c->head.id);
		print_line(cli, "    text:    ", &c->at[i].other_marks,
		    c->at[i].other_text);
	}
	out_str("\n");
	free(group);
}

/* --- dups -------------------------------------------------------------- */

/* Those that nobody is asked to look at stand behind a line of their own. */
static void
print_weaker(size_t n, size_t n_strong)
{
	out_fmt("\n%s %zu weaker %s, like in few words:\n",
	    n_strong == 0 ? "only" : "and", n, n == 1 ? "one" : "ones");
}

static void
print_maybes(const struct cli *cli, int64_t id, const struct cq_maybes *maybes)
{
	size_t strong = 0;

	while (strong < maybes->n && !maybes->at[strong].weak)
		strong++;
	if (strong == 0)
		out_fmt("no other case seems to be the same as case %" PRId64
			"\n",
		    id);
	else
		out_fmt("%zu %s may be the same as case %" PRId64 "\n", strong,
		    strong == 1 ? "case" : "cases", id);
	for (size_t i = 0; i < maybes->n; i++) {
		if (i == strong)
			print_weaker(maybes->n - strong, strong);
		print_maybe(cli, i + 1, &maybes->at[i]);
	}
	if (maybes->n > 0)
		out_fmt("\njoin them: caseq join %" PRId64 " OTHER...; "
			"they are not: caseq not-same %" PRId64 " OTHER...\n",
		    id, id);
}

static void
print_maybes_json(const struct cq_maybes *maybes)
{
	for (size_t i = 0; i < maybes->n; i++)
		out_json(maybe_json(&maybes->at[i]));
}

int
cmd_dups(struct cli *cli, const struct cli_args *args)
{
	struct cq_case_full full;
	struct cq_maybes maybes;
	struct cq_err err;
	int64_t id;
	int limit;

	if (!cli_case(args->at[0], &id) || !read_limit(args, 0, &limit))
		return EXIT_USAGE;
	if (cq_store_case(cli->store, id, 1, &full, &err) != CQ_OK)
		return cli_failed(&err);
	id = full.head.id;
	cq_case_full_free(&full);
	if (cq_store_dups(cli->store, id, limit, &maybes, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json)
		print_maybes_json(&maybes);
	else
		print_maybes(cli, id, &maybes);
	cq_maybes_free(&maybes);
	return EXIT_DONE;
}

/* --- maybe ------------------------------------------------------------- */

static int
print_tray(struct cli *cli, const struct cli_args *args)
{
	struct cq_tray tray;
	struct cq_err err;
	int limit;
	size_t n;

	if (!read_limit(args, cli->json ? 0 : CLUSTERS, &limit))
		return EXIT_USAGE;
	/* one more, to see whether there are more */
	if (cq_store_tray(cli->store, limit > 0 ? limit + 1 : 0, &tray, &err) !=
	    CQ_OK)
		return cli_failed(&err);
	n = limit > 0 && tray.n > (size_t)limit ? (size_t)limit : tray.n;
	for (size_t i = 0; i < n && !out_failed(); i++) {
		if (cli->json)
			print_cluster_json(&tray.at[i]);
		else
			print_cluster(cli, &tray.at[i]);
	}
	if (!cli->json && n < tray.n)
		out_str("there are more groups: --limit 0 shows all of them\n");
	if (!cli->json && tray.n == 0)
		out_str("no cases in the queue seem to be the same\n");
	if (!cli->json && tray.n > 0)
		out_fmt("%" PRId64 " %s; join a group: caseq maybe --accept "
			"GROUP; they are not: --refuse GROUP\n",
		    tray.n_pending,
		    tray.n_pending == 1 ? "suggestion" : "suggestions");
	cq_tray_free(&tray);
	return EXIT_DONE;
}

/* The numbers of "12+15+19"; NULL after complaining. */
static int64_t *
read_group(const char *word, size_t *n)
{
	char *copy = cq_strdup(word), *rest = NULL;
	int64_t *cases = NULL;
	bool good = true;

	*n = 0;
	for (char *s = strtok_r(copy, "+", &rest); s != NULL && good;
	     s = strtok_r(NULL, "+", &rest)) {
		cases = cq_grow(cases, *n + 1, sizeof(*cases));
		good = cli_case(s, &cases[(*n)++]);
	}
	if (good && *n < 2) {
		good = false;
		cli_usage("'%s' is no group: name all of its cases, as in "
			  "12+15, so that none is judged that you did not see",
		    word);
	}
	free(copy);
	if (good)
		return cases;
	free(cases);
	return NULL;
}

struct judging {
	const struct cli_args *args;
	bool accept, held;
	const char *reason;
};

/* What is suggested for cases[from] belongs to its part of the group. */
static enum cq_status
link_others(struct cli *cli, const int64_t *cases, size_t n, size_t from,
    bool *linked, struct cq_err *err)
{
	struct cq_maybes maybes;
	enum cq_status rc =
	    cq_store_dups(cli->store, cases[from], 0, &maybes, err);

	if (rc != CQ_OK)
		return rc;
	for (size_t i = 0; i < maybes.n; i++)
		for (size_t k = 0; k < n; k++)
			if (maybes.at[i].other.id == cases[k])
				linked[k] = true;
	cq_maybes_free(&maybes);
	return CQ_OK;
}

/*
 * A slip of the finger must not fold a customer away whom nobody thought to
 * be the same: suggestions have to link all cases of a group.  *odd is one
 * that they do not reach from the first, or 0.
 */
static enum cq_status
find_odd(struct cli *cli, const int64_t *cases, size_t n, int64_t *odd,
    struct cq_err *err)
{
	bool *linked = cq_alloc(n * sizeof(*linked));
	bool *asked = cq_alloc(n * sizeof(*asked));
	enum cq_status rc = CQ_OK;
	size_t i = 0;

	linked[0] = true;
	while (i < n && rc == CQ_OK) {
		asked[i] = true;
		rc = link_others(cli, cases, n, i, linked, err);
		for (i = 0; i < n && (!linked[i] || asked[i]);)
			i++;
	}
	*odd = 0;
	for (i = 0; i < n && *odd == 0; i++)
		if (!linked[i])
			*odd = cases[i];
	free(linked);
	free(asked);
	return rc;
}

/* What was joined already is told by the store, which also knows an act that
 * is repeated. */
static bool
all_there(struct cli *cli, const int64_t *cases, size_t n)
{
	struct cq_case_full full;
	bool there = true;

	for (size_t i = 0; i < n && there; i++) {
		there = cq_store_case(cli->store, cases[i], 1, &full, NULL) ==
		    CQ_OK;
		if (there) {
			there = full.head.id == cases[i];
			cq_case_full_free(&full);
		}
	}
	return there;
}

/* Somebody did: the store tells who, and when. */
static bool
said_apart(struct cli *cli, int64_t odd, const int64_t *cases, size_t n)
{
	struct cq_case_full full;
	bool apart = false;

	if (cq_store_case(cli->store, odd, EVENTS, &full, NULL) != CQ_OK)
		return false;
	for (size_t i = 0; i < full.n; i++) {
		const char *s = full.at[i].not_same.s;

		for (; s != NULL && *s != '\0'; s += strspn(s, ", ")) {
			char *end;
			int64_t id = strtoll(s, &end, 10);

			for (size_t k = 0; k < n; k++)
				apart = apart || cases[k] == id;
			if (end == s)
				break;
			s = end;
		}
	}
	cq_case_full_free(&full);
	return apart;
}

static int
check_group(struct cli *cli, const int64_t *cases, size_t n)
{
	struct cq_err err;
	int64_t odd;

	if (!all_there(cli, cases, n))
		return EXIT_DONE;
	if (find_odd(cli, cases, n, &odd, &err) != CQ_OK)
		return cli_failed(&err);
	if (odd == 0 || said_apart(cli, odd, cases, n))
		return EXIT_DONE;
	cq_fail(&err, CQ_STATE,
	    "nothing suggests that case %" PRId64 " is the same as these; "
	    "'caseq join' joins it all the same",
	    odd);
	return cli_act_failed(&err);
}

static int
judge_group(struct cli *cli, const struct judging *j, const char *op,
    const int64_t *cases, size_t n)
{
	struct cq_err err;
	char own[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, own);
	enum cq_status rc;

	if (op != NULL)
		act.op = op;
	rc = j->accept
	    ? cq_store_accept(cli->store, &act, cases, n, j->held, j->reason,
		  &err)
	    : cq_store_refuse(cli->store, &act, cases, n, j->reason, &err);
	if (rc != CQ_OK)
		return judging_failed(cli, cases, n, j->accept && !j->held,
		    &err);
	return j->accept ? judging_joined(cli, cases[0], n - 1)
			 : judging_apart(cli, cases, n);
}

/* Each group is an act of its own; the first failure is the exit status. */
static int
judge_all(struct cli *cli, const struct judging *j)
{
	const struct cli_args *args = j->args;
	int status = EXIT_DONE;

	for (int i = 0; i < args->n; i++) {
		char *op = cli->op == NULL || args->n == 1
		    ? NULL
		    : cq_format("%s.%d", cli->op, i + 1);
		size_t n;
		int64_t *cases = read_group(args->at[i], &n);
		int got = cases == NULL ? EXIT_USAGE : EXIT_DONE;

		if (got == EXIT_DONE && j->accept)
			got = check_group(cli, cases, n);
		if (got == EXIT_DONE)
			got = judge_group(cli, j, op, cases, n);

		if (status == EXIT_DONE)
			status = got;
		free(cases);
		free(op);
	}
	return status;
}

int
cmd_maybe(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	struct judging j = {
	    .args = args,
	    .accept = cli_option(args, "accept") != NULL,
	    .held = cli_option(args, "held") != NULL,
	    .reason = cli_option(args, "reason"),
	};
	bool refuse = cli_option(args, "refuse") != NULL;

	if (j.accept && refuse)
		return cli_usage("maybe: --accept or --refuse, not both");
	if (!j.accept && (j.held || (!refuse && j.reason != NULL)))
		return cli_usage("maybe: --%s needs --accept%s",
		    j.held ? "held" : "reason", j.held ? "" : " or --refuse");
	if (!j.accept && !refuse && args->n > 0)
		return cli_usage("maybe: say --accept or --refuse, or name no "
				 "group to see all");
	if (!j.accept && !refuse)
		return cli_no_op(cli, "maybe") == EXIT_DONE
		    ? print_tray(cli, args)
		    : EXIT_USAGE;
	if (args->n == 0)
		return cli_usage("maybe: name the groups, as 'caseq maybe' "
				 "prints them: 12+15");
	if (cli_option(args, "limit") != NULL)
		return cli_usage("maybe: --limit is for the list");
	if (cli_need_me(cli, &err) != CQ_OK)
		return cli_failed(&err);
	return judge_all(cli, &j);
}
