#include "core/like.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/hash.h"
#include "core/lexicon.h"
#include "core/limits.h"
#include "core/normal.h"
#include "core/text.h"

/* Words of each kind that a sentence names, and bytes of each of them. */
#define SAID_COMMON 5
#define SAID_ONLY 2
#define SAID_BYTES 24

/* Short keys make small tables; two words with one key do no harm. */
static uint64_t
short_key(uint64_t h)
{
	h = cq_hash_short(h);
	return h == 0 ? 1 : h;
}

static uint64_t
key_of(uint64_t brand, const char *s, size_t n)
{
	char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (char)(brand >> 8 * i & 0xff);
	return short_key(cq_hash_bytes(cq_hash_bytes(CQ_HASH_START, bytes, 8),
	    s, n));
}

/* The same however it is written; four letters of it, none without one. */
static void
set_brand(struct cq_like_text *text, const char *brand)
{
	struct cq_normal normal = cq_normalise(brand == NULL ? "" : brand);
	size_t i = 0;

	for (; i < sizeof(text->code) - 1 && normal.n_letters > 0; i++)
		text->code[i] = (char)('a' + (normal.key >> 4 * i & 15));
	text->code[i] = '\0';
	text->brand = short_key(normal.key);
	text->sizes = key_of(text->brand, "", 0);
	cq_normal_free(&normal);
}

static size_t
stem_of(const char *s, size_t n)
{
	size_t i = 0;
	int cp;

	for (int letters = 0; i < n && letters < CQ_LIKE_STEM; letters++)
		i += cq_utf8_next(s + i, n - i, &cp);
	return i;
}

/* Takes the words of a normalised text in; the text must stay. */
static void
add_words(struct cq_like_text *text, const char *normal, double times)
{
	struct cq_words words = cq_words_of(normal);
	const struct cq_word *w = words.at;
	struct cq_like_word *to;

	text->at = cq_grow(text->at, text->n + words.n + 1, sizeof(*text->at));
	for (size_t i = 0; i < words.n; i++, w++) {
		/* not by the language: two texts must see a word alike */
		if (cq_lexicon_class(w->s, w->n, CQ_LANG_ANY) & CQ_WORD_FILLER)
			continue;
		to = &text->at[text->n++];
		*to = (struct cq_like_word){.s = w->s, .n = w->n};
		to->stem = (uint32_t)stem_of(w->s, w->n);
		to->key = key_of(text->brand, w->s, to->stem);
		to->times = times;
		text->length += times;
	}
	cq_words_free(&words);
}

/* By key; of one key, first what stands first in the text. */
static int
by_key(const void *x, const void *y)
{
	const struct cq_like_word *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->times != b->times)
		return a->times > b->times ? -1 : 1;
	return a->s < b->s ? -1 : a->s > b->s;
}

static void
make_set(struct cq_like_text *text)
{
	size_t n = 0;

	if (text->n == 0)
		return;
	qsort(text->at, text->n, sizeof(*text->at), by_key);
	for (size_t i = 1; i < text->n; i++) {
		if (text->at[i].key == text->at[n].key)
			text->at[n].times += text->at[i].times;
		else
			text->at[++n] = text->at[i];
	}
	text->n = n + 1;
}

struct cq_like_text
cq_like_read(const char *raw, const char *brand)
{
	struct cq_like_text text = {0};
	char *all = cq_strndup(raw, strnlen(raw, CQ_LIKE_BYTES));
	size_t n_head = strcspn(all, "\n");
	char *head = cq_strndup(all, n_head);
	struct cq_normal first = cq_normalise(head);
	struct cq_normal rest = cq_normalise(all + n_head);
	/* a line alone is no title */
	double times =
	    first.n_letters > 0 && rest.n_letters > 0 ? CQ_LIKE_TITLE : 1;

	set_brand(&text, brand);
	text.head = cq_strdup(first.text);
	text.rest = cq_strdup(rest.text);
	add_words(&text, text.head, times);
	add_words(&text, text.rest, 1);
	make_set(&text);
	cq_normal_free(&first);
	cq_normal_free(&rest);
	free(head);
	free(all);
	return text;
}

void
cq_like_free(struct cq_like_text *text)
{
	free(text->at);
	free(text->head);
	free(text->rest);
	*text = (struct cq_like_text){0};
}

size_t
cq_like_find(const struct cq_like_text *text, uint64_t key)
{
	size_t low = 0, high = text->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (text->at[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low < text->n && text->at[low].key == key ? low : text->n;
}

void
cq_like_token(const struct cq_like_text *text, const struct cq_like_word *word,
    struct cq_buf *b)
{
	cq_buf_str(b, text->code);
	cq_buf_add(b, word->s, word->stem);
}

void
cq_like_weigh(struct cq_like_text *text, const struct cq_like_counts *counts)
{
	double all = counts->n_posts < CQ_LIKE_POSTS_MIN
	    ? CQ_LIKE_POSTS_MIN
	    : (double)counts->n_posts;
	struct cq_like_word *w;
	double n;

	text->weight = 0;
	for (size_t i = 0; i < text->n; i++) {
		w = &text->at[i];
		n = (double)counts->of(counts->arg, w->key);
		w->weight = log((all - n + 0.5) / (n + 0.5));
		/* what every second post has tells nothing */
		if (!(w->weight > 0))
			w->weight = 0;
		w->weight *= 1 + log(w->times);
		text->weight += w->weight;
	}
}

static int
by_weight(const void *x, const void *y)
{
	const struct cq_like_word *const *a = x, *const *b = y;

	if ((*a)->weight != (*b)->weight)
		return (*a)->weight > (*b)->weight ? -1 : 1;
	return (*a)->key < (*b)->key ? -1 : (*a)->key > (*b)->key;
}

/* The words that weigh anything, heaviest first; to be freed. */
static const struct cq_like_word **
heaviest(const struct cq_like_text *text, size_t *n)
{
	const struct cq_like_word **at = cq_alloc((text->n + 1) * sizeof(*at));

	*n = 0;
	for (size_t i = 0; i < text->n; i++)
		if (text->at[i].weight > 0)
			at[(*n)++] = &text->at[i];
	qsort(at, *n, sizeof(*at), by_weight);
	return at;
}

size_t
cq_like_ask(const struct cq_like_text *text, const struct cq_like_word **at,
    size_t max)
{
	size_t n;
	const struct cq_like_word **all = heaviest(text, &n);

	if (n > max)
		n = max;
	memcpy(at, all, n * sizeof(*at));
	free(all);
	return n;
}

static int
by_post(const void *x, const void *y)
{
	const struct cq_like_vote *a = x, *b = y;

	return a->post < b->post ? -1 : a->post > b->post;
}

static int
by_votes(const void *x, const void *y)
{
	const struct cq_like_vote *a = x, *b = y;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return a->post > b->post ? -1 : a->post < b->post;
}

size_t
cq_like_tally(struct cq_like_vote *votes, size_t n)
{
	size_t to = 0;

	if (n == 0)
		return 0;
	/* in an order of their own, so that sums are the same to the bit */
	qsort(votes, n, sizeof(*votes), by_post);
	for (size_t i = 1; i < n; i++) {
		if (votes[i].post == votes[to].post)
			votes[to].weight += votes[i].weight;
		else
			votes[++to] = votes[i];
	}
	qsort(votes, to + 1, sizeof(*votes), by_votes);
	return to + 1;
}

void
cq_like_found_free(struct cq_like_found *found)
{
	if (found->own != NULL)
		cq_like_free(found->own);
	free(found->own);
	free(found->parts);
	*found = (struct cq_like_found){0};
}

static void
set_parts(const struct cq_like_text *post, struct cq_like_found *f,
    double mean_length)
{
	double length = mean_length > 0 ? f->text->length / mean_length : 1;
	double k = CQ_LIKE_K1 * (1 - CQ_LIKE_B + CQ_LIKE_B * length), times;
	size_t at;

	f->parts = cq_alloc((post->n + 1) * sizeof(*f->parts));
	for (size_t i = 0; i < post->n; i++) {
		at = cq_like_find(f->text, post->at[i].key);
		if (at == f->text->n)
			continue;
		times = f->text->at[at].times;
		f->parts[i] =
		    post->at[i].weight * times * (CQ_LIKE_K1 + 1) / (times + k);
	}
}

static double
sum_parts(const struct cq_like_found *f, const double *left, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += f->parts[i] * left[i];
	return sum;
}

static bool
case_shown(const struct cq_like_found *found, size_t n, int64_t case_id)
{
	for (size_t i = 0; i < n; i++)
		if (found[i].case_id == case_id)
			return true;
	return false;
}

/* The best of found[from..n) whose case is not shown yet; n if none is. */
static size_t
best_of(const struct cq_like_found *found, size_t from, size_t n,
    const double *left, size_t n_words)
{
	double best = 0, sum;
	size_t at = n;

	for (size_t i = from; i < n; i++) {
		sum = sum_parts(&found[i], left, n_words);
		if (sum > best && !case_shown(found, from, found[i].case_id)) {
			best = sum;
			at = i;
		}
	}
	return at;
}

/* Its words are no news any more. */
static void
show_words(const struct cq_like_found *f, double *left, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f->parts[i] > 0)
			left[i] *= CQ_LIKE_AGAIN;
}

size_t
cq_like_rank(const struct cq_like_text *post, struct cq_like_found *found,
    size_t n_shown, size_t n, double mean_length, size_t max)
{
	double *left = cq_alloc((post->n + 1) * sizeof(*left));
	struct cq_like_found best;
	size_t done, at;

	for (size_t i = 0; i < n; i++)
		set_parts(post, &found[i], mean_length);
	for (size_t i = 0; i < post->n; i++)
		left[i] = 1;
	for (done = 0; done < n_shown; done++)
		show_words(&found[done], left, post->n);
	for (; done < max; done++) {
		at = best_of(found, done, n, left, post->n);
		if (at == n)
			break;
		best = found[at];
		memmove(&found[done + 1], &found[done],
		    (at - done) * sizeof(*found));
		found[done] = best;
		show_words(&best, left, post->n);
	}
	free(left);
	return done;
}

int
cq_like_score(const struct cq_like_text *post, const struct cq_like_text *other)
{
	double both = sqrt(post->weight * other->weight), common = 0;

	for (size_t i = 0; i < post->n; i++)
		if (cq_like_find(other, post->at[i].key) < other->n)
			common += post->at[i].weight;
	if (!(both > 0))
		return 0;
	/* "thank you" is all that two posts say, and still says nothing */
	if (both < CQ_LIKE_ENOUGH)
		both = CQ_LIKE_ENOUGH;
	return common >= both ? 1000 : (int)(1000 * common / both);
}

/* "ab" and "bc" of "abc" are said once. */
static bool
overlaps(const struct cq_like_word *w, const struct cq_like_word *const *said,
    size_t n)
{
	uintptr_t at = (uintptr_t)w->s, other;

	for (size_t i = 0; i < n; i++) {
		other = (uintptr_t)said[i]->s;
		if (at < other + said[i]->n && other < at + w->n)
			return true;
	}
	return false;
}

static void
say_word(struct cq_buf *b, const struct cq_like_word *w)
{
	size_t n = 0, step;
	int cp;

	while (n < w->n) {
		step = cq_utf8_next(w->s + n, w->n - n, &cp);
		if (n + step > SAID_BYTES)
			break;
		n += step;
	}
	cq_buf_add(b, w->s, n);
	if (n < w->n)
		cq_buf_str(b, "...");
}

/* The heaviest words that text has in common with other, or has not. */
static void
say(struct cq_buf *b, const char *what, const struct cq_like_text *text,
    const struct cq_like_text *other, bool common, size_t max)
{
	const struct cq_like_word *said[SAID_COMMON];
	size_t n, n_said = 0;
	const struct cq_like_word **all = heaviest(text, &n);

	for (size_t i = 0; i < n && n_said < max; i++) {
		if ((cq_like_find(other, all[i]->key) < other->n) != common ||
		    overlaps(all[i], said, n_said))
			continue;
		cq_buf_str(b, n_said == 0 ? what : ", ");
		say_word(b, all[i]);
		said[n_said++] = all[i];
	}
	free(all);
}

char *
cq_like_why(const struct cq_like_text *post, const struct cq_like_text *other)
{
	struct cq_buf b = {0};

	say(&b, "like in words: ", post, other, true, SAID_COMMON);
	say(&b, "; later only: ", post, other, false, SAID_ONLY);
	say(&b, "; earlier only: ", other, post, false, SAID_ONLY);
	return cq_buf_take(&b);
}
