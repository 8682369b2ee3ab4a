#include "sources/feed_item.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/html.h"

/* C1 characters may become half as long again; see html_mend_c1(). */
#define PLAIN_MAX (CQ_TEXT_MAX / 3 * 2 - 8)

struct feed_item *
feed_add(struct feed *feed)
{
	struct feed_item *item;

	if (feed->n == feed->cap) {
		feed->cap = feed->cap == 0 ? 32 : feed->cap * 2;
		feed->at = cq_grow(feed->at, feed->cap, sizeof(*feed->at));
	}
	item = &feed->at[feed->n++];
	*item = (struct feed_item){.at = CQ_NO_TIME};
	return item;
}

void
feed_free(struct feed *feed)
{
	size_t i;

	for (i = 0; i < feed->n; i++) {
		struct feed_item *item = &feed->at[i];

		free(item->guid);
		free(item->link);
		free(item->title);
		free(item->text);
		free(item->author);
		free(item->author_name);
		free(item->lang);
		free(item->in_reply_to);
	}
	free(feed->at);
	free(feed->lang);
	*feed = (struct feed){0};
}

char *
feed_plain(const char *s)
{
	struct cq_buf b = {0};

	while (isspace((unsigned char)*s))
		s++;
	for (; *s != '\0' && b.n < PLAIN_MAX; s++)
		if (*s != '\r')
			cq_buf_char(&b, *s);
		else if (s[1] != '\n')
			cq_buf_char(&b, '\n');
	while (*s != '\0' && ((unsigned char)*s & 0xc0) == 0x80)
		cq_buf_char(&b, *s++); /* a whole last character */
	while (b.n > 0 && isspace((unsigned char)b.s[b.n - 1]))
		b.s[--b.n] = '\0';
	return html_mend_c1(cq_buf_take(&b));
}

char *
feed_text(const char *s, const char *base)
{
	return html_looks_like(s) ? html_text(s, strlen(s), base)
				  : feed_plain(s);
}

/* --- which id ---------------------------------------------------------- */

static int
compare(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int
by_guid(const void *a, const void *b)
{
	return compare((*(struct feed_item *const *)a)->guid,
	    (*(struct feed_item *const *)b)->guid);
}

static int
by_link(const void *a, const void *b)
{
	return compare((*(struct feed_item *const *)a)->link,
	    (*(struct feed_item *const *)b)->link);
}

static bool
same_item(const struct feed_item *a, const struct feed_item *b)
{
	return compare(a->link, b->link) == 0 &&
	    compare(a->title, b->title) == 0 &&
	    (a->title != NULL || compare(a->text, b->text) == 0);
}

/* Some feeds give one guid to all items, or one link to a whole thread. */
static void
mark_shared(struct feed_item **order, size_t n)
{
	size_t i;

	qsort(order, n, sizeof(*order), by_guid);
	for (i = 1; i < n; i++)
		if (order[i]->guid != NULL &&
		    by_guid(&order[i - 1], &order[i]) == 0 &&
		    (order[i - 1]->guid_is_shared ||
			!same_item(order[i - 1], order[i])))
			order[i - 1]->guid_is_shared =
			    order[i]->guid_is_shared = true;
	qsort(order, n, sizeof(*order), by_link);
	for (i = 1; i < n; i++)
		if (order[i]->link != NULL &&
		    by_link(&order[i - 1], &order[i]) == 0 &&
		    (order[i - 1]->link_is_shared ||
			!same_item(order[i - 1], order[i])))
			order[i - 1]->link_is_shared =
			    order[i]->link_is_shared = true;
}

/* FNV-1a: not against forgers, only to tell items of one feed apart. */
static uint64_t
digest(uint64_t h, const char *s)
{
	for (; s != NULL && *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

static char *
item_id(const struct feed_item *item)
{
	const uint64_t start = UINT64_C(0xcbf29ce484222325);
	uint64_t h;

	if (item->guid != NULL && !item->guid_is_shared) {
		if (strlen(item->guid) <= CQ_ID_MAX)
			return cq_strdup(item->guid);
		return cq_format("g-%016llx",
		    (unsigned long long)digest(start, item->guid));
	}
	if (item->link != NULL && !item->link_is_shared) {
		if (strlen(item->link) <= CQ_ID_MAX)
			return cq_strdup(item->link);
		return cq_format("l-%016llx",
		    (unsigned long long)digest(start, item->link));
	}
	h = digest(start, item->title != NULL ? item->title : item->text);
	h = digest(h, item->author);
	h = (h ^ (uint64_t)(item->at == CQ_NO_TIME ? 0 : item->at / 86400)) *
	    UINT64_C(0x100000001b3);
	return cq_format("h-%016llx", (unsigned long long)h);
}

/* --- as posts ---------------------------------------------------------- */

static bool
begins_with(const char *text, const char *title)
{
	size_t n = strlen(title);

	/* titles are often the first words, cut */
	if (n > 3 && strcmp(title + n - 3, "...") == 0)
		n -= 3;
	else if (n > 3 && strcmp(title + n - 3, "\xe2\x80\xa6") == 0)
		n -= 3;
	return strncmp(text, title, n) == 0;
}

static char *
item_text(const struct feed_item *item)
{
	const char *title = item->title, *text = item->text;

	if (title == NULL && text == NULL)
		return cq_strdup(item->link);
	if (title == NULL || text == NULL)
		return cq_strdup(title != NULL ? title : text);
	if (begins_with(text, title))
		return cq_strdup(text);
	if (strlen(title) + strlen(text) >= CQ_TEXT_MAX)
		return cq_strdup(text);
	return cq_format("%s\n%s", title, text);
}

static const char *
within(const char *s, size_t max)
{
	return s == NULL || *s == '\0' || strlen(s) > max ? NULL : s;
}

/* "en_us" is "en-us"; what is no language tag is dropped.  In buf. */
static const char *
language(const char *s, char buf[36])
{
	size_t i;

	if (within(s, 35) == NULL)
		return NULL;
	for (i = 0; s[i] != '\0'; i++) {
		buf[i] = s[i] == '_' ? '-' : s[i];
		if (!isalnum((unsigned char)buf[i]) && buf[i] != '-')
			return NULL;
	}
	buf[i] = '\0';
	return buf;
}

static void
emit_item(const struct feed *feed, const struct feed_item *item,
    const struct cq_source *s, src_emit_fn emit, void *arg)
{
	char *id = item_id(item), *text = item_text(item);
	char lang[36];
	struct cq_post post = {
	    .source = s->name,
	    .id = id,
	    .text = text,
	    .author = within(item->author, CQ_ID_MAX),
	    .handle = within(item->author_name, CQ_ID_MAX),
	    .author_name = within(item->author_name, 1000),
	    .url = within(item->link, 2048),
	    .lang =
		language(item->lang != NULL ? item->lang : feed->lang, lang),
	    .in_reply_to = within(item->in_reply_to, CQ_ID_MAX),
	    .author_followers = -1,
	    .created_at = item->at,
	    .rating = item->rating,
	};

	if (text != NULL) /* nothing at all is no post */
		emit(arg, &post);
	free(text);
	free(id);
}

static int
by_time(const void *a, const void *b)
{
	const struct feed_item *x = *(struct feed_item *const *)a;
	const struct feed_item *y = *(struct feed_item *const *)b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x < y ? 1 : -1; /* feeds begin with the newest */
}

void
feed_emit(struct feed *feed, const struct cq_source *s, src_emit_fn emit,
    void *arg)
{
	struct feed_item **order;
	bool dated = true;
	size_t i;

	if (feed->n == 0)
		return;
	order = cq_grow(NULL, feed->n, sizeof(*order));
	for (i = 0; i < feed->n; i++)
		order[i] = &feed->at[i];
	mark_shared(order, feed->n);
	for (i = 0; i < feed->n; i++) {
		order[i] = &feed->at[feed->n - 1 - i];
		if (order[i]->at == CQ_NO_TIME)
			dated = false;
	}
	if (dated)
		qsort(order, feed->n, sizeof(*order), by_time);
	for (i = 0; i < feed->n; i++)
		emit_item(feed, order[i], s, emit, arg);
	free(order);
}
