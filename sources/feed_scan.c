#include "sources/feed_scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"

#define OPEN_MAX 16	    /* levels around an item */
#define TAG_MAX (64 * 1024) /* bytes; quotes that go on longer are none */
#define AROUND_MAX 4096	    /* bytes of them, as each item has them */
#define ROOT_WITHIN 4096    /* bytes of other things before a feed */

struct tag {
	const char *s; /* at its "<" */
	size_t n;      /* to behind its ">" */
	const char *name;
	size_t n_name;
	bool ends, empty; /* </name>, <name/> */
};

struct scanner {
	const char *s, *end;
	struct feed_scan *out;
	struct tag open[OPEN_MAX];
	int depth;
	const char *head_from; /* not yet part of the head */
	const char *item;      /* start of the open item, or NULL */
	const char *name;      /* of items: "item", "atom:entry" */
	size_t n_name;
	bool no_comment_ends, no_cdata_ends, no_tag_ends; /* from here on */
};

/* --- markup ------------------------------------------------------------ */

/* Behind the next mark; NULL if there is none. */
static const char *
behind(const char *p, const char *end, const char *mark)
{
	size_t n = strlen(mark);
	const char *at = memmem(p, (size_t)(end - p), mark, n);

	return at == NULL ? NULL : at + n;
}

static bool
starts(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && strncasecmp(p, word, n) == 0;
}

/* Behind a DOCTYPE with all that it declares. */
static const char *
behind_doctype(const char *p, const char *end)
{
	int square = 0;

	for (; p < end; p++) {
		const char *close = NULL;

		if (*p == '"' || *p == '\'')
			close = memchr(p + 1, *p, (size_t)(end - p - 1));
		if (close != NULL)
			p = close;
		else if (*p == '[')
			square++;
		else if (*p == ']')
			square--;
		else if (*p == '>' && square <= 0)
			return p + 1;
	}
	return end;
}

/*
 * Behind a comment, a CDATA section, a DOCTYPE or a <?...?> at p; p if it
 * is none of them or has no end.
 */
static const char *
behind_other(struct scanner *sc, const char *p)
{
	const char *end = sc->end, *to = p;

	if (starts(p, end, "<!--") && !sc->no_comment_ends) {
		to = behind(p + 4, end, "-->");
		sc->no_comment_ends = to == NULL;
	} else if (starts(p, end, "<![CDATA[") && !sc->no_cdata_ends) {
		to = behind(p + 9, end, "]]>");
		sc->no_cdata_ends = to == NULL;
	} else if (starts(p, end, "<!DOCTYPE")) {
		to = behind_doctype(p, end);
	} else if (starts(p, end, "<?")) {
		to = behind(p + 2, end, ">");
		return to == NULL ? end : to;
	}
	return to == NULL ? p : to;
}

static const char *
behind_tag(const char *p, const char *end)
{
	const char *stop = end - p > TAG_MAX ? p + TAG_MAX : end, *q;
	char quote = '\0';

	for (q = p; q < stop; q++)
		if (quote != '\0') {
			if (*q == quote)
				quote = '\0';
		} else if (*q == '>') {
			return q + 1;
		} else if (*q == '"' || *q == '\'') {
			quote = *q;
		}
	q = memchr(p, '>', (size_t)(end - p));
	return q == NULL ? end : q + 1;
}

static bool
is_name_char(char c)
{
	return isalnum((unsigned char)c) || strchr("_:-.", c) != NULL ||
	    (unsigned char)c >= 0x80;
}

/* The tag at p; false if it is none. */
static bool
tag_at(struct scanner *sc, const char *p, struct tag *tag)
{
	const char *q = p + 1, *end = sc->end;

	*tag = (struct tag){.s = p};
	tag->ends = q < end && *q == '/';
	q += tag->ends ? 1 : 0;
	tag->name = q;
	while (q < end && *q != '\0' && is_name_char(*q))
		q++;
	tag->n_name = (size_t)(q - tag->name);
	if (tag->n_name == 0 || isdigit((unsigned char)*tag->name))
		return false;
	q = behind_tag(q, end);
	if (q[-1] != '>') {
		sc->no_tag_ends = true;
		return false;
	}
	tag->n = (size_t)(q - p);
	tag->empty = q[-2] == '/';
	return true;
}

static bool
is_named(const struct tag *tag, const char *name, size_t n)
{
	return tag->n_name == n && strncasecmp(tag->name, name, n) == 0;
}

static bool
is_local(const struct tag *tag, const char *name)
{
	const char *colon = memchr(tag->name, ':', tag->n_name);
	const char *own = colon == NULL ? tag->name : colon + 1;
	size_t n = tag->n_name - (size_t)(own - tag->name);

	return n == strlen(name) && strncasecmp(own, name, n) == 0;
}

/* --- a document -------------------------------------------------------- */

static enum feed_kind
kind_of(const struct tag *tag)
{
	if (is_local(tag, "rss") || is_local(tag, "rdf"))
		return FEED_RSS;
	if (is_local(tag, "feed"))
		return FEED_ATOM;
	return is_local(tag, "html") ? FEED_PAGE : FEED_UNKNOWN;
}

static void
add_head(struct scanner *sc, const char *to)
{
	struct cq_buf *head = &sc->out->head;
	size_t n = (size_t)(to - sc->head_from);

	if (head->n + n > FEED_HEAD_MAX)
		n = FEED_HEAD_MAX - head->n;
	cq_buf_add(head, sc->head_from, n);
	sc->head_from = to;
}

static void
begin_item(struct scanner *sc, const struct tag *tag)
{
	int i;

	if (sc->name == NULL) {
		sc->name = tag->name;
		sc->n_name = tag->n_name;
		for (i = 0; i < sc->depth &&
		     sc->out->around.n + sc->open[i].n <= AROUND_MAX;
		     i++)
			cq_buf_add(&sc->out->around, sc->open[i].s,
			    sc->open[i].n);
	}
	add_head(sc, tag->s);
	sc->item = tag->s;
}

static void
end_item(struct scanner *sc, const char *to)
{
	struct feed_scan *out = sc->out;

	if (out->n == FEED_ITEMS_MAX) {
		out->too_many = true;
	} else {
		if (out->n == out->cap) {
			out->cap = out->cap == 0 ? 32 : out->cap * 2;
			out->at = cq_grow(out->at, out->cap, sizeof(*out->at));
		}
		out->at[out->n++] = (struct feed_span){
		    (uint32_t)(sc->item - sc->s), (uint32_t)(to - sc->item)};
	}
	sc->item = NULL;
	sc->head_from = to;
}

static bool
is_item(const struct scanner *sc, const struct tag *tag)
{
	if (sc->name != NULL)
		return is_named(tag, sc->name, sc->n_name);
	return is_local(tag, sc->out->kind == FEED_ATOM ? "entry" : "item");
}

/* True for the end of one of the tags around the items. */
static int
level_of(const struct scanner *sc, const struct tag *tag)
{
	int i;

	for (i = sc->depth; i > 0; i--)
		if (is_named(tag, sc->open[i - 1].name, sc->open[i - 1].n_name))
			return i;
	return 0;
}

static void
on_tag(struct scanner *sc, const struct tag *tag)
{
	const char *after = tag->s + tag->n;
	int level;

	if (sc->out->kind == FEED_UNKNOWN) {
		sc->out->kind = tag->ends ? FEED_UNKNOWN : kind_of(tag);
		if (sc->out->kind == FEED_UNKNOWN)
			return;
		sc->head_from = tag->s;
	}
	if (is_item(sc, tag)) {
		if (sc->item != NULL)
			end_item(sc, tag->ends ? after : tag->s);
		if (!tag->ends)
			begin_item(sc, tag);
		if (!tag->ends && tag->empty)
			end_item(sc, after);
		return;
	}
	if (tag->ends && (level = level_of(sc, tag)) > 0) {
		if (sc->item != NULL)
			end_item(sc, tag->s);
		sc->depth = level - 1;
	} else if (!tag->ends && !tag->empty && sc->item == NULL &&
	    sc->depth < OPEN_MAX) {
		sc->open[sc->depth++] = *tag;
	}
}

void
feed_scan(const char *s, size_t n, struct feed_scan *out)
{
	struct scanner sc = {.s = s, .end = s + n, .out = out};
	const char *p = s, *after;
	struct tag tag;

	*out = (struct feed_scan){0};
	while (p < sc.end && !out->too_many && !sc.no_tag_ends &&
	    out->kind != FEED_PAGE &&
	    (p = memchr(p, '<', (size_t)(sc.end - p))) != NULL) {
		if (out->kind == FEED_UNKNOWN && p - s > ROOT_WITHIN)
			break;
		after = behind_other(&sc, p);
		if (after != p) {
			if (out->kind == FEED_UNKNOWN &&
			    starts(p, sc.end, "<!DOCTYPE html"))
				out->kind = FEED_PAGE;
			/* what it declares must not reach a parser */
			if (sc.item == NULL && sc.head_from != NULL &&
			    starts(p, sc.end, "<!D")) {
				add_head(&sc, p);
				sc.head_from = after;
			}
			p = after;
		} else if (tag_at(&sc, p, &tag)) {
			on_tag(&sc, &tag);
			p += tag.n;
		} else {
			p++;
		}
	}
	out->cut = sc.depth > 0 || sc.item != NULL;
	if (sc.item != NULL && out->n == 0)
		end_item(&sc, sc.end);
	else if (sc.item == NULL && sc.head_from != NULL)
		add_head(&sc, sc.end);
}

void
feed_scan_free(struct feed_scan *scan)
{
	free(scan->at);
	cq_buf_free(&scan->head);
	cq_buf_free(&scan->around);
	*scan = (struct feed_scan){0};
}
