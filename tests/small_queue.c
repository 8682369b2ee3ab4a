#include "tests/small_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/lexicon.h"

/*
 * How many posts have a word: small words every fifth, words of service
 * desks every twentieth, words of their trade and days every hundredth;
 * all others the one that is known.
 */
#define BRAND "acme"
#define NOON 1754049600 /* 2025-08-01 12:00 UTC */
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
    "dulles austria australia cork york status outage form page using report "
    "city "
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

static bool
is_mark(const struct cq_normal *normal, uint64_t key)
{
	for (size_t i = 0; i < normal->n_marks; i++)
		if (normal->marks[i] == key)
			return true;
	return false;
}

static int64_t
count(void *arg, uint64_t key)
{
	const struct small_queue *q = arg;
	int64_t n, n_known = 0;
	const struct cq_word *w = word_of(&q->second, key);

	for (size_t i = 0; i < q->n; i++) {
		const struct cq_word *known = word_of(&q->known[i], key);

		n_known += known != NULL;
		w = known != NULL ? known : w;
	}
	/* many write to an account, few point to a page */
	if (w == NULL && is_mark(&q->second, key))
		return key & 1 && !q->all_rare ? N_DESK : 1;
	assert_non_null(w);
	n = q->all_rare ? 0 : posts_of(w->s, w->n);
	return n > n_known ? n : n_known;
}

static void
fill_hit(const struct small_queue *q, int64_t id, struct cq_dedup_hit *hit)
{
	*hit = (struct cq_dedup_hit){.post_id = id,
	    .case_id = id,
	    .state = q->state,
	    .at = NOON,
	    .same_author = q->same_author,
	    .same_source = true,
	    .author = id,
	    .normal = &q->known[id - 1],
	    .brand = q->brand,
	    .lang = q->lang};
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
	const struct small_queue *q = arg;

	for (size_t i = q->n; i > 0; i--) {
		fill_hit(q, (int64_t)i, hit);
		if (q->known[i - 1].key == key)
			return from <= NOON && NOON <= to;
	}
	return false;
}

static bool
by_post(void *arg, int64_t id, struct cq_dedup_hit *hit)
{
	fill_hit(arg, id, hit);
	return true;
}

static void
place(void *arg, struct cq_dedup_hit *hit)
{
	fill_hit(arg, hit->post_id, hit);
}

static const char *
handle(void *arg, const struct cq_dedup_hit *hit)
{
	(void)arg;
	return hit->post_id == 1 ? "ann" : "carl";
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
	const struct small_queue *q = arg;
	size_t n = 0;

	for (size_t i = q->n; i > 0 && n < max; i--)
		if (word_of(&q->known[i - 1], key) != NULL)
			ids[n++] = (int64_t)i;
	return n;
}

/* "how" of a pair: who wrote the second post, when, and to whom. */
static bool
set_how(struct small_queue *q, const char *how)
{
	if (strcmp(how, "own") == 0)
		q->same_author = true;
	else if (strcmp(how, "own-reply") == 0)
		q->same_author = q->reply = true;
	else if (strcmp(how, "reply") == 0)
		q->reply = true;
	else if (strcmp(how, "brand") == 0)
		q->brand = "bolt";
	else if (strcmp(how, "dismissed") == 0)
		q->state = CQ_DISMISSED;
	else if (strcmp(how, "late") == 0)
		q->later_s = CQ_COPY_WINDOW_S + 1;
	else
		return strcmp(how, "-") == 0 || strcmp(how, "grown") == 0;
	return true;
}

static void
set_usual(struct small_queue *q)
{
	q->reply = false;
	q->brand = BRAND;
	q->state = CQ_NEW;
	q->later_s = 600;
}

void
small_queue_open(struct small_queue *q, const struct pair *p)
{
	*q = (struct small_queue){.known = {cq_normalise(p->first)},
	    .n = 1,
	    .second = cq_normalise(p->second),
	    .text = p->second,
	    .lang = p->lang};
	set_usual(q);
	if (!set_how(q, p->how))
		fail_msg("line %d: how is that: %s", p->line, p->how);
}

void
small_queue_plain(struct small_queue *q)
{
	set_usual(q);
	q->second.n_marks = 0;
	q->second.n_comment = 0;
}

void
small_queue_add(struct small_queue *q, const char *text)
{
	assert_true(q->n < SMALL_QUEUE_POSTS);
	q->known[q->n++] = cq_normalise(text);
}

void
small_queue_close(struct small_queue *q)
{
	for (size_t i = 0; i < q->n; i++)
		cq_normal_free(&q->known[i]);
	cq_normal_free(&q->second);
}

struct cq_word_counts
small_queue_counts(struct small_queue *q)
{
	return (struct cq_word_counts){.of = count,
	    .arg = q,
	    .n_posts = q->all_rare ? (int64_t)q->n : N_POSTS};
}

void
small_queue_decide(struct small_queue *q, bool tell_lang,
    struct cq_verdict *verdict)
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
	    .n_posts = small_queue_counts(q).n_posts,
	    .arg = q};
	const struct cq_post post = {.id = "2",
	    .text = q->text,
	    .author = q->same_author ? "ann" : "ben",
	    .brand = BRAND,
	    .in_reply_to = q->reply ? "a post of long ago" : NULL,
	    .lang = tell_lang ? q->lang : NULL};
	const struct cq_question question = {.post = &post,
	    .normal = &q->second,
	    .at = NOON + q->later_s,
	    .index = &index};

	cq_dedup_decide(&question, verdict);
}
