#ifndef TUI_COMMANDS_SOURCE_LIST_H
#define TUI_COMMANDS_SOURCE_LIST_H

#include "tui/commands/cli.h"

/* "caseq source list": the places that the queue listens to. */
int source_list(struct cli *cli, const struct cli_args *args);

/* One of them as a line of JSON. */
void source_json(const struct cq_source *source);

/* Its posts come by caseq ingest: nobody asks it. */
bool source_is_file(const struct cq_source *s);

#endif
