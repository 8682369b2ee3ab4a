#include "sources/mastodon.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "sources/adapters.h"
#include "sources/back.h"
#include "sources/http.h"
#include "sources/url.h"

/*
 * The client API of Mastodon, which GoToSocial, Pleroma and others speak
 * too.  Three things can be listened for: hashtags, words (where the server
 * can search), and mentions of the token's account and quotes of its posts.
 * Mentions that the account's own rules put aside are mentions, too: unless
 * told otherwise, Mastodon does so with a direct message from a stranger.
 *
 * The cursor is the id of the newest item seen, sent back as min_id; for
 * mentions that of the notification, not of its status.  Timelines answer
 * with the page right behind min_id, so they are read forwards.  (since_id
 * would skip items when more than one page is new.)  A first visit knows no
 * min_id and is read backwards by max_id.
 *
 * So is a search, but by offset: Mastodon makes of a max_id there the second
 * of that post and leaves out what else was written in it, or refuses it as
 * no date; Pleroma does not know it at all.  Where an offset finds nothing
 * (GoToSocial) max_id is tried.  The cursor is "ID SECONDS" then: if that post
 * is gone the time tells how far to go back.
 *
 * The id of a post says when it was written, not when it arrived from
 * another server: so a tag is first asked for its newest page, and what
 * stands between known posts is taken from there.
 */

#define MENTIONS "mentions"
#define QUERY_MAX 500 /* bytes */

enum mastodon_wanted
mastodon_wanted(const struct cq_source *s)
{
	if (strcmp(s->query, MENTIONS) == 0)
		return WANT_MENTIONS;
	return strchr("#+-", *s->query) != NULL ? WANT_TAG : WANT_WORDS;
}

/* --- between two questions --------------------------------------------- */

struct mastodon_memory *
mastodon_memory(struct src_visit *visit)
{
	if (visit->memory == NULL)
		visit->memory = cq_alloc(sizeof(struct mastodon_memory));
	return visit->memory;
}

static void
forget(void *memory)
{
	struct mastodon_memory *m = memory;

	back_free(m->back);
	mastodon_thread_free(&m->thread);
	mastodon_look_free(&m->look);
	free(m);
}

/* --- what is asked ----------------------------------------------------- */

/* The next tag of a query; sign is '#' for any, '+' for all, '-' for none. */
static const char *
next_tag(const char **at, size_t *n, char *sign)
{
	const char *s = *at + strspn(*at, " ");

	*sign = *s == '+' || *s == '-' ? *s++ : '#';
	if (*s != '#')
		return NULL;
	*n = strcspn(++s, " ");
	*at = s + *n;
	return s;
}

/* "#tag", then more of them: "#tag #or +#and -#not". */
static bool
are_tags(const char *query)
{
	const char *at = query, *tag;
	size_t n;
	char sign;

	if (*query != '#' || strlen(query) > QUERY_MAX ||
	    !cq_utf8_valid(query, strlen(query)))
		return false;
	while (at[strspn(at, " ")] != '\0') {
		tag = next_tag(&at, &n, &sign);
		if (tag == NULL || n == 0 || strcspn(tag, "#/?&%\t\r\n") < n)
			return false;
	}
	return true;
}

static enum cq_status
check_query(const struct cq_source *s, struct cq_err *err)
{
	if (s->query == NULL || *s->query == '\0' ||
	    strlen(s->query) > QUERY_MAX ||
	    (mastodon_wanted(s) == WANT_TAG && !are_tags(s->query)))
		return cq_fail(err, CQ_INPUT,
		    "the query says what to listen for: \"#tag\", words, or "
		    "\"mentions\"");
	if (s->token_file == NULL && mastodon_wanted(s) == WANT_MENTIONS)
		return cq_fail(err, CQ_INPUT,
		    "mentions need a token file: they are those of its "
		    "account");
	if (s->token_file == NULL && mastodon_wanted(s) == WANT_WORDS)
		return cq_fail(err, CQ_INPUT,
		    "a search for words needs a token file; for a tag write "
		    "\"#tag\"");
	return CQ_OK;
}

static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = url_check(s->address, s->insecure, err);

	if (rc != CQ_OK)
		return rc;
	if (!url_is_site(s->address))
		return cq_fail(err, CQ_INPUT,
		    "give the address of the server alone, such as "
		    "https://mastodon.social");
	return check_query(s, err);
}

static void
add_tags(struct cq_buf *url, const char *query)
{
	const char *at = query, *tag;
	bool first = true;
	size_t n;
	char sign;

	while ((tag = next_tag(&at, &n, &sign)) != NULL) {
		char *name = cq_strndup(tag, n);
		char *part = url_escape(name);

		if (first)
			cq_buf_fmt(url, "/api/v1/timelines/tag/%s?limit=%d",
			    part, MASTODON_PAGE);
		else
			url_add(url,
			    sign == '+'	      ? "all[]"
				: sign == '-' ? "none[]"
					      : "any[]",
			    name);
		first = false;
		free(name);
		free(part);
	}
}

enum cq_status
mastodon_ask(const struct cq_source *s, struct cq_buf *url,
    struct src_request *req, struct cq_err *err)
{
	*req = (struct src_request){
	    .token = s->token_file != NULL, .url = cq_buf_take(url)};
	return src_request_header(req, "Accept", "application/json", err);
}

enum cq_status
mastodon_ask_status(const struct cq_source *s, const char *id, const char *part,
    struct src_request *req, struct cq_err *err)
{
	char *base = url_at(s->address, "/api/v1/statuses/");
	char *name = url_escape(id);
	struct cq_buf url = {0};

	cq_buf_fmt(&url, "%s%s%s", base, name, part);
	free(base);
	free(name);
	return mastodon_ask(s, &url, req, err);
}

/* Where in the list it goes on. */
static void
add_place(struct cq_buf *url, const struct src_visit *visit)
{
	enum mastodon_wanted wanted = mastodon_wanted(visit->source);
	const struct mastodon_memory *m = visit->memory;
	const char *older =
	    m == NULL || m->back == NULL ? NULL : m->back->older;
	bool newest = wanted == WANT_TAG && (m == NULL || m->back == NULL);

	if (wanted == WANT_WORDS && older != NULL && !m->by_id)
		url_add_int(url, "offset", m->offset);
	else
		url_add(url, "max_id", older);
	if (wanted != WANT_WORDS && *visit->cursor != '\0' && !newest)
		url_add(url, "min_id", visit->cursor);
}

static enum cq_status
ask(struct src_visit *visit, struct src_request *req, struct cq_err *err)
{
	const struct cq_source *s = visit->source;
	const struct mastodon_memory *m = visit->memory;
	struct cq_buf url = {0};
	char *base;

	if (m != NULL && m->thread.held)
		return mastodon_thread_ask(visit, req, err);
	base = url_at(s->address, "");
	cq_buf_str(&url, base);
	free(base);
	switch (mastodon_wanted(s)) {
	case WANT_TAG:
		add_tags(&url, s->query);
		break;
	case WANT_WORDS:
		cq_buf_fmt(&url, "/api/v2/search?type=statuses&limit=%d",
		    MASTODON_PAGE);
		url_add(&url, "q", s->query);
		break;
	case WANT_MENTIONS:
		cq_buf_str(&url, "/api/v1/notifications?types%5B%5D=mention");
		url_add(&url, "types[]",
		    m != NULL && m->no_quotes ? NULL : "quote");
		url_add_int(&url, "limit", MASTODON_PAGE);
		url_add(&url, "include_filtered", "true");
		break;
	}
	add_place(&url, visit);
	return mastodon_ask(s, &url, req, err);
}

const struct src_ops src_mastodon = {
    .name = "mastodon",
    .help = "address: the server; query: \"#tag\", words to search for, or "
	    "\"mentions\" of the token's account",
    .every_s = 60,
    .max_body = HTTP_BODY_JSON,
    .limit = {"X-RateLimit-Remaining", "X-RateLimit-Reset", SRC_RESET_TIME},
    .check = check,
    .ask = ask,
    .read = mastodon_read,
    .forget = forget,
    .again_max = MASTODON_AGAIN,
    .ask_again = mastodon_ask_again,
    .read_again = mastodon_read_again,
};
