#include "tests/file.h"
#include "tests/store_fixture.h"

#include <stdio.h>
#include <string.h>

/*
 * Reports find their events by number, as numbers rise with time; also when
 * the clock was set back.
 */
#define N_NOTES 120

struct notes {
	int64_t at[N_NOTES];
	size_t n;
};

static bool
keep_note(void *arg, const struct cq_event *e)
{
	struct notes *notes = arg;

	if (strcmp(e->kind, "note") == 0)
		notes->at[notes->n++] = e->at;
	return notes->n < N_NOTES;
}

static int64_t
n_between(const struct notes *notes, int64_t from, int64_t to)
{
	int64_t n = 0;

	for (size_t i = 0; i < notes->n; i++)
		n += notes->at[i] >= from && notes->at[i] < to;
	return n;
}

/* Notes at times that rise, stand still and, now and then, jump back. */
static void
take_notes(struct fixture *f, struct notes *notes, bool set_back)
{
	new_case(f, "1");
	for (int i = 0; i < N_NOTES; i++) {
		f->now += dice(f, 3) == 0 ? 0 : dice(f, 90);
		if (set_back && dice(f, 12) == 0)
			f->now -= 1 + dice(f, 2000);
		note(f, "ana", 1, "looked at it");
	}
	*notes = (struct notes){0};
	OK(f, cq_store_events(f->store, -1, keep_note, notes, &f->err));
	assert_int_equal(notes->n, N_NOTES);
}

static void
check_shifts(struct fixture *f, const struct notes *notes)
{
	for (int i = 0; i < 200; i++) {
		int64_t from = notes->at[dice(f, N_NOTES)] + dice(f, 3) - 1;
		int64_t to = from + 1 + dice(f, 1500);

		assert_int_equal(shift(f, from, to, NULL)->at[CQ_FIG_NOTES].n,
		    n_between(notes, from, to));
	}
	assert_int_equal(shift(f, 0, T0 * 2, NULL)->at[CQ_FIG_NOTES].n,
	    N_NOTES);
	assert_int_equal(shift(f, T0 * 2, T0 * 3, NULL)->at[CQ_FIG_NOTES].n, 0);
	assert_int_equal(shift(f, 0, 1, NULL)->at[CQ_FIG_NOTES].n, 0);
}

static void
test_a_shift_has_all_its_events_and_no_others(void **state)
{
	struct fixture *f = *state;
	struct notes notes;

	take_notes(f, &notes, false);
	check_shifts(f, &notes);
	all_is_well(f);
}

static struct cq_proof
verify(struct fixture *f)
{
	struct cq_proof proof;

	OK(f, cq_store_audit_verify(f->store, &proof, &f->err));
	return proof;
}

static void
test_so_it_has_if_the_clock_was_set_back(void **state)
{
	struct fixture *f = *state;
	struct notes notes;
	int64_t n_back = 0;

	take_notes(f, &notes, true);
	for (size_t i = 1; i < notes.n; i++)
		n_back += notes.at[i] < notes.at[i - 1];
	assert_true(n_back > 3);
	check_shifts(f, &notes);
	assert_int_equal(verify(f).bad_event, 0);
}

static void
test_who_hides_events_from_reports_is_found(void **state)
{
	struct fixture *f = *state;
	struct notes notes;

	take_notes(f, &notes, true);
	file_sql(f->path,
	    "DELETE FROM set_back WHERE event ="
	    " (SELECT max(event) FROM set_back)");
	assert_non_null(strstr(verify(f).what, "the times of the log"));
	file_sql(f->path,
	    "INSERT INTO set_back SELECT id FROM event e WHERE"
	    " at < (SELECT at FROM event WHERE id = e.id - 1)"
	    " AND id NOT IN (SELECT event FROM set_back)");
	assert_int_equal(verify(f).bad_event, 0);
	file_sql(f->path, "INSERT INTO set_back VALUES (2)");
	assert_non_null(strstr(verify(f).what, "the times of the log"));
}

static void
test_words_of_a_post_are_proved_without_a_digest_of_their_own(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("2", "jo", "the lift of gate two is stuck");
	struct cq_proof proof;

	new_case(f, "1");
	put(f, &p);
	p.text = "the lift of gate two is stuck again";
	put(f, &p); /* the proof holds the first words against the log */
	assert_int_equal(verify(f).bad_event, 0);
	file_sql(f->path, "UPDATE revision SET text = text || '.'");
	proof = verify(f);
	assert_int_equal(proof.bad_case, 2);
	assert_non_null(strstr(proof.what, "the words of its post"));
	file_sql(f->path,
	    "UPDATE revision SET text = rtrim(text, '.');"
	    "UPDATE post SET text = text || '.' WHERE id = 1");
	proof = verify(f);
	assert_int_equal(proof.bad_case, 1);
	assert_non_null(strstr(proof.what, "the words of its post"));
	file_sql(f->path, "UPDATE post SET text = rtrim(text, '.')");
	assert_int_equal(verify(f).bad_event, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_shift_has_all_its_events_and_no_others),
	    WITH_QUEUE(test_so_it_has_if_the_clock_was_set_back),
	    WITH_QUEUE(test_who_hides_events_from_reports_is_found),
	    WITH_QUEUE(
		test_words_of_a_post_are_proved_without_a_digest_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
