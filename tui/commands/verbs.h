#ifndef TUI_COMMANDS_VERBS_H
#define TUI_COMMANDS_VERBS_H

#include "tui/commands/cli.h"

/* What a command with verbs of its own does: "caseq agent retire NAME". */

/* What each verb takes; nothing else is taken and passed over. */
struct cli_verb {
	const char *name;    /* NULL ends the list */
	const char *words;   /* " NAME ADDRESS", for the usage */
	const char *options; /* of the command's own: "role team" */
	int min, max;	     /* words behind it; max -1: any number */
	unsigned needs;	     /* N_ME: who is calling; N_OP: it takes --op */
	/* returns the exit status; args->at[0] is the verb */
	int (*run)(struct cli *cli, const struct cli_args *args);
};

/*
 * Runs the verb that is the first word, or the first verb of the list if
 * there are no words.  Returns its exit status; EXIT_USAGE, after one line
 * that says what is wrong, if there is no such verb, or if it takes other
 * options or another number of words.
 */
int cli_verb(struct cli *cli, const struct cli_args *args,
    const struct cli_verb *verbs);

#endif
