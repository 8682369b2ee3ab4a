#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What deduplication looks up in the store: edited posts, pages, threads. */

static void
ingest_into(struct fixture *f, struct cq_store *store,
    const struct cq_post *posts, size_t n, struct cq_ingested *sum)
{
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_ingest(store, &who, posts, n, sum, &f->err));
}

static struct fixture *
another_queue(void)
{
	void *state = NULL;

	assert_int_equal(fixture_set_up(&state), 0);
	return state;
}

static void
discard(struct fixture *f)
{
	void *state = f;

	fixture_tear_down(&state);
}

/* --- edits --------------------------------------------------------------------- */

#define WARM "the boiler of flat nine hums all night and none of us can sleep"
#define COLD "the boiler of flat nine leaks all night and none of us can wash"
#define COLD_SLIP \
	"the boiler of flat nine leaks all nihgt and none of us can wash"

static void
test_an_edited_post_is_compared_as_it_stands_now(void **state)
{
	(void)state;
	for (int warm = 0; warm < 2; warm++) {
		/* in memory from the same store, or not from another one */
		struct fixture *f = another_queue();
		struct cq_store *other = open_again(f);
		struct cq_post p = a_post("1", "jo", WARM);
		struct cq_post exact = a_post("2", "mo", COLD);
		struct cq_post slip = a_post("3", "kim", COLD_SLIP);
		struct cq_post late = a_post("4", "lou", WARM);
		struct cq_ingested sum = {0};
		int64_t id = put(f, &p);

		p.text = COLD;
		ingest_into(f, warm ? f->store : other, &p, 1, &sum);
		assert_int_equal(sum.n_edited, 1);
		assert_int_equal(put(f, &slip), id);
		assert_int_equal(put(f, &exact), id);
		assert_int_not_equal(put(f, &late), id);
		cq_store_close(other);
		all_is_well(f);
		discard(f);
	}
}

static void
test_edits_within_a_batch_count_at_once(void **state)
{
	struct fixture *f = *state;
	struct cq_post posts[] = {a_post("1", "jo", WARM),
	    a_post("1", "jo", COLD), a_post("2", "mo", COLD),
	    a_post("3", "kim", WARM)};
	struct cq_ingested sum = {0};

	ingest_into(f, f->store, posts, 4, &sum);
	assert_int_equal(sum.n_new, 3);
	assert_int_equal(sum.n_edited, 1);
	assert_int_equal(case_of(f, "chirp", "2"), case_of(f, "chirp", "1"));
	assert_int_not_equal(case_of(f, "chirp", "3"),
	    case_of(f, "chirp", "1"));
}

/* --- what is looked up ----------------------------------------------------------- */

static struct cq_post
with_link(const char *source, const char *id, const char *text)
{
	struct cq_post p = a_post(id, id, text);

	p.source = source;
	p.url = "https://paper.example/lift";
	return p;
}

static void
test_a_page_is_one_post_of_two_sources_unless_many_lead_there(void **state)
{
	struct fixture *f = *state;
	struct cq_post first = with_link("paper", "1",
	    "lift at the north gate stuck for days, says the council");
	struct cq_post second =
	    with_link("feed", "2", "Lift at the north gate stuck for days");
	struct cq_post same_source = with_link("feed", "3",
	    "lift at the north gate stuck, council sorry");
	struct cq_post third = with_link("board", "4",
	    "the lift at the north gate is stuck for days");
	int64_t id = put(f, &first);

	assert_int_equal(put(f, &second), id);
	/* a source with two posts of a page only talks about it */
	assert_int_not_equal(put(f, &same_source), id);
	assert_int_equal(put(f, &third), id); /* the paper's is still one */
	assert_int_equal(head(f, id)->n_posts, 3);
	all_is_well(f);
}

static void
test_a_page_that_one_source_often_names_is_no_post(void **state)
{
	struct fixture *f = *state;
	struct cq_post one = with_link("feed", "1", "lift stuck for days");
	struct cq_post two = with_link("feed", "2", "my bike was in that lift");
	struct cq_post new = with_link("board", "3", "lift stuck for days");
	int64_t id = put(f, &one);

	assert_int_not_equal(put(f, &two), id);
	assert_int_not_equal(put(f, &new), id);
}

static void
test_a_conversation_goes_on_with_its_own_author(void **state)
{
	struct fixture *f = *state;
	struct cq_post one = a_post("1", "jo", "the boiler went off again");
	struct cq_post two = a_post("2", "mo", "no post for a week here");
	struct cq_post again = a_post("3", "jo", "still cold");
	struct cq_post there = a_post("4", "jo", "and here it rains in");
	int64_t id;

	one.conversation = two.conversation = "c";
	again.conversation = there.conversation = "c";
	one.brand = "heat";
	again.brand = "water"; /* so that it is no follow-up */
	there.brand = "roof";
	there.source = "other";
	id = put(f, &one);
	assert_int_not_equal(put(f, &two), id);
	f->now += 3 * 86400;
	assert_int_equal(put(f, &again), id);
	assert_int_not_equal(put(f, &there), id);
}

/* A complaint found by one source, an answer to it found by another. */
static bool
answered_elsewhere(struct fixture *f, const char *id, bool answer_first)
{
	struct cq_post one = a_post(id, "jo", "the boiler went off again");
	struct cq_post two = a_post("a:2", "mo", "no hot water here either");
	int64_t case_one, case_two;

	one.uri = one.id;
	two.source = "mentions";
	two.in_reply_to = id;
	if (answer_first) {
		case_two = put(f, &two);
		case_one = put(f, &one);
	} else {
		case_one = put(f, &one);
		case_two = put(f, &two);
	}
	assert_int_equal(case_of(f, "chirp", id), case_one);
	return case_one == case_two;
}

static void
test_a_thread_goes_through_sources_if_its_ids_are_addresses(void **state)
{
	static const char address[] = "at://did:plc:jo/app.bsky.feed.post/3k";

	(void)state;
	for (int answer_first = 0; answer_first < 2; answer_first++) {
		struct fixture *f = another_queue();

		assert_true(answered_elsewhere(f, address, answer_first));
		all_is_well(f);
		discard(f);
		f = another_queue();
		assert_false(answered_elsewhere(f, "1047", answer_first));
		discard(f);
	}
}

/* The post between the two, our own, was read by nobody. */
static void
test_a_conversation_that_is_an_address_goes_through_sources(void **state)
{
	struct fixture *f = *state;
	struct cq_post one = a_post("a:1", "jo", "the boiler went off again");
	struct cq_post two = a_post("a:3", "jo", "still cold");
	struct cq_post other = a_post("a:4", "mo", "and here it rains in");
	int64_t id;

	one.network = two.network = other.network = "sky";
	one.conversation = two.conversation = other.conversation = "a:1";
	two.in_reply_to = other.in_reply_to = "a:2";
	two.source = other.source = "mentions";
	one.brand = "heat";
	two.brand = "water"; /* so that it is no follow-up */
	id = put(f, &one);
	f->now += 3 * 86400;
	assert_int_equal(put(f, &two), id);
	assert_int_not_equal(put(f, &other), id);
	all_is_well(f);
}

static void
test_of_equal_texts_the_authors_own_is_the_one(void **state)
{
	struct fixture *f = *state;
	struct cq_post mine = a_post("1", "jo", WARM);
	struct cq_post others = a_post("2", "mo", WARM);
	struct cq_post again = a_post("3", "jo", WARM);
	int64_t one, two;

	/* as if somebody had parted the two cases */
	one = put(f, &mine);
	others.text = COLD;
	two = put(f, &others);
	others.text = WARM;
	put(f, &others); /* an edit: it stays where it is */
	assert_int_not_equal(one, two);
	assert_int_equal(put(f, &again), one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_an_edited_post_is_compared_as_it_stands_now),
	    WITH_QUEUE(test_edits_within_a_batch_count_at_once),
	    WITH_QUEUE(
		test_a_page_is_one_post_of_two_sources_unless_many_lead_there),
	    WITH_QUEUE(test_a_page_that_one_source_often_names_is_no_post),
	    WITH_QUEUE(test_a_conversation_goes_on_with_its_own_author),
	    WITH_QUEUE(
		test_a_thread_goes_through_sources_if_its_ids_are_addresses),
	    WITH_QUEUE(
		test_a_conversation_that_is_an_address_goes_through_sources),
	    WITH_QUEUE(test_of_equal_texts_the_authors_own_is_the_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
