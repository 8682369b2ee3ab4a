#ifndef TUI_COMMANDS_SOURCE_SET_H
#define TUI_COMMANDS_SOURCE_SET_H

#include "tui/commands/cli.h"

/* "caseq source set NAME": another token, interval or query, in place. */
int source_set(struct cli *cli, const struct cli_args *args);

#endif
