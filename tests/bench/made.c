#include "tests/bench/made.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sources/ndjson.h"

const char *const made_kind_names[MADE_KINDS] = {
    "fresh", "reply", "repost", "exact copy", "near copy"};

#define BACK_MAX 80000 /* about a week */

/* --- dice --------------------------------------------------------------- */

/* What a number decides, so that two decisions about a post differ. */
enum salt { KIND, BACK, AUTHOR, TEXT, CHANGE, ROW };

struct dice {
	uint64_t state;
};

static uint64_t throw(struct dice * d)
{
	uint64_t x = d->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static struct dice
dice_of(uint64_t k, enum salt salt)
{
	struct dice d = {k * 16 + salt};

	return (struct dice){throw(&d)};
}

static uint64_t
below(struct dice *d, uint64_t n)
{
	return throw(d) % n;
}

static bool
chance(struct dice *d, unsigned of_1000)
{
	return below(d, 1000) < of_1000;
}

/* Above 0, at most 1. */
static double
fraction(struct dice *d)
{
	return (double)((throw(d) >> 11) + 1) / 9007199254740992.0;
}

/* --- words -------------------------------------------------------------- */

static const char *const usual[] = {"the", "to", "i", "a", "and", "is", "my",
    "you", "for", "on", "it", "of", "in", "no", "not", "with", "your", "have",
    "this", "flight", "at", "me", "that", "was", "be", "are", "so", "now",
    "when", "help", "just", "but", "we", "from", "can", "get", "still", "up",
    "service", "out", "what", "please", "do", "been", "why", "train", "order",
    "will", "how", "time", "bag", "they", "an", "today", "hours", "late",
    "after", "as", "all", "customer", "don't", "phone", "wait", "if", "one",
    "by", "need", "any", "ticket", "has", "about", "back", "again", "hour",
    "app", "delayed", "account", "refund", "need", "parcel"};
#define N_USUAL (sizeof(usual) / sizeof(usual[0]))

/* A word of its own for every rank: syllables, more of them for rare ones. */
static size_t
spell(uint64_t rank, char *out)
{
	static const char first[] = "bcdfghjklmnprstvwxyz";
	static const char second[] = "aeiou";
	size_t n = 0;
	uint64_t rest = rank + 100;

	for (; rest > 0; rest /= 100) {
		out[n++] = first[rest % 20];
		out[n++] = second[rest / 20 % 5];
	}
	if (rank % 3 != 0)
		out[n++] = "nrstlmkd"[rank % 8];
	out[n] = '\0';
	return n;
}

/* Together they give as many new words as public streams were counted to. */
#define ZIPF_POWER 1.55
#define ZIPF_SHIFT 12.0

static void
add_word(struct dice *d, char *text, size_t *n)
{
	double rank;

	if (chance(d, 3)) { /* a number or a name nobody has met */
		if (chance(d, 500))
			*n += (size_t)sprintf(text + *n, "%llu",
			    (unsigned long long)below(d, 100000000));
		else
			*n +=
			    spell(100000000 + below(d, 9900000000), text + *n);
		return;
	}
	rank = ZIPF_SHIFT * (pow(fraction(d), -1 / (ZIPF_POWER - 1)) - 1);
	if (rank < N_USUAL) {
		strcpy(text + *n, usual[(size_t)rank]);
		*n += strlen(usual[(size_t)rank]);
	} else {
		*n += spell(rank > 1e8 ? 100000000 : (uint64_t)rank, text + *n);
	}
}

static const char *const brands[] = {"northrail", "bluejet", "parcelo",
    "tunely", "homenet", "citypower", "shopkart", "bankwise"};
#define N_BRANDS (sizeof(brands) / sizeof(brands[0]))

/* --- texts -------------------------------------------------------------- */

static void
made_up(struct dice *d, uint64_t k, char *text)
{
	uint64_t n_words = 4 + below(d, 16) + below(d, 16);
	size_t n = 0;

	if (chance(d, 600))
		n += (size_t)sprintf(text, "@%s ", brands[k % N_BRANDS]);
	for (uint64_t i = 0; i < n_words; i++) {
		if (i > 0)
			text[n++] = ' ';
		add_word(d, text, &n);
		if (chance(d, 80))
			text[n++] = ",.!?"[below(d, 4)];
	}
	if (chance(d, 150)) {
		n += (size_t)sprintf(text + n, " #");
		add_word(d, text, &n);
	}
	if (chance(d, 200))
		n += (size_t)sprintf(text + n, " https://t.example/%08llx",
		    (unsigned long long)below(d, UINT32_MAX));
	text[n] = '\0';
}

/* A given text; from its second use on a third of its words are others. */
static void
perturbed(const struct made *m, struct dice *d, uint64_t k, char *text,
    size_t size)
{
	const char *from = m->texts[k % m->n_texts];
	size_t n = 0;

	if (k < m->n_texts) {
		snprintf(text, size, "%s", from);
		return;
	}
	while (*from != '\0' && n + 64 < size) {
		size_t len = strcspn(from, " ");

		if (chance(d, 333) && len > 0 && *from != '@')
			add_word(d, text, &n);
		else
			for (size_t i = 0; i < len && n + 64 < size; i++)
				text[n++] = from[i];
		from += len;
		if (*from == ' ')
			text[n++] = *from++;
	}
	text[n] = '\0';
}

static void
own_text(const struct made *m, uint64_t k, char *text, size_t size)
{
	struct dice d = dice_of(k, TEXT);

	if (m->n_texts > 0)
		perturbed(m, &d, k, text, size);
	else
		made_up(&d, k, text);
}

/* --- what posts are made of --------------------------------------------- */

int64_t
made_at(uint64_t k)
{
	return MADE_START + (int64_t)(k * 7776 / 1000);
}

enum made_kind
made_kind(uint64_t k)
{
	struct dice d = dice_of(k, KIND);
	uint64_t n = below(&d, 1000);

	if (k < 100 || n >= 250)
		return MADE_FRESH;
	return n < 100 ? MADE_REPLY
	    : n < 130  ? MADE_REPOST
	    : n < 180  ? MADE_EXACT
		       : MADE_NEAR;
}

/* Near ones far more often than far ones, as people write. */
uint64_t
made_of(uint64_t k)
{
	struct dice d = dice_of(k, BACK);
	uint64_t most = k < BACK_MAX ? k : BACK_MAX;
	uint64_t back = (uint64_t)pow((double)most, fraction(&d));

	return k - (back < 1 ? 1 : back);
}

/* The post whose words a post repeats: itself if it has its own. */
static uint64_t
source_of(uint64_t k)
{
	enum made_kind kind;

	while ((kind = made_kind(k)) != MADE_FRESH && kind != MADE_REPLY)
		k = made_of(k);
	return k;
}

static void
write_id(uint64_t k, char *out)
{
	sprintf(out, "%llu",
	    (unsigned long long)((1795435200000 + k * 7776) - 1288834974657)
		    << 22 |
		(k & 0xfff));
}

static void
write_author(uint64_t k, char *out)
{
	struct dice d = dice_of(k, AUTHOR);
	uint64_t known = k / 8 + 1;
	double u = fraction(&d);

	if (made_kind(k) == MADE_REPLY && chance(&d, 600))
		write_author(source_of(made_of(k)), out);
	else if (chance(&d, 400))
		sprintf(out, "u%llu", (unsigned long long)(k * 7 + 100000));
	else
		spell((uint64_t)(u * u * (double)known) * 31 + 1000, out);
}

static void
typo(struct dice *d, char *text)
{
	size_t n = strlen(text), i = 1 + below(d, n > 2 ? n - 2 : 1);
	char swap;

	while (i + 1 < n &&
	    (text[i] < 'a' || text[i] > 'z' || text[i + 1] < 'a' ||
		text[i + 1] > 'z'))
		i++;
	if (i + 1 >= n)
		return;
	swap = text[i];
	text[i] = text[i + 1];
	text[i + 1] = swap;
}

static void
put_before(const char *words, char *text, size_t size)
{
	size_t n = strlen(words), old = strlen(text);

	if (n + old + 1 > size)
		return;
	memmove(text + n, text, old + 1);
	memcpy(text, words, n);
}

static void
put_behind(const char *words, char *text, size_t size)
{
	size_t n = strlen(text);

	snprintf(text + n, size - n, "%s", words);
}

/* Never within a sign of several bytes. */
static void
cut(struct dice *d, char *text, size_t size)
{
	size_t n = strlen(text), keep = n * 3 / 4 + below(d, n / 5 + 1);

	while (keep > 0 && ((unsigned char)text[keep] & 0xc0) == 0x80)
		keep--;
	text[keep] = '\0';
	put_behind("\xe2\x80\xa6", text, size);
}

static void
change(uint64_t k, uint64_t of, char *text, size_t size)
{
	struct dice d = dice_of(k, CHANGE);
	char words[64], author[32];

	switch (below(&d, 6)) {
	case 0:
		typo(&d, text);
		break;
	case 1:
		write_author(of, author);
		snprintf(words, sizeof(words), "RT @%s: ", author);
		put_before(words, text, size);
		break;
	case 2:
		cut(&d, text, size);
		break;
	case 3:
		snprintf(words, sizeof(words), " https://s.example/%07llx",
		    (unsigned long long)below(&d, 268435456));
		put_behind(words, text, size);
		break;
	case 4:
		put_behind(" \xf0\x9f\x98\xa1", text, size);
		break;
	default:
		put_before("so true: ", text, size);
		break;
	}
}

void
made_post(const struct made *m, uint64_t k, struct made_post *out)
{
	enum made_kind kind = made_kind(k);
	uint64_t words = source_of(k);
	struct dice d = dice_of(k, ROW);
	struct cq_post *p = &out->post;

	*p = (struct cq_post){.source = "chirp",
	    .id = out->id,
	    .text = out->text,
	    .author = out->author,
	    .brand = brands[words % N_BRANDS],
	    .lang = "en",
	    .created_at = made_at(k),
	    .author_followers =
		(int64_t)(10 * (pow(fraction(&d), -0.8) - 1) + 20)};
	if (p->author_followers > CQ_FOLLOWERS_MAX)
		p->author_followers = CQ_FOLLOWERS_MAX;
	write_id(k, out->id);
	write_author(k, out->author);
	own_text(m, words, out->text, sizeof(out->text));
	if (kind == MADE_NEAR)
		change(k, words, out->text, sizeof(out->text));
	if (chance(&d, 360)) { /* as often as in the streams we counted */
		snprintf(out->url, sizeof(out->url),
		    "https://chirp.example/i/status/%s", out->id);
		p->url = out->url;
	}
	if (kind == MADE_REPLY || kind == MADE_REPOST)
		write_id(made_of(k),
		    kind == MADE_REPLY ? out->in_reply_to : out->repost_of);
	if (kind == MADE_REPLY)
		p->in_reply_to = out->in_reply_to;
	if (kind == MADE_REPOST)
		p->repost_of = out->repost_of;
}

/* --- given texts -------------------------------------------------------- */

static void
keep_text(void *arg, const struct cq_post *post)
{
	struct made *m = arg;

	if (cq_post_check(post, NULL) != CQ_OK || strlen(post->text) > 1000)
		return;
	if ((m->n_texts & (m->n_texts - 1)) == 0)
		m->texts =
		    cq_grow(m->texts, m->n_texts * 2 + 1, sizeof(*m->texts));
	m->texts[m->n_texts++] = cq_strdup(post->text);
}

int
made_read(struct made *m, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (f == NULL) {
		perror(path);
		return -1;
	}
	while ((n = getline(&line, &size, f)) > 0)
		ndjson_read(line, (size_t)(line[n - 1] == '\n' ? n - 1 : n),
		    keep_text, m, NULL);
	free(line);
	fclose(f);
	if (m->n_texts > 0)
		return 0;
	fprintf(stderr, "%s: no posts in it\n", path);
	return -1;
}

void
made_free(struct made *m)
{
	for (size_t i = 0; i < m->n_texts; i++)
		free(m->texts[i]);
	free(m->texts);
	*m = (struct made){0};
}
