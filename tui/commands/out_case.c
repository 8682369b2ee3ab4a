#include "tui/commands/out.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cells.h"
#include "tui/gaps.h"
#include "tui/rows.h"

#define MARGIN "    "

/* --- JSON -------------------------------------------------------------- */

static void
json_claim(cJSON *o, const struct cq_case *c)
{
	bool held = c->holder != NULL;

	json_number(o, "fence", c->fence);
	cJSON_AddStringToObject(o, "state", cq_state_name(c->state));
	json_line(o, "owner", c->owner);
	json_line(o, "holder", c->holder);
	json_time(o, "held_since", held ? c->held_since_at : CQ_NO_TIME);
	json_time(o, "lease_until", held ? c->lease_until_at : CQ_NO_TIME);
}

static void
json_presence(cJSON *o, const struct cq_case *c)
{
	cJSON *list = cJSON_AddArrayToObject(o, "presence");

	for (size_t i = 0; i < c->n_presence; i++) {
		cJSON *p = cJSON_CreateObject();

		json_line(p, "agent", c->presence[i].agent);
		cJSON_AddBoolToObject(p, "writing", c->presence[i].writing);
		json_time(p, "since", c->presence[i].since_at);
		cJSON_AddItemToArray(list, p);
	}
}

static void
json_incident(cJSON *o, const struct cq_case *c)
{
	if (c->incident == 0)
		cJSON_AddNullToObject(o, "incident");
	else
		json_number(o, "incident", c->incident);
	json_line(o, "incident_name", c->incident_name.s);
	json_number(o, "incident_cases", c->n_incident);
}

cJSON *
out_case_json(const struct cq_case *c)
{
	cJSON *o = cJSON_CreateObject();
	char why[160];

	cq_priority_why(&c->priority, why, sizeof(why));
	json_number(o, "case", c->id);
	json_claim(o, c);
	json_number(o, "priority", c->priority.sum);
	cJSON_AddStringToObject(o, "why", why);
	json_line(o, "subject", c->subject.s);
	json_line(o, "outcome", c->outcome);
	json_line(o, "source", c->source.s);
	json_line(o, "author", c->handle.s);
	json_line(o, "author_name", c->author_name.s);
	json_line(o, "brand", c->brand.s);
	json_line(o, "lang", c->lang.s);
	json_marks(o, &c->marks);
	json_words(o, "tags", c->tags);
	json_incident(o, c);
	json_number(o, "reach", c->reach);
	json_number(o, "rating", c->rating);
	json_number(o, "n_posts", c->n_posts);
	json_number(o, "n_authors", c->n_authors);
	json_number(o, "n_notes", c->n_notes);
	json_time(o, "opened", c->opened_at);
	json_time(o, "last_post", c->last_post_at);
	json_time(o, "due", c->due_at);
	json_time(o, "snoozed_until", c->snooze_until_at);
	json_presence(o, c);
	return o;
}

static void
json_from(cJSON *o, const struct cq_entry *e)
{
	if (e->from_case != 0)
		json_number(o, "from_case", e->from_case);
}

static void
json_revisions(cJSON *post, const struct cq_case_full *full, int64_t post_id)
{
	cJSON *list = NULL;

	for (size_t i = 0; i < full->n; i++) {
		const struct cq_entry *e = &full->at[i];
		cJSON *o;

		if (e->kind != CQ_ENTRY_REVISION || e->id != post_id)
			continue;
		if (list == NULL)
			list = cJSON_AddArrayToObject(post, "revisions");
		o = cJSON_CreateObject();
		json_number(o, "revision", e->revision);
		json_time(o, "at", e->at);
		json_text(o, "text", e->text.s);
		cJSON_AddItemToArray(list, o);
	}
}

static cJSON *
post_json(const struct cq_entry *e)
{
	cJSON *o = cJSON_CreateObject();

	json_number(o, "id", e->id);
	json_line(o, "source", e->source.s);
	json_line(o, "remote_id", e->remote_id.s);
	json_line(o, "author", e->who.s);
	json_line(o, "author_name", e->name.s);
	json_time(o, "at", e->at);
	json_time(o, "created", e->created_at);
	json_text(o, "text", e->text.s);
	json_line(o, "url", e->url.s);
	json_line(o, "why_joined", e->why.s);
	cJSON_AddStringToObject(o, "rule", cq_rule_name(e->rule));
	if (e->followers >= 0)
		json_number(o, "followers", e->followers);
	cJSON_AddBoolToObject(o, "repost", e->repost);
	json_marks(o, &e->marks);
	json_from(o, e);
	return o;
}

static cJSON *
note_json(const struct cq_entry *e)
{
	cJSON *o = cJSON_CreateObject();

	json_number(o, "id", e->id);
	json_time(o, "at", e->at);
	json_line(o, "agent", e->who.s);
	json_text(o, "text", e->text.s);
	cJSON_AddBoolToObject(o, "retracted", e->retracted);
	json_from(o, e);
	return o;
}

void
out_story_json(cJSON *o, const struct cq_case_full *full)
{
	cJSON *posts = cJSON_AddArrayToObject(o, "posts");
	cJSON *notes = cJSON_AddArrayToObject(o, "notes");

	for (size_t i = 0; i < full->n; i++) {
		const struct cq_entry *e = &full->at[i];
		cJSON *item;

		if (e->kind == CQ_ENTRY_POST) {
			item = post_json(e);
			json_revisions(item, full, e->id);
			cJSON_AddItemToArray(posts, item);
		} else if (e->kind == CQ_ENTRY_NOTE) {
			cJSON_AddItemToArray(notes, note_json(e));
		}
	}
	if (full->n_left_out > 0)
		json_number(o, "left_out", full->n_left_out);
}

static cJSON *
entry_json(const struct cq_entry *e)
{
	cJSON *o;

	switch (e->kind) {
	case CQ_ENTRY_POST:
		o = post_json(e);
		cJSON_AddStringToObject(o, "kind", "post");
		return o;
	case CQ_ENTRY_NOTE:
		o = note_json(e);
		cJSON_AddStringToObject(o, "kind", "note");
		return o;
	case CQ_ENTRY_REVISION:
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "kind", "revision");
		json_number(o, "revision", e->revision);
		json_line(o, "visibility",
		    cq_visibility_name(e->marks.visibility));
		break;
	default:
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "kind", "event");
	}
	json_number(o, "id", e->id);
	json_time(o, "at", e->at);
	json_line(o, "who", e->who.s);
	json_text(o, "text", e->text.s);
	json_from(o, e);
	return o;
}

static void
entries_json(cJSON *o, const struct cq_case_full *full)
{
	cJSON *list = cJSON_AddArrayToObject(o, "entries");

	for (size_t i = 0; i < full->n; i++)
		cJSON_AddItemToArray(list, entry_json(&full->at[i]));
}

static void
print_json(const struct cq_case_full *full, unsigned what)
{
	cJSON *o = out_case_json(&full->head);

	json_number(o, "n_maybe", full->head.n_maybe);
	if (full->asked_id != full->head.id)
		json_number(o, "asked", full->asked_id);
	if (what & OUT_STORY)
		out_story_json(o, full);
	if (what & OUT_ENTRIES)
		entries_json(o, full);
	out_json(o);
}

/* --- plain ------------------------------------------------------------- */

static void
label(const char *name)
{
	out_fmt("  %-10s", name);
}

static void
print_state(const struct cq_case *c)
{
	const char *s = cq_state_name(c->state);

	for (; *s != '\0'; s++)
		out_fmt("%c", *s >= 'a' && *s <= 'z' ? *s - 'a' + 'A' : *s);
	if (c->outcome != NULL) {
		out_str(" (");
		out_raw(c->outcome);
		out_str(")");
	}
}

static void
print_claim(const struct cli *cli, const struct cq_case *c)
{
	char until[CQ_TIME_SIZE];

	if (c->holder != NULL) {
		cq_time_local(c->lease_until_at, "%H:%M", until);
		out_fmt("  held by %s%s until %s, fence %" PRId64, c->holder,
		    cli->me.name != NULL && strcmp(cli->me.name, c->holder) == 0
			? " (you)"
			: "",
		    until, c->fence);
	} else if (cq_state_in_queue(c->state)) {
		out_str("  held by nobody");
	}
	if (c->owner != NULL)
		out_fmt(", owner %s", c->owner);
}

static void
print_times(const struct cq_case *c, int64_t now)
{
	char opened[CQ_TIME_SIZE], due[CQ_TIME_SIZE], age[16];

	label("opened");
	out_str(out_time(c->opened_at, opened));
	if (c->due_at != CQ_NO_TIME) {
		bool over = c->due_at <= now;

		cq_age_short(over ? now - c->due_at : c->due_at - now, age);
		out_fmt(", due %s (%s%s)", out_time(c->due_at, due),
		    over ? "overdue " : "in ", age);
	}
	if (c->snooze_until_at != CQ_NO_TIME)
		out_fmt(", sleeps until %s", out_time(c->snooze_until_at, due));
	out_str("\n");
}

static void
print_author(const struct cq_case *c)
{
	label("author");
	out_who(c->handle.s);
	if (c->author_name.s != NULL) {
		out_str(" (");
		out_raw(c->author_name.s);
		out_str(")");
	}
	out_str(" in ");
	out_raw(c->source.s);
	if (c->brand.s != NULL) {
		out_str(", about ");
		out_raw(c->brand.s);
	}
	out_str("\n");
}

static void
print_posts(const struct cq_case *c)
{
	struct cq_buf authors = {0};

	say_authors(c->n_authors, &authors);
	label("posts");
	out_fmt("%" PRId64 " by %s, reach %" PRId64 "\n", c->n_posts, authors.s,
	    c->reach);
	cq_buf_free(&authors);
}

static void
print_presence(const struct cq_case *c, int64_t now)
{
	char age[16];

	if (c->n_presence == 0)
		return;
	label("here now");
	for (size_t i = 0; i < c->n_presence; i++) {
		cq_age_short(now - c->presence[i].since_at, age);
		out_fmt("%s%s %s %s", i > 0 ? ", " : "", c->presence[i].agent,
		    c->presence[i].writing ? "writing" : "looking", age);
	}
	out_str("\n");
}

static void
print_incident(const struct cq_case *c)
{
	struct cq_buf words = {0};

	if (c->incident == 0)
		return;
	say_incident(c, &words);
	label("incident");
	out_fmt("%s\n", words.s);
	cq_buf_free(&words);
}

static void
print_subject(const struct cq_case *c, int64_t now)
{
	struct cq_buf words = {0}, row = {0};

	label("subject");
	say_topic(c, now, &words);
	cells_fit(words.s, out_width() - 12, false, &row);
	out_row(&row);
	cq_buf_free(&row);
	cq_buf_free(&words);
}

/* What was said to us alone must not be told to all. */
static void
print_private(const struct cq_case_full *full)
{
	const struct cq_marks *marks = &full->head.marks;

	if (!is_private(marks))
		return;
	label("private");
	out_fmt("[%s] not everybody may read its posts: never answer or "
		"quote them in public\n",
	    cq_visibility_name(marks->visibility));
}

static void
print_head(const struct cli *cli, const struct cq_case_full *full)
{
	const struct cq_case *c = &full->head;
	int64_t now = cq_store_now(cli->store);
	char why[160];

	out_fmt("case %" PRId64 "  ", c->id);
	print_state(c);
	print_claim(cli, c);
	out_str("\n");
	if (full->asked_id != c->id)
		out_fmt("  case %" PRId64 " was joined into it\n",
		    full->asked_id);
	print_subject(c, now);
	print_private(full);
	cq_priority_why(&c->priority, why, sizeof(why));
	label("priority");
	out_fmt("%s\n", why);
	print_times(c, now);
	print_author(c);
	print_posts(c);
	label("tags");
	out_fmt("%s\n", c->tags != NULL && *c->tags != '\0' ? c->tags : "-");
	print_incident(c);
	print_presence(c, now);
	if (c->n_maybe > 0) {
		label("maybe");
		out_fmt("the same as %" PRId64 " other %s: caseq dups %" PRId64
			"\n",
		    c->n_maybe, c->n_maybe == 1 ? "case" : "cases", c->id);
	}
}

static void
print_body(const char *raw)
{
	struct shown_text shown = show_str(raw, SHOW_TEXT);
	size_t n = strlen(shown.s);
	struct cq_buf b = {0};

	while (n > 0 && shown.s[n - 1] == '\n')
		shown.s[--n] = '\0';
	out_wrap(shown.s, MARGIN, out_width(), &b);
	out_str(b.s);
	cq_buf_free(&b);
	shown_free(&shown);
}

/* A repost mostly repeats a text that stands above. */
static bool
stands_above(const struct cq_case_full *full, const struct cq_entry *e)
{
	for (const struct cq_entry *p = full->at; p < e; p++)
		if (p->kind == CQ_ENTRY_POST && p->text.s != NULL &&
		    e->text.s != NULL && strcmp(p->text.s, e->text.s) == 0)
			return true;
	return false;
}

static void
print_marks(const struct cq_marks *marks, int64_t now)
{
	struct cq_buf b = {0};

	cq_buf_str(&b, "");
	say_marks(marks, now, &b);
	out_str(b.s);
	cq_buf_free(&b);
}

static void
print_post(const struct cq_case_full *full, const struct cq_entry *e,
    int64_t now)
{
	out_fmt("post p%" PRId64 "  ", e->id);
	print_marks(&e->marks, now);
	out_who(e->who.s);
	if (e->name.s != NULL && *e->name.s != '\0') {
		out_str(" (");
		out_raw(e->name.s);
		out_str(")");
	}
	if (e->followers >= 0)
		out_fmt(", %" PRId64 " followers", e->followers);
	out_fmt("%s in ", e->repost ? ", repost" : "");
	out_raw(e->source.s);
	out_str("\n");
	if (!e->repost || !stands_above(full, e))
		print_body(e->text.s);
	if (e->url.s != NULL) {
		out_str(MARGIN);
		out_raw(e->url.s);
		out_str("\n");
	}
	if (e->rule != CQ_RULE_FIRST && e->why.s != NULL) {
		out_str(MARGIN "here because: ");
		out_raw(e->why.s);
		out_str("\n");
	}
}

static void
print_entry(const struct cq_case_full *full, const struct cq_entry *e,
    int64_t now)
{
	char at[CQ_TIME_SIZE];

	out_fmt("\n%s  ", out_time(cq_entry_written_at(e), at));
	if (e->kind == CQ_ENTRY_POST) {
		print_post(full, e, now);
		return;
	}
	if (e->kind == CQ_ENTRY_NOTE) {
		out_fmt("note%s ", e->retracted ? " (taken back)" : "");
	} else if (e->kind == CQ_ENTRY_REVISION) {
		out_fmt("revision %d of post p%" PRId64 " ", e->revision,
		    e->id);
		if (e->marks.visibility != CQ_PUBLIC)
			out_str(" ");
		print_marks(&(struct cq_marks){e->marks.visibility, false,
				CQ_NO_TIME},
		    now);
	} else {
		out_str("event ");
	}
	out_str("by ");
	out_who(e->who.s);
	out_str("\n");
	print_body(e->text.s);
}

static void
print_plain(const struct cli *cli, const struct cq_case_full *full,
    unsigned what)
{
	print_head(cli, full);
	if (full->n_left_out > 0)
		out_fmt("\n(%" PRId64 " older entries are left out)\n",
		    full->n_left_out);
	for (size_t i = 0; i < full->n; i++) {
		bool event = full->at[i].kind == CQ_ENTRY_EVENT;

		if (what & (event ? OUT_EVENTS : OUT_STORY))
			print_entry(full, &full->at[i],
			    cq_store_now(cli->store));
	}
}

int
out_case(struct cli *cli, int64_t case_id, unsigned what)
{
	struct cq_case_full full;
	struct cq_err err;

	if (cq_store_case(cli->store, case_id, 0, &full, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json)
		print_json(&full, what);
	else
		print_plain(cli, &full, what);
	cq_case_full_free(&full);
	return EXIT_DONE;
}

int
out_changed(struct cli *cli, int64_t case_id, const char *fmt, ...)
{
	struct cq_case_full full;
	struct cq_err err;
	char words[512];
	va_list ap;

	if (cq_store_case(cli->store, case_id, 1, &full, &err) != CQ_OK)
		return cli_failed(&err);
	if (cli->json) {
		print_json(&full, 0);
	} else {
		va_start(ap, fmt);
		vsnprintf(words, sizeof(words), fmt, ap);
		va_end(ap);
		out_fmt("case %" PRId64 " ", full.head.id);
		out_raw(words);
		out_str("\n");
	}
	cq_case_full_free(&full);
	return EXIT_DONE;
}
