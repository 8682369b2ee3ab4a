#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/commands/out.h"
#include "tui/commands/paper.h"
#include "tui/commands/period.h"
#include "tui/gaps.h"

/* The shift report: on paper, as JSON, or the cases behind a figure. */

/* --- JSON -------------------------------------------------------------- */

/* "first-take" as "first_take", "<1h" as "under_1h". */
static void
json_name(const char *name, char out[48])
{
	const char *s = name;
	int n = 0;

	if (*s == '<') {
		n = snprintf(out, 48, "under_");
		s++;
	}
	for (; *s != '\0' && n < 47; s++)
		out[n++] = *s == '-' || *s == ' ' ? '_' : *s;
	out[n] = '\0';
}

static void
backlog_json(cJSON *o, const struct cq_figure_value *v)
{
	static const enum cq_state states[] = {
	    CQ_NEW, CQ_OPEN, CQ_PENDING, CQ_SNOOZED};
	cJSON *ages = cJSON_AddObjectToObject(o, "ages");
	cJSON *by_state = cJSON_AddObjectToObject(o, "states");
	char name[48];

	for (size_t i = 0; i < CQ_N_AGES; i++) {
		json_name(cq_age_names[i], name);
		json_number(ages, name, v->ages[i]);
	}
	for (size_t i = 0; i < 4; i++)
		json_number(by_state, cq_state_name(states[i]), v->states[i]);
}

static void
duration_json(cJSON *o, const char *name, int64_t seconds, int64_t n)
{
	if (n == 0)
		cJSON_AddNullToObject(o, name);
	else
		json_number(o, name, seconds);
}

static void
figure_json(cJSON *figures, const struct cq_figure_row *row,
    const struct cq_figure_value *v)
{
	char name[48];
	cJSON *o;

	json_name(row->name, name);
	o = cJSON_AddObjectToObject(figures, name);
	json_number(o, "n", v->n);
	if (row->kind == CQ_DURATION) {
		duration_json(o, "median_s", v->median_s, v->n);
		duration_json(o, "p90_s", v->p90_s, v->n);
		duration_json(o, "mean_s", v->mean_s, v->n);
	} else if (row->kind == CQ_BACKLOG) {
		backlog_json(o, v);
	}
	json_number(o, "n_cases", (int64_t)v->n_cases);
}

static void
agents_json(cJSON *o, const struct cq_report *r)
{
	cJSON *list = cJSON_AddArrayToObject(o, "agents");

	for (size_t i = 0; i < r->n_agents; i++) {
		const struct cq_report_agent *a = &r->agents[i];
		cJSON *row = cJSON_CreateObject();

		json_line(row, "agent", a->name);
		json_number(row, "taken", a->taken);
		json_number(row, "notes", a->notes);
		json_number(row, "resolved", a->resolved);
		json_number(row, "dismissed", a->dismissed);
		json_number(row, "released", a->released);
		json_number(row, "refused", a->refused);
		json_number(row, "lost", a->lost);
		cJSON_AddItemToArray(list, row);
	}
}

static void
gaps_json(cJSON *o, const char *name, const struct cq_gaps *gaps)
{
	cJSON *list = cJSON_AddArrayToObject(o, name);

	for (size_t i = 0; i < gaps->n; i++)
		cJSON_AddItemToArray(list, out_gap_json(&gaps->at[i]));
}

static void
print_json(const struct cq_report *r)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *figures;

	json_time(o, "from", r->from_at);
	json_time(o, "to", r->to_at);
	json_time(o, "made", r->made_at);
	json_line(o, "team", r->team);
	figures = cJSON_AddObjectToObject(o, "figures");
	for (int i = 0; i < CQ_N_FIGURES; i++)
		figure_json(figures, &cq_figure_rows[i], &r->at[i]);
	agents_json(o, r);
	gaps_json(o, "gaps", &r->gaps);
	gaps_json(o, "gaps_told_later", &r->told_later);
	out_json(o);
}

static void
print_cases(const struct cli *cli, const struct cq_figure_value *v)
{
	for (size_t i = 0; i < v->n_cases && !out_failed(); i++)
		out_fmt(cli->json ? "{\"case\":%" PRId64 "}\n"
				  : "%" PRId64 "\n",
		    v->cases[i]);
}

/* --- paper ------------------------------------------------------------- */

/* "0:42", "12:07", "3 d 04:10": hours and minutes. */
static void
duration(int64_t seconds, char out[24])
{
	int64_t minutes = (seconds + 30) / 60;
	int days = (int)(minutes / (24 * 60));
	int rest = (int)(minutes % (24 * 60));

	if (days > 0)
		snprintf(out, 24, "%d d %02d:%02d", days, rest / 60, rest % 60);
	else
		snprintf(out, 24, "%d:%02d", rest / 60, rest % 60);
}

static void
count_line(struct paper *p, const char *title, int64_t n)
{
	struct cq_buf b = {0};

	out_cell(&b, title, 44, false);
	cq_buf_fmt(&b, "%8" PRId64, n);
	paper_line(p, "%s", b.s);
	cq_buf_free(&b);
}

static void
paper_counts(struct paper *p, const struct cq_report *r)
{
	paper_keep(p, 5);
	paper_line(p, "WORK");
	for (int i = 0; i < CQ_N_FIGURES; i++)
		if (cq_figure_rows[i].kind == CQ_COUNT)
			count_line(p, cq_figure_rows[i].title, r->at[i].n);
	paper_line(p, "%s", "");
}

static void
paper_times(struct paper *p, const struct cq_report *r)
{
	paper_keep(p, 5);
	paper_line(p, "TIMES (hours:minutes)%23s %8s %12s %12s", "", "n",
	    "median", "90 %");
	for (int i = 0; i < CQ_N_FIGURES; i++) {
		const struct cq_figure_value *v = &r->at[i];
		char median[24] = "--", p90[24] = "--";
		struct cq_buf b = {0};

		if (cq_figure_rows[i].kind != CQ_DURATION)
			continue;
		if (v->n > 0) {
			duration(v->median_s, median);
			duration(v->p90_s, p90);
		}
		out_cell(&b, cq_figure_rows[i].title, 44, false);
		paper_line(p, "%s%8" PRId64 " %12s %12s", b.s, v->n, median,
		    p90);
		cq_buf_free(&b);
	}
	paper_line(p, "%s", "");
}

static void
paper_backlogs(struct paper *p, const struct cq_report *r)
{
	struct cq_buf b = {0};

	paper_keep(p, 5);
	out_cell(&b, "BACKLOG", 20, false);
	cq_buf_fmt(&b, "%7s", "all");
	for (size_t i = 0; i < CQ_N_AGES; i++)
		cq_buf_fmt(&b, "%7s", cq_age_names[i]);
	paper_line(p, "%s", b.s);
	for (int i = 0; i < CQ_N_FIGURES; i++) {
		const struct cq_figure_value *v = &r->at[i];

		if (cq_figure_rows[i].kind != CQ_BACKLOG)
			continue;
		cq_buf_clear(&b);
		out_cell(&b, cq_figure_rows[i].title, 20, false);
		cq_buf_fmt(&b, "%7" PRId64, v->n);
		for (size_t k = 0; k < CQ_N_AGES; k++)
			cq_buf_fmt(&b, "%7" PRId64, v->ages[k]);
		paper_line(p, "%s", b.s);
		paper_line(p,
		    "    of these: new %" PRId64 ", open %" PRId64
		    ", pending %" PRId64 ", snoozed %" PRId64,
		    v->states[0], v->states[1], v->states[2], v->states[3]);
	}
	paper_line(p, "%s", "");
	cq_buf_free(&b);
}

static void
paper_agents(struct paper *p, const struct cq_report *r)
{
	paper_keep(p, 4);
	paper_line(p, "%-20s %7s %7s %8s %9s %8s %7s %5s", "AGENTS", "taken",
	    "notes", "resolved", "dismissed", "released", "refused", "lost");
	for (size_t i = 0; i < r->n_agents; i++) {
		const struct cq_report_agent *a = &r->agents[i];
		struct cq_buf b = {0};

		out_cell_raw(&b, a->name, 20);
		paper_line(p,
		    "%s%7" PRId64 " %7" PRId64 " %8" PRId64 " %9" PRId64
		    " %8" PRId64 " %7" PRId64 " %5" PRId64,
		    b.s, a->taken, a->notes, a->resolved, a->dismissed,
		    a->released, a->refused, a->lost);
		cq_buf_free(&b);
	}
	if (r->n_agents == 0)
		paper_line(p, "nobody acted in this time");
	paper_line(p, "%s", "");
}

/* A line a gap, as of a time; longer ones go on under it. */
static void
paper_gap_lines(struct paper *p, const struct cq_gaps *gaps, int64_t now)
{
	for (size_t i = 0; i < gaps->n; i++) {
		struct cq_buf words = {0}, lines = {0};

		say_gap(&gaps->at[i], now, &words);
		out_wrap(words.s, "    ", PAPER_WIDTH, &lines);
		paper_text(p, lines.s + 4);
		cq_buf_free(&words);
		cq_buf_free(&lines);
	}
}

static void
paper_gaps(struct paper *p, const struct cq_report *r)
{
	paper_keep(p, 3);
	paper_line(p, "NOT HEARD");
	paper_gap_lines(p, &r->gaps, r->to_at);
	if (r->gaps.n == 0)
		paper_line(p, "no source was missed for long%s",
		    r->told_later.n > 0 ? ", as far as was known then" : "");
	paper_line(p, "%s", "");
	if (r->told_later.n == 0)
		return;
	paper_keep(p, 3);
	paper_line(p, "NOT HEARD, AS WAS KNOWN ONLY LATER");
	paper_gap_lines(p, &r->told_later, r->made_at);
	paper_line(p, "%s", "");
}

static void
paper_meanings(struct paper *p)
{
	paper_keep(p, 4);
	paper_line(p, "WHAT THE FIGURES MEAN");
	for (int i = 0; i < CQ_N_FIGURES; i++) {
		const struct cq_figure_row *row = &cq_figure_rows[i];
		struct cq_buf b = {0};
		char *words = cq_format("%s (%s): %s", row->title, row->name,
		    row->meaning);

		out_wrap(words, "    ", PAPER_WIDTH, &b);
		paper_text(p, b.s + 2); /* the first line stands out */
		cq_buf_free(&b);
		free(words);
	}
	paper_text(p,
	    "  Every figure is computed from the log; \"caseq report --cases"
	    " NAME\" prints\n"
	    "  the cases behind the figure of that name.  What was undone"
	    " before the end\n"
	    "  of the period does not count.  With --team, an act counts for"
	    " the team\n"
	    "  that the agent was in at that time; posts, cases opened,"
	    " duplicates,\n"
	    "  reopenings and backlogs are everybody's.  A case opens when the"
	    " first of\n"
	    "  its posts comes in.  Lost is a claim that a colleague took"
	    " over.  -- stands\n"
	    "  where nothing was measured; the 90 % time is the smallest that"
	    " 90 % of the\n"
	    "  cases stayed in.\n");
}

static void
print_paper(const struct cli *cli, const struct cq_report *r)
{
	const char *slash = strrchr(cli->path, '/');
	struct shown_text queue =
	    show_str(slash == NULL ? cli->path : slash + 1, SHOW_LINE);
	char from[CQ_TIME_SIZE], to[CQ_TIME_SIZE], made[CQ_TIME_SIZE];
	struct paper p = {0};

	cq_time_local(r->from_at, "%Y-%m-%d %H:%M %Z", from);
	cq_time_local(r->to_at, "%Y-%m-%d %H:%M %Z", to);
	cq_time_local(r->made_at, "%Y-%m-%d %H:%M %Z", made);
	paper_begin(&p, "caseq shift report: %s%s%s", queue.s,
	    r->team == NULL ? "" : ", team ", r->team == NULL ? "" : r->team);
	paper_under(&p, "%s to %s, printed %s", from, to, made);
	paper_counts(&p, r);
	paper_times(&p, r);
	paper_backlogs(&p, r);
	paper_agents(&p, r);
	paper_gaps(&p, r);
	paper_meanings(&p);
	paper_print(&p);
	paper_free(&p);
	shown_free(&queue);
}

/* ----------------------------------------------------------------------- */

static int
unknown_figure(const char *name)
{
	struct cq_buf known = {0};

	for (int i = 0; i < CQ_N_FIGURES; i++)
		cq_buf_fmt(&known, "%s%s", i > 0 ? ", " : "",
		    cq_figure_rows[i].name);
	cli_usage("--cases '%s' is no figure; say one of %s", name, known.s);
	cq_buf_free(&known);
	return EXIT_USAGE;
}

int
cmd_report(struct cli *cli, const struct cli_args *args)
{
	const char *name = cli_option(args, "cases");
	const char *team = cli_option(args, "team");
	int figure = name == NULL ? -1 : cq_figure_find(name);
	struct cq_report r;
	struct cq_err err;
	int64_t from, to, now = cq_store_now(cli->store);
	int status;

	if (name != NULL && figure < 0)
		return unknown_figure(name);
	if (team != NULL && !cq_name_valid(team))
		return cli_usage("--team '%s' is no name of a team", team);
	status = period_read(cli_option(args, "from"), cli_option(args, "to"),
	    now, &from, &to);
	if (status != EXIT_DONE)
		return status;
	if (from > now)
		return cli_usage("the shift has not begun yet");
	if (to > now + 1) /* what is to come cannot be reported */
		to = now + 1;
	if (cq_store_report(cli->store, from, to, team, &r, &err) != CQ_OK)
		return cli_failed(&err);
	if (figure >= 0)
		print_cases(cli, &r.at[figure]);
	else if (cli->json)
		print_json(&r);
	else
		print_paper(cli, &r);
	cq_report_free(&r);
	return EXIT_DONE;
}
