#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/copy.h"
#include "core/dedup.h"
#include "core/lexicon.h"
#include "tests/file.h"

/*
 * Pairs of posts with the verdict of a careful support lead, one a line of
 * pairs.tsv; its head says how to read it.
 */
#define PAIRS "tests/fixtures/pairs/pairs.tsv"

#define N_FIELDS 6
#define MAX_PAIRS 500

enum wanted { JOIN, SUGGEST, NOTHING };
static const char *const wanted_names[] = {"join", "suggest", "nothing"};

struct pair {
	int line;
	char *lang, *guard, *how, *first, *second;
	enum wanted wanted;
	bool alone; /* no other guard keeps them apart */
};

struct pairs {
	char *file;
	struct pair at[MAX_PAIRS];
	size_t n;
};

/* --- reading the file ----------------------------------------------------- */

/* Signs that cannot be seen are written "\u200B" or "\U0001F621". */
static void
unescape(char *s)
{
	char *out = s, *end;
	size_t n_digits;
	char hex[9];
	long cp;

	while (*s != '\0') {
		if (s[0] != '\\' || (s[1] != 'u' && s[1] != 'U')) {
			*out++ = *s++;
			continue;
		}
		n_digits = s[1] == 'u' ? 4 : 8;
		assert_true(strlen(s) >= 2 + n_digits);
		memcpy(hex, s + 2, n_digits);
		hex[n_digits] = '\0';
		cp = strtol(hex, &end, 16);
		assert_int_equal(*end, '\0');
		out += utf8proc_encode_char((utf8proc_int32_t)cp,
		    (utf8proc_uint8_t *)out);
		s += 2 + n_digits;
	}
	*out = '\0';
}

static enum wanted
wanted_of(const char *s, int line)
{
	for (int i = 0; i <= NOTHING; i++)
		if (strcmp(s, wanted_names[i]) == 0)
			return (enum wanted)i;
	fail_msg("line %d: no such verdict: %s", line, s);
	return NOTHING;
}

static void
read_pair(char *line, int number, struct pair *p)
{
	char *fields[N_FIELDS];
	size_t n;

	for (int i = 0; i < N_FIELDS; i++) {
		fields[i] = strsep(&line, "\t");
		if (fields[i] == NULL || fields[i][0] == '\0')
			fail_msg("line %d: field %d is empty", number, i + 1);
	}
	if (line != NULL)
		fail_msg("line %d: too many fields", number);
	*p = (struct pair){.line = number,
	    .lang = fields[0],
	    .wanted = wanted_of(fields[1], number),
	    .guard = fields[2],
	    .how = fields[3],
	    .first = fields[4],
	    .second = fields[5]};
	n = strlen(p->guard);
	p->alone = p->guard[n - 1] == '!';
	if (p->alone)
		p->guard[n - 1] = '\0';
	unescape(p->first);
	unescape(p->second);
}

static int
read_pairs(void **state)
{
	struct pairs *pairs = calloc(1, sizeof(*pairs));
	int number = 0;
	size_t size;
	char *rest, *line;

	assert_non_null(pairs);
	pairs->file = rest = file_read(PAIRS, &size);
	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		if (line[0] == '\0' || line[0] == '#')
			continue;
		assert_true(pairs->n < MAX_PAIRS);
		read_pair(line, number, &pairs->at[pairs->n++]);
	}
	*state = pairs;
	return 0;
}

static int
free_pairs(void **state)
{
	struct pairs *pairs = *state;

	free(pairs->file);
	free(pairs);
	return 0;
}

/* --- a queue of 20,000 posts, of which one is known ----------------------- */

/*
 * How many posts have a word: small words every fifth, words of service
 * desks every twentieth, words of their trade and days every hundredth;
 * all others the one that is known.
 */
#define N_POSTS 20000
#define N_SMALL (N_POSTS / 5)
#define N_DESK (N_POSTS / 20)
#define N_TRADE (N_POSTS / 100)

static const char desk[] =
    " thanks thank help please reply quick waiting order problem service "
    "answer try know order today still works worst helping much let now "
    "why ever nobody "
    "danke hilfe antwort schnelle problem erledigt warte "
    "merci aide reponse rapide toujours pareil probleme "
    "gracias ayuda respuesta sigo esperando problema "
    "obrigado obrigada ajuda resposta rapida continua igual "
    "bedankt hulp snelle reactie steeds probleem wachten "
    "grazie aiuto risposta fare problema "
    "спасибо ответ помогите жду проблема "
    "شكرا الرد مساعدة مشكلة "
    "です ます ました まし した ませ せん てい いる から あり りが がと "
    "とう うご ござ ざい いま "
    "谢谢 我们 回复 没有 问题 客服 ";

static const char trade[] =
    " train bus flight app account card bill phone parcel courier delivery "
    "update website internet router station slow hotline invoice dallas "
    "dulles austria australia status outage form page using report city "
    "zug paket bahn rechnung konto karte bote hotline "
    "vol train colis facture livreur carte "
    "vuelo tren paquete factura repartidor tarjeta "
    "voo comboio encomenda fatura conta cartao "
    "trein pakket rekening bezorger kaart bus "
    "treno volo pacco bolletta corriere conto "
    "поезд посылка банк курьер карта "
    "الرحلة القطار فاتورة بطاقة "
    "電車 荷物 配達 料金 "
    "快递 航班 银行 电梯 ";

struct queue {
	const struct pair *pair;
	struct cq_normal first, second; /* the known post, and the new one */
	bool same_author, reply;
	const char *brand; /* of the known post */
	enum cq_state state;
	bool all_rare; /* no word is a usual one */
};

static bool
is_in(const char *list, const char *word, size_t n)
{
	const char *at = list;

	for (; (at = memmem(at, strlen(at), word, n)) != NULL; at++)
		if (at[-1] == ' ' && at[n] == ' ')
			return true;
	return false;
}

static int64_t
posts_of(const char *word, size_t n)
{
	unsigned flags = cq_lexicon_class(word, n, CQ_LANG_ANY);

	if (is_in(desk, word, n))
		return N_DESK;
	if (flags & (CQ_WORD_FILLER | CQ_WORD_NEGATION))
		return N_SMALL;
	if (flags != 0 || is_in(trade, word, n))
		return N_TRADE;
	return 0;
}

static const struct cq_word *
word_of(const struct cq_normal *normal, uint64_t key)
{
	for (size_t i = 0; i < normal->words.n; i++)
		if (normal->words.at[i].key == key)
			return &normal->words.at[i];
	return NULL;
}

static int64_t
count(void *arg, uint64_t key)
{
	const struct queue *q = arg;
	const struct cq_word *known = word_of(&q->first, key), *w = known;
	int64_t n;

	if (w == NULL)
		w = word_of(&q->second, key);
	assert_non_null(w);
	n = q->all_rare ? 0 : posts_of(w->s, w->n);
	return known != NULL && n == 0 ? 1 : n;
}

#define POST 1
#define CASE 7
#define NOON 1754049600 /* 2025-08-01 12:00 UTC */

static void
fill_hit(const struct queue *q, struct cq_dedup_hit *hit)
{
	*hit = (struct cq_dedup_hit){.post_id = POST,
	    .case_id = CASE,
	    .state = q->state,
	    .at = NOON,
	    .same_author = q->same_author,
	    .same_source = true,
	    .author = 1,
	    .normal = &q->first,
	    .brand = q->brand,
	    .lang = q->pair->lang};
}

static bool
no_such_id(void *arg, const char *id, struct cq_dedup_hit *hit)
{
	(void)arg;
	(void)id;
	(void)hit;
	return false;
}

static bool
no_such_link(void *arg, int64_t key, struct cq_dedup_hit *hit)
{
	(void)arg;
	(void)key;
	(void)hit;
	return false;
}

static bool
by_key(void *arg, uint64_t key, int64_t from, int64_t to,
    struct cq_dedup_hit *hit)
{
	const struct queue *q = arg;

	fill_hit(q, hit);
	return key == q->first.key && from <= NOON && NOON <= to;
}

static bool
by_post(void *arg, int64_t id, struct cq_dedup_hit *hit)
{
	assert_int_equal(id, POST);
	fill_hit(arg, hit);
	return true;
}

static void
place(void *arg, struct cq_dedup_hit *hit)
{
	fill_hit(arg, hit);
}

static const char *
handle(void *arg, const struct cq_dedup_hit *hit)
{
	(void)arg;
	(void)hit;
	return "ann";
}

static bool
apart(void *arg, int64_t a, int64_t b)
{
	(void)arg;
	(void)a;
	(void)b;
	return false;
}

static size_t
posts_with(void *arg, uint64_t key, int64_t *ids, size_t max)
{
	const struct queue *q = arg;

	assert_true(max > 0);
	ids[0] = POST;
	return word_of(&q->first, key) != NULL;
}

/* --- verdicts ------------------------------------------------------------- */

/* "how" of a pair: who wrote the second post, and to whom. */
static void
open_queue(struct queue *q, const struct pair *p)
{
	*q = (struct queue){.pair = p,
	    .first = cq_normalise(p->first),
	    .second = cq_normalise(p->second),
	    .state = CQ_NEW,
	    .brand = "acme"};
	if (strcmp(p->how, "own") == 0)
		q->same_author = true;
	else if (strcmp(p->how, "own-reply") == 0)
		q->same_author = q->reply = true;
	else if (strcmp(p->how, "reply") == 0)
		q->reply = true;
	else if (strcmp(p->how, "brand") == 0)
		q->brand = "bolt";
	else if (strcmp(p->how, "dismissed") == 0)
		q->state = CQ_DISMISSED;
	else if (strcmp(p->how, "-") != 0 && strcmp(p->how, "grown") != 0)
		fail_msg("line %d: how is that: %s", p->line, p->how);
}

static void
close_queue(struct queue *q)
{
	cq_normal_free(&q->first);
	cq_normal_free(&q->second);
}

static void
decide(struct queue *q, bool tell_lang, struct cq_verdict *verdict)
{
	const struct cq_dedup_index index = {.by_id = no_such_id,
	    .by_child = no_such_id,
	    .by_uri = no_such_id,
	    .by_link = no_such_link,
	    .by_conversation = no_such_id,
	    .by_key = by_key,
	    .by_author = no_such_id,
	    .by_post = by_post,
	    .place = place,
	    .handle = handle,
	    .apart = apart,
	    .count = count,
	    .posts_with = posts_with,
	    .n_posts = q->all_rare ? 1 : N_POSTS,
	    .arg = q};
	const struct cq_post post = {.id = "2",
	    .text = q->pair->second,
	    .author = q->same_author ? "ann" : "ben",
	    .brand = "acme",
	    .in_reply_to = q->reply ? "a post of long ago" : NULL,
	    .lang = tell_lang ? q->pair->lang : NULL};
	const struct cq_question question = {.post = &post,
	    .normal = &q->second,
	    .at = NOON + 600,
	    .index = &index};

	cq_dedup_decide(&question, verdict);
}

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
	struct queue q;
	int n_wrong = 0;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];

		open_queue(&q, p);
		decide(&q, tell_lang, &v);
		close_queue(&q);
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
compare(struct queue *q, unsigned off, bool turned, struct cq_copy *copy)
{
	struct cq_side a = {&q->first, q->pair->lang};
	struct cq_side b = {&q->second, q->pair->lang};
	struct cq_word_counts counts = {
	    .of = count, .arg = q, .n_posts = N_POSTS};
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
	struct queue q;
	int n_wrong = 0;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];
		enum cq_guard guard = guard_of(p);

		if (guard == CQ_N_GUARDS)
			continue;
		open_queue(&q, p);
		compare(&q, 0, false, &copy);
		close_queue(&q);
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
	struct queue q;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];
		enum cq_guard guard = guard_of(p);

		if (!p->alone || guard == CQ_N_GUARDS)
			continue;
		n_pairs[guard]++;
		open_queue(&q, p);
		compare(&q, 1u << guard, false, &copy);
		close_queue(&q);
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
	struct queue q;

	for (size_t i = 0; i < pairs->n; i++) {
		open_queue(&q, &pairs->at[i]);
		compare(&q, 0, false, &copy);
		compare(&q, 0, true, &turned);
		close_queue(&q);
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
	struct queue q;
	int n_wrong = 0;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];

		if (p->wanted == JOIN || strcmp(p->guard, "bits") == 0 ||
		    strcmp(p->guard, "usual") == 0 ||
		    strcmp(p->how, "grown") == 0)
			continue;
		open_queue(&q, p);
		q.all_rare = true;
		decide(&q, true, &v);
		close_queue(&q);
		if (given(&v) != JOIN)
			continue;
		n_wrong++;
		print_error("line %d: join (%s)\n", p->line, v.why);
	}
	assert_int_equal(n_wrong, 0);
}

/* What copy.c does not see, as it is not in the words. */
static const char *const about[] = {"reply", "brand", "dismissed", "usual"};
#define N_ABOUT (sizeof(about) / sizeof(about[0]))

static void
test_what_is_not_in_the_words_alone_keeps_a_pair_apart(void **state)
{
	const struct pairs *pairs = *state;
	int n_pairs[N_ABOUT] = {0};
	struct cq_verdict v;
	struct queue q;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];
		size_t k = 0;

		while (k < N_ABOUT && strcmp(p->guard, about[k]) != 0)
			k++;
		if (k == N_ABOUT)
			continue;
		n_pairs[k]++;
		open_queue(&q, p);
		q.reply = false;
		q.brand = "acme";
		q.state = CQ_NEW;
		q.all_rare = strcmp(p->guard, "usual") == 0;
		decide(&q, true, &v);
		close_queue(&q);
		if (given(&v) != JOIN)
			fail_msg("line %d: %s", p->line, why(&v));
	}
	for (size_t k = 0; k < N_ABOUT; k++)
		assert_true(n_pairs[k] > 0);
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
	    cmocka_unit_test(test_every_guard_and_language_is_among_the_pairs),
	};

	return cmocka_run_group_tests(tests, read_pairs, free_pairs);
}
