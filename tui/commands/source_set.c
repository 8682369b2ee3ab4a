#include "tui/commands/source_set.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/commands/out.h"
#include "tui/commands/source_add.h"
#include "tui/commands/source_list.h"

/*
 * Changes of a source in place.  What is read is decided by adapter and
 * address, and posts are known by their ids there: those stay.  Another query
 * or map is read from its own beginning, all else goes on where it is.
 */

static const struct {
	const char *option;
	unsigned what;
	const char *words;
} settings[] = {
    {"token-file", CQ_SET_TOKEN, "token"},
    {"credential", CQ_SET_TOKEN, NULL},
    {"every", CQ_SET_EVERY, "interval"},
    {"brand", CQ_SET_BRAND, "brand"},
    {"monthly-cap", CQ_SET_OPTIONS, NULL},
    {"map", CQ_SET_OPTIONS, NULL},
    {"query", CQ_SET_QUERY, "query"},
    {"since", CQ_SET_SINCE, "start"},
};

#define N_SETTINGS (sizeof(settings) / sizeof(*settings))

static unsigned
said(const struct cli_args *args)
{
	unsigned what = 0;

	for (size_t i = 0; i < N_SETTINGS; i++)
		if (cli_option(args, settings[i].option) != NULL)
			what |= settings[i].what;
	return what;
}

static int
check_words(const struct cli_args *args)
{
	if (said(args) == 0)
		return cli_usage("source set: say what to change, such as"
				 " --token-file, --every or --query");
	return EXIT_DONE;
}

/* Replaces a string by one of the command line; "" takes it away. */
static void
put(char **at, const char *s)
{
	free(*at);
	*at = s == NULL || *s == '\0' ? NULL : cq_strdup(s);
}

static int
put_token(const struct cli_args *args, struct cq_source *s)
{
	const char *file = cli_option(args, "token-file");
	char *token;
	int status;

	if (file != NULL && *file == '\0' &&
	    cli_option(args, "credential") == NULL) {
		put(&s->token_file, NULL);
		return EXIT_DONE;
	}
	status = source_token(args, &token);
	if (token != NULL)
		put(&s->token_file, token);
	free(token);
	return status;
}

/* Puts what was said into s; EXIT_DONE. */
static int
put_all(struct cli *cli, const struct cli_args *args, struct cq_source *s)
{
	const char *query = cli_option(args, "query");
	unsigned what = said(args);
	char *options;
	int status = EXIT_DONE;

	if ((what & CQ_SET_BRAND) != 0)
		put(&s->brand, cli_option(args, "brand"));
	if (query != NULL) {
		free(s->query);
		s->query = cq_strdup(query);
	}
	if ((what & CQ_SET_EVERY) != 0)
		status = source_every(args, &s->every_s);
	if (status == EXIT_DONE && (what & CQ_SET_TOKEN) != 0)
		status = put_token(args, s);
	if (status != EXIT_DONE || (what & CQ_SET_OPTIONS) == 0)
		return status;
	status = source_options(cli, args, s->adapter, &options);
	put(&s->options, options);
	free(options);
	return status;
}

/* --- beginning anew ----------------------------------------------------- */

static bool
differ(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) != 0;
}

/* Is something else read from now on? */
static bool
is_anew(const struct cli_args *args, const struct cq_source *before,
    const struct cq_source *s)
{
	return cli_option(args, "since") != NULL ||
	    differ(before->query, s->query) ||
	    (cli_option(args, "map") != NULL &&
		differ(before->options, s->options));
}

/* Back to where it was heard last, and a day at least: none is missed. */
static int64_t
start_of(struct cli *cli, const struct cq_source *before)
{
	int64_t day = cq_store_now(cli->store) - CQ_SINCE_S;
	int64_t heard =
	    before->ok_at != CQ_NO_TIME ? before->ok_at : before->since_at;

	return heard != CQ_NO_TIME && heard < day ? heard : day;
}

static int
begin_anew(struct cli *cli, const struct cli_args *args,
    const struct cq_source *before, struct cq_source *s,
    struct cq_source_set *set)
{
	int64_t now = cq_store_now(cli->store);

	if (!cli_seconds(args, "since", 0, &set->since_s))
		return EXIT_USAGE;
	s->since_at = (set->what & CQ_SET_SINCE) != 0 ? now - set->since_s
						      : start_of(cli, before);
	free(s->cursor);
	s->cursor = cli->net->anew(before, now);
	set->cursor_before = before->cursor;
	return EXIT_DONE;
}

/* --- what came of it ---------------------------------------------------- */

static void
say_changed(const struct cli_args *args, unsigned done, struct cq_buf *line)
{
	const char *before = ": ";

	for (size_t i = 0; i < N_SETTINGS; i++) {
		const char *words = settings[i].words;

		if (settings[i].what == CQ_SET_OPTIONS &&
		    cli_option(args, settings[i].option) != NULL)
			words = settings[i].option;
		if ((done & settings[i].what) == 0 || words == NULL)
			continue;
		cq_buf_fmt(line, "%s%s", before, words);
		before = ", ";
	}
	cq_buf_str(line, strcmp(before, ", ") == 0 ? " changed" : "");
}

static void
say_done(const struct cli_args *args, const struct cq_source *s, unsigned done,
    struct cq_buf *line)
{
	char at[CQ_TIME_SIZE];

	cq_buf_fmt(line, "source %s", s->name);
	if (done == 0)
		cq_buf_str(line, " stood so already");
	say_changed(args, done, line);
	if ((done & CQ_SET_ANEW) != 0)
		cq_buf_fmt(line, "; it begins anew with posts from %s on",
		    out_time(s->since_at, at));
	if ((done & CQ_SET_RESUMED) != 0)
		cq_buf_str(line, "; it is asked again");
	else if (s->paused)
		cq_buf_str(line, "; it stays paused");
}

/* Sources that still have the token that this one had. */
static void
others_line(struct cli *cli, const struct cq_source *before)
{
	struct cq_buf names = {0};
	struct cq_sources all;

	if (before->token_file == NULL ||
	    cq_store_sources(cli->store, &all, NULL) != CQ_OK)
		return;
	for (size_t i = 0; i < all.n; i++)
		if (strcmp(all.at[i].name, before->name) != 0 &&
		    all.at[i].token_file != NULL &&
		    strcmp(all.at[i].token_file, before->token_file) == 0)
			cq_buf_fmt(&names, "%s%s", names.n > 0 ? ", " : "",
			    all.at[i].name);
	if (names.n > 0)
		out_fmt("these still have its old token: %s\n", names.s);
	cq_buf_free(&names);
	cq_sources_free(&all);
}

static int
tell(struct cli *cli, const struct cli_args *args,
    const struct cq_source *before, unsigned done)
{
	struct cq_buf line = {0};
	struct cq_source now;
	struct cq_err err;

	if (cq_store_source(cli->store, before->name, &now, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json) {
		source_json(&now);
	} else {
		say_done(args, &now, done, &line);
		out_line("", "", line.s);
		if ((done & CQ_SET_TOKEN) != 0)
			others_line(cli, before);
	}
	cq_buf_free(&line);
	cq_source_free(&now);
	return EXIT_DONE;
}

/* Another map may ask for more time than the one before. */
static int
keep_floor(const struct cli *cli, const struct cli_args *args,
    struct cq_source *s, unsigned *what)
{
	int64_t least = cli->net->floor(s);

	if (cli_option(args, "map") != NULL &&
	    cli_option(args, "every") == NULL && s->every_s < least) {
		s->every_s = (int)least;
		*what |= CQ_SET_EVERY;
	}
	return source_floor(cli, args, s);
}

static int
change(struct cli *cli, const struct cli_args *args,
    const struct cq_source *before, struct cq_source *s)
{
	struct cq_source_set set = {.to = s, .what = said(args)};
	char op[CQ_OP_SIZE];
	struct cq_act act = cli_act(cli, op);
	struct cq_err err;
	unsigned done;
	int status = put_all(cli, args, s);

	if (status == EXIT_DONE && is_anew(args, before, s))
		status = begin_anew(cli, args, before, s, &set);
	if (status != EXIT_DONE)
		return status;
	if (!source_is_file(s) && cli->net->check(s, set.what, &err) != CQ_OK)
		return cli_act_failed(&err);
	status = keep_floor(cli, args, s, &set.what);
	if (status != EXIT_DONE)
		return status;
	if (cq_store_source_set(cli->store, &act, &set, &done, &err) != CQ_OK)
		return cli_act_failed(&err);
	status = tell(cli, args, before, done);
	if ((done & (CQ_SET_OPTIONS | CQ_SET_QUERY)) != 0)
		source_note_secret(cli, s);
	if ((done & CQ_SET_TOKEN) != 0)
		source_note_token(cli, s);
	return status;
}

int
source_set(struct cli *cli, const struct cli_args *args)
{
	struct cq_source before, s = {0};
	struct cq_err err;
	int status = check_words(args);

	if (status != EXIT_DONE)
		return status;
	if (cq_store_source(cli->store, args->at[1], &before, &err) != CQ_OK ||
	    cq_store_source(cli->store, args->at[1], &s, &err) != CQ_OK)
		status = cli_failed(&err);
	else
		status = change(cli, args, &before, &s);
	cq_source_free(&before);
	cq_source_free(&s);
	return status;
}
