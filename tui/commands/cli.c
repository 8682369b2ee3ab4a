#include "tui/commands/cli.h"

#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/when.h"
#include "tui/commands/commands.h"
#include "tui/commands/out.h"

static volatile int stop_signal, wake_signal;

static void
on_stop(int signal)
{
	stop_signal = signal;
	wake_signal = signal;
}

static void
on_wake(int signal)
{
	wake_signal = signal;
}

void
cli_catch_stop(struct cli *cli)
{
	struct sigaction sa = {
	    .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	cli->stop = &stop_signal;
}

void
cli_catch_wake(struct cli *cli)
{
	struct sigaction sa = {.sa_handler = on_wake}, before;

	cli_catch_stop(cli);
	if (isatty(STDIN_FILENO)) /* the terminal is gone: so are we */
		sa.sa_handler = on_stop;
	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGHUP, NULL, &before) == 0 &&
	    before.sa_handler != SIG_IGN) /* as nohup(1) has it */
		sigaction(SIGHUP, &sa, NULL);
	cli->wake = &wake_signal;
}

/* --- complaints -------------------------------------------------------- */

static void
complain(const char *msg)
{
	struct shown_text shown = show_str(msg, SHOW_LINE);

	fflush(stdout); /* what was done comes before what was not */
	fprintf(stderr, "caseq: %s\n", shown.s);
	shown_free(&shown);
}

static void
complain_ap(const char *fmt, va_list ap)
{
	char msg[1024];

	vsnprintf(msg, sizeof(msg), fmt, ap);
	complain(msg);
}

int
cli_exit(enum cq_status status)
{
	switch (status) {
	case CQ_OK:
		return EXIT_DONE;
	case CQ_NOT_FOUND:
		return EXIT_NOTHING;
	case CQ_CONFLICT:
	case CQ_STALE:
	case CQ_STATE:
	case CQ_DENIED:
		return EXIT_REFUSED;
	case CQ_BUSY:
		return EXIT_QUEUE_BUSY;
	default:
		return EXIT_FAILED;
	}
}

int
cli_failed(const struct cq_err *err)
{
	complain(err->msg);
	return cli_exit(err->status);
}

int
cli_act_failed(const struct cq_err *err)
{
	int status = cli_failed(err);

	return err->status == CQ_INPUT ? EXIT_USAGE : status;
}

int
cli_broken(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain_ap(fmt, ap);
	va_end(ap);
	return EXIT_FAILED;
}

int
cli_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain_ap(fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

int
cli_no_op(const struct cli *cli, const char *what)
{
	return cli->op == NULL ? EXIT_DONE
			       : cli_usage("%s: leave --op out: it may be"
					   " repeated as it is",
				     what);
}

/* --- surroundings ------------------------------------------------------ */

static const char *
locale_name(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < 3; i++) {
		const char *s = getenv(names[i]);

		if (s != NULL && *s != '\0')
			return s;
	}
	return "C";
}

static bool
names_other_charset(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot != NULL && strncasecmp(dot, ".utf-8", 6) != 0 &&
	    strncasecmp(dot, ".utf8", 5) != 0;
}

/*
 * All text here is UTF-8.  Where nobody chose a locale, or the chosen one
 * is not installed, C.UTF-8 serves.  LC_NUMERIC stays "C": JSON needs it.
 */
static bool
set_locale(void)
{
	const char *name = locale_name();
	const char *codeset;

	if (names_other_charset(name))
		return false;
	if (setlocale(LC_CTYPE, "") != NULL) {
		codeset = nl_langinfo(CODESET);
		if (strcmp(codeset, "UTF-8") == 0)
			return true;
		if (strcmp(codeset, "ANSI_X3.4-1968") != 0)
			return false;
	}
	return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

/* The queue if neither -q nor CASEQ_QUEUE names one; NULL without a home. */
static char *
default_path(void)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	struct passwd *pw;

	if (data != NULL && *data == '/')
		return cq_format("%s/caseq/queue.db", data);
	if (home == NULL || *home == '\0') {
		pw = getpwuid(getuid());
		home = pw == NULL ? NULL : pw->pw_dir;
	}
	if (home == NULL)
		return NULL;
	return cq_format("%s/.local/share/caseq/queue.db", home);
}

static char *
queue_path(const char *option)
{
	const char *env = getenv("CASEQ_QUEUE");

	if (option != NULL)
		return cq_strdup(option);
	if (env != NULL && *env != '\0')
		return cq_strdup(env);
	return default_path();
}

static int64_t
fixed_now(void *arg)
{
	return *(const int64_t *)arg;
}

/*
 * CASEQ_NOW fixes the clock, for tests: only where the queue file is the
 * caller's own, as leases and the log depend on the time.
 */
static int
set_clock(struct cli *cli)
{
	const char *now = getenv("CASEQ_NOW");
	struct stat st;

	if (now == NULL || *now == '\0')
		return EXIT_DONE;
	if (!cq_time_parse(now, &cli->fixed_now))
		return cli_usage("CASEQ_NOW '%s' is no time; say"
				 " 2026-11-23T14:07:00Z",
		    now);
	if (stat(cli->path, &st) == 0 && st.st_uid != getuid()) {
		complain("CASEQ_NOW works only in a queue file of your own;"
			 " unset it");
		return EXIT_REFUSED;
	}
	cli->env.now = fixed_now;
	cli->env.arg = &cli->fixed_now;
	return EXIT_DONE;
}

/* --- who is calling ---------------------------------------------------- */

static const char *
login_name(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw == NULL ? "?" : pw->pw_name;
}

static enum cq_status
act_as(struct cli *cli, struct cq_err *err)
{
	struct cq_agent other = {0};
	enum cq_status rc;

	if (!cq_store_is_mine(cli->store))
		return cq_fail(err, CQ_DENIED,
		    "--as %s: only the owner of the queue file may act as"
		    " another agent",
		    cli->as);
	rc = cq_store_agent(cli->store, cli->as, &other, err);
	if (rc != CQ_OK)
		return rc;
	if (cli->me.name == NULL)
		cli->via = cq_strdup(login_name());
	else if (strcmp(cli->me.name, other.name) != 0)
		cli->via = cq_strdup(cli->me.name);
	cq_agent_free(&cli->me);
	cli->me = other;
	return CQ_OK;
}

/* CQ_DENIED, with a way back, if the caller is an agent who is retired. */
static enum cq_status
refuse_retired(const struct cli *cli, struct cq_err *err)
{
	struct cq_agents all;
	enum cq_status rc = cq_store_agents(cli->store, &all, err);

	if (rc != CQ_OK)
		return rc;
	for (size_t i = 0; i < all.n && rc == CQ_OK; i++)
		if (!all.at[i].active && all.at[i].uid == getuid())
			rc = cq_fail(err, CQ_DENIED,
			    "you are %s, an agent who is retired; an"
			    " administrator can: caseq agent restore %s",
			    all.at[i].name, all.at[i].name);
	cq_agents_free(&all);
	return rc;
}

enum cq_status
cli_need_me(const struct cli *cli, struct cq_err *err)
{
	enum cq_status rc;

	if (cli->me.name != NULL)
		return CQ_OK;
	rc = refuse_retired(cli, err);
	if (rc != CQ_OK)
		return rc;
	return cq_fail(err, CQ_DENIED,
	    "you (login %s) are no agent of this queue; ask an administrator"
	    " for: caseq agent add NAME --login %s",
	    login_name(), login_name());
}

enum cq_status
cli_open(struct cli *cli, unsigned needs, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	if ((needs & (N_STORE | N_ME)) == 0)
		return CQ_OK;
	if (cli->store == NULL) {
		rc = cq_store_open(cli->path, &cli->env, &cli->store, err);
		if (rc != CQ_OK)
			return rc;
		rc = cq_store_agent_by_uid(cli->store, getuid(), &cli->me, err);
		if (rc == CQ_NOT_FOUND)
			rc = CQ_OK; /* whoever may read the file may read */
		if (rc == CQ_OK && cli->as != NULL)
			rc = act_as(cli, err);
		/* reading must work without writing: a failure can wait */
		if (rc == CQ_OK)
			cq_store_tick(cli->store, NULL, NULL);
	}
	if (rc == CQ_OK && (needs & N_ME))
		rc = cli_need_me(cli, err);
	return rc;
}

void
cli_close(struct cli *cli)
{
	cq_store_close(cli->store);
	cli->store = NULL;
	cq_agent_free(&cli->me);
	memset(&cli->me, 0, sizeof(cli->me));
	free(cli->via);
	cli->via = NULL;
}

struct cq_act
cli_act(const struct cli *cli, char op[CQ_OP_SIZE])
{
	struct cq_act act = {.agent = cli->me.name, .via = cli->via};

	act.op = cli->op;
	if (act.op == NULL) {
		cq_op_new(&cli->env, op);
		act.op = op;
	}
	return act;
}

/* --- running a command ------------------------------------------------- */

static int
open_and(struct cli *cli, const struct cli_args *args,
    int (*screens)(struct cli *cli))
{
	const struct tui_command *c = args->command;
	struct cq_err err;
	int status;

	if (cli_open(cli, c == NULL ? N_STORE | N_ME : c->needs, &err) != CQ_OK)
		status = err.status == CQ_NOT_FOUND && cli->store == NULL
		    ? (cli_failed(&err), EXIT_FAILED)
		    : cli_failed(&err);
	else
		status = c == NULL ? screens(cli) : c->run(cli, args);
	cli_close(cli);
	return status;
}

static int
help(struct cli *cli, const struct tui_command *about)
{
	const char *word = about == NULL ? NULL : about->name;
	struct cli_args args = {.command = tui_command_find("help"),
	    .at = &word,
	    .n = word == NULL ? 0 : 1};

	return cmd_help(cli, &args);
}

static int
run(struct cli *cli, const struct cli_line *line,
    int (*screens)(struct cli *cli))
{
	static const struct cli_args none;
	const struct tui_command *c = line->args.command;
	int status;

	if (line->help)
		return help(cli, c);
	if (line->version)
		return cmd_version(cli, &none);
	if (c != NULL && (c->needs & N_OP) == 0 &&
	    cli_no_op(cli, c->name) != EXIT_DONE)
		return EXIT_USAGE;
	if (c == NULL && cli->op != NULL)
		return cli_usage("the screens take no --op: each key is an act"
				 " of its own");
	if (c == NULL && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return cli_usage("the screens need a terminal; without one use"
				 " a command such as 'caseq list'; 'caseq help'"
				 " names them all");
	if (cli->path == NULL)
		return cli_usage("no home directory: name the queue with -q or"
				 " CASEQ_QUEUE");
	status = set_clock(cli);
	return status != EXIT_DONE ? status
				   : open_and(cli, &line->args, screens);
}

static void
tell(void *arg, const char *words)
{
	(void)arg;
	complain(words);
}

int
cli_main(int argc, char **argv, const struct cli_network *net,
    int (*screens)(struct cli *cli))
{
	struct cli cli = {.env = cq_env_system(), .net = net};
	cJSON_Hooks hooks = {cq_alloc, free};
	struct cli_line line;
	char *path;
	int status;

	signal(SIGPIPE, SIG_IGN);
	cJSON_InitHooks(&hooks);
	cli.stop = &stop_signal;
	cli.env.tell = tell;
	if (!set_locale()) {
		complain("the locale is not UTF-8, which is all that caseq"
			 " prints; set LC_ALL=C.UTF-8");
		return EXIT_FAILED;
	}
	status = cli_parse(argc, argv, &cli, &line);
	path = queue_path(line.queue);
	cli.path = path;
	if (status == EXIT_DONE)
		status = run(&cli, &line, screens);
	cli_line_free(&line);
	free(path);
	return out_end(status);
}
