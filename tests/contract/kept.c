#include "tests/store_fixture.h"

#include <stdio.h>

/*
 * What a process that brings in posts keeps of them in memory is what the
 * queue holds, whoever else writes meanwhile.
 */
#define TRAIN "the night train to Lindau was cancelled without a word"
#define MOVED "my new flat in Aarau has had no internet for three weeks now"
/* the same words, so that they are known, and no copy of it */
#define TURNED "for three weeks now my new flat in Aarau has had no internet"
#define SLIP "my new flat in Aarau has had no intrenet for three weeks now"

/* From now on another process is at work with the fixture's functions. */
static void
swap(struct fixture *f, struct cq_store **other)
{
	struct cq_store *store = f->store;

	f->store = *other;
	*other = store;
}

static void
test_a_post_that_another_process_brought_is_compared(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	struct cq_post one = a_post("1", "jo", TURNED);
	struct cq_post two = a_post("2", "mo", MOVED);
	struct cq_post three = a_post("3", "al", SLIP);
	int64_t first = put(f, &one), id;

	swap(f, &other);
	id = put(f, &two);
	assert_int_not_equal(id, first);
	swap(f, &other);
	assert_int_equal(put(f, &three), id);
	cq_store_close(other);
	all_is_well(f);
}

static void
test_a_text_that_another_process_edited_is_the_new_one(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	struct cq_post one = a_post("1", "jo", TRAIN);
	struct cq_post edited = a_post("1", "jo", MOVED);
	struct cq_post two = a_post("2", "mo", MOVED);
	struct cq_post three = a_post("3", "al", TRAIN);
	int64_t id = put(f, &one);

	swap(f, &other);
	put(f, &edited);
	swap(f, &other);
	assert_int_equal(put(f, &two), id);
	assert_int_not_equal(put(f, &three), id);
	cq_store_close(other);
	all_is_well(f);
}

/* Edits that were taken back must not make up for one of another process. */
static void
test_edits_that_failed_hide_none_of_another_process(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	struct cq_post one = a_post("1", "jo", TURNED);
	struct cq_post edited = a_post("1", "jo", MOVED);
	struct cq_post two = a_post("2", "mo",
	    "my new flat in Aarau has a broken window and no heating");
	struct cq_post three = a_post("3", "al", SLIP);
	struct cq_fetched nowhere = {.source_id = 99};
	struct cq_act who = act(f, "ana");
	int64_t id = put(f, &one);

	assert_int_equal(cq_store_fetched(f->store, &who, &nowhere, &edited, 1,
			     NULL, &f->err),
	    CQ_CONFLICT);
	assert_int_not_equal(put(f, &two), id); /* compared with the first */
	swap(f, &other);
	put(f, &edited);
	swap(f, &other);
	assert_int_equal(put(f, &three), id);
	cq_store_close(other);
	all_is_well(f);
}

static void
test_a_claim_by_another_process_hides_no_post(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	struct cq_post one = a_post("1", "jo", MOVED);
	struct cq_post two = a_post("2", "mo", SLIP);
	int64_t id = put(f, &one);

	swap(f, &other);
	take(f, "ben", id);
	release(f, "ben", id);
	swap(f, &other);
	assert_int_equal(put(f, &two), id);
	cq_store_close(other);
	all_is_well(f);
}

static void
test_there_is_room_for_less_while_others_write(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);
	char text[80], number[20];
	struct cq_post p = a_post(number, number, text);
	struct cq_post posts[100];
	char texts[100][80], ids[100][20];
	struct cq_act who = act(f, "ana");

	for (int i = 0; i < 100; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%d", i);
		snprintf(texts[i], sizeof(texts[i]),
		    "the lift number %d of our house is stuck again", i);
		posts[i] = a_post(ids[i], ids[i], texts[i]);
	}
	OK(f, cq_store_ingest(f->store, &who, posts, 100, NULL, &f->err));
	assert_int_equal(cq_store_ingest_room(f->store), 500);
	swap(f, &other);
	take(f, "ben", 1);
	swap(f, &other);
	snprintf(number, sizeof(number), "more");
	snprintf(text, sizeof(text), "and so is the one of the house beside");
	put(f, &p);
	/* 100 of these would have to be stored in 2.4 ms for more */
	assert_in_range(cq_store_ingest_room(f->store), 25, 499);
	cq_store_close(other);
	all_is_well(f);
}

static void
test_posts_are_compared_alike_in_little_memory(void **state)
{
	static const size_t sizes[] = {8 << 20, 20 << 20, 0};
	struct fixture *f = *state;
	struct cq_post turned = a_post("1", "jo", TURNED);
	struct cq_post moved = a_post("2", "mo", MOVED), slip;
	int64_t first = put(f, &turned), id = put(f, &moved);
	char name[8];

	assert_int_not_equal(id, first);
	for (size_t i = 0; i < 3; i++) {
		cq_store_lean(f->store, sizes[i]);
		snprintf(name, sizeof(name), "al%zu", i);
		slip = a_post(name, name, SLIP);
		assert_int_equal(put(f, &slip), id);
	}
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_post_that_another_process_brought_is_compared),
	    WITH_QUEUE(test_a_text_that_another_process_edited_is_the_new_one),
	    WITH_QUEUE(test_edits_that_failed_hide_none_of_another_process),
	    WITH_QUEUE(test_a_claim_by_another_process_hides_no_post),
	    WITH_QUEUE(test_there_is_room_for_less_while_others_write),
	    WITH_QUEUE(test_posts_are_compared_alike_in_little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
