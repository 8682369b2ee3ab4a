#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/commands/out.h"
#include "tui/commands/source_add.h"
#include "tui/commands/source_list.h"
#include "tui/commands/source_map.h"
#include "tui/commands/source_own.h"
#include "tui/commands/source_seen.h"
#include "tui/commands/source_set.h"
#include "tui/commands/verbs.h"

/* The places that the queue listens to. */

/* --- test -------------------------------------------------------------- */

#define TEST_POSTS 5

struct trial {
	struct cli *cli;
	int64_t n;
};

/* As the queue names them; or NULL. */
static const char *
who(const struct cq_post *post)
{
	const char *names[] = {post->handle, post->author_name, post->author};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i] != NULL && *names[i] != '\0')
			return names[i];
	return NULL;
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
	out_who(who(post));
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
test(struct cli *cli, const struct cli_args *args)
{
	struct trial t = {.cli = cli};
	int64_t n_old;
	struct cq_source s;
	struct cq_err err;
	enum cq_status rc;

	if (cq_store_source(cli->store, args->at[1], &s, &err) != CQ_OK)
		return cli_failed(&err);
	source_note_secret(cli, &s);
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

static int
pause_it(struct cli *cli, const struct cli_args *args)
{
	return change(cli, "pause", args->at[1]);
}

static int
resume_it(struct cli *cli, const struct cli_args *args)
{
	return change(cli, "resume", args->at[1]);
}

static int
remove_it(struct cli *cli, const struct cli_args *args)
{
	return change(cli, "remove", args->at[1]);
}

/* --- which of them ----------------------------------------------------- */

#define SETTINGS "query token-file credential every since map monthly-cap brand"

static const struct cli_verb verbs[] = {
    {"list", "", "", 0, 0, 0, source_list},
    {"add", " NAME ADDRESS", "adapter " SETTINGS " insecure", 2, 2, N_ME | N_OP,
	source_add},
    {"set", " NAME", SETTINGS, 1, 1, N_ME | N_OP, source_set},
    {"test", " NAME", "", 1, 1, N_ME, test},
    {"seen", " NAME", "", 1, 1, N_ME | N_OP, source_seen},
    {"pause", " NAME", "", 1, 1, N_ME | N_OP, pause_it},
    {"resume", " NAME", "", 1, 1, N_ME | N_OP, resume_it},
    {"remove", " NAME", "", 1, 1, N_ME | N_OP, remove_it},
    {"map", " [NAME]", "", 0, 1, 0, source_map},
    {"own", " NAME [HANDLE...]", "all not", 0, -1, N_OP, source_own},
    {NULL, NULL, NULL, 0, 0, 0, NULL},
};

/* Does it say to set what stays as it was added? */
static bool
moves(const struct cli_args *args)
{
	return args->n > 0 && strcmp(args->at[0], "set") == 0 &&
	    (args->n > 2 || cli_option(args, "adapter") != NULL ||
		cli_option(args, "insecure") != NULL);
}

int
cmd_source(struct cli *cli, const struct cli_args *args)
{
	if (moves(args))
		return cli_usage("source set: the adapter and the address of a"
				 " source stay; for others add a source with"
				 " another name, and remove this one");
	return cli_verb(cli, args, verbs);
}
