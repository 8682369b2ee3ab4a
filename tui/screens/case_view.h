#ifndef TUI_CASE_VIEW_H
#define TUI_CASE_VIEW_H

#include "tui/screens/screen.h"
#include "tui/screens/story.h"

/* One case on the screen. */
struct case_view {
	struct screen base;
	int64_t id;
	struct cq_case_full full;
	bool have;  /* full was read */
	bool audit; /* events are shown */
	struct story story;
	int width;   /* that the story was built for */
	size_t here; /* entry under the cursor */
	size_t top;  /* first line on the screen */
	size_t rows; /* lines of the story on the screen */
	bool placed; /* the cursor was put on the newest entry */

	bool mine; /* the claim was this agent's when it was read */
	int64_t lease_until_at;
	int64_t lost_at; /* the claim was lost: a banner; CQ_NO_TIME if not */
	long long renew_ms, presence_ms; /* when it was last tried */
	bool writing;			 /* an editor is open on it */
};

/* The top screen, or the one below an editor, if it shows a case. */
struct case_view *case_on_top(struct app *app);

void case_draw(struct app *app, struct screen *screen, int height);

/* Builds the story's lines anew if width or entries changed. */
void case_layout(struct app *app, struct case_view *v, int width, bool changed);

/* Scrolls so that the entry under the cursor is seen. */
void case_show_here(struct case_view *v);

/* Renews lease and presence while somebody is there (hold.c). */
void hold_tick(struct app *app, struct screen *screen);
void hold_presence(struct app *app, struct case_view *v);
void hold_leave(struct app *app);

/* Compares what was read with what was held before. */
void hold_compare(struct app *app, struct case_view *v);

/* The agent did something: what it ends was not lost. */
void hold_forget(struct case_view *v);

/* "You no longer hold this case: lee holds it since 14:07." */
void hold_say_lost(const struct app *app, const struct case_view *v,
    struct cq_buf *out);

/* Lines of the story that belong to an entry. */
struct entry_lines {
	size_t first, n;
};
struct entry_lines case_lines(const struct case_view *v, size_t entry);

#endif
