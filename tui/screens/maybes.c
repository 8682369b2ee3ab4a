#include "tui/screens/maybes.h"

#include <curses.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/when.h"
#include "tui/cells.h"
#include "tui/gaps.h"
#include "tui/rows.h"

/* Of 1000: nearly every word is the same; so is most of what they tell. */
#define LIKELY 800
#define LIKELY_LIKE 600

/* Another number, day or "not" mostly makes it another matter. */
static bool
tells_apart(struct raw_text why)
{
	static const char *const begins[] = {
	    "different: ", "only one names ", "only one says "};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (why.s != NULL &&
		    strncmp(why.s, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

const char *
maybe_word(const struct cq_maybe *m)
{
	if (m->rule == CQ_RULE_EITHER)
		return "sure"; /* a copy; only of which case is not known */
	if (m->rule == CQ_RULE_LIKE)
		return m->score >= LIKELY_LIKE ? "likely" : "maybe?";
	return m->score >= LIKELY && !tells_apart(m->why) ? "likely" : "maybe?";
}

/* In a narrow column the words tell more than that they are words. */
void
maybe_why(const struct cq_maybe *m, struct cq_buf *out)
{
	static const char begin[] = "like in words: ";
	struct raw_text why = m->why;

	if (why.s != NULL && m->rule == CQ_RULE_LIKE &&
	    strncmp(why.s, begin, sizeof(begin) - 1) == 0)
		why.s += sizeof(begin) - 1;
	say_raw(why, out);
}

int
maybe_digits(const struct app *app)
{
	int digits = 1;

	for (int64_t n = app->counts.newest_case; n >= 10; n /= 10)
		digits++;
	return digits;
}

enum column {
	C_STATE,
	C_CASE,
	C_AGE,
	C_AUTHOR,
	C_HELD,
	C_PS,
	C_ALIKE,
	C_WHY,
	N_COLUMNS
};

static const struct {
	const char *title;
	int width;
	int from;  /* width of the row from which on there is room for it */
	int share; /* of what there is beyond 79 cells, in percent */
	int widest;
	bool right;
} columns[N_COLUMNS] = {
    [C_STATE] = {"F", 1, 0, 0, 0, false},
    [C_CASE] = {"Case", 5, 0, 0, 0, true},
    [C_AGE] = {"Age", 4, 0, 0, 0, true},
    [C_AUTHOR] = {"Author", 12, 60, 15, 28, false},
    [C_HELD] = {"Held by", 14, 100, 10, 20, false},
    [C_PS] = {"Ps", 3, 50, 0, 0, true},
    [C_ALIKE] = {"Alike", 6, 0, 0, 0, false},
    [C_WHY] = {"Why", 0, 0, 0, 0, false},
};

static int
width_of(enum column i, const struct maybe_shape *shape)
{
	int extra = shape->width > 79 ? shape->width - 79 : 0;
	int w = columns[i].width + extra * columns[i].share / 100;

	if (shape->width < columns[i].from)
		return 0;
	if (columns[i].widest > 0 && w > columns[i].widest)
		w = columns[i].widest;
	return i == C_CASE && w < shape->digits ? shape->digits : w;
}

/* What the others leave. */
static int
width_of_why(const struct maybe_shape *shape)
{
	int rest = shape->width;

	for (int i = 0; i < C_WHY; i++) {
		int w = width_of((enum column)i, shape);

		rest -= w > 0 ? w + 1 : 0;
	}
	return rest;
}

static void
put(enum column i, const char *shown, const struct maybe_shape *shape,
    struct cq_buf *out)
{
	int w = i == C_WHY ? width_of_why(shape) : width_of(i, shape);

	if (w <= 0)
		return;
	cells_fit(shown, w, columns[i].right, out);
	if (i != C_WHY)
		cq_buf_char(out, ' ');
}

void
maybe_titles(const struct maybe_shape *shape, struct cq_buf *out)
{
	for (int i = 0; i < N_COLUMNS; i++)
		put((enum column)i, columns[i].title, shape, out);
}

static void
say_column(enum column i, const struct cq_case *c, const char *me, int64_t now,
    struct cq_buf *out)
{
	char age[16];

	switch (i) {
	case C_STATE:
		cq_buf_char(out, cq_state_letter(c->state));
		break;
	case C_CASE:
		cq_buf_fmt(out, "%" PRId64, c->id);
		break;
	case C_AGE:
		cq_age_short(now > c->opened_at ? now - c->opened_at : 0, age);
		cq_buf_str(out, age);
		break;
	case C_AUTHOR:
		say_author(c, out);
		break;
	case C_HELD:
		say_held(c, me, now, out);
		break;
	default:
		say_count(c->n_posts, out);
		break;
	}
}

void
maybe_row_of(const struct cq_case *c, const char *alike, const char *why,
    const char *me, int64_t now, const struct maybe_shape *shape,
    struct cq_buf *out)
{
	struct cq_buf words = {0};

	for (int i = 0; i < C_ALIKE; i++) {
		cq_buf_clear(&words);
		cq_buf_str(&words, "");
		say_column((enum column)i, c, me, now, &words);
		put((enum column)i, words.s, shape, out);
	}
	put(C_ALIKE, alike, shape, out);
	put(C_WHY, why, shape, out);
	cq_buf_free(&words);
}

void
maybe_row(const struct cq_maybe *m, const char *me, int64_t now,
    const struct maybe_shape *shape, struct cq_buf *out)
{
	struct cq_buf why = {0};

	if (m->other.incident != 0)
		cq_buf_fmt(&why, "I-%" PRId64 " ", m->other.incident);
	maybe_why(m, &why);
	maybe_row_of(&m->other, maybe_word(m), why.s, me, now, shape, out);
	cq_buf_free(&why);
}

/* --- the texts ----------------------------------------------------------- */

#define WHY_LINES 2 /* of a reason, at most */

void
pair_forget(struct pair *p)
{
	compare_free(&p->compare);
	*p = (struct pair){0};
}

static void
read_pair(struct pair *p, const struct cq_maybe *m)
{
	if (p->post_id == m->post_id && p->other_post == m->other_post)
		return;
	pair_forget(p);
	compare_posts(m->text, m->other_text, &p->compare);
	p->post_id = m->post_id;
	p->other_post = m->other_post;
}

/* "8 of 9 words the same", "8 of 17 words are in the other too" */
static void
say_same(const struct compare *c, struct cq_buf *out)
{
	size_t most = c->n_a > c->n_b ? c->n_a : c->n_b;

	if (!c->ordered)
		most = c->n_a;
	cq_buf_fmt(out, "%zu of %s%zu word%s %s", c->n_same,
	    c->cut ? "the first " : "", most, most == 1 ? "" : "s",
	    c->ordered ? "the same" : "are in the other too");
}

/* Returns how many lines it takes. */
static int
draw_lines(const char *words, int y)
{
	struct cells_line *lines;
	size_t n = cells_wrap(words, COLS - 2, &lines);

	if (n > WHY_LINES)
		n = WHY_LINES;
	for (size_t i = 0; i < n; i++)
		term_text_n(y + (int)i, 1, COLS - 1, words + lines[i].at,
		    cells_inked(words, lines[i]), ST_PLAIN);
	free(lines);
	return (int)n;
}

/* The whole reason, in the rule if it fits; returns lines. */
static int
draw_why(const struct pair *p, const struct cq_maybe *m, int y)
{
	struct shown_text why = show(m->why, SHOW_LINE);
	struct cq_buf rule = {0};
	int n = 1;
	bool fits;

	cq_buf_str(&rule, "--- ");
	say_same(&p->compare, &rule);
	fits = cells_width(rule.s) + 4 + cells_width(why.s) + 4 <= COLS;
	if (fits)
		cq_buf_fmt(&rule, " -- %s", why.s);
	else
		n += draw_lines(why.s, y + 1);
	cq_buf_char(&rule, ' ');
	term_rule(y, rule.s, ST_HEAD);
	cq_buf_free(&rule);
	shown_free(&why);
	return n;
}

/* "case 4377, devlee, bo 3m" */
static char *
say_other(struct app *app, const struct cq_maybe *m)
{
	const struct cq_case *c = &m->other;
	struct cq_buf out = {0}, held = {0};

	say_marks(&m->other_marks, app_now(app), &out);
	cq_buf_fmt(&out, "case %" PRId64 ", ", c->id);
	say_author(c, &out);
	say_held(c, app_me(app), app_now(app), &held);
	if (strcmp(held.s, "-") != 0)
		cq_buf_fmt(&out, ", %s", held.s);
	cq_buf_free(&held);
	return cq_buf_take(&out);
}

void
pair_draw(struct app *app, struct pair *p, const char *title,
    const struct cq_maybe *m, int y, int height)
{
	char *other = say_other(app, m);
	struct cq_buf here = {0};
	int end = y + height;

	say_marks(&m->marks, app_now(app), &here);
	cq_buf_str(&here, title);
	read_pair(p, m);
	y += draw_why(p, m, y);
	compare_draw(&p->compare, here.s, other, y, end - y);
	cq_buf_free(&here);
	free(other);
}
