#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "sources/adapters.h"
#include "sources/dates.h"
#include "tests/exchange.h"

/* Where feeds put what: author, link, time, words, language. */

#define URL "https://feed.example/x/feed.xml"
#define AT 1795439220 /* 2026-11-23T13:07:00Z */

static struct cq_source feed = {
    .name = "news", .adapter = "feed", .address = URL, .query = ""};

#define RSS                                                         \
	"<rss version='2.0'"                                        \
	" xmlns:dc='http://purl.org/dc/elements/1.1/'"              \
	" xmlns:content='http://purl.org/rss/1.0/modules/content/'" \
	" xmlns:dcterms='http://purl.org/dc/terms/'"                \
	" xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
#define ATOM "<feed xmlns='http://www.w3.org/2005/Atom'>"

static struct heard
hear_doc(const char *doc)
{
	struct exchange x;
	struct heard h;

	exchange_make(&x, 200, NULL, doc, strlen(doc), URL);
	h = hear(&src_feed, &feed, "", &x);
	exchange_free(&x);
	assert_string_equal(h.err.msg, "");
	return h;
}

static struct heard
hear_one(const char *head, const char *before, const char *inside,
    const char *after)
{
	char *doc = cq_format("%s%s%s%s", head, before, inside, after);
	struct heard h = hear_doc(doc);

	free(doc);
	assert_int_equal(h.posts.n, 1);
	return h;
}

/* One item of RSS, one entry of Atom, with this inside it. */
static struct heard
hear_item(const char *inside)
{
	return hear_one(RSS, "<item>", inside, "</item></channel></rss>");
}

static struct heard
hear_entry(const char *inside)
{
	return hear_one(ATOM, "<entry>", inside, "</entry></feed>");
}

static void
is(const char *got, const char *expected)
{
	if (expected == NULL)
		assert_null(got);
	else
		assert_string_equal(got == NULL ? "(none)" : got, expected);
}

/* --- authors ----------------------------------------------------------- */

static void
wrote(struct heard h, const char *author, const char *name)
{
	is(h.posts.at[0].author, author);
	is(h.posts.at[0].author_name, name);
	is(h.posts.at[0].handle, name);
	heard_free(&h);
}

static void
test_an_address_of_mail_is_one_person_with_the_name_only(void **state)
{
	(void)state;
	/* what many forums write of each who posts there */
	wrote(hear_item("<title>t</title><author>invalid@example.com (Ann)"
			"</author>"),
	    "invalid@example.com (Ann)", "Ann");
	wrote(hear_item("<title>t</title><author>invalid@example.com (Bob)"
			"</author><dc:creator>Bob</dc:creator>"),
	    "invalid@example.com (Bob)", "Bob");
	wrote(hear_item("<title>t</title><author>rss@f.example</author>"
			"<dc:creator>Ann Lee</dc:creator>"),
	    "rss@f.example (Ann Lee)", "Ann Lee");
	wrote(hear_item("<title>t</title><author>Ann Lee &lt;rss@f.example&gt;"
			"</author>"),
	    "rss@f.example (Ann Lee)", "Ann Lee");
	wrote(hear_item("<title>t</title><dc:creator>no-reply@f.example (@ann "
			"Ann (Lee))</dc:creator>"),
	    "no-reply@f.example (@ann Ann (Lee))", "@ann Ann (Lee)");
	/* nobody is nobody still */
	wrote(hear_item("<title>t</title><author>noreply@f.example (Anonymous)"
			"</author>"),
	    "Anonymous", "Anonymous");
	wrote(hear_item("<title>t</title><author>ann@f.example</author>"),
	    "ann@f.example", "ann@f.example");
}

static void
test_brackets_are_part_of_a_name_without_an_address(void **state)
{
	(void)state;
	wrote(hear_item("<title>t</title><author>Ann Lee (Acme)</author>"),
	    "Ann Lee (Acme)", "Ann Lee (Acme)");
	wrote(hear_item("<title>t</title><author>(Ann)</author>"), "(Ann)",
	    "(Ann)");
	wrote(hear_item("<title>t</title><author>a@f.example ()</author>"),
	    "a@f.example ()", "a@f.example ()");
	wrote(hear_item("<title>t</title><author>&gt;</author>"), ">", ">");
}

static void
test_an_author_of_rss_may_be_written_in_several_ways(void **state)
{
	(void)state;
	wrote(hear_item("<title>t</title><dc:creator>Ann</dc:creator>"), "Ann",
	    "Ann");
	wrote(hear_item("<title>t</title><author>ann</author><dc:creator>Ann "
			"Lee</dc:creator>"),
	    "ann", "Ann Lee");
	wrote(hear_item("<title>t</title><author> <name>Ann</name></author>"),
	    "Ann", "Ann");
	wrote(hear_item("<title>t</title><atom:author><atom:name>Ann"
			"</atom:name></atom:author>"),
	    "Ann", "Ann");
	wrote(hear_item("<title>t</title>"), NULL, NULL);
}

static void
test_the_site_of_all_authors_is_none_of_them(void **state)
{
#define PERSON(uri, name) \
	"<author><name>" name "</name><uri>" uri "</uri></author>"
	(void)state;
	wrote(hear_entry("<id>1</id><title>t</title>" PERSON("https://"
							     "f.example/",
		  "Ann")),
	    "https://f.example/ (Ann)", "Ann");
	wrote(hear_entry("<id>1</id><title>t</title>" PERSON("https://"
							     "f.example/@ann",
		  "Ann")),
	    "https://f.example/@ann", "Ann");
	wrote(hear_entry("<id>1</id><title>t</title>" PERSON("/ann", "Ann")),
	    "https://feed.example/ann", "Ann");
	wrote(hear_entry("<id>1</id><title>t</title>" PERSON("mailto:a@f."
							     "example",
		  "Ann")),
	    "mailto:a@f.example (Ann)", "Ann");
	wrote(hear_doc("{\"version\":\"https://jsonfeed.org/version/1.1\","
		       "\"items\":[{\"id\":\"1\",\"title\":\"t\",\"authors\":["
		       "{\"url\":\"https://f.example\",\"name\":\"Ann\"}]}]}"),
	    "https://f.example (Ann)", "Ann");
	wrote(hear_doc("{\"version\":\"https://jsonfeed.org/version/1\","
		       "\"items\":[{\"id\":\"1\",\"title\":\"t\",\"author\":"
		       "{\"url\":\"https://f.example/~ann\",\"name\":\"Ann\"}"
		       "}]}"),
	    "https://f.example/~ann", "Ann");
#undef PERSON
}

static void
test_who_wrote_an_entry_is_told_by_it_its_source_or_its_feed(void **state)
{
#define NAMED(name) "<author><name>" name "</name></author>"
	(void)state;
	wrote(hear_one(ATOM NAMED("Feed"), "<entry><id>1</id><title>t</title>",
		  NAMED("Own") "<source>" NAMED("Source") "</source>",
		  "</entry></feed>"),
	    "Own", "Own");
	wrote(hear_one(ATOM NAMED("Feed"), "<entry><id>1</id><title>t</title>",
		  "<source>" NAMED("Source") "</source>", "</entry></feed>"),
	    "Source", "Source");
	wrote(hear_one(ATOM NAMED("Feed"), "<entry><id>1</id><title>t</title>",
		  "", "</entry></feed>"),
	    "Feed", "Feed");
#undef NAMED
}

/* --- links ------------------------------------------------------------- */

static void
leads_to(struct heard h, const char *url)
{
	is(h.posts.at[0].url, url);
	heard_free(&h);
}

static void
test_the_link_of_an_item_is_found_where_it_stands(void **state)
{
	(void)state;
	leads_to(hear_item("<title>t</title><link "
			   "href='https://f.example/1'/>"),
	    "https://f.example/1");
	leads_to(hear_item("<title>t</title><atom:link rel='self' "
			   "href='https://f.example/s'/><atom:link "
			   "href='https://f.example/2'/>"),
	    "https://f.example/2");
	leads_to(hear_item("<title>t</title><guid>https://f.example/3</guid>"),
	    "https://f.example/3");
	leads_to(hear_item("<title>t</title><guid isPermaLink='false'>"
			   "https://f.example/4</guid>"),
	    NULL);
	leads_to(hear_item("<title>t</title><guid>tag:4</guid>"), NULL);
	leads_to(hear_item("<link>https://www.google.de/url?sa=D&amp;q=https://"
			   "b.example/5%23x&amp;usg=z</link>"),
	    "https://b.example/5#x");
}

static void
test_blanks_in_a_link_do_not_lose_it(void **state)
{
	(void)state;
	leads_to(hear_item("<link> https://f.example/a b?c=d  e </link>"),
	    "https://f.example/a%20b?c=d%20%20e");
	leads_to(hear_item("<link>\nhttps://f.example/a/\n\t  b\n</link>"),
	    "https://f.example/a/b");
	leads_to(hear_doc("{\"items\":[{\"id\":\"1\",\"url\":\"/a b\"}]}"),
	    "https://feed.example/a%20b");
}

static void
test_the_page_of_an_entry_is_the_alternate_for_a_browser(void **state)
{
#define LINK(atts) "<link " atts "/>"
	(void)state;
	leads_to(hear_entry("<id>1</id><title>t</title>" LINK("rel='self' "
							      "href='https://"
							      "f.example/s'")
			 LINK("rel='alternate' type='text/gemini' "
			      "href='https://f.example/g'")
			     LINK("rel='alternate' "
				  "type='text/html' "
				  "href='https://"
				  "f.example/h'")),
	    "https://f.example/h");
	leads_to(hear_entry("<id>1</id><title>t</title>" LINK("rel='replies' "
							      "href='https://"
							      "f.example/r'")),
	    NULL);
#undef LINK
}

static void
test_relative_links_stand_on_the_nearest_base(void **state)
{
	(void)state;
	leads_to(hear_one(ATOM, "<entry xml:base='https://b.example/c/'>",
		     "<id>1</id><title>t</title><link href='d'/>",
		     "</entry></feed>"),
	    "https://b.example/c/d");
	leads_to(hear_one("<feed xmlns='http://www.w3.org/2005/Atom' "
			  "xml:base='https://b.example/c/'>",
		     "<entry xml:base='e/'>",
		     "<id>1</id><title>t</title><link href='d'/>",
		     "</entry></feed>"),
	    "https://b.example/c/e/d");
	leads_to(hear_one(RSS "<link>https://c.example/f/</link>", "<item>",
		     "<link>d</link>", "</item></channel></rss>"),
	    "https://c.example/f/d");
	leads_to(hear_doc("{\"home_page_url\":\"https://h.example/p/\","
			  "\"items\":[{\"id\":\"1\",\"external_url\":\"d\"}]}"),
	    "https://h.example/p/d");
}

/* --- times ------------------------------------------------------------- */

static void
dates_from(struct heard h, int64_t at)
{
	assert_int_equal(h.posts.at[0].created_at, at);
	heard_free(&h);
}

static void
test_a_post_is_as_old_as_it_was_written_and_not_changed(void **state)
{
#define T(name, day) "<" name ">2026-11-" day "T13:07:00Z</" name ">"
	(void)state;
	dates_from(hear_item("<title>t</title>" T("dc:date", "23")), AT);
	dates_from(hear_item("<title>t</title>" T("atom:updated", "23")), AT);
	dates_from(hear_item("<title>t</title>" T("dcterms:modified", "25")
			   T("dcterms:created", "23")),
	    AT);
	dates_from(hear_item("<title>t</title><pubDate>soon</pubDate>" T("dc:"
									 "date",
		       "23")),
	    AT);
	dates_from(hear_entry("<id>1</id><title>t</title>" T("updated", "25")
			   T("published", "23")),
	    AT);
	dates_from(hear_entry("<id>1</id><title>t</title>" T("modified", "25")
			   T("issued", "23")),
	    AT);
	dates_from(hear_entry("<id>1</id><title>t</title>" T("updated", "23")),
	    AT);
	dates_from(hear_doc("{\"items\":[{\"id\":\"1\",\"title\":\"t\","
			    "\"date_modified\":\"2026-11-23T13:07:00Z\"}]}"),
	    AT);
#undef T
}

static void
test_times_are_read_as_programs_and_people_write_them(void **state)
{
	static const char *const same[] = {"Mon, 23 Nov 2026 14:07:00 GMT+0100",
	    "Mon, 23 Nov 2026 15:07:00 UTC+2",
	    "Mon Nov 23 2026 14:07:00 GMT+0100 (Mitteleurop. Zeit)",
	    "Mon Nov 23 13:07:00 GMT 2026", "Mon Nov 23 14:07:00 CET 2026",
	    "Mon Nov 23 13:07:00 +0000 2026", "November 23, 2026 1:07 PM",
	    "Nov 23, 2026, 13:07", "Mon, 23 Nov 2026 01:07:00 PM",
	    "Mon, 23 Nov 2026 8:07 am EST", "2026-11-23 1:07 PM",
	    "2026-11-23 13:07:00 PM", "lun., 23 nov. 2026 14:07:00 +0100"};
	static const char *const bad[] = {"23 Nov", "Nov 2026", "13:07 PM",
	    "23 Nov 2026 13:07 13:08", "23 23 Nov 2026", "2026 2026 Nov",
	    "Nov Nov 23 2026", "Mon Tue 23 Nov 2026", "23 Nov 20260 13:07",
	    "23 Nov 2026 13:07 GMT+99", "23/11/2026 13:07"};
	int64_t at = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!date_parse(same[i], &at) || at != AT)
			fail_msg("%s is %lld", same[i], (long long)at);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (date_parse(bad[i], &at))
			fail_msg("%s is a time", bad[i]);
	assert_true(date_parse("23 Nov 2026 12:07 am", &at));
	assert_int_equal(at, AT - 13 * 3600);
	assert_true(date_parse("23 Nov 2026 12:07 pm", &at));
	assert_int_equal(at, AT - 3600);
	assert_true(date_parse("Nov 23, 2026", &at));
	assert_int_equal(at, AT - 13 * 3600 - 7 * 60);
}

/* --- words ------------------------------------------------------------- */

static void
says(struct heard h, const char *text)
{
	is(h.posts.at[0].text, text);
	heard_free(&h);
}

static void
test_the_words_of_an_item_are_found_where_they_stand(void **state)
{
	(void)state;
	/* an encoded content of pictures alone has none */
	says(hear_item("<content:encoded>&lt;img src='x'/&gt;</content:encoded>"
		       "<description>short</description>"),
	    "short");
	says(hear_item("<content:encoded>long</content:encoded>"
		       "<description>short</description>"),
	    "long");
	says(hear_item("<atom:content type='html'>&lt;b&gt;a&lt;/b&gt;"
		       "</atom:content>"),
	    "a");
	says(hear_item("<atom:summary>1 &lt;b&gt; 2</atom:summary>"),
	    "1 <b> 2");
	says(hear_item("<dc:title>T</dc:title><dc:description>d"
		       "</dc:description>"),
	    "T\nd");
	says(hear_entry("<id>1</id><summary>short</summary>"), "short");
	says(hear_entry("<id>1</id><summary>short</summary><content>long"
			"</content>"),
	    "long");
	says(hear_item("<title>late ag\u2026</title><description>late again"
		       "</description>"),
	    "late again");
	says(hear_doc("{\"items\":[{\"id\":\"1\",\"content_text\":\"a<b\","
		      "\"content_html\":\"<p>other\"}]}"),
	    "a<b");
	says(hear_entry("<id>1</id><content type='text/plain'>1 &lt;b&gt; 2"
			"</content>"),
	    "1 <b> 2");
}

static void
test_a_text_as_long_as_a_post_may_be_leaves_the_title_out(void **state)
{
	char *inside = cq_format("<title>t</title><description>&lt;p&gt;%0*d"
				 "</description>",
	    CQ_TEXT_MAX + 10, 1);
	struct heard h = hear_item(inside);

	(void)state;
	assert_int_equal(cq_post_check(&h.posts.at[0], NULL), CQ_OK);
	assert_int_equal(strlen(h.posts.at[0].text), CQ_TEXT_MAX);
	assert_memory_equal(h.posts.at[0].text, "000", 3);
	heard_free(&h);
	free(inside);
}

static void
test_prefixes_that_nobody_declared_are_known_by_their_names(void **state)
{
	static const char doc[] =
	    "<rss><channel><item><title>t</title><dc:creator>Ann</dc:creator>"
	    "<dc:date>2026-11-23T13:07:00Z</dc:date><content:encoded>words"
	    "</content:encoded></item></channel></rss>";
	struct heard h = hear_doc(doc);

	(void)state;
	is(h.posts.at[0].author, "Ann");
	is(h.posts.at[0].text, "t\nwords");
	assert_int_equal(h.posts.at[0].created_at, AT);
	heard_free(&h);
}

static void
test_namespaces_that_feeds_made_up_for_rss_are_rss(void **state)
{
	static const char *const roots[] = {
	    "<rss xmlns='http://backend.userland.com/rss2'><channel>",
	    "<rss xmlns='https://f.example/own'><channel>",
	    "<rdf:RDF xmlns='http://my.netscape.com/rdf/simple/0.9/' xmlns:rdf"
	    "='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>",
	    "<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf"
	    "='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		says(hear_one(roots[i], "<item>",
			 "<title>t</title><description>d</description>",
			 "</item>"),
		    "t\nd");
	says(hear_one("<feed xmlns='http://purl.org/atom/ns#'>", "<entry>",
		 "<id>1</id><title>t</title><summary>d</summary>", "</entry>"),
	    "t\nd");
}

/* --- languages --------------------------------------------------------- */

static void
is_in(struct heard h, const char *lang)
{
	is(h.posts.at[0].lang, lang);
	heard_free(&h);
}

static void
test_the_language_is_that_of_the_post_or_its_feed(void **state)
{
	(void)state;
	is_in(hear_one(RSS "<language>de_AT</language>", "<item>",
		  "<title>t</title>", "</item></channel></rss>"),
	    "de-AT");
	is_in(hear_one(RSS "<dc:language>de</dc:language>", "<item>",
		  "<title>t</title>", "</item></channel></rss>"),
	    "de");
	is_in(hear_one(RSS "<language>de</language>", "<item>",
		  "<title>t</title><dc:language>fr</dc:language>",
		  "</item></channel></rss>"),
	    "fr");
	is_in(hear_item("<title>t</title><dc:language>high valyrian"
			"</dc:language>"),
	    NULL);
	is_in(hear_doc("{\"language\":\"de\",\"items\":[{\"id\":\"1\","
		       "\"title\":\"t\",\"language\":\"fr\"}]}"),
	    "fr");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_an_address_of_mail_is_one_person_with_the_name_only),
	    cmocka_unit_test(
		test_brackets_are_part_of_a_name_without_an_address),
	    cmocka_unit_test(
		test_an_author_of_rss_may_be_written_in_several_ways),
	    cmocka_unit_test(test_the_site_of_all_authors_is_none_of_them),
	    cmocka_unit_test(
		test_who_wrote_an_entry_is_told_by_it_its_source_or_its_feed),
	    cmocka_unit_test(test_the_link_of_an_item_is_found_where_it_stands),
	    cmocka_unit_test(test_blanks_in_a_link_do_not_lose_it),
	    cmocka_unit_test(
		test_the_page_of_an_entry_is_the_alternate_for_a_browser),
	    cmocka_unit_test(test_relative_links_stand_on_the_nearest_base),
	    cmocka_unit_test(
		test_a_post_is_as_old_as_it_was_written_and_not_changed),
	    cmocka_unit_test(
		test_times_are_read_as_programs_and_people_write_them),
	    cmocka_unit_test(
		test_the_words_of_an_item_are_found_where_they_stand),
	    cmocka_unit_test(
		test_a_text_as_long_as_a_post_may_be_leaves_the_title_out),
	    cmocka_unit_test(
		test_prefixes_that_nobody_declared_are_known_by_their_names),
	    cmocka_unit_test(
		test_namespaces_that_feeds_made_up_for_rss_are_rss),
	    cmocka_unit_test(test_the_language_is_that_of_the_post_or_its_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
