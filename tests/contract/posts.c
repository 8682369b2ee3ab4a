#include "tests/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Law 1: a post exists once, in one case; and which case that is. */

#define SAD "the night train to Lindau was cancelled without a word"

static struct cq_ingested
ingest(struct fixture *f, const struct cq_post *posts, size_t n)
{
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_ingest(f->store, &who, posts, n, &sum, &f->err));
	return sum;
}

static void
test_the_same_post_twice_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct cq_post posts[] = {a_post("1", "jo", SAD),
	    a_post("2", "mo", "my suitcase came back open and empty"),
	    a_post("3", "jo", "and nobody answers the telephone"),
	    a_post("3", "jo", "and nobody answers the telephone")};
	struct cq_ingested sum;
	char *before, *after;
	int n;

	posts[2].in_reply_to = "1";
	sum = ingest(f, posts, 4);
	assert_int_equal(sum.n_read, 4);
	assert_int_equal(sum.n_new, 3);
	assert_int_equal(sum.n_joined, 1);
	assert_int_equal(sum.n_known, 1);
	before = snapshot(f, 2);
	n = n_events(f, -1, NULL);
	f->now += 3600;
	sum = ingest(f, posts, 4);
	assert_int_equal(sum.n_new + sum.n_joined + sum.n_edited, 0);
	assert_int_equal(sum.n_known, 4);
	assert_int_equal(n_events(f, -1, NULL), n);
	f->now -= 3600; /* age alone makes a difference */
	after = snapshot(f, 2);
	same_snapshot(before, after, "the same file again");
	free(before);
	free(after);
	all_is_well(f);
}

static void
test_ids_are_per_source(void **state)
{
	struct fixture *f = *state;
	struct cq_post here = a_post("1", "jo", SAD);
	struct cq_post there = a_post("1", "mo", "no heating in coach 12");

	struct cq_post answer = a_post("2", "lou", "and what did they say?");
	int64_t first = put(f, &here), second;

	there.source = "reviews";
	second = put(f, &there);
	assert_int_not_equal(first, second);
	assert_int_equal(counts(f, NULL).posts, 2);
	answer.in_reply_to = "1";
	assert_int_equal(put(f, &answer), first);
	answer.source = "reviews";
	assert_int_equal(put(f, &answer), second);
}

/* Many, as their names are kept by a number of a few bits. */
static void
test_posts_of_many_sources_may_come_mixed(void **state)
{
	static const char *const names[] = {
	    "a", "b", "c", "d", "e", "g", "h", "i", "j", "k", "l", "m"};
	const size_t n = sizeof(names) / sizeof(names[0]);
	const char *const ours[] = {"jo", NULL};
	struct fixture *f = *state;
	struct cq_act who = act(f, "adm");
	struct cq_post posts[24];
	struct cq_ingested sum;
	int64_t n_set;

	for (size_t i = 0; i < n; i++) { /* the same id in each of them */
		posts[i] = a_post("1", "mo", "no heating in coach 12");
		posts[i].source = names[i];
	}
	assert_int_equal(ingest(f, posts, n).n_new, n);
	for (size_t i = 0; i < 2 * n; i++) { /* those of the last are ours */
		posts[i] = a_post(i < n ? "2" : "3", "jo", "soon");
		posts[i].source = names[i % n];
	}
	OK(f,
	    cq_store_own_set(f->store, &who, names[n - 1], ours, true, &n_set,
		&f->err));
	sum = ingest(f, posts, 2 * n);
	assert_int_equal(sum.n_own, 2);
	assert_int_equal(sum.n_new, 2 * n - 2);
	assert_int_equal(sum.n_edited, 0);
	all_is_well(f);
}

static int
n_revisions(struct fixture *f, int64_t case_id)
{
	int n = 0;

	head(f, case_id);
	for (size_t i = 0; i < f->full.n; i++)
		n += f->full.at[i].kind == CQ_ENTRY_REVISION;
	return n;
}

static const char *
text_of(struct fixture *f, int64_t case_id)
{
	head(f, case_id);
	for (size_t i = 0; i < f->full.n; i++)
		if (f->full.at[i].kind == CQ_ENTRY_POST)
			return f->full.at[i].text.s;
	return "";
}

static void
test_an_edit_is_a_revision_and_an_old_file_does_not_turn_it_back(void **state)
{
	struct fixture *f = *state;
	struct cq_post first = a_post("1", "jo", SAD);
	struct cq_post second = a_post("1", "jo", SAD ", twice");
	struct cq_post third = a_post("1", "jo", SAD ", three times");
	int64_t id = put(f, &first);

	f->now += 60;
	assert_int_equal(ingest(f, &second, 1).n_edited, 1);
	f->now += 60;
	assert_int_equal(ingest(f, &third, 1).n_edited, 1);
	assert_int_equal(n_revisions(f, id), 2);
	assert_int_equal(ingest(f, &first, 1).n_edited, 0);
	assert_int_equal(ingest(f, &second, 1).n_edited, 0);
	assert_int_equal(n_revisions(f, id), 2);
	assert_string_equal(text_of(f, id), third.text);
	assert_int_equal(counts(f, NULL).posts, 1);
	assert_int_equal(n_events(f, id, "edit"), 2);
	all_is_well(f);
}

/* The revision that was kept as that one, the first being 1. */
static const char *
revision_of(struct fixture *f, int64_t case_id, int number)
{
	head(f, case_id);
	for (size_t i = 0; i < f->full.n; i++)
		if (f->full.at[i].revision == number &&
		    f->full.at[i].kind == CQ_ENTRY_REVISION)
			return f->full.at[i].text.s;
	return "";
}

static struct cq_post
a_past(const char *text, int64_t past_at)
{
	struct cq_post past = a_post("1", "jo", text);

	past.past_at = past_at;
	return past;
}

static void
test_texts_of_the_past_are_kept_in_their_turn_and_once(void **state)
{
	struct fixture *f = *state;
	struct cq_post first = a_post("1", "jo", SAD);
	struct cq_post now = a_post("1", "jo", SAD ", for ever");
	struct cq_post past[] = {a_past("before it was read", f->now - 1),
	    a_past(SAD ", twice", f->now + 60), a_past(SAD, f->now + 120), now};
	struct cq_post late = a_past("seen too late", f->now + 600);
	struct cq_post none = a_past("of a post nobody read", f->now + 60);
	int64_t id;

	none.id = "2";
	assert_int_equal(ingest(f, &none, 1).n_new, 0);
	id = put(f, &first);
	f->now += 900;
	assert_int_equal(ingest(f, past, 4).n_edited, 3);
	assert_string_equal(text_of(f, id), now.text);
	assert_int_equal(n_revisions(f, id), 3);
	assert_string_equal(revision_of(f, id, 1), SAD);
	assert_string_equal(revision_of(f, id, 2), SAD ", twice");
	assert_string_equal(revision_of(f, id, 3), SAD);

	f->now += 900; /* the same history again, and what was passed over */
	assert_int_equal(ingest(f, past, 4).n_edited, 0);
	assert_int_equal(ingest(f, &late, 1).n_edited, 0);
	late.past_at = f->now + 1; /* by a clock that is wrong */
	assert_int_equal(ingest(f, &late, 1).n_edited, 0);
	assert_string_equal(text_of(f, id), now.text);
	assert_int_equal(counts(f, NULL).posts, 1);
	all_is_well(f);
}

static void
test_an_edited_post_stays_in_its_case(void **state)
{
	struct fixture *f = *state;
	struct cq_post other = a_post("1", "mo", SAD);
	struct cq_post p = a_post("2", "jo", "no heating in coach 12 at all");
	int64_t one = put(f, &other), two = put(f, &p);

	p.text = SAD;
	p.in_reply_to = "1";
	assert_int_equal(put(f, &p), two);
	assert_int_not_equal(one, two);
}

static void
test_a_reply_goes_to_its_parents_case_and_reopens_it(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", SAD);
	struct cq_post reply = a_post("2", "jo", "still waiting, anybody?");
	int64_t id = put(f, &p);

	resolve(f, "ana", id);
	reply.in_reply_to = "1";
	assert_int_equal(put(f, &reply), id);
	assert_int_equal(head(f, id)->state, CQ_OPEN);
	assert_int_equal(head(f, id)->n_posts, 2);
	assert_int_equal(head(f, id)->n_authors, 1);
	assert_int_not_equal(head(f, id)->due_at, CQ_NO_TIME);
	assert_null(head(f, id)->outcome);
	assert_non_null(f->full.at[1].why.s);
	all_is_well(f);
}

static void
test_a_repost_adds_reach_and_never_a_case_or_a_reopening(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", SAD);
	struct cq_post again = a_post("2", "fan", "RT @jo: " SAD);
	int64_t id = put(f, &p);

	resolve(f, "ana", id);
	again.repost_of = "1";
	again.author_followers = 5000;
	assert_int_equal(put(f, &again), id);
	assert_int_equal(head(f, id)->state, CQ_RESOLVED);
	assert_int_equal(head(f, id)->reach, 5100);
	assert_int_equal(counts(f, NULL).cases, 1);
	again.id = "3"; /* who reposts twice reaches nobody new */
	assert_int_equal(put(f, &again), id);
	assert_int_equal(head(f, id)->reach, 5100);
}

static void
test_a_quote_and_a_late_parent_find_the_case(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("2", "jo", SAD);
	struct cq_post quote = a_post("3", "mo", "look at how they behave!");
	struct cq_post parent = a_post("1", "ed", "who else waits in Lindau?");
	int64_t id;

	p.in_reply_to = "1";
	quote.quote_of = "2";
	id = put(f, &p);
	assert_int_equal(put(f, &quote), id);
	assert_int_equal(put(f, &parent), id);
	assert_int_equal(head(f, id)->n_posts, 3);
	assert_int_equal(head(f, id)->n_authors, 3);
}

static void
test_a_reply_in_another_source_with_the_same_id_is_no_reply(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", SAD);
	struct cq_post reply = a_post("2", "jo", "still nobody answers me");

	reply.source = "reviews";
	reply.in_reply_to = "1";
	assert_int_not_equal(put(f, &p), put(f, &reply));
}

static void
test_one_uri_in_two_sources_is_one_case(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", SAD);
	struct cq_post copy = a_post("77", "jo@chirp", "the night train gone");

	p.uri = copy.uri = "https://chirp.example/jo/1";
	copy.source = "fedi";
	assert_int_equal(put(f, &p), put(f, &copy));
	assert_int_equal(counts(f, NULL).posts, 2);
}

static void
test_a_uri_that_many_posts_have_is_of_none(void **state)
{
	struct fixture *f = *state;
	struct cq_post one = a_post("1", "jo", SAD);
	struct cq_post two = a_post("2", "mo", "the app logs me out daily");
	struct cq_post there = a_post("3", "kim", "who has found my scarf?");

	one.uri = two.uri = there.uri = "https://shop.example/app";
	there.source = "fedi";
	assert_int_not_equal(put(f, &one), put(f, &two));
	put(f, &there);
	assert_int_equal(counts(f, NULL).queue, 3);
}

static void
test_same_long_text_joins_and_a_short_one_does_not(void **state)
{
	struct fixture *f = *state;
	struct cq_post one = a_post("1", "jo", SAD);
	struct cq_post two = a_post("2", "mo",
	    "The NIGHT train to Lindau was "
	    "cancelled, without a word!!");
	struct cq_post three = a_post("3", "kim", "Thanks a lot");
	struct cq_post four = a_post("4", "lou", "thanks a lot");

	assert_int_equal(put(f, &one), put(f, &two));
	assert_int_not_equal(put(f, &three), put(f, &four));
}

static void
test_who_writes_again_goes_on_with_a_case_of_its_own_alone(void **state)
{
	struct fixture *f = *state;
	struct cq_post one = a_post("1", "jo", SAD);
	struct cq_post word = a_post("2", "mo", "oh no, what a night");
	struct cq_post own = a_post("3", "mo", "my suitcase is gone, help!");
	struct cq_post more = a_post("4", "mo", "well? so?");
	struct cq_post again = a_post("5", "jo", "so where is my money?");
	int64_t id, own_id;

	one.brand = word.brand = own.brand = "rail";
	more.brand = again.brand = "rail";
	id = put(f, &one);
	word.in_reply_to = "1";
	assert_int_equal(put(f, &word), id);
	own_id = put(f, &own);
	/* or nobody would answer mo, who asks something else */
	assert_int_not_equal(own_id, id);
	assert_int_equal(put(f, &more), own_id);
	assert_int_equal(put(f, &again), id);
	all_is_well(f);
}

static void
test_who_writes_again_goes_on_where_its_case_was_joined_to(void **state)
{
	struct fixture *f = *state;
	struct cq_post own = a_post("3", "mo", "my suitcase is gone, help!");
	struct cq_post more = a_post("4", "mo", "well? so?");
	int64_t one = new_case(f, "1"), two;

	own.brand = more.brand = "rail";
	two = put(f, &own);
	resolve(f, "ben", two); /* but what it was joined to goes on */
	join(f, "ana", one, two);
	assert_int_equal(put(f, &more), one);
	assert_int_equal(head(f, one)->n_posts, 3);
	all_is_well(f);
}

static void
test_what_anonymous_wrote_another_did_not(void **state)
{
	struct fixture *f = *state;
	struct cq_post one = a_post("1", "Anonymous", "the app is broken");
	struct cq_post same = a_post("2", "Anonymous", "the app is broken");
	struct cq_post other = a_post("3", "Anonymous", "where is my refund?");
	struct cq_post talk = a_post("4", "Anonymous", "my seat has no belt");

	one.brand = same.brand = other.brand = talk.brand = "rail";
	one.conversation = talk.conversation = "t";
	put(f, &one);
	put(f, &same);
	put(f, &other);
	put(f, &talk);
	assert_int_equal(counts(f, NULL).queue, 4);
}

static void
test_same_text_after_a_week_is_another_case(void **state)
{
	struct fixture *f = *state;
	struct cq_post one = a_post("1", "jo", SAD), two = one;
	int64_t id = put(f, &one);

	two.id = "2";
	f->now += CQ_COPY_WINDOW_S + 1;
	assert_int_not_equal(put(f, &two), id);
}

static void
test_a_late_reply_goes_along_when_the_join_is_undone(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_post reply = a_post("3", "mo", "it happened to me as well");

	reply.in_reply_to = "2";
	join(f, "ana", one, two);
	f->now += 60;
	assert_int_equal(put(f, &reply), one);
	assert_int_equal(head(f, one)->n_posts, 3);
	undo(f, "ana");
	assert_int_equal(case_of(f, "chirp", "3"), two);
	assert_int_equal(head(f, one)->n_posts, 1);
	assert_int_equal(head(f, one)->reach, 100);
	assert_int_equal(head(f, two)->n_posts, 2);
	assert_int_equal(head(f, two)->n_authors, 2);
	assert_int_equal(head(f, two)->reach, 200);
	assert_int_equal(head(f, two)->last_post_at, f->now);
	all_is_well(f);
}

static void
test_a_late_reply_reopens_the_case_it_goes_back_to(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	struct cq_post reply = a_post("3", "mo", "it happened to me as well");

	resolve(f, "ben", two);
	join(f, "ana", one, two);
	reply.in_reply_to = "2";
	assert_int_equal(put(f, &reply), one);
	undo(f, "ana");
	assert_int_equal(case_of(f, "chirp", "3"), two);
	/* nobody has seen what the customer wrote since */
	assert_int_equal(head(f, two)->state, CQ_OPEN);
	all_is_well(f);
}

static void
test_a_late_reply_goes_along_when_a_case_is_broken_out(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2"), back = 0;
	struct cq_post reply = a_post("3", "mo", "it happened to me as well");
	struct cq_act who;
	int64_t posts[2];

	reply.in_reply_to = "2";
	join(f, "ana", one, two);
	put(f, &reply);
	posts[0] = post_of(f, one, 1);
	posts[1] = post_of(f, one, 2);
	who = act(f, "ben");
	OK(f,
	    cq_store_split(f->store, &who, one, posts, 2, "no", &back,
		&f->err));
	assert_int_equal(back, two);
	assert_int_equal(head(f, two)->n_posts, 2);
	assert_int_equal(head(f, two)->reach, 200);
	assert_int_equal(head(f, one)->n_posts, 1);
	all_is_well(f);
}

static void
test_pending_and_snoozed_cases_come_back_when_the_author_writes(void **state)
{
	static const enum cq_move moves[] = {CQ_MOVE_PEND, CQ_MOVE_SNOOZE};
	struct fixture *f = *state;
	char ids[4][8] = {"1", "2", "r1", "r2"};

	for (size_t i = 0; i < 2; i++) {
		int64_t id = new_case(f, ids[i]);
		struct cq_post reply = a_post(ids[i + 2], ids[i], "well? so?");
		struct cq_act who = act(f, "ana");

		OK(f,
		    cq_store_move(f->store, &who, id, 0, moves[i], NULL,
			f->now + 3600, &f->err));
		reply.in_reply_to = ids[i];
		put(f, &reply);
		assert_int_equal(head(f, id)->state, CQ_OPEN);
		assert_int_equal(head(f, id)->snooze_until_at, CQ_NO_TIME);
		assert_int_not_equal(head(f, id)->due_at, CQ_NO_TIME);
	}
}

static int64_t
dismissed_case(struct fixture *f, const char *text)
{
	struct cq_post first = a_post("1", "jo", text);
	int64_t id = put(f, &first);
	struct cq_act who = act(f, "ana");

	OK(f,
	    cq_store_move(f->store, &who, id, 0, CQ_MOVE_DISMISS, "chatter", 0,
		&f->err));
	return id;
}

static void
test_a_dismissed_case_is_woken_by_its_own_author_alone(void **state)
{
	struct fixture *f = *state;
	int64_t id = dismissed_case(f, SAD);
	struct cq_post stranger = a_post("2", "kim", "lol");
	struct cq_post again = a_post("3", "jo", SAD);
	struct cq_post author = a_post("4", "jo", "well? so?");

	stranger.in_reply_to = "1";
	assert_int_equal(put(f, &stranger), id);
	assert_int_equal(head(f, id)->state, CQ_DISMISSED);
	assert_int_equal(put(f, &again), id); /* the same words again */
	assert_int_equal(head(f, id)->state, CQ_DISMISSED);
	assert_string_equal(head(f, id)->outcome, "chatter");
	author.in_reply_to = "1";
	assert_int_equal(put(f, &author), id);
	assert_int_equal(head(f, id)->state, CQ_OPEN);
}

static void
test_what_was_dismissed_of_one_is_a_case_of_another(void **state)
{
	struct fixture *f = *state;
	int64_t id = dismissed_case(f, SAD);
	struct cq_post copy = a_post("2", "kim", SAD);

	assert_int_not_equal(put(f, &copy), id);
	assert_int_equal(counts(f, NULL).queue, 1);
}

static void
test_reach_is_what_the_posts_say_whatever_is_done_and_undone(void **state)
{
	struct fixture *f = *state;
	struct cq_post first = a_post("1", "jo", SAD);
	struct cq_post more = a_post("2", "jo", "and again");
	int64_t id = put(f, &first);

	more.in_reply_to = "1";
	more.author_followers = 500000;
	assert_int_equal(put(f, &more), id);
	assert_int_equal(head(f, id)->reach, 500000);
	note(f, "ana", id, "big one");
	undo(f, "ana");
	assert_int_equal(head(f, id)->reach, 500000);
}

static void
test_an_edit_back_to_the_first_text_shows_if_a_source_says_so(void **state)
{
	static const char *const texts[] = {"price 5", "price 50", "price 5"};
	struct fixture *f = *state;
	struct cq_source source = {.name = (char *)"chirp",
	    .adapter = (char *)"feed",
	    .address = (char *)"https://chirp.example/feed",
	    .every_s = 60};
	struct cq_act who = act(f, "adm");
	struct cq_fetched fetched = {.cursor_before = ""};
	struct cq_post post = a_post("1", "jo", "");

	OK(f, cq_store_source_add(f->store, &who, &source, &f->err));
	OK(f, cq_store_source(f->store, "chirp", &source, &f->err));
	fetched.source_id = source.id;
	cq_source_free(&source);
	for (size_t i = 0; i < 3; i++) {
		post.text = texts[i];
		who = act(f, "adm");
		OK(f,
		    cq_store_fetched(f->store, &who, &fetched, &post, 1, NULL,
			&f->err));
	}
	assert_string_equal(head(f, 1)->subject.s, "price 5");
	all_is_well(f);
}

static void
test_bad_posts_are_counted_and_left_out(void **state)
{
	struct fixture *f = *state;
	struct cq_post posts[] = {a_post("1", "jo", SAD),
	    a_post("2", "jo", "bad \xff bytes"), a_post("", "jo", "no id"),
	    a_post("3", "jo", NULL), a_post("4", "jo", "rated beyond")};
	struct cq_ingested sum = {.n_bad = 10};
	struct cq_act who = act(f, "ana");

	posts[4].rating = 6;
	OK(f, cq_store_ingest(f->store, &who, posts, 5, &sum, &f->err));
	assert_int_equal(sum.n_read, 5);
	assert_int_equal(sum.n_new, 1);
	assert_int_equal(sum.n_bad, 14); /* sums are added to */
	assert_int_equal(counts(f, NULL).posts, 1);
}

static void
test_hostile_words_are_kept_as_they_came(void **state)
{
	static const char words[] = "it's \"50%_off\" \x1b[31m \\ ; DROP TABLE "
				    "post; -- \xf0\x9f\x98\xa1 \xe2\x80\xae";
	struct fixture *f = *state;
	struct cq_post p = a_post("'; DROP TABLE post; --", "'\"\\", words);
	int64_t id = put(f, &p);

	assert_string_equal(text_of(f, id), words);
	assert_string_equal(head(f, id)->handle.s, "'\"\\");
	all_is_well(f);
}

static void
test_the_lowest_rating_of_its_posts_is_the_cases(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", SAD);
	struct cq_post worse = a_post("2", "jo", "worse and worse");
	int64_t id;

	p.rating = 4;
	id = put(f, &p);
	worse.in_reply_to = "1";
	worse.rating = 1;
	put(f, &worse);
	assert_int_equal(head(f, id)->rating, 1);
	worse.id = "3";
	worse.rating = 5;
	put(f, &worse);
	assert_int_equal(head(f, id)->rating, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_the_same_post_twice_changes_nothing),
	    WITH_QUEUE(test_ids_are_per_source),
	    WITH_QUEUE(test_posts_of_many_sources_may_come_mixed),
	    WITH_QUEUE(
		test_an_edit_is_a_revision_and_an_old_file_does_not_turn_it_back),
	    WITH_QUEUE(test_texts_of_the_past_are_kept_in_their_turn_and_once),
	    WITH_QUEUE(test_an_edited_post_stays_in_its_case),
	    WITH_QUEUE(test_a_reply_goes_to_its_parents_case_and_reopens_it),
	    WITH_QUEUE(
		test_a_repost_adds_reach_and_never_a_case_or_a_reopening),
	    WITH_QUEUE(test_a_quote_and_a_late_parent_find_the_case),
	    WITH_QUEUE(
		test_a_reply_in_another_source_with_the_same_id_is_no_reply),
	    WITH_QUEUE(test_one_uri_in_two_sources_is_one_case),
	    WITH_QUEUE(test_a_uri_that_many_posts_have_is_of_none),
	    WITH_QUEUE(test_same_long_text_joins_and_a_short_one_does_not),
	    WITH_QUEUE(
		test_who_writes_again_goes_on_with_a_case_of_its_own_alone),
	    WITH_QUEUE(
		test_who_writes_again_goes_on_where_its_case_was_joined_to),
	    WITH_QUEUE(test_what_anonymous_wrote_another_did_not),
	    WITH_QUEUE(test_same_text_after_a_week_is_another_case),
	    WITH_QUEUE(test_a_late_reply_goes_along_when_the_join_is_undone),
	    WITH_QUEUE(test_a_late_reply_reopens_the_case_it_goes_back_to),
	    WITH_QUEUE(test_a_late_reply_goes_along_when_a_case_is_broken_out),
	    WITH_QUEUE(
		test_pending_and_snoozed_cases_come_back_when_the_author_writes),
	    WITH_QUEUE(test_a_dismissed_case_is_woken_by_its_own_author_alone),
	    WITH_QUEUE(test_what_was_dismissed_of_one_is_a_case_of_another),
	    WITH_QUEUE(
		test_reach_is_what_the_posts_say_whatever_is_done_and_undone),
	    WITH_QUEUE(
		test_an_edit_back_to_the_first_text_shows_if_a_source_says_so),
	    WITH_QUEUE(test_bad_posts_are_counted_and_left_out),
	    WITH_QUEUE(test_hostile_words_are_kept_as_they_came),
	    WITH_QUEUE(test_the_lowest_rating_of_its_posts_is_the_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
