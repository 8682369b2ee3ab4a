#include "tests/known_posts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <strings.h>

#include "core/link.h"

static bool
is(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_said(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Brands are compared without case. */
static bool
is_brand(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcasecmp(a, b) == 0;
}

static bool
same_author(const struct known_posts *k, const struct cq_post *old)
{
	return is_said(old->author, k->new->author) &&
	    is(old->source, k->new->source);
}

static bool
by_post(void *arg, int64_t id, struct cq_dedup_hit *hit)
{
	const struct known_posts *k = arg;
	const struct known_post *p = &k->at[id - 1];

	*hit = (struct cq_dedup_hit){.post_id = id,
	    .at = p->at,
	    .same_author = same_author(k, &p->post),
	    .same_source = is(p->post.source, k->new->source),
	    .normal = &p->normal,
	    .brand = p->post.brand,
	    .lang = p->post.lang};
	return true;
}

static void
place(void *arg, struct cq_dedup_hit *hit)
{
	const struct known_posts *k = arg;

	hit->case_id = k->at[hit->post_id - 1].case_id;
	hit->state = k->at[hit->post_id - 1].state;
}

static bool
give(struct known_posts *k, size_t i, struct cq_dedup_hit *hit)
{
	by_post(k, (int64_t)i + 1, hit);
	place(k, hit);
	return true;
}

static bool
by_id(void *arg, const char *remote_id, struct cq_dedup_hit *hit)
{
	struct known_posts *k = arg;

	k->asked[ASKED_ID]++;
	for (size_t i = 0; i < k->n; i++)
		if (is(k->at[i].post.id, remote_id) &&
		    is(k->at[i].post.source, k->new->source))
			return give(k, i, hit);
	return false;
}

static bool
by_child(void *arg, const char *remote_id, struct cq_dedup_hit *hit)
{
	struct known_posts *k = arg;

	k->asked[ASKED_CHILD]++;
	for (size_t i = 0; i < k->n; i++) {
		const struct cq_post *p = &k->at[i].post;

		if (is(p->source, k->new->source) &&
		    (is(p->in_reply_to, remote_id) ||
			is(p->repost_of, remote_id) ||
			is(p->quote_of, remote_id)))
			return give(k, i, hit);
	}
	return false;
}

static bool
by_uri(void *arg, const char *uri, struct cq_dedup_hit *hit)
{
	struct known_posts *k = arg;

	k->asked[ASKED_URI]++;
	for (size_t i = 0; i < k->n; i++)
		if (is(k->at[i].post.uri, uri))
			return give(k, i, hit);
	return false;
}

static bool
by_link(void *arg, int64_t key, struct cq_dedup_hit *hit)
{
	struct known_posts *k = arg;

	k->asked[ASKED_LINK]++;
	for (size_t i = 0; i < k->n; i++)
		if (cq_link_key(k->at[i].post.url) == key &&
		    !is(k->at[i].post.source, k->new->source))
			return give(k, i, hit);
	return false;
}

static bool
by_conversation(void *arg, const char *conversation, struct cq_dedup_hit *hit)
{
	struct known_posts *k = arg;

	k->asked[ASKED_CONVERSATION]++;
	for (size_t i = k->n; i-- > 0;)
		if (is(k->at[i].post.conversation, conversation) &&
		    same_author(k, &k->at[i].post))
			return give(k, i, hit);
	return false;
}

static bool
by_key(void *arg, uint64_t key, int64_t from, int64_t to,
    struct cq_dedup_hit *hit)
{
	struct known_posts *k = arg;
	size_t best = KNOWN_MAX;

	k->asked[ASKED_KEY]++;
	for (size_t i = k->n; i-- > 0;) {
		const struct known_post *p = &k->at[i];

		if ((p->normal.key != key && !k->forged_key) || p->at < from ||
		    p->at > to)
			continue;
		if (best == KNOWN_MAX || same_author(k, &p->post))
			best = i;
		if (same_author(k, &p->post))
			break;
	}
	return best < KNOWN_MAX && give(k, best, hit);
}

static bool
opened_by(const struct known_posts *k, int64_t case_id, const char *author)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->at[i].case_id == case_id)
			return is(k->at[i].post.author, author);
	return false;
}

static bool
by_author(void *arg, const char *brand, struct cq_dedup_hit *hit)
{
	struct known_posts *k = arg;

	k->asked[ASKED_AUTHOR]++;
	for (size_t i = k->n; i-- > 0;)
		if (same_author(k, &k->at[i].post) &&
		    is_brand(k->at[i].post.brand, brand) &&
		    opened_by(k, k->at[i].case_id, k->new->author))
			return give(k, i, hit);
	return false;
}

static const char *
handle(void *arg, const struct cq_dedup_hit *hit)
{
	const struct known_posts *k = arg;
	const struct cq_post *p = &k->at[hit->post_id - 1].post;

	return p->handle == NULL ? p->author : p->handle;
}

static bool
apart(void *arg, int64_t a, int64_t b)
{
	const struct known_posts *k = arg;
	const int64_t *said = k->apart;

	if (b == 0)
		return a == said[0] || a == said[1];
	return (a == said[0] && b == said[1]) || (a == said[1] && b == said[0]);
}

static bool
has_mark(const struct cq_normal *normal, uint64_t key)
{
	for (size_t i = 0; i < normal->n_marks; i++)
		if (normal->marks[i] == key)
			return true;
	return false;
}

static bool
is_in(const struct cq_words *words, uint64_t key)
{
	for (size_t i = 0; i < words->n; i++)
		if (words->at[i].key == key)
			return true;
	return false;
}

static int64_t
count(void *arg, uint64_t key)
{
	const struct known_posts *k = arg;
	struct cq_words usual = cq_words_of(k->usual == NULL ? "" : k->usual);
	int64_t n = is_in(&usual, key) ? k->n_usual : 0, n_known = 0;

	cq_words_free(&usual);
	for (size_t i = 0; i < k->n; i++)
		n_known += is_in(&k->at[i].normal.words, key) ||
		    has_mark(&k->at[i].normal, key);
	return n > n_known ? n : n_known;
}

static size_t
posts_with(void *arg, uint64_t key, int64_t *ids, size_t max)
{
	struct known_posts *k = arg;
	size_t n = 0;

	k->asked[ASKED_WORD]++;
	for (size_t i = k->n; i-- > 0 && n < max;)
		if (is_in(&k->at[i].normal.words, key))
			ids[n++] = (int64_t)i + 1;
	return n;
}

struct cq_post
post_by(const char *author, const char *text)
{
	return (struct cq_post){.source = "s",
	    .id = "new",
	    .text = text,
	    .author = author,
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME};
}

struct cq_post
known_post_by(const char *author, const char *text)
{
	struct cq_post p = post_by(author, text);

	p.id = "known";
	return p;
}

struct known_post *
known_posts_add(struct known_posts *k, int64_t case_id, int64_t ago_s,
    const struct cq_post *post)
{
	struct known_post *p = &k->at[k->n];

	assert_true(k->n < KNOWN_MAX);
	k->n++;
	*p = (struct known_post){.post = *post,
	    .normal = cq_normalise(post->text),
	    .case_id = case_id,
	    .at = NOON - ago_s,
	    .state = CQ_OPEN};
	return p;
}

struct cq_verdict
known_posts_decide(struct known_posts *k, const struct cq_post *post)
{
	const struct cq_dedup_index index = {
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
	    .n_posts = k->n_posts == 0 ? (int64_t)k->n : k->n_posts,
	    .arg = k,
	};
	struct cq_normal normal = cq_normalise(post->text);
	const struct cq_question q = {
	    .post = post,
	    .normal = &normal,
	    .link_key = cq_link_key(post->url),
	    .at = NOON,
	    .index = &index,
	    .policy = k->policy,
	    .weighed = k->weighed,
	    .arg = k->weighed_arg,
	};
	struct cq_verdict verdict;

	k->new = post;
	cq_dedup_decide(&q, &verdict);
	k->new = NULL;
	cq_normal_free(&normal);
	return verdict;
}

void
known_posts_tell(struct known_posts *k, int64_t case_id, const char *author,
    const char *text)
{
	struct cq_post p = known_post_by(author, text);

	known_posts_add(k, case_id, 60, &p)->state = CQ_RESOLVED;
}

struct cq_verdict
known_posts_ask(struct known_posts *k, const char *author, const char *text)
{
	struct cq_post p = post_by(author, text);

	return known_posts_decide(k, &p);
}

void
known_posts_free(struct known_posts *k)
{
	for (size_t i = 0; i < k->n; i++)
		cq_normal_free(&k->at[i].normal);
	k->n = 0;
}

void
expect_join(const struct cq_verdict *v, enum cq_rule rule, int64_t case_id,
    const char *why)
{
	if (v->rule != rule)
		fail_msg("%s (%s) rather than %s", cq_rule_name(v->rule),
		    v->why, cq_rule_name(rule));
	assert_int_equal(v->case_id, case_id);
	assert_int_equal(v->post_id, case_id); /* as cases are made here */
	assert_string_equal(v->why, why);
}

void
expect_first(const struct cq_verdict *v)
{
	if (v->rule != CQ_RULE_FIRST)
		fail_msg("%s (%s)", cq_rule_name(v->rule), v->why);
	assert_int_equal(v->case_id, 0);
	assert_int_equal(v->post_id, 0);
	assert_string_equal(v->why, "opened this case");
}

void
expect_alike(const struct cq_verdict *v, const char *why)
{
	expect_first(v);
	assert_int_equal(v->n_suggestions, 1);
	assert_int_equal(v->suggestions[0].rule, CQ_RULE_ALIKE);
	assert_int_equal(v->suggestions[0].case_id, 1);
	assert_string_equal(v->suggestions[0].why, why);
}
