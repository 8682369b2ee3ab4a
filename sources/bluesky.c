#include "sources/adapters.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/when.h"
#include "sources/answer.h"
#include "sources/bluesky_again.h"
#include "sources/bluesky_authors.h"
#include "sources/bluesky_post.h"
#include "sources/bluesky_query.h"
#include "sources/bluesky_session.h"
#include "sources/bluesky_walk.h"
#include "sources/http.h"
#include "sources/json.h"
#include "sources/url.h"

/*
 * Bluesky, or any server of its protocol, through the account's own server:
 * it passes on what it does not know itself.  Two things can be listened
 * for: words, and mentions of the account with the replies to it and the
 * quotes of it.
 *
 * Neither can be asked for "what is newer than this": both lists are read
 * backwards from their newest entry until what is known, then authors are
 * looked up for their reach, 25 at a time, and only then all is emitted.
 * A visit is therefore a chain of questions, kept in visit->memory; see
 * bluesky_walk.h for where it begins and ends.
 */

#define MENTIONS "mentions"
#define PAGE 100   /* entries a page; more is refused */
#define EVERY_S 60 /* of search its makers ask not to be asked more often */

/* One question is kept back: a visit that is cut off brings nothing. */
#define STEPS (SRC_STEPS_MAX - 1)

enum step { STEP_PAGE, STEP_PROFILES, STEP_REFRESH, STEP_LOGIN };

struct memory {
	struct bluesky_session session;
	enum step asked;	   /* what the answer will be about */
	enum step need;		   /* STEP_REFRESH, STEP_LOGIN; else none */
	bool refreshed, logged_in; /* tried in this visit: not again */
	int n_asked;
	struct bluesky_walk walk;
	struct bluesky_authors authors;
	struct bluesky_look look;
};

static void
forget(void *arg)
{
	struct memory *m = arg;

	bluesky_session_free(&m->session);
	bluesky_walk_free(&m->walk);
	bluesky_authors_free(&m->authors);
	free(m);
}

static bool
is_mentions(const struct cq_source *s)
{
	return s->query != NULL && strcmp(s->query, MENTIONS) == 0;
}

static struct memory *
memory_of(struct src_visit *visit)
{
	struct memory *m = visit->memory;

	if (m == NULL) {
		m = cq_alloc(sizeof(*m));
		bluesky_walk_begin(&m->walk, visit, is_mentions(visit->source));
		visit->memory = m;
	}
	return m;
}

/* --- where it listens -------------------------------------------------- */

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address) || url_is_in(s->address, "bsky.app"))
		return cq_fail(err, CQ_INPUT,
		    "give the address of the account's server alone, such as "
		    "https://bsky.social");
	if (s->token_file == NULL)
		return cq_fail(err, CQ_INPUT,
		    "Bluesky wants a login: give a token file with "
		    "handle:app-password in its first line");
	if (!bluesky_is_query(s->query))
		return cq_fail(err, CQ_INPUT,
		    "the query says what to listen for: words, \"#tag\" or "
		    "\"mentions\"");
	return CQ_OK;
}

/* --- what is asked ----------------------------------------------------- */

static char *
page_url(const struct src_visit *visit, const struct bluesky_walk *walk)
{
	const struct cq_source *s = visit->source;
	bool mentions = is_mentions(s);
	char *base = url_at(s->address,
	    mentions ? "/xrpc/app.bsky.notification.listNotifications"
		     : "/xrpc/app.bsky.feed.searchPosts");
	char since[CQ_TIME_SIZE];
	struct cq_buf url = {0};

	cq_buf_str(&url, base);
	free(base);
	if (mentions) {
		url_add(&url, "reasons", "mention");
		url_add(&url, "reasons", "reply");
		url_add(&url, "reasons", "quote");
	} else {
		bluesky_add_query(&url, s->query);
		url_add(&url, "sort", "latest");
	}
	url_add_int(&url, "limit", PAGE);
	if (!mentions && walk->since_at != CQ_NO_TIME) {
		cq_time_rfc3339(walk->since_at, since);
		url_add(&url, "since", since);
	}
	url_add(&url, "cursor", walk->page);
	return cq_buf_take(&url);
}

static char *
profiles_url(const struct src_visit *visit, const struct memory *m)
{
	const char *dids[BLUESKY_BATCH];
	size_t n = bluesky_authors_next(&m->authors, dids, BLUESKY_BATCH);

	return bluesky_batch_url(visit->source->address,
	    "/xrpc/app.bsky.actor.getProfiles", "actors", dids, n);
}

/* Which question comes first: without a session there is only one. */
static enum cq_status
begin(struct src_visit *visit, struct memory *m, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;

	if (m->session.account == NULL)
		rc = bluesky_session_load(visit, &m->session, err);
	if (m->need == STEP_PAGE && m->session.access == NULL)
		m->need =
		    m->session.refresh == NULL ? STEP_LOGIN : STEP_REFRESH;
	m->n_asked++;
	return rc;
}

static enum cq_status
ask_session(struct src_visit *visit, struct memory *m, struct src_request *req,
    struct cq_err *err)
{
	m->asked = m->need;
	if (m->need == STEP_REFRESH)
		return bluesky_ask_refresh(visit, &m->session, req, err);
	return bluesky_ask_login(visit, req, err);
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	struct memory *m = memory_of(visit);
	enum cq_status rc;

	*req = (struct src_request){0};
	rc = begin(visit, m, err);
	if (rc != CQ_OK)
		return rc;
	if (m->need != STEP_PAGE)
		return ask_session(visit, m, req, err);
	if (m->walk.ended) {
		m->asked = STEP_PROFILES;
		req->url = profiles_url(visit, m);
	} else {
		m->asked = STEP_PAGE;
		req->url = page_url(visit, &m->walk);
	}
	return bluesky_show(&m->session, req, err);
}

/* --- the session's answers --------------------------------------------- */

/* True if another question may mend what this answer says. */
static bool
mends_session(struct memory *m, const struct src_answer *answer)
{
	if (m->session.account == NULL || !bluesky_is_expired(answer))
		return false;
	if (!m->refreshed && m->session.refresh != NULL)
		m->need = STEP_REFRESH;
	else if (!m->logged_in)
		m->need = STEP_LOGIN;
	return m->need != STEP_PAGE;
}

static enum cq_status
read_session(struct src_visit *visit, struct memory *m,
    const struct src_answer *answer, struct src_next *next, struct cq_err *err)
{
	bool login = m->asked == STEP_LOGIN;
	enum cq_status rc;

	if (bluesky_is_refused(answer)) {
		if (login)
			return bluesky_refused(answer, next, err);
		m->refreshed = true;
		m->need = STEP_LOGIN;
		next->more = true;
		return CQ_OK;
	}
	rc = bluesky_session_read(visit, &src_bluesky.limit, answer,
	    &m->session, next, err);
	if (rc != CQ_OK)
		return rc;
	m->refreshed = true;
	m->logged_in = m->logged_in || login;
	m->need = STEP_PAGE;
	next->more = true;
	next->wait_s = 0; /* that of logins, which are counted apart */
	return CQ_OK;
}

/* --- pages ------------------------------------------------------------- */

/* A search is not to be asked for too often, unless it is one's own. */
static int64_t
patience_s(const struct cq_source *s)
{
	char *host = is_mentions(s) ? NULL : url_host(s->address);
	bool theirs = host != NULL && !url_host_is_local(host);

	free(host);
	return theirs ? EVERY_S : 0;
}

static enum cq_status
finish(struct src_visit *visit, struct memory *m, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	bluesky_authors_fill(&m->authors, &m->walk.posts);
	bluesky_walk_finish(&m->walk, visit, emit, arg, next);
	next->every_s = patience_s(visit->source);
	return CQ_OK;
}

/* Looks up authors while questions are left, then emits. */
static enum cq_status
go_on(struct src_visit *visit, struct memory *m, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	if (bluesky_authors_left(&m->authors) == 0 || m->n_asked >= STEPS ||
	    next->wait_s > 0)
		return finish(visit, m, emit, arg, next);
	next->more = true;
	return CQ_OK;
}

/* Is there a question left for a page and for all who may stand on it? */
static bool
has_room(const struct memory *m)
{
	size_t authors = bluesky_authors_left(&m->authors) + PAGE;

	return m->n_asked + 1 +
	    (int)((authors + BLUESKY_BATCH - 1) / BLUESKY_BATCH) <=
	    STEPS;
}

static enum cq_status
read_page(struct src_visit *visit, struct memory *m,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	size_t n_before = m->walk.posts.n;
	struct json doc;
	enum cq_status rc;

	if (answer->http == 400 && m->walk.page != NULL) {
		bluesky_walk_break(&m->walk); /* what was read is kept */
		return go_on(visit, m, emit, arg, next);
	}
	rc = answer_json(visit, &src_bluesky, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	if (!bluesky_walk_page(&m->walk, visit, doc.root))
		rc = answer_not(answer, "a list of posts", err);
	json_free(&doc);
	if (rc != CQ_OK)
		return rc;
	bluesky_authors_note(&m->authors, &m->walk.posts, n_before);
	if (!m->walk.ended && has_room(m) && next->wait_s == 0) {
		next->more = true;
		return CQ_OK;
	}
	m->walk.ended = true;
	return go_on(visit, m, emit, arg, next);
}

/* Posts are not lost for want of their authors' reach. */
static enum cq_status
read_profiles(struct src_visit *visit, struct memory *m,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	struct json doc;

	if (answer_json(visit, &src_bluesky, answer, false, next, &doc, NULL) ==
	    CQ_OK) {
		bluesky_authors_read(&m->authors, doc.root, BLUESKY_BATCH);
		json_free(&doc);
	} else {
		bluesky_authors_give_up(&m->authors);
		next->pause = next->refused = false;
	}
	return go_on(visit, m, emit, arg, next);
}

static enum cq_status
read_answer(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct memory *m = memory_of(visit);

	*next = (struct src_next){0};
	if (m->asked == STEP_LOGIN || m->asked == STEP_REFRESH)
		return read_session(visit, m, answer, next, err);
	if (mends_session(m, answer)) {
		next->more = true;
		return CQ_OK;
	}
	if (m->asked == STEP_PROFILES)
		return read_profiles(visit, m, answer, emit, arg, next);
	return read_page(visit, m, answer, emit, arg, next, err);
}

/* --- known posts once more --------------------------------------------- */

static enum cq_status
ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	struct memory *m = memory_of(visit);
	char *url = bluesky_look_url(&m->look, visit, ids, n);
	enum cq_status rc;

	*req = (struct src_request){.url = url};
	if (url == NULL)
		return cq_fail(err, CQ_INPUT,
		    "none of these is a post of Bluesky");
	rc = begin(visit, m, err);
	if (rc != CQ_OK)
		return rc;
	/* it follows a visit, which has made a session: no other is made */
	if (m->need != STEP_PAGE)
		return cq_fail(err, CQ_NET,
		    "nobody is logged in: the next fetch sees to that");
	return bluesky_show(&m->session, req, err);
}

static enum cq_status
read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	*next = (struct src_next){0};
	return bluesky_look_read(&memory_of(visit)->look, visit, ids, n, answer,
	    emit, arg, next, err);
}

const struct src_ops src_bluesky = {
    .name = "bluesky",
    .help = "address: the account's server, https://bsky.social; query: "
	    "words, \"#tag\", or \"mentions\" of the token file's account",
    .every_s = EVERY_S,
    .max_body = HTTP_BODY_JSON,
    .limit = {"RateLimit-Remaining", "RateLimit-Reset", SRC_RESET_EPOCH},
    .sees_secret = true,
    .keeps_session = true,
    .check = check,
    .floor_s = patience_s,
    .ask = ask,
    .read = read_answer,
    .forget = forget,
    .again_max = BLUESKY_BATCH,
    .ask_again = ask_again,
    .read_again = read_again,
};
