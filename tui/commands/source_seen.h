#ifndef TUI_COMMANDS_SOURCE_SEEN_H
#define TUI_COMMANDS_SOURCE_SEEN_H

#include "tui/commands/cli.h"

/* "caseq source seen NAME": the caller looks after its gaps. */
int source_seen(struct cli *cli, const struct cli_args *args);

#endif
