#ifndef TUI_TRAY_H
#define TUI_TRAY_H

#include "tui/screens/cursor.h"
#include "tui/screens/marks.h"
#include "tui/screens/maybes.h"
#include "tui/screens/screen.h"

/* All pending suggestions as clusters of cases, folded or not. */

#define TRAY_MAX 200 /* clusters that are read */

enum tray_kind {
	TRAY_CLUSTER,
	TRAY_HEAD, /* of an unfolded cluster: what the others join into */
	TRAY_OTHER
};

struct tray_line {
	enum tray_kind kind;
	size_t cluster, other; /* indexes */
};

struct tray {
	struct screen base;
	struct cq_tray tray;
	bool have;	    /* it was read */
	struct marks open;  /* heads of unfolded clusters */
	struct marks marks; /* heads of clusters, and others */
	struct tray_line *line;
	size_t n;
	struct cursor cursor;
	struct pair pair;
};

/* Of a line; the one under the cursor is at cursor.here if n > 0. */
const struct cq_cluster *tray_cluster(const struct tray *t, size_t line);
const struct cq_case *tray_case(const struct tray *t, size_t line);

/* The suggestion that is shown for a line: its own, or the best. */
const struct cq_maybe *tray_maybe(const struct tray *t, size_t line);

/* One line as on the screen, behind the cursor's column. */
void tray_row(struct app *app, const struct tray *t, size_t line, int width,
    struct cq_buf *out);

void tray_draw(struct app *app, struct screen *screen, int height);

#endif
