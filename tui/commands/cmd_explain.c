#include "tui/commands/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/cells.h"
#include "tui/commands/out.h"
#include "tui/gaps.h"

/* Why a post is where it is. */

#define MARGIN "    "
#define TEXT_LINES 6 /* of the post itself */

/* --- JSON -------------------------------------------------------------- */

static cJSON *
post_json(const struct cq_explained_post *p)
{
	cJSON *o = cJSON_CreateObject();

	json_number(o, "post", p->id);
	json_line(o, "source", p->source.s);
	json_line(o, "remote_id", p->remote_id.s);
	json_line(o, "author", p->handle.s);
	json_time(o, "at", p->seen_at);
	json_time(o, "created", p->at);
	json_number(o, "case", p->case_id);
	cJSON_AddStringToObject(o, "state", cq_state_name(p->state));
	json_text(o, "text", p->text.s);
	json_marks(o, &p->marks);
	return o;
}

static void
figures_json(cJSON *o, int same, int of, int typos, int bits)
{
	json_number(o, "same", same);
	json_number(o, "of", of);
	json_number(o, "typos", typos);
	json_number(o, "bits", bits);
}

static void
suggestions_json(cJSON *o, const struct cq_explained *e)
{
	cJSON *list = cJSON_AddArrayToObject(o, "suggestions");

	for (size_t i = 0; i < e->n_suggestions; i++) {
		const struct cq_explained_suggestion *s = &e->suggestions[i];
		cJSON *item = post_json(&s->other);

		json_number(item, "rank", s->rank);
		cJSON_AddStringToObject(item, "rule", cq_rule_name(s->rule));
		json_number(item, "score", s->score);
		json_line(item, "why", s->why.s);
		json_line(item, "became", s->state);
		cJSON_AddItemToArray(list, item);
	}
}

static void
candidates_json(cJSON *o, const struct cq_explained *e)
{
	cJSON *list = cJSON_AddArrayToObject(o, "candidates");

	for (size_t i = 0; i < e->n_candidates; i++) {
		const struct cq_copy *c = &e->candidates[i].copy;
		cJSON *item = post_json(&e->candidates[i].post);

		cJSON_AddBoolToObject(item, "copy", c->copy);
		json_line(item, "guard",
		    c->copy ? NULL : cq_guard_name(c->guard));
		figures_json(item, c->same, c->of, c->typos, c->bits);
		json_number(item, "score", c->score);
		json_line(item, "why", c->why);
		cJSON_AddItemToArray(list, item);
	}
}

static void
now_json(cJSON *o, const struct cq_explained *e)
{
	cJSON *now = cJSON_AddObjectToObject(o, "asked_again");

	json_number(now, "posts_since", e->n_since);
	cJSON_AddStringToObject(now, "rule", cq_rule_name(e->now.rule));
	json_line(now, "why", e->now.why);
	if (e->now.rule == CQ_RULE_FIRST)
		return;
	json_number(now, "case", e->now.case_id);
	json_number(now, "near", e->now.post_id);
}

static void
print_json(const struct cq_explained *e)
{
	cJSON *o = post_json(&e->post), *decided;

	cJSON_AddBoolToObject(o, "own", e->own);
	json_number(o, "revisions", e->revisions);
	decided = cJSON_AddObjectToObject(o, "decided");
	cJSON_AddStringToObject(decided, "rule", cq_rule_name(e->rule));
	json_line(decided, "why", e->why.s);
	json_number(decided, "event", e->event_id);
	if (e->has_figures)
		figures_json(decided, e->same, e->of, e->typos, e->bits);
	if (e->near.id != 0)
		cJSON_AddItemToObject(decided, "near", post_json(&e->near));
	json_line(o, "moved", e->moved.s);
	suggestions_json(o, e);
	candidates_json(o, e);
	now_json(o, e);
	out_json(o);
}

/* --- plain ------------------------------------------------------------- */

static void
label(const char *name)
{
	out_fmt("%-11s", name);
}

static void
print_text(const char *raw)
{
	struct shown_text shown = show_str(raw, SHOW_TEXT);
	struct cq_buf b = {0};
	size_t n = 0;

	out_wrap(shown.s, MARGIN, out_width(), &b);
	for (size_t i = 0; i + 1 < b.n; i++) {
		if (b.s[i] != '\n' || ++n < TEXT_LINES)
			continue;
		b.s[i + 1] = '\0';
		out_str(b.s);
		cq_buf_clear(&b);
		cq_buf_str(&b, MARGIN "\xE2\x80\xA6\n");
	}
	out_str(b.s);
	cq_buf_free(&b);
	shown_free(&shown);
}

static void
print_line(const char *raw)
{
	struct shown_text shown = show_str(raw, SHOW_LINE);
	struct cq_buf row = {0};

	cq_buf_str(&row, MARGIN);
	cells_fit(shown.s, out_width() - (int)strlen(MARGIN) - 1, false, &row);
	out_row(&row);
	cq_buf_free(&row);
	shown_free(&shown);
}

/* "post p12 by jo in chirp, case 4 (open)" */
static void
print_where(const struct cq_explained_post *p)
{
	struct cq_buf marks = {0};

	cq_buf_str(&marks, "");
	say_marks(&p->marks, p->seen_at, &marks);
	out_fmt("%spost p%" PRId64, marks.s, p->id);
	cq_buf_free(&marks);
	out_str(" by ");
	out_who(p->handle.s);
	out_str(" in ");
	out_raw(p->source.s);
	out_fmt(", case %" PRId64 " (%s)\n", p->case_id,
	    cq_state_name(p->state));
}

static void
print_post(const struct cq_explained *e)
{
	const struct cq_explained_post *p = &e->post;
	char at[CQ_TIME_SIZE];

	print_where(p);
	print_text(p->text.s);
	label("came in");
	out_fmt("%s as ", out_time(p->seen_at, at));
	out_raw(p->source.s);
	out_str("/");
	out_raw(p->remote_id.s);
	if (e->own)
		out_str(", from an account of our own");
	if (e->revisions > 0)
		out_str(", edited since: its first text was weighed");
	out_str("\n");
}

static void
print_decision(const struct cq_explained *e)
{
	label("decided");
	out_fmt("%s: ", cq_rule_name(e->rule));
	out_raw(e->rule == CQ_RULE_FIRST || e->why.s == NULL
		? cq_rule_help(e->rule)
		: e->why.s);
	out_fmt(" (event %" PRId64 ")\n", e->event_id);
	if (e->has_figures) {
		label("figures");
		out_fmt("%d of %d words the same, %d spelling %s, %d bits\n",
		    e->same, e->of, e->typos,
		    e->typos == 1 ? "difference" : "differences", e->bits);
	}
	if (e->near.id != 0) {
		label("by");
		print_where(&e->near);
		print_line(e->near.text.s);
	}
	if (e->moved.s != NULL) {
		label("since then");
		out_raw(e->moved.s);
		out_str("\n");
	}
}

static void
print_suggestions(const struct cq_explained *e)
{
	if (e->n_suggestions == 0)
		return;
	out_str("\nSuggested for it:\n");
	for (size_t i = 0; i < e->n_suggestions; i++) {
		const struct cq_explained_suggestion *s = &e->suggestions[i];

		out_fmt("%2d. %s, likeness %d of 1000, %s: ", s->rank,
		    cq_rule_name(s->rule), s->score, s->state);
		out_raw(s->why.s);
		out_str("\n" MARGIN);
		print_where(&s->other);
		print_line(s->other.text.s);
	}
}

/* A copy need not join: what the suggestion says of it, or NULL. */
static const char *
but(const struct cq_explained *e, int64_t post_id)
{
	for (size_t i = 0; i < e->now.n_suggestions; i++)
		if (e->now.suggestions[i].post_id == post_id)
			return e->now.suggestions[i].why;
	return NULL;
}

static void
print_candidate(const struct cq_explained *e,
    const struct cq_explained_candidate *c)
{
	const char *why = c->copy.copy ? but(e, c->post.id) : NULL;

	out_str("  - ");
	print_where(&c->post);
	print_line(c->post.text.s);
	out_str(c->copy.copy ? MARGIN "a copy" : MARGIN "no copy: ");
	if (!c->copy.copy)
		out_raw(c->copy.why);
	if (!c->copy.copy)
		out_fmt(" (guard '%s')", cq_guard_name(c->copy.guard));
	if (why != NULL) {
		out_str(", but ");
		out_raw(why);
	}
	out_fmt("\n" MARGIN "%d of %d words the same, %d spelling %s, %d bits,"
		" likeness %d\n",
	    c->copy.same, c->copy.of, c->copy.typos,
	    c->copy.typos == 1 ? "difference" : "differences", c->copy.bits,
	    c->copy.score);
}

static void
print_now(const struct cq_explained *e)
{
	out_str("\nAsked again of the posts before it");
	if (e->n_since > 0)
		out_fmt(", %" PRId64 " %s since: candidates are the newest"
			"\nposts of its rare words as the index holds them now",
		    e->n_since, e->n_since == 1 ? "came" : "have come");
	out_str(":\n");
	for (size_t i = 0; i < e->n_candidates; i++)
		print_candidate(e, &e->candidates[i]);
	if (e->n_candidates == 0 && e->now.rule != CQ_RULE_FIRST &&
	    e->now.rule < CQ_RULE_COPY)
		out_str("  a rule before word by word comparing was sure\n");
	else if (e->n_candidates == 0)
		out_str("  no post shares enough of its rare words\n");
	out_fmt("  it would %s: ",
	    e->now.rule == CQ_RULE_FIRST ? "open a case" : "join");
	if (e->now.rule == CQ_RULE_FIRST)
		out_fmt("%s\n", cq_rule_help(CQ_RULE_FIRST));
	else {
		out_fmt("%s, post p%" PRId64 " in case %" PRId64 ": ",
		    cq_rule_name(e->now.rule), e->now.post_id, e->now.case_id);
		out_raw(e->now.why);
		out_str("\n");
	}
}

/* --- the command ------------------------------------------------------- */

/* "12", "p12", "#12", or SOURCE/ID; the latter may hold slashes. */
static int
find_post(struct cli *cli, const char *s, int64_t *id)
{
	const char *slash = strchr(s, '/');
	struct cq_err err;
	char *source;
	enum cq_status rc;

	if (slash == NULL) {
		if (*s == 'p' && s[1] >= '0' && s[1] <= '9')
			s++;
		if (*s == '#')
			return cli_usage("'%s' names a case; say p12, as 'caseq"
					 " show' prints posts, or SOURCE/ID",
			    s);
		*id = 0;
		if (strspn(s, "0123456789") == strlen(s) && strlen(s) < 19)
			*id = strtoll(s, NULL, 10);
		return *id > 0 ? EXIT_DONE
			       : cli_usage("'%s' is no post; say p12, as 'caseq"
					   " show' prints them, or SOURCE/ID",
				     s);
	}
	source = cq_strndup(s, (size_t)(slash - s));
	rc = cq_store_post_id(cli->store, source, slash + 1, id, &err);
	free(source);
	return rc == CQ_OK ? EXIT_DONE : cli_failed(&err);
}

int
cmd_explain(struct cli *cli, const struct cli_args *args)
{
	struct cq_explained e;
	struct cq_err err;
	int64_t id;
	int status = find_post(cli, args->at[0], &id);

	if (status != EXIT_DONE)
		return status;
	if (cq_store_explain(cli->store, id, &e, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json) {
		print_json(&e);
	} else {
		print_post(&e);
		print_decision(&e);
		print_suggestions(&e);
		print_now(&e);
	}
	cq_explained_free(&e);
	return EXIT_DONE;
}
