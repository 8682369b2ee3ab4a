#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/post.h"
#include "core/text.h"
#include "sources/html.h"

static void
becomes(const char *html, const char *text)
{
	char *got = html_text(html, strlen(html), "https://e.org/a/b");

	assert_string_equal(got, text);
	free(got);
}

static void
test_blocks_become_line_breaks(void **state)
{
	(void)state;
	becomes("<p>one<br>two</p>\n<p>three</p>", "one\ntwo\n\nthree");
	becomes("a<br><br>b<br><br><br>c", "a\n\nb\n\nc");
	becomes("<div>a</div><div>b</div>", "a\nb");
	becomes("x<ul><li>a</li><li>b</li></ul>y", "x\n\na\nb\n\ny");
	becomes("<blockquote>q</blockquote>a", "q\n\na");
	becomes("<table><tr><td>a</td><td>b</td></tr></table>", "a b");
}

static void
test_white_space_is_folded(void **state)
{
	(void)state;
	becomes("  a \n\t b  ", "a b");
	becomes("a <b> b </b> c", "a b c");
	becomes("a<b>b</b>c", "abc");
	becomes("<pre>a\n  b</pre>c", "a\nb\n\nc");
}

static void
test_entities_are_decoded_once(void **state)
{
	(void)state;
	becomes("&lt;b&gt; &amp;amp; &#39;x&#x27; &uuml;",
	    "<b> &amp; 'x' \xc3\xbc");
	becomes("a < b & c > d", "a < b & c > d");
}

static void
test_entities_cannot_make_bytes_that_are_no_text(void **state)
{
	char *got = html_text("a&#0;&#xD800;&#x110000;&#27;b", 29, NULL);

	(void)state;
	assert_true(cq_utf8_valid(got, strlen(got)));
	assert_string_equal(got, "ab");
	free(got);
}

static void
test_what_is_not_to_be_read_is_left_out(void **state)
{
	(void)state;
	becomes("a<script>alert('<p>x')</script>b", "ab");
	becomes("a<style>p { }</style>b<!-- c -->", "ab");
	becomes("a<textarea>x<b>y</b></textarea>b", "ab");
	becomes("a<svg><text>x</text></svg>b", "ab");
	becomes("a<span class=\"x invisible\">b<i>c</i></span>d", "ad");
}

static void
test_an_image_is_its_description(void **state)
{
	(void)state;
	becomes("bad <img src=x alt=\"\xf0\x9f\x98\xa1\"> day<img src=y>",
	    "bad \xf0\x9f\x98\xa1 day");
}

static void
test_a_link_shows_its_target_unless_it_can_be_read(void **state)
{
	(void)state;
	becomes("<a href=\"https://e.org/x\">here</a>.",
	    "here (https://e.org/x).");
	becomes("<a href=\"https://e.org/x\">https://e.org/x</a>",
	    "https://e.org/x");
	becomes("<a href=\"https://e.org/\">e.org</a>", "e.org");
	becomes("<a href=\"https://bad.example/\">https://bank.example</a>",
	    "https://bank.example (https://bad.example/)");
	becomes("<a href=\"/c\">c</a>", "c (https://e.org/c)");
	becomes("<a href=\"https://e.org/x\"></a>", "https://e.org/x");
	becomes("<a href=\"mailto:a@e.org\">a@e.org</a>", "a@e.org");
}

static void
test_a_target_nobody_should_open_is_not_shown(void **state)
{
	(void)state;
	becomes("<a href=\"javascript:alert(1)\">x</a>", "x");
	becomes("<a href=\"data:text/html,x\">x</a>", "x");
	becomes("<a href=\"#top\">up</a>", "up");
}

static void
test_mentions_and_hashtags_are_their_words(void **state)
{
	(void)state;
	becomes("<p><span class=\"h-card\"><a href=\"https://m.org/@brand\""
		" class=\"u-url mention\">@<span>brand</span></a></span> "
		"<a href=\"https://m.org/tags/fail\" class=\"mention hashtag\">"
		"#<span>fail</span></a></p>",
	    "@brand #fail");
}

static void
test_a_shortened_address_is_whole_again(void **state)
{
	(void)state;
	becomes("see <a href=\"https://e.org/long/path\">"
		"<span class=\"invisible\">https://</span>"
		"<span class=\"ellipsis\">e.org/lo</span>"
		"<span class=\"invisible\">ng/path</span></a> now",
	    "see https://e.org/long/path now");
}

static void
test_broken_markup_still_gives_its_words(void **state)
{
	(void)state;
	becomes("<p>un<b>closed", "unclosed");
	becomes("</div></p>a<", "a<");
	becomes("<p>a</p></body></html><p>b</p>", "a\n\nb");
	becomes("<meta charset=koi8-r>\xd0\xb6", "\xd0\xb6");
}

static void
test_300000_open_tags_are_read_with_a_flat_stack(void **state)
{
	static const char *const tags[] = {"<b>", "<i><p>", "<a href=x>",
	    "<span class=invisible>", "</p>", "<table><tr><td>"};
	size_t i, k;

	(void)state;
	for (k = 0; k < sizeof(tags) / sizeof(tags[0]); k++) {
		struct cq_buf b = {0};
		char *got;

		cq_buf_str(&b, "begin");
		for (i = 0; i < 300000; i++)
			cq_buf_str(&b, tags[k]);
		got = html_text(b.s, b.n, "https://e.org/");
		assert_memory_equal(got, "begin", 5);
		assert_true(strlen(got) <= CQ_TEXT_MAX);
		assert_true(cq_utf8_valid(got, strlen(got)));
		free(got);
		cq_buf_free(&b);
	}
}

static void
test_a_long_text_is_cut_between_characters(void **state)
{
	struct cq_buf b = {0};
	char *got;
	int i;

	(void)state;
	cq_buf_str(&b, "<p>a");
	for (i = 0; i < 400000; i++)
		cq_buf_str(&b, "\xe2\x82\xac");
	got = html_text(b.s, b.n, NULL);
	assert_in_range(strlen(got), CQ_TEXT_MAX - 3, CQ_TEXT_MAX);
	assert_true(cq_utf8_valid(got, strlen(got)));
	free(got);
	cq_buf_free(&b);
}

static void
test_what_stands_behind_a_mebibyte_is_left_out(void **state)
{
	char *html = malloc(HTML_MAX + 8);
	char *got;

	(void)state;
	assert_non_null(html);
	memset(html, ' ', HTML_MAX);
	memcpy(html, "<p>a", 4);
	memcpy(html + HTML_MAX, "<b>b", 4);
	got = html_text(html, HTML_MAX + 4, NULL);
	assert_string_equal(got, "a");
	free(got);
	free(html);
}

static void
test_a_tag_of_a_hundred_thousand_attributes_takes_no_time(void **state)
{
	struct cq_buf b = {0};
	clock_t start = clock();
	char *got;
	int i;

	(void)state;
	cq_buf_str(&b, "<p>before</p><a");
	for (i = 0; i < 100000; i++)
		cq_buf_fmt(&b, " a%d=1", i);
	cq_buf_str(&b, ">behind</a>");
	got = html_text(b.s, b.n, NULL);
	assert_string_equal(got, "before");
	/* 10 s when the parser compared each with all others */
	assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 4);
	free(got);
	cq_buf_free(&b);
}

static void
test_what_was_encoded_twice_is_mended_if_a_control_tells(void **state)
{
	static const struct {
		const char *broken, *mended;
	} texts[] = {
	    {"\u00e2\xc2\x80\u00a6", "…"},
	    {"don\u00e2\xc2\x80\xc2\x99t \u00e2\xc2\x80\xc2\x9cx", "don’t “x"},
	    {"\u00c3\xc2\x9f", "ß"},
	    {"\u00f0\xc2\x9f\xc2\x98\xc2\x80", "😀"},
	    {"\u00c3\u00a9 is two signs", "\u00c3\u00a9 is two signs"},
	    {"\u00e2\xc2\x80", "\u00e2€"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *got =
		    html_text(texts[i].broken, strlen(texts[i].broken), NULL);

		assert_string_equal(got, texts[i].mended);
		free(got);
	}
}

static void
test_plain_text_is_told_from_html(void **state)
{
	(void)state;
	assert_true(html_looks_like("a <br> b"));
	assert_true(html_looks_like("a</p>"));
	assert_true(html_looks_like("Tom &amp; Ann"));
	assert_true(html_looks_like("&#8217;"));
	assert_false(html_looks_like("a < b > c & d; e"));
	assert_false(html_looks_like("I <3 it"));
	assert_false(html_looks_like("vector<int> &foo; fails"));
	assert_false(html_looks_like(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_blocks_become_line_breaks),
	    cmocka_unit_test(test_white_space_is_folded),
	    cmocka_unit_test(test_entities_are_decoded_once),
	    cmocka_unit_test(test_entities_cannot_make_bytes_that_are_no_text),
	    cmocka_unit_test(test_what_is_not_to_be_read_is_left_out),
	    cmocka_unit_test(test_an_image_is_its_description),
	    cmocka_unit_test(
		test_a_link_shows_its_target_unless_it_can_be_read),
	    cmocka_unit_test(test_a_target_nobody_should_open_is_not_shown),
	    cmocka_unit_test(test_mentions_and_hashtags_are_their_words),
	    cmocka_unit_test(test_a_shortened_address_is_whole_again),
	    cmocka_unit_test(test_broken_markup_still_gives_its_words),
	    cmocka_unit_test(test_300000_open_tags_are_read_with_a_flat_stack),
	    cmocka_unit_test(test_a_long_text_is_cut_between_characters),
	    cmocka_unit_test(test_what_stands_behind_a_mebibyte_is_left_out),
	    cmocka_unit_test(
		test_a_tag_of_a_hundred_thousand_attributes_takes_no_time),
	    cmocka_unit_test(
		test_what_was_encoded_twice_is_mended_if_a_control_tells),
	    cmocka_unit_test(test_plain_text_is_told_from_html),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
