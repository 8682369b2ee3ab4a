#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One table of everything a person can do: line mode, keys, the ":" line,
 * the help screen, completions and the check of the man page all read it.
 */

struct cli;	 /* tui/commands/cli.h */
struct cli_args; /* the same */
struct app;	 /* tui/screens/app.h */

/* Where a key works. */
enum {
	V_QUEUE = 1 << 0,
	V_CASE = 1 << 1,
	V_HELP = 1 << 2,
	V_DUPS = 1 << 3, /* likely duplicates of one case */
	V_TRAY = 1 << 4, /* ... of all cases */
	V_JUDGE = V_DUPS | V_TRAY,
	V_CASES = V_QUEUE | V_CASE | V_JUDGE, /* all that show cases */
	V_ANY = V_CASES | V_HELP
};

/* What must be there before run or key is called. */
enum {
	N_STORE = 1 << 0, /* an open queue */
	N_ME = 1 << 1,	  /* ... and who is calling */
	N_CASE = 1 << 2,  /* ... and a case under the cursor (keys) */
	N_MINUS = 1 << 3, /* "-WORD" behind the first word is a word too */
	N_ROW = 1 << 4,	  /* with N_CASE: a gap of a source will do, too */
	N_OP = 1 << 5	  /* it acts: --op says which act it is */
};

/* Headings of the help screen, in this order. */
enum {
	G_MOVE,
	G_WORK,
	G_SORT,
	G_SAME,
	G_CARE,
	G_READ,
	G_ADMIN,
	G_PROGRAM,
	N_GROUPS
};
extern const char *const tui_groups[N_GROUPS];

struct tui_option {
	const char *name; /* "reason" for --reason; NULL ends the list */
	const char *arg;  /* "TEXT", or NULL for a switch; "TEXT..." may stand
			     more than once: its values, with commas */
	const char *help;
};

struct tui_command {
	const char *name; /* caseq NAME, and after ":"; NULL ends the table */
	const char *args; /* "CASE [TAG...]" for the synopsis; or NULL */
	const char *keys; /* "j Down", parted by spaces; or NULL */
	const char *hint; /* two words for the bottom line; or NULL */
	unsigned views;	  /* where the keys work */
	unsigned needs;
	int group;
	int min_args, max_args; /* of line mode; max -1: any number */
	int (*run)(struct cli *cli, const struct cli_args *args);
	void (*key)(struct app *app);
	const char *help;		  /* one line, lower case */
	const struct tui_option *options; /* besides those of all; or NULL */
};

/* run is NULL for what is only a key, key for what is only a command. */
extern const struct tui_command tui_commands[];

/* Options every command has: --json, --as, --op, ... */
extern const struct tui_option tui_options[];

/* NULL if there is none. */
const struct tui_command *tui_command_find(const char *name);

#endif
