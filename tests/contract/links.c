#include "tests/store_fixture.h"

#include <stdio.h>
#include <string.h>

/* Links of posts: stored in little room, read as they came in. */

/* Stores a post with that link and reads it again. */
static void
there_and_back(struct fixture *f, const char *source, const char *id,
    const char *author, const char *url)
{
	struct cq_post p = a_post(id, author, "see the link");
	int64_t case_id;

	p.source = source;
	p.url = url;
	case_id = put(f, &p);
	head(f, case_id);
	for (size_t i = 0; i < f->full.n; i++) {
		const struct cq_entry *e = &f->full.at[i];

		if (e->kind == CQ_ENTRY_POST &&
		    strcmp(e->remote_id.s, id) == 0 &&
		    strcmp(e->source.s, source) == 0) {
			assert_string_equal(e->url.s, url);
			return;
		}
	}
	fail_msg("%s is not there", id);
}

static void
test_a_link_is_read_as_it_came_in(void **state)
{
	struct fixture *f = *state;

	there_and_back(f, "a", "1001", "kit", "https://a.example/s/1001");
	there_and_back(f, "a", "1002", "kim", "https://a.example/s/1002");
	there_and_back(f, "b", "1002", "kim", "https://a.example/s/1002?b");
	there_and_back(f, "b", "at://x:y/z/3k", "x:y",
	    "https://b.example/x:y/3k");
	there_and_back(f, "b", "5", "ed", "http://b.example/");
	there_and_back(f, "b", "6", "ed", "https://b.example/");
	there_and_back(f, "b", "7", "ed", "\1\2\3\4 7 ed");
	there_and_back(f, "b", "8", "ed", "12");
	there_and_back(f, "b", "9", "ed", "x'00'");
	there_and_back(f, "b", "no author", "", "https://b.example/no author");
	assert_int_equal(number_at(f->path,
			     "SELECT count(*) FROM post WHERE"
			     " typeof(url) = 'integer' AND url = 1"),
	    2);
	assert_int_equal(number_at(f->path,
			     "SELECT count(*) FROM post WHERE"
			     " typeof(url) = 'blob'"),
	    1);
	all_is_well(f);
}

static void
test_a_link_is_none_if_there_was_none(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1", "kit", "no link here");

	head(f, put(f, &p));
	assert_null(f->full.at[0].url.s);
}

static void
test_an_edited_post_keeps_its_link_in_all_its_texts(void **state)
{
	static const char url[] = "https://a.example/s/1001";
	struct fixture *f = *state;
	struct cq_post p = a_post("1001", "kit", "cold in coach twelve");

	p.url = url;
	put(f, &p);
	p.text = "cold in coach thirteen";
	head(f, put(f, &p));
	assert_int_equal(f->full.n, 2);
	assert_string_equal(f->full.at[0].url.s, url);
	assert_string_equal(f->full.at[1].url.s, url);
}

/* Every post has a pattern of its own, as where titles are in links. */
static void
test_a_source_with_many_patterns_keeps_few_of_them(void **state)
{
	struct fixture *f = *state;
	char id[24], url[80];

	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof(id), "%d", 1000 + i);
		snprintf(url, sizeof(url), "https://f.example/title-%c%c/%s",
		    'a' + i % 26, 'a' + i / 26, id);
		there_and_back(f, "forum", id, "kit", url);
	}
	there_and_back(f, "other", "77", "kit", "https://o.example/77");
	assert_int_equal(number_at(f->path, "SELECT count(*) FROM url_form"),
	    65);
	assert_int_equal(number_at(f->path,
			     "SELECT count(*) FROM post WHERE"
			     " typeof(url) = 'blob'"),
	    36);
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_a_link_is_read_as_it_came_in),
	    WITH_QUEUE(test_a_link_is_none_if_there_was_none),
	    WITH_QUEUE(test_an_edited_post_keeps_its_link_in_all_its_texts),
	    WITH_QUEUE(test_a_source_with_many_patterns_keeps_few_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
