#include "tui/commands/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "tui/commands/out.h"
#include "tui/commands/source_own.h"

/* The places that the queue listens to. */

/* --- list -------------------------------------------------------------- */

static void
source_json(const struct cq_source *s)
{
	cJSON *o = cJSON_CreateObject();

	json_line(o, "source", s->name);
	json_line(o, "adapter", s->adapter);
	json_line(o, "address", s->address);
	json_line(o, "query", s->query);
	json_line(o, "token_file", s->token_file);
	json_line(o, "brand", s->brand);
	cJSON_AddBoolToObject(o, "insecure", s->insecure);
	cJSON_AddBoolToObject(o, "paused", s->paused);
	json_number(o, "every_s", s->every_s);
	json_time(o, "last_success", s->ok_at);
	json_time(o, "next", s->next_at == 0 ? CQ_NO_TIME : s->next_at);
	json_number(o, "failures", s->n_failed);
	json_line(o, "error", s->last_error);
	json_number(o, "posts", s->n_posts);
	out_json(o);
}

static const char *
ago(int64_t at, int64_t now, char out[32])
{
	char age[16];

	if (at == CQ_NO_TIME)
		return "never";
	cq_age_short(now > at ? now - at : 0, age);
	snprintf(out, 32, strcmp(age, "now") == 0 ? "%s" : "%s ago", age);
	return out;
}

/* Posts came by caseq ingest: nobody asks it. */
static bool
is_file(const struct cq_source *s)
{
	return strcmp(s->adapter, "ndjson") == 0;
}

static const char *
next_try(const struct cq_source *s, int64_t now, char out[32])
{
	char age[16];

	if (s->paused)
		return "paused";
	if (is_file(s))
		return "-";
	if (s->next_at <= now)
		return "now";
	cq_age_short(s->next_at - now, age);
	snprintf(out, 32, "in %s", age);
	return out;
}

static void
source_row(const struct cq_source *s, int64_t now, struct cq_buf *row)
{
	char last[32], next[32], posts[24];

	snprintf(posts, sizeof(posts), "%" PRId64, s->n_posts);
	out_cell_raw(row, s->name, 16);
	out_cell_raw(row, s->adapter, 9);
	out_cell(row, is_file(s) ? "-" : ago(s->ok_at, now, last), 9, false);
	out_cell(row, next_try(s, now, next), 7, false);
	out_cell(row, posts, 7, true);
	out_cell_raw(row, s->address == NULL ? "" : s->address, 27);
	out_row(row);
	if (s->last_error == NULL)
		return;
	out_fmt("    failed %d %s: ", s->n_failed,
	    s->n_failed == 1 ? "time" : "times");
	out_raw(s->last_error);
	out_str("\n");
}

static int
list(struct cli *cli)
{
	struct cq_sources sources;
	struct cq_buf row = {0};
	struct cq_err err;

	if (cq_store_sources(cli->store, &sources, &err) != CQ_OK)
		return cli_failed(&err);
	if (!cli->json)
		out_str("Source           Adapter   Success   Next     "
			"  Posts Address\n");
	for (size_t i = 0; i < sources.n; i++) {
		if (cli->json)
			source_json(&sources.at[i]);
		else
			source_row(&sources.at[i], cq_store_now(cli->store),
			    &row);
	}
	cq_buf_free(&row);
	cq_sources_free(&sources);
	return EXIT_DONE;
}

/* --- add --------------------------------------------------------------- */

/*
 * The path as "caseq run" needs it, which may start elsewhere.  Whether the
 * file holds a token is seen when it is used.
 */
static int
token_path(const char *file, char **out)
{
	struct stat st;

	*out = realpath(file, NULL);
	if (*out == NULL || stat(*out, &st) != 0)
		return cli_broken("source: token file %s: %s", file,
		    strerror(errno));
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

/* Fills s from the command line; the caller frees it whatever comes. */
static int
read_source(struct cli *cli, const struct cli_args *args, struct cq_source *s)
{
	const char *adapter = cli_option(args, "adapter");
	const char *token = cli_option(args, "token-file");
	const char *query = cli_option(args, "query");
	int64_t every;

	if (!known_adapter(cli, adapter))
		return unknown_adapter(cli, adapter);
	if (!cli_seconds(args, "every", 0, &every))
		return EXIT_USAGE;
	if (every > INT_MAX)
		return cli_usage("--every is too long");
	s->name = cq_strdup(args->at[1]);
	s->adapter = cq_strdup(adapter);
	s->address = cq_strdup(args->at[2]);
	s->query = cq_strdup(query == NULL ? "" : query);
	s->brand = cq_strdup(cli_option(args, "brand"));
	s->cursor = cq_strdup("");
	s->insecure = cli_option(args, "insecure") != NULL;
	s->every_s = (int)every;
	return token == NULL ? EXIT_DONE : token_path(token, &s->token_file);
}

static int
add(struct cli *cli, const struct cli_args *args)
{
	struct cq_source s = {.ok_at = CQ_NO_TIME};
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	int status;

	if (args->n < 3)
		return cli_usage("source add: say NAME and ADDRESS");
	if (!cq_name_valid(args->at[1]))
		return cli_usage("source: '%s' is no name: a small letter, then"
				 " small letters, digits, . _ or -",
		    args->at[1]);
	status = read_source(cli, args, &s);
	if (status == EXIT_DONE &&
	    (cli->net->check(&s, &err) != CQ_OK ||
		cq_store_source_add(cli->store, &act, &s, &err) != CQ_OK))
		status = cli_act_failed(&err);
	else if (status == EXIT_DONE && cli->json)
		source_json(&s);
	else if (status == EXIT_DONE)
		out_fmt("source %s added, asked every %ds; try it: caseq source"
			" test %s\n",
		    s.name, s.every_s, s.name);
	cq_source_free(&s);
	return status;
}

/* --- test -------------------------------------------------------------- */

#define TEST_POSTS 5

struct trial {
	struct cli *cli;
	int64_t n;
};

static void
trial_json(const struct cq_post *post)
{
	cJSON *o = cJSON_CreateObject();

	json_line(o, "source", post->source);
	json_line(o, "id", post->id);
	json_line(o, "author",
	    post->handle != NULL ? post->handle : post->author);
	json_line(o, "author_name", post->author_name);
	json_time(o, "created_at", post->created_at);
	json_text(o, "text", post->text);
	json_line(o, "url", post->url);
	out_json(o);
}

static void
trial_plain(const struct cq_post *post)
{
	struct shown_text text = show_str(post->text, SHOW_TEXT);
	struct cq_buf b = {0};
	char at[CQ_TIME_SIZE];

	out_fmt("%s  ", out_time(post->created_at, at));
	out_raw(post->handle != NULL ? post->handle : post->author);
	out_str("  id ");
	out_raw(post->id);
	out_str("\n");
	out_wrap(text.s, "    ", out_width(), &b);
	out_str(b.s);
	cq_buf_free(&b);
	shown_free(&text);
	if (post->url != NULL) {
		out_str("    ");
		out_raw(post->url);
		out_str("\n");
	}
}

static void
try_post(void *arg, const struct cq_post *post)
{
	struct trial *t = arg;

	if (t->n++ >= TEST_POSTS)
		return;
	if (t->cli->json)
		trial_json(post);
	else
		trial_plain(post);
}

static int
test(struct cli *cli, const char *name)
{
	struct trial t = {.cli = cli};
	struct cq_source s;
	struct cq_err err;
	enum cq_status rc;

	if (cq_store_source(cli->store, name, &s, &err) != CQ_OK)
		return cli_failed(&err);
	rc = cli->net->test(&cli->env, &s, try_post, &t, &err);
	cq_source_free(&s);
	if (rc != CQ_OK)
		return cli_failed(&err);
	if (!cli->json)
		out_fmt("%" PRId64 " %s in the first answer; nothing was"
			" stored\n",
		    t.n, t.n == 1 ? "post" : "posts");
	return EXIT_DONE;
}

/* --- the others -------------------------------------------------------- */

static int
change(struct cli *cli, const char *what, const char *name)
{
	struct cq_err err;
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	bool removed = strcmp(what, "remove") == 0;
	enum cq_status rc;
	cJSON *o;

	if (removed)
		rc = cq_store_source_remove(cli->store, &act, name, &err);
	else
		rc = cq_store_source_pause(cli->store, &act, name,
		    strcmp(what, "pause") == 0, &err);
	if (rc != CQ_OK)
		return cli_act_failed(&err);
	if (cli->json) {
		o = cJSON_CreateObject();
		json_line(o, "source", name);
		cJSON_AddStringToObject(o, "done", what);
		out_json(o);
		return EXIT_DONE;
	}
	out_str("source ");
	out_raw(name);
	out_fmt(" %s\n",
	    removed			     ? "removed; its posts stay"
		: strcmp(what, "pause") == 0 ? "paused"
					     : "is asked again");
	return EXIT_DONE;
}

int
cmd_source(struct cli *cli, const struct cli_args *args)
{
	const char *what = args->n == 0 ? "list" : args->at[0];
	bool add_one = strcmp(what, "add") == 0;
	bool test_one = strcmp(what, "test") == 0;
	struct cq_err err;

	if (strcmp(what, "list") == 0)
		return args->n < 2 ? list(cli)
				   : cli_usage("source list takes no name");
	if (strcmp(what, "own") == 0)
		return source_own(cli, args);
	if (cli_option(args, "all") != NULL || cli_option(args, "not") != NULL)
		return cli_usage("source %s takes no --all and no --not", what);
	if (!add_one && !test_one && strcmp(what, "pause") != 0 &&
	    strcmp(what, "resume") != 0 && strcmp(what, "remove") != 0)
		return cli_usage("source: '%s' is not list, add, test, pause,"
				 " resume, remove or own",
		    what);
	if (args->n < 2)
		return cli_usage("source %s: say the name of the source", what);
	if (args->n > (add_one ? 3 : 2))
		return add_one ? cli_usage("source add takes NAME and ADDRESS")
			       : cli_usage("source %s takes one name", what);
	if (cli_need_me(cli, &err) != CQ_OK)
		return cli_failed(&err);
	if (add_one)
		return add(cli, args);
	return test_one ? test(cli, args->at[1])
			: change(cli, what, args->at[1]);
}
