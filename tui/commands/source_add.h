#ifndef TUI_COMMANDS_SOURCE_ADD_H
#define TUI_COMMANDS_SOURCE_ADD_H

#include "tui/commands/cli.h"

/* "caseq source add NAME ADDRESS": one more place to listen to. */
int source_add(struct cli *cli, const struct cli_args *args);

#endif
