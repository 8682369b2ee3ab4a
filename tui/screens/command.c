#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "tui/commands/table.h"
#include "tui/screens/judging.h"
#include "tui/screens/keys.h"
#include "tui/screens/queue.h"

/*
 * The ":" line.  A name of the table does what its key does; with words
 * behind it, or if it has no key, it is run as in line mode and what it
 * prints is shown as a text.
 */

#define MAX_WORDS 64
#define MAX_PRINTED (4 << 20) /* bytes that are shown */

/* Not from within: they make queues, serve for ever or read the terminal. */
static bool
only_outside(const struct tui_command *c)
{
	return c->run != NULL && c->key == NULL &&
	    ((c->needs & N_STORE) == 0 || c->group == G_ADMIN);
}

static const char *
command_name(void *arg, size_t i)
{
	unsigned view = *(unsigned *)arg;

	for (const struct tui_command *c = tui_commands; c->name != NULL; c++) {
		bool key = c->key != NULL && (c->views & view) != 0;

		if ((key || (c->run != NULL && !only_outside(c))) && i-- == 0)
			return c->name;
	}
	return NULL;
}

static const struct tui_option *
find_option(const struct tui_command *c, const char *name, size_t n, int *i)
{
	for (*i = 0; c->options != NULL && c->options[*i].name != NULL; ++*i)
		if (strlen(c->options[*i].name) == n &&
		    strncmp(c->options[*i].name, name, n) == 0)
			return &c->options[*i];
	return NULL;
}

/* One word that begins with "--"; false after a message. */
static bool
read_option(struct app *app, struct cli_args *args, char **words, size_t n,
    size_t *at)
{
	char *word = words[*at] + 2, *value = strchr(word, '=');
	size_t len = value == NULL ? strlen(word) : (size_t)(value - word);
	int i;
	const struct tui_option *o = find_option(args->command, word, len, &i);

	if (o == NULL) {
		app_say(app, ST_WARN, "%s has no option --%.*s",
		    args->command->name, (int)len, word);
		return false;
	}
	if (o->arg == NULL)
		args->option[i] = "";
	else if (value != NULL)
		args->option[i] = value + 1;
	else if (*at + 1 < n)
		args->option[i] = words[++*at];
	else {
		app_say(app, ST_WARN, "--%s needs a value", o->name);
		return false;
	}
	return true;
}

static bool
read_args(struct app *app, struct cli_args *args, const char **at, char **words,
    size_t n)
{
	const struct tui_command *c = args->command;

	args->at = at;
	for (size_t i = 0; i < n; i++) {
		if (strncmp(words[i], "--", 2) != 0 || words[i][2] == '\0')
			at[args->n++] = words[i];
		else if (!read_option(app, args, words, n, &i))
			return false;
	}
	if (args->n < c->min_args ||
	    (c->max_args >= 0 && args->n > c->max_args)) {
		app_say(app, ST_WARN, "write: %s %s", c->name,
		    c->args == NULL ? "" : c->args);
		return false;
	}
	return true;
}

/* Cuts a line into words; "..." keeps spaces. */
static size_t
split_words(char *s, char *words[MAX_WORDS])
{
	size_t n = 0;

	for (;;) {
		char end = ' ';

		s += strspn(s, " ");
		if (*s == '\0' || n == MAX_WORDS)
			return n;
		if (*s == '"') {
			end = '"';
			s++;
		}
		words[n++] = s;
		s += strcspn(s, end == ' ' ? " " : "\"");
		if (*s != '\0')
			*s++ = '\0';
	}
}

struct redirected {
	FILE *file;
	int in, out, err; /* the real ones */
};

static bool
redirect(struct redirected *r)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	r->file = tmpfile();
	if (r->file == NULL || null < 0) {
		if (null >= 0)
			close(null);
		return false;
	}
	fflush(stdout);
	r->in = dup(STDIN_FILENO);
	r->out = dup(STDOUT_FILENO);
	r->err = dup(STDERR_FILENO);
	dup2(null, STDIN_FILENO);
	dup2(fileno(r->file), STDOUT_FILENO);
	dup2(fileno(r->file), STDERR_FILENO);
	close(null);
	return true;
}

static void
redirect_back(const struct redirected *r)
{
	fflush(stdout);
	dup2(r->in, STDIN_FILENO);
	dup2(r->out, STDOUT_FILENO);
	dup2(r->err, STDERR_FILENO);
	close(r->in);
	close(r->out);
	close(r->err);
}

static char *
read_back(FILE *file)
{
	struct cq_buf text = {0};
	char part[4096];
	size_t n;

	rewind(file);
	while (text.n < MAX_PRINTED &&
	    (n = fread(part, 1, sizeof(part), file)) > 0)
		cq_buf_add(&text, part, n);
	fclose(file);
	return cq_buf_take(&text);
}

/* Lines of text, each shown; form feeds part pages on paper only. */
static size_t
cut_lines(const char *text, char ***lines)
{
	size_t n = 0;

	*lines = NULL;
	while (*text != '\0') {
		size_t len = strcspn(text, "\n\f");
		char *line = cq_strndup(text, len);
		struct shown_text shown = show_str(line, SHOW_LINE);

		free(line);
		*lines = cq_grow(*lines, n + 1, sizeof(**lines));
		(*lines)[n++] = shown.s;
		text += len + (text[len] != '\0');
	}
	return n;
}

static void
show_printed(struct app *app, const char *title, char *text, bool good)
{
	char **lines;
	size_t n = cut_lines(text, &lines);

	if (n > 1) {
		pager_open(app, title, lines, n);
		return;
	}
	app_say(app, good ? ST_GOOD : ST_BAD, "%s",
	    n == 1     ? lines[0] + (strncmp(lines[0], "caseq: ", 7) == 0) * 7
		: good ? "done"
		       : "it failed");
	for (size_t i = 0; i < n; i++)
		free(lines[i]);
	free(lines);
}

/* What a command acts on that names no case. */
struct chosen {
	int64_t *at;
	size_t n;
	struct marks *marks; /* borrowed; or NULL */
};

static void
choose_one(struct chosen *c, int64_t case_id)
{
	c->at = cq_grow(c->at, c->n + 1, sizeof(*c->at));
	c->at[c->n++] = case_id;
}

/* What is marked, or a whole cluster, where cases are judged. */
static void
choose_judged(struct app *app, struct chosen *c)
{
	struct judgement j = {0};

	app->top->ops->judge(app, app->top, true, &j);
	for (size_t i = 0; i < j.n; i++) {
		choose_one(c, j.at[i].case_id);
		for (size_t k = 0; k < j.at[i].n; k++)
			choose_one(c, j.at[i].others[k]);
	}
	c->marks = j.marks;
	judgement_free(&j);
}

/* Marked cases; else the one under the cursor. */
static void
choose(struct app *app, struct chosen *c)
{
	unsigned view = app->top->ops->view;

	*c = (struct chosen){0};
	if (app_case(app) == NULL)
		return;
	if (view == V_QUEUE)
		c->marks = &app_queue(app)->marks;
	for (size_t i = 0; c->marks != NULL && i < c->marks->n; i++)
		choose_one(c, c->marks->at[i]);
	if ((view & V_JUDGE) != 0)
		choose_judged(app, c);
	else if (c->n == 0)
		choose_one(c, app_case(app)->id);
}

static void
choose_end(struct app *app, bool done, struct chosen *c)
{
	struct cli *cli = app->cli;

	if (done && cli->chosen_used && c->marks != NULL)
		marks_clear(c->marks);
	cli->chosen = NULL;
	cli->n_chosen = 0;
}

static void
run_command(struct app *app, const struct cli_args *args, struct chosen *chosen)
{
	struct redirected r;
	struct cq_err err = {0};
	char *text;
	int rc;

	if (app_there(app, &err) != CQ_OK) {
		app_say(app, ST_BAD, "%s", err.msg);
		return;
	}
	if (!redirect(&r)) {
		app_say(app, ST_BAD,
		    "no room for what it prints: free some "
		    "space in /tmp");
		return;
	}
	app->cli->chosen = chosen->at;
	app->cli->n_chosen = chosen->n;
	app->cli->chosen_used = false;
	rc = args->command->run(app->cli, args);
	choose_end(app, rc == EXIT_DONE, chosen);
	redirect_back(&r);
	text = read_back(r.file);
	app_load(app);
	show_printed(app, args->command->name, text, rc == EXIT_DONE);
	free(text);
}

static void
obey(struct app *app, char *line, struct chosen *chosen)
{
	char *words[MAX_WORDS];
	const char *at[MAX_WORDS];
	struct cli_args args = {0};
	size_t n = split_words(line, words);
	const struct tui_command *c;

	if (n == 0)
		return;
	c = tui_command_find(words[0]);
	if (c == NULL)
		app_say(app, ST_WARN, "no command is called %s; Tab completes",
		    words[0]);
	else if (c->key != NULL && n == 1 &&
	    (c->views & app->top->ops->view) == 0)
		app_say(app, ST_WARN, "%s does nothing on this screen",
		    c->name);
	else if (c->key != NULL && n == 1)
		app_press(app, c);
	else if (c->run == NULL)
		app_say(app, ST_WARN, "%s takes no words", c->name);
	else if (only_outside(c))
		app_say(app, ST_WARN, "%s works only outside, as caseq %s",
		    c->name, c->name);
	else {
		args.command = c;
		if (read_args(app, &args, at, words + 1, n - 1))
			run_command(app, &args, chosen);
	}
}

void
key_command(struct app *app)
{
	unsigned view = app->top->ops->view;
	struct prompt p = {.label = ":",
	    .history = &app->commands,
	    .word = command_name,
	    .arg = &view};
	struct chosen chosen;
	char *line;

	/* as it was when ":" was pressed: rows may move meanwhile */
	choose(app, &chosen);
	line = app_ask(app, &p);
	memset(&app->key, 0, sizeof(app->key));
	if (line != NULL)
		obey(app, line, &chosen);
	free(line);
	free(chosen.at);
}
