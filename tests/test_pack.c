#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/store/pack.h"

/* Links as patterns: whatever goes in comes out again, byte by byte. */

struct row {
	const char *url, *id, *author;
	const char *pattern; /* NULL: not worth it */
	bool named;
};

static const struct row rows[] = {
    {"https://chirp.example/i/status/2124836949687533617",
	"2124836949687533617", "kit", "\4chirp.example/i/status/\1", true},
    {"https://toot.example/@kit/113000000000000001", "113000000000000001",
	"kit", "\4toot.example/@\3/\1", true},
    {"https://sky.example/profile/did:plc:kit/post/3kab",
	"at://did:plc:kit/app.post/3kab", "did:plc:kit",
	"\4sky.example/profile/\3/post/\2", true},
    /* the author before the post, the post before the author */
    {"https://news.example/item?id=77&by=kit", "77", "kit",
	"\4news.example/item?id=\1&by=\3", true},
    /* the id of a forum's post stands in its address twice: the last */
    {"http://forum.example/t/12/12", "12", NULL, "http://forum.example/t/12/\1",
	true},
    /* an id of one letter is shorter by nothing, but the same for all */
    {"http://forum.example/7", "7", NULL, "http://forum.example/\1", true},
    {"http://forum.example/a-title", "900", NULL, NULL, false},
    {"https://forum.example/a-title", "900", NULL, "\4forum.example/a-title",
	false},
    /* an id that is an address itself */
    {"https://blog.example/p/1", "https://blog.example/p/1", NULL, "\1", true},
    {"https://blog.example/p/1", "https", NULL, "\1://blog.example/p/1", true},
    {"https://blog.example/p/1", "s", NULL, "http\1://blog.example/p/1", true},
    /* one within the other: the post's id is the one that tells more */
    {"https://b.example/kit-1", "kit-1", "kit", "\4b.example/\1", true},
    {"https://b.example/abc", "bc", "abc", "\4b.example/a\1", true},
    /* too short a name is in a link by chance */
    {"https://b.example/x/9", "9", "x", "\4b.example/x/\1", true},
    {"https://b.example/x/9", "8", "x", "\4b.example/x/9", false},
    {"https://b.example/", "x/", NULL, "\4b.example/", false},
    {"https://", "8", NULL, "\4", false},
    {"", "8", NULL, NULL, false},
    {"no address at all", "8", NULL, NULL, false},
    /* bytes that stand for something */
    {"https://b.example/\1/9", "9", NULL, NULL, false},
    {"https://b.example/9\n", "9", NULL, NULL, false},
    {"https://b.example/9", "9\4", NULL, NULL, false},
    {"https://b.example/kit/9", "9", "kit\3", NULL, false},
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/* False if it is not worth it. */
static bool
round_trip(const struct row *r, char *pattern, size_t size, bool *named)
{
	struct cq_buf out = {0}, again = {0};
	bool yes = pack_url(r->url, r->id, r->author, &out, named);

	if (yes) {
		snprintf(pattern, size, "%s", out.s);
		pack_read(out.s, out.n, r->id, r->author, &again);
		if (strcmp(again.s, r->url) != 0)
			fail_msg("%s became %s", r->url, again.s);
		assert_int_equal(again.n, strlen(r->url));
		assert_true(*named || out.n < strlen(r->url));
	}
	cq_buf_free(&out);
	cq_buf_free(&again);
	return yes;
}

static void
test_what_is_known_of_a_link_is_not_in_its_pattern(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *r = &rows[i];
		char pattern[200] = "";
		bool named = false;

		if (round_trip(r, pattern, sizeof(pattern), &named) !=
		    (r->pattern != NULL))
			fail_msg("%s: worth it or not?", r->url);
		if (r->pattern == NULL)
			continue;
		assert_string_equal(pattern, r->pattern);
		assert_int_equal(named, r->named);
	}
}

static uint32_t
dice(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 10) % n;
}

/* Few different pieces, so that they meet, overlap and repeat. */
static void
any_words(uint32_t *seed, char *out, uint32_t most)
{
	static const char *const pieces[] = {"https://", "http://", "/", "a",
	    "b", "ab", "aba", "1", "12", "121", "/a", "ab/", "\1", "\2", "\3",
	    "\4", "\5", "\x1f", " ", "\xc3\xa9", "\xe9\x9b\xbb", "at://", "?",
	    "s"};
	uint32_t n = dice(seed, most + 1);

	*out = '\0';
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = dice(seed, sizeof(pieces) / sizeof(pieces[0]));

		/* bytes that are not allowed: now and then */
		if ((unsigned char)*pieces[k] < 32 && dice(seed, 8) != 0)
			continue;
		strcat(out, pieces[k]);
	}
}

static void
test_any_link_comes_back_as_it_was(void **state)
{
	char url[400], id[200], author[200], pattern[400];
	uint32_t seed = 20261123, worth = 0, n_named = 0;

	(void)state;
	for (int i = 0; i < 300000; i++) {
		struct row r = {
		    url, id, dice(&seed, 4) == 0 ? NULL : author, NULL, false};
		bool named = false;

		any_words(&seed, url, 14);
		any_words(&seed, id, 5);
		any_words(&seed, author, 4);
		if (dice(&seed, 3) == 0)
			strcat(url, id);
		if (dice(&seed, 5) == 0)
			strcat(url, author);
		worth += round_trip(&r, pattern, sizeof(pattern), &named);
		n_named += named;
	}
	assert_true(worth > 80000 && n_named > 60000 && n_named < worth);
}

static void
test_a_damaged_pattern_is_read_without_harm(void **state)
{
	char words[400];
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct cq_buf out = {0};
		size_t n = 1 + dice(&seed, 60);

		for (size_t k = 0; k < n; k++)
			words[k] = (char)dice(&seed, i % 2 ? 256 : 8);
		pack_read(words, n, dice(&seed, 2) ? "id" : "a/", NULL, &out);
		assert_true(out.n <= 8 * n);
		cq_buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_what_is_known_of_a_link_is_not_in_its_pattern),
	    cmocka_unit_test(test_any_link_comes_back_as_it_was),
	    cmocka_unit_test(test_a_damaged_pattern_is_read_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
