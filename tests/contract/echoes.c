#include "tests/listening.h"

#include <stdio.h>
#include <string.h>

/* One post that two sources of a service read is one post. */

#define AT (T0 - 3600)
#define TEXT "my parcel has been in Eskerby since Monday and nobody answers"

/* As two sources of one adapter and one network read it. */
static struct cq_post
toot(const char *source, const char *id)
{
	struct cq_post p = a_post(id, "kim@social.example", TEXT);

	p.source = source;
	p.network = "mastodon";
	p.created_at = AT;
	return p;
}

static struct cq_ingested
take_in(struct fixture *f, const struct cq_post *post)
{
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_ingest(f->store, &who, post, 1, &sum, &f->err));
	return sum;
}

/* The post is stored if it is new, and else known. */
static void
is_new(struct fixture *f, const struct cq_post *post, bool new)
{
	struct cq_ingested sum = take_in(f, post);

	assert_int_equal(sum.n_new, new);
	assert_int_equal(sum.n_known, !new);
	assert_int_equal(sum.n_edited, 0);
}

static void
test_a_post_of_two_sources_is_counted_once(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91");
	int64_t priority, id = 0;

	is_new(f, &a, true);
	priority = head(f, 1)->priority.sum;
	is_new(f, &b, false);
	is_new(f, &b, false); /* and so for ever */
	assert_int_equal(head(f, 1)->n_posts, 1);
	assert_int_equal(head(f, 1)->priority.sum, priority);
	assert_int_equal(shift(f, T0 - 60, T0 + 60, NULL)
			     ->at[CQ_FIG_POSTS_IN]
			     .n,
	    1);
	/* it is found by either name */
	OK(f, cq_store_post_id(f->store, "mentions", "91", &id, &f->err));
	assert_int_equal(id, 1);
	assert_int_equal(case_of(f, "mentions", "91"), 1);
	all_is_well(f);
}

static void
test_it_is_known_by_its_address_on_another_server(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "4711");

	a.uri = b.uri = "https://social.example/users/kim/statuses/91";
	is_new(f, &a, true);
	is_new(f, &b, false);
	assert_int_equal(head(f, 1)->n_posts, 1);
	b.gone = true; /* from there, for whatever reason */
	take_in(f, &b);
	assert_int_equal(head(f, 1)->marks.gone_at, CQ_NO_TIME);
}

/* Pages overlap, and a list may be sorted anew while it is read. */
static void
test_a_page_that_has_it_twice_is_read(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91");
	struct cq_post page[2] = {
	    toot("mentions", "91"), toot("mentions", "91")};
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	is_new(f, &a, true);
	OK(f, cq_store_ingest(f->store, &who, page, 2, &sum, &f->err));
	assert_int_equal(sum.n_known, 2);
	assert_int_equal(head(f, 1)->n_posts, 1);
	all_is_well(f);
}

static void
test_an_answer_under_the_id_of_either_source_joins(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "4711");
	struct cq_post answer = a_post("4712", "lou@social.example", "same");

	a.uri = b.uri = "https://social.example/users/kim/statuses/91";
	is_new(f, &a, true);
	is_new(f, &b, false);
	answer.source = "mentions";
	answer.network = "mastodon";
	answer.in_reply_to = "4711";
	assert_int_equal(put(f, &answer), 1);
	assert_int_equal(head(f, 1)->n_posts, 2);
	all_is_well(f);
}

static void
test_each_source_tells_of_an_edit_once(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91");

	is_new(f, &a, true);
	is_new(f, &b, false);
	b.text = TEXT " - never mind";
	assert_int_equal(take_in(f, &b).n_edited, 1);
	assert_int_equal(take_in(f, &b).n_edited, 0);
	/* the first source writes it in other signs, and so for ever */
	a.text = TEXT " -- never mind";
	assert_int_equal(take_in(f, &a).n_edited, 1);
	assert_int_equal(take_in(f, &b).n_edited, 0);
	assert_int_equal(take_in(f, &a).n_edited, 0);
	head(f, 1);
	assert_string_equal(f->full.at[0].text.s, TEXT " -- never mind");
	all_is_well(f);
}

/* What a source that is asked for the newest tells of it. */
static struct cq_ingested
hear(struct fixture *f, const struct cq_post *post)
{
	return fetched(f, post->source, &(struct cq_fetched){0}, post, 1);
}

static void
test_what_two_servers_write_in_their_own_ways_is_no_edit(void **state)
{
	struct fixture *f = *state;
	struct cq_source tag = a_source("tag", HOST, NULL);
	struct cq_source mentions = a_source("mentions", HOST, NULL);
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91");

	add_source(f, &tag);
	add_source(f, &mentions);
	assert_int_equal(hear(f, &a).n_new, 1);
	assert_int_equal(hear(f, &b).n_known, 1);
	b.text = TEXT " - never mind";
	assert_int_equal(hear(f, &b).n_edited, 1);
	a.text = TEXT " -- never mind";
	assert_int_equal(hear(f, &a).n_edited, 1);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(hear(f, &b).n_edited, 0);
		assert_int_equal(hear(f, &a).n_edited, 0);
	}
	all_is_well(f);
}

static void
test_a_source_that_tells_what_is_known_is_not_silent(void **state)
{
	struct fixture *f = *state;
	struct cq_source tag = a_source("tag", HOST, NULL);
	struct cq_source mentions = a_source("mentions", HOST, NULL), now;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91");

	add_source(f, &tag);
	add_source(f, &mentions);
	hear(f, &a);
	hear(f, &b);
	now = source_now(f, "mentions");
	assert_int_equal(now.habit.heard_at, AT);
	cq_source_free(&now);
}

static void
test_either_source_tells_that_it_is_gone(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91");

	is_new(f, &a, true);
	is_new(f, &b, false);
	b.gone = true;
	take_in(f, &b);
	assert_int_equal(head(f, 1)->marks.gone_at, f->now);
	take_in(f, &b);
	assert_int_equal(n_events(f, 1, "gone"), 1);
	all_is_well(f);
}

static void
test_what_is_gone_where_it_was_read_first_is_gone(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91");
	int64_t gone_at = f->now;

	is_new(f, &a, true);
	is_new(f, &b, false);
	a.gone = true;
	take_in(f, &a);
	f->now += 60;
	is_new(f, &b, false); /* a copy may outlive it */
	assert_int_equal(head(f, 1)->marks.gone_at, gone_at);
	all_is_well(f);
}

static void
test_a_conversation_goes_on_in_the_other_source(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91"), c;

	a.conversation = b.conversation = "c1";
	is_new(f, &a, true);
	is_new(f, &b, false);
	c = toot("mentions", "92");
	c.text = "and now?";
	c.conversation = "c1";
	c.created_at = AT + 60;
	assert_int_equal(put(f, &c), 1);
	all_is_well(f);
}

static void
test_a_post_that_was_answered_in_its_source_joins_the_answer(void **state)
{
	struct fixture *f = *state;
	struct cq_post b = toot("mentions", "50"), a = toot("tag", "50");
	struct cq_post answer = a_post("51", "lou@social.example",
	    "the same in Lindau since Friday, by the way");

	answer.source = "mentions";
	answer.network = "mastodon";
	answer.in_reply_to = "50";
	assert_int_equal(put(f, &answer), 1);
	is_new(f, &a, true);
	is_new(f, &b, true);
	assert_int_equal(case_of(f, "mentions", "50"), 1);
	all_is_well(f);
}

static void
test_its_second_source_looks_at_it_again_if_the_first_is_no_more(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91");
	struct cq_ids ids = {0};
	int64_t before = 0;

	is_new(f, &a, true);
	is_new(f, &b, false);
	/* sources that posts are piped in for are asked by nobody */
	OK(f,
	    cq_store_recheck(f->store, 2, AT - 60, 10, &before, &ids, &f->err));
	assert_int_equal(ids.n, 1);
	assert_string_equal(ids.at[0], "91");
	cq_ids_free(&ids);
}

static void
test_what_either_source_calls_private_is_private(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b = toot("mentions", "91");

	is_new(f, &a, true);
	is_new(f, &b, false);
	b.visibility = CQ_PRIVATE;
	is_new(f, &b, false);
	assert_int_equal(head(f, 1)->marks.visibility, CQ_PRIVATE);
	all_is_well(f);
}

static void
test_a_new_one_is_stored_if_anything_differs(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b;

	is_new(f, &a, true);
	b = toot("mentions", "92");
	is_new(f, &b, true);
	b = toot("mentions", "91");
	b.created_at = AT + 1;
	is_new(f, &b, true);
	b = toot("third", "91");
	b.author = "lou@social.example";
	is_new(f, &b, true);
	b = toot("fourth", "91");
	b.network = NULL; /* whose ids these are nobody knows */
	is_new(f, &b, true);
	b = toot("fifth", "91");
	b.text = TEXT "!";
	is_new(f, &b, true);
	b = toot("sixth", "1");
	b.author = "kim@elsewhere.example";
	b.text = "hello";
	is_new(f, &b, true); /* so that this author is known */
	b.id = "91";
	b.text = TEXT;
	is_new(f, &b, true);
	all_is_well(f);
}

/* Any server may give one address to all its posts. */
static void
test_a_new_one_of_the_same_address_is_stored_if_anything_differs(void **state)
{
	struct fixture *f = *state;
	struct cq_post a = toot("tag", "91"), b;

	a.uri = "https://social.example/all";
	is_new(f, &a, true);
	b = toot("mentions", "1");
	b.author = "lou@social.example";
	b.text = "hello";
	is_new(f, &b, true); /* so that this author is known */
	b.id = "2";
	b.uri = a.uri;
	b.text = TEXT;
	is_new(f, &b, true);
	b = toot("mentions", "3");
	b.uri = a.uri;
	b.created_at = AT + 1;
	is_new(f, &b, true);
	b = toot("mentions", "4");
	b.uri = a.uri;
	b.text = TEXT "!";
	is_new(f, &b, true);
	b = toot("tag", "5"); /* its own source tells two posts */
	b.uri = a.uri;
	is_new(f, &b, true);
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_post_of_two_sources_is_counted_once),
	    WITH_QUEUE(test_it_is_known_by_its_address_on_another_server),
	    WITH_QUEUE(test_a_page_that_has_it_twice_is_read),
	    WITH_QUEUE(test_an_answer_under_the_id_of_either_source_joins),
	    WITH_QUEUE(test_each_source_tells_of_an_edit_once),
	    WITH_QUEUE(
		test_what_two_servers_write_in_their_own_ways_is_no_edit),
	    WITH_QUEUE(test_a_source_that_tells_what_is_known_is_not_silent),
	    WITH_QUEUE(test_either_source_tells_that_it_is_gone),
	    WITH_QUEUE(test_what_is_gone_where_it_was_read_first_is_gone),
	    WITH_QUEUE(test_a_conversation_goes_on_in_the_other_source),
	    WITH_QUEUE(
		test_a_post_that_was_answered_in_its_source_joins_the_answer),
	    WITH_QUEUE(
		test_its_second_source_looks_at_it_again_if_the_first_is_no_more),
	    WITH_QUEUE(test_what_either_source_calls_private_is_private),
	    WITH_QUEUE(test_a_new_one_is_stored_if_anything_differs),
	    WITH_QUEUE(
		test_a_new_one_of_the_same_address_is_stored_if_anything_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
