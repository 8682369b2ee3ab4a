#include "core/store/known.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/store/incoming.h"
#include "core/store/postcache.h"
#include "core/store/wordrow.h"

/*
 * The index behind deduplication: looks up known posts for the stages of
 * core/dedup.c.
 */

/* Of so many posts with one text, one of the same author is preferred. */
#define SAME_TEXT_LOOKS 20

/* Of so many newest posts of one author, one of its own case is looked for. */
#define AUTHOR_LOOKS 20

/* Sources that one post is seen in; more, and it is not one post. */
#define PLACE_LOOKS 32

/* Rows that are read for that, fit or not: a post costs no more than that. */
#define ROWS_READ "200"

struct known_name {
	struct known_name *next;
	char *handle;
};

static void
note_failure(struct known *k, int rc)
{
	if (rc != SQLITE_OK && k->rc == SQLITE_OK)
		k->rc = rc;
}

static const char *
handle_of(struct known *k, int64_t author)
{
	static const char sql[] = "SELECT handle FROM author WHERE id = :id";
	struct known_name *name;
	struct db_stmt q;

	if (author == 0)
		return NULL;
	name = cq_alloc(sizeof(*name));
	name->next = k->names;
	k->names = name;
	db_prepare(&q, k->store, sql);
	db_bind_int(&q, ":id", author);
	if (db_row(&q))
		name->handle = db_copy(&q, 0);
	note_failure(k, q.rc);
	db_finalize(&q);
	return name->handle;
}

/*
 * Is it the new post's author?  What one "Anonymous" wrote, another did not:
 * who that is called is looked up before the first post is taken for theirs.
 */
static bool
is_author(struct known *k, int64_t author)
{
	static const char sql[] = "SELECT remote_id FROM author WHERE id = :id";
	struct db_stmt q;

	if (author == 0 || author != k->author)
		return false;
	if (!k->looked) {
		db_prepare(&q, k->store, sql);
		db_bind_int(&q, ":id", author);
		k->anybody = db_row(&q) && cq_author_is_anybody(db_str(&q, 0));
		note_failure(k, q.rc);
		db_finalize(&q);
		k->looked = true;
	}
	return !k->anybody;
}

/* The case that the statement finds; returns where it was joined into, or 0. */
static int64_t
read_place(struct known *k, struct db_stmt *q, struct cq_dedup_hit *hit)
{
	int64_t into = 0;

	hit->case_id = 0;
	if (db_row(q)) {
		hit->case_id = db_int(q, 0);
		(void)cq_state_parse(db_str(q, 1), &hit->state);
		into = db_int(q, 2);
	}
	note_failure(k, q->rc);
	db_finalize(q);
	return into;
}

/* The case that a hit is in now, and how that stands. */
static void
place(void *arg, struct cq_dedup_hit *hit)
{
	static const char own[] =
	    "SELECT c.id, c.state, c.joined_into FROM post p"
	    " JOIN cases c ON c.id = p.case_id WHERE p.id = :id";
	static const char root[] =
	    "SELECT id, state, joined_into FROM cases WHERE id = :id";
	struct known *k = arg;
	int64_t into = 0;
	struct db_stmt q;

	hit->state = CQ_OPEN;
	db_prepare(&q, k->store, own);
	db_bind_int(&q, ":id", hit->post_id);
	into = read_place(k, &q, hit);
	if (into == 0)
		return;
	db_prepare(&q, k->store, root);
	db_bind_int(&q, ":id", case_root(k->store, into));
	(void)read_place(k, &q, hit);
}

static bool
by_post(void *arg, int64_t post_id, struct cq_dedup_hit *hit)
{
	struct known *k = arg;
	const struct old_post *p;

	*hit = (struct cq_dedup_hit){0};
	if (k->before != 0 && post_id >= k->before)
		return false;
	p = postcache_get(k->store, post_id, &k->rc);
	if (p == NULL)
		return false;
	*hit = (struct cq_dedup_hit){
	    .post_id = p->id,
	    .at = p->at,
	    .same_author = is_author(k, p->author),
	    .same_source = p->source == k->source,
	    .normal = &p->normal,
	    .brand = p->brand,
	    .lang = p->lang,
	    .author = p->author,
	};
	return true;
}

static const char *
handle(void *arg, const struct cq_dedup_hit *hit)
{
	return handle_of(arg, hit->author);
}

/* The post of that number, if any; ends the query. */
static bool
take_id(struct known *k, struct db_stmt *q, int64_t id,
    struct cq_dedup_hit *hit)
{
	note_failure(k, q->rc);
	db_finalize(q);
	if (id == 0 || !by_post(k, id, hit))
		return false;
	place(k, hit);
	return true;
}

/* The post whose number the query gives, if any; ends the query. */
static bool
take(struct known *k, struct db_stmt *q, struct cq_dedup_hit *hit)
{
	bool found = db_row(q);

	return take_id(k, q, found ? db_int(q, 0) : 0, hit);
}

static void
prepare(struct db_stmt *q, const struct known *k, const char *sql)
{
	db_prepare(q, k->store, sql);
	db_bind_int(q, ":before", k->before == 0 ? INT64_MAX : k->before);
}

static bool
by_id(void *arg, const char *remote_id, struct cq_dedup_hit *hit)
{
	static const char sql[] =
	    "SELECT id FROM post WHERE source = :source"
	    " AND remote_id = :id AND id < :before UNION ALL"
	    " SELECT post FROM echo WHERE source = :source"
	    " AND remote_id = :id AND after < :before LIMIT 1";
	struct known *k = arg;
	struct db_stmt q;

	prepare(&q, k, sql);
	db_bind_int(&q, ":source", k->source);
	db_bind_remote(&q, ":id", remote_id);
	return take(k, &q, hit);
}

/* An address is nobody else's id; a number may be. */
static bool
is_address(const char *id)
{
	return strchr(id, ':') != NULL;
}

static bool
by_child(void *arg, const char *remote_id, struct cq_dedup_hit *hit)
{
	/* the oldest one: its case has been in the queue the longest */
	static const char sql[] =
	    "SELECT min(id) FROM ("
	    " SELECT id, source FROM post WHERE reply_to = :id"
	    " UNION ALL"
	    " SELECT id, source FROM post WHERE repost_of = :id"
	    " UNION ALL"
	    " SELECT id, source FROM post WHERE quote_of = :id"
	    ") WHERE id < :before AND (source = :source OR :anywhere)";
	struct known *k = arg;
	struct db_stmt q;

	prepare(&q, k, sql);
	db_bind_int(&q, ":anywhere", is_address(remote_id));
	db_bind_int(&q, ":source", k->source);
	db_bind_remote(&q, ":id", remote_id);
	return take(k, &q, hit);
}

/*
 * Of the posts that the query gives (id, source, own) the first one that is
 * alone in its source; 0 if the new post's source has one.  What stands for
 * many posts (the page of a shop, say) is not the name of one.
 */
static int64_t
alone_in_source(struct known *k, struct db_stmt *q)
{
	int64_t ids[PLACE_LOOKS], sources[PLACE_LOOKS], id = 0;
	bool own[PLACE_LOOKS];
	size_t n = 0;

	for (; n < PLACE_LOOKS && db_row(q); n++) {
		ids[n] = db_int(q, 0);
		sources[n] = db_int(q, 1);
		own[n] = db_int(q, 2) != 0;
		if (sources[n] == k->source)
			return 0;
	}
	for (size_t i = 0; i < n && n < PLACE_LOOKS && id == 0; i++) {
		bool alone = !own[i];

		for (size_t j = 0; j < n && alone; j++)
			alone = j == i || sources[j] != sources[i];
		if (alone)
			id = ids[i];
	}
	return id;
}

static bool
by_uri(void *arg, const char *uri, struct cq_dedup_hit *hit)
{
	static const char sql[] = "SELECT id, source, 0 FROM post"
				  " WHERE uri = :uri AND id < :before"
				  " ORDER BY id";
	struct known *k = arg;
	struct db_stmt q;

	prepare(&q, k, sql);
	db_bind_text(&q, ":uri", uri);
	return take_id(k, &q, alone_in_source(k, &q), hit);
}

static bool
by_link(void *arg, int64_t link_key, struct cq_dedup_hit *hit)
{
	static const char sql[] = "SELECT id, source, own FROM post"
				  " WHERE link_key = :key AND id < :before"
				  " ORDER BY id";
	struct known *k = arg;
	struct db_stmt q;

	prepare(&q, k, sql);
	db_bind_int(&q, ":key", link_key);
	return take_id(k, &q, alone_in_source(k, &q), hit);
}

static bool
by_conversation(void *arg, const char *conversation, struct cq_dedup_hit *hit)
{
	/* by the author: a conversation may have very many posts of others */
	static const char sql[] =
	    "SELECT p.id, p.conversation IS :conversation AND p.own = 0"
	    " AND (p.source = :source OR :anywhere OR EXISTS (SELECT 1"
	    "  FROM echo e WHERE e.post = p.id AND e.source = :source"
	    "  AND e.after < :before)) FROM post p"
	    " WHERE p.author = :author AND p.id < :before"
	    " ORDER BY p.id DESC LIMIT " ROWS_READ;
	struct known *k = arg;
	int64_t id = 0;
	struct db_stmt q;

	if (!is_author(k, k->author))
		return false;
	prepare(&q, k, sql);
	db_bind_text(&q, ":conversation", conversation);
	db_bind_int(&q, ":anywhere", is_address(conversation));
	db_bind_int(&q, ":source", k->source);
	db_bind_int(&q, ":author", k->author);
	while (id == 0 && db_row(&q))
		if (db_int(&q, 1))
			id = db_int(&q, 0);
	return take_id(k, &q, id, hit);
}

static bool
by_key(void *arg, uint64_t key, int64_t from, int64_t to,
    struct cq_dedup_hit *hit)
{
	static const char sql[] =
	    "SELECT p.id, p.author, p.own = 0"
	    " AND coalesce(min(p.created_at, p.seen_at), p.seen_at)"
	    "  BETWEEN :from AND :to FROM post p"
	    " WHERE p.text_key = :key AND p.id < :before"
	    " ORDER BY p.id DESC LIMIT " ROWS_READ;
	struct known *k = arg;
	int64_t id = 0;
	struct db_stmt q;
	bool own = false;

	prepare(&q, k, sql);
	db_bind_int(&q, ":key", incoming_key(key));
	db_bind_int(&q, ":from", from);
	db_bind_int(&q, ":to", to);
	for (int n = 0; n < SAME_TEXT_LOOKS && !own && db_row(&q);) {
		if (!db_int(&q, 2))
			continue;
		own = is_author(k, db_int(&q, 1));
		if (id == 0 || own) /* else the newest */
			id = db_int(&q, 0);
		n++;
	}
	return take_id(k, &q, id, hit);
}

static bool
by_author(void *arg, const char *brand, struct cq_dedup_hit *hit)
{
	/* in a case of somebody else it said a word and asks its own now */
	static const char sql[] =
	    "SELECT p.id, CASE WHEN p.source = :source AND p.brand IS :brand"
	    " COLLATE NOCASE AND p.own = 0 THEN EXISTS (SELECT 1 FROM cases c "
	    "JOIN post f"
	    "  ON f.id = c.first_post WHERE c.id = p.case_id"
	    "  AND f.author = :author) END FROM post p"
	    " WHERE p.author = :author AND p.id < :before"
	    " ORDER BY p.id DESC LIMIT " ROWS_READ;
	struct known *k = arg;
	int64_t id = 0;
	struct db_stmt q;

	if (k->author == 0)
		return false;
	prepare(&q, k, sql);
	db_bind_int(&q, ":author", k->author);
	db_bind_int(&q, ":source", k->source);
	db_bind_text(&q, ":brand", brand);
	for (int n = 0; n < AUTHOR_LOOKS && id == 0 && db_row(&q);) {
		if (db_time(&q, 1) == CQ_NO_TIME)
			continue; /* in another source, of another brand */
		if (db_int(&q, 1))
			id = db_int(&q, 0);
		n++;
	}
	if (id != 0 && !is_author(k, k->author))
		id = 0;
	return take_id(k, &q, id, hit);
}

static bool
apart(void *arg, int64_t case_a, int64_t case_b)
{
	struct known *k = arg;

	return cases_apart(k->store, case_a, case_b, &k->rc);
}

static int64_t
count(void *arg, uint64_t key)
{
	struct known *k = arg;

	return words_count(k->store, key);
}

static size_t
posts_with(void *arg, uint64_t key, int64_t *ids, size_t max)
{
	struct known *k = arg;

	return words_posts(k->store, key, ids, max);
}

struct cq_dedup_index
known_index(struct known *k)
{
	return (struct cq_dedup_index){
	    .by_id = by_id,
	    .by_child = by_child,
	    .by_uri = by_uri,
	    .by_link = by_link,
	    .by_conversation = by_conversation,
	    .by_key = by_key,
	    .by_author = by_author,
	    .by_post = by_post,
	    .place = place,
	    .handle = handle,
	    .apart = apart,
	    .count = count,
	    .posts_with = posts_with,
	    .n_posts = words_count(k->store, 0),
	    .arg = k,
	};
}

void
known_done(struct known *k)
{
	struct known_name *next;

	for (; k->names != NULL; k->names = next) {
		next = k->names->next;
		free(k->names->handle);
		free(k->names);
	}
	postcache_settle(k->store);
}
