#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/adapters.h"
#include "sources/dates.h"
#include "sources/feed_scan.h"
#include "tests/exchange.h"

#define DIR "tests/fixtures/feed/"
#define URL "https://feed.example/x/feed.xml"

static struct cq_source feed = {
    .name = "news", .adapter = "feed", .address = URL, .query = ""};

static struct heard
hear_bytes(int status, const char *headers, const void *body, size_t n)
{
	struct exchange x;
	struct heard h;

	exchange_make(&x, status, headers, body, n, URL);
	h = hear(&src_feed, &feed, "", &x);
	exchange_free(&x);
	return h;
}

static struct heard
hear_text(const char *headers, const char *body)
{
	return hear_bytes(200, headers, body, strlen(body));
}

static struct heard
hear_file(const char *path)
{
	struct exchange x;
	struct heard h;

	exchange_load(&x, path, URL);
	h = hear(&src_feed, &feed, "", &x);
	exchange_free(&x);
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.status, CQ_OK);
	return h;
}

static void
fails(struct heard h, const char *msg)
{
	assert_string_equal(h.err.msg, msg);
	assert_int_equal(h.status, CQ_NET);
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	heard_free(&h);
}

static const char no_feed[] =
    "feed.example answered with something else instead of a feed; check the "
    "address";
static const char web_page[] =
    "feed.example answered with a web page instead of a feed; check the "
    "address";

/* One RSS item with this inside it. */
static struct heard
hear_item(const char *inside)
{
	char *doc = cq_format("<rss version=\"2.0\"><channel><item>%s</item>"
			      "</channel></rss>",
	    inside);
	struct heard h = hear_text(NULL, doc);

	free(doc);
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 1);
	return h;
}

static void
item_text_is(const char *inside, const char *text)
{
	struct heard h = hear_item(inside);

	assert_string_equal(h.posts.at[0].text, text);
	heard_free(&h);
}

/* --- formats ----------------------------------------------------------- */

static void
test_every_format_gives_its_items(void **state)
{
	static const struct {
		const char *path;
		size_t n;
		const char *last_id, *last_text;
	} files[] = {
	    {DIR "rss_0.9.xml", 2, NULL, "rss_0.9.item[0].title"},
	    {DIR "rss_0.91N.xml", 2, NULL,
		"rss_0.91N.channel.item[0].title\n"
		"rss_0.91N.channel.item[0].description"},
	    {DIR "rss_1.0_DC_Sy.xml", 2,
		"rss_1.0.channel.items[0]^rdf:resource",
		"rss_1.0.item[0].title\nrss_1.0.item[0].content"},
	    {DIR "rss_2.0.xml", 2, "rss_2.0.channel.item[1].guid",
		"rss_2.0.channel.item[1].title\n"
		"rss_2.0.channel.item[1].content"},
	    {DIR "atom_0.3.xml", 2, "atom_0.3.feed.entry[1]^id",
		"atom_0.3.feed.entry[1].title\n"
		"atom_0.3.feed.entry[1].content[0]"},
	    {DIR "atom_1.0_bray.xml", 2,
		"http://www.example.com/blog/2006-11-05/entry1",
		"Entry1\nContent1"},
	    {DIR "feed-utf16be.xml", 1, "http://example.net/tests/#1.1",
		"Test feed title 1\nTest feed description 1"},
	    {DIR "guid-dupes.xml", 1, "http://www.braingle.com/50366.html",
		NULL},
	    {DIR "iconv.xml", 10, NULL, NULL},
	    {DIR "atom10_feed_authors.xml", 9, "http://example.com/1.html",
		"Entry Without Author\nFeed authors should be used."},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct heard h = hear_file(files[i].path);
		const struct cq_post *last = &h.posts.at[h.posts.n - 1];

		assert_int_equal(h.posts.n, files[i].n);
		if (files[i].last_id != NULL)
			assert_string_equal(last->id, files[i].last_id);
		if (files[i].last_text != NULL)
			assert_string_equal(last->text, files[i].last_text);
		for (k = 0; k < h.posts.n; k++)
			assert_int_equal(cq_post_check(&h.posts.at[k], NULL),
			    CQ_OK);
		heard_free(&h);
	}
}

static void
test_a_forum_reply_arrives_whole(void **state)
{
	struct heard h = hear_file(DIR "nodebb-topic-rss.meta.json");
	const struct cq_post *p = h.posts.at;

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(p->source, "news");
	assert_string_equal(p->id, "http://127.0.0.1:4567/post/3");
	assert_string_equal(p->url, "http://127.0.0.1:4567/post/3");
	assert_string_equal(p->author, "admin");
	assert_int_equal(p->created_at, 1795408484);
	assert_string_equal(p->text,
	    "Reply to Parcel 3 weeks late, acmefail & no answer on Mon, 23 "
	    "Nov 2026 04:34:44 GMT\nSorry to hear, please DM us");
	heard_free(&h);
}

static void
test_a_json_feed_gives_its_items(void **state)
{
	struct heard h = hear_file(DIR "jsonfeed-top-level-author.meta.json");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].author,
	    "https://author.example.com (Author Name)");
	assert_string_equal(h.posts.at[0].author_name, "Author Name");
	assert_int_equal(h.posts.at[0].created_at, 1510331661);
	heard_free(&h);

	h = hear_text(NULL,
	    "\xef\xbb\xbf {\"version\":"
	    "\"https://jsonfeed.org/version/1\",\"language\":\"de\","
	    "\"items\":[{\"id\":2,\"content_text\":\"a\\nb\","
	    "\"url\":\"/p\",\"date_published\":\"2026-11-23T14:07:00+01:00\"},"
	    "{\"id\":\"1\",\"title\":\"T\",\"content_html\":\"<p>x<p>y\"},"
	    "{\"id\":\"0\\u0000\",\"summary\":\"s\"},7]}");
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.posts.at[2].id, "2");
	assert_string_equal(h.posts.at[2].text, "a\nb");
	assert_string_equal(h.posts.at[2].url, "https://feed.example/p");
	assert_string_equal(h.posts.at[2].lang, "de");
	assert_int_equal(h.posts.at[2].created_at, 1795439220);
	assert_string_equal(h.posts.at[1].text, "T\nx\n\ny");
	/* an id with a NUL is none */
	assert_memory_equal(h.posts.at[0].id, "h-", 2);
	heard_free(&h);
}

static void
test_xhtml_under_any_prefix_becomes_text(void **state)
{
	struct heard h = hear_file(DIR "nondefaultnamespace-xhtml.atom");

	(void)state;
	assert_non_null(strstr(h.posts.at[0].text,
	    "works fine.\nFor information, see:\n\nWho knows an XML document "
	    "from a hole in the ground? (http://plasmasturm.org/log/376/)\n"
	    "More on Atom"));
	heard_free(&h);
}

static void
test_authors_are_found_where_they_stand(void **state)
{
	struct heard h = hear_file(DIR "rss_092_with_bracket_author.xml");

	(void)state;
	assert_string_equal(h.posts.at[1].author, "email@example.com (Author)");
	assert_string_equal(h.posts.at[1].author_name, "Author");
	assert_string_equal(h.posts.at[2].author, "Author name)");
	heard_free(&h);
	h = hear_file(DIR "fossil-timeline-rss-tickets.meta.json");
	assert_string_equal(h.posts.at[0].handle, "admin");
	heard_free(&h);
	h = hear_text(NULL,
	    "<feed xmlns='http://www.w3.org/2005/Atom'>"
	    "<author><name>Ann</name><uri>/ann</uri></author>"
	    "<entry><id>1</id><title>t</title></entry></feed>");
	assert_string_equal(h.posts.at[0].author_name, "Ann");
	assert_string_equal(h.posts.at[0].author, "https://feed.example/ann");
	heard_free(&h);
}

static void
test_reviews_and_threads_keep_what_atom_says_of_them(void **state)
{
	struct heard h = hear_text(NULL,
	    "<feed xmlns='http://www.w3.org/2005/Atom' "
	    "xmlns:im='http://itunes.apple.com/rss' "
	    "xmlns:thr='http://purl.org/syndication/thread/1.0'>"
	    "<entry xml:lang='ja'><id>2</id><title>bad</title>"
	    "<im:rating>1</im:rating><thr:in-reply-to ref='1'/></entry>"
	    "</feed>");

	(void)state;
	assert_int_equal(h.posts.at[0].rating, 1);
	assert_string_equal(h.posts.at[0].in_reply_to, "1");
	assert_string_equal(h.posts.at[0].lang, "ja");
	heard_free(&h);
}

/* --- words ------------------------------------------------------------- */

static void
test_the_title_is_the_first_line_unless_the_text_has_it(void **state)
{
	(void)state;
	item_text_is("<title>T</title><description>d</description>", "T\nd");
	item_text_is("<title>late again</title><description>late again and "
		     "again</description>",
	    "late again and again");
	item_text_is("<title>late ag...</title><description>late again"
		     "</description>",
	    "late again");
	item_text_is("<title>T</title>", "T");
	item_text_is("<description>d</description>", "d");
	item_text_is("<link>http://e.org/1</link>", "http://e.org/1");
}

static void
test_rss_text_is_html_only_if_it_looks_so(void **state)
{
	(void)state;
	item_text_is("<title>vector&lt;int&gt; &amp; co</title>",
	    "vector<int> & co");
	item_text_is("<description>&lt;p&gt;a&lt;/p&gt;b &amp;amp; c"
		     "</description>",
	    "a\n\nb & c");
	item_text_is("<description><![CDATA[a<br/>b]]></description>", "a\nb");
	item_text_is("<description>a\r\nb</description>", "a\nb");
}

static void
test_atom_text_is_what_its_type_says(void **state)
{
	struct heard h = hear_text(NULL,
	    "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id>"
	    "<title>a &lt;b&gt; c</title>"
	    "<content type='html'>&lt;b&gt;x&lt;/b&gt;&lt;p&gt;y</content>"
	    "</entry></feed>");

	(void)state;
	assert_string_equal(h.posts.at[0].text, "a <b> c\nx\n\ny");
	heard_free(&h);
}

static void
test_relative_links_stand_on_the_feed(void **state)
{
	struct heard h =
	    hear_file(DIR "rss-with-relative-html-urls-no-base.xml");

	(void)state;
	assert_string_equal(h.posts.at[0].url,
	    "https://example.com/feed/posts/post-1");
	assert_string_equal(h.posts.at[0].text,
	    "Post\nRead (https://example.com/feed/post-1) Comments");
	heard_free(&h);
	h = hear_item("<link>javascript:alert(1)</link><title>t</title>");
	assert_null(h.posts.at[0].url);
	heard_free(&h);
	h = hear_item("<link>?id=4</link><title>t</title>");
	assert_string_equal(h.posts.at[0].url,
	    "https://feed.example/x/feed.xml?id=4");
	heard_free(&h);
}

/* --- ids --------------------------------------------------------------- */

static void
item_id_is(const char *inside, const char *id)
{
	struct heard h = hear_item(inside);

	assert_string_equal(h.posts.at[0].id, id);
	heard_free(&h);
}

static void
test_the_id_is_guid_then_link_then_a_digest(void **state)
{
	struct heard a, b;

	(void)state;
	item_id_is("<guid>g</guid><link>http://e.org/1</link>", "g");
	item_id_is("<guid> </guid><link>http://e.org/1</link>",
	    "http://e.org/1");
	a = hear_item("<title>t</title><author>x</author><pubDate>Mon, 23 Nov "
		      "2026 13:07:00 GMT</pubDate>");
	b = hear_item("<title>t</title><author>x</author><description>edited"
		      "</description><pubDate>Mon, 23 Nov 2026 15:00:00 GMT"
		      "</pubDate>");
	assert_memory_equal(a.posts.at[0].id, "h-", 2);
	assert_string_equal(a.posts.at[0].id, b.posts.at[0].id);
	heard_free(&b);
	b = hear_item("<title>t</title><author>y</author><pubDate>Mon, 23 Nov "
		      "2026 13:07:00 GMT</pubDate>");
	assert_string_not_equal(a.posts.at[0].id, b.posts.at[0].id);
	heard_free(&b);
	b = hear_item("<title>t</title><author>x</author><pubDate>Tue, 24 Nov "
		      "2026 13:07:00 GMT</pubDate>");
	assert_string_not_equal(a.posts.at[0].id, b.posts.at[0].id);
	heard_free(&a);
	heard_free(&b);
}

static void
test_a_guid_that_items_share_is_no_id(void **state)
{
	struct heard h = hear_text(NULL,
	    "<rss><channel>"
	    "<item><guid>g</guid><link>http://e.org/1</link></item>"
	    "<item><guid>g</guid><link>http://e.org/2</link></item>"
	    "<item><guid>k</guid><link>http://e.org/3</link></item>"
	    "<item><link>http://e.org/4</link><title>a</title></item>"
	    "<item><link>http://e.org/4</link><title>b</title></item>"
	    "</channel></rss>");

	(void)state;
	assert_int_equal(h.posts.n, 5);
	assert_string_equal(h.posts.at[4].id, "http://e.org/1");
	assert_string_equal(h.posts.at[3].id, "http://e.org/2");
	assert_string_equal(h.posts.at[2].id, "k");
	assert_memory_equal(h.posts.at[1].id, "h-", 2);
	assert_string_not_equal(h.posts.at[0].id, h.posts.at[1].id);
	heard_free(&h);
}

static void
test_a_long_guid_is_shortened_the_same_each_time(void **state)
{
	struct heard a, b;
	char item[700];
	size_t n;

	(void)state;
	n = (size_t)sprintf(item, "<title>t</title><guid>");
	memset(item + n, 'g', 600);
	strcpy(item + n + 600, "</guid>");
	a = hear_item(item);
	b = hear_item(item);
	assert_int_equal(strlen(a.posts.at[0].id), 18);
	assert_string_equal(a.posts.at[0].id, b.posts.at[0].id);
	heard_free(&a);
	heard_free(&b);
}

/* --- times ------------------------------------------------------------- */

static void
date_is(const char *s, int64_t at)
{
	int64_t got = -1;

	if (!date_parse(s, &got))
		fail_msg("no time: %s", s);
	if (got != at)
		fail_msg("%s is %lld", s, (long long)got);
}

static void
test_times_are_read_as_feeds_write_them(void **state)
{
	static const char *const same[] = {"2026-11-23T13:07:00Z",
	    "2026-11-23T14:07:00.25+01:00", "2026-11-23T13:07Z",
	    "2026-11-23 13:07:00", "2026/11/23 13:07",
	    "Mon, 23 Nov 2026 13:07:00 GMT", "Mon, 23 Nov 2026 13:07 +0000",
	    "23 Nov 26 13:07 UT", "Tue, 23 Nov 2026 08:07:00 EST",
	    "Mon, 23 November 2026 13:07:00 Z",
	    "Monday, 23-Nov-26 13:07:00 UTC", "Mon Nov 23 13:07:00 2026",
	    " 23 Nov 2026 14:07:00 CET ", "Mon,23 Nov 2026 13:07:00 +00:00"};
	static const char *const bad[] = {"", "yesterday", "13:07", "20261123",
	    "2026-13-01", "2026-02-30T00:00:00Z", "99999-01-01",
	    "32 Nov 2026 13:07 GMT", "23 Foo 2026 13:07 GMT",
	    "1969-12-31T23:59:59Z", "23 Nov 2026 25:07:00 GMT", "1234567890",
	    "2026-11-23T", "2026-11-23Tx"};
	int64_t at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		date_is(same[i], 1795439220);
	date_is("2026", 1767225600);
	date_is("2026-11", 1793491200);
	date_is("2026-11-23", 1795392000);
	date_is("Sat, 01 Jan 00 00:00:00 GMT", 946684800);
	date_is("Fri, 31 Dec 99 00:00:00 GMT", 946598400);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (date_parse(bad[i], &at))
			fail_msg("%s is a time", bad[i]);
	assert_false(date_parse(NULL, &at));
}

static void
test_items_come_oldest_first(void **state)
{
	struct heard h = hear_text(NULL,
	    "<rss><channel>"
	    "<item><guid>b</guid><title>t</title><pubDate>2026-01-02"
	    "</pubDate></item>"
	    "<item><guid>a</guid><title>t</title><pubDate>2026-01-01"
	    "</pubDate></item>"
	    "<item><guid>c</guid><title>t</title><pubDate>2026-01-03"
	    "</pubDate></item></channel></rss>");

	(void)state;
	assert_string_equal(h.posts.at[0].id, "a");
	assert_string_equal(h.posts.at[1].id, "b");
	assert_string_equal(h.posts.at[2].id, "c");
	heard_free(&h);
}

/* --- encodings --------------------------------------------------------- */

static void
test_the_encoding_is_found(void **state)
{
	struct heard h = hear_file(DIR "euc-kr-attribute.xml");
	struct exchange x;

	(void)state;
	assert_string_equal(h.posts.at[0].text, "\xeb\x85\x84");
	heard_free(&h);
	h = hear_file(DIR "demoronize-2.xml");
	assert_string_equal(h.posts.at[0].text, "don\xe2\x80\x99t");
	heard_free(&h);

	/* as its comment says, it is served with windows-1252 */
	exchange_load(&x, DIR "http_text_xml_charset_2.xml", URL);
	free(x.headers);
	x.headers = cq_strdup("Content-Type: text/xml; charset=windows-1252\n");
	h = hear(&src_feed, &feed, "", &x);
	exchange_free(&x);
	assert_string_equal(h.posts.at[0].text,
	    "Foo\nThis is a \xc2\xa3\xe2\x80\x9ctest.\xe2\x80\x9d");
	heard_free(&h);
}

#define TITLED(title) \
	"<rss><channel><item><title>" title "</title></item></channel></rss>"

static void
title_is(const char *headers, const char *doc, size_t n, const char *title)
{
	struct heard h = hear_bytes(200, headers, doc, n);

	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].text, title);
	heard_free(&h);
}

static void
test_a_mark_beats_the_header_and_that_the_document(void **state)
{
#define LATIN "<?xml version='1.0' encoding='iso-8859-1'?>"
	static const char marked[] = "\xef\xbb\xbf" LATIN TITLED("\xc3\xbc");
	static const char lying[] =
	    "<?xml version='1.0' encoding='utf-8'?>" TITLED("\xfc");
	static const char koi8[] =
	    "<?xml version='1.0' encoding='koi8-r'?>" TITLED("\xc1");

	(void)state;
	title_is("Content-Type: text/xml; charset=koi8-r\n", marked,
	    sizeof(marked) - 1, "\xc3\xbc");
	title_is("Content-Type: text/xml; charset=koi8-r\n", lying,
	    sizeof(lying) - 1, "\xd0\xad");
	title_is(NULL, koi8, sizeof(koi8) - 1, "\xd0\xb0");
	/* what is neither declared nor UTF-8 is Windows-1252 */
	title_is(NULL, lying, sizeof(lying) - 1, "\xc3\xbc");
	title_is("Content-Type: text/xml; charset=nonsense\n", lying,
	    sizeof(lying) - 1, "\xc3\xbc");
}

static void
test_utf8_declared_as_latin_is_still_utf8(void **state)
{
	static const char doc[] = TITLED("\xe6\x97\xa5");

	(void)state;
	title_is("Content-Type: text/xml; charset=ISO-8859-1\n", doc,
	    sizeof(doc) - 1, "\xe6\x97\xa5");
}

/* --- broken and hostile documents -------------------------------------- */

static void
test_broken_markup_is_recovered(void **state)
{
	static const char *const docs[] = {
	    "\n\n  <?xml version='1.0'?>" TITLED("a & b"),
	    "rubbish" TITLED("a & b"),
	    "<rss><channel><item><title>a & b</title>",
	    "<rss><channel><item><title>a & b</title></channel></rss>",
	    "<rss><channel><dc:x/><item><title>a &amp; b</title></item>"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		struct heard h = hear_text(NULL, docs[i]);

		assert_string_equal(h.err.msg, "");
		assert_int_equal(h.posts.n, 1);
		assert_string_equal(h.posts.at[0].text, "a & b");
		heard_free(&h);
	}
}

static void
test_what_is_no_feed_is_an_error_and_not_empty(void **state)
{
	struct exchange x;
	size_t i;
	static const char *const others[] = {"", "hello", "<a/>", "{}", "[]",
	    "{\"items\":1}", "<rss", "\x89PNG\r\n\x1a\n", "<?xml?>"};

	(void)state;
	fails(hear_text(NULL, "<!DOCTYPE html><html><body>x"), web_page);
	fails(hear_text("Content-Type: application/rss+xml\n",
		  " <html xmlns='http://www.w3.org/1999/xhtml'/>"),
	    web_page);
	fails(hear_text(NULL, "<?xml version='1.0'?><html/>"), web_page);
	for (i = 1; i < sizeof(others) / sizeof(others[0]); i++)
		fails(hear_text(NULL, others[i]), no_feed);
	fails(hear_text(NULL, ""),
	    "feed.example answered with nothing instead of a feed; check the "
	    "address");
	exchange_load(&x, DIR "notafeed.html", URL);
	fails(hear(&src_feed, &feed, "", &x), web_page);
	exchange_free(&x);
	exchange_load(&x, DIR "html-with-json-and-atom.meta.json", URL);
	fails(hear(&src_feed, &feed, "", &x), web_page);
	exchange_free(&x);
}

static void
test_declared_entities_are_not_known(void **state)
{
	static const char *const decls[] = {"<!ENTITY a 'x'>",
	    "<!ENTITY a SYSTEM 'file:///etc/passwd'>",
	    "<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x'> %p;",
	    "<!ATTLIST item x CDATA 'y'>", "<!ELEMENT rss ANY>",
	    "<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(decls) / sizeof(decls[0]); i++) {
		char *doc = cq_format("<?xml version='1.0'?><!DOCTYPE rss "
				      "[%s]>" TITLED("1 &a; 2 &eacute;"),
		    decls[i]);
		struct heard h = hear_text(NULL, doc);

		assert_string_equal(h.err.msg, "");
		assert_string_equal(h.posts.at[0].text, "1 &a; 2 \xc3\xa9");
		heard_free(&h);
		free(doc);
	}
}

static void
test_nothing_outside_is_read(void **state)
{
	struct heard h = hear_text(NULL,
	    "<!DOCTYPE rss SYSTEM 'file:///etc/passwd'>"
	    "<rss xmlns:xi='http://www.w3.org/2001/XInclude'><channel><item>"
	    "<title>t&nbsp;u</title><description>"
	    "<xi:include href='file:///etc/passwd' parse='text'/>d"
	    "</description></item></channel></rss>");

	(void)state;
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].text, "t\xc2\xa0u\nd");
	heard_free(&h);
}

static void
test_deep_and_wide_documents_do_no_harm(void **state)
{
	struct cq_buf b = {0};
	struct heard h;
	int i;

	(void)state;
	for (i = 0; i < 300000; i++)
		cq_buf_str(&b, "<a>");
	fails(hear_bytes(200, NULL, b.s, b.n), no_feed);
	cq_buf_clear(&b);
	cq_buf_str(&b, "<rss><channel>");
	for (i = 0; i < 300000; i++)
		cq_buf_str(&b, "<a/>");
	cq_buf_str(&b, "<item><title>t</title></item>");
	h = hear_bytes(200, NULL, b.s, b.n);
	assert_int_equal(h.posts.n, 1);
	heard_free(&h);
	cq_buf_clear(&b);
	cq_buf_str(&b, "<rss><channel><item><title>t</title>");
	for (i = 0; i < 300000; i++)
		cq_buf_str(&b, "<a/>");
	cq_buf_str(&b, "<guid>behind too many</guid></item>");
	h = hear_bytes(200, NULL, b.s, b.n);
	assert_string_equal(h.posts.at[0].text, "t");
	heard_free(&h);
	cq_buf_clear(&b);
	cq_buf_str(&b, "<rss><channel>");
	for (i = 0; i < FEED_ITEMS_MAX + 1; i++)
		cq_buf_str(&b, "<item/>");
	fails(hear_bytes(200, NULL, b.s, b.n),
	    "this feed has more than 100000 items: not read");
	cq_buf_clear(&b);
	cq_buf_str(&b, "<rss><channel><item><title>");
	for (i = 0; i < 100000; i++)
		cq_buf_str(&b, "&lt;b&gt;");
	cq_buf_str(&b, "x</title></item></channel></rss>");
	h = hear_bytes(200, NULL, b.s, b.n);
	assert_string_equal(h.posts.at[0].text, "x");
	heard_free(&h);
	cq_buf_free(&b);
}

static void
test_bytes_that_are_no_utf8_reach_no_post(void **state)
{
	struct heard h = hear_text(NULL,
	    "\xef\xbb\xbf<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf="
	    "'http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
	    "<item rdf:about='a\xff'><title>t\xff</title>"
	    "<link>http://e.org/\xff</link></item></rdf:RDF>");
	struct cq_err err = {0};

	(void)state;
	assert_int_equal(h.posts.n, 1);
	cq_post_check(&h.posts.at[0], &err);
	assert_string_equal(err.msg, "");
	heard_free(&h);
}

static void
test_no_cut_or_flipped_document_does_harm(void **state)
{
	static const char *const files[] = {DIR "rss_2.0.xml",
	    DIR "atom_0.3.xml", DIR "jsonfeed-top-level-author.meta.json",
	    DIR "feed-utf16be.xml", DIR "euc-kr-attribute.xml"};
	uint32_t dice = 1;
	size_t i, k, p;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct exchange x;

		exchange_load(&x, files[i], URL);
		for (k = 0; k < 150; k++) {
			size_t n =
			    k % 2 == 0 ? x.answer.n * k / 150 : x.answer.n;
			char *copy = cq_strndup(x.body, n);
			struct heard h;

			for (p = 0; k % 2 == 1 && p < 5; p++) {
				dice = dice * 1664525 + 1013904223;
				copy[(dice >> 8) % n] = (char)(dice >> 24);
			}
			h = hear_bytes(200, NULL, copy, n);
			assert_true(h.status == CQ_OK || h.status == CQ_NET);
			for (p = 0; p < h.posts.n; p++) {
				struct cq_err err = {0};

				cq_post_check(&h.posts.at[p], &err);
				assert_string_equal(err.msg, "");
			}
			heard_free(&h);
			free(copy);
		}
		exchange_free(&x);
	}
}

/* --- asking again ------------------------------------------------------ */

static const char *
asked(const struct src_request *req, const char *name)
{
	size_t i, n = strlen(name);

	for (i = 0; i < req->n_headers; i++)
		if (strncmp(req->headers[i], name, n) == 0)
			return req->headers[i] + n + 2;
	return NULL;
}

static void
test_validators_go_back_exactly_as_they_came(void **state)
{
	static const char etag[] = "W/\"5ba-Vx/akzStuU3Ht2jimO70IqeLA/I\"";
	struct heard h = hear_file(DIR "nodebb-topic-rss.meta.json");
	struct src_request req;

	(void)state;
	assert_int_equal(src_feed.ask(&(struct src_visit){.source = &feed,
					  .cursor = h.next.cursor},
			     &req, NULL),
	    CQ_OK);
	assert_string_equal(req.url, URL);
	assert_string_equal(asked(&req, "If-None-Match"), etag);
	assert_null(asked(&req, "If-Modified-Since"));
	src_request_free(&req);
	heard_free(&h);

	h = hear_text("Last-Modified: Mon, 23 Nov 2026 13:07:00 GMT\n"
		      "ETag: \"a\"\n",
	    TITLED("t"));
	assert_int_equal(src_feed.ask(&(struct src_visit){.source = &feed,
					  .cursor = h.next.cursor},
			     &req, NULL),
	    CQ_OK);
	assert_string_equal(asked(&req, "If-None-Match"), "\"a\"");
	assert_string_equal(asked(&req, "If-Modified-Since"),
	    "Mon, 23 Nov 2026 13:07:00 GMT");
	src_request_free(&req);
	heard_free(&h);

	assert_int_equal(src_feed.ask(&(struct src_visit){.source = &feed,
					  .cursor = ""},
			     &req, NULL),
	    CQ_OK);
	assert_null(asked(&req, "If-None-Match"));
	assert_false(req.token);
	src_request_free(&req);
}

static void
test_not_modified_is_nothing_new(void **state)
{
	struct exchange x;
	struct heard h;

	(void)state;
	exchange_make(&x, 304, NULL, "", 0, URL);
	h = hear(&src_feed, &feed, "E\"a\"", &x);
	assert_int_equal(h.status, CQ_OK);
	assert_int_equal(h.posts.n, 0);
	assert_null(h.next.cursor);
	assert_false(h.next.more);
	heard_free(&h);
	/* but not if nothing was asked for conditionally */
	h = hear(&src_feed, &feed, "", &x);
	assert_int_equal(h.status, CQ_NET);
	heard_free(&h);
	exchange_free(&x);
}

static void
test_gone_pauses_and_patience_is_kept(void **state)
{
	struct heard h = hear_bytes(410, NULL, "", 0);

	(void)state;
	assert_true(h.next.pause);
	fails(h,
	    "feed.example says that this is gone for good (410): remove "
	    "this source, and add its new address if there is one");
	h = hear_bytes(429, "Retry-After: 120\n", "", 0);
	assert_int_equal(h.next.wait_s, 120);
	assert_false(h.next.pause);
	fails(h,
	    "feed.example asks for patience (429): it will be asked again "
	    "later");
	h = hear_bytes(401, NULL, "", 0);
	assert_true(h.next.pause);
	heard_free(&h);
}

/* Many servers say 403 to whom they find too eager. */
static void
test_a_feed_that_is_forbidden_is_asked_again_unless_it_had_a_token(void **state)
{
	struct cq_source secret = feed;
	struct src_visit visit = exchange_visit(&secret, "");
	struct heard h = hear_bytes(403, NULL, "", 0);

	(void)state;
	assert_false(h.next.pause);
	fails(h,
	    "feed.example does not answer (403): it will be asked again later; "
	    "if it wants a token: caseq source set news --token-file FILE");
	h = hear_bytes(403, "Retry-After: 90\n", "", 0);
	assert_int_equal(h.next.wait_s, 90);
	fails(h,
	    "feed.example asks for patience (403): it will be asked again "
	    "later");
	secret.token_file = "/nonexistent";
	h = hear_answer(&src_feed, &visit, 403, NULL, "");
	assert_true(h.next.pause);
	assert_true(h.next.refused);
	fails(h,
	    "feed.example refused the token: make a new one and put it in the "
	    "token file");
}

static void
test_a_feed_has_no_query(void **state)
{
	struct cq_source s = feed;
	struct cq_err err = {0};

	(void)state;
	assert_int_equal(src_feed.check(&s, &err), CQ_OK);
	s.query = "#acme";
	assert_int_equal(src_feed.check(&s, &err), CQ_INPUT);
	s.query = NULL;
	s.address = "file:///etc/passwd";
	assert_int_equal(src_feed.check(&s, &err), CQ_INPUT);
	s.address = "https:///x";
	assert_int_equal(src_feed.check(&s, &err), CQ_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_format_gives_its_items),
	    cmocka_unit_test(test_a_forum_reply_arrives_whole),
	    cmocka_unit_test(test_a_json_feed_gives_its_items),
	    cmocka_unit_test(test_xhtml_under_any_prefix_becomes_text),
	    cmocka_unit_test(test_authors_are_found_where_they_stand),
	    cmocka_unit_test(
		test_reviews_and_threads_keep_what_atom_says_of_them),
	    cmocka_unit_test(
		test_the_title_is_the_first_line_unless_the_text_has_it),
	    cmocka_unit_test(test_rss_text_is_html_only_if_it_looks_so),
	    cmocka_unit_test(test_atom_text_is_what_its_type_says),
	    cmocka_unit_test(test_relative_links_stand_on_the_feed),
	    cmocka_unit_test(test_the_id_is_guid_then_link_then_a_digest),
	    cmocka_unit_test(test_a_guid_that_items_share_is_no_id),
	    cmocka_unit_test(test_a_long_guid_is_shortened_the_same_each_time),
	    cmocka_unit_test(test_times_are_read_as_feeds_write_them),
	    cmocka_unit_test(test_items_come_oldest_first),
	    cmocka_unit_test(test_the_encoding_is_found),
	    cmocka_unit_test(
		test_a_mark_beats_the_header_and_that_the_document),
	    cmocka_unit_test(test_utf8_declared_as_latin_is_still_utf8),
	    cmocka_unit_test(test_broken_markup_is_recovered),
	    cmocka_unit_test(test_what_is_no_feed_is_an_error_and_not_empty),
	    cmocka_unit_test(test_declared_entities_are_not_known),
	    cmocka_unit_test(test_nothing_outside_is_read),
	    cmocka_unit_test(test_deep_and_wide_documents_do_no_harm),
	    cmocka_unit_test(test_bytes_that_are_no_utf8_reach_no_post),
	    cmocka_unit_test(test_no_cut_or_flipped_document_does_harm),
	    cmocka_unit_test(test_validators_go_back_exactly_as_they_came),
	    cmocka_unit_test(test_not_modified_is_nothing_new),
	    cmocka_unit_test(test_gone_pauses_and_patience_is_kept),
	    cmocka_unit_test(
		test_a_feed_that_is_forbidden_is_asked_again_unless_it_had_a_token),
	    cmocka_unit_test(test_a_feed_has_no_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
