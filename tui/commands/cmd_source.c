#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/commands/out.h"
#include "tui/commands/source_add.h"
#include "tui/commands/source_list.h"
#include "tui/commands/source_map.h"
#include "tui/commands/source_own.h"
#include "tui/commands/source_seen.h"
#include "tui/commands/source_set.h"

/* The places that the queue listens to. */

/* --- test -------------------------------------------------------------- */

#define TEST_POSTS 5

struct trial {
	struct cli *cli;
	int64_t n;
};

/* As the queue names them. */
static const char *
who(const struct cq_post *post)
{
	const char *names[] = {post->handle, post->author_name, post->author};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i] != NULL && *names[i] != '\0')
			return names[i];
	return "somebody";
}

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
	if (post->visibility != CQ_PUBLIC)
		json_line(o, "visibility",
		    cq_visibility_name(post->visibility));
	out_json(o);
}

static void
trial_plain(const struct cq_post *post)
{
	struct shown_text text = show_str(post->text, SHOW_TEXT);
	struct cq_buf b = {0};
	char at[CQ_TIME_SIZE];

	out_fmt("%s  ", out_time(post->created_at, at));
	if (post->visibility != CQ_PUBLIC)
		out_fmt("[%s] ", cq_visibility_name(post->visibility));
	out_raw(who(post));
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

/* "2 posts in the first answer, and 3 from before --since, ..." */
static void
trial_sum(const struct trial *t, int64_t n_old)
{
	out_fmt("%" PRId64 " %s in the first answer", t->n,
	    t->n == 1 ? "post" : "posts");
	if (t->n > TEST_POSTS)
		out_fmt(", of which %d are shown", TEST_POSTS);
	if (n_old > 0)
		out_fmt(", and %" PRId64 " from before --since, left out",
		    n_old);
	out_str("; nothing was stored\n");
}

static int
test(struct cli *cli, const char *name)
{
	struct trial t = {.cli = cli};
	int64_t n_old;
	struct cq_source s;
	struct cq_err err;
	enum cq_status rc;

	if (cq_store_source(cli->store, name, &s, &err) != CQ_OK)
		return cli_failed(&err);
	rc = cli->net->test(&cli->env, &s, try_post, &t, &n_old, &err);
	cq_source_free(&s);
	if (rc != CQ_OK)
		return cli_failed(&err);
	if (!cli->json)
		trial_sum(&t, n_old);
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

/* What was said for nothing; NULL if there is no such option. */
static const char *
needless(const struct cli_args *args)
{
	const struct tui_option *o = args->command->options;

	for (size_t i = 0; o[i].name != NULL; i++)
		if (args->option[i] != NULL)
			return o[i].name;
	return NULL;
}

/* Those of one source by its name, of which "what" is one. */
static int
of_one(struct cli *cli, const struct cli_args *args, const char *what)
{
	const char *name = args->at[1];
	struct cq_err err;

	if (cli_need_me(cli, &err) != CQ_OK)
		return cli_failed(&err);
	if (strcmp(what, "add") == 0)
		return source_add(cli, args);
	if (strcmp(what, "set") == 0)
		return source_set(cli, args);
	if (args->n > 2)
		return cli_usage("source %s takes one name", what);
	if (needless(args) != NULL)
		return cli_usage("source %s takes no --%s; see 'caseq source"
				 " set' to change a source",
		    what, needless(args));
	if (strcmp(what, "seen") == 0)
		return source_seen(cli, name);
	return strcmp(what, "test") == 0 ? test(cli, name)
					 : change(cli, what, name);
}

int
cmd_source(struct cli *cli, const struct cli_args *args)
{
	static const char *const verbs[] = {
	    "add", "set", "test", "seen", "pause", "resume", "remove", NULL};
	const char *what = args->n == 0 ? "list" : args->at[0];
	const char *const *verb = verbs;

	if (strcmp(what, "list") == 0)
		return args->n < 2 ? source_list(cli)
				   : cli_usage("source list takes no name");
	if (strcmp(what, "own") == 0)
		return source_own(cli, args);
	if (strcmp(what, "map") == 0)
		return source_map(cli, args);
	if (cli_option(args, "all") != NULL || cli_option(args, "not") != NULL)
		return cli_usage("source %s takes no --all and no --not", what);
	while (*verb != NULL && strcmp(what, *verb) != 0)
		verb++;
	if (*verb == NULL)
		return cli_usage("source: '%s' is not list, add, set, test,"
				 " seen, pause, resume, remove, map or own",
		    what);
	if (args->n < 2)
		return cli_usage("source %s: say the name of the source", what);
	return of_one(cli, args, what);
}
