#ifndef TUI_CLI_H
#define TUI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/env.h"
#include "core/store.h"
#include "tui/commands/table.h"

/* Exit status of the program, the same for every command. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOTHING = 3, /* nothing to do, or not found */
	EXIT_REFUSED = 4, /* conflict, stale, not allowed */
	EXIT_QUEUE_BUSY = 5
};

/* What became of a source in a round of fetching. */
enum cli_end {
	CLI_ASKED,    /* well or not */
	CLI_RESTS,    /* not asked: its account rests until next_at */
	CLI_PAUSED,   /* not asked: source says since when, and why */
	CLI_NO_TOKEN, /* not asked: error says why this caller may not */
	CLI_OVERTAKEN /* another fetch was faster, or the source was
			 changed meanwhile: error says which */
};

/* How far one source is in a round of fetching, and at last what it brought. */
struct cli_told {
	const struct cq_source *source;
	enum cli_end end;
	bool under_way; /* it is asked now for the step-th time */
	int step;
	int64_t n_old;	   /* posts left out, as they are older than wanted */
	const char *error; /* or NULL */
	int64_t next_at;
	struct cq_ingested sum;
};
typedef void (*cli_post_fn)(void *arg, const struct cq_post *post);
typedef void (*cli_tell_fn)(void *arg, const struct cli_told *told);

/*
 * What line mode needs from the network's side of the house; main.c fills
 * it in, as tui/ does not know sources/.
 */
struct cli_network {
	/* One line of NDJSON to one post, borrowed for the call. */
	enum cq_status (*read_line)(const char *line, size_t n,
	    cli_post_fn emit, void *arg, struct cq_err *err);

	/* Name and help of the i-th adapter; NULL behind the last one. */
	const char *(*adapter)(size_t i, const char **help);

	/* Name and text of the i-th map that comes with the program; NULL
	 * behind the last one. */
	const char *(*map)(size_t i, const char **text);

	/*
	 * Checks a new or changed source, and fills in what it leaves open
	 * (every_s).  given: what of it was said now, bits of CQ_SET_TOKEN
	 * and so on; what was said long ago is not held against it.
	 */
	enum cq_status (*check)(struct cq_source *source, unsigned given,
	    struct cq_err *err);

	/* Of a good source: seconds between two fetches at least, whatever
	 * it is told; 0 if any will do. */
	int64_t (*floor)(const struct cq_source *source);

	/* The name of what looks like a secret in the address that is asked,
	 * in plain letters, or NULL; owned. */
	char *(*secret_in)(const struct cq_source *source);

	/* The cursor of a source that is to begin anew; owned. */
	char *(*anew)(const struct cq_source *source, int64_t now);

	/*
	 * One round over names (NULL: all that are due or not); or *stop.
	 * by_hand: a source is not held to have failed where only this caller
	 * lacks its token, or room for its session.
	 */
	enum cq_status (*fetch)(struct cq_store *store,
	    const struct cq_act *act, const char *const *names, bool by_hand,
	    const volatile int *stop, cli_tell_fn tell, void *arg,
	    struct cq_err *err);

	/* Rounds until *stop. */
	enum cq_status (*run)(struct cq_store *store, const struct cq_act *act,
	    const volatile int *stop, cli_tell_fn tell, void *arg,
	    struct cq_err *err);

	/* Asks a source once and changes nothing; *n_old posts would stay
	 * out, as they are older than wanted. */
	enum cq_status (*test)(const struct cq_env *env,
	    const struct cq_source *source, cli_post_fn emit, void *arg,
	    int64_t *n_old, struct cq_err *err);
};

/* One run of the program. */
struct cli {
	const char *path; /* of the queue */
	const char *as;	  /* --as NAME, or NULL */
	const char *op;	  /* --op ID, or NULL */
	bool json;	  /* --json */
	struct cq_env env;
	struct cq_store *store; /* open if the command needs it */
	struct cq_agent me;	/* who is calling, or --as whom */
	char *via;		/* who is really calling, with --as; or NULL */
	const struct cli_network *net;
	const volatile int *stop; /* see cli_catch_stop() */
	volatile int *wake;	  /* see cli_catch_wake(); or NULL */
	int64_t fixed_now;	  /* what env.now says if CASEQ_NOW is set */

	/* On the ":" line: cases for a command that was given none. */
	const int64_t *chosen;
	size_t n_chosen;
	bool chosen_used; /* it took them */
};

#define CLI_MAX_OPTIONS 16

struct cli_args {
	const struct tui_command *command;
	const char *const *at; /* words behind the command and its options */
	int n;
	const char *option[CLI_MAX_OPTIONS]; /* by index in the table; "" for
						a switch that is set */
};

/* Value of an option of this command, NULL if it was not given. */
const char *cli_option(const struct cli_args *args, const char *name);

/*
 * Reads "12" or "#12".  Like the three below it complains, and returns
 * false, if it is none: the caller returns EXIT_USAGE.
 */
bool cli_case(const char *s, int64_t *case_id);

/* Reads "p12" or "12". */
bool cli_post(const char *s, int64_t *post_id);

/* Reads --name as a length of time; fallback if it was not given. */
bool cli_seconds(const struct cli_args *args, const char *name,
    int64_t fallback, int64_t *seconds);

/* Reads --name as a whole number; fallback if it was not given. */
bool cli_number(const struct cli_args *args, const char *name, int64_t fallback,
    int64_t *number);

/*
 * The act of this run: --op or a new id, the agent, and who is behind.
 * Borrows from cli and op.
 */
struct cq_act cli_act(const struct cli *cli, char op[CQ_OP_SIZE]);

/* Prints "caseq: msg" to stderr; returns the exit status of err. */
int cli_failed(const struct cq_err *err);
int cli_exit(enum cq_status status);

/*
 * The same for an act made of what was typed: EXIT_USAGE if that makes no
 * sense (CQ_INPUT).  What a file or a server said is no such mistake.
 */
int cli_act_failed(const struct cq_err *err);

/* The same for a failure that is no status of the core's: EXIT_FAILED. */
int cli_broken(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for a mistake in the command line: returns EXIT_USAGE. */
int cli_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * For what changes nothing, or may be done twice: EXIT_USAGE, after a line
 * that begins with what, if --op was given; else EXIT_DONE.
 */
int cli_no_op(const struct cli *cli, const char *what);

/* Runs one command line (argv[0] is the program); returns the status. */
int cli_main(int argc, char **argv, const struct cli_network *net,
    int (*screens)(struct cli *cli));

/*
 * Opens cli->path and finds out who is calling.  needs as in the table.
 * The screens use it too.
 */
enum cq_status cli_open(struct cli *cli, unsigned needs, struct cq_err *err);
void cli_close(struct cli *cli);

/*
 * For a command of which only some forms change something: CQ_OK if it is
 * known who is calling, else CQ_DENIED as cli_open() with N_ME.
 */
enum cq_status cli_need_me(const struct cli *cli, struct cq_err *err);

/*
 * From now on SIGINT and SIGTERM set *cli->stop; a second one ends the
 * program.  For commands that look at it.
 */
void cli_catch_stop(struct cli *cli);

/*
 * The same, and each of these, and SIGHUP, sets *cli->wake, which the
 * caller puts back to 0 before it looks at *cli->stop.  SIGHUP is a stop
 * if standard input is a terminal, and nothing under nohup(1).
 */
void cli_catch_wake(struct cli *cli);

/*
 * Takes argv apart by the table.  Returns EXIT_DONE; EXIT_USAGE after
 * complaining.  line->command is NULL if no command was named.
 * Free with cli_line_free().
 */
struct cli_line {
	struct cli_args args;
	const char *queue;		 /* -q; or NULL */
	const char **words;		 /* behind args.at */
	char *gathered[CLI_MAX_OPTIONS]; /* behind args.option */
	bool help, version;
};
int cli_parse(int argc, char **argv, struct cli *cli, struct cli_line *line);
void cli_line_free(struct cli_line *line);

/* "take CASE [--lease TIME]", as after "caseq" in a synopsis. */
struct cq_buf;
void cli_synopsis(const struct tui_command *command, struct cq_buf *out);

#endif
