#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/dedup.h"

#define NOW INT64_C(1795392000)
#define LONG_TEXT "Charged twice for my ticket and nobody answers"

/* One known post; its number is its place in the array. */
struct known {
	const char *id, *parent, *uri, *author, *text, *handle;
	int64_t seen_at;
	int64_t case_id;
};

struct fixture {
	const struct known *at;
	size_t n;
	const char *author; /* of the new post */
	int asked[4];	    /* by_id, by_child, by_uri, by_key */
	int64_t since;
	bool forged_key;	     /* every key is found: a collision */
	struct cq_normal normals[8]; /* of the known posts, once asked for */
};

static void
fill(struct fixture *f, size_t i, struct cq_dedup_hit *hit)
{
	const struct known *k = &f->at[i];

	if (f->normals[i].text == NULL && k->text != NULL)
		f->normals[i] = cq_normalise(k->text);
	*hit = (struct cq_dedup_hit){0};
	hit->post_id = (int64_t)i + 1;
	hit->case_id = k->case_id;
	hit->state = CQ_OPEN;
	hit->at = k->seen_at;
	hit->normal = &f->normals[i];
	hit->same_author = f->author != NULL && k->author != NULL &&
	    strcmp(f->author, k->author) == 0;
}

static const char *
handle(void *arg, const struct cq_dedup_hit *hit)
{
	struct fixture *f = arg;

	return f->at[hit->post_id - 1].handle;
}

/* Every word is a rare one, and no follow-up is known. */
static int64_t
count(void *arg, uint64_t key)
{
	(void)arg;
	(void)key;
	return 1;
}

static size_t
posts_with(void *arg, uint64_t key, int64_t *ids, size_t max)
{
	(void)arg;
	(void)key;
	(void)ids;
	(void)max;
	return 0;
}

static bool
by_author(void *arg, const char *brand, struct cq_dedup_hit *hit)
{
	(void)arg;
	(void)brand;
	(void)hit;
	return false;
}

static bool
apart(void *arg, int64_t a, int64_t b)
{
	(void)arg;
	(void)a;
	(void)b;
	return false;
}

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool
by_id(void *arg, const char *remote_id, struct cq_dedup_hit *hit)
{
	struct fixture *f = arg;
	size_t i;

	f->asked[0]++;
	for (i = 0; i < f->n; i++) {
		if (is(f->at[i].id, remote_id)) {
			fill(f, i, hit);
			return true;
		}
	}
	return false;
}

static bool
by_child(void *arg, const char *remote_id, struct cq_dedup_hit *hit)
{
	struct fixture *f = arg;
	size_t i;

	f->asked[1]++;
	for (i = 0; i < f->n; i++) {
		if (is(f->at[i].parent, remote_id)) {
			fill(f, i, hit);
			return true;
		}
	}
	return false;
}

static bool
by_uri(void *arg, const char *uri, struct cq_dedup_hit *hit)
{
	struct fixture *f = arg;
	size_t i;

	f->asked[2]++;
	for (i = 0; i < f->n; i++) {
		if (is(f->at[i].uri, uri)) {
			fill(f, i, hit);
			return true;
		}
	}
	return false;
}

static bool
by_key(void *arg, uint64_t key, int64_t since, int64_t to,
    struct cq_dedup_hit *hit)
{
	struct fixture *f = arg;
	struct cq_normal normal;
	bool same;
	size_t i;

	f->asked[3]++;
	f->since = since;
	assert_true(to > NOW);
	for (i = f->n; i-- > 0;) {
		if (f->at[i].text == NULL || f->at[i].seen_at < since)
			continue;
		normal = cq_normalise(f->at[i].text);
		same = normal.key == key;
		cq_normal_free(&normal);
		if (same || f->forged_key) {
			fill(f, i, hit);
			return true;
		}
	}
	return false;
}

static struct cq_verdict
decide(struct fixture *f, const struct cq_post *post)
{
	const struct cq_dedup_index index = {
	    .by_id = by_id,
	    .by_child = by_child,
	    .by_uri = by_uri,
	    .by_key = by_key,
	    .by_author = by_author,
	    .handle = handle,
	    .apart = apart,
	    .count = count,
	    .posts_with = posts_with,
	    .n_posts = 1000000,
	    .arg = f,
	};
	struct cq_normal normal = cq_normalise(post->text);
	const struct cq_question q = {
	    .post = post,
	    .normal = &normal,
	    .at = NOW,
	    .index = &index,
	};
	struct cq_verdict verdict;
	size_t i;

	f->author = post->author;
	cq_dedup_decide(&q, &verdict);
	cq_normal_free(&normal);
	for (i = 0; i < f->n; i++)
		cq_normal_free(&f->normals[i]);
	return verdict;
}

static struct cq_post
new_post(const char *text)
{
	return (struct cq_post){
	    .source = "s",
	    .id = "new",
	    .text = text,
	    .author = "me",
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME,
	};
}

static const struct known threads[] = {
    {"a", NULL, "tag:a", "x", "first words of a", "x", NOW - 60, 1},
    {"b", "new", NULL, "y", "an answer", "y", NOW - 60, 2},
    {"c", NULL, NULL, "z", LONG_TEXT, "z", NOW - 60, 3},
};

static struct fixture
knows_threads(void)
{
	return (struct fixture){.at = threads, .n = 3};
}

static void
assert_joined(const struct cq_verdict *v, enum cq_rule rule, int64_t case_id,
    const char *why)
{
	assert_int_equal(v->rule, rule);
	assert_int_equal(v->case_id, case_id);
	assert_int_equal(v->post_id, case_id); /* as the arrays are made */
	assert_string_equal(v->why, why);
}

static void
assert_first(const struct cq_verdict *v)
{
	assert_int_equal(v->rule, CQ_RULE_FIRST);
	assert_int_equal(v->case_id, 0);
	assert_int_equal(v->post_id, 0);
	assert_string_equal(v->why, "opened this case");
}

static void
test_post_that_nothing_fits_opens_a_case(void **state)
{
	struct fixture f = knows_threads();
	struct cq_post post = new_post("something else");
	struct cq_verdict v;

	(void)state;
	post.id = "other";
	v = decide(&f, &post);
	assert_first(&v);
}

static void
test_facts_decide_and_say_why(void **state)
{
	struct fixture f = knows_threads();
	struct cq_post post = new_post("something else");
	struct cq_verdict v;

	(void)state;
	post.id = "other";
	post.repost_of = "a";
	v = decide(&f, &post);
	assert_joined(&v, CQ_RULE_REPOST, 1, "a repost of a post of this case");
	post.repost_of = NULL;
	post.in_reply_to = "a";
	v = decide(&f, &post);
	assert_joined(&v, CQ_RULE_REPLY, 1, "a reply to a post of this case");
	post.in_reply_to = NULL;
	post.quote_of = "a";
	v = decide(&f, &post);
	assert_joined(&v, CQ_RULE_QUOTE, 1, "quotes a post of this case");
	post.quote_of = NULL;
	post.id = "new";
	v = decide(&f, &post);
	assert_joined(&v, CQ_RULE_PARENT, 2, "a post of this case answers it");
	post.id = "other";
	post.uri = "tag:a";
	v = decide(&f, &post);
	assert_joined(&v, CQ_RULE_URI, 1, "the same post on another network");
}

static void
test_first_stage_that_answers_decides(void **state)
{
	struct fixture f = knows_threads();
	struct cq_post post = new_post(LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	/* all stages could answer; each is taken away in turn */
	post.repost_of = post.in_reply_to = post.quote_of = "a";
	post.uri = "tag:a";
	v = decide(&f, &post);
	assert_int_equal(v.rule, CQ_RULE_REPOST);
	post.repost_of = "gone";
	v = decide(&f, &post);
	assert_int_equal(v.rule, CQ_RULE_REPLY);
	post.in_reply_to = "";
	v = decide(&f, &post);
	assert_int_equal(v.rule, CQ_RULE_QUOTE);
	post.quote_of = NULL;
	v = decide(&f, &post);
	assert_int_equal(v.rule, CQ_RULE_PARENT);
	post.id = "other";
	v = decide(&f, &post);
	assert_int_equal(v.rule, CQ_RULE_URI);
	post.uri = NULL;
	v = decide(&f, &post);
	assert_joined(&v, CQ_RULE_TEXT, 3, "the same text, another author");
}

static void
test_index_is_not_asked_for_what_a_post_does_not_name(void **state)
{
	struct fixture f = knows_threads();
	struct cq_post post = new_post("hi");
	struct cq_verdict v;

	(void)state;
	post.id = "other";
	post.uri = "";
	v = decide(&f, &post);
	assert_first(&v);
	assert_int_equal(f.asked[0], 0);
	assert_int_equal(f.asked[1], 1);
	assert_int_equal(f.asked[2], 0);
	assert_int_equal(f.asked[3], 0); /* too short for any text rule */
}

/* One known post with this text; the new post says the same. */
static struct cq_verdict
repeat(const char *known, const char *author, int64_t ago_s,
    const struct cq_post *post)
{
	const struct known k = {
	    "k", NULL, NULL, author, known, "@Ann", NOW - ago_s, 1};
	struct fixture f = {.at = &k, .n = 1};

	return decide(&f, post);
}

static void
test_same_text_of_another_author_needs_five_words_and_24_letters(void **state)
{
	static const struct {
		const char *text;
		bool joins;
	} rows[] = {
	    {"Thanks!", false},
	    {"DM sent, please answer", false}, /* 4 words */
	    {"a b c d e", false},	       /* 5 letters */
	    {"internationally uncommunicative", false},
	    {"abcd efgh ijkl mnop qrstuvw", false}, /* 23 letters */
	    {"abcd efgh ijkl mnop qrstuvwx", true},
	    {LONG_TEXT, true},
	    {"@acme @acme @acme @acme @acme https://t.co/xxxxxxxx", false},
	};
	struct cq_verdict v;
	struct cq_post post;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post = new_post(rows[i].text);
		v = repeat(rows[i].text, "ann", 60, &post);
		assert_int_equal(v.rule,
		    rows[i].joins ? CQ_RULE_TEXT : CQ_RULE_FIRST);
	}
}

static void
test_reply_never_joins_another_authors_case_by_its_words(void **state)
{
	struct cq_post post = new_post(LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	post.in_reply_to = "unknown";
	v = repeat(LONG_TEXT, "ann", 60, &post);
	assert_first(&v);
	v = repeat(LONG_TEXT, "me", 60, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	post.in_reply_to = "";
	v = repeat(LONG_TEXT, "ann", 60, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
}

static void
test_same_text_of_the_same_author_needs_three_words_and_ten_letters(void *
	*state)
{
	struct cq_post post = new_post("where is it");
	struct cq_verdict v;

	(void)state;
	v = repeat("where is it", "me", 60, &post); /* 9 letters */
	assert_first(&v);
	post.text = "still waiting";
	v = repeat("still waiting", "me", 60, &post); /* 2 words */
	assert_first(&v);
	post.text = "where is my";
	v = repeat("Where is MY?", "me", 60, &post);
	assert_first(&v);
	post.text = "where is mine";
	v = repeat("Where is MINE?", "me", 60, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
}

static void
test_reason_tells_how_much_later_the_same_author_wrote(void **state)
{
	static const struct {
		int64_t ago_s;
		const char *why;
	} rows[] = {
	    {-5, "the same text, same author, within a minute"},
	    {59, "the same text, same author, within a minute"},
	    {12 * 60, "the same text, same author, 12 min later"},
	    {2 * 3600 - 1, "the same text, same author, 119 min later"},
	    {2 * 3600, "the same text, same author, 2 h later"},
	    {2 * 86400 - 1, "the same text, same author, 47 h later"},
	    {3 * 86400, "the same text, same author, 3 days later"},
	};
	struct cq_post post = new_post(LONG_TEXT);
	struct cq_verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		v = repeat(LONG_TEXT, "me", rows[i].ago_s, &post);
		assert_joined(&v, CQ_RULE_TEXT, 1, rows[i].why);
	}
}

static void
test_retweet_that_names_the_author_needs_less_text(void **state)
{
	static const struct {
		const char *text;
		bool joins;
	} rows[] = {
	    {"RT @ann: where is mine", true},
	    {"so true RT @ANN where is mine", true},
	    {"where is mine via @ann", true},
	    {"RT @bo: where is mine", false},
	    {"RT @an: where is mine", false},
	    {"RT @anna: where is mine", false},
	    {"where is mine", false},
	    {"where is mine cc @ann", false},
	};
	struct cq_verdict v;
	struct cq_post post;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post = new_post(rows[i].text);
		v = repeat("where is mine", "ann", 60, &post);
		if ((v.rule == CQ_RULE_TEXT) != rows[i].joins)
			fail_msg("\"%s\"", rows[i].text);
		if (rows[i].joins)
			assert_string_equal(v.why,
			    "the same text, names its author");
	}
}

static void
test_named_author_may_lack_the_server_but_not_have_another(void **state)
{
	static const struct {
		const char *handle, *text;
		bool joins;
	} rows[] = {
	    {"ann@a.example", "RT @ann: where is mine", true},
	    {"ann@a.example", "RT @ann@a.example: where is mine", true},
	    {"ann@a.example", "RT @ann@b.example: where is mine", false},
	    {"ann", "RT @ann@a.example: where is mine", false},
	    {NULL, "RT @ann: where is mine", false},
	};
	struct known k = {"k", NULL, NULL, "x", "where is mine", NULL, NOW, 1};
	struct fixture f = {.at = &k, .n = 1};
	struct cq_verdict v;
	struct cq_post post;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		k.handle = rows[i].handle;
		post = new_post(rows[i].text);
		v = decide(&f, &post);
		assert_int_equal(v.rule == CQ_RULE_TEXT, rows[i].joins);
	}
}

static void
test_text_older_than_a_week_proves_nothing(void **state)
{
	struct cq_post post = new_post(LONG_TEXT);
	struct cq_verdict v;

	(void)state;
	v = repeat(LONG_TEXT, "ann", CQ_COPY_WINDOW_S, &post);
	assert_int_equal(v.rule, CQ_RULE_TEXT);
	v = repeat(LONG_TEXT, "ann", CQ_COPY_WINDOW_S + 1, &post);
	assert_first(&v);
}

static void
test_equal_key_of_another_text_does_not_join(void **state)
{
	const struct known k = {"k", NULL, NULL, "me",
	    "quite other words than those of the new post", "me", NOW, 1};
	struct fixture f = {.at = &k, .n = 1, .forged_key = true};
	struct cq_post post = new_post(LONG_TEXT);
	struct cq_verdict v = decide(&f, &post);

	(void)state;
	assert_int_equal(f.asked[3], 1);
	assert_int_equal(f.since, NOW - CQ_COPY_WINDOW_S);
	assert_first(&v);
}

static void
test_what_differs_in_a_number_is_another_case(void **state)
{
	struct cq_post post =
	    new_post("flight 456 is late again and nobody tells us why");
	struct cq_verdict v =
	    repeat("flight 123 is late again and nobody tells us why", "ann",
		60, &post);

	(void)state;
	assert_first(&v);
	post.text = "waiting for 15 hours now and nobody tells us why";
	v = repeat("waiting for 1.5 hours now and nobody tells us why", "ann",
	    60, &post);
	assert_first(&v);
}

static void
test_rules_are_known_by_name(void **state)
{
	static const char *const names[CQ_N_RULES] = {"first", "repost",
	    "reply", "quote", "parent", "uri", "link", "conversation", "text",
	    "copy", "follow-up", "alike", "either", "like", "person"};
	enum cq_rule rule;
	int i;

	(void)state;
	for (i = 0; i < CQ_N_RULES; i++) {
		assert_string_equal(cq_rule_name(i), names[i]);
		assert_true(cq_rule_parse(names[i], &rule));
		assert_int_equal(rule, i);
	}
	assert_false(cq_rule_parse("Reply", &rule));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_post_that_nothing_fits_opens_a_case),
	    cmocka_unit_test(test_facts_decide_and_say_why),
	    cmocka_unit_test(test_first_stage_that_answers_decides),
	    cmocka_unit_test(
		test_index_is_not_asked_for_what_a_post_does_not_name),
	    cmocka_unit_test(
		test_same_text_of_another_author_needs_five_words_and_24_letters),
	    cmocka_unit_test(
		test_reply_never_joins_another_authors_case_by_its_words),
	    cmocka_unit_test(
		test_same_text_of_the_same_author_needs_three_words_and_ten_letters),
	    cmocka_unit_test(
		test_reason_tells_how_much_later_the_same_author_wrote),
	    cmocka_unit_test(
		test_retweet_that_names_the_author_needs_less_text),
	    cmocka_unit_test(
		test_named_author_may_lack_the_server_but_not_have_another),
	    cmocka_unit_test(test_text_older_than_a_week_proves_nothing),
	    cmocka_unit_test(test_equal_key_of_another_text_does_not_join),
	    cmocka_unit_test(test_what_differs_in_a_number_is_another_case),
	    cmocka_unit_test(test_rules_are_known_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
