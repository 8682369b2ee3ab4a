#ifndef TUI_COMMANDS_CATCH_UP_H
#define TUI_COMMANDS_CATCH_UP_H

#include "tui/commands/cli.h"

/*
 * The word index behind suggestions is kept up after posts came in.
 *
 * Takes posts into it for at most max_ms, and says on standard error how
 * many are left.  Returns an exit status: EXIT_DONE also if some are.
 */
#define CATCH_UP_MS 2000
int cli_catch_up(struct cli *cli, int64_t max_ms);

/* The same while input rests: until fd may be read, and says nothing. */
enum cq_status cli_catch_up_till(struct cli *cli, int fd, struct cq_err *err);

#endif
