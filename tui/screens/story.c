#include "tui/screens/story.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/gaps.h"
#include "tui/rows.h"

#define TIME_WIDTH 6
#define WHO_WIDTH 13
#define LABEL_WIDTH 14
#define REMARK_INDENT 3 /* of a link that is longer than a line */
#define INDENT (1 + TIME_WIDTH + 1 + WHO_WIDTH + 1)

void
story_free(struct story *story)
{
	for (size_t i = 0; i < story->n; i++)
		free(story->at[i].text);
	free(story->at);
	*story = (struct story){0};
}

static void
add_line(struct story *story, size_t entry, char *text, enum style style)
{
	story->at = cq_grow(story->at, story->n + 1, sizeof(*story->at));
	story->at[story->n++] = (struct story_line){entry, text, style};
}

static void
say_post_label(const struct cq_entry *e, struct cq_buf *out)
{
	cq_buf_str(out,
	    e->repost			    ? "[repost"
		: e->rule == CQ_RULE_FOLLOW ? "[follow-up"
					    : "[post");
	if (e->repost && e->followers > 0) {
		cq_buf_str(out, " +");
		say_count(e->followers, out);
	}
	cq_buf_char(out, ']');
}

/* A post that nobody must speak of in public, or what it said before. */
static bool
is_hidden(const struct cq_entry *e)
{
	return (e->kind == CQ_ENTRY_POST || e->kind == CQ_ENTRY_REVISION) &&
	    is_private(&e->marks);
}

static void
say_label(const struct cq_entry *e, int64_t now, struct cq_buf *out)
{
	if (e->kind == CQ_ENTRY_POST || is_hidden(e))
		say_marks(&e->marks, now, out);
	switch (e->kind) {
	case CQ_ENTRY_NOTE:
		cq_buf_str(out, e->retracted ? "[note undone]" : "[note]");
		break;
	case CQ_ENTRY_REVISION:
		cq_buf_fmt(out, "[revision %d]", e->revision);
		break;
	case CQ_ENTRY_EVENT:
		cq_buf_str(out,
		    e->not_same.s != NULL ? "[not-same]" : "[event]");
		break;
	default:
		say_post_label(e, out);
		break;
	}
}

static enum style
style_of(const struct cq_entry *e)
{
	switch (e->kind) {
	case CQ_ENTRY_NOTE:
		return e->retracted ? ST_DIM : ST_NOTE;
	case CQ_ENTRY_REVISION:
		return ST_REVISION;
	case CQ_ENTRY_EVENT:
		return ST_EVENT;
	default:
		return ST_PLAIN;
	}
}

static void
say_writer(const struct cq_entry *e, struct cq_buf *out)
{
	if (e->kind == CQ_ENTRY_NOTE)
		cq_buf_char(out, '(');
	say_who(e->who, out);
	if (e->kind == CQ_ENTRY_NOTE)
		cq_buf_char(out, ')');
}

/* " 13:31  jo.example    " */
static void
say_margin(const struct cq_entry *e, int64_t now, struct cq_buf *out)
{
	struct cq_buf words = {0};

	cq_buf_char(out, ' ');
	say_when(cq_entry_written_at(e), now, &words);
	cells_fit(words.s, TIME_WIDTH, false, out);
	cq_buf_char(out, ' ');
	cq_buf_clear(&words);
	say_writer(e, &words);
	cells_fit(words.s, WHO_WIDTH, false, out);
	cq_buf_char(out, ' ');
	cq_buf_free(&words);
}

static void
spaces(int n, struct cq_buf *out)
{
	while (n-- > 0)
		cq_buf_char(out, ' ');
}

/* One entry on its way to lines. */
struct part {
	struct story *story;
	const struct story_how *how;
	const struct cq_entry *e;
	size_t index;
	enum style style;
};

/* Dim words about an entry, under it; whole, as a link is of no use cut. */
static void
add_remark(struct part *p, const char *head, struct raw_text raw)
{
	struct shown_text shown = show(raw, SHOW_LINE);
	char *whole = cq_format("%s%s", head, shown.s);
	int room = p->how->width - INDENT - 1;
	bool link = cells_width(whole) > room && strchr(shown.s, ' ') == NULL;
	int indent = link ? REMARK_INDENT : INDENT;
	struct cells_line *parts;
	size_t n = cells_wrap(whole, p->how->width - indent - 1, &parts);

	for (size_t i = 0; i < n; i++) {
		struct cq_buf line = {0};
		size_t inked = cells_inked(whole, parts[i]);

		spaces(indent, &line);
		cells_fit_n(whole + parts[i].at, inked, p->how->width - indent,
		    false, &line);
		add_line(p->story, p->index, cq_buf_take(&line), ST_DIM);
	}
	free(parts);
	free(whole);
	shown_free(&shown);
}

/* The label goes to the right edge of the last line, if there is room. */
static void
add_label(struct part *p, struct cq_buf *line, const char *label)
{
	int width = cells_width(label);
	int used = cells_width(line->s);

	if (used + 2 + width > p->how->width) {
		add_line(p->story, p->index, cq_buf_take(line), p->style);
		cq_buf_str(line, "");
		used = 0;
	}
	spaces(p->how->width - width - used - 1, line);
	cq_buf_str(line, label);
	add_line(p->story, p->index, cq_buf_take(line), p->style);
}

/* "maybe same as 12, 15? no: you said so" */
static struct shown_text
say_not_same(const struct part *p)
{
	struct cq_buf out = {0};

	cq_buf_str(&out, "maybe same as ");
	say_raw(p->e->not_same, &out);
	cq_buf_str(&out, "? no: ");
	if (strcmp(p->e->who.s, p->how->me) == 0)
		cq_buf_str(&out, "you");
	else
		say_raw(p->e->who, &out);
	cq_buf_str(&out, " said so");
	return (struct shown_text){cq_buf_take(&out)};
}

static struct shown_text
text_of(const struct part *p)
{
	return p->e->not_same.s != NULL ? say_not_same(p)
					: show(p->e->text, SHOW_TEXT);
}

static void
add_text(struct part *p)
{
	struct shown_text shown = text_of(p);
	struct cq_buf line = {0}, label = {0};
	struct cells_line *parts;
	int width = p->how->width - INDENT - 1;
	size_t n = cells_wrap(shown.s, width, &parts);

	while (n > 1 && parts[n - 1].n == 0)
		n--; /* line breaks at the end */
	say_margin(p->e, p->how->now, &line);
	for (size_t i = 0; i < n; i++) {
		const char *s = shown.s + parts[i].at;
		size_t inked = cells_inked(shown.s, parts[i]);

		if (i > 0)
			spaces(INDENT, &line);
		cells_fit_n(s, inked, cells_width_n(s, inked), false, &line);
		if (i + 1 < n)
			add_line(p->story, p->index, cq_buf_take(&line),
			    p->style);
	}
	say_label(p->e, p->how->now, &label);
	add_label(p, &line, label.s);
	cq_buf_free(&label);
	free(parts);
	shown_free(&shown);
}

/* Stands above such a post in any case. */
static void
add_private(struct part *p)
{
	struct cq_buf line = {0};

	cq_buf_fmt(&line, " [%s] never answer or quote this in public",
	    cq_visibility_name(p->e->marks.visibility));
	add_line(p->story, p->index, cq_buf_take(&line), ST_BAD);
}

static void
add_brief(struct part *p)
{
	struct shown_text shown = show(p->e->text, SHOW_LINE);
	struct cq_buf line = {0}, label = {0};
	int room;

	say_label(p->e, p->how->now, &label);
	say_margin(p->e, p->how->now, &line);
	room = p->how->width - INDENT - 2 - cells_width(label.s);
	cells_fit(shown.s, room, false, &line);
	cq_buf_fmt(&line, " %s", label.s);
	add_line(p->story, p->index, cq_buf_take(&line), p->style);
	cq_buf_free(&label);
	shown_free(&shown);
}

static void
add_origin(struct part *p)
{
	char head[80];

	if (p->e->url.s != NULL)
		add_remark(p, "link: ", p->e->url);
	if (p->e->remote_id.s != NULL)
		add_remark(p, "id: ", p->e->remote_id);
	if (p->e->kind == CQ_ENTRY_POST && p->e->followers >= 0) {
		snprintf(head, sizeof(head),
		    "followers: %" PRId64 ", post %" PRId64, p->e->followers,
		    p->e->id);
		add_remark(p, head, (struct raw_text){NULL});
	}
}

static void
add_entry(struct part *p)
{
	char head[64];

	if (p->how->brief) {
		if (is_hidden(p->e))
			p->style = ST_BAD;
		add_brief(p);
		return;
	}
	if (is_hidden(p->e))
		add_private(p);
	add_text(p);
	if (p->e->kind == CQ_ENTRY_POST && p->e->rule != CQ_RULE_FIRST &&
	    p->e->why.s != NULL)
		add_remark(p,
		    p->e->rule == CQ_RULE_FOLLOW ? "follow-up (# splits it): "
						 : "joined: ",
		    p->e->why);
	if (p->e->from_case != 0 && p->e->kind != CQ_ENTRY_EVENT) {
		snprintf(head, sizeof(head), "came with case %" PRId64,
		    p->e->from_case);
		add_remark(p, head, (struct raw_text){NULL});
	}
	if (p->how->events)
		add_origin(p);
}

void
story_build(struct story *story, const struct cq_case_full *full,
    const struct story_how *how)
{
	story_free(story);
	for (size_t i = 0; i < full->n; i++) {
		struct part p = {story, how, &full->at[i], i, ST_PLAIN};

		if (p.e->kind == CQ_ENTRY_EVENT && !how->events &&
		    (how->brief || p.e->not_same.s == NULL))
			continue;
		p.style = style_of(p.e);
		add_entry(&p);
	}
}

void
story_maybe(const struct cq_case_full *full, struct cq_buf *out)
{
	int64_t n = full->head.n_maybe;

	if (n > 0)
		cq_buf_fmt(out, "= %" PRId64 " maybe the same", n);
}

void
story_sum(const struct cq_case_full *full, struct cq_buf *out)
{
	int64_t by_rule[CQ_N_RULES] = {0};
	bool any = false;

	for (size_t i = 0; i < full->n; i++)
		if (full->at[i].kind == CQ_ENTRY_POST)
			by_rule[full->at[i].rule]++;
	cq_buf_fmt(out, "%" PRId64 " post%s%s", full->head.n_posts,
	    full->head.n_posts == 1 ? "" : "s",
	    full->head.n_authors == 0 ? " by " : ", ");
	say_authors(full->head.n_authors, out);
	if (full->head.n_notes > 0)
		cq_buf_fmt(out, ", %" PRId64 " note%s", full->head.n_notes,
		    full->head.n_notes == 1 ? "" : "s");
	for (int r = CQ_RULE_FIRST + 1; r < CQ_N_RULES; r++) {
		if (by_rule[r] == 0)
			continue;
		cq_buf_fmt(out, "%s%s (%" PRId64 ")",
		    any ? ", " : ", joined: ", cq_rule_name((enum cq_rule)r),
		    by_rule[r]);
		any = true;
	}
}
