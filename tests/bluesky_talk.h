#ifndef TESTS_BLUESKY_TALK_H
#define TESTS_BLUESKY_TALK_H

#include "sources/adapters.h"
#include "tests/exchange.h"

/*
 * A visit to Bluesky, question by question: what the adapter asks next, and
 * what it makes of the answer.
 */

#define DIR "tests/fixtures/bluesky/"
#define HOST "https://bsky.social"
#define XRPC HOST "/xrpc/"
#define SECRET "acme.example:app-pass-word-1"
#define SESSION                                                   \
	"{\"service\":\"" HOST "\",\"account\":\"acme.example\"," \
	"\"accessJwt\":\"old-access\",\"refreshJwt\":\"old-refresh\"}"
#define FRESH                                                           \
	"{\"accessJwt\":\"new-access\",\"refreshJwt\":\"new-refresh\"," \
	"\"did\":\"did:plc:acme\",\"handle\":\"acme.example\"}"
#define CREATE XRPC "com.atproto.server.createSession"
#define REFRESH XRPC "com.atproto.server.refreshSession"
#define EXPIRED "{\"error\":\"ExpiredToken\",\"message\":\"Token has expired\"}"
#define LIST_NOTIFICATIONS                                             \
	XRPC "app.bsky.notification.listNotifications?reasons=mention" \
	     "&reasons=reply&reasons=quote&limit=100"
#define SEARCH_KETTLE \
	XRPC "app.bsky.feed.searchPosts?q=kettle&sort=latest&limit=100"
/* A post of that number, with more members of its own and of its record. */
#define POST(n, at, more, record)                                          \
	"{\"uri\":\"at://did:plc:a/app.bsky.feed.post/" n "\",\"author\":" \
	"{\"did\":\"did:plc:a\",\"handle\":\"a.test\"},\"reason\":"        \
	"\"mention\",\"indexedAt\":\"" at "\"" more                        \
	",\"record\":{\"text\":\"t" n "\"" record "}}"
#define AT(time) "2026-11-23T" time "Z"

extern struct cq_source talk_mentions; /* query: mentions */
extern struct cq_source talk_kettle;   /* query: kettle */

struct talk {
	struct src_visit visit;
	struct src_request req; /* the last question */
	struct heard h;		/* the last answer */
	char *session;		/* as the poller keeps it */
};

void talk_begin(struct talk *t, const struct cq_source *s, const char *cursor,
    const char *session);
void talk_end(struct talk *t);

/* The next question, whatever it is; and this one. */
void talk_ask(struct talk *t);
void talk_asks(struct talk *t, const char *url);

/* A header of the question; NULL if there is none. */
const char *talk_header(const struct talk *t, const char *name);

void talk_answer(struct talk *t, int status, const char *headers,
    const char *body);
void talk_answer_file(struct talk *t, const char *path);

/* The answer brought nothing yet: another question follows. */
void talk_goes_on(const struct talk *t);

/* ... which is for the profile of did:plc:a; nobody knows it. */
void talk_no_followers(struct talk *t);

/* The visit is over; cursor is NULL if it is unchanged. */
void talk_is_done(const struct talk *t, size_t n_posts, const char *cursor);

#endif
