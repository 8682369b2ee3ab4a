#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/commands/out.h"
#include "tui/commands/verbs.h"
#include "tui/rows.h"

/* Cases under one cause: incident. */

/* --- what is printed ---------------------------------------------------- */

/* The cases of an incident, closed ones too. */
static enum cq_status
read_cases(struct cli *cli, int64_t id, struct cq_cases *out,
    struct cq_err *err)
{
	char *words = cq_format("all incident:%" PRId64, id);
	struct cq_query *query = NULL;
	enum cq_status rc = cq_query_parse(words, &query, err);

	*out = (struct cq_cases){0};
	if (rc == CQ_OK)
		rc = cq_store_list(cli->store, query, cli->me.name, NULL, 0,
		    out, err);
	cq_query_free(query);
	free(words);
	return rc;
}

/* cases: NULL to leave their numbers out. */
static void
print_json(const struct cq_incident *i, const struct cq_cases *cases)
{
	cJSON *o = cJSON_CreateObject(), *list;

	json_number(o, "incident", i->id);
	json_line(o, "name", i->name.s);
	json_time(o, "opened", i->opened_at);
	json_time(o, "closed", i->closed_at);
	json_number(o, "cases", i->n_cases);
	json_number(o, "in_queue", i->n_in_queue);
	if (cases != NULL) {
		list = cJSON_AddArrayToObject(o, "numbers");
		for (size_t n = 0; n < cases->n; n++)
			cJSON_AddItemToArray(list,
			    cJSON_CreateNumber((double)cases->at[n].id));
	}
	out_json(o);
}

static void
print_row(const struct cq_incident *i, struct cq_buf *row)
{
	char s[CQ_TIME_SIZE], *number = cq_format("I-%" PRId64, i->id);

	out_cell(row, number, 8, false);
	out_cell(row, out_time(i->opened_at, s), 16, false);
	out_cell(row, out_time(i->closed_at, s), 16, false);
	free(number);
	number = cq_format("%" PRId64, i->n_cases);
	out_cell(row, number, 6, true);
	free(number);
	number = cq_format("%" PRId64, i->n_in_queue);
	out_cell(row, number, 6, true);
	free(number);
	out_cell_raw(row, i->name.s, out_width() - 58);
	out_row(row);
}

static int
list(struct cli *cli, const struct cli_args *args)
{
	bool all = cli_option(args, "all") != NULL;
	struct cq_incidents incidents;
	struct cq_buf row = {0};
	struct cq_err err;

	if (cq_store_incidents(cli->store, all, &incidents, &err) != CQ_OK)
		return cli_failed(&err);
	if (!cli->json)
		out_str("Number   Opened           Closed            Cases"
			"  Queue Name\n");
	for (size_t i = 0; i < incidents.n; i++) {
		if (cli->json)
			print_json(&incidents.at[i], NULL);
		else
			print_row(&incidents.at[i], &row);
	}
	cq_buf_free(&row);
	cq_incidents_free(&incidents);
	return EXIT_DONE;
}

static void
print_rows(const struct cli *cli, const struct cq_cases *cases)
{
	struct row_shape shape = {.width = out_width() - 1};
	int64_t newest = 0;
	struct cq_buf row = {0};

	for (size_t i = 0; i < cases->n; i++)
		if (cases->at[i].id > newest)
			newest = cases->at[i].id;
	for (; newest > 0; newest /= 10)
		shape.digits++;
	row_titles(&shape, &row);
	out_row(&row);
	for (size_t i = 0; i < cases->n; i++) {
		row_of_case(&cases->at[i], cli->me.name,
		    cq_store_now(cli->store), &shape, &row);
		out_row(&row);
	}
	cq_buf_free(&row);
}

static void
print_head(const struct cq_incident *i)
{
	char s[CQ_TIME_SIZE];

	out_fmt("incident I-%" PRId64 " \"", i->id);
	out_raw(i->name.s);
	out_fmt("\"  opened %s", out_time(i->opened_at, s));
	if (i->closed_at != CQ_NO_TIME)
		out_fmt(", closed %s", out_time(i->closed_at, s));
	out_fmt("\n%" PRId64 " case%s, %" PRId64 " in the queue\n", i->n_cases,
	    i->n_cases == 1 ? "" : "s", i->n_in_queue);
}

typedef int (*incident_fn)(struct cli *cli, const struct cq_incident *i,
    const void *arg);

/* Calls fn with one incident; EXIT_NOTHING if there is none. */
static int
with_incident(struct cli *cli, int64_t id, incident_fn fn, const void *arg)
{
	struct cq_incidents all;
	struct cq_err err;
	size_t at = 0;
	int status;

	if (cq_store_incidents(cli->store, true, &all, &err) != CQ_OK)
		return cli_failed(&err);
	while (at < all.n && all.at[at].id != id)
		at++;
	if (at < all.n) {
		status = fn(cli, &all.at[at], arg);
	} else {
		cq_fail(&err, CQ_NOT_FOUND,
		    "there is no incident I-%" PRId64
		    "; see 'caseq incident list'",
		    id);
		status = cli_failed(&err);
	}
	cq_incidents_free(&all);
	return status;
}

static int
show_one(struct cli *cli, const struct cq_incident *i, const void *arg)
{
	struct cq_cases cases;
	struct cq_err err;

	(void)arg;
	if (read_cases(cli, i->id, &cases, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json) {
		print_json(i, &cases);
	} else {
		print_head(i);
		if (cases.n > 0)
			print_rows(cli, &cases);
	}
	cq_cases_free(&cases);
	return EXIT_DONE;
}

/* 'incident I-17 "bank delay" opened: 23 cases' */
static int
say_done(struct cli *cli, const struct cq_incident *i, const void *arg)
{
	if (cli->json) {
		print_json(i, NULL);
		return EXIT_DONE;
	}
	out_fmt("incident I-%" PRId64 " \"", i->id);
	out_raw(i->name.s);
	out_fmt("\" %s %" PRId64 " case%s\n", (const char *)arg, i->n_cases,
	    i->n_cases == 1 ? "" : "s");
	return EXIT_DONE;
}

/* --- what was typed ------------------------------------------------------ */

struct numbers {
	int64_t *at;
	size_t n;
};

/*
 * The cases from words[first] on; if there are none, those that are chosen
 * on the screens.  Complains, and returns false, if a word is no number.
 */
static bool
read_numbers(struct cli *cli, const struct cli_args *args, int first,
    struct numbers *out)
{
	*out = (struct numbers){NULL, 0};
	for (int i = first; i < args->n; i++) {
		out->at = cq_grow(out->at, out->n + 1, sizeof(*out->at));
		if (!cli_case(args->at[i], &out->at[out->n++])) {
			free(out->at);
			return false;
		}
	}
	if (out->n > 0 || cli->n_chosen == 0)
		return true;
	out->at = cq_grow(NULL, cli->n_chosen, sizeof(*out->at));
	memcpy(out->at, cli->chosen, cli->n_chosen * sizeof(*out->at));
	out->n = cli->n_chosen;
	cli->chosen_used = true;
	return true;
}

static bool
is_number(const char *word)
{
	word += *word == '#';
	return *word != '\0' && word[strspn(word, "0123456789")] == '\0';
}

/* A name of several words needs no quotes: it ends before a number. */
static char *
read_name(const struct cli_args *args, int *end)
{
	struct cq_buf name = {0};
	int i = 1;

	for (; i < args->n && (i == 1 || !is_number(args->at[i])); i++)
		cq_buf_fmt(&name, "%s%s", i > 1 ? " " : "", args->at[i]);
	*end = i;
	return cq_buf_take(&name);
}

/* --- commands ------------------------------------------------------------ */

static int
open_one(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	struct numbers cases;
	int64_t id = 0;
	int first;
	char *name;
	enum cq_status rc;

	name = read_name(args, &first);
	if (!read_numbers(cli, args, first, &cases)) {
		free(name);
		return EXIT_USAGE;
	}
	rc = cq_store_incident_open(cli->store, &act, name, cases.at, cases.n,
	    &id, &err);
	free(cases.at);
	free(name);
	if (rc != CQ_OK)
		return cli_act_failed(&err);
	return with_incident(cli, id, say_done, "opened:");
}

/* Reads "I-17" or "17" behind the verb; complains if it is none. */
static bool
read_incident(const struct cli_args *args, int64_t *id)
{
	if (cq_incident_parse(args->at[1], id))
		return true;
	cli_usage("'%s' is no incident; say I-17 or 17", args->at[1]);
	return false;
}

static int
show_it(struct cli *cli, const struct cli_args *args)
{
	int64_t id;

	return read_incident(args, &id) ? with_incident(cli, id, show_one, NULL)
					: EXIT_USAGE;
}

static int
add(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	struct numbers cases;
	int64_t id;
	enum cq_status rc;

	if (!read_incident(args, &id) || !read_numbers(cli, args, 2, &cases))
		return EXIT_USAGE;
	rc = cq_store_incident_add(cli->store, &act, id, cases.at, cases.n,
	    &err);
	free(cases.at);
	if (rc != CQ_OK)
		return cli_act_failed(&err);
	return with_incident(cli, id, say_done, "has");
}

static int
leave(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	struct numbers cases;
	int status = EXIT_DONE;

	if (!read_numbers(cli, args, 1, &cases))
		return EXIT_USAGE;
	if (cq_store_incident_leave(cli->store, &act, cases.at, cases.n,
		&err) != CQ_OK)
		status = cli_act_failed(&err);
	else if (!cli->json && cases.n > 1)
		out_fmt("%zu cases are in no incident now\n", cases.n);
	else
		for (size_t i = 0; i < cases.n && status == EXIT_DONE; i++)
			status = out_changed(cli, cases.at[i],
			    "is in no incident now");
	free(cases.at);
	return status;
}

static int
end(struct cli *cli, const struct cli_args *args, bool over)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int64_t id;

	if (!read_incident(args, &id))
		return EXIT_USAGE;
	if (cq_store_incident_close(cli->store, &act, id, over, &err) != CQ_OK)
		return cli_act_failed(&err);
	return with_incident(cli, id, say_done, over ? "closed:" : "reopened:");
}

static int
close_one(struct cli *cli, const struct cli_args *args)
{
	return end(cli, args, true);
}

static int
reopen(struct cli *cli, const struct cli_args *args)
{
	return end(cli, args, false);
}

int
cmd_incident(struct cli *cli, const struct cli_args *args)
{
	static const struct cli_verb verbs[] = {
	    {"list", "", "all", 0, 0, 0, list},
	    {"open", " NAME [CASE...]", "", 1, -1, N_ME | N_OP, open_one},
	    {"show", " I-N", "", 1, 1, 0, show_it},
	    {"add", " I-N CASE...", "", 1, -1, N_ME | N_OP, add},
	    {"leave", " CASE...", "", 0, -1, N_ME | N_OP, leave},
	    {"close", " I-N", "", 1, 1, N_ME | N_OP, close_one},
	    {"reopen", " I-N", "", 1, 1, N_ME | N_OP, reopen},
	    {NULL, NULL, NULL, 0, 0, 0, NULL},
	};

	return cli_verb(cli, args, verbs);
}
