#include "tests/store_fixture.h"

#include <stdio.h>
#include <string.h>

/* How often rules joined, how often that was undone, and what came of
 * suggestions. */

#define MINUTE 60
#define HOUR 3600

static const char *const texts[] = {
    "the ticket machine at the south gate kept my note and gave no ticket",
    "since the update the app of the library logs me out at every page",
    "two of the six chairs that you delivered on the fourth have no screws",
};

static struct cq_yield
yield(struct fixture *f, int64_t from, int64_t to, const char *source)
{
	struct cq_yield y;

	OK(f, cq_store_yield(f->store, from, to, source, &y, &f->err));
	return y;
}

static struct cq_yield
all(struct fixture *f)
{
	return yield(f, T0, f->now + 1, NULL);
}

static int64_t
say(struct fixture *f, const char *id, const char *author, const char *text)
{
	struct cq_post p = a_post(id, author, text);

	p.brand = "rail"; /* or nothing of an author is a follow-up */
	return put(f, &p);
}

static int64_t
post_id(struct fixture *f, const char *remote_id)
{
	int64_t id = 0;

	OK(f, cq_store_post_id(f->store, "chirp", remote_id, &id, &f->err));
	return id;
}

static void
test_a_join_counts_for_its_rule_and_so_does_its_undoing(void **state)
{
	struct fixture *f = *state;
	int64_t id = say(f, "1", "jo", texts[0]);
	struct cq_yield y;

	say(f, "2", "kim", texts[0]);
	say(f, "3", "lou", texts[0]);
	say(f, "4", "jo", "and still no answer from anybody here");
	y = all(f);
	assert_int_equal(y.posts, 4);
	assert_int_equal(y.cases, 1);
	assert_int_equal(y.at[CQ_RULE_TEXT].joins, 2);
	assert_int_equal(y.at[CQ_RULE_FOLLOW].joins, 1);
	assert_int_equal(y.at[CQ_RULE_FIRST].joins, 0);
	assert_int_equal(y.at[CQ_RULE_TEXT].undone, 0);
	assert_int_equal(cq_yield_precision(&y.at[CQ_RULE_TEXT]), 1000);
	assert_int_equal(cq_yield_precision(&y.at[CQ_RULE_COPY]), -1);
	split(f, "ana", id, post_id(f, "2"));
	y = all(f);
	assert_int_equal(y.cases, 2);
	assert_int_equal(y.at[CQ_RULE_TEXT].joins, 2);
	assert_int_equal(y.at[CQ_RULE_TEXT].undone, 1);
	assert_int_equal(y.at[CQ_RULE_FOLLOW].undone, 0);
	assert_int_equal(cq_yield_precision(&y.at[CQ_RULE_TEXT]), 500);
	undo(f, "ana");
	y = all(f);
	assert_int_equal(y.at[CQ_RULE_TEXT].undone, 0);
	all_is_well(f);
}

static void
test_posts_taken_out_together_stay_joined(void **state)
{
	struct fixture *f = *state;
	int64_t id = say(f, "1", "jo", texts[0]), posts[2], new = 0;
	struct cq_post p = a_post("2", "kim", "mine is stuck in it as well");
	struct cq_act who = act(f, "ana");
	struct cq_yield y;

	p.in_reply_to = "1";
	put(f, &p);
	p = a_post("3", "lou", "which of the two machines is it");
	p.in_reply_to = "2";
	put(f, &p);
	posts[0] = post_id(f, "2");
	posts[1] = post_id(f, "3");
	OK(f,
	    cq_store_split(f->store, &who, id, posts, 2, NULL, &new, &f->err));
	y = all(f);
	assert_int_equal(y.at[CQ_RULE_REPLY].joins, 2);
	assert_int_equal(y.at[CQ_RULE_REPLY].undone, 1);
}

static void
test_what_is_split_and_joined_again_is_not_undone(void **state)
{
	struct fixture *f = *state;
	int64_t id = say(f, "1", "jo", texts[0]), new;

	say(f, "2", "kim", texts[0]);
	new = split(f, "ana", id, post_id(f, "2"));
	join(f, "ben", id, new);
	assert_int_equal(all(f).at[CQ_RULE_TEXT].undone, 0);
	assert_int_equal(all(f).at[CQ_RULE_PERSON].joins, 1);
	undo(f, "ben");
	assert_int_equal(all(f).at[CQ_RULE_TEXT].undone, 1);
	assert_int_equal(all(f).at[CQ_RULE_PERSON].undone, 1);
}

static void
test_a_period_and_a_source_narrow_it(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", texts[1]);
	struct cq_yield y;

	say(f, "1", "jo", texts[0]);
	say(f, "2", "kim", texts[0]);
	f->now += HOUR;
	p.source = "other";
	put(f, &p);
	p.id = "2";
	p.author = "kim";
	put(f, &p);
	y = yield(f, T0, T0 + HOUR, NULL);
	assert_int_equal(y.posts, 2);
	assert_int_equal(y.at[CQ_RULE_TEXT].joins, 1);
	y = yield(f, T0 + HOUR, T0 + 2 * HOUR, NULL);
	assert_int_equal(y.posts, 2);
	assert_int_equal(y.cases, 1);
	y = yield(f, T0, T0 + 2 * HOUR, "other");
	assert_int_equal(y.posts, 2);
	assert_int_equal(y.at[CQ_RULE_TEXT].joins, 1);
	y = all(f);
	assert_int_equal(y.posts, 4);
	assert_int_equal(y.cases, 2);
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_yield(f->store, T0, T0 + 1, "nowhere", &y, &f->err));
}

static void
test_suggestions_count_by_what_became_of_them(void **state)
{
	struct fixture *f = *state;
	int64_t id[4];
	struct cq_act who = act(f, "ben");
	struct cq_yield y;

	id[0] = say(f, "1", "jo",
	    "order 4411 of the garden table came with two broken legs");
	id[1] = say(f, "2", "kim",
	    "order 9327 of the garden table came with two broken legs");
	y = all(f);
	assert_int_equal(y.at[CQ_RULE_ALIKE].made, 1);
	assert_int_equal(y.at[CQ_RULE_ALIKE].pending, 1);
	assert_int_equal(cq_yield_acceptance(&y.at[CQ_RULE_ALIKE]), -1);
	join(f, "ana", id[0], id[1]);
	y = all(f);
	assert_int_equal(y.at[CQ_RULE_ALIKE].accepted, 1);
	assert_int_equal(y.at[CQ_RULE_ALIKE].pending, 0);
	assert_int_equal(cq_yield_acceptance(&y.at[CQ_RULE_ALIKE]), 1000);
	id[2] = say(f, "3", "lou", texts[2]);
	id[3] = say(f, "4", "mia",
	    "two of the six chairs that you delivered on the ninth have no "
	    "screws");
	OK(f,
	    cq_store_not_same(f->store, &who, id[3], &id[2], 1, NULL, &f->err));
	y = all(f);
	assert_int_equal(y.at[CQ_RULE_ALIKE].made, 2);
	assert_int_equal(y.at[CQ_RULE_ALIKE].refused, 1);
	assert_int_equal(y.at[CQ_RULE_ALIKE].pending, 0);
	assert_int_equal(cq_yield_acceptance(&y.at[CQ_RULE_ALIKE]), 500);
	undo(f, "ben");
	assert_int_equal(all(f).at[CQ_RULE_ALIKE].pending, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_join_counts_for_its_rule_and_so_does_its_undoing),
	    WITH_QUEUE(test_posts_taken_out_together_stay_joined),
	    WITH_QUEUE(test_what_is_split_and_joined_again_is_not_undone),
	    WITH_QUEUE(test_a_period_and_a_source_narrow_it),
	    WITH_QUEUE(test_suggestions_count_by_what_became_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
