#include "core/store/row.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/incident.h"

/* One case as others see it: for lists and for the head of a case. */

void
cq_case_free(struct cq_case *c)
{
	free(c->outcome);
	free(c->owner);
	free(c->holder);
	free(c->tags);
	for (size_t i = 0; i < c->n_presence; i++)
		free(c->presence[i].agent);
	free(c->presence);
	raw_free(&c->source);
	raw_free(&c->handle);
	raw_free(&c->author_name);
	raw_free(&c->subject);
	raw_free(&c->brand);
	raw_free(&c->lang);
	raw_free(&c->incident_name);
	*c = (struct cq_case){0};
}

void
cq_cases_free(struct cq_cases *cases)
{
	for (size_t i = 0; i < cases->n; i++)
		cq_case_free(&cases->at[i]);
	free(cases->at);
	*cases = (struct cq_cases){0};
}

struct cq_after
cq_case_after(const struct cq_case *c)
{
	return (struct cq_after){.group = case_group(c->state, false),
	    .sort_key = c->sort_key,
	    .id = c->id};
}

/* The beginning of the first post: one line of at most 300 bytes. */
static struct raw_text
subject(const char *text)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (text == NULL)
		return (struct raw_text){NULL};
	if (n > 300) {
		n = 300;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--; /* no half characters */
	}
	return (struct raw_text){cq_strndup(text, n)};
}

static void
read_tags(struct cq_store *store, struct cq_case *c, bool joined)
{
	static const char of_all[] =
	    FAMILY "SELECT DISTINCT tag FROM tag"
		   " WHERE case_id IN (SELECT id FROM family) ORDER BY tag";
	static const char of_one[] =
	    "SELECT tag FROM tag WHERE case_id = :root ORDER BY tag";
	struct cq_buf b = {0};
	struct db_stmt q;

	if (joined)
		db_prepare(&q, store, of_all);
	else
		db_prepare(&q, store, of_one);
	db_bind_int(&q, ":root", c->id);
	while (db_row(&q)) {
		if (b.n > 0)
			cq_buf_char(&b, ' ');
		cq_buf_str(&b, db_str(&q, 0));
	}
	db_finalize(&q);
	c->tags = cq_buf_take(&b);
}

/* That of its own posts is in the row already. */
static void
read_joined_visibility(struct cq_store *store, struct cq_case *c)
{
	static const char sql[] =
	    FAMILY "SELECT max(flags & 3) FROM post WHERE " FLAGS_NOT_PUBLIC
		   " AND case_id IN (SELECT id FROM family)";
	struct db_stmt q;
	int64_t flags = 0;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":root", c->id);
	if (db_one_int(&q, &flags, NULL) == CQ_OK)
		c->marks.visibility = FLAGS_VISIBILITY(flags);
}

static void
read_presence(struct cq_store *store, struct cq_case *c)
{
	static const char sql[] =
	    "SELECT a.name, p.writing, p.since_at FROM presence p"
	    " JOIN agent a ON a.id = p.agent"
	    " WHERE p.case_id = :id AND p.seen_at > :since ORDER BY a.name";
	struct db_stmt q;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", c->id);
	db_bind_int(&q, ":since", db_now(store) - CQ_PRESENCE_S);
	while (db_row(&q)) {
		c->presence = cq_grow(c->presence, c->n_presence + 1,
		    sizeof(*c->presence));
		c->presence[c->n_presence++] = (struct cq_presence){
		    .agent = db_copy(&q, 0),
		    .writing = db_int(&q, 1) != 0,
		    .since_at = db_int(&q, 2),
		};
	}
	db_finalize(&q);
}

static void
read_priority(struct cq_store *store, struct cq_case *c, int64_t n_reposts)
{
	int64_t now = db_now(store);
	struct cq_priority_facts facts = {
	    .reach = c->reach,
	    .n_posts = c->n_posts - n_reposts,
	    .opened_at = c->opened_at,
	    .rating = c->rating,
	    .overdue = (c->state == CQ_NEW || c->state == CQ_OPEN) &&
		c->due_at != CQ_NO_TIME && c->due_at <= now,
	};

	c->priority = cq_priority_at(&store->weights, &facts, now);
}

void
row_read(struct cq_store *store, struct db_stmt *q, struct cq_case *c)
{
	bool joined = db_int(q, 30) != 0;
	bool live = db_time(q, 7) != CQ_NO_TIME && db_int(q, 7) > db_now(store);

	*c = (struct cq_case){
	    .id = db_int(q, 0),
	    .outcome = db_copy(q, 2),
	    .owner = db_copy(q, 3),
	    .holder = live ? db_copy(q, 4) : NULL,
	    .fence = db_int(q, 5),
	    .held_since_at = live ? db_time(q, 6) : CQ_NO_TIME,
	    .lease_until_at = live ? db_time(q, 7) : CQ_NO_TIME,
	    .opened_at = db_int(q, 8),
	    .last_post_at = db_int(q, 9),
	    .due_at = db_time(q, 10),
	    .snooze_until_at = db_time(q, 11),
	    .n_posts = db_int(q, 12),
	    .n_authors = db_int(q, 14),
	    .n_notes = db_int(q, 15),
	    .reach = db_int(q, 16),
	    .rating = (int)db_int(q, 17),
	    .sort_key = db_int(q, 18),
	    .source = db_raw(q, 19),
	    .handle = db_raw(q, 20),
	    .author_name = db_raw(q, 21),
	    .subject = subject(db_text(q, 22)),
	    .brand = db_raw(q, 23),
	    .lang = db_raw(q, 24),
	    .incident = db_int(q, 25),
	    .incident_name = db_raw(q, 26),
	    .marks = {FLAGS_VISIBILITY(db_int(q, 29)), FLAGS_BOT(db_int(q, 27)),
		db_time(q, 28)},
	};
	if (c->incident != 0)
		c->n_incident = incident_count(store, c->incident);
	if (!cq_state_parse(db_str(q, 1), &c->state))
		c->state = CQ_OPEN;
	read_priority(store, c, db_int(q, 13));
	if (joined)
		read_joined_visibility(store, c);
	read_tags(store, c, joined);
	read_presence(store, c);
}

enum cq_status
row_get(struct cq_store *store, int64_t case_id, struct cq_case *out,
    struct cq_err *err)
{
	static const char sql[] = ROW_COLUMNS "WHERE c.id = :id";
	struct db_stmt q;
	enum cq_status rc;

	db_prepare(&q, store, sql);
	db_bind_int(&q, ":id", case_id);
	if (db_row(&q))
		row_read(store, &q, out);
	rc = db_result(&q, err);
	db_finalize(&q);
	return rc;
}
