#include "tui/commands/commands.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/commands/out.h"
#include "tui/commands/verbs.h"

/* Who works the queue, and what its order is made of: agent, weight. */

static void
agent_json(const struct cq_agent *agent)
{
	cJSON *o = cJSON_CreateObject();

	json_line(o, "agent", agent->name);
	cJSON_AddStringToObject(o, "role", cq_role_name(agent->role));
	json_line(o, "team", agent->team);
	json_line(o, "login", agent->login);
	if (agent->uid == CQ_NO_UID)
		cJSON_AddNullToObject(o, "uid");
	else
		json_number(o, "uid", agent->uid);
	cJSON_AddBoolToObject(o, "active", agent->active);
	out_json(o);
}

static void
agent_row(const struct cq_agent *agent, struct cq_buf *row)
{
	out_cell_raw(row, agent->name, 20);
	out_cell(row, cq_role_name(agent->role), 14, false);
	out_cell_raw(row, agent->team == NULL ? "-" : agent->team, 16);
	out_cell_raw(row, agent->login == NULL ? "-" : agent->login, 16);
	out_cell(row, agent->active ? "" : "retired", 8, false);
	out_row(row);
}

static void
replace(char **old, const char *value)
{
	free(*old);
	*old = cq_strdup(value);
}

static int
set_login(struct cq_agent *agent, const char *login)
{
	const struct passwd *pw;

	if (*login == '\0') {
		replace(&agent->login, NULL);
		agent->uid = CQ_NO_UID;
		return EXIT_DONE;
	}
	pw = getpwnam(login);
	if (pw == NULL)
		return cli_usage("agent: there is no Unix account '%s' on this"
				 " machine",
		    login);
	replace(&agent->login, login);
	agent->uid = pw->pw_uid;
	return EXIT_DONE;
}

/* Puts --role, --team and --login into agent; an empty value clears. */
static int
read_options(const struct cli_args *args, struct cq_agent *agent)
{
	const char *role = cli_option(args, "role");
	const char *team = cli_option(args, "team");
	const char *login = cli_option(args, "login");

	if (role != NULL && !cq_role_parse(role, &agent->role))
		return cli_usage("--role '%s' is none; say agent, lead,"
				 " supervisor or administrator",
		    role);
	if (team != NULL && *team != '\0' && !cq_name_valid(team))
		return cli_usage("--team '%s' is no name: a small letter, then"
				 " small letters, digits, . _ or -",
		    team);
	if (team != NULL)
		replace(&agent->team, *team == '\0' ? NULL : team);
	return login == NULL ? EXIT_DONE : set_login(agent, login);
}

/* A new agent is the Unix account of the same name if that one is free. */
static void
guess_login(struct cli *cli, struct cq_agent *agent)
{
	const struct passwd *pw = getpwnam(agent->name);
	struct cq_agents all;
	bool is_free = pw != NULL;

	if (pw == NULL || cq_store_agents(cli->store, &all, NULL) != CQ_OK)
		return;
	for (size_t i = 0; i < all.n; i++)
		if (all.at[i].uid == pw->pw_uid)
			is_free = false;
	cq_agents_free(&all);
	if (is_free) {
		replace(&agent->login, pw->pw_name);
		agent->uid = pw->pw_uid;
	}
}

static void
print_agent(const struct cli *cli, const struct cq_agent *agent,
    const char *done)
{
	if (cli->json) {
		agent_json(agent);
		return;
	}
	out_str("agent ");
	out_raw(agent->name);
	out_fmt(" %s: %s", done, cq_role_name(agent->role));
	if (agent->team != NULL) {
		out_str(", team ");
		out_raw(agent->team);
	}
	if (agent->login != NULL) {
		out_str(", login ");
		out_raw(agent->login);
	} else {
		out_str(", bound to no login");
	}
	out_str("\n");
}

static int
add(struct cli *cli, const struct cli_args *args)
{
	struct cq_agent agent = {.uid = CQ_NO_UID, .active = true};
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int status;

	if (!cq_name_valid(args->at[1]))
		return cli_usage("agent: '%s' is no name: a small letter, then"
				 " small letters, digits, . _ or -",
		    args->at[1]);
	agent.name = cq_strdup(args->at[1]);
	if (cli_option(args, "login") == NULL)
		guess_login(cli, &agent);
	status = read_options(args, &agent);
	if (status == EXIT_DONE &&
	    cq_store_agent_add(cli->store, &act, &agent, &err) != CQ_OK)
		status = cli_act_failed(&err);
	else if (status == EXIT_DONE)
		print_agent(cli, &agent, "added");
	cq_agent_free(&agent);
	return status;
}

static int
store_change(struct cli *cli, const struct cq_agent *agent, const char *done)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);

	if (cq_store_agent_set(cli->store, &act, agent, &err) != CQ_OK)
		return cli_act_failed(&err);
	print_agent(cli, agent, done);
	return EXIT_DONE;
}

static int
set(struct cli *cli, const struct cli_args *args)
{
	struct cq_agent agent;
	struct cq_err err;
	int status;

	if (cq_store_agent(cli->store, args->at[1], &agent, &err) != CQ_OK)
		return cli_failed(&err);
	status = read_options(args, &agent);
	if (status == EXIT_DONE)
		status = store_change(cli, &agent, "set");
	cq_agent_free(&agent);
	return status;
}

static int
set_active(struct cli *cli, const char *name, bool active)
{
	struct cq_agent agent;
	struct cq_err err;
	int status;

	if (cq_store_agent(cli->store, name, &agent, &err) != CQ_OK)
		return cli_failed(&err);
	agent.active = active;
	status = store_change(cli, &agent, active ? "restored" : "retired");
	cq_agent_free(&agent);
	return status;
}

static int
retire(struct cli *cli, const struct cli_args *args)
{
	return set_active(cli, args->at[1], false);
}

static int
restore(struct cli *cli, const struct cli_args *args)
{
	return set_active(cli, args->at[1], true);
}

/* --- list -------------------------------------------------------------- */

/* As --role and --team say; '' is no team. */
static bool
is_wanted(const struct cli_args *args, const struct cq_agent *agent,
    const struct cq_agent *want)
{
	const char *team = agent->team == NULL ? "" : agent->team;

	if (cli_option(args, "role") != NULL && agent->role != want->role)
		return false;
	return cli_option(args, "team") == NULL ||
	    strcmp(team, want->team == NULL ? "" : want->team) == 0;
}

static void
print_agents(const struct cli *cli, const struct cli_args *args,
    const struct cq_agents *agents, const struct cq_agent *want)
{
	struct cq_buf row = {0};

	if (!cli->json)
		out_str("Agent                Role           Team"
			"             Login\n");
	for (size_t i = 0; i < agents->n; i++) {
		if (!is_wanted(args, &agents->at[i], want))
			continue;
		if (cli->json)
			agent_json(&agents->at[i]);
		else
			agent_row(&agents->at[i], &row);
	}
	cq_buf_free(&row);
}

static int
list(struct cli *cli, const struct cli_args *args)
{
	struct cq_agent want = {.uid = CQ_NO_UID};
	struct cq_agents agents;
	struct cq_err err;
	int status = read_options(args, &want);

	if (status == EXIT_DONE &&
	    cq_store_agents(cli->store, &agents, &err) != CQ_OK) {
		status = cli_failed(&err);
	} else if (status == EXIT_DONE) {
		print_agents(cli, args, &agents, &want);
		cq_agents_free(&agents);
	}
	cq_agent_free(&want);
	return status;
}

int
cmd_agent(struct cli *cli, const struct cli_args *args)
{
	static const struct cli_verb verbs[] = {
	    {"list", "", "role team", 0, 0, 0, list},
	    {"add", " NAME", "role team login", 1, 1, N_ME | N_OP, add},
	    {"set", " NAME", "role team login", 1, 1, N_ME | N_OP, set},
	    {"retire", " NAME", "", 1, 1, N_ME | N_OP, retire},
	    {"restore", " NAME", "", 1, 1, N_ME | N_OP, restore},
	    {NULL, NULL, NULL, 0, 0, 0, NULL},
	};

	return cli_verb(cli, args, verbs);
}

/* --- weight ------------------------------------------------------------ */

static int
weight_value(const struct cq_weights *w, const struct cq_weight_row *row)
{
	int value;

	memcpy(&value, (const char *)w + row->offset, sizeof(value));
	return value;
}

static void
print_weight_plain(int value, const struct cq_weight_row *row)
{
	static const char indent[] = "                 "; /* 8 + 7 + 2 */
	char *words =
	    cq_format("%s; from %d to %d", row->help, row->min, row->max);
	struct cq_buf b = {0};
	char left[32];

	snprintf(left, sizeof(left), "%-8s %6d", row->name, value);
	out_wrap(words, indent, 80, &b);
	memcpy(b.s, left, strlen(left));
	out_str(b.s);
	cq_buf_free(&b);
	free(words);
}

static void
print_weight(const struct cli *cli, const struct cq_weights *w,
    const struct cq_weight_row *row)
{
	cJSON *o;

	if (!cli->json) {
		print_weight_plain(weight_value(w, row), row);
		return;
	}
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "weight", row->name);
	json_number(o, "value", weight_value(w, row));
	json_number(o, "min", row->min);
	json_number(o, "max", row->max);
	cJSON_AddStringToObject(o, "help", row->help);
	out_json(o);
}

static int
print_weights(struct cli *cli, const char *only)
{
	struct cq_weights w;
	struct cq_err err;
	bool found = false;

	if (cq_store_weights(cli->store, &w, &err) != CQ_OK)
		return cli_failed(&err);
	for (size_t i = 0; cq_weight_rows[i].name != NULL; i++) {
		if (only != NULL && strcmp(only, cq_weight_rows[i].name) != 0)
			continue;
		print_weight(cli, &w, &cq_weight_rows[i]);
		found = true;
	}
	if (found)
		return EXIT_DONE;
	return cli_usage("weight: there is none named '%s'; 'caseq weight'"
			 " lists them",
	    only);
}

static bool
read_value(const struct cq_weight_row *row, const char *s, int *value)
{
	char *end;
	long n = strtol(s, &end, 10);

	*value = (int)n;
	return end != s && *end == '\0' && n >= row->min && n <= row->max;
}

int
cmd_weight(struct cli *cli, const struct cli_args *args)
{
	const struct cq_weight_row *row = cq_weight_rows;
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int value;

	if (args->n < 2 && cli_no_op(cli, "weight") != EXIT_DONE)
		return EXIT_USAGE;
	if (args->n < 2)
		return print_weights(cli, args->n == 0 ? NULL : args->at[0]);
	while (row->name != NULL && strcmp(row->name, args->at[0]) != 0)
		row++;
	if (row->name == NULL)
		return print_weights(cli, args->at[0]);
	if (!read_value(row, args->at[1], &value))
		return cli_usage("weight: %s must be a number from %d to %d,"
				 " not '%s'",
		    row->name, row->min, row->max, args->at[1]);
	if (cli_need_me(cli, &err) != CQ_OK ||
	    cq_store_weight_set(cli->store, &act, row->name, value, &err) !=
		CQ_OK)
		return cli_act_failed(&err);
	return print_weights(cli, row->name);
}
