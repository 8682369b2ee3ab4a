#include "sources/mastodon.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sources/adapters.h"
#include "sources/answer.h"

/*
 * What the account wrote itself is in no list of mentions, so of "customer,
 * we, customer" the middle would be missing, and the end a case of its own.
 * The same holds for an answer by somebody else who did not mention us, such
 * as a colleague with an account elsewhere.  So a parent is asked for if it
 * is by another account that the post mentions; and the one before it if it
 * goes on what the same account said.  Those of this server come first, as
 * ours are among them.  Each is emitted as an aside: it opens nothing.
 */

void
mastodon_thread_keep(void *thread, const struct cq_post *post)
{
	struct mastodon_thread *t = thread;

	cq_post_list_add(&t->posts, post);
}

static const struct cq_post *
find(const struct cq_post_list *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->at[i].id, id) == 0)
			return &list->at[i];
	return NULL;
}

static bool
is_noted(const struct mastodon_thread *t, const char *id)
{
	for (size_t i = 0; i < t->n_ids; i++)
		if (strcmp(t->ids[i], id) == 0)
			return true;
	return false;
}

/* At the end; or, if it is near, in front of those that are not. */
static void
note(struct mastodon_thread *t, const char *id, bool near)
{
	size_t at;

	if (src_within(id, CQ_ID_MAX) == NULL || is_noted(t, id))
		return;
	if (near && t->n_ids == MASTODON_PARENTS && t->n_near < t->n_ids)
		free(t->ids[--t->n_ids]);
	if (t->n_ids == MASTODON_PARENTS)
		return;
	at = near ? t->n_near++ : t->n_ids;
	memmove(&t->ids[at + 1], &t->ids[at],
	    (t->n_ids++ - at) * sizeof(t->ids[0]));
	t->ids[at] = cq_strdup(id);
}

enum who { NOT_MENTIONED, FAR, NEAR };

/* Is that account mentioned, and is it one of this server? */
static enum who
mentions(const struct json *doc, const cJSON *status, const char *account)
{
	const cJSON *mentions = json_member(status, "mentions"), *one;

	cJSON_ArrayForEach(one, mentions)
	{
		const char *acct = json_str(one, "acct");
		char buf[24];
		const char *id = json_id(doc, one, "id", buf);

		if (id != NULL && strcmp(id, account) == 0)
			return acct != NULL && strchr(acct, '@') == NULL ? NEAR
									 : FAR;
	}
	return NOT_MENTIONED;
}

void
mastodon_thread_note(struct mastodon_thread *t, const struct json *doc,
    const cJSON *status)
{
	char by_buf[24], to_buf[24], parent_buf[24];
	const cJSON *account = json_member(status, "account");
	const char *by = json_id(doc, account, "id", by_buf);
	const char *to = json_id(doc, status, "in_reply_to_account_id", to_buf);
	const char *parent = json_id(doc, status, "in_reply_to_id", parent_buf);
	enum who who;

	if (parent == NULL || to == NULL || (by != NULL && strcmp(by, to) == 0))
		return;
	who = mentions(doc, status, to);
	if (who != NOT_MENTIONED)
		note(t, parent, who == NEAR);
}

/* --- emitting ---------------------------------------------------------- */

/* The oldest parent that was not told, of those written until then; or -1. */
static int
oldest(const struct mastodon_thread *t, const bool *told, int64_t until)
{
	int best = -1;

	for (size_t i = 0; i < t->parents.n; i++) {
		int64_t at = t->parents.at[i].created_at;

		if (!told[i] && at <= until &&
		    (best < 0 || at < t->parents.at[best].created_at))
			best = (int)i;
	}
	return best;
}

static void
emit_parents(const struct mastodon_thread *t, bool *told, int64_t until,
    src_emit_fn emit, void *arg)
{
	int i;

	while ((i = oldest(t, told, until)) >= 0) {
		told[i] = true;
		emit(arg, &t->parents.at[i]);
	}
}

static void
clear(struct mastodon_thread *t)
{
	for (size_t i = 0; i < t->n_ids; i++)
		free(t->ids[i]);
	t->n_ids = t->n_near = t->n_read = 0;
	cq_post_list_clear(&t->posts);
	cq_post_list_clear(&t->parents);
	t->held = false;
}

/* Oldest first; whatever the clocks say, none before what it answers. */
static void
emit_all(struct mastodon_thread *t, src_emit_fn emit, void *arg)
{
	bool told[MASTODON_PARENTS] = {false};

	for (size_t i = 0; i < t->posts.n; i++) {
		const struct cq_post *post = &t->posts.at[i], *parent = NULL;
		int64_t until = post->created_at;

		if (post->in_reply_to != NULL)
			parent = find(&t->parents, post->in_reply_to);
		if (parent != NULL && parent->created_at > until)
			until = parent->created_at;
		emit_parents(t, told, until, emit, arg);
		emit(arg, post);
	}
	clear(t);
}

void
mastodon_thread_free(struct mastodon_thread *t)
{
	clear(t);
	cq_post_list_free(&t->posts);
	cq_post_list_free(&t->parents);
	src_next_free(&t->next);
}

/* --- asking ------------------------------------------------------------ */

/* Those that came themselves need not be asked for. */
static void
drop_known(struct mastodon_thread *t)
{
	size_t n = 0, n_near = t->n_near;

	for (size_t i = 0; i < t->n_ids; i++)
		if (find(&t->posts, t->ids[i]) != NULL) {
			free(t->ids[i]);
			t->n_near -= i < n_near;
		} else {
			t->ids[n++] = t->ids[i];
		}
	t->n_ids = n;
}

/* Has the visit a question left, and this thread something to ask? */
static bool
lacks_more(const struct mastodon_thread *t)
{
	return t->n_read < t->n_ids && t->n_answers < SRC_STEPS_MAX;
}

void
mastodon_thread_end(struct src_visit *visit, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	struct mastodon_thread *t = &mastodon_memory(visit)->thread;

	if (next->more && next->cursor == NULL)
		return; /* the page is still to be kept in parts */
	drop_known(t);
	if (visit->trial || next->wait_s > 0 || !lacks_more(t)) {
		emit_all(t, emit, arg);
		return;
	}
	t->held = true;
	t->next = *next;
	*next = (struct src_next){.more = true};
}

enum cq_status
mastodon_thread_ask(struct src_visit *visit, struct src_request *req,
    struct cq_err *err)
{
	const struct mastodon_memory *m = visit->memory;

	return mastodon_ask_status(visit->source,
	    m->thread.ids[m->thread.n_read], "", req, err);
}

static void
keep_aside(void *thread, const struct cq_post *post)
{
	struct mastodon_thread *t = thread;
	struct cq_post aside = *post;

	aside.aside = true;
	cq_post_list_add(&t->parents, &aside);
}

static void
read_parent(const struct cq_source *s, struct mastodon_thread *t,
    const struct json *doc)
{
	char by_buf[24], to_buf[24], id_buf[24];
	const cJSON *account = json_member(doc->root, "account");
	const char *by = json_id(doc, account, "id", by_buf);
	const char *to =
	    json_id(doc, doc->root, "in_reply_to_account_id", to_buf);
	const char *id = json_id(doc, doc->root, "id", id_buf);

	if (id == NULL || strcmp(id, t->ids[t->n_read]) != 0)
		return;
	mastodon_emit(s, doc, doc->root, keep_aside, t);
	id = json_id(doc, doc->root, "in_reply_to_id", id_buf);
	if (id != NULL && by != NULL && to != NULL && strcmp(by, to) == 0 &&
	    find(&t->posts, id) == NULL)
		note(t, id, false);
}

/* A parent that cannot be had must not keep the mention from us. */
void
mastodon_thread_read(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next)
{
	struct mastodon_thread *t = &mastodon_memory(visit)->thread;
	struct src_next told = {0};
	struct json doc;

	if (answer_json(visit, &src_mastodon, answer, false, &told, &doc,
		NULL) == CQ_OK) {
		read_parent(visit->source, t, &doc);
		json_free(&doc);
	}
	t->n_read++;
	if (lacks_more(t) && told.wait_s == 0 && !told.patience) {
		next->more = true;
		return;
	}
	*next = t->next;
	t->next = (struct src_next){0};
	next->wait_s = told.wait_s;
	next->patience = told.patience;
	emit_all(t, emit, arg);
}
