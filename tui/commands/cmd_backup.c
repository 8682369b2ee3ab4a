#include "tui/commands/commands.h"

#include "tui/commands/out.h"

/* Care of the file: backup, doctor. */

int
cmd_backup(struct cli *cli, const struct cli_args *args)
{
	struct cq_err err;
	cJSON *o;

	if (cq_store_backup(cli->store, args->at[0], &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json) {
		o = cJSON_CreateObject();
		json_line(o, "backup", args->at[0]);
		out_json(o);
		return EXIT_DONE;
	}
	out_str("queue copied to ");
	out_raw(args->at[0]);
	out_str(", and the copy was checked\n");
	return EXIT_DONE;
}

struct visit {
	const struct cli *cli;
	bool bad;
};

static void
tell(void *arg, enum cq_finding what, const char *check, const char *text)
{
	static const char *const names[] = {
	    [CQ_FINE] = "ok", [CQ_WARN] = "warn", [CQ_BAD] = "BAD"};
	struct visit *v = arg;
	cJSON *o;

	v->bad = v->bad || what == CQ_BAD;
	if (v->cli->json) {
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "finding",
		    what == CQ_BAD ? "bad" : names[what]);
		json_line(o, "check", check);
		json_line(o, "text", text);
		out_json(o);
		return;
	}
	out_fmt("%-4s ", names[what]);
	out_raw(check);
	out_str(": ");
	out_raw(text);
	out_str("\n");
}

int
cmd_doctor(struct cli *cli, const struct cli_args *args)
{
	bool repair = cli_option(args, "repair") != NULL;
	struct visit v = {.cli = cli};
	struct cq_err err;

	if (cli_open(cli, N_STORE, &err) != CQ_OK) {
		tell(&v, CQ_BAD, "open", err.msg);
		return EXIT_FAILED;
	}
	tell(&v, CQ_FINE, "open", cli->path);
	if (cq_store_doctor(cli->store, repair, tell, &v, &err) != CQ_OK) {
		tell(&v, CQ_BAD, "doctor", err.msg);
		return cli_exit(err.status);
	}
	return v.bad ? EXIT_FAILED : EXIT_DONE;
}
