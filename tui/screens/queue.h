#ifndef TUI_QUEUE_H
#define TUI_QUEUE_H

#include "tui/screens/list.h"
#include "tui/screens/marks.h"
#include "tui/screens/screen.h"
#include "tui/screens/story.h"

/* The queue's screen: what its drawing, its keys and others need of it. */

#define QUEUE_VIEWS 5

struct queue {
	struct screen base;
	struct list list;
	size_t top; /* first row on the screen */
	size_t rows_on_screen;
	struct marks marks;
	int view;    /* 0 to QUEUE_VIEWS - 1 */
	char *limit; /* words of the person's query; or NULL */
	struct cq_query *query;

	struct cq_gaps gaps; /* red rows above the list */
	size_t gap;	     /* row of them under the cursor, from 1; 0: none */
	size_t gap_top;	     /* first one on the screen, from 0 */

	int preview;	  /* -1: by the height of the terminal */
	int64_t shown_id; /* case that is previewed; 0 if none */
	struct cq_case_full shown;
};

/* The screen at the bottom of the stack. */
struct queue *app_queue(struct app *app);

struct queue_view {
	const char *name, *brief; /* brief where there is little room */
	const char *words;	  /* as a query */
	int group;		  /* first one of the queue's order in it */
};
extern const struct queue_view queue_views[QUEUE_VIEWS];

/* Shows view, limited by words (or NULL; copied).  CQ_INPUT if they are none. */
enum cq_status queue_show(struct app *app, struct queue *q, int view,
    const char *words, struct cq_err *err);

void queue_draw(struct app *app, struct screen *screen, int height);

/* The gap under the cursor of the screen on top; NULL if there is none. */
const struct cq_gap *gap_here(struct app *app);

/* gaps.c: reads them; draws them, and returns how many rows it took. */
enum cq_status gaps_load(struct app *app, struct queue *q, struct cq_err *err);
int gaps_draw(struct app *app, struct queue *q, int y, int height);
void gaps_preview(struct app *app, const struct queue *q, int y, int height);

/* The cursor moves among them, or comes to them; false: it is in the list. */
bool gaps_move(struct queue *q, enum motion go);
void gaps_enter(struct queue *q); /* from below */
void gap_open(struct app *app, const struct cq_gap *gap);

/* Lines of the preview at this height of the screen; 0 if it is off. */
int preview_height(const struct queue *q, int height);
void preview_draw(struct app *app, struct queue *q, int y, int height);
void preview_forget(struct queue *q);

#endif
