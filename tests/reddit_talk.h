#ifndef TESTS_REDDIT_TALK_H
#define TESTS_REDDIT_TALK_H

#include "sources/adapters.h"
#include "tests/exchange.h"

/*
 * A visit to Reddit, question by question: what the adapter asks next, and
 * what it makes of the answer.
 */

#define DIR "tests/fixtures/reddit/"
#define API "https://oauth.reddit.com"
#define APP "app-id:app-secret"
#define USER APP ":refresh-1"
#define TOKEN "{\"access_token\":\"bought\",\"expires_in\":3600}"
#define REST "limit=100&raw_json=1"

extern struct cq_source red_acme; /* query: r/acme */

struct reddit_talk {
	struct src_visit visit;
	const char *secret;
	struct src_request req;
	struct heard h;
	char *session;
};

/* The same with another query. */
struct cq_source red_source(char *query);

/* The token file holds APP, unless t->secret is set to something else. */
void red_begin(struct reddit_talk *t, const struct cq_source *s,
    const char *cursor);
void red_end(struct reddit_talk *t);

/* The visit is over; the session stays. */
void red_forget(struct reddit_talk *t);

void red_asks(struct reddit_talk *t, const char *url);
void red_answers(struct reddit_talk *t, int status, const char *headers,
    const char *body);
void red_answers_file(struct reddit_talk *t, const char *path);

/* The first question and its answer: an access token. */
void red_buys(struct reddit_talk *t);

/* The answer brought nothing yet: another question follows. */
void red_goes_on(const struct reddit_talk *t);

/* The visit is over; cursor is NULL if it is unchanged. */
void red_is_done(const struct reddit_talk *t, size_t n, const char *cursor);

#endif
