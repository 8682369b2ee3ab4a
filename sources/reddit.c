#include "sources/reddit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/post.h"
#include "sources/adapters.h"
#include "sources/answer.h"
#include "sources/back.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * Reddit: new posts of a subreddit, its comments, what a search finds, or
 * the mentions of an account.
 *
 * Lists can be asked for what stands before a known entry; but once that one
 * was removed they are empty for ever, and what moderators let through late
 * stands behind it.  So they are read from the newest entry back to the time
 * of what is known, 100 at a time; mostly that is one question.  The cursor
 * is that time.
 */

#define AGAIN_MAX 100
#define LATE_S 120	  /* moderators let posts through late */
#define LATE_SEARCH_S 900 /* and the index of the search is late as well */
#define LIST_FULL 900	  /* no list goes further back than about 1,000 */
#define SEARCH_FULL 200	  /* and no search than about 250 */
#define BLOCKED_S 3600
#define STEPS (SRC_STEPS_MAX - 1)

struct memory {
	struct reddit_access access;
	bool asked_access; /* what the answer will be about */
	bool fresh;	   /* the token was bought in this visit */
	bool stale;	   /* the one that was kept is worth nothing */
	int n_asked;
	struct src_back *back; /* what was read, newest first */
	int n_entries;
	int64_t newest_at, oldest_at; /* of them; CQ_NO_TIME */
};

static void
forget(void *arg)
{
	struct memory *m = arg;

	reddit_access_free(&m->access);
	back_free(m->back);
	free(m);
}

static struct memory *
memory_of(struct src_visit *visit)
{
	struct memory *m = visit->memory;

	if (m == NULL) {
		m = cq_alloc(sizeof(*m));
		m->back = back_new();
		m->newest_at = m->oldest_at = CQ_NO_TIME;
		visit->memory = m;
	}
	return m;
}

/* The newest entry that is known; CQ_NO_TIME. */
static int64_t
known_at(const struct src_visit *visit)
{
	long long at;
	int n = 0;

	return sscanf(visit->cursor, "%lld%n", &at, &n) == 1 &&
		visit->cursor[n] == '\0' && at >= 0
	    ? at
	    : CQ_NO_TIME;
}

/* --- what is asked ----------------------------------------------------- */

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);
	struct reddit_place place;

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address))
		return cq_fail(err, CQ_INPUT,
		    "give https://www.reddit.com as the address; the query "
		    "says where to listen");
	if (s->token_file == NULL)
		return cq_fail(err, CQ_INPUT,
		    "Reddit answers approved apps only: give a token file with "
		    "client-id:client-secret in its first line");
	if (!reddit_place_read(s->query, &place))
		return cq_fail(err, CQ_INPUT,
		    "the query is \"r/NAME\", \"r/NAME/comments\", "
		    "\"mentions\", "
		    "words to search for, or \"r/NAME words\"");
	return CQ_OK;
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	struct memory *m = memory_of(visit);
	struct reddit_place place;
	enum cq_status rc = CQ_OK;

	*req = (struct src_request){0};
	if (!reddit_place_read(visit->source->query, &place))
		return cq_fail(err, CQ_INPUT, "the query cannot be read");
	m->n_asked++;
	if (m->access.token == NULL && !m->stale)
		rc = reddit_access_load(visit, &m->access, err);
	if (rc != CQ_OK)
		return rc;
	m->asked_access = m->access.token == NULL;
	if (m->asked_access)
		return reddit_ask_access(visit, &m->access, req, err);
	req->stays = true; /* to a search: there is no such subreddit */
	req->url = reddit_url_of_page(visit->source, &place, m->back->older);
	return reddit_show(&m->access, req, err);
}

/* --- answers that are no list ------------------------------------------ */

static enum cq_status
read_access(struct src_visit *visit, struct memory *m,
    const struct src_answer *answer, struct src_next *next, struct cq_err *err)
{
	enum cq_status rc = reddit_read_access(visit, &src_reddit.limit, answer,
	    &m->access, next, err);

	if (rc == CQ_OK) {
		m->fresh = true;
		next->more = true;
	}
	return rc;
}

/* Not by those who know apps and accounts, but by those before them. */
static enum cq_status
blocked(struct src_next *next, struct cq_err *err)
{
	next->wait_s = BLOCKED_S;
	return cq_fail(err, CQ_NET,
	    "Reddit blocks this computer's network (403): it will be asked "
	    "again in an hour");
}

/* Why the service says no: "private", "banned", ...; "" if it does not. */
static void
read_reason(const struct src_answer *answer, char reason[32])
{
	struct json doc;
	const char *s;

	*reason = '\0';
	if (json_read(answer->body, answer->n, NULL, &doc, NULL) != CQ_OK)
		return;
	s = src_within(json_str(doc.root, "reason"), 31);
	if (s != NULL)
		strcpy(reason, s);
	json_free(&doc);
}

/* What holds for one subreddit says nothing about the account. */
static enum cq_status
no_list(const struct reddit_place *place, const struct src_answer *answer,
    struct src_next *next, struct cq_err *err)
{
	char reason[32];

	read_reason(answer, reason);
	next->pause = true;
	if (answer->http / 100 == 3)
		return cq_fail(err, CQ_NET,
		    "Reddit knows no r/%s: check the query", place->sub);
	if (answer->http == 404 && strcmp(reason, "banned") == 0)
		return cq_fail(err, CQ_NET, "Reddit has banned r/%s",
		    place->sub);
	if (place->kind == REDDIT_MENTIONS)
		return cq_fail(err, CQ_NET,
		    "Reddit shows no mentions (%d): they want a refresh token "
		    "with the scopes read and privatemessages",
		    answer->http);
	if (strcmp(reason, "quarantined") == 0)
		return cq_fail(err, CQ_NET,
		    "r/%s is quarantined: it is shown only to accounts that "
		    "agreed to that",
		    place->sub);
	next->pause = strcmp(reason, "private") != 0;
	return cq_fail(err, CQ_NET,
	    "r/%s is %s (%d): only its members can read it", place->sub,
	    next->pause ? "closed to this app" : "private", answer->http);
}

static bool
is_no_list(const struct reddit_place *place, const struct src_answer *answer)
{
	const char *to = answer->header(answer, "Location");
	char reason[32];

	if (answer->http == 302)
		return *place->sub != '\0' && to != NULL &&
		    strstr(to, "/subreddits/search") != NULL;
	if (answer->http == 403)
		return (*place->sub != '\0' ||
			   place->kind == REDDIT_MENTIONS) &&
		    !answer_is_web_page(answer);
	read_reason(answer, reason);
	return answer->http == 404 && *place->sub != '\0' &&
	    strcmp(reason, "banned") == 0;
}

/* A token that was kept may have ended early; a new one has not. */
static bool
is_worn(struct memory *m, const struct src_answer *answer)
{
	if (answer->http != 401 || m->fresh || m->stale)
		return false;
	src_wipe(&m->access.token);
	m->stale = true;
	return true;
}

/* --- pages ------------------------------------------------------------- */

static void
keep_entries(struct src_visit *visit, struct memory *m, const cJSON *children)
{
	const cJSON *child;

	cJSON_ArrayForEach(child, children)
	{
		int64_t at = reddit_time(child);

		m->n_entries++;
		if (at == CQ_NO_TIME)
			continue;
		if (at <= visit->now && at > m->newest_at)
			m->newest_at = at;
		m->oldest_at = at;
	}
	cJSON_ArrayForEach(child, children)
	{
		reddit_emit(visit->source->name, child, back_keep, m->back);
	}
}

/* Was it read back to what is known, or not wanted any more? */
static bool
has_reached(const struct src_visit *visit, const struct memory *m, bool search)
{
	int64_t late = search ? LATE_SEARCH_S : LATE_S;
	int64_t known = known_at(visit);

	if (m->oldest_at == CQ_NO_TIME)
		return false;
	if (known == CQ_NO_TIME)
		return visit->since_at != CQ_NO_TIME &&
		    m->oldest_at < visit->since_at;
	return m->oldest_at < known - late;
}

/* All that was read, oldest first, and where to go on from. */
static void
finish(struct src_visit *visit, struct memory *m, src_emit_fn emit, void *arg,
    struct src_next *next)
{
	int64_t known = known_at(visit);

	back_emit(m->back, emit, arg);
	if (m->newest_at != CQ_NO_TIME && m->newest_at > known)
		next->cursor = cq_format("%lld", (long long)m->newest_at);
}

/*
 * The list ended before what is known: is that all there is, or was it too
 * long to be given?
 */
static void
end_short(const struct src_visit *visit, const struct memory *m, int full,
    struct src_next *next)
{
	int64_t known = known_at(visit);

	if (m->n_entries < full ||
	    (known != CQ_NO_TIME && m->oldest_at != CQ_NO_TIME &&
		m->oldest_at <= known))
		return;
	next->jumped = true;
	next->jumped_at = known;
}

static void
read_list(struct src_visit *visit, struct memory *m, const cJSON *list,
    bool search, src_emit_fn emit, void *arg, struct src_next *next)
{
	const cJSON *children = json_member(list, "children");
	const char *after = json_str(list, "after");
	bool more = after != NULL && reddit_is_id(after);
	int full = more ? 0 : search ? SEARCH_FULL : LIST_FULL;

	keep_entries(visit, m, children);
	if (has_reached(visit, m, search)) {
		finish(visit, m, emit, arg, next);
	} else if (!more || m->n_asked >= STEPS) {
		end_short(visit, m, full, next);
		finish(visit, m, emit, arg, next);
	} else if (next->wait_s > 0) {
		/* the rest is read next time, from the start */
		back_emit(m->back, emit, arg);
	} else {
		back_on(m->back, after);
		next->more = true;
	}
}

static enum cq_status
read_page(struct src_visit *visit, const struct src_answer *answer,
    src_emit_fn emit, void *arg, struct src_next *next, struct cq_err *err)
{
	struct memory *m = memory_of(visit);
	struct reddit_place place;
	const cJSON *list;
	struct json doc;
	enum cq_status rc;

	*next = (struct src_next){0};
	if (answer->http == 403 && answer_is_web_page(answer))
		return blocked(next, err);
	if (m->asked_access)
		return read_access(visit, m, answer, next, err);
	reddit_place_read(visit->source->query, &place);
	if (is_no_list(&place, answer))
		return no_list(&place, answer, next, err);
	if (is_worn(m, answer)) {
		next->more = true;
		return CQ_OK;
	}
	rc = answer_json(visit, &src_reddit, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	list = json_member(doc.root, "data");
	if (cJSON_IsArray(json_member(list, "children")))
		read_list(visit, m, list, place.kind == REDDIT_SEARCH, emit,
		    arg, next);
	else
		rc = answer_not(answer, "a list of posts", err);
	json_free(&doc);
	return rc;
}

/* --- known posts once more --------------------------------------------- */

/* Right after a visit the token is still good; else another time will do. */
static enum cq_status
ask_again(struct src_visit *visit, const char *const *ids, size_t n,
    struct src_request *req, struct cq_err *err)
{
	struct memory *m = memory_of(visit);
	enum cq_status rc = reddit_access_load(visit, &m->access, err);

	*req = (struct src_request){0};
	if (rc != CQ_OK)
		return rc;
	if (m->access.token == NULL)
		return cq_fail(err, CQ_INPUT, "there is no access token now");
	req->url = reddit_url_of_posts(visit->source, ids, n);
	if (req->url == NULL)
		return cq_fail(err, CQ_INPUT,
		    "none of these is a post of Reddit");
	return reddit_show(&m->access, req, err);
}

/* Of one that is not among them nothing is known. */
static enum cq_status
read_again(struct src_visit *visit, const char *const *ids, size_t n,
    const struct src_answer *answer, src_emit_fn emit, void *arg,
    struct src_next *next, struct cq_err *err)
{
	const cJSON *children, *child;
	struct json doc;
	enum cq_status rc;
	size_t i;

	*next = (struct src_next){0};
	rc = answer_json(visit, &src_reddit, answer, false, next, &doc, err);
	if (rc != CQ_OK)
		return rc;
	children = json_member(json_member(doc.root, "data"), "children");
	if (!cJSON_IsArray(children))
		rc = answer_not(answer, "a list of posts", err);
	cJSON_ArrayForEach(child, children)
	{
		const char *id = json_str(json_member(child, "data"), "name");

		for (i = 0; i < n && id != NULL && rc == CQ_OK; i++)
			if (strcmp(ids[i], id) == 0)
				reddit_emit(visit->source->name, child, emit,
				    arg);
	}
	json_free(&doc);
	return rc;
}

const struct src_ops src_reddit = {
    .name = "reddit",
    .help = "address: https://www.reddit.com; query: \"r/NAME\", "
	    "\"r/NAME/comments\", \"mentions\", words, or \"r/NAME words\"",
    .every_s = 120,
    .max_body = HTTP_BODY_FEED,
    .limit = {"x-ratelimit-remaining", "x-ratelimit-reset", SRC_RESET_SECONDS},
    .sees_secret = true,
    .keeps_session = true,
    .check = check,
    .ask = ask,
    .read = read_page,
    .forget = forget,
    .again_max = AGAIN_MAX,
    .ask_again = ask_again,
    .read_again = read_again,
};
