#include "tests/store_fixture.h"

#include <stdlib.h>
#include <string.h>

/* Law 11 and 12: words are never lost; looking locks nothing. */

static void
save(struct fixture *f, const char *agent, int64_t id, const char *text)
{
	OK(f, cq_store_draft_save(f->store, agent, id, text, &f->err));
}

static void
draft_is(struct fixture *f, const char *agent, int64_t id, const char *want)
{
	char *text = NULL;

	OK(f, cq_store_draft(f->store, agent, id, &text, &f->err));
	if (want == NULL)
		assert_null(text);
	else
		assert_string_equal(text == NULL ? "(none)" : text, want);
	free(text);
}

static void
test_a_draft_is_one_agents_on_one_case_byte_for_byte(void **state)
{
	static const char words[] = "dear Jo,\n\n\ttrain \xf0\x9f\x9a\x86 'n' "
				    "\"rail\"\x1b[2J";
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	save(f, "ana", one, words);
	draft_is(f, "ana", one, words);
	draft_is(f, "ben", one, NULL);
	draft_is(f, "ana", two, NULL);
	save(f, "ana", one, "shorter");
	draft_is(f, "ana", one, "shorter");
	save(f, "ana", one, "");
	draft_is(f, "ana", one, NULL);
	save(f, "ana", one, "again");
	save(f, "ana", one, NULL);
	draft_is(f, "ana", one, NULL);
}

static void
test_a_draft_outlives_the_store_the_lease_and_the_case(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");

	take(f, "ana", id);
	save(f, "ana", id, "not yet sent");
	cq_store_close(f->store);
	f->store = open_again(f);
	f->now += 10 * CQ_LEASE_S;
	take(f, "ben", id);
	resolve(f, "ben", id);
	draft_is(f, "ana", id, "not yet sent");
}

static void
test_a_draft_is_dropped_with_its_note_only(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	save(f, "ana", one, "mine");
	save(f, "ana", two, "mine too");
	save(f, "ben", one, "his");
	note(f, "ana", one, "mine");
	draft_is(f, "ana", one, NULL);
	draft_is(f, "ana", two, "mine too");
	draft_is(f, "ben", one, "his");
}

static void
test_the_draft_of_a_joined_case_shows_and_can_be_dropped(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	save(f, "ana", two, "of the joined one");
	save(f, "ben", two, "to be sent");
	join(f, "ana", one, two);
	draft_is(f, "ana", one, "of the joined one");
	draft_is(f, "ana", two, "of the joined one");
	save(f, "ana", one, "of the joined one, longer");
	draft_is(f, "ana", one, "of the joined one, longer");
	save(f, "ana", one, NULL);
	draft_is(f, "ana", one, NULL); /* not the old words again */
	note(f, "ben", one, "to be sent");
	draft_is(f, "ben", one, NULL);
}

static void
test_two_drafts_that_a_join_brings_together_are_both_kept(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");

	save(f, "ana", one, "first");
	save(f, "ana", two, "second");
	join(f, "ana", one, two);
	draft_is(f, "ana", one, "first");
	note(f, "ana", one, "first");
	draft_is(f, "ana", one, "second");
}

static void
test_drafts_and_notes_have_limits_and_need_a_case(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	char *big = malloc(CQ_NOTE_MAX + 2);
	struct cq_act who = act(f, "ana");
	int64_t note_id = 5;

	memset(big, 'x', CQ_NOTE_MAX + 1);
	big[CQ_NOTE_MAX + 1] = '\0';
	REFUSED(f, CQ_INPUT,
	    cq_store_note(f->store, &who, id, 0, big, &note_id, &f->err));
	assert_int_equal(note_id, 0);
	save(f, "ana", id, big); /* what was typed is kept nevertheless */
	big[CQ_NOTE_MAX] = '\0';
	OK(f, cq_store_note(f->store, &who, id, 0, big, NULL, &f->err));
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_note(f->store, &who, id, 0, " \n\t", NULL, &f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_note(f->store, &who, id, 0, NULL, NULL, &f->err));
	REFUSED(f, CQ_INPUT,
	    cq_store_note(f->store, &who, id, 0, "a\xc3(", NULL, &f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_note(f->store, &who, 99, 0, "x", NULL, &f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_draft_save(f->store, "ana", 99, "x", &f->err));
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_draft_save(f->store, "zoe", id, "x", &f->err));
	assert_int_equal(head(f, id)->n_notes, 1);
	free(big);
}

static void
test_tags_are_checked_and_all_or_none(void **state)
{
	static const char *const mixed[] = {"good", "no good", NULL};
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");
	bool changed = true;

	REFUSED(f, CQ_INPUT,
	    cq_store_tag(f->store, &who, id, mixed, NULL, &changed, &f->err));
	assert_false(changed);
	assert_string_equal(head(f, id)->tags, "");
	assert_true(tag(f, "ana", id, "zug", NULL));
	assert_true(tag(f, "ana", id, "b\xc3\xbcro", NULL));
	assert_true(tag(f, "ana", id, "a.b-c_1", NULL));
	assert_string_equal(head(f, id)->tags, "a.b-c_1 b\xc3\xbcro zug");
	assert_true(tag(f, "ana", id, NULL, "zug"));
	assert_string_equal(head(f, id)->tags, "a.b-c_1 b\xc3\xbcro");
}

static void
test_presence_shows_and_fades_and_locks_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t one = new_case(f, "1"), two = new_case(f, "2");
	const struct cq_case *c;

	OK(f, cq_store_presence(f->store, "ben", one, false, &f->err));
	f->now += 10;
	OK(f, cq_store_presence(f->store, "ana", one, true, &f->err));
	c = head(f, one);
	assert_int_equal(c->n_presence, 2);
	assert_string_equal(c->presence[0].agent, "ana");
	assert_true(c->presence[0].writing);
	assert_false(c->presence[1].writing);
	assert_int_equal(c->presence[1].since_at, T0);
	assert_null(c->holder);
	take(f, "lea", one);
	f->now += 30;
	OK(f, cq_store_presence(f->store, "ana", one, true, &f->err));
	assert_int_equal(head(f, one)->presence[0].since_at, T0 + 10);
	f->now += CQ_PRESENCE_S - 30;
	assert_int_equal(head(f, one)->n_presence, 1); /* ben is gone */
	OK(f, cq_store_presence(f->store, "ana", two, false, &f->err));
	assert_int_equal(head(f, one)->n_presence, 0);
	assert_int_equal(head(f, two)->n_presence, 1);
	OK(f, cq_store_presence(f->store, "ana", 0, false, &f->err));
	assert_int_equal(head(f, two)->n_presence, 0);
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_presence(f->store, "ana", 99, false, &f->err));
	all_is_well(f);
}

static void
test_reading_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1"), version;
	char *a;

	take(f, "ana", id);
	version = cq_store_version(f->store);
	head(f, id);
	list(f, "all", "ana");
	counts(f, "ana");
	shift(f, T0 - 60, T0 + 60, NULL);
	n_events(f, -1, NULL);
	a = snapshot(f, 1);
	free(a);
	all_is_well(f);
	assert_int_equal(cq_store_version(f->store), version);
	note(f, "ana", id, "but this does");
	assert_int_not_equal(cq_store_version(f->store), version);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_draft_is_one_agents_on_one_case_byte_for_byte),
	    WITH_QUEUE(test_a_draft_outlives_the_store_the_lease_and_the_case),
	    WITH_QUEUE(test_a_draft_is_dropped_with_its_note_only),
	    WITH_QUEUE(
		test_the_draft_of_a_joined_case_shows_and_can_be_dropped),
	    WITH_QUEUE(
		test_two_drafts_that_a_join_brings_together_are_both_kept),
	    WITH_QUEUE(test_drafts_and_notes_have_limits_and_need_a_case),
	    WITH_QUEUE(test_tags_are_checked_and_all_or_none),
	    WITH_QUEUE(test_presence_shows_and_fades_and_locks_nothing),
	    WITH_QUEUE(test_reading_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
