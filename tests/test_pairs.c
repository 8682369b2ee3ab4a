#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/copy.h"
#include "core/dedup.h"
#include "tests/pairs.h"
#include "tests/small_queue.h"

static enum wanted
given(const struct cq_verdict *v)
{
	if (v->rule != CQ_RULE_FIRST)
		return JOIN;
	return v->n_suggestions > 0 ? SUGGEST : NOTHING;
}

static const char *
why(const struct cq_verdict *v)
{
	return v->n_suggestions > 0 ? v->suggestions[0].why : v->why;
}

/* All pairs that are decided otherwise are told, then the test fails. */
static void
check_verdicts(const struct pairs *pairs, bool tell_lang)
{
	struct cq_verdict v;
	struct small_queue q;
	int n_wrong = 0;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];

		small_queue_open(&q, p);
		small_queue_decide(&q, tell_lang, &v);
		small_queue_close(&q);
		if (given(&v) == p->wanted)
			continue;
		n_wrong++;
		print_error("line %d: %s, and not %s (%s)\n", p->line,
		    wanted_names[given(&v)], wanted_names[p->wanted], why(&v));
	}
	assert_int_equal(n_wrong, 0);
}

static void
test_each_pair_is_decided_as_a_support_lead_would(void **state)
{
	check_verdicts(*state, true);
}

static void
test_the_language_need_not_be_told(void **state)
{
	check_verdicts(*state, false);
}

static void
compare(struct small_queue *q, unsigned off, bool turned, struct cq_copy *copy)
{
	struct cq_side a = {&q->known[0], q->lang};
	struct cq_side b = {&q->second, q->lang};
	struct cq_word_counts counts = small_queue_counts(q);
	bool known = q->same_author ||
	    (q->second.original != NULL &&
		strcmp(q->second.original, "ann") == 0);

	cq_copy_compare(turned ? &b : &a, turned ? &a : &b, known, &counts, off,
	    copy);
}

/* The guard with this name; CQ_N_GUARDS if copy.c has none. */
static enum cq_guard
guard_of(const struct pair *p)
{
	int i = CQ_GUARD_NONE + 1;

	while (i < CQ_N_GUARDS &&
	    strcmp(p->guard, cq_guard_name((enum cq_guard)i)) != 0)
		i++;
	return (enum cq_guard)i;
}

static void
test_the_guard_that_a_pair_names_keeps_it_apart(void **state)
{
	const struct pairs *pairs = *state;
	struct cq_copy copy;
	struct small_queue q;
	int n_wrong = 0;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];
		enum cq_guard guard = guard_of(p);

		if (guard == CQ_N_GUARDS)
			continue;
		small_queue_open(&q, p);
		compare(&q, 0, false, &copy);
		small_queue_close(&q);
		if (!copy.copy && copy.guard == guard)
			continue;
		n_wrong++;
		print_error("line %d: %s, and not %s (%s)\n", p->line,
		    cq_guard_name(copy.guard), p->guard, copy.why);
	}
	assert_int_equal(n_wrong, 0);
}

static void
test_each_guard_alone_keeps_a_pair_apart(void **state)
{
	const struct pairs *pairs = *state;
	int n_pairs[CQ_N_GUARDS + 1] = {0}, n_wrong = 0;
	struct cq_copy copy;
	struct small_queue q;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];
		enum cq_guard guard = guard_of(p);

		if (!p->alone || guard == CQ_N_GUARDS)
			continue;
		n_pairs[guard]++;
		small_queue_open(&q, p);
		compare(&q, 1u << guard, false, &copy);
		small_queue_close(&q);
		if (copy.copy)
			continue;
		n_wrong++;
		print_error("line %d: %s keeps it apart too (%s)\n", p->line,
		    cq_guard_name(copy.guard), copy.why);
	}
	for (int i = CQ_GUARD_NONE + 1; i < CQ_N_GUARDS; i++)
		if (n_pairs[i] == 0)
			fail_msg("no pair for %s alone",
			    cq_guard_name((enum cq_guard)i));
	assert_int_equal(n_wrong, 0);
}

static void
test_it_does_not_matter_which_post_came_first(void **state)
{
	const struct pairs *pairs = *state;
	struct cq_copy copy, turned;
	struct small_queue q;

	for (size_t i = 0; i < pairs->n; i++) {
		small_queue_open(&q, &pairs->at[i]);
		compare(&q, 0, false, &copy);
		compare(&q, 0, true, &turned);
		small_queue_close(&q);
		if (copy.copy != turned.copy || copy.alike != turned.alike)
			fail_msg("line %d: %s, turned %s", pairs->at[i].line,
			    copy.why, turned.why);
	}
}

/*
 * A young queue knows no usual words.  It may take stock phrases for rare
 * ones, but what keeps posts apart otherwise does so from the first day on.
 */
static void
test_a_young_queue_is_as_careful(void **state)
{
	const struct pairs *pairs = *state;
	struct cq_verdict v;
	struct small_queue q;
	int n_wrong = 0;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];

		if (p->wanted == JOIN || strcmp(p->guard, "bits") == 0 ||
		    strcmp(p->guard, "usual") == 0 ||
		    strcmp(p->how, "grown") == 0)
			continue;
		small_queue_open(&q, p);
		q.all_rare = true;
		small_queue_decide(&q, true, &v);
		small_queue_close(&q);
		if (given(&v) != JOIN)
			continue;
		n_wrong++;
		print_error("line %d: join (%s)\n", p->line, v.why);
	}
	assert_int_equal(n_wrong, 0);
}

/* What copy.c does not see, as it is not in the words. */
static const char *const about[] = {
    "reply", "brand", "dismissed", "usual", "window", "address", "comment"};
#define N_ABOUT (sizeof(about) / sizeof(about[0]))

static void
test_what_is_not_in_the_words_alone_keeps_a_pair_apart(void **state)
{
	const struct pairs *pairs = *state;
	int n_pairs[N_ABOUT] = {0};
	struct cq_verdict v;
	struct small_queue q;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];
		size_t k = 0;

		while (k < N_ABOUT && strcmp(p->guard, about[k]) != 0)
			k++;
		if (k == N_ABOUT)
			continue;
		n_pairs[k]++;
		small_queue_open(&q, p);
		small_queue_plain(&q);
		q.all_rare = strcmp(p->guard, "usual") == 0;
		small_queue_decide(&q, true, &v);
		small_queue_close(&q);
		if (given(&v) != JOIN)
			fail_msg("line %d: %s", p->line, why(&v));
	}
	for (size_t k = 0; k < N_ABOUT; k++)
		assert_true(n_pairs[k] > 0);
}

/* The new post, which could be either known one or which belongs to one. */
static const struct {
	const char *lang, *first, *other, *new;
	enum wanted wanted;
} triples[] = {
    /* cut before it says which one */
    {"en",
	"The lift at Elm Square library is stuck with my stroller inside, "
	"garden wing",
	"The lift at Elm Square library is stuck with my stroller inside, "
	"archive wing",
	"The lift at Elm Square library is stuck with my stroller inside",
	SUGGEST},
    {"de",
	"Der Bote warf das Cello über die Hecke und fuhr davon, Ecke Rosenweg",
	"Der Bote warf das Cello über die Hecke und fuhr davon, am Bahndamm",
	"Der Bote warf das Cello über die Hecke und fuhr davon", SUGGEST},
    {"fr",
	"Le robinet du gîte crache une eau brune qui sent le soufre, vallée "
	"de Munster",
	"Le robinet du gîte crache une eau brune qui sent le soufre, col de "
	"Bussang",
	"Le robinet du gîte crache une eau brune qui sent le soufre…", SUGGEST},
    /* it names whose it is */
    {"en",
	"The lift at Elm Square library is stuck with my stroller inside, "
	"garden wing",
	"The lift at Elm Square library is stuck with my stroller inside, "
	"archive wing",
	"RT @ann: The lift at Elm Square library is stuck with my stroller "
	"inside…",
	JOIN},
    /* both are one text, in two cases: either will do */
    {"es", "La báscula del mercado Ruzafa marca medio kilo con el plato vacío",
	"La bascula del mercado Ruzafa marca medio kilo con el plato vacio!!",
	"La báscula del mercado Ruzafa marca medio kilo con el palto vacío",
	JOIN},
    /* one fits better */
    {"nl", "De kluisjes van zwembad Merwede gaan niet dicht en mijn jas is weg",
	"De kluisjes van zwembad Merwede gaan niet dicht en mijn fiets is weg",
	"De kluisjes van zwembad Merwede gaan niet dicht en mijn jsa is weg",
	JOIN},
};

static void
test_a_post_that_fits_two_cases_joins_neither(void **state)
{
	struct cq_verdict v;
	struct small_queue q;

	(void)state;
	for (size_t i = 0; i < sizeof(triples) / sizeof(triples[0]); i++) {
		const struct pair p = {.lang = (char *)triples[i].lang,
		    .how = (char *)"-",
		    .first = (char *)triples[i].first,
		    .second = (char *)triples[i].new};

		small_queue_open(&q, &p);
		small_queue_decide(&q, true, &v); /* alone, it fits */
		if (v.case_id != 1)
			fail_msg("%s: %s", p.second, why(&v));
		small_queue_add(&q, triples[i].other);
		small_queue_decide(&q, true, &v);
		small_queue_close(&q);
		if (given(&v) != triples[i].wanted)
			fail_msg("%s: %s", p.second, why(&v));
		if (triples[i].wanted == JOIN)
			continue;
		assert_int_equal(v.n_suggestions, 2);
		for (size_t k = 0; k < v.n_suggestions; k++)
			assert_int_equal(v.suggestions[k].rule, CQ_RULE_EITHER);
	}
}

static void
test_every_guard_and_language_is_among_the_pairs(void **state)
{
	static const char *const langs[] = {
	    "en", "de", "fr", "es", "pt", "nl", "it", "ru", "ar", "ja", "zh"};
	const struct pairs *pairs = *state;

	assert_true(pairs->n >= 200);
	for (size_t k = 0; k < sizeof(langs) / sizeof(langs[0]); k++) {
		int n[NOTHING + 1] = {0};

		for (size_t i = 0; i < pairs->n; i++)
			if (strcmp(pairs->at[i].lang, langs[k]) == 0)
				n[pairs->at[i].wanted]++;
		assert_true(n[JOIN] > 0 && n[SUGGEST] > 0 && n[NOTHING] > 0);
	}
	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];
		bool named =
		    strcmp(p->guard, "-") == 0 || guard_of(p) != CQ_N_GUARDS;

		for (size_t k = 0; k < N_ABOUT; k++)
			named = named || strcmp(p->guard, about[k]) == 0;
		if (!named)
			fail_msg("line %d: no guard %s", p->line, p->guard);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_pair_is_decided_as_a_support_lead_would),
	    cmocka_unit_test(test_the_language_need_not_be_told),
	    cmocka_unit_test(test_the_guard_that_a_pair_names_keeps_it_apart),
	    cmocka_unit_test(test_each_guard_alone_keeps_a_pair_apart),
	    cmocka_unit_test(test_it_does_not_matter_which_post_came_first),
	    cmocka_unit_test(test_a_young_queue_is_as_careful),
	    cmocka_unit_test(
		test_what_is_not_in_the_words_alone_keeps_a_pair_apart),
	    cmocka_unit_test(test_a_post_that_fits_two_cases_joins_neither),
	    cmocka_unit_test(test_every_guard_and_language_is_among_the_pairs),
	};

	return cmocka_run_group_tests(tests, pairs_read, pairs_free);
}
