#include "tests/stream.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define START INT64_C(1795262400) /* 2026-11-21 12:00:00 UTC */
#define MINUTE 60
#define N_VOCABULARY 300
#define TEXT_SIZE 300

struct maker {
	uint64_t seed;
	struct cq_post_list *out;
	int n_sources;
};

static uint32_t
dice(struct maker *m, uint32_t n)
{
	m->seed = m->seed * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)(m->seed >> 33) % n;
}

/* Word k of a source: no two are like each other but by chance. */
static void
add_word(char *text, int source, uint32_t k)
{
	static const char *const syllables[] = {"ba", "ru", "mo", "ke", "li",
	    "zan", "por", "tig", "vex", "dul", "hor", "fin", "qua", "sby"};
	size_t n = strlen(text);
	uint64_t h = k * UINT64_C(0x9e3779b97f4a7c15);

	n += (size_t)snprintf(text + n, TEXT_SIZE - n, "%s%c",
	    n == 0 ? "" : " ", 'a' + source);
	for (int i = 0; i < 4; i++, h >>= 9)
		n += (size_t)snprintf(text + n, TEXT_SIZE - n, "%s",
		    syllables[(h >> 20) % 14]);
}

/* Many words are rare, some are everywhere. */
static void
new_text(struct maker *m, int source, char *text)
{
	text[0] = '\0';
	for (uint32_t k = 6 + dice(m, 9); k > 0; k--)
		add_word(text, source,
		    dice(m, 4) == 0 ? dice(m, 12) : dice(m, N_VOCABULARY));
	if (dice(m, 3) == 0)
		snprintf(text + strlen(text), TEXT_SIZE - strlen(text), " %u",
		    dice(m, 900));
}

/* An earlier post of the source, or NULL. */
static const struct cq_post *
earlier(struct maker *m, const char *source)
{
	for (int tries = 0; tries < 20 && m->out->n > 0; tries++) {
		const struct cq_post *p =
		    &m->out->at[dice(m, (uint32_t)m->out->n)];

		if (strcmp(p->source, source) == 0)
			return p;
	}
	return NULL;
}

static void
slip(struct maker *m, char *text)
{
	size_t i = 1 + dice(m, (uint32_t)strlen(text) - 2);
	char c = text[i];

	text[i] = text[i - 1];
	text[i - 1] = c;
}

/* Another number, or one more. */
static void
renumber(struct maker *m, char *text)
{
	size_t n = strcspn(text, "0123456789");

	snprintf(text + n, TEXT_SIZE - n, "%s%u", text[n] == '\0' ? " " : "",
	    dice(m, 900));
}

/* Fills text, and what p names of an earlier post. */
static void
tell(struct maker *m, int source, struct cq_post *p, char *text)
{
	uint32_t kind = dice(m, 100);
	const struct cq_post *old = kind < 40 ? NULL : earlier(m, p->source);

	if (old == NULL || (kind >= 80 && kind < 90)) {
		new_text(m, source, text);
		if (old != NULL)
			p->in_reply_to = old->id;
		return;
	}
	snprintf(text, TEXT_SIZE, "%s", old->text);
	if (kind < 50) { /* an exact copy once normalised */
		text[0] = (char)(text[0] - 'a' + 'A');
		snprintf(text + strlen(text), TEXT_SIZE - strlen(text), "!!");
	} else if (kind < 68) {
		slip(m, text);
	} else if (kind < 80) {
		renumber(m, text);
	} else if (kind < 95) {
		p->repost_of = old->id;
	} else {
		p->author = old->author; /* the same once more */
	}
}

void
stream_make(struct cq_post_list *out, uint64_t seed, int n, int n_sources)
{
	struct maker m = {seed, out, n_sources};

	*out = (struct cq_post_list){0};
	for (int i = 0; i < n; i++) {
		char source[16], id[24], author[24], text[TEXT_SIZE];
		int k = (int)dice(&m, (uint32_t)n_sources);
		struct cq_post p = {.source = source,
		    .id = id,
		    .author = author,
		    .text = text,
		    .author_followers = (int64_t)dice(&m, 5000),
		    .created_at = START + i * MINUTE,
		    .rating = (int)dice(&m, 6)};

		snprintf(source, sizeof(source), "s%d", k);
		snprintf(id, sizeof(id), "%c%d", 'a' + k, i);
		snprintf(author, sizeof(author), "s%d-%u", k,
		    dice(&m, (uint32_t)n * 3));
		tell(&m, k, &p, text);
		cq_post_list_add(out, &p);
	}
}

static int
source_of(const struct cq_post *p)
{
	return p->source[1] - '0';
}

void
stream_of(struct cq_post_list *out, const struct cq_post_list *posts,
    int source)
{
	*out = (struct cq_post_list){0};
	for (size_t i = 0; i < posts->n; i++)
		if (source_of(&posts->at[i]) == source)
			cq_post_list_add(out, &posts->at[i]);
}

void
stream_mix(struct cq_post_list *out, const struct cq_post_list *posts,
    uint64_t seed, int n_sources)
{
	struct maker m = {seed, out, n_sources};
	size_t at[10] = {0}; /* where each source goes on */

	*out = (struct cq_post_list){0};
	while (out->n < posts->n) {
		int k = (int)dice(&m, (uint32_t)n_sources);

		while (at[k] < posts->n && source_of(&posts->at[at[k]]) != k)
			at[k]++;
		if (at[k] < posts->n)
			cq_post_list_add(out, &posts->at[at[k]++]);
	}
}
