#include "sources/bluesky_query.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "sources/source.h"
#include "sources/url.h"

#define QUERY_MAX 300 /* bytes */

/* The next word; what stands in quotes is one.  False behind the last. */
static bool
next_word(const char **p, const char **word, size_t *n)
{
	const char *s = *p + strspn(*p, " ");
	bool quoted = false;

	*word = s;
	while (*s != '\0' && (quoted || *s != ' '))
		quoted = quoted != (*s++ == '"');
	*n = (size_t)(s - *word);
	*p = s;
	return *n > 0;
}

static bool
is_lang(const char *word, size_t n)
{
	return n > 5 && n < 40 && strncmp(word, "lang:", 5) == 0;
}

/*
 * The words as q; "#word" among them as a tag besides, so that the bare
 * word does not count; "lang:de" as a parameter of its own.
 */
void
bluesky_add_query(struct cq_buf *url, const char *query)
{
	struct cq_buf q = {0}, more = {0};
	const char *p = query, *word;
	size_t n;

	cq_buf_char(&more, '?'); /* url_add() goes on with & */
	while (next_word(&p, &word, &n)) {
		char *copy = cq_strndup(word, n);

		if (is_lang(word, n)) {
			url_add(&more, "lang", copy + 5);
		} else {
			if (q.n > 0)
				cq_buf_char(&q, ' ');
			cq_buf_str(&q, copy);
			if (*copy == '#' && n > 1)
				url_add(&more, "tag", copy + 1);
		}
		free(copy);
	}
	url_add(url, "q", q.s == NULL ? "" : q.s);
	cq_buf_str(url, more.s + 1);
	cq_buf_free(&q);
	cq_buf_free(&more);
}

char *
bluesky_batch_url(const char *address, const char *path, const char *name,
    const char *const *values, size_t n)
{
	char *base = url_at(address, path);
	struct cq_buf url = {0};
	size_t i;

	cq_buf_str(&url, base);
	free(base);
	for (i = 0; i < n; i++)
		url_add(&url, name, values[i]);
	return cq_buf_take(&url);
}

bool
bluesky_is_query(const char *query)
{
	const char *p = query, *word;
	size_t n, n_words = 0;

	if (query == NULL || strlen(query) > QUERY_MAX ||
	    !cq_utf8_valid(query, strlen(query)) || src_has_control(query))
		return false;
	for (p = query; next_word(&p, &word, &n);)
		if (!is_lang(word, n) && !(n == 1 && *word == '#') &&
		    !(n == 1 && *word == '*'))
			n_words++;
	return n_words > 0;
}
