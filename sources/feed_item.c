#include "sources/feed_item.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/html.h"
#include "sources/url.h"

/* C1 characters may become half as long again; see html_mend_c1(). */
#define PLAIN_MAX (CQ_TEXT_MAX / 3 * 2 - 8)

void
feed_item_free(struct feed_item *item)
{
	free(item->guid);
	free(item->link);
	free(item->title);
	free(item->text);
	free(item->author);
	free(item->author_name);
	free(item->lang);
	free(item->in_reply_to);
	*item = (struct feed_item){.at = CQ_NO_TIME};
}

void
feed_free(struct feed *feed)
{
	if (feed->close != NULL)
		feed->close(feed);
	free(feed->lang);
	*feed = (struct feed){0};
}

char *
feed_none_if_empty(char *s)
{
	if (s != NULL && *s == '\0') {
		free(s);
		return NULL;
	}
	return s;
}

char *
feed_first_of(char *a, char *b)
{
	if (a != NULL) {
		free(b);
		return a;
	}
	return b;
}

char *
feed_plain(const char *s)
{
	struct cq_buf b = {0};

	while (isspace((unsigned char)*s))
		s++;
	while (*s != '\0' && b.n < PLAIN_MAX) {
		size_t n = strcspn(s, "\r");

		if (n > PLAIN_MAX - b.n)
			n = PLAIN_MAX - b.n;
		cq_buf_add(&b, s, n);
		s += n;
		if (*s != '\r')
			continue;
		if (s[1] != '\n')
			cq_buf_char(&b, '\n');
		s++;
	}
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

/* "invalid@example.com", "https://forum.example/" */
static bool
may_be_shared(const char *who)
{
	return strstr(who, "://") == NULL ? strchr(who, '@') != NULL
					  : url_is_site(who);
}

void
feed_take_author(struct feed_item *item, char *who, char *name)
{
	item->author_name = name;
	if (who == NULL || (name != NULL && may_be_shared(who))) {
		item->author = who == NULL || cq_author_is_anybody(name)
		    ? cq_strdup(name)
		    : cq_format("%s (%s)", who, name);
		free(who);
	} else {
		item->author = who;
	}
}

/* "www.google.com/url?...", "www.google.de/url?..." */
static bool
is_detour(const char *link)
{
	char *host = url_host(link);
	const char *path = strstr(link, "://");
	bool is = false;

	path = path == NULL ? NULL : strchr(path + 3, '/');
	if (host != NULL && path != NULL && strncmp(path, "/url?", 5) == 0)
		is = strncmp(host, "www.google.", 11) == 0 ||
		    strncmp(host, "google.", 7) == 0;
	free(host);
	return is;
}

/* A blank in an address is "%20", one beside a line break none.  Owned. */
static char *
without_blanks(const char *ref)
{
	struct cq_buf b = {0};

	while (*ref != '\0') {
		size_t n = strcspn(ref, " \t\n"), blank;

		cq_buf_add(&b, ref, n);
		ref += n;
		blank = strspn(ref, " \t\n");
		for (n = strcspn(ref, "\t\n") < blank ? 0 : blank; n > 0; n--)
			cq_buf_str(&b, "%20");
		ref += blank;
	}
	return cq_buf_take(&b);
}

char *
feed_link(const char *base, const char *ref)
{
	char *typed = ref == NULL ? NULL : without_blanks(ref);
	char *link = url_join(base, typed), *to = NULL, *whole;

	free(typed);
	if (link == NULL || strstr(link, "/url?") == NULL || !is_detour(link))
		return link;
	to = url_query(link, "url");
	if (to == NULL)
		to = url_query(link, "q");
	whole = url_join(NULL, to);
	free(to);
	if (whole == NULL)
		return link;
	free(link);
	return whole;
}
