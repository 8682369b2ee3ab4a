#include "tui/commands/demo.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "tui/commands/commands.h"
#include "tui/screens/app.h"

#define SHIFT_S (8 * 3600) /* the report that --text prints */

static int64_t
demo_now(void *arg)
{
	return ((const struct demo *)arg)->clock;
}

/* splitmix64: the same seed, the same demo. */
static uint64_t
next_dice(struct demo *demo)
{
	uint64_t z = demo->dice += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint32_t
demo_dice(struct demo *demo, uint32_t n)
{
	return (uint32_t)(next_dice(demo) % n);
}

static void
demo_random(void *arg, void *buf, size_t n)
{
	unsigned char *to = buf;

	while (n-- > 0)
		*to++ = (unsigned char)next_dice(arg);
}

static long
demo_fs_type(void *arg, const char *path)
{
	const struct demo *demo = arg;

	return demo->cli->env.fs_type(demo->cli->env.arg, path);
}

struct cq_act
demo_act(struct demo *demo, const char *agent, char op[CQ_OP_SIZE])
{
	cq_op_new(&demo->env, op);
	return (struct cq_act){.op = op, .agent = agent};
}

size_t
demo_lines(struct demo *demo, size_t first, demo_line_fn fn, void *arg)
{
	const char *at = sample_ndjson, *end = at + sample_ndjson_size;
	size_t i = 0;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop == NULL ? end : stop) - at);

		if (i++ >= first && fn != NULL && !fn(demo, at, n, arg))
			break;
		at += n + 1;
	}
	return i;
}

/* One post on its way into the demo's queue. */
struct entering {
	struct demo *demo;
	struct cq_store *store;
	enum cq_status rc;
	struct cq_err *err;
};

static void
enter(void *arg, const struct cq_post *post)
{
	struct entering *e = arg;
	struct cq_post moved = *post;
	char op[CQ_OP_SIZE];
	struct cq_act act = demo_act(e->demo, e->demo->me, op);

	if (moved.created_at != CQ_NO_TIME)
		moved.created_at += e->demo->shift;
	e->rc = cq_store_ingest(e->store, &act, &moved, 1, NULL, e->err);
}

enum cq_status
demo_ingest(struct demo *demo, struct cq_store *store, const char *line,
    size_t n, struct cq_err *err)
{
	struct entering e = {demo, store, CQ_OK, err};
	enum cq_status rc;
	int64_t indexed;

	rc = demo->cli->net->read_line(line, n, enter, &e, err);
	if (rc == CQ_OK)
		rc = e.rc;
	if (rc == CQ_OK) /* for what is like it in words */
		rc = cq_store_search_step(store, INT_MAX, &indexed, err);
	return rc;
}

/* --- the sandbox ------------------------------------------------------- */

/* The login as an agent's name, or "you" if it cannot be one. */
static void
name_me(struct demo *demo, const char **login)
{
	const struct passwd *pw = getpwuid(getuid());
	size_t n = 0;

	*login = pw == NULL ? "you" : pw->pw_name;
	for (const char *s = *login; *s != '\0' && n < 32; s++)
		demo->me[n++] = (char)tolower((unsigned char)*s);
	for (int i = 0; i < DEMO_COLLEAGUES; i++)
		if (strcmp(demo->me, demo_agents[i].name) == 0)
			demo->me[0] = '\0'; /* taken by a colleague */
	if (!cq_name_valid(demo->me))
		snprintf(demo->me, sizeof(demo->me), "you");
}

static enum cq_status
find_place(struct demo *demo, const char *keep, struct cq_err *err)
{
	const char *tmp = getenv("TMPDIR");

	if (keep != NULL) {
		demo->path = cq_strdup(keep);
		return CQ_OK;
	}
	demo->dir = cq_format("%s/caseq-demo-XXXXXX",
	    tmp == NULL || *tmp != '/' ? "/tmp" : tmp);
	if (mkdtemp(demo->dir) == NULL) {
		enum cq_status rc = cq_fail(err, CQ_DB,
		    "cannot make %s: %s; name a place with --keep", demo->dir,
		    strerror(errno));

		free(demo->dir);
		demo->dir = NULL;
		return rc;
	}
	demo->path = cq_format("%s/queue.db", demo->dir);
	return CQ_OK;
}

/* A sandbox leaves nothing behind. */
static void
clean_up(struct demo *demo)
{
	static const char *const parts[] = {
	    "", "-wal", "-shm", "-gate", "-run"};

	for (size_t i = 0;
	     demo->dir != NULL && i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *name = cq_format("%s%s", demo->path, parts[i]);

		unlink(name);
		free(name);
	}
	if (demo->dir != NULL)
		rmdir(demo->dir);
	free(demo->dir);
	free(demo->path);
}

static enum cq_status
fill(struct demo *demo, bool live, struct cq_err *err)
{
	const char *login;
	int64_t now = demo->cli->env.now(demo->cli->env.arg);
	enum cq_status rc;

	demo->env = (struct cq_env){.now = demo_now,
	    .random = demo_random,
	    .fs_type = demo_fs_type,
	    .arg = demo};
	demo->clock = now - 2 * 24 * 3600 - 60;
	name_me(demo, &login);
	rc = cq_store_create(demo->path, &demo->env, demo->me, login, getuid(),
	    err);
	if (rc == CQ_OK)
		rc = demo_history(demo, live ? DEMO_HELD_BACK : 0, err);
	demo->clock = now;
	return rc;
}

static int
show_screens(struct demo *demo)
{
	struct cli *cli = demo->cli;
	struct cq_err err;
	int status;

	if (demo_start_colleagues(demo, &err) != CQ_OK ||
	    cli_open(cli, N_STORE | N_ME, &err) != CQ_OK)
		status = cli_failed(&err);
	else
		status = app_run(cli);
	cli_close(cli);
	demo_end_colleagues(demo);
	if (demo->dir == NULL)
		printf("The demo's queue is %s: see 'caseq -q %s list'.\n",
		    demo->path, demo->path);
	else
		printf("The demo's queue is gone. Make one of your own with "
		       "'caseq init'.\n");
	return status;
}

static int
print_text(struct demo *demo)
{
	static const struct cli_args no_args;
	struct cli_args args = no_args;
	struct cli *cli = demo->cli;
	struct cq_err err;
	int status;

	if (cli_open(cli, N_STORE | N_ME, &err) != CQ_OK)
		return cli_failed(&err);
	args.command = tui_command_find("list");
	status = cmd_list(cli, &args);
	args.command = tui_command_find("report");
	putchar('\n');
	if (status == EXIT_DONE)
		status = cmd_report(cli, &args);
	cli_close(cli);
	return status;
}

int
cmd_demo(struct cli *cli, const struct cli_args *args)
{
	struct demo demo = {.cli = cli};
	const char *path = cli->path;
	bool live = cli_option(args, "text") == NULL && isatty(STDIN_FILENO) &&
	    isatty(STDOUT_FILENO);
	int64_t seed = 0;
	struct cq_err err;
	int status;

	if (cli->as != NULL)
		return cli_usage("demo: you are yourself here; leave --as out");
	if (!cli_number(args, "seed", 1, &seed))
		return EXIT_USAGE;
	demo.dice = (uint64_t)seed;
	if (live)
		fprintf(stderr, "Playing two days of posts ...\r");
	if (find_place(&demo, cli_option(args, "keep"), &err) != CQ_OK ||
	    fill(&demo, live, &err) != CQ_OK) {
		status = cli_failed(&err);
	} else {
		cli->path = demo.path;
		status = live ? show_screens(&demo) : print_text(&demo);
		cli->path = path;
	}
	clean_up(&demo);
	return status;
}
