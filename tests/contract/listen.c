#include "tests/file.h"
#include "tests/listening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"

/* Listening posts: what is kept of them, and of what became of a post. */

static int64_t
source_number(struct fixture *f, const char *name)
{
	struct cq_source s = source_now(f, name);
	int64_t id = s.id;

	cq_source_free(&s);
	return id;
}

static struct cq_ingested
brought(struct fixture *f, const struct cq_post *posts, size_t n)
{
	return fetched(f, "loud", &(struct cq_fetched){0}, posts, n);
}

static void
refused(struct fixture *f, const char *name)
{
	struct cq_fetched end = {.error = "HTTP 401", .refused = true};

	fetched(f, name, &end, NULL, 0);
}

/* A post of the source "loud" whose text is like no other. */
static struct cq_post
loud(const char *id, const char *text)
{
	struct cq_post p = a_post(id, id, text);

	p.source = "loud";
	return p;
}

/* --- what a source was told --------------------------------------------- */

static void
test_options_and_since_come_back_as_they_were_told(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);

	s.options = "{\"map\":\"/etc/caseq/loud.json\"}";
	s.since_at = T0 - 86400;
	add_source(f, &s);
	s = source_now(f, "loud");
	assert_string_equal(s.options, "{\"map\":\"/etc/caseq/loud.json\"}");
	assert_int_equal(s.since_at, T0 - 86400);
	cq_source_free(&s);
	all_is_well(f);
}

static bool
find_data(void *arg, const struct cq_event *e)
{
	const char **data = arg;

	if (strcmp(e->kind, "source") == 0 && *data == NULL)
		*data = strdup(e->data);
	return true;
}

static void
test_the_log_tells_options_but_no_token_file(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, "/home/sue/marker-4711");
	char *data = NULL;

	s.options = "{\"monthly_cap\":900}";
	add_source(f, &s);
	OK(f, cq_store_events(f->store, 0, find_data, &data, &f->err));
	assert_non_null(data);
	assert_non_null(strstr(data, "\"options\":{\"monthly_cap\":900}"));
	assert_null(strstr(data, "marker-4711"));
	free(data);
}

/* --- accounts ------------------------------------------------------------ */

static bool
is_paused(struct fixture *f, const char *name)
{
	struct cq_source s = source_now(f, name);
	bool paused = s.paused && s.parked_at == f->now &&
	    s.last_error != NULL && strcmp(s.last_error, "HTTP 401") == 0;

	assert_int_equal(s.paused, paused); /* and then it says why */
	cq_source_free(&s);
	return paused;
}

static void
add_accounts(struct fixture *f)
{
	const struct cq_source all[] = {
	    a_source("loud", HOST, "/t/one"),
	    a_source("tags", "https://Social.Example/tags?a=b", "/t/one"),
	    a_source("other-token", HOST, "/t/two"),
	    a_source("no-token", HOST, NULL),
	    a_source("other-host", "https://social.example.net", "/t/one"),
	    a_source("other-port", HOST ":444", "/t/one"),
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		add_source(f, &all[i]);
}

static void
test_a_refused_account_rests_as_a_whole_and_nothing_else(void **state)
{
	struct fixture *f = *state;

	add_accounts(f);
	refused(f, "loud");
	assert_true(is_paused(f, "loud"));
	assert_true(is_paused(f, "tags"));
	assert_false(is_paused(f, "other-token"));
	assert_false(is_paused(f, "no-token"));
	assert_false(is_paused(f, "other-host"));
	assert_false(is_paused(f, "other-port"));
	all_is_well(f);
}

/* Its answer was on its way when the account was refused. */
static void
test_what_a_parked_source_still_brings_does_not_hide_it(void **state)
{
	struct fixture *f = *state;

	add_accounts(f);
	refused(f, "loud");
	fetched_nothing(f, "tags", NULL);
	assert_true(is_paused(f, "tags"));
	fetched_nothing(f, "tags", "out of order");
	assert_true(is_paused(f, "tags"));
	pause_source(f, "loud", false);
	assert_false(is_paused(f, "tags"));
	all_is_well(f);
}

static void
test_a_source_that_was_removed_does_not_come_back_as_paused(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);
	struct cq_fetched gone = {.error = "gone", .pause = true};
	struct cq_sources sources;
	struct cq_act who;

	add_source(f, &s);
	s = source_now(f, "loud");
	remove_source(f, "loud");
	gone.source_id = s.id;
	gone.cursor_before = s.cursor;
	who = act(f, "ana");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_fetched(f->store, &who, &gone, NULL, 0, NULL, &f->err));
	OK(f, cq_store_sources(f->store, &sources, &f->err));
	assert_int_equal(sources.n, 0);
	cq_sources_free(&sources);
	cq_source_free(&s);
}

static int64_t
next_of(struct fixture *f, const char *name)
{
	struct cq_source s = source_now(f, name);
	int64_t at = s.next_at;

	cq_source_free(&s);
	return at;
}

static void
test_what_an_account_has_to_wait_is_stored_for_all_its_sources(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("more", HOST, NULL);
	struct cq_fetched end = {.error = "asks for patience"};

	add_accounts(f);
	add_source(f, &s);
	fetched_nothing(f, "tags", NULL);
	end.rest_at = f->now + 4000;
	fetched(f, "loud", &end, NULL, 0);
	assert_int_equal(next_of(f, "tags"), f->now + 4000);
	assert_int_equal(next_of(f, "other-token"), f->now);
	assert_int_equal(next_of(f, "other-host"), f->now);
	assert_int_equal(next_of(f, "more"), f->now);
	end.rest_at = f->now + 100; /* it does not get shorter */
	fetched(f, "loud", &end, NULL, 0);
	assert_int_equal(next_of(f, "tags"), f->now + 4000);
	fetched(f, "more", &end, NULL, 0);
	assert_int_equal(next_of(f, "no-token"), f->now + 100);
	assert_int_equal(next_of(f, "other-token"), f->now);
	all_is_well(f);
}

/* Seconds from now that its account rests; 0: it does not. */
static int64_t
rest_of(struct fixture *f, const char *name)
{
	struct cq_source s = source_now(f, name);
	int64_t rest_s = s.rest_at == CQ_NO_TIME ? 0 : s.rest_at - f->now;

	cq_source_free(&s);
	return rest_s;
}

static void
rests(struct fixture *f, const char *name, int64_t rest_s)
{
	struct cq_fetched end = {.error = "asks for patience"};

	end.rest_at = f->now + rest_s;
	fetched(f, name, &end, NULL, 0);
}

static void
test_a_rest_is_kept_apart_from_the_interval_and_passes(void **state)
{
	struct fixture *f = *state;

	add_accounts(f);
	fetched_nothing(f, "tags", NULL); /* asked again in five minutes */
	assert_int_equal(rest_of(f, "tags"), 0);
	rests(f, "loud", 4000);
	assert_int_equal(rest_of(f, "loud"), 4000);
	assert_int_equal(rest_of(f, "tags"), 4000);
	assert_int_equal(rest_of(f, "other-token"), 0);
	assert_int_equal(rest_of(f, "other-host"), 0);
	rests(f, "loud", 100); /* it gets no shorter */
	assert_int_equal(rest_of(f, "tags"), 4000);
	f->now += 3999;
	fetched_nothing(f, "tags", NULL); /* was on its way: lifts nothing */
	assert_int_equal(rest_of(f, "tags"), 1);
	f->now++;
	assert_int_equal(rest_of(f, "loud"), 0);
	assert_int_equal(rest_of(f, "tags"), 0);
	all_is_well(f);
}

static void
test_a_clock_set_back_makes_no_source_rest_for_more_than_a_day(void **state)
{
	struct fixture *f = *state;

	add_accounts(f);
	f->now += 400 * 24 * 3600;
	rests(f, "loud", 4000);
	f->now -= 400 * 24 * 3600;
	assert_int_equal(rest_of(f, "loud"), 0);
	rests(f, "loud", 60); /* and what is told now counts */
	assert_int_equal(rest_of(f, "loud"), 60);
	assert_int_equal(rest_of(f, "tags"), 60);
	f->now += 61;
	fetched_nothing(f, "loud", NULL);
	f->now -= 61; /* what is over does not begin anew */
	assert_int_equal(rest_of(f, "loud"), 0);
}

static void
test_who_resumes_a_source_that_rests_lifts_that_of_its_account(void **state)
{
	struct fixture *f = *state;

	add_accounts(f);
	rests(f, "loud", 4000);
	rests(f, "other-token", 4000);
	pause_source(f, "tags", false);
	assert_int_equal(rest_of(f, "loud"), 0);
	assert_int_equal(rest_of(f, "tags"), 0);
	assert_int_equal(next_of(f, "loud"), f->now);
	assert_int_equal(next_of(f, "tags"), f->now);
	assert_int_equal(rest_of(f, "other-token"), 4000);
	all_is_well(f);
}

/* Whoever lets it go on need not know that others have to wait. */
static void
test_who_resumes_a_paused_source_does_not_wake_a_resting_account(void **state)
{
	struct fixture *f = *state;

	add_accounts(f);
	pause_source(f, "tags", true);
	rests(f, "loud", 4000);
	pause_source(f, "tags", false);
	assert_int_equal(rest_of(f, "loud"), 4000);
	assert_int_equal(rest_of(f, "tags"), 4000);
	assert_int_equal(next_of(f, "tags"), f->now + 4000);
	pause_source(f, "tags", false);
	assert_int_equal(rest_of(f, "loud"), 0);
}

/* One of two that ask at a time is told to wait, and comes second. */
static void
test_a_rest_is_stored_even_by_a_fetch_that_was_overtaken(void **state)
{
	struct fixture *f = *state;
	struct cq_fetched late = {.cursor_before = "not what is stored",
	    .error = "asks for patience"};
	struct cq_source s;
	struct cq_act who = act(f, "ana");

	add_accounts(f);
	s = source_now(f, "loud");
	late.source_id = s.id;
	late.rest_at = f->now + 700;
	cq_source_free(&s);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_fetched(f->store, &who, &late, NULL, 0, NULL, &f->err));
	s = source_now(f, "loud");
	assert_int_equal(s.n_failed, 0);
	assert_null(s.last_error);
	cq_source_free(&s);
	assert_int_equal(rest_of(f, "loud"), 700);
	assert_int_equal(rest_of(f, "tags"), 700);
	assert_int_equal(next_of(f, "loud"), f->now + 700);
}

static void
test_without_a_token_a_refused_source_rests_alone(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("more", HOST, NULL);

	add_accounts(f);
	add_source(f, &s);
	refused(f, "no-token");
	assert_true(is_paused(f, "no-token"));
	assert_false(is_paused(f, "more"));
	assert_false(is_paused(f, "loud"));
}

static void
test_a_refused_account_goes_on_as_a_whole(void **state)
{
	struct fixture *f = *state;
	struct cq_source by_hand = a_source("by-hand", HOST, "/t/one"), s;

	add_accounts(f);
	add_source(f, &by_hand);
	pause_source(f, "by-hand", true);
	refused(f, "loud");
	pause_source(f, "tags", false);
	assert_false(is_paused(f, "loud"));
	assert_false(is_paused(f, "tags"));
	s = source_now(f, "by-hand"); /* that a person paused stays so */
	assert_true(s.paused);
	assert_int_equal(s.parked_at, CQ_NO_TIME);
	cq_source_free(&s);
	all_is_well(f);
}

static void
test_what_paused_for_another_reason_does_not_go_on_with_it(void **state)
{
	struct fixture *f = *state;
	struct cq_fetched gone = {.error = "gone for good", .pause = true};
	struct cq_source s;

	add_accounts(f);
	fetched(f, "tags", &gone, NULL, 0);
	refused(f, "loud");
	pause_source(f, "loud", false);
	assert_false(is_paused(f, "loud"));
	s = source_now(f, "tags");
	assert_true(s.paused);
	assert_string_equal(s.last_error, "gone for good");
	cq_source_free(&s);
}

/* --- what is heard -------------------------------------------------------- */

static void
test_posts_a_week_go_by_when_they_were_written(void **state)
{
	struct fixture *f = *state;
	const int64_t days_ago[] = {400, 7, 6, 1, 1, 0};
	struct cq_source s = a_source("loud", HOST, NULL);
	char texts[6][80], ids[6][4];
	struct cq_post posts[6];

	add_source(f, &s);
	for (int i = 0; i < 6; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%d", i);
		snprintf(texts[i], sizeof(texts[i]),
		    "order number %d0417%d never arrived", i, i);
		posts[i] = loud(ids[i], texts[i]);
		posts[i].created_at = f->now - days_ago[i] * 86400;
	}
	brought(f, posts, 6);
	s = source_now(f, "loud");
	assert_int_equal(s.n_week, 4);
	assert_int_equal(s.week_days, 7);
	assert_int_equal(s.n_posts, 6);
	assert_int_equal(s.habit.heard_at, f->now);
	cq_source_free(&s);
	brought(f, posts, 6); /* known ones: no more */
	s = source_now(f, "loud");
	assert_int_equal(s.n_week, 4);
	cq_source_free(&s);
}

static void
test_the_first_failure_is_remembered_until_a_success(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);

	add_source(f, &s);
	fetched_nothing(f, "loud", "no answer");
	f->now += 60;
	fetched_nothing(f, "loud", "no answer");
	s = source_now(f, "loud");
	assert_int_equal(s.n_failed, 2);
	assert_int_equal(s.failed_at, f->now - 60);
	cq_source_free(&s);
	fetched_nothing(f, "loud", NULL);
	s = source_now(f, "loud");
	assert_int_equal(s.failed_at, CQ_NO_TIME);
	assert_int_equal(s.ok_at, f->now);
	cq_source_free(&s);
}

/* --- who may read a post -------------------------------------------------- */

static struct cq_marks
marks_of(struct fixture *f, const char *id)
{
	int64_t case_id = case_of(f, "loud", id);

	head(f, case_id);
	for (size_t i = 0; i < f->full.n; i++)
		if (f->full.at[i].kind == CQ_ENTRY_POST &&
		    strcmp(f->full.at[i].remote_id.s, id) == 0)
			return f->full.at[i].marks;
	fail_msg("post %s is not in case %d", id, (int)case_id);
	return (struct cq_marks){0};
}

static void
test_a_post_keeps_who_may_read_it_and_that_a_bot_wrote_it(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = loud("1", "please keep this between the two of us");
	struct cq_post reply = loud("2", "and here is my address for you");
	struct cq_post open = loud("3", "the gates at platform 9 are shut");

	p.visibility = CQ_DIRECT;
	reply.visibility = CQ_PRIVATE;
	reply.bot = true;
	reply.in_reply_to = "1";
	put(f, &p);
	put(f, &reply);
	put(f, &open);
	assert_int_equal(marks_of(f, "1").visibility, CQ_DIRECT);
	assert_false(marks_of(f, "1").bot);
	assert_int_equal(marks_of(f, "2").visibility, CQ_PRIVATE);
	assert_true(marks_of(f, "2").bot);
	assert_int_equal(marks_of(f, "3").visibility, CQ_PUBLIC);
	assert_int_equal(marks_of(f, "3").gone_at, CQ_NO_TIME);
	head(f, case_of(f, "loud", "1")); /* in lists too */
	assert_int_equal(f->full.head.marks.visibility, CQ_DIRECT);
	all_is_well(f);
}

/* As a list has it, and as the case itself has it. */
static enum cq_visibility
case_visibility(struct fixture *f, int64_t id)
{
	enum cq_visibility listed = CQ_PUBLIC;
	struct cq_cases cases;

	OK(f, cq_store_list(f->store, NULL, NULL, NULL, 0, &cases, &f->err));
	for (size_t i = 0; i < cases.n; i++)
		if (cases.at[i].id == id)
			listed = cases.at[i].marks.visibility;
	cq_cases_free(&cases);
	head(f, id);
	assert_int_equal(f->full.head.marks.visibility, listed);
	return listed;
}

static void
test_a_case_is_as_little_public_as_any_of_its_posts(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = loud("1", "the gates at platform 9 are shut");
	struct cq_post bot = loud("2", "the lift is out of order again");
	struct cq_post words = loud("3", "here is my address for you");
	int64_t one, two;

	bot.visibility = CQ_UNLISTED;
	bot.bot = true;
	put(f, &p);
	put(f, &bot);
	one = case_of(f, "loud", "1");
	two = case_of(f, "loud", "2");
	assert_int_equal(case_visibility(f, one), CQ_PUBLIC);
	assert_int_equal(case_visibility(f, two), CQ_UNLISTED);
	words.in_reply_to = "1";
	words.visibility = CQ_PRIVATE;
	put(f, &words);
	assert_int_equal(case_visibility(f, one), CQ_PRIVATE);
	assert_false(f->full.head.marks.bot); /* who opened it is none */
	words = loud("4", "and my number");
	words.in_reply_to = "2";
	words.visibility = CQ_DIRECT;
	put(f, &words);
	assert_int_equal(case_visibility(f, two), CQ_DIRECT);
	join(f, "ana", one, two);
	assert_int_equal(case_visibility(f, one), CQ_DIRECT);
	all_is_well(f);
	undo(f, "ana");
	assert_int_equal(case_visibility(f, one), CQ_PRIVATE);
	assert_int_equal(case_visibility(f, two), CQ_DIRECT);
}

/* An issue is made confidential, a forum goes private: nobody may quote it. */
static void
test_a_post_that_becomes_less_public_is_marked_and_stays_so(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);
	struct cq_post p = loud("1", "my contract number was shown to all");
	struct cq_proof proof;
	int64_t id;

	add_source(f, &s);
	brought(f, &p, 1);
	id = case_of(f, "loud", "1");
	p.visibility = CQ_PRIVATE; /* the words are the same */
	brought(f, &p, 1);
	brought(f, &p, 1);
	assert_int_equal(marks_of(f, "1").visibility, CQ_PRIVATE);
	assert_int_equal(f->full.head.marks.visibility, CQ_PRIVATE);
	assert_int_equal(n_events(f, id, "hidden"), 1);
	all_is_well(f);
	p.visibility = CQ_PUBLIC; /* many services do not tell */
	p.text = "my contract number was shown to all of you";
	put(f, &p);
	assert_int_equal(marks_of(f, "1").visibility, CQ_PRIVATE);
	p.visibility = CQ_DIRECT;
	p.text = "my contract number was shown to you";
	put(f, &p); /* with its next words; and from a file, too */
	assert_int_equal(marks_of(f, "1").visibility, CQ_DIRECT);
	assert_int_equal(n_events(f, id, "hidden"), 2);
	assert_int_equal(n_events(f, id, "edit"), 2);
	all_is_well(f);
	file_sql(f->path, "UPDATE post SET flags = 0");
	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	assert_int_not_equal(proof.bad_event, 0);
}

/* --- taken away ----------------------------------------------------------- */

static struct cq_post
gone(const char *id)
{
	return (struct cq_post){.source = "loud",
	    .id = id,
	    .author_followers = -1,
	    .created_at = CQ_NO_TIME,
	    .gone = true};
}

static void
test_a_post_taken_away_is_marked_once_and_stays(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);
	struct cq_post p = loud("1", "my luggage stands in the rain at Lindau");
	struct cq_post away = gone("1");
	struct cq_ingested sum;
	int64_t id, when;

	add_source(f, &s);
	brought(f, &p, 1);
	id = case_of(f, "loud", "1");
	when = f->now += 60;
	sum = brought(f, &away, 1);
	assert_int_equal(sum.n_known, 1);
	assert_int_equal(sum.n_new + sum.n_bad + sum.n_edited, 0);
	assert_int_equal(marks_of(f, "1").gone_at, when);
	f->now += 60;
	brought(f, &away, 1);
	assert_int_equal(marks_of(f, "1").gone_at, when);
	assert_int_equal(n_events(f, id, "gone"), 1);
	assert_string_equal(f->full.at[0].text.s, p.text);
	all_is_well(f);
}

static void
test_a_post_nobody_read_here_leaves_nothing_when_it_goes(void **state)
{
	struct fixture *f = *state;
	struct cq_post away = gone("77");
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");
	struct cq_sources all;

	OK(f, cq_store_ingest(f->store, &who, &away, 1, &sum, &f->err));
	assert_int_equal(sum.n_known, 1);
	assert_int_equal(counts(f, NULL).posts, 0);
	OK(f, cq_store_sources(f->store, &all, &f->err));
	assert_int_equal(all.n, 0); /* not even its source */
	cq_sources_free(&all);
	all_is_well(f);
}

static void
test_a_post_that_comes_back_is_there_again(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);
	struct cq_post p = loud("1", "my luggage stands in the rain at Lindau");
	struct cq_post away = gone("1");

	add_source(f, &s);
	brought(f, &p, 1);
	brought(f, &away, 1);
	brought(f, &p, 1);
	assert_int_equal(marks_of(f, "1").gone_at, CQ_NO_TIME);
	assert_int_equal(n_events(f, case_of(f, "loud", "1"), "back"), 1);
	brought(f, &p, 1);
	assert_int_equal(n_events(f, case_of(f, "loud", "1"), "back"), 1);
	all_is_well(f);
}

static void
test_an_old_file_read_again_brings_nothing_back(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = loud("1", "my luggage stands in the rain at Lindau");
	struct cq_post away = gone("1");

	put(f, &p);
	put(f, &away);
	put(f, &p);
	assert_int_not_equal(marks_of(f, "1").gone_at, CQ_NO_TIME);
	p.text = "my luggage came back, but wet";
	put(f, &p); /* what was never said before is new */
	assert_int_equal(marks_of(f, "1").gone_at, CQ_NO_TIME);
	all_is_well(f);
}

/* --- looking again -------------------------------------------------------- */

static char *
again(struct fixture *f, int64_t since, size_t max, int64_t *before)
{
	struct cq_buf b = {0};
	struct cq_ids ids;

	OK(f,
	    cq_store_recheck(f->store, source_number(f, "loud"), since, max,
		before, &ids, &f->err));
	cq_buf_str(&b, "");
	for (size_t i = 0; i < ids.n; i++)
		cq_buf_fmt(&b, "%s ", ids.at[i]);
	cq_ids_free(&ids);
	return cq_buf_take(&b);
}

static void
expect_again(struct fixture *f, const char *want, int64_t since, size_t max,
    int64_t *before)
{
	char *got = again(f, since, max, before);

	assert_string_equal(got, want);
	free(got);
}

static void
put_many(struct fixture *f, int n)
{
	char id[8], text[80];

	for (int i = 1; i <= n; i++) {
		struct cq_post p = loud(id, text);

		snprintf(id, sizeof(id), "%d", i);
		snprintf(text, sizeof(text), "parcel %d7301%d is lost", i, i);
		p.source = i == 3 ? "quiet" : "loud";
		put(f, &p);
		f->now += 60;
	}
}

static void
test_what_is_looked_at_again_is_open_there_and_not_too_old(void **state)
{
	struct fixture *f = *state;
	struct cq_post away = gone("5");
	int64_t before = 0, id;

	put_many(f, 8); /* 3 is of another source */
	put(f, &away);
	id = case_of(f, "loud", "6");
	take(f, "ana", id);
	resolve(f, "ana", id);
	expect_again(f, "8 7 4 2 ", T0 + 60, 10, &before);
	assert_int_equal(before, 0);
	expect_again(f, "8 7 4 2 1 ", 0, 10, &before);
	expect_again(f, "", f->now, 10, &before);
	assert_int_equal(before, 0);
}

static void
test_looking_again_goes_on_where_it_stopped(void **state)
{
	struct fixture *f = *state;
	int64_t before = 0;

	put_many(f, 6);
	expect_again(f, "6 5 ", 0, 2, &before);
	assert_int_not_equal(before, 0);
	expect_again(f, "4 2 ", 0, 2, &before);
	expect_again(f, "1 ", 0, 2, &before);
	assert_int_equal(before, 0);
}

static void
test_where_looking_again_goes_on_is_kept_and_forgotten_with_a_source(void *
	*state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);

	add_source(f, &s);
	s = source_now(f, "loud");
	assert_int_equal(s.looked_at, CQ_NO_TIME);
	OK(f, cq_store_looked(f->store, s.id, f->now, 42, &f->err));
	cq_source_free(&s);
	fetched_nothing(f, "loud", NULL); /* has nothing to do with it */
	s = source_now(f, "loud");
	assert_int_equal(s.looked_at, f->now);
	assert_int_equal(s.look_before, 42);
	cq_source_free(&s);
	remove_source(f, "loud");
	s = a_source("loud", HOST, NULL);
	add_source(f, &s);
	s = source_now(f, "loud");
	assert_int_equal(s.looked_at, CQ_NO_TIME);
	assert_int_equal(s.look_before, 0);
	cq_source_free(&s);
}

static void
test_a_name_that_is_taken_again_begins_as_a_new_source(void **state)
{
	struct fixture *f = *state;
	struct cq_source s = a_source("loud", HOST, NULL);
	struct cq_post post = loud("1", "order number 4 never arrived");
	struct cq_act who = act(f, "adm");

	add_source(f, &s);
	brought(f, &post, 1);
	fetched(f, "loud",
	    &(struct cq_fetched){.cursor = "c9", .rest_at = f->now + 900}, NULL,
	    0);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_source_add(f->store, &who, &s, &f->err));
	s = source_now(f, "loud");
	assert_string_equal(s.cursor, "c9");
	cq_source_free(&s);
	remove_source(f, "loud");
	s = a_source("loud", HOST "/elsewhere", NULL);
	add_source(f, &s);
	s = source_now(f, "loud");
	assert_string_equal(s.cursor, "");
	assert_int_equal(s.ok_at, CQ_NO_TIME);
	assert_int_equal(s.rest_at, CQ_NO_TIME);
	assert_int_equal(s.habit.n, 0);
	assert_int_equal(s.habit.heard_at, CQ_NO_TIME);
	cq_source_free(&s);
}

static void
test_posts_of_a_joined_case_are_looked_at_while_the_survivor_is_open(void *
	*state)
{
	struct fixture *f = *state;
	int64_t before = 0;

	put_many(f, 2);
	join(f, "ana", case_of(f, "loud", "1"), case_of(f, "loud", "2"));
	expect_again(f, "2 1 ", 0, 10, &before);
	take(f, "ana", case_of(f, "loud", "1"));
	resolve(f, "ana", case_of(f, "loud", "1"));
	expect_again(f, "", 0, 10, &before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_options_and_since_come_back_as_they_were_told),
	    WITH_QUEUE(test_the_log_tells_options_but_no_token_file),
	    WITH_QUEUE(
		test_a_refused_account_rests_as_a_whole_and_nothing_else),
	    WITH_QUEUE(test_without_a_token_a_refused_source_rests_alone),
	    WITH_QUEUE(test_what_a_parked_source_still_brings_does_not_hide_it),
	    WITH_QUEUE(
		test_a_source_that_was_removed_does_not_come_back_as_paused),
	    WITH_QUEUE(
		test_what_an_account_has_to_wait_is_stored_for_all_its_sources),
	    WITH_QUEUE(test_a_rest_is_kept_apart_from_the_interval_and_passes),
	    WITH_QUEUE(
		test_a_clock_set_back_makes_no_source_rest_for_more_than_a_day),
	    WITH_QUEUE(
		test_who_resumes_a_source_that_rests_lifts_that_of_its_account),
	    WITH_QUEUE(
		test_who_resumes_a_paused_source_does_not_wake_a_resting_account),
	    WITH_QUEUE(
		test_a_rest_is_stored_even_by_a_fetch_that_was_overtaken),
	    WITH_QUEUE(test_a_refused_account_goes_on_as_a_whole),
	    WITH_QUEUE(
		test_what_paused_for_another_reason_does_not_go_on_with_it),
	    WITH_QUEUE(test_posts_a_week_go_by_when_they_were_written),
	    WITH_QUEUE(test_the_first_failure_is_remembered_until_a_success),
	    WITH_QUEUE(
		test_a_post_keeps_who_may_read_it_and_that_a_bot_wrote_it),
	    WITH_QUEUE(test_a_case_is_as_little_public_as_any_of_its_posts),
	    WITH_QUEUE(
		test_a_post_that_becomes_less_public_is_marked_and_stays_so),
	    WITH_QUEUE(test_a_post_taken_away_is_marked_once_and_stays),
	    WITH_QUEUE(
		test_a_post_nobody_read_here_leaves_nothing_when_it_goes),
	    WITH_QUEUE(test_a_post_that_comes_back_is_there_again),
	    WITH_QUEUE(test_an_old_file_read_again_brings_nothing_back),
	    WITH_QUEUE(
		test_what_is_looked_at_again_is_open_there_and_not_too_old),
	    WITH_QUEUE(test_looking_again_goes_on_where_it_stopped),
	    WITH_QUEUE(
		test_where_looking_again_goes_on_is_kept_and_forgotten_with_a_source),
	    WITH_QUEUE(test_a_name_that_is_taken_again_begins_as_a_new_source),
	    WITH_QUEUE(
		test_posts_of_a_joined_case_are_looked_at_while_the_survivor_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
