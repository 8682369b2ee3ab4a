#ifndef TUI_COMMANDS_H
#define TUI_COMMANDS_H

#include "tui/commands/cli.h"

/*
 * The functions behind line mode, one file a command (small kin share
 * one).  Each prints its result to stdout, plain or as JSON, its failure as
 * one line to stderr, and returns an exit status of cli.h.
 */
int cmd_init(struct cli *cli, const struct cli_args *args);
int cmd_demo(struct cli *cli, const struct cli_args *args);
int cmd_ingest(struct cli *cli, const struct cli_args *args);
int cmd_source(struct cli *cli, const struct cli_args *args);
int cmd_fetch(struct cli *cli, const struct cli_args *args);
int cmd_run(struct cli *cli, const struct cli_args *args);
int cmd_list(struct cli *cli, const struct cli_args *args);
int cmd_show(struct cli *cli, const struct cli_args *args);
int cmd_next(struct cli *cli, const struct cli_args *args);
int cmd_take(struct cli *cli, const struct cli_args *args);
int cmd_renew(struct cli *cli, const struct cli_args *args);
int cmd_release(struct cli *cli, const struct cli_args *args);
int cmd_steal(struct cli *cli, const struct cli_args *args);
int cmd_assign(struct cli *cli, const struct cli_args *args);
int cmd_note(struct cli *cli, const struct cli_args *args);
int cmd_tag(struct cli *cli, const struct cli_args *args);
int cmd_resolve(struct cli *cli, const struct cli_args *args);
int cmd_dismiss(struct cli *cli, const struct cli_args *args);
int cmd_reopen(struct cli *cli, const struct cli_args *args);
int cmd_snooze(struct cli *cli, const struct cli_args *args);
int cmd_join(struct cli *cli, const struct cli_args *args);
int cmd_not_same(struct cli *cli, const struct cli_args *args);
int cmd_dups(struct cli *cli, const struct cli_args *args);
int cmd_maybe(struct cli *cli, const struct cli_args *args);
int cmd_split(struct cli *cli, const struct cli_args *args);
int cmd_incident(struct cli *cli, const struct cli_args *args);
int cmd_undo(struct cli *cli, const struct cli_args *args);
int cmd_agent(struct cli *cli, const struct cli_args *args);
int cmd_weight(struct cli *cli, const struct cli_args *args);
int cmd_report(struct cli *cli, const struct cli_args *args);
int cmd_audit(struct cli *cli, const struct cli_args *args);
int cmd_export(struct cli *cli, const struct cli_args *args);
int cmd_backup(struct cli *cli, const struct cli_args *args);
int cmd_doctor(struct cli *cli, const struct cli_args *args);
int cmd_explain(struct cli *cli, const struct cli_args *args);
int cmd_dedup(struct cli *cli, const struct cli_args *args);
int cmd_help(struct cli *cli, const struct cli_args *args);
int cmd_completion(struct cli *cli, const struct cli_args *args);
int cmd_version(struct cli *cli, const struct cli_args *args);

#endif
