#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The order of the queue, what time does to it, and what queries find. */

static void
move(struct fixture *f, int64_t id, enum cq_move m, int64_t until)
{
	struct cq_act who = act(f, "ana");

	OK(f,
	    cq_store_move(f->store, &who, id, 0, m,
		m == CQ_MOVE_RESOLVE ? "fixed" : "because", until, &f->err));
}

static int64_t
rated(struct fixture *f, const char *id, int64_t followers, int rating)
{
	char text[80] = "";
	struct cq_post p = a_post(id, id, text);

	snprintf(text, sizeof(text), "my parcel number %s is lost", id);
	p.author_followers = followers;
	p.rating = rating;
	return put(f, &p);
}

static void
in_order(struct fixture *f)
{
	tick(f);
	list(f, NULL, NULL);
	for (size_t i = 1; i < f->cases.n; i++) {
		const struct cq_case *a = &f->cases.at[i - 1];
		const struct cq_case *b = &f->cases.at[i];
		bool waits_a = a->state > CQ_OPEN, waits_b = b->state > CQ_OPEN;

		assert_true(waits_a <= waits_b);
		if (waits_a == waits_b && a->priority.sum < b->priority.sum)
			fail_msg("case %lld (%d) before case %lld (%d)",
			    (long long)a->id, a->priority.sum, (long long)b->id,
			    b->priority.sum);
	}
}

static void
test_the_list_is_in_order_of_priority_at_any_moment(void **state)
{
	struct fixture *f = *state;
	char id[20];

	for (int i = 0; i < 60; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		rated(f, id, dice(f, 200000), (int)dice(f, 6));
		f->now += dice(f, 900);
		if (i % 7 == 3)
			move(f, 1 + dice(f, (uint32_t)i), CQ_MOVE_SNOOZE,
			    f->now + dice(f, 20000) + 1);
		in_order(f);
	}
	for (int i = 0; i < 60; i++) {
		f->now += dice(f, 1800);
		in_order(f);
	}
	assert_true(counts(f, NULL).overdue > 0);
	all_is_well(f);
}

static void
test_priority_is_the_sum_of_its_parts(void **state)
{
	struct fixture *f = *state;
	int64_t id = rated(f, "1", 9999, 1);
	struct cq_priority p;

	f->now += 2 * 3600;
	p = head(f, id)->priority;
	assert_int_equal(p.reach, 24);
	assert_int_equal(p.rating, 8);
	assert_int_equal(p.age, 1);
	assert_int_equal(p.overdue, 0);
	assert_int_equal(p.sum, 33);
	f->now += 2 * 3600;
	p = head(f, id)->priority;
	assert_int_equal(p.overdue, 30);
	assert_int_equal(p.sum, 24 + 8 + 2 + 30);
}

static void
test_cases_become_overdue_with_the_second_they_are_due(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), due = head(f, id)->due_at;
	int n = -1;

	assert_int_equal(due, T0 + 4 * 3600);
	f->now = due - 1;
	OK(f, cq_store_tick(f->store, &n, &f->err));
	assert_int_equal(n, 0);
	assert_int_equal(counts(f, NULL).overdue, 0);
	assert_int_equal(list(f, "overdue", NULL)->n, 0);
	f->now = due;
	OK(f, cq_store_tick(f->store, &n, &f->err));
	assert_int_equal(n, 1);
	assert_int_equal(counts(f, NULL).overdue, 1);
	assert_int_equal(list(f, "overdue", NULL)->n, 1);
	OK(f, cq_store_tick(f->store, &n, &f->err));
	assert_int_equal(n, 0);
	move(f, id, CQ_MOVE_RESOLVE, 0);
	assert_int_equal(counts(f, NULL).overdue, 0);
}

static void
test_an_overdue_case_goes_before_a_wider_one(void **state)
{
	struct fixture *f = *state;
	int64_t old = rated(f, "1", 0, 0), wide;

	f->now += 3 * 3600;
	wide = rated(f, "2", 10000, 0);
	assert_int_equal(list(f, NULL, NULL)->at[0].id, wide);
	f->now += 3600;
	tick(f);
	assert_int_equal(list(f, NULL, NULL)->at[0].id, old);
}

static void
test_a_snoozed_case_wakes_at_its_time(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");

	move(f, id, CQ_MOVE_SNOOZE, T0 + 1000);
	assert_int_equal(head(f, id)->snooze_until_at, T0 + 1000);
	assert_int_equal(counts(f, NULL).waiting, 1);
	f->now = T0 + 999;
	tick(f);
	assert_int_equal(head(f, id)->state, CQ_SNOOZED);
	f->now = T0 + 1000;
	tick(f);
	assert_int_equal(head(f, id)->state, CQ_OPEN);
	assert_int_equal(head(f, id)->snooze_until_at, CQ_NO_TIME);
	assert_int_equal(n_events(f, id, "wake"), 1);
	assert_int_equal(counts(f, NULL).waiting, 0);
}

static void
test_more_than_one_ticks_worth_becomes_overdue_in_time(void **state)
{
	struct fixture *f = *state;
	struct cq_post posts[600];
	char words[600][40];
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");
	int n = 1, all = 0;

	for (int i = 0; i < 600; i++) {
		snprintf(words[i], sizeof(words[i]), "x%d", i);
		posts[i] = a_post(words[i], words[i], words[i]);
	}
	OK(f, cq_store_ingest(f->store, &who, posts, 600, &sum, &f->err));
	assert_int_equal(sum.n_new - sum.n_joined, 600);
	f->now += 86400;
	for (int i = 0; i < 5 && n > 0; i++, all += n)
		OK(f, cq_store_tick(f->store, &n, &f->err));
	assert_int_equal(all, 600);
	assert_int_equal(counts(f, NULL).overdue, 600);
}

static void
test_a_clock_that_goes_back_does_no_harm(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2"), fence;
	struct cq_post reply = a_post("1r", "1", "and another thing: the cat");

	f->now += 5 * 3600;
	tick(f);
	fence = take(f, "ana", one);
	f->now -= 6 * 3600;
	tick(f);
	assert_int_equal(take(f, "ana", one), fence);
	reply.in_reply_to = "1";
	put(f, &reply);
	take(f, "ben", two);
	join(f, "ana", one, new_case(f, "3"));
	resolve(f, "ana", one);
	undo(f, "ana");
	f->now += 6 * 3600;
	tick(f);
	all_is_well(f);
	in_order(f);
	assert_int_equal(counts(f, NULL).overdue, list(f, "overdue", NULL)->n);
}

static void
page_through(struct fixture *f, const char *words, int limit, int want)
{
	struct cq_query *q = NULL;
	struct cq_after after = {0};
	struct cq_cases page;
	int64_t *seen;
	int n = 0;
	bool more = true;

	OK(f, cq_query_parse(words, &q, &f->err));
	list(f, words, NULL);
	assert_int_equal(f->cases.n, want);
	seen = calloc((size_t)want + 1, sizeof(*seen));
	while (more) {
		OK(f,
		    cq_store_list(f->store, q, NULL, n == 0 ? NULL : &after,
			limit, &page, &f->err));
		assert_true(page.n > 0 || n == want);
		for (size_t i = 0; i < page.n && n < want; i++)
			seen[n++] = page.at[i].id;
		if (page.n > 0)
			after = cq_case_after(&page.at[page.n - 1]);
		more = page.more;
		cq_cases_free(&page);
	}
	assert_int_equal(n, want);
	for (int i = 0; i < want; i++)
		assert_int_equal(seen[i], f->cases.at[i].id);
	free(seen);
	cq_query_free(q);
}

static void
test_paging_gives_each_case_once_and_in_order(void **state)
{
	struct fixture *f = *state;
	struct cq_post posts[520];
	char words[520][40];
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	for (int i = 0; i < 520; i++) {
		snprintf(words[i], sizeof(words[i]), "x%d", i);
		posts[i] = a_post(words[i], words[i], words[i]);
		/* many with the same key */
		posts[i].author_followers = 10 << i % 5;
	}
	OK(f, cq_store_ingest(f->store, &who, posts, 520, &sum, &f->err));
	for (int i = 1; i <= 20; i++) {
		move(f, i * 20, CQ_MOVE_SNOOZE, T0 + 9999);
		move(f, i * 20 + 1, CQ_MOVE_RESOLVE, 0);
		move(f, i * 20 + 2, CQ_MOVE_DISMISS, 0);
	}
	page_through(f, "all", 7, 520);
	page_through(f, "all", 1, 520);
	page_through(f, "all", 519, 520);
	page_through(f, "all", 520, 520);
	page_through(f, "closed", 7, 40);
	page_through(f, "age<1h", 33, 480);
	page_through(f, "state:snoozed", 3, 20);
}

static void
test_closed_cases_come_last_closed_first(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	int64_t three = new_case(f, "3");

	f->now += 10;
	move(f, two, CQ_MOVE_RESOLVE, 0);
	f->now += 10;
	move(f, one, CQ_MOVE_DISMISS, 0);
	list(f, "all", NULL);
	assert_int_equal(f->cases.at[0].id, three);
	assert_int_equal(f->cases.at[1].id, one);
	assert_int_equal(f->cases.at[2].id, two);
	assert_int_equal(list(f, NULL, NULL)->n, 1);
}

/* --- queries ----------------------------------------------------------- */

/* The numbers of the cases found, sorted: "1 2 5". */
static void
finds(struct fixture *f, const char *query, const char *want)
{
	char got[200] = "";
	size_t used = 0;

	list(f, query, "ana");
	for (int64_t id = 1; id < 20; id++)
		for (size_t i = 0; i < f->cases.n; i++)
			if (f->cases.at[i].id == id)
				used += (size_t)snprintf(got + used,
				    sizeof(got) - used, "%s%lld",
				    used == 0 ? "" : " ", (long long)id);
	if (strcmp(got, want) != 0)
		fail_msg("%s finds '%s' instead of '%s'", query, got, want);
}

/*
 * 1 ana's claim; 2 owned by ben; 3 held by ben, tagged; 4 snoozed, owned by
 * ana; 5 pending; 6 resolved; 7 dismissed; 8 joined into 2; 9 overdue.
 */
static void
furnish(struct fixture *f)
{
	struct cq_post p = a_post("9", "old", "an old story, 100% true");
	struct cq_act who;

	put(f, &p); /* case 1, made number 1 by being first */
	f->now += 4 * 3600 + 60;
	tick(f);
	p = a_post("2", "jo", "it's under_score and back\\slash");
	p.source = "reviews";
	p.lang = "de";
	p.brand = "rail";
	p.rating = 2;
	p.author_followers = 5000;
	put(f, &p);
	new_case(f, "3");
	new_case(f, "4");
	new_case(f, "5");
	new_case(f, "6");
	new_case(f, "7");
	p = a_post("8", "o'neil \"x\"", "J\xc3\xbcrgen says HELLO world");
	p.lang = "en";
	put(f, &p);
	take(f, "ana", 3);
	who = act(f, "lea");
	OK(f, cq_store_assign(f->store, &who, 2, "ben", NULL, &f->err));
	take(f, "ben", 4);
	tag(f, "ben", 4, "refund", NULL);
	who = act(f, "ana");
	OK(f, cq_store_assign(f->store, &who, 5, "ana", NULL, &f->err));
	move(f, 5, CQ_MOVE_SNOOZE, f->now + 86400);
	move(f, 6, CQ_MOVE_PEND, 0);
	move(f, 7, CQ_MOVE_RESOLVE, 0);
	new_case(f, "10");
	move(f, 9, CQ_MOVE_DISMISS, 0);
	tag(f, "ana", 8, "joined-tag", NULL);
	join(f, "ana", 2, 8);
}

static void
test_queries_find_what_they_say(void **state)
{
	static const char *const rows[][2] = {
	    {"all", "1 2 3 4 5 6 7 9"},
	    {"closed", "7 9"},
	    {"new", "1 2"},
	    {"open", "3 4"},
	    {"state:pending", "6"},
	    {"snoozed", "5"},
	    {"resolved", "7"},
	    {"state:dismissed", "9"},
	    {"mine", "3 5"},
	    {"!mine", "1 2 4 6"},
	    {"unclaimed", "1 2"},
	    {"overdue", "1"},
	    {"!overdue", "2 3 4 5 6"},
	    {"owner", "2 5"},
	    {"!owner", "1 3 4 6"},
	    {"owner:ben", "2"},
	    {"owner:nobody", ""},
	    {"held", "3 4"},
	    {"held:ben", "4"},
	    {"!held", "1 2 5 6"},
	    {"tag:refund", "4"},
	    {"tag:joined-tag", "2"},
	    {"!tag:refund", "1 2 3 5 6"},
	    {"source:reviews", "2"},
	    {"source:chirp", "1 2 3 4 5 6"},
	    {"author:jo", "2"},
	    {"author:\"o'neil\"", ""},
	    {"lang:de", "2"},
	    {"lang:en", "2"},
	    {"lang:de lang:en", "2"},
	    {"brand:rail", "2"},
	    {"due<1h", "1"},
	    {"due>1h", "2 3 4 5"},
	    {"!due>1h", "1 6"},
	    {"age>1h", "1"},
	    {"age<1h", "2 3 4 5 6"},
	    {"reach>1k", "2"},
	    {"reach<1k", "1 3 4 5 6"},
	    {"posts>1", "2"},
	    {"posts<2", "1 3 4 5 6"},
	    {"rating<3", "2"},
	    {"!rating<3", "1 3 4 5 6"},
	    {"rating>1", "2"},
	    {"#8", "2"},
	    {"#2", "2"},
	    {"#99", ""},
	    {"!#2", "1 3 4 5 6"},
	    {"closed #7", "7"},
	    {"100%", "1"},
	    {"under_score", "2"},
	    {"\"under_score and\"", "2"},
	    {"back\\slash", "2"},
	    {"it's", "2"},
	    {"hello", "2"},
	    {"%", "1"},
	    {"\"_\"", "2"},
	    {"!parcel", "1 2"},
	    {"parcel !mine", "4 6"},
	    {"all parcel", "3 4 5 6 7 9"},
	    {"mine mine mine", "3 5"},
	    {"J\xc3\xbcrgen", "2"},
	    {"pri>9223372036854775807", ""},
	    {"pri<9223372036854775807", "1 2 3 4 5 6"},
	    {"pri>-9223372036854775807", "1 2 3 4 5 6"},
	    {"reach>9223372036854775807", ""},
	};
	struct fixture *f = *state;

	furnish(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		finds(f, rows[i][0], rows[i][1]);
}

static void
test_pri_finds_by_the_priority_that_is_shown(void **state)
{
	struct fixture *f = *state;
	char query[20], want[3][100];
	int sum;

	furnish(f);
	for (int n = -5; n < 80; n++) {
		memset(want, 0, sizeof(want));
		list(f, NULL, NULL);
		for (int64_t id = 1; id < 20; id++) {
			for (size_t i = 0; i < f->cases.n; i++) {
				char *w;

				if (f->cases.at[i].id != id)
					continue;
				sum = f->cases.at[i].priority.sum;
				w = want[sum > n ? 0 : sum < n ? 1 : 2];
				snprintf(w + strlen(w), 24, "%s%lld",
				    w[0] == '\0' ? "" : " ", (long long)id);
			}
		}
		snprintf(query, sizeof(query), "pri>%d", n);
		finds(f, query, want[0]);
		snprintf(query, sizeof(query), "pri<%d", n);
		finds(f, query, want[1]);
	}
}

static void
test_a_question_of_fifty_terms_is_answered(void **state)
{
	static const char *const terms[] = {
	    "mine ", "lost ", "!held:ben ", "tag:x "};
	struct fixture *f = *state;

	furnish(f);
	for (size_t t = 0; t < sizeof(terms) / sizeof(terms[0]); t++) {
		char words[800] = "";

		for (int i = 0; i < 50; i++)
			strcat(words, terms[t]);
		list(f, words, "ana");
	}
}

static void
test_nobodys_list_of_mine_is_empty(void **state)
{
	struct fixture *f = *state;

	furnish(f);
	assert_int_equal(list(f, "mine", NULL)->n, 0);
	assert_int_equal(list(f, "mine", "stranger")->n, 0);
	assert_int_equal(counts(f, NULL).mine, 0);
}

static void
test_counts_are_those_of_the_lists(void **state)
{
	struct fixture *f = *state;
	struct cq_counts c;

	furnish(f);
	c = counts(f, "ana");
	assert_int_equal(c.queue, list(f, NULL, NULL)->n);
	assert_int_equal(c.unclaimed, list(f, "unclaimed", NULL)->n);
	assert_int_equal(c.mine, list(f, "mine", "ana")->n);
	assert_int_equal(c.overdue, 1);
	assert_int_equal(c.waiting, 2);
	assert_int_equal(c.posts, 9);
	assert_int_equal(c.cases, 9);
	assert_int_equal(c.newest_case, 9);
}

static void
test_a_case_that_is_not_there_is_not_found(void **state)
{
	static const int64_t ids[] = {0, -1, 2, INT64_MAX, INT64_MIN};
	struct fixture *f = *state;

	new_case(f, "1");
	for (size_t i = 0; i < 5; i++) {
		struct cq_act who = act(f, "ana");
		struct cq_claim claim;

		REFUSED(f, CQ_NOT_FOUND,
		    cq_store_case(f->store, ids[i], 0, &f->full, &f->err));
		assert_null(f->full.at);
		REFUSED(f, CQ_NOT_FOUND,
		    cq_store_claim(f->store, &who, ids[i], 60, &claim,
			&f->err));
	}
}

static void
test_the_story_of_a_case_keeps_its_newest_entries(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	char words[20];

	for (int i = 0; i < 30; i++) {
		snprintf(words, sizeof(words), "note %d", i);
		f->now++;
		note(f, "ana", id, words);
	}
	OK(f, cq_store_case(f->store, id, 10, &f->full, &f->err));
	assert_int_equal(f->full.n, 10);
	assert_int_equal(f->full.n_left_out, 21);
	assert_string_equal(f->full.at[9].text.s, "note 29");
	assert_string_equal(f->full.at[0].text.s, "note 20");
	head(f, id);
	assert_int_equal(f->full.n, 31);
	assert_int_equal(f->full.n_left_out, 0);
	assert_int_equal(f->full.at[0].kind, CQ_ENTRY_POST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_the_list_is_in_order_of_priority_at_any_moment),
	    WITH_QUEUE(test_priority_is_the_sum_of_its_parts),
	    WITH_QUEUE(test_cases_become_overdue_with_the_second_they_are_due),
	    WITH_QUEUE(test_an_overdue_case_goes_before_a_wider_one),
	    WITH_QUEUE(test_a_snoozed_case_wakes_at_its_time),
	    WITH_QUEUE(test_more_than_one_ticks_worth_becomes_overdue_in_time),
	    WITH_QUEUE(test_a_clock_that_goes_back_does_no_harm),
	    WITH_QUEUE(test_paging_gives_each_case_once_and_in_order),
	    WITH_QUEUE(test_closed_cases_come_last_closed_first),
	    WITH_QUEUE(test_queries_find_what_they_say),
	    WITH_QUEUE(test_pri_finds_by_the_priority_that_is_shown),
	    WITH_QUEUE(test_a_question_of_fifty_terms_is_answered),
	    WITH_QUEUE(test_nobodys_list_of_mine_is_empty),
	    WITH_QUEUE(test_counts_are_those_of_the_lists),
	    WITH_QUEUE(test_a_case_that_is_not_there_is_not_found),
	    WITH_QUEUE(test_the_story_of_a_case_keeps_its_newest_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
