#ifndef TESTS_BENCH_MADE_H
#define TESTS_BENCH_MADE_H

#include <stddef.h>
#include <stdint.h>

#include "core/post.h"

/*
 * A stream of made-up complaints for measuring: post k is the same in every
 * run and needs nothing but its number, so a million of them take no room.
 *
 * Words are drawn as in real streams: few words often, most words once or
 * twice (0.24 new words a post at the 100,000th), numbers and names that
 * were never there.  Of 1000 posts 100 reply to an earlier one, 30 repost
 * one, 50 are exact copies and 70 are copies with a change; what they name
 * lies at most 80,000 posts back.  Half of the posts have an author that
 * writes once, the rest authors with many posts.  A post comes every 7.776
 * seconds: a million in 90 days.
 */

#define MADE_START INT64_C(1795435200) /* the time of post 0 */

/* Texts to perturb in place of made-up ones; {0} for none. */
struct made {
	char **texts; /* owned */
	size_t n_texts;
};

enum made_kind {
	MADE_FRESH,
	MADE_REPLY,
	MADE_REPOST,
	MADE_EXACT,
	MADE_NEAR,
	MADE_KINDS
};
extern const char *const made_kind_names[MADE_KINDS];

/* One post with room for what its strings point to. */
struct made_post {
	struct cq_post post;
	char id[24], author[32], name[48], url[64], in_reply_to[24],
	    repost_of[24];
	char text[1200];
};

int64_t made_at(uint64_t k); /* UTC seconds */
enum made_kind made_kind(uint64_t k);
/* The earlier post that a reply, repost or copy is made of. */
uint64_t made_of(uint64_t k);
void made_post(const struct made *m, uint64_t k, struct made_post *out);

/* Reads the texts of an NDJSON file; 0, or -1 with a message printed. */
int made_read(struct made *m, const char *path);
void made_free(struct made *m);

#endif
