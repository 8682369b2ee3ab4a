#ifndef TUI_STORY_H
#define TUI_STORY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/store.h"
#include "tui/screens/terminal.h"

/* The entries of a case as lines to read. */

struct story_line {
	size_t entry; /* index of the entry it belongs to */
	char *text;   /* shown; as wide as the story at most */
	enum style style;
};

struct story {
	struct story_line *at;
	size_t n;
};

struct story_how {
	int width;
	int64_t now;
	const char *me; /* whose "you" it is */
	bool brief;	/* one line an entry, no notes' or joins' reasons */
	bool events;	/* the audit log too, and where posts came from */
};

/* Builds the lines anew. */
void story_build(struct story *story, const struct cq_case_full *full,
    const struct story_how *how);
void story_free(struct story *story);

/* "7 posts, 5 authors, joined: reply (4), text (2)" */
void story_sum(const struct cq_case_full *full, struct cq_buf *out);

/* "= 2 maybe the same": the key and what it shows; nothing if none. */
void story_maybe(const struct cq_case_full *full, struct cq_buf *out);

#endif
