#ifndef TUI_COMMANDS_JUDGING_H
#define TUI_COMMANDS_JUDGING_H

#include "tui/commands/cli.h"

/*
 * What commands that join cases or tell them apart say; each returns an
 * exit status.
 */

/* "case 12 has 2 more cases joined in" */
int judging_joined(struct cli *cli, int64_t into, size_t n);

/* None of the cases is the same as another of them. */
int judging_apart(struct cli *cli, const int64_t *cases, size_t n);

/*
 * Complains.  may_hold: if the reason is that a colleague holds one of the
 * cases, --held is what helps.
 */
int judging_failed(struct cli *cli, const int64_t *cases, size_t n,
    bool may_hold, const struct cq_err *err);

#endif
