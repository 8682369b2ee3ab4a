#include "core/store/pack.h"

#include <string.h>

/* What stands in a pattern for what; these numbers are in the file. */
enum mark {
	OF_ID = 1,     /* the post's id */
	OF_LAST = 2,   /* what is behind the last "/" of it */
	OF_AUTHOR = 3, /* its author's id */
	OF_HTTPS = 4,  /* "https://" */
};

#define HTTPS "https://"
#define HTTPS_LEN (sizeof(HTTPS) - 1)
#define AUTHOR_LEAST 3 /* bytes: a shorter one is in a link by chance */

static const char *
last_part(const char *id)
{
	const char *slash = strrchr(id, '/');

	return slash == NULL || slash[1] == '\0' ? NULL : slash + 1;
}

/* The last place of part in s; NULL if it is not there. */
static const char *
last_in(const char *s, const char *part)
{
	const char *found = NULL, *next = s;

	if (part == NULL || *part == '\0')
		return NULL;
	while ((next = strstr(next, part)) != NULL)
		found = next++;
	return found;
}

static bool
is_plain(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 32)
			return false;
	return true;
}

/* A part of the url that a mark stands for. */
struct part {
	const char *at; /* NULL: it is not in the url */
	size_t n;
	enum mark mark;
};

static struct part
find(const char *url, const char *words, enum mark mark)
{
	const char *at = last_in(url, words);

	return (struct part){at, at == NULL ? 0 : strlen(words), mark};
}

static bool
overlap(const struct part *a, const struct part *b)
{
	return a->at < b->at + b->n && b->at < a->at + a->n;
}

static void
add_until(struct cq_buf *out, const char **from, const struct part *part)
{
	if (part->at == NULL)
		return;
	cq_buf_add(out, *from, (size_t)(part->at - *from));
	cq_buf_char(out, (char)part->mark);
	*from = part->at + part->n;
}

bool
pack_url(const char *url, const char *id, const char *author,
    struct cq_buf *out, bool *named)
{
	const char *from = url;
	struct part post = find(url, id, OF_ID), by = {0};
	size_t n = out->n;
	bool by_first;

	*named = false;
	if (!is_plain(url) || !is_plain(id) ||
	    (author != NULL && !is_plain(author)))
		return false;
	if (post.at == NULL)
		post = find(url, last_part(id), OF_LAST);
	if (author != NULL && strlen(author) >= AUTHOR_LEAST)
		by = find(url, author, OF_AUTHOR);
	if (by.at != NULL && post.at != NULL && overlap(&post, &by))
		by.at = NULL;
	*named = post.at != NULL;
	if (strncmp(url, HTTPS, HTTPS_LEN) == 0 &&
	    (post.at == NULL || post.at >= url + HTTPS_LEN) &&
	    (by.at == NULL || by.at >= url + HTTPS_LEN)) {
		cq_buf_char(out, OF_HTTPS);
		from += HTTPS_LEN;
	}
	by_first = by.at != NULL && post.at != NULL && by.at < post.at;
	add_until(out, &from, by_first ? &by : &post);
	add_until(out, &from, by_first ? &post : &by);
	cq_buf_str(out, from);
	/* an id of one letter is no shorter as a mark, but all alike */
	return out->n - n < strlen(url) || *named;
}

void
pack_read(const char *pattern, size_t n, const char *id, const char *author,
    struct cq_buf *out)
{
	const char *last = last_part(id);

	for (size_t i = 0; i < n; i++) {
		if (pattern[i] == OF_ID)
			cq_buf_str(out, id);
		else if (pattern[i] == OF_LAST)
			cq_buf_str(out, last == NULL ? "" : last);
		else if (pattern[i] == OF_AUTHOR)
			cq_buf_str(out, author == NULL ? "" : author);
		else if (pattern[i] == OF_HTTPS)
			cq_buf_str(out, HTTPS);
		else
			cq_buf_char(out, pattern[i]);
	}
}
