#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/adapters.h"
#include "sources/json.h"
#include "sources/maps.h"
#include "tests/file.h"
#include "tests/mapped.h"

/* Maps that cannot work, and what a person is told about them. */

/* As if a person gave it. */
static enum cq_status
check(const struct cq_source *s, struct cq_err *err)
{
	enum cq_status rc = src_json.check(s, err);

	return rc == CQ_OK ? src_json.check_given(s, err) : rc;
}

static void
told(const char *map, const char *query, const char *msg)
{
	struct cq_source s = mapped("https://api.example/v1", query, map);
	struct cq_err err = {0};

	assert_int_equal(check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, msg);
	free(s.options);
}

/* It is told to who gives it, but one that is stored is read on. */
static void
told_once(const char *map, const char *msg)
{
	struct cq_source s = mapped("https://api.example/v1", "", map);
	struct cq_err err = {0};

	assert_int_equal(src_json.check(&s, &err), CQ_OK);
	free(s.options);
	told(map, "", msg);
}

static void
good(const char *map, const char *query)
{
	struct cq_source s = mapped("https://api.example/v1", query, map);
	struct cq_err err = {0};

	check(&s, &err);
	assert_string_equal(err.msg, "");
	free(s.options);
}

#define POST "'post':{'id':'/id','text':'/text','time':'/at'}"
#define MAP(more) "{'url':'{address}/x','items':''," more POST "}"
#define URL(url, more) "{'url':'{address}" url "','items':''," more POST "}"
#define OF_POST(more)                                                          \
	"{'url':'{address}/x','items':'','post':{'id':'/id','text':'/t'," more \
	"}}"

static void
test_a_source_without_a_map_is_told_how_to_get_one(void **state)
{
	static const char need[] =
	    "this adapter needs a map: --map FILE, or the name of one that "
	    "\"caseq source map\" lists";
	struct cq_source s = {.address = "https://api.example", .query = ""};
	struct cq_err err = {0};

	(void)state;
	assert_int_equal(src_json.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, need);
	s.options = "{\"monthly_cap\":5}";
	assert_int_equal(src_json.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, need);
	s.options = "{\"map\":5}";
	assert_int_equal(src_json.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg, need);
	told("", "", "the map is no valid JSON");
	told("[]", "", "the map must be a JSON object without NUL");
	told("{'about':'a\\u0000b'}", "",
	    "the map must be a JSON object without NUL");
}

static void
test_members_that_are_missing_or_not_known_are_named(void **state)
{
	(void)state;
	good(MAP(""), "");
	told("{}", "",
	    "map: url is missing: what to ask, such as "
	    "\"{address}/complaints?since={since}\"");
	told("{'url':'{address}'}", "",
	    "map: post is missing: where an item holds id, time, text and so "
	    "on");
	told("{'url':'{address}'," POST "}", "",
	    "map: items is missing: the pointer to the list, or \"\" if the "
	    "answer is a list");
	told(MAP("'itmes':'/x',"), "",
	    "map: there is no member 'itmes'; see caseq-sources(5)");
	told(OF_POST("'auhtor':'/a'"), "",
	    "map: there is no member 'post/auhtor'; see caseq-sources(5)");
	told(MAP("'next':{'pages':1},"), "",
	    "map: there is no member 'next/pages'; see caseq-sources(5)");
	told(MAP("'url':'{address}/y',"), "", "map: url stands there twice");
	told("{'url':'{address}','items':'','post':{'text':'/t'}}", "",
	    "map: post/id is missing");
	told("{'url':'{address}','items':'','post':{'id':'/i'}}", "",
	    "map: post needs a text or a title");
	told(MAP("'whole':1,"), "", "map: whole must be true or false");
	told(MAP("'every':'soon',"), "",
	    "map: every must be a length of time such as \"10m\"");
	told(MAP("'about':5,"), "", "map: about must be a text");
	told(MAP("'more':'has_more',"), "",
	    "map: more must be a JSON Pointer such as \"/results\"");
}

static void
test_an_address_that_cannot_be_made_is_told(void **state)
{
	(void)state;
	told("{'url':'https://other.example','items':''," POST "}", "",
	    "map: url must begin with {address}, as in "
	    "\"{address}/complaints?since={since}\"");
	told("{'url':'{address}.evil.example/x','items':''," POST "}", "",
	    "map: url must begin with {address}, as in "
	    "\"{address}/complaints?since={since}\"");
	told(URL("?key={token}", ""), "",
	    "map: url: {token} is none of {address}, {query}, {query.NAME}, "
	    "{since}, {cursor}, {page}, {offset}; a token belongs into "
	    "headers");
	told(URL("?q={query", ""), "",
	    "map: url: {query is none of {address}, {query}, {query.NAME}, "
	    "{since}, {cursor}, {page}, {offset}");
	told(URL("?q=1]", ""), "",
	    "map: url has a bracket without its other one: a part in [ ] is "
	    "left out if a value in it is empty; %5B and %5D mean brackets");
	told(URL("[?q=1", ""), "", "map: url has a [ without its ]");
	told(URL("?q={query}", ""), "", "the map asks for {query}");
	good(URL("[?q={query}]", ""), "");
	told(URL("?a={query.a}", "'query':'a=WHAT',"), "b=1",
	    "'b' in the query is no part that the map asks for; the query is: "
	    "a=WHAT");
	told(URL("?a={query.a}", "'query':'a=WHAT',"), "",
	    "the map asks for {query.a}; the query is: a=WHAT");
	good(URL("?a={query.a}[&b={query.b}]", ""), "a=1");
	told(URL("?s={since}", ""), "",
	    "map: url has {since}: say its form, such as \"since\": "
	    "{\"format\": \"rfc3339\"}");
	told(URL("?p={page}", ""), "",
	    "map: {page} in the url and next/page belong together");
	told(URL("?c={cursor}", "'next':{'cursor':'/n'},"), "",
	    "the map asks for {cursor}, which the first page lacks: put it "
	    "into [ ]");
	good(URL("[?c={cursor}]", "'next':{'cursor':'/n'},"), "");
}

static void
test_addresses_that_are_none_are_refused(void **state)
{
	struct cq_source s = mapped("https://api.example/?a=b", "", MAP(""));
	struct cq_err err = {0};

	(void)state;
	assert_int_equal(src_json.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg,
	    "give the address without ? and #: the map adds what stands "
	    "behind it");
	s.address = "http://api.example";
	assert_int_equal(src_json.check(&s, &err), CQ_INPUT);
	s.address = "https://api.example";
	s.query = "a\nb";
	assert_int_equal(src_json.check(&s, &err), CQ_INPUT);
	assert_string_equal(err.msg,
	    "the query must be one line of at most 1000 bytes");
	free(s.options);
}

static void
test_a_secret_does_not_belong_into_a_map(void **state)
{
	(void)state;
	told(MAP("'headers':{'X-Api-Key':'abc123'},"), "",
	    "map: headers/X-Api-Key: a secret does not belong into a map: "
	    "write {token} there, and give the source a token file");
	told(MAP("'headers':{'authorization':'Basic eDp5'},"), "",
	    "map: headers/authorization: a secret does not belong into a map: "
	    "write {token} there, and give the source a token file");
	told(MAP("'headers':{'Host':'x'},"), "",
	    "map: headers/Host is not for a map to set");
	told(MAP("'headers':{'A b':'x'},"), "",
	    "map: headers: 'A b' is no name of a header");
	told(MAP("'headers':{'A':'x\\r\\nB: y'},"), "",
	    "map: headers/A must be one line of text");
	told(MAP("'headers':{'A':'','B':'x'},"), "",
	    "map: headers/A must be one line of text");
	told(MAP("'headers':['A'],"), "",
	    "map: headers must be an object of names and texts");
	told(MAP("'headers':{'A':'1','B':'1','C':'1','D':'1','E':'1','F':'1',"
		 "'G':'1','H':'1'},"),
	    "", "map: headers holds more than 7");
	told(MAP("'needs_token':true,"), "",
	    "the map says that the service wants a token: give the source a "
	    "token file");
	good(MAP("'headers':{'X-Api-Key':'{token}','Accept':'a/b'},"), "");
}

static void
test_times_that_cannot_be_read_or_sent_are_told(void **state)
{
	(void)state;
	told(OF_POST("'time':{'at':'/d','format':'iso'}"), "",
	    "map: post/time/format: 'iso' is none; say rfc3339, epoch, "
	    "epoch_ms, date, mm/dd/yyyy, floating, or a form such as "
	    "%d.%m.%Y");
	told(OF_POST("'time':{'at':'/d','format':'floating'}"), "",
	    "map: post/time: a floating time needs a zone, such as "
	    "\"EST5EDT,M3.2.0,M11.1.0\" or \"+01:00\"");
	told(OF_POST("'time':{'at':'/d','zone':'UTC'}"), "",
	    "map: post/time: times of the form rfc3339 tell their zone: leave "
	    "out zone");
	told(OF_POST("'time':{'at':'/d','format':'date','zone':'Berlin'}"), "",
	    "map: post/time/zone: 'Berlin' is none; say UTC, +01:00 or a rule "
	    "such as EST5EDT,M3.2.0,M11.1.0");
	told(OF_POST("'time':{'format':'date'}"), "",
	    "map: post/time/at must be a pointer such as \"/text\"");
	told(URL("?s={since}", "'since':{'format':'%d %b %Y'},"), "",
	    "map: since/format: '%d %b %Y' can be read but not written");
	told("{'url':'{address}?s={since}','items':'','since':{},'post':"
	     "{'id':'/i','text':'/t'}}",
	    "",
	    "map: {since} goes on from the time of the newest item: post "
	    "needs a time, or since a by");
	told(MAP("'since':{'overlap':'2'},"), "",
	    "map: since is for times in the address, and url has no {since}");
	told(URL("?s={since}", "'since':{'overlap':'x'},"), "",
	    "map: since/overlap must be a length of time such as \"10m\"");
}

static void
test_pages_that_cannot_be_walked_are_told(void **state)
{
	(void)state;
	told(MAP("'next':{},"), "",
	    "map: next says one of cursor, url, link, page, offset");
	told(MAP("'next':{'url':'/n','link':'next'},"), "",
	    "map: next says one of cursor, url, link, page, offset");
	told(MAP("'next':{'url':'n'},"), "",
	    "map: next/url must be a pointer, such as \"/meta/next\"");
	told(URL("?p={page}", "'next':{'page':'/n'},"), "",
	    "map: next/page is the number of the first one: 0 or 1");
	told(MAP("'order':'descending',"), "",
	    "map: order: 'descending' is none of newest_first, oldest_first, "
	    "none");
	told("{'url':'{address}?p={page}','items':'','next':{'page':1},"
	     "'order':'newest_first','post':{'id':'/i','text':'/t'}}",
	    "",
	    "map: pages that are newest_first are read back to a time: post "
	    "needs a time");
	told(URL("?p={page}", "'next':{'page':1},'whole':true,"), "",
	    "map: whole means that one answer holds all there is: leave out "
	    "{since} and next");
	told(URL("?p={page}", "'next':{'page':1},'order':'oldest_first',"), "",
	    "map: pages by number that are oldest_first need a page_size");
	told(MAP("'page_size':0,"), "",
	    "map: page_size is the number of items that a full answer holds");
	told(MAP("'limit':{'reset':'X-Reset'},"), "",
	    "map: limit/kind says what the header in limit/reset holds: time, "
	    "epoch or seconds");
}

static void
test_places_in_an_item_that_are_none_are_told(void **state)
{
	(void)state;
	told(OF_POST("'author':5"), "",
	    "map: post/author must be a pointer such as \"/text\"");
	told(OF_POST("'author':'/a~b'"), "",
	    "map: post/author: '/a~b' is no JSON Pointer: \"~\" is written "
	    "~0, \"/\" in a name ~1");
	told(OF_POST("'link':'https://x.example/{id}'"), "",
	    "map: post/link: 'https://x.example/{id}' has braces without a "
	    "pointer such as {/id}");
	told(OF_POST("'link':'https://x.example/{/id'"), "",
	    "map: post/link: 'https://x.example/{/id' has braces without a "
	    "pointer such as {/id}");
	told(OF_POST("'title':[]"), "", "map: post/title is an empty list");
	told(OF_POST("'bot':true"), "",
	    "map: post/bot must be a pointer, or a list of pointers");
	told(OF_POST("'gone':['/a','b']"), "",
	    "map: post/gone must be a pointer, or a list of pointers");
	told(MAP("'skip':[],"), "",
	    "map: skip must be a pointer, or a list of pointers");
	told(OF_POST("'rating':'five'"), "",
	    "map: post/rating must be a pointer, or an object of at, worst "
	    "and best");
	told(OF_POST("'rating':{'at':'/r','worst':1}"), "",
	    "map: post/rating needs the numbers worst and best of its scale");
	told(OF_POST("'extra':{'a':1}"), "",
	    "map: post/extra/a must be a pointer such as \"/text\"");
	good(OF_POST("'handle':'{/a}@{/b|host}','gone':['/a','/b/0']"), "");
}

#define NO_POINTER(member, s) \
	"map: " member ": '" s "' holds no pointer: did you mean \"/" s "\"?"

/* A forgotten slash would give every post the same id, text or author. */
static void
test_words_without_a_pointer_stand_for_nothing_but_a_language(void **state)
{
	static const char *const members[] = {"title", "author", "author_name",
	    "handle", "followers", "link", "uri", "conversation", "in_reply_to",
	    "repost_of", "quote_of", "time"};
	char *map, *msg;
	size_t i;

	(void)state;
	told("{'url':'{address}','items':'','post':{'id':'id','text':'/t'}}",
	    "", NO_POINTER("post/id", "id"));
	told("{'url':'{address}','items':'','post':{'id':['/id','no'],"
	     "'text':'/t'}}",
	    "", NO_POINTER("post/id", "no"));
	told_once("{'url':'{address}','items':'','post':{'id':'/id',"
		  "'text':['/t','words']}}",
	    NO_POINTER("post/text", "words"));
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		map = cq_format("{'url':'{address}','items':'','post':{"
				"'id':'/id','text':'/t','%s':'name'}}",
		    members[i]);
		msg = cq_format(NO_POINTER("post/%s", "name"), members[i]);
		told_once(map, msg);
		free(map);
		free(msg);
	}
	told_once(OF_POST("'time':{'at':'at','format':'date'}"),
	    NO_POINTER("post/time/at", "at"));
	told_once(URL("?s={since}", "'since':{'by':'changed'},"),
	    NO_POINTER("since/by", "changed"));
	good(OF_POST("'lang':'en','extra':{'kind':'complaint'},"
		     "'title':'No. {/id}','link':['https://x.example/{/id}']"),
	    "");
}

static void
test_a_map_is_at_most_64_kib(void **state)
{
	struct cq_buf map = {0};

	(void)state;
	cq_buf_str(&map, MAP(""));
	while (map.n < 64 * 1024)
		cq_buf_char(&map, ' ');
	good(map.s, "");
	cq_buf_char(&map, ' ');
	told(map.s, "", "the map is longer than 65536 bytes");
	cq_buf_free(&map);
}

/* --- the maps that come with the program -------------------------------- */

static void
test_every_map_that_ships_is_good(void **state)
{
	static const struct {
		const char *name, *query;
	} queries[] = {{"nhtsa", "make=ACME&model=ROADSTER&year=2020"},
	    {"socrata-311", "dataset=erm2-nwe9"}, {"open311", ""},
	    {"lemmy", "late parcel"}, {"lemmy-posts", "late parcel"}};
	size_t i, n;

	(void)state;
	for (n = 0; src_maps[n].name != NULL; n++) {
		struct cq_source s;
		struct cq_err err = {0};

		for (i = 0; i < 5; i++)
			if (strcmp(queries[i].name, src_maps[n].name) == 0)
				break;
		assert_true(i < 5);
		s = mapped_by("https://api.example", queries[i].query,
		    src_maps[n].name);
		src_json.check(&s, &err);
		assert_string_equal(err.msg, "");
		free(s.options);
	}
	assert_int_equal(n, 5);
}

/* The example of the page for people, between .Bd and .Ed. */
static void
test_the_map_in_the_man_page_is_good(void **state)
{
	size_t n;
	char *page = file_read("man/caseq-sources.5", &n), *map, *end;

	(void)state;
	page[n] = '\0';
	map = strstr(page, "\n.Ss json");
	map = strchr(strstr(map, "\n.Bd -literal"), '{');
	end = strstr(map, "\n.Ed");
	assert_non_null(end);
	*end = '\0';
	good(map, "");
	free(page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_a_source_without_a_map_is_told_how_to_get_one),
	    cmocka_unit_test(
		test_members_that_are_missing_or_not_known_are_named),
	    cmocka_unit_test(test_an_address_that_cannot_be_made_is_told),
	    cmocka_unit_test(test_addresses_that_are_none_are_refused),
	    cmocka_unit_test(test_a_secret_does_not_belong_into_a_map),
	    cmocka_unit_test(test_times_that_cannot_be_read_or_sent_are_told),
	    cmocka_unit_test(test_pages_that_cannot_be_walked_are_told),
	    cmocka_unit_test(test_places_in_an_item_that_are_none_are_told),
	    cmocka_unit_test(
		test_words_without_a_pointer_stand_for_nothing_but_a_language),
	    cmocka_unit_test(test_a_map_is_at_most_64_kib),
	    cmocka_unit_test(test_every_map_that_ships_is_good),
	    cmocka_unit_test(test_the_map_in_the_man_page_is_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
