#include <curses.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/cells.h"
#include "tui/gaps.h"
#include "tui/screens/case_view.h"
#include "tui/rows.h"

#define WHO_MIN 24 /* cells for the author, however much there is to say */

static void
say_state(const struct cq_case *c, struct cq_buf *out)
{
	const char *name = cq_state_name(c->state);

	for (; *name != '\0'; name++)
		cq_buf_char(out,
		    (char)(*name - ('a' <= *name && *name <= 'z') * 32));
	if (c->outcome != NULL && c->outcome[0] != '\0') {
		struct shown_text shown = show_str(c->outcome, SHOW_LINE);

		cq_buf_fmt(out, " (%s)", shown.s);
		shown_free(&shown);
	}
}

/* "held by you (lease 9:41)", "held by bo (writing 3m)", "free" */
static void
say_holder(struct app *app, const struct case_view *v, struct cq_buf *out)
{
	const struct cq_case *c = &v->full.head;
	int64_t left = v->lease_until_at - app_now(app);

	if (is_mine(c, app_me(app))) {
		left = left < 0 ? 0 : left;
		cq_buf_fmt(out, "held by you (lease %" PRId64 ":%02" PRId64 ")",
		    left / 60, left % 60);
		return;
	}
	if (c->holder != NULL)
		cq_buf_str(out, "held by ");
	say_held(c, app_me(app), app_now(app), out);
	if (strcmp(out->s, "-") == 0) {
		cq_buf_clear(out);
		cq_buf_str(out,
		    cq_state_in_queue(c->state) ? "free" : "closed");
	}
}

/* " 4401 OPEN   held by you (lease 9:41)   due 12m   pri 55   bsky" */
static void
draw_first(struct app *app, const struct case_view *v, int y)
{
	const struct cq_case *c = &v->full.head;
	struct cq_buf left = {0}, held = {0}, right = {0};
	enum style style = c->holder == NULL ? ST_PLAIN
	    : is_mine(c, app_me(app))	     ? ST_MINE
					     : ST_WARN;
	int x, width;

	cq_buf_fmt(&left, " %" PRId64 " ", c->id);
	say_state(c, &left);
	say_holder(app, v, &held);
	cq_buf_str(&right, "due ");
	say_due(c, app_now(app), &right);
	cq_buf_fmt(&right, "   pri %d (P why)   ", c->priority.sum);
	say_raw(c->source, &right);
	cq_buf_char(&right, ' ');
	x = cells_width(left.s);
	width = cells_width(right.s);
	term_text(y, 0, COLS, left.s, ST_STRONG);
	term_text(y, x + 3, COLS - x - 3, held.s, style);
	if (x + 3 + cells_width(held.s) + 2 + width <= COLS)
		term_text(y, COLS - width, width, right.s, ST_PLAIN);
	cq_buf_free(&left);
	cq_buf_free(&held);
	cq_buf_free(&right);
}

/* " jo.example (Jo)  310 reach  3 posts, 2 authors   owner: bo" */
static void
draw_second(const struct case_view *v, int y)
{
	const struct cq_case *c = &v->full.head;
	struct cq_buf who = {0}, name = {0}, sum = {0}, mark = {0};
	int width, room;

	cq_buf_str(&mark, "");
	if (is_private(&c->marks))
		cq_buf_fmt(&mark, " [%s]",
		    cq_visibility_name(c->marks.visibility));
	cq_buf_str(&who, mark.s);
	cq_buf_char(&who, ' ');
	say_author(c, &who);
	say_raw(c->author_name, &name);
	if (name.s[0] != '\0')
		cq_buf_fmt(&who, " (%s)", name.s);
	cq_buf_str(&sum, "   reach ");
	say_count(c->reach, &sum);
	cq_buf_str(&sum, "   ");
	story_sum(&v->full, &sum);
	width = cells_width(who.s);
	room = COLS - cells_width(sum.s);
	if (room < WHO_MIN)
		room = WHO_MIN;
	if (width > room)
		width = room;
	term_text(y, 0, width, who.s, ST_PLAIN);
	if (mark.n > 0)
		term_text(y, 1, cells_width(mark.s) - 1, mark.s + 1, ST_BAD);
	term_text(y, width, COLS - width, sum.s, ST_PLAIN);
	cq_buf_free(&mark);
	cq_buf_free(&who);
	cq_buf_free(&name);
	cq_buf_free(&sum);
}

/* " = 2 maybe the same   Tags billing   Incident I-17 ...   Owner bo" */
static void
draw_foot(const struct case_view *v, int y)
{
	const struct cq_case *c = &v->full.head;
	struct cq_buf line = {0}, maybe = {0};
	int x = 0;

	story_maybe(&v->full, &maybe);
	if (maybe.n > 0) {
		x = 1 + cells_width(maybe.s) + 2;
		term_text(y, 1, COLS - 1, maybe.s, ST_WARN);
	}
	cq_buf_fmt(&line, " Tags %s   ",
	    c->tags == NULL || c->tags[0] == '\0' ? "-" : c->tags);
	if (c->incident != 0) {
		cq_buf_str(&line, "Incident ");
		say_incident(c, &line);
		cq_buf_str(&line, "   ");
	}
	cq_buf_fmt(&line, "Owner %s", c->owner == NULL ? "-" : c->owner);
	if (c->brand.s != NULL) {
		cq_buf_str(&line, "   Brand ");
		say_raw(c->brand, &line);
	}
	if (v->full.n_left_out > 0)
		cq_buf_fmt(&line, "   (%" PRId64 " older entries not shown)",
		    v->full.n_left_out);
	term_text(y, x, COLS - x, line.s, ST_STRONG);
	cq_buf_free(&line);
	cq_buf_free(&maybe);
}

/* "--- 12 more lines ------" */
static void
draw_rule(int y, size_t more)
{
	char words[48] = "";

	if (more > 0)
		snprintf(words, sizeof(words), "--- %zu more line%s ", more,
		    more == 1 ? "" : "s");
	term_rule(y, words, ST_DIM);
}

static void
draw_line(const struct case_view *v, size_t i, int y)
{
	const struct story_line *l = &v->story.at[i];
	bool first = i == 0 || v->story.at[i - 1].entry != l->entry;
	bool here = l->entry == v->here;

	term_text(y, 0, COLS, l->text, l->style);
	if (here)
		term_text(y, 0, 1, first ? ">" : "|", ST_MINE);
}

/* A case that nobody noted on is read from its start, else the news. */
static void
place(struct case_view *v)
{
	v->placed = true;
	if (v->full.head.n_notes == 0)
		return;
	v->here = v->story.at[v->story.n - 1].entry;
	case_show_here(v);
}

static void
draw_story(struct case_view *v, int y, int height)
{
	size_t last, old = v->rows;

	v->rows = height > 0 ? (size_t)height : 1;
	if (v->rows != old)
		case_show_here(v);
	last = v->story.n > v->rows ? v->story.n - v->rows : 0;
	if (!v->placed && v->story.n > 0)
		place(v);
	if (v->top > last)
		v->top = last;
	for (size_t i = 0; (int)i < height && v->top + i < v->story.n; i++)
		draw_line(v, v->top + i, y + (int)i);
}

static size_t
lines_below(const struct case_view *v)
{
	return v->story.n > v->top + v->rows ? v->story.n - v->top - v->rows
					     : 0;
}

static void
draw_lost(const struct app *app, const struct case_view *v, int y)
{
	struct cq_buf line = {0};

	cq_buf_char(&line, ' ');
	hold_say_lost(app, v, &line);
	cq_buf_str(&line, " Your words are kept.");
	term_text(y, 0, COLS, line.s, ST_BAD);
	cq_buf_free(&line);
}

void
case_draw(struct app *app, struct screen *screen, int height)
{
	struct case_view *v = (struct case_view *)screen;
	int y = 0, rule;

	if (!v->have)
		return;
	case_layout(app, v, COLS, false);
	draw_first(app, v, y++);
	draw_second(v, y++);
	if (v->lost_at != CQ_NO_TIME)
		draw_lost(app, v, y++);
	rule = y++; /* after the story, which knows what lies above it */
	draw_story(v, y, height - y - 2);
	draw_rule(rule, v->top);
	draw_rule(height - 2, lines_below(v));
	draw_foot(v, height - 1);
}
