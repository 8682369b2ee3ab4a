#ifndef TUI_APP_H
#define TUI_APP_H

#include "tui/commands/cli.h"

/*
 * The screens on an open queue, until the person leaves or a signal ends
 * the program.  Returns an exit status of cli.h; EXIT_USAGE, after one line
 * to stderr, if the terminal cannot show screens.
 */
int app_run(struct cli *cli);

#endif
