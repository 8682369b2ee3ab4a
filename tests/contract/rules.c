#include "tests/store_fixture.h"

#include <stdlib.h>
#include <string.h>

/* Accounts of our own, and what a team lets the rules do. */

#define MINUTE 60
#define HOUR 3600

static void
own(struct fixture *f, const char *source, const char *handle, bool yes)
{
	const char *const handles[] = {handle, NULL};
	struct cq_act who = act(f, "adm");
	int64_t n = 0;

	OK(f,
	    cq_store_own_set(f->store, &who, source, handles, yes, &n,
		&f->err));
	assert_int_equal(n, 1);
}

static struct cq_ingested
bring(struct fixture *f, const struct cq_post *post)
{
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_ingest(f->store, &who, post, 1, &sum, &f->err));
	return sum;
}

#define ASKED "we ask the night driver of tour seven where he left it"
#define LOST "my parcel from the depot in town never came to the door"

/* --- accounts of our own ----------------------------------------------- */

static void
test_a_post_of_our_own_opens_no_case_and_is_counted(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "ParcelHelp", LOST);
	struct cq_ingested sum;

	own(f, NULL, "@parcelhelp", true);
	sum = bring(f, &p);
	assert_int_equal(sum.n_own, 1);
	assert_int_equal(sum.n_new, 0);
	assert_int_equal(sum.n_joined, 0);
	assert_int_equal(counts(f, NULL).cases, 0);
	p.id = "2";
	p.author = "id-77";
	p.handle = "@ParcelHelp"; /* the handle counts as the id does */
	sum = bring(f, &p);
	assert_int_equal(sum.n_own, 1);
	p.id = "3";
	p.handle = "parcelhelper";
	sum = bring(f, &p);
	assert_int_equal(sum.n_new, 1);
	own(f, NULL, "The Parcel Desk", true); /* feeds know names alone */
	p.id = "4";
	p.author = "The Parcel Desk";
	p.handle = NULL;
	assert_int_equal(bring(f, &p).n_own, 1);
	all_is_well(f);
}

static void
test_our_own_words_never_match_and_are_never_matched(void **state)
{
	struct fixture *f = *state;
	struct cq_post theirs = a_post("1", "jo", LOST);
	struct cq_post ours = a_post("2", "help", LOST);
	struct cq_post again = a_post("4", "kim", ASKED);
	int64_t id;

	theirs.brand = ours.brand = again.brand = "parcel";
	own(f, NULL, "help", true);
	id = put(f, &theirs);
	f->now += MINUTE;
	assert_int_equal(bring(f, &ours).n_own, 1); /* the same text */
	ours.text = "my parcel from the depot in town nevr came to the door";
	ours.id = "3";
	assert_int_equal(bring(f, &ours).n_own, 1); /* a copy of it */
	ours.id = "5";
	ours.in_reply_to = "1";
	ours.text = again.text;
	assert_int_equal(bring(f, &ours).n_joined, 1); /* its thread */
	f->now += MINUTE;
	/* nor does a customer join by words, or follow, what we wrote */
	assert_int_not_equal(put(f, &again), id);
	ours.id = "6";
	ours.in_reply_to = NULL;
	ours.text = "We are open again on all days of the week";
	assert_int_equal(bring(f, &ours).n_own, 1); /* no follow-up */
	assert_int_equal(head(f, id)->n_posts, 2);
	all_is_well(f);
}

/* Whatever rule comes, our own words must not be asked for likeness. */
/* Two answer 5, which nobody listened for: they are not one case. */
static void
test_what_was_read_aside_is_kept_as_an_answer_alone(void **state)
{
	struct fixture *f = *state;
	struct cq_post theirs = a_post("1", "jo", LOST);
	struct cq_post aside = a_post("5", "help", ASKED);
	struct cq_post one = a_post("6", "kim", "late again, as always");
	struct cq_post other = a_post("7", "mo", "what about my refund");
	struct cq_ingested sum;
	int64_t id;

	theirs.brand = aside.brand = one.brand = other.brand = "parcel";
	id = put(f, &theirs);
	aside.aside = true;
	one.in_reply_to = other.in_reply_to = "5";
	sum = bring(f, &aside);
	assert_int_equal(sum.n_read, 1);
	assert_int_equal(sum.n_new + sum.n_own, 0);
	assert_int_equal(bring(f, &one).n_joined, 0);
	assert_int_equal(bring(f, &aside).n_new, 0);
	assert_int_equal(bring(f, &other).n_joined, 0);
	assert_int_equal(counts(f, NULL).cases, 3);

	aside.id = "2";
	aside.text = LOST; /* the same words alone are no reason */
	assert_int_equal(bring(f, &aside).n_new, 0);
	aside.in_reply_to = "1";
	assert_int_equal(bring(f, &aside).n_joined, 1);
	one.id = "3";
	one.in_reply_to = "2";
	assert_int_equal(put(f, &one), id);
	assert_int_equal(head(f, id)->n_posts, 3);
	all_is_well(f);
}

static void
test_of_our_own_posts_only_facts_are_asked(void **state)
{
	struct cq_policy policy = {0};

	(void)state;
	policy.mode[CQ_RULE_QUOTE] = CQ_MODE_SUGGEST;
	cq_policy_facts_only(&policy);
	for (int i = 0; i < CQ_N_RULES; i++) {
		enum cq_rule rule = (enum cq_rule)i;

		if (rule == CQ_RULE_REPOST || rule == CQ_RULE_REPLY ||
		    rule == CQ_RULE_PARENT || rule == CQ_RULE_URI)
			assert_int_equal(policy.mode[i], CQ_MODE_AUTO);
		else if (rule == CQ_RULE_QUOTE)
			assert_int_equal(policy.mode[i], CQ_MODE_SUGGEST);
		else
			assert_int_equal(policy.mode[i], CQ_MODE_OFF);
	}
}

static void
test_our_own_reply_wakes_nobody_and_adds_no_reach(void **state)
{
	struct fixture *f = *state;
	struct cq_post theirs = a_post("1", "jo", LOST);
	struct cq_post ours = a_post("2", "help", "We are sorry about that");
	int64_t id, sum, reach, due;

	own(f, NULL, "help", true);
	id = put(f, &theirs);
	reach = head(f, id)->reach;
	sum = head(f, id)->priority.sum;
	due = head(f, id)->due_at;
	ours.in_reply_to = "1";
	ours.author_followers = 2000000;
	ours.rating = 1;
	assert_int_equal(bring(f, &ours).n_joined, 1);
	assert_int_equal(head(f, id)->n_posts, 2);
	assert_int_equal(head(f, id)->n_authors, 1);
	assert_int_equal(head(f, id)->reach, reach);
	assert_int_equal(head(f, id)->rating, 0);
	assert_int_equal(head(f, id)->priority.sum, sum);
	assert_int_equal(head(f, id)->due_at, due);
	all_is_well(f); /* and counted anew it is the same */
	resolve(f, "ana", id);
	ours.id = "3";
	assert_int_equal(bring(f, &ours).n_joined, 1);
	assert_int_equal(head(f, id)->state, CQ_RESOLVED);
	theirs.id = "4";
	theirs.text = "thanks, it is here now";
	theirs.in_reply_to = "3"; /* a reply to what we wrote */
	assert_int_equal(put(f, &theirs), id);
	assert_int_equal(head(f, id)->state, CQ_OPEN);
	all_is_well(f);
}

static void
test_an_account_is_ours_in_one_source_or_in_all(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "help", LOST);
	struct cq_owns list;

	new_case(f, "x"); /* so that there is a source */
	own(f, "chirp", "HELP", true);
	assert_int_equal(bring(f, &p).n_own, 1);
	p.source = "other";
	assert_int_equal(bring(f, &p).n_new, 1);
	own(f, NULL, "Desk", true);
	OK(f, cq_store_owns(f->store, &list, &f->err));
	assert_int_equal(list.n, 2);
	assert_null(list.at[0].source);
	assert_string_equal(list.at[0].handle.s, "desk");
	assert_string_equal(list.at[1].source, "chirp");
	assert_string_equal(list.at[1].handle.s, "help");
	cq_owns_free(&list);
	p.id = "2"; /* that others of ours are there makes it none */
	assert_int_equal(bring(f, &p).n_new, 1);
	own(f, "chirp", "@help", false);
	p.source = "chirp";
	assert_int_equal(bring(f, &p).n_new, 1);
	assert_int_equal(n_events(f, 0, "own"), 3);
	all_is_well(f);
}

static void
test_own_accounts_are_named_by_an_administrator_and_must_be_handles(void *
	*state)
{
	static const char *const good[] = {"help", NULL};
	static const char *const wrong[] = {"help", "hepl", NULL};
	static const char *const blank[] = {"help", " ", NULL};
	static const char *const none[] = {NULL};
	struct fixture *f = *state;
	struct cq_act lea = act(f, "lea"), adm = act(f, "adm");
	int64_t n = 7;

	REFUSED(f, CQ_DENIED,
	    cq_store_own_set(f->store, &lea, NULL, good, true, &n, &f->err));
	assert_int_equal(n, 0);
	REFUSED(f, CQ_INPUT,
	    cq_store_own_set(f->store, &adm, NULL, blank, true, &n, &f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_own_set(f->store, &adm, NULL, none, true, &n, &f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_own_set(f->store, &adm, "nowhere", good, true, &n,
		&f->err));
	assert_int_equal(n_events(f, 0, "own"), 0);
	OK(f, cq_store_own_set(f->store, &adm, NULL, good, true, &n, &f->err));
	assert_int_equal(n, 1);
	/* the same act again gives the same answer, another changes nothing */
	OK(f, cq_store_own_set(f->store, &adm, NULL, good, true, &n, &f->err));
	assert_int_equal(n, 1);
	adm = act(f, "adm");
	OK(f, cq_store_own_set(f->store, &adm, NULL, good, true, &n, &f->err));
	assert_int_equal(n, 0);
	assert_int_equal(n_events(f, 0, "own"), 1);
	/* who takes off what is not there meant something else */
	adm = act(f, "adm");
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_own_set(f->store, &adm, NULL, wrong, false, &n, &f->err));
	assert_int_equal(n, 0);
	assert_int_equal(n_events(f, 0, "own"), 1);
	OK(f, cq_store_own_set(f->store, &adm, NULL, good, false, &n, &f->err));
	assert_int_equal(n, 1);
	all_is_well(f);
}

/* --- what rules may do ------------------------------------------------- */

static void
set(struct fixture *f, const char *source, enum cq_rule rule, enum cq_mode mode)
{
	struct cq_act who = act(f, "lea");

	OK(f,
	    cq_store_policy_set(f->store, &who, source, rule, &mode, &f->err));
}

static enum cq_mode
mode_of(struct fixture *f, const char *source, enum cq_rule rule)
{
	struct cq_policy policy;

	OK(f, cq_store_policy(f->store, source, &policy, &f->err));
	return policy.mode[rule];
}

static void
test_a_rule_that_suggests_joins_nothing_and_one_that_is_off_is_silent(void *
	*state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", LOST);
	struct cq_ingested sum;

	put(f, &p);
	p.id = "2";
	p.author = "kim";
	set(f, NULL, CQ_RULE_TEXT, CQ_MODE_SUGGEST);
	set(f, NULL, CQ_RULE_COPY, CQ_MODE_OFF);
	sum = bring(f, &p);
	assert_int_equal(sum.n_joined, 0);
	assert_int_equal(sum.n_suggested, 1);
	p.id = "3";
	p.author = "lou";
	set(f, NULL, CQ_RULE_TEXT, CQ_MODE_OFF);
	sum = bring(f, &p);
	assert_int_equal(sum.n_joined, 0);
	assert_int_equal(sum.n_suggested, 0);
	p.id = "4";
	p.author = "mia";
	set(f, NULL, CQ_RULE_TEXT, CQ_MODE_AUTO);
	sum = bring(f, &p);
	assert_int_equal(sum.n_joined, 1);
	all_is_well(f);
}

static void
test_a_fact_can_be_turned_off_too(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo", LOST);
	int64_t id = put(f, &p);

	set(f, NULL, CQ_RULE_REPLY, CQ_MODE_OFF);
	p = a_post("2", "kim", "the driver wrote that nobody was at home");
	p.in_reply_to = "1";
	assert_int_not_equal(put(f, &p), id);
	set(f, NULL, CQ_RULE_REPLY, CQ_MODE_AUTO);
	p = a_post("3", "lou", "they rang at the wrong house as ever");
	p.in_reply_to = "1";
	assert_int_equal(put(f, &p), id);
}

static void
test_a_rule_that_only_suggests_can_be_turned_off(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "jo",
	    "order 4411 for the garden table "
	    "came with two broken legs");

	put(f, &p);
	p = a_post("2", "kim",
	    "order 9327 for the garden table came with two broken legs");
	assert_int_equal(bring(f, &p).n_suggested, 1);
	set(f, NULL, CQ_RULE_ALIKE, CQ_MODE_OFF);
	p = a_post("3", "lou",
	    "order 8268 for the garden table came with two broken legs");
	assert_int_equal(bring(f, &p).n_suggested, 0);
}

static void
test_a_setting_of_a_source_stands_before_that_of_all(void **state)
{
	struct fixture *f = *state;
	struct cq_settings list;
	struct cq_act who;

	new_case(f, "x");
	assert_int_equal(mode_of(f, NULL, CQ_RULE_COPY), CQ_MODE_AUTO);
	assert_int_equal(mode_of(f, NULL, CQ_RULE_LIKE), CQ_MODE_SUGGEST);
	set(f, "chirp", CQ_RULE_COPY, CQ_MODE_AUTO);
	set(f, NULL, CQ_RULE_COPY, CQ_MODE_OFF);
	assert_int_equal(mode_of(f, NULL, CQ_RULE_COPY), CQ_MODE_OFF);
	assert_int_equal(mode_of(f, "chirp", CQ_RULE_COPY), CQ_MODE_AUTO);
	OK(f, cq_store_settings(f->store, &list, &f->err));
	assert_int_equal(list.n, 2);
	assert_null(list.at[0].source);
	assert_int_equal(list.at[0].mode, CQ_MODE_OFF);
	assert_string_equal(list.at[1].source, "chirp");
	cq_settings_free(&list);
	who = act(f, "adm");
	OK(f,
	    cq_store_policy_set(f->store, &who, "chirp", CQ_RULE_COPY, NULL,
		&f->err));
	assert_int_equal(mode_of(f, "chirp", CQ_RULE_COPY), CQ_MODE_OFF);
	assert_int_equal(n_events(f, 0, "policy"), 3);
	all_is_well(f);
}

static void
test_rules_are_set_by_a_lead_and_only_as_far_as_they_are_sure(void **state)
{
	struct fixture *f = *state;
	struct cq_act ana = act(f, "ana"), sue = act(f, "sue");
	struct cq_act lea = act(f, "lea");
	enum cq_mode on = CQ_MODE_AUTO, off = CQ_MODE_OFF;

	REFUSED(f, CQ_DENIED,
	    cq_store_policy_set(f->store, &ana, NULL, CQ_RULE_COPY, &off,
		&f->err));
	expect_said(f, "ask a lead or administrator");
	REFUSED(f, CQ_DENIED,
	    cq_store_policy_set(f->store, &sue, NULL, CQ_RULE_COPY, &off,
		&f->err));
	for (int i = 0; i < CQ_N_RULES; i++) {
		enum cq_rule rule = (enum cq_rule)i;

		if (cq_rule_decides(rule))
			continue;
		REFUSED(f, CQ_INPUT,
		    cq_store_policy_set(f->store, &lea, NULL, rule, &on,
			&f->err));
	}
	REFUSED(f, CQ_INPUT,
	    cq_store_policy_set(f->store, &lea, NULL, CQ_RULE_PERSON, &off,
		&f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_policy_set(f->store, &lea, "nowhere", CQ_RULE_COPY, &off,
		&f->err));
	assert_int_equal(n_events(f, 0, "policy"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_post_of_our_own_opens_no_case_and_is_counted),
	    WITH_QUEUE(test_our_own_words_never_match_and_are_never_matched),
	    WITH_QUEUE(test_what_was_read_aside_is_kept_as_an_answer_alone),
	    cmocka_unit_test(test_of_our_own_posts_only_facts_are_asked),
	    WITH_QUEUE(test_our_own_reply_wakes_nobody_and_adds_no_reach),
	    WITH_QUEUE(test_an_account_is_ours_in_one_source_or_in_all),
	    WITH_QUEUE(
		test_own_accounts_are_named_by_an_administrator_and_must_be_handles),
	    WITH_QUEUE(
		test_a_rule_that_suggests_joins_nothing_and_one_that_is_off_is_silent),
	    WITH_QUEUE(test_a_fact_can_be_turned_off_too),
	    WITH_QUEUE(test_a_rule_that_only_suggests_can_be_turned_off),
	    WITH_QUEUE(test_a_setting_of_a_source_stands_before_that_of_all),
	    WITH_QUEUE(
		test_rules_are_set_by_a_lead_and_only_as_far_as_they_are_sure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
