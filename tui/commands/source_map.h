#ifndef TUI_COMMANDS_SOURCE_MAP_H
#define TUI_COMMANDS_SOURCE_MAP_H

#include "tui/commands/cli.h"

/* "caseq source map [NAME]": the maps that come with the program, or one. */
int source_map(struct cli *cli, const struct cli_args *args);

/*
 * The text of a map, owned: of one that comes with the program if name is
 * such a word, else of that file.  Complains, and returns no EXIT_DONE, if
 * there is none, or it is no text or too long.
 */
int source_map_text(const struct cli *cli, const char *name, char **out);

#endif
