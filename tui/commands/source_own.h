#ifndef TUI_COMMANDS_SOURCE_OWN_H
#define TUI_COMMANDS_SOURCE_OWN_H

#include "tui/commands/cli.h"

/* "caseq source own": lists or changes accounts of our own. */
int source_own(struct cli *cli, const struct cli_args *args);

#endif
