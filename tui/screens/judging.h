#ifndef TUI_JUDGING_H
#define TUI_JUDGING_H

#include "tui/screens/marks.h"
#include "tui/screens/screen.h"

/*
 * What & (the same) and ! (not the same) act on.  Each screen that has these
 * keys says it; keys_judge.c asks where it must be asked, and does it.
 */

/* One act: u takes it back as a whole. */
struct judged {
	int64_t case_id; /* that the others join into, or are not the same as */
	int64_t *others;
	size_t n;
	bool all; /* ! means each of them against each */
};

struct judgement {
	struct judged *at;
	size_t n;
	struct marks *marks; /* borrowed: what was done is unmarked */
	bool ask;	/* however few: the screen does not show them all */
	bool suggested; /* not if somebody said meanwhile that they differ */
};

/* Adds an act without others yet. */
struct judged *judgement_add(struct judgement *j, int64_t case_id);
void judged_add(struct judged *j, int64_t other);
void judgement_free(struct judgement *j);

/* The cases marked in the queue, against the one under the cursor. */
void judge_marked(struct app *app, struct screen *screen, bool same,
    struct judgement *out);

/* Esc: forgets marks, and says so if there were some. */
void judge_unmark(struct app *app, struct marks *marks);

#endif
