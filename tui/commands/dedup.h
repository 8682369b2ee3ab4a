#ifndef TUI_COMMANDS_DEDUP_H
#define TUI_COMMANDS_DEDUP_H

#include "tui/commands/cli.h"

/* What measures in "caseq dedup": verbs, see verbs.h. */
int dedup_stats(struct cli *cli, const struct cli_args *args);
int dedup_replay(struct cli *cli, const struct cli_args *args);

/* Reads --since; the last days if it was not given.  False after
 * complaining. */
bool dedup_since(struct cli *cli, const struct cli_args *args, int days,
    int64_t *from_at, int64_t *to_at);

/* "99.5 %", or "--" for none. */
#define DEDUP_SHARE_SIZE 16
const char *dedup_share(int per_mille, char out[DEDUP_SHARE_SIZE]);
/* 0.995, or null. */
struct cJSON;
void dedup_share_json(struct cJSON *o, const char *name, int per_mille);

#endif
