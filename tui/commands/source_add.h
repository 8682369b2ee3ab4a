#ifndef TUI_COMMANDS_SOURCE_ADD_H
#define TUI_COMMANDS_SOURCE_ADD_H

#include "tui/commands/cli.h"

/* "caseq source add NAME ADDRESS": one more place to listen to. */
int source_add(struct cli *cli, const struct cli_args *args);

/*
 * What "source add" and "source set" read alike; both complain, and return
 * EXIT_DONE or another exit status.
 *
 * The token as a source keeps it, a path or the name of a credential; *out is
 * NULL if neither was given.  Owned by the caller.
 */
int source_token(const struct cli_args *args, char **out);

/* What only some adapters know, as a JSON object; else the same. */
int source_options(const struct cli *cli, const struct cli_args *args,
    const char *adapter, char **out);

/* Seconds between two fetches; 0 if that was not given. */
int source_every(const struct cli_args *args, int *every_s);

/*
 * Of a source that was checked: refuses --every if it is shorter than the
 * source is ever asked.  EXIT_DONE or EXIT_USAGE.
 */
int source_floor(const struct cli *cli, const struct cli_args *args,
    const struct cq_source *s);

/* Notes on standard error that an address holds what looks like a secret. */
void source_note_secret(const struct cli *cli, const struct cq_source *s);

/*
 * The same if the token is not for all: a credential is only the service's,
 * and the caller's own file cannot be read by the service of a queue that
 * belongs to another account.
 */
void source_note_token(const struct cli *cli, const struct cq_source *s);

#endif
