#include "tui/commands/source_add.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "tui/commands/out.h"
#include "tui/commands/source_list.h"
#include "tui/commands/source_map.h"

/*
 * The path as "caseq run" needs it, which may start elsewhere.  Whether the
 * file holds a token is seen when it is used.
 */
static int
token_path(const char *file, char **out)
{
	struct stat st;

	*out = realpath(file, NULL);
	if ((*out == NULL || stat(*out, &st) != 0) && errno == EACCES)
		return cli_broken("source: you may not get at the token file"
				  " %s; let the account that owns it add the"
				  " source",
		    file);
	if (*out == NULL || stat(*out, &st) != 0)
		return cli_broken("source: token file %s: %s; write the token"
				  " into it first, and chmod 600 it",
		    file, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return cli_broken("source: token file %s is no plain file",
		    file);
	if ((st.st_mode & 077) != 0)
		return cli_broken("source: others may read the token file %s;"
				  " chmod 600 it",
		    file);
	return EXIT_DONE;
}

static int
unknown_adapter(const struct cli *cli, const char *name)
{
	struct cq_buf known = {0};
	const char *adapter, *about;

	for (size_t i = 0; (adapter = cli->net->adapter(i, &about)) != NULL;
	     i++)
		cq_buf_fmt(&known, "%s%s", i > 0 ? ", " : "", adapter);
	cq_buf_str(&known, "");
	if (name == NULL)
		cli_usage("source add: say what speaks there, with --adapter"
			  " and one of: %s",
		    known.s);
	else
		cli_usage("--adapter '%s' is none; say one of: %s", name,
		    known.s);
	cq_buf_free(&known);
	return EXIT_USAGE;
}

static bool
known_adapter(const struct cli *cli, const char *name)
{
	const char *adapter, *about;

	for (size_t i = 0; (adapter = cli->net->adapter(i, &about)) != NULL;
	     i++)
		if (name != NULL && strcmp(adapter, name) == 0)
			return true;
	return false;
}

int
source_token(const struct cli_args *args, char **out)
{
	const char *file = cli_option(args, "token-file");
	const char *credential = cli_option(args, "credential");

	*out = NULL;
	if (file != NULL && credential != NULL)
		return cli_usage("say --token-file or --credential, not both");
	if (credential != NULL)
		*out = cq_format("credential:%s", credential);
	return file == NULL ? EXIT_DONE : token_path(file, out);
}

int
source_options(const struct cli *cli, const struct cli_args *args,
    const char *adapter, char **out)
{
	const char *map = cli_option(args, "map");
	char *text = NULL;
	cJSON *o;
	int64_t cap;
	int status;

	*out = NULL;
	if (!cli_number(args, "monthly-cap", 0, &cap) || cap < 0)
		return EXIT_USAGE;
	if (map != NULL && strcmp(adapter, "json") != 0)
		return cli_usage("--map is for --adapter json");
	if (cli_option(args, "monthly-cap") != NULL &&
	    strcmp(adapter, "x") != 0)
		return cli_usage("--monthly-cap is for --adapter x, which pays"
				 " for each post");
	if (map != NULL) {
		status = source_map_text(cli, map, &text);
		if (status != EXIT_DONE)
			return status;
	}
	o = cJSON_CreateObject();
	if (cap > 0)
		cJSON_AddNumberToObject(o, "monthly_cap", (double)cap);
	if (text != NULL)
		cJSON_AddStringToObject(o, "map", text);
	free(text);
	if (o->child != NULL) {
		text = cJSON_PrintUnformatted(o);
		*out = cq_strdup(text);
		cJSON_free(text);
	}
	cJSON_Delete(o);
	return EXIT_DONE;
}

int
source_every(const struct cli_args *args, int *every_s)
{
	int64_t every;

	if (!cli_seconds(args, "every", 0, &every))
		return EXIT_USAGE;
	if (every > INT_MAX)
		return cli_usage("--every is too long");
	*every_s = (int)every;
	return EXIT_DONE;
}

/* As somebody types it: "5m", "90s". */
static void
say_every(int64_t s, char out[24])
{
	bool minutes = s % 60 == 0, hours = s % 3600 == 0;

	snprintf(out, 24, "%" PRId64 "%s",
	    s /
		(hours		  ? 3600
			: minutes ? 60
				  : 1),
	    hours	  ? "h"
		: minutes ? "m"
			  : "s");
}

int
source_floor(const struct cli *cli, const struct cli_args *args,
    const struct cq_source *s)
{
	int64_t least = cli->net->floor(s);
	char words[24];

	if (cli_option(args, "every") == NULL || s->every_s >= least)
		return EXIT_DONE;
	say_every(least, words);
	return cli_usage("--every is too short: as it is set up, this source"
			 " is asked each %s at most; say %s or more",
	    words, words);
}

void
source_note_secret(const struct cli *cli, const struct cq_source *s)
{
	char *name = cli->net->secret_in(s);

	if (name == NULL)
		return;
	fflush(stdout);
	fprintf(stderr,
	    "caseq: note: '%s' in its address looks like a secret; addresses"
	    " stand in the queue, so who can read that knows it%s\n",
	    name,
	    strcmp(s->adapter, "json") != 0
		? ""
		: "; if the service takes it in a header, write {token} there"
		  " in the map, and use --token-file");
	free(name);
}

void
source_note_token(const struct cli *cli, const struct cq_source *s)
{
	static const char credential[] = "credential:";
	const char *note = NULL;
	struct stat st;

	if (s->token_file == NULL)
		return;
	if (strncmp(s->token_file, credential, strlen(credential)) == 0)
		note = "only the service has that credential, so a person tests"
		       " the source in another way";
	else if (!cq_store_is_mine(cli->store) &&
	    stat(s->token_file, &st) == 0 && st.st_uid == getuid())
		note = "the token file is yours, the queue is not: a service of"
		       " the queue's owner cannot read that file";
	if (note == NULL)
		return;
	fflush(stdout);
	fprintf(stderr, "caseq: note: %s; see \"A team\" in caseq-sources(5)\n",
	    note);
}

/* Fills s from the command line; the caller frees it whatever comes. */
static int
read_source(struct cli *cli, const struct cli_args *args, struct cq_source *s)
{
	const char *adapter = cli_option(args, "adapter");
	const char *query = cli_option(args, "query");
	int64_t since;
	int status;

	if (!known_adapter(cli, adapter))
		return unknown_adapter(cli, adapter);
	if (!cli_seconds(args, "since", CQ_SINCE_S, &since))
		return EXIT_USAGE;
	status = source_every(args, &s->every_s);
	if (status != EXIT_DONE)
		return status;
	s->name = cq_strdup(args->at[1]);
	s->adapter = cq_strdup(adapter);
	s->address = cq_strdup(args->at[2]);
	s->query = cq_strdup(query == NULL ? "" : query);
	s->brand = cq_strdup(cli_option(args, "brand"));
	s->cursor = cq_strdup("");
	s->insecure = cli_option(args, "insecure") != NULL;
	s->since_at = cq_store_now(cli->store) - since;
	status = source_options(cli, args, adapter, &s->options);
	return status == EXIT_DONE ? source_token(args, &s->token_file)
				   : status;
}

static void
say_added(const struct cli *cli, const struct cq_source *s)
{
	if (cli->json)
		source_json(s);
	else
		out_fmt("source %s added; see what it would bring%s: caseq"
			" source test %s\n",
		    s->name,
		    s->options != NULL && strcmp(s->adapter, "x") == 0
			? " (X bills that)"
			: "",
		    s->name);
}

int
source_add(struct cli *cli, const struct cli_args *args)
{
	struct cq_source s = {.ok_at = CQ_NO_TIME,
	    .failed_at = CQ_NO_TIME,
	    .parked_at = CQ_NO_TIME,
	    .rest_at = CQ_NO_TIME,
	    .habit = {CQ_NO_TIME, CQ_NO_TIME, 0, 0}};
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int status;

	if (!cq_name_valid(args->at[1]))
		return cli_usage("source: '%s' is no name: a small letter, then"
				 " small letters, digits, . _ or -",
		    args->at[1]);
	status = read_source(cli, args, &s);
	if (status == EXIT_DONE && cli->net->check(&s, ~0u, &err) != CQ_OK)
		status = cli_act_failed(&err);
	if (status == EXIT_DONE)
		status = source_floor(cli, args, &s);
	if (status == EXIT_DONE &&
	    cq_store_source_add(cli->store, &act, &s, &err) != CQ_OK)
		status = cli_act_failed(&err);
	if (status == EXIT_DONE) {
		say_added(cli, &s);
		source_note_token(cli, &s);
		source_note_secret(cli, &s);
	}
	cq_source_free(&s);
	return status;
}
