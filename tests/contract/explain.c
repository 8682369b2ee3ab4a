#include "tests/store_fixture.h"

#include <stdlib.h>
#include <string.h>

/* Why a post is where it is. */

#define MINUTE 60

#define FIRST                                                       \
	"the night bus to the airport left the stop at the market " \
	"ten minutes before its time"
#define SLIP                                                        \
	"the nigth bus to the airport left the stop at the market " \
	"ten minutes before its time"
#define OTHER                                                       \
	"the night bus to the harbour left the stop at the market " \
	"ten minutes before its time"

static int64_t
post_id(struct fixture *f, const char *remote_id)
{
	int64_t id = 0;

	OK(f, cq_store_post_id(f->store, "chirp", remote_id, &id, &f->err));
	return id;
}

static struct cq_explained
explain(struct fixture *f, const char *remote_id)
{
	struct cq_explained e;

	OK(f, cq_store_explain(f->store, post_id(f, remote_id), &e, &f->err));
	return e;
}

/* Two posts of strangers, the second a copy with a slip. */
static int64_t
a_copy(struct fixture *f)
{
	struct cq_post p = a_post("1", "jo", FIRST);
	int64_t id = put(f, &p);

	f->now += MINUTE;
	p = a_post("2", "kim", SLIP);
	assert_int_equal(put(f, &p), id);
	return id;
}

static void
test_a_copy_names_its_original_with_figures_and_a_sentence(void **state)
{
	struct fixture *f = *state;
	int64_t id = a_copy(f);
	struct cq_explained e = explain(f, "2");

	assert_int_equal(e.rule, CQ_RULE_COPY);
	assert_int_equal(e.near.id, post_id(f, "1"));
	assert_int_equal(e.near.case_id, id);
	assert_string_equal(e.near.handle.s, "jo");
	assert_string_equal(e.near.text.s, FIRST);
	assert_true(e.has_figures);
	assert_int_equal(e.typos, 1);
	assert_int_equal(e.same, e.of);
	assert_true(e.bits >= CQ_BITS_COPY);
	assert_non_null(strstr(e.why.s, "1 spelling difference"));
	assert_null(e.moved.s);
	assert_int_equal(e.post.case_id, id);
	assert_int_equal(e.n_suggestions, 0);
	cq_explained_free(&e);
}

static void
test_asked_again_it_gives_the_same_answer_of_the_posts_before(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("3", "lou", SLIP);
	struct cq_explained e;
	int64_t id = a_copy(f);

	assert_int_equal(put(f, &p), id);
	new_case(f, "4");
	e = explain(f, "2");
	assert_int_equal(e.n_since, 2);
	assert_int_equal(e.now.rule, CQ_RULE_COPY);
	assert_int_equal(e.now.post_id, post_id(f, "1"));
	assert_int_equal(e.n_candidates, 1); /* not those that came later */
	assert_int_equal(e.candidates[0].post.id, post_id(f, "1"));
	assert_true(e.candidates[0].copy.copy);
	assert_int_equal(e.candidates[0].copy.typos, 1);
	cq_explained_free(&e);
	e = explain(f, "1");
	assert_int_equal(e.rule, CQ_RULE_FIRST);
	assert_int_equal(e.now.rule, CQ_RULE_FIRST);
	assert_int_equal(e.near.id, 0);
	assert_false(e.has_figures);
	assert_int_equal(e.n_candidates, 0);
	assert_int_equal(e.n_since, 3);
	cq_explained_free(&e);
}

static void
test_what_a_guard_kept_apart_is_told_with_the_guard(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("3", "lou", OTHER);
	struct cq_explained e;
	int64_t id = a_copy(f);

	assert_int_not_equal(put(f, &p), id);
	e = explain(f, "3");
	assert_int_equal(e.rule, CQ_RULE_FIRST);
	assert_int_equal(e.n_candidates, 2);
	for (size_t i = 0; i < e.n_candidates; i++) {
		assert_false(e.candidates[i].copy.copy);
		assert_int_not_equal(e.candidates[i].copy.guard, CQ_GUARD_NONE);
		assert_int_equal(e.candidates[i].post.case_id, id);
	}
	assert_int_equal(e.n_suggestions, 1);
	assert_int_equal(e.suggestions[0].rule, CQ_RULE_ALIKE);
	assert_int_equal(e.suggestions[0].other.case_id, id);
	assert_string_equal(e.suggestions[0].state, "pending");
	assert_non_null(strstr(e.suggestions[0].why.s, "harbour"));
	cq_explained_free(&e);
}

static void
test_what_a_person_did_since_stands_beside_what_the_rule_decided(void **state)
{
	struct fixture *f = *state;
	struct cq_explained e;
	char *why;
	int64_t id = a_copy(f), new;

	e = explain(f, "2");
	why = strdup(e.why.s);
	cq_explained_free(&e);
	new = split(f, "ana", id, post_id(f, "2"));
	e = explain(f, "2");
	assert_int_equal(e.rule, CQ_RULE_COPY);
	assert_string_equal(e.why.s, why);
	assert_int_equal(e.near.id, post_id(f, "1"));
	assert_int_equal(e.post.case_id, new);
	assert_non_null(strstr(e.moved.s, "by ana"));
	cq_explained_free(&e);
	undo(f, "ana");
	e = explain(f, "2");
	assert_null(e.moved.s);
	assert_string_equal(e.why.s, why);
	assert_int_equal(e.post.case_id, id);
	cq_explained_free(&e);
	free(why);
}

static void
test_after_an_edit_the_text_that_came_in_is_weighed(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("2", "kim", "it is all well now");
	struct cq_explained e;

	a_copy(f);
	put(f, &p);
	e = explain(f, "2");
	assert_int_equal(e.revisions, 1);
	assert_string_equal(e.post.text.s, "it is all well now");
	assert_int_equal(e.now.rule, CQ_RULE_COPY);
	assert_int_equal(e.now.post_id, post_id(f, "1"));
	cq_explained_free(&e);
}

static void
test_a_fact_decides_before_any_candidate_is_weighed(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("3", "lou", SLIP);
	struct cq_explained e;

	a_copy(f);
	p.in_reply_to = "1";
	put(f, &p);
	e = explain(f, "3");
	assert_int_equal(e.rule, CQ_RULE_REPLY);
	assert_int_equal(e.now.rule, CQ_RULE_REPLY);
	assert_int_equal(e.n_candidates, 0);
	assert_false(e.has_figures);
	cq_explained_free(&e);
}

static void
test_explaining_changes_nothing_and_needs_a_post(void **state)
{
	struct fixture *f = *state;
	struct cq_explained e;
	int64_t version, id;

	a_copy(f);
	version = cq_store_version(f->store);
	e = explain(f, "2");
	cq_explained_free(&e);
	assert_int_equal(cq_store_version(f->store), version);
	REFUSED(f, CQ_NOT_FOUND, cq_store_explain(f->store, 99, &e, &f->err));
	expect_said(f, "caseq show");
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_post_id(f->store, "chirp", "99", &id, &f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_post_id(f->store, "other", "1", &id, &f->err));
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(
		test_a_copy_names_its_original_with_figures_and_a_sentence),
	    WITH_QUEUE(
		test_asked_again_it_gives_the_same_answer_of_the_posts_before),
	    WITH_QUEUE(test_what_a_guard_kept_apart_is_told_with_the_guard),
	    WITH_QUEUE(
		test_what_a_person_did_since_stands_beside_what_the_rule_decided),
	    WITH_QUEUE(test_after_an_edit_the_text_that_came_in_is_weighed),
	    WITH_QUEUE(test_a_fact_decides_before_any_candidate_is_weighed),
	    WITH_QUEUE(test_explaining_changes_nothing_and_needs_a_post),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
