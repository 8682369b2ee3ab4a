#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/screens/edit.h"
#include "tui/screens/screen.h"

/* One line of text at the bottom, with history and completion. */

#define PROMPT_MAX 1000 /* bytes */
#define HISTORY_MAX 100

struct asking {
	struct panel panel;
	const struct prompt *prompt;
	struct edit edit;
	size_t back;  /* steps back in the history */
	char *typed;  /* what stood here before that */
	size_t tried; /* the next word to complete with */
	size_t stem;  /* bytes that were typed of it; (size_t)-1: none yet */
};

void
history_free(struct history *history)
{
	for (size_t i = 0; i < history->n; i++)
		free(history->at[i]);
	free(history->at);
	*history = (struct history){0};
}

static void
remember(struct history *history, const char *s)
{
	if (history == NULL || s[0] == '\0')
		return;
	if (history->n > 0 && strcmp(history->at[history->n - 1], s) == 0)
		return;
	if (history->n == HISTORY_MAX) {
		free(history->at[0]);
		history->n--;
		memmove(history->at, history->at + 1,
		    history->n * sizeof(*history->at));
	}
	history->at =
	    cq_grow(history->at, history->n + 1, sizeof(*history->at));
	history->at[history->n++] = cq_strdup(s);
}

/* Shows the end of a text that is longer than the line. */
static void
draw(struct app *app, struct panel *panel, int y)
{
	struct asking *a = (struct asking *)panel;
	const char *text = edit_text(&a->edit);
	int label = cells_width(a->prompt->label) + 2, column, from = 0;
	size_t line, skip = 0;

	a->edit.width = PROMPT_MAX;
	edit_where(&a->edit, &line, &column);
	while (column - from > COLS - label - 2) {
		struct cells_cluster c =
		    cells_next(text + skip, strlen(text + skip), NULL);

		skip += c.n;
		from += c.width;
	}
	term_fmt(y, 0, COLS, ST_STRONG, " %s ", a->prompt->label);
	term_text(y, label, COLS - label, text + skip, ST_PLAIN);
	app->cursor_y = y;
	app->cursor_x = label + column - from;
}

static void
set_text(struct asking *a, const char *s)
{
	edit_free(&a->edit);
	edit_init(&a->edit, s, PROMPT_MAX, false);
}

static void
go_in_history(struct asking *a, int by)
{
	struct history *h = a->prompt->history;
	size_t back = a->back + (size_t)by;

	if (h == NULL || (by < 0 && a->back == 0) || back > h->n)
		return;
	if (a->back == 0) {
		free(a->typed);
		a->typed = cq_strdup(edit_text(&a->edit));
	}
	a->back = back;
	set_text(a, back == 0 ? a->typed : h->at[h->n - back]);
}

/* Start of the last word. */
static size_t
word_at(const struct asking *a)
{
	const char *text = edit_text(&a->edit);
	size_t at = strlen(text);

	while (at > 0 && text[at - 1] != ' ')
		at--;
	return at;
}

static void
put_word(struct asking *a, size_t at, const char *word)
{
	char *s = cq_format("%.*s%s", (int)at, edit_text(&a->edit), word);

	set_text(a, s);
	free(s);
}

/* Tab again goes on to the next word that fits. */
static void
complete(struct asking *a)
{
	const char *(*word)(void *, size_t) = a->prompt->word;
	size_t at = word_at(a);

	if (word == NULL)
		return;
	if (a->stem == (size_t)-1) {
		a->stem = strlen(edit_text(&a->edit)) - at;
		a->tried = 0;
	}
	for (int round = 0; round < 2; round++) {
		const char *w;

		while ((w = word(a->prompt->arg, a->tried++)) != NULL)
			if (strncmp(w, edit_text(&a->edit) + at, a->stem) ==
			    0) {
				put_word(a, at, w);
				return;
			}
		a->tried = 0;
	}
}

enum answer { GO_ON, DONE, LEFT };

static enum answer
take_key(struct app *app, struct asking *a, const struct term_key *key)
{
	bool changed;

	if (strcmp(key->name, "Enter") == 0)
		return DONE;
	if (strcmp(key->name, "Esc") == 0 || strcmp(key->name, "^G") == 0)
		return LEFT;
	if (strcmp(key->name, "Backspace") == 0 && a->edit.text.n == 0)
		return LEFT;
	if (strcmp(key->name, "Tab") == 0) {
		complete(a);
		return GO_ON;
	}
	a->stem = (size_t)-1;
	if (strcmp(key->name, "Up") == 0 || strcmp(key->name, "^P") == 0)
		go_in_history(a, 1);
	else if (strcmp(key->name, "Down") == 0 || strcmp(key->name, "^N") == 0)
		go_in_history(a, -1);
	else
		edit_key(&a->edit, key, app->pasted, &changed);
	return GO_ON;
}

char *
app_ask(struct app *app, const struct prompt *prompt)
{
	struct asking a = {
	    .panel = {1, draw}, .prompt = prompt, .stem = (size_t)-1};
	enum answer answer = GO_ON;
	struct term_key key;
	char *s = NULL;

	edit_init(&a.edit, prompt->value, PROMPT_MAX, false);
	app->panel = &a.panel;
	app->dirty = true;
	while (answer == GO_ON)
		answer = app_wait(app, &key) ? take_key(app, &a, &key) : LEFT;
	app->panel = NULL;
	app->dirty = true;
	if (answer == DONE) {
		s = cq_strdup(edit_text(&a.edit));
		remember(prompt->history, s);
	}
	edit_free(&a.edit);
	free(a.typed);
	return s;
}
