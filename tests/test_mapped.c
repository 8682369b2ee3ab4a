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
#include "tests/exchange.h"
#include "tests/file.h"
#include "tests/mapped.h"

#define DIR "tests/fixtures/json/"
#define AT "https://api.example"
#define DAY (24 * 3600)

static struct heard
hear_text(const struct cq_source *s, const char *cursor, int status,
    const char *headers, const char *body)
{
	struct src_visit visit = exchange_visit(s, cursor);
	struct heard h = hear_answer(&src_json, &visit, status, headers, body);

	if (visit.memory != NULL)
		src_json.forget(visit.memory);
	return h;
}

static char *
asked(const struct cq_source *s, const char *cursor)
{
	struct src_visit visit = exchange_visit(s, cursor);
	struct src_request req;
	struct cq_err err = {0};
	char *url;

	src_json.ask(&visit, &req, &err);
	assert_string_equal(err.msg, "");
	url = cq_strdup(req.url);
	src_request_free(&req);
	src_json.forget(visit.memory);
	return url;
}

static void
asks(const struct cq_source *s, const char *cursor, const char *url)
{
	char *got = asked(s, cursor);

	assert_string_equal(got, url);
	free(got);
}

/* --- recorded answers --------------------------------------------------- */

static void
test_a_recorded_page_of_socrata_is_read_by_a_map_of_ones_own(void **state)
{
	static const char map[] =
	    "{'url':'{address}/resource/uczf-rk3c.json','items':'',"
	    "'whole':true,'post':{'id':'/countid','text':'{/counts} bicycles',"
	    "'time':{'at':'/date','format':'floating',"
	    "'zone':'EST5EDT,M3.2.0,M11.1.0'},'conversation':'/id',"
	    "'followers':'/counts','extra':{'status':'/status'}}}";
	struct cq_source s = mapped("https://data.cityofnewyork.us", "", map);
	struct exchange x;
	struct heard h;

	(void)state;
	exchange_load(&x, DIR "socrata-page.body.json", s.address);
	h = hear(&src_json, &s, "", &x);
	exchange_free(&x);
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 6);
	assert_string_equal(h.posts.at[0].id, "19831896");
	assert_string_equal(h.posts.at[0].text, "27 bicycles");
	assert_int_equal(h.posts.at[0].created_at, 1685764800); /* 04:00Z */
	assert_string_equal(h.posts.at[0].conversation, "100009425");
	assert_int_equal(h.posts.at[0].author_followers, 27);
	assert_string_equal(h.posts.at[0].extra, "{\"status\":\"0\"}");
	assert_string_equal(h.posts.at[5].id, "19831901");
	assert_string_equal(h.next.cursor, "1685769300");
	assert_false(h.next.more);
	heard_free(&h);
	free(s.options);
}

static void
test_a_recorded_404_of_socrata_is_told_in_its_own_words(void **state)
{
	struct cq_source s = mapped_by("https://data.cityofnewyork.us",
	    "dataset=song-s000", "socrata-311");
	struct exchange x;

	(void)state;
	exchange_load(&x, DIR "socrata-missing.meta.json", s.address);
	heard_fails(hear(&src_json, &s, "5", &x),
	    "data.cityofnewyork.us says: Not found (404)", 0, false);
	exchange_free(&x);

	/* but not where a token was sent, which some repeat */
	s.token_file = "/nonexistent";
	exchange_load(&x, DIR "socrata-missing.meta.json", s.address);
	heard_fails(hear(&src_json, &s, "5", &x),
	    "data.cityofnewyork.us knows no such page (404): check address "
	    "and query",
	    0, false);
	exchange_free(&x);
	free(s.options);
}

/* The specification prints a number with leading zeros. */
static void
test_the_sample_of_the_open311_specification_is_no_json(void **state)
{
	struct cq_source s = mapped_by(AT, "", "open311");
	size_t n;
	char *body = file_read(DIR "open311-requests.json", &n), *zeros;
	struct heard h;
	int i;

	(void)state;
	body[n] = '\0';
	heard_fails(hear_text(&s, "", 200, NULL, body),
	    "api.example answered with something else instead of JSON; check "
	    "the address",
	    0, false);
	for (i = 0; i < 2; i++) { /* as it must have been meant */
		zeros = strstr(body, ":006");
		assert_non_null(zeros);
		memcpy(zeros, ":  6", 4);
	}
	h = hear_text(&s, "", 200, NULL, body);
	assert_string_equal(h.err.msg, "");
	assert_true(h.next.more); /* the next page may hold more */
	assert_int_equal(h.posts.n, 0);
	heard_free(&h);

	struct src_visit visit = exchange_visit(&s, "");
	h = hear_answer(&src_json, &visit, 200, NULL, body);
	heard_free(&h);
	h = hear_answer(&src_json, &visit, 200, NULL, "[]");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "638344");
	assert_string_equal(h.posts.at[0].text,
	    "Sidewalk and Curb Issues\n\n8TH AVE and JUDAH ST");
	assert_int_equal(h.posts.at[0].created_at, 1271255858);
	assert_string_equal(h.posts.at[0].extra,
	    "{\"status\":\"closed\",\"notes\":\"Duplicate request.\","
	    "\"updated\":\"2010-04-14T06:37:38-08:00\"}");
	assert_string_equal(h.posts.at[1].id, "638349");
	assert_string_equal(h.next.cursor, "1271687858");
	heard_free(&h);
	src_json.forget(visit.memory);
	free(body);
	free(s.options);
}

/* --- answers written by hand from documentation -------------------------- */

static void
test_by_hand_open311_leaves_out_what_has_no_id_yet(void **state)
{
	struct cq_source s = mapped_by(AT "/v2/",
	    "jurisdiction=sf.gov&service="
	    "a b",
	    "open311");
	struct heard h;

	(void)state;
	asks(&s, "",
	    AT "/v2/requests.json?start_date=2026-11-22T13%3A06%3A59Z"
	       "&jurisdiction_id=sf.gov&service_code=a%20b&page=1");
	/* two days of overlap, but nothing older than is wanted */
	asks(&s, "1795352820",
	    AT "/v2/requests.json?start_date=2026-11-22T13%3A06%3A59Z"
	       "&jurisdiction_id=sf.gov&service_code=a%20b&page=1");
	s.query = "";
	h = hear_text(&s, "", 200, NULL,
	    "[{\"service_request_id\":null,\"token\":\"abc\"}]");
	assert_string_equal(h.err.msg, "");
	heard_free(&h);
	heard_fails(hear_text(&s, "7", 400, NULL,
			"[{\"code\":400,\"description\":\"jurisdiction_id was "
			"not provided\"}]"),
	    "api.example says: jurisdiction_id was not provided (400)", 0,
	    false);
	free(s.options);
}

static void
test_by_hand_complaints_of_nhtsa_are_one_whole_list(void **state)
{
	static const char body[] =
	    "{\"count\":2,\"message\":\"Results returned successfully\","
	    "\"results\":[{\"odiNumber\":11500002,\"manufacturer\":\"Acme\","
	    "\"crash\":false,\"fire\":true,\"numberOfInjuries\":1,"
	    "\"numberOfDeaths\":0,\"dateOfIncident\":\"11/20/2026\","
	    "\"dateComplaintFiled\":\"11/23/2026\",\"vin\":\"1ACME\","
	    "\"components\":\"ENGINE\",\"summary\":\"It smoked.\"},"
	    "{\"odiNumber\":11500001,\"crash\":false,\"fire\":false,"
	    "\"dateComplaintFiled\":\"11/22/2026\","
	    "\"components\":\"SEATS\",\"summary\":\"It sank.\"}]}";
	struct cq_source s =
	    mapped_by(AT, "make=acme&model=road runner&year=2020", "nhtsa");
	struct heard h = hear_text(&s, "", 200, NULL, body);

	(void)state;
	asks(&s, "",
	    AT "/complaints/complaintsByVehicle?make=acme&model=road%20runner"
	       "&modelYear=2020");
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "11500001");
	assert_string_equal(h.posts.at[1].id, "11500002");
	assert_string_equal(h.posts.at[1].text, "ENGINE\n\nIt smoked.");
	assert_int_equal(h.posts.at[1].created_at, 1795392000);
	assert_string_equal(h.posts.at[1].extra,
	    "{\"crash\":false,\"fire\":true,\"injuries\":1,\"deaths\":0,"
	    "\"incident\":\"11/20/2026\"}");
	assert_int_equal(h.next.every_s, 6 * 3600);
	assert_false(h.next.more);
	heard_free(&h);
	/* all newer than what was known, and still nothing was missed */
	h = hear_text(&s, "1700000000", 200, NULL, body);
	assert_false(h.next.jumped);
	heard_free(&h);
	free(s.options);
}

static void
test_by_hand_lemmy_comments_are_read_back_to_what_is_known(void **state)
{
#define COMMENT(id, at, more)                                              \
	"{\"comment\":{\"id\":" id ",\"content\":\"late *again*\","        \
	"\"published\":\"2026-11-23T" at ".123456Z\",\"removed\":false,"   \
	"\"deleted\":false,\"ap_id\":\"https://a.example/comment/" id      \
	"\"" more "},\"creator\":{\"name\":\"jo\",\"actor_id\":\"https://" \
	"b.example/u/jo\",\"bot_account\":true},\"post\":{\"name\":\"Rail" \
	"\",\"ap_id\":\"https://a.example/post/7\"},\"community\":{"       \
	"\"name\":\"trains\"}}"
	struct cq_source s = mapped_by(AT, "late parcel", "lemmy");
	struct src_visit visit = exchange_visit(&s, "1795431600");
	struct src_request req;
	struct heard h;

	(void)state;
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	assert_string_equal(req.url,
	    AT "/api/v3/search?q=late%20parcel&type_=Comments"
	       "&listing_type=All&sort=New&limit=50&page=1");
	src_request_free(&req);
	h = hear_answer(&src_json, &visit, 200, NULL,
	    "{\"comments\":[" COMMENT("12", "12:00:00", "") "]}");
	assert_int_equal(h.posts.n, 0);
	assert_true(h.next.more);
	assert_null(h.next.cursor);
	heard_free(&h);
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	assert_non_null(strstr(req.url, "&page=2"));
	src_request_free(&req);
	h = hear_answer(&src_json, &visit, 200, NULL,
	    "{\"comments\":[" COMMENT("11", "11:00:01", "") "," COMMENT("10",
		"10:00:00", ",\"x\":1") "]}");
	assert_string_equal(h.err.msg, "");
	assert_false(h.next.more);
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.posts.at[0].id, "https://a.example/comment/10");
	assert_string_equal(h.posts.at[2].id, "https://a.example/comment/12");
	assert_string_equal(h.posts.at[2].handle, "jo@b.example");
	assert_string_equal(h.posts.at[2].author, "https://b.example/u/jo");
	assert_string_equal(h.posts.at[2].author_name, "jo");
	assert_string_equal(h.posts.at[2].network, "lemmy");
	assert_string_equal(h.posts.at[2].conversation,
	    "https://a.example/post/7");
	assert_true(h.posts.at[2].bot);
	assert_false(h.posts.at[2].gone);
	assert_string_equal(h.posts.at[2].extra,
	    "{\"thread\":\"Rail\",\"community\":\"trains\"}");
	assert_false(h.next.jumped);
	assert_string_equal(h.next.cursor, "1795435200");
	heard_free(&h);
	src_json.forget(visit.memory);
	free(s.options);
}

static void
test_by_hand_socrata_311_goes_on_from_the_newest_change(void **state)
{
	struct cq_source s = mapped_by("https://data.example/",
	    "dataset=erm2-nwe9&where=complaint_type='Noise%26Co'",
	    "socrata-311");
	struct heard h = hear_text(&s, "", 200, NULL,
	    "[{\":id\":\"row-1\",\":updated_at\":\"2026-11-23T01:52:11.500Z\","
	    "\"unique_key\":\"6000001\",\"created_date\":\"2026-11-22T09:00:00"
	    ".000\",\"complaint_type\":\"Noise\",\"descriptor\":\"Loud\","
	    "\"incident_address\":\"1 MAIN ST\",\"borough\":\"QUEENS\","
	    "\"status\":\"Open\",\"agency\":\"NYPD\"}]");

	(void)state;
	asks(&s, "",
	    "https://data.example/resource/erm2-nwe9.json?$select=:*,*"
	    "&$where=:updated_at%20%3E=%20'2026-11-22T13%3A06%3A59Z'%20AND%20("
	    "complaint_type%3D%27Noise%26Co%27)&$order=:updated_at,:id"
	    "&$limit=1000&$offset=0");
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "6000001");
	assert_string_equal(h.posts.at[0].text,
	    "Noise\n\nLoud\n\n1 MAIN ST, QUEENS");
	assert_int_equal(h.posts.at[0].created_at, 1795356000); /* 14:00Z */
	assert_string_equal(h.posts.at[0].extra,
	    "{\"status\":\"Open\",\"agency\":\"NYPD\"}");
	/* fewer than it asked for: there is no more */
	assert_false(h.next.more);
	assert_string_equal(h.next.cursor, "1795398731");
	heard_free(&h);
	free(s.options);
}

/* --- what an item holds --------------------------------------------------- */

#define LIST(post) \
	"{'url':'{address}/x','items':'/list','post':{'id':'/id'," post "}}"

static struct cq_post
only_post(struct heard *h)
{
	assert_string_equal(h->err.msg, "");
	assert_int_equal(h->posts.n, 1);
	return h->posts.at[0];
}

static void
test_each_member_of_a_post_is_filled_in(void **state)
{
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}/x','items':'/list','network':'acme','post':{"
	    "'id':'/id','title':'/t','text':['/b','/c','{/d}!'],'html':true,"
	    "'time':{'at':['/none','/at'],'format':'epoch_ms'},"
	    "'author':'/u/id','author_name':'/u/name','handle':['/u/no',"
	    "'{/u/name}@{/u/home|host}'],'followers':'/u/f','lang':'de',"
	    "'link':'/l','uri':'/uri','conversation':'/th','in_reply_to':'/re'"
	    ",'repost_of':'/rp','quote_of':'/q','rating':{'at':'/stars',"
	    "'worst':10,'best':1},'bot':['/u/no','/u/bot'],'gone':'/gone',"
	    "'extra':{'a':'/u/id','b':'/no','c':'/u/bot','d':'/half'}}}");
	struct heard h = hear_text(&s, "", 200, NULL,
	    "{\"list\":[{\"id\":9007199254740991,\"t\":\"A & B\",\"b\":\"<p>x"
	    "<br>y</p>\",\"c\":null,\"d\":7,\"at\":\"1795439220000\",\"u\":{"
	    "\"id\":5,\"name\":\"jo\",\"home\":\"https://h.example/@jo\","
	    "\"f\":12,\"bot\":1},\"l\":\"/p/9\",\"uri\":\"urn:x\",\"th\":3,"
	    "\"re\":\"4\",\"rp\":5,\"q\":6,\"stars\":\"4.0\",\"gone\":false,"
	    "\"half\":0.5}]}");
	const struct cq_post p = only_post(&h);

	(void)state;
	assert_string_equal(p.id, "9007199254740991");
	assert_string_equal(p.text, "A & B\n\nx\ny\n\n7!");
	assert_int_equal(p.created_at, EXCHANGE_NOW);
	assert_string_equal(p.author, "5");
	assert_string_equal(p.author_name, "jo");
	assert_string_equal(p.handle, "jo@h.example");
	assert_int_equal(p.author_followers, 12);
	assert_string_equal(p.lang, "de");
	assert_string_equal(p.url, AT "/p/9");
	assert_string_equal(p.uri, "urn:x");
	assert_string_equal(p.conversation, "3");
	assert_string_equal(p.in_reply_to, "4");
	assert_string_equal(p.repost_of, "5");
	assert_string_equal(p.quote_of, "6");
	assert_int_equal(p.rating, 4); /* two thirds of the way to 1 */
	assert_true(p.bot);
	assert_false(p.gone);
	assert_string_equal(p.network, "acme");
	assert_string_equal(p.extra, "{\"a\":5,\"c\":1,\"d\":0.5}");
	assert_int_equal(cq_post_check(&p, NULL), CQ_OK);
	heard_free(&h);
	free(s.options);
}

static void
test_wrong_types_leave_a_member_out_and_keep_the_post(void **state)
{
	static const char *const wrong[] = {"null", "true", "{}", "[]",
	    "[\"x\"]", "{\"a\":1}", "-1", "1e300", "0.5", "\"\"",
	    "\"javascript:alert(1)\"", "\"\\u0000\"", "99999999999999999999"};
	struct cq_source s = mapped(AT, "",
	    LIST("'text':['/v','/ok'],'title':'/v','author':'/"
		 "v','author_name':'/v',"
		 "'handle':'/v','followers':'/v','lang':'/v','link':'/v',"
		 "'uri':'/v','conversation':'/v','in_reply_to':'/v',"
		 "'repost_of':'/v','quote_of':'/v','rating':'/v','bot':'/v',"
		 "'extra':{'v':'/v'}"));
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *body = cq_format("{\"list\":[{\"id\":\"1\",\"ok\":\"x\","
				       "\"v\":%s}]}",
		    wrong[i]);
		struct heard h = hear_text(&s, "", 200, NULL, body);
		const struct cq_post p = only_post(&h);

		assert_int_equal(cq_post_check(&p, NULL), CQ_OK);
		assert_null(p.url);
		assert_int_equal(p.rating, 0);
		assert_int_equal(p.author_followers, -1);
		heard_free(&h);
		free(body);
	}
	free(s.options);
}

static void
test_who_has_a_handle_alone_goes_by_it(void **state)
{
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}','items':'','post':{'id':'/i','text':'/t',"
	    "'handle':'/h'}}");
	struct heard h = hear_text(&s, "", 200, NULL,
	    "[{\"i\":1,\"t\":\"x\",\"h\":\"@ann\"}]");

	(void)state;
	assert_string_equal(h.posts.at[0].author, "@ann");
	heard_free(&h);
	free(s.options);
}

static void
test_posts_of_one_moment_come_in_the_order_of_the_service(void **state)
{
	static const char *const orders[] = {"newest_first", "none"};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		char *map = cq_format("{'url':'{address}','items':'','order':"
				      "'%s','post':{'id':'/i','text':'/i',"
				      "'time':{'at':'/a','format':'epoch'}}}",
		    orders[i]);
		struct cq_source s = mapped(AT, "", map);
		struct heard h = hear_text(&s, "", 200, NULL,
		    "[{\"i\":1,\"a\":1795439000},"
		    "{\"i\":2,\"a\":1795439000}]");

		assert_string_equal(h.posts.at[0].id, i == 0 ? "2" : "1");
		assert_string_equal(h.posts.at[1].id, i == 0 ? "1" : "2");
		heard_free(&h);
		free(s.options);
		free(map);
	}
}

static void
test_a_post_that_is_there_twice_is_told_once_unless_it_differs(void **state)
{
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}','items':'','post':{'id':'/i','text':'/t',"
	    "'time':{'at':'/a','format':'epoch'}}}");
	struct heard h = hear_text(&s, "", 200, NULL,
	    "[{\"i\":1,\"t\":\"x\",\"a\":1795439000},"
	    "{\"i\":2,\"t\":\"x\",\"a\":1795439000},"
	    "{\"i\":1,\"t\":\"x\",\"a\":1795439000},"
	    "{\"i\":2,\"t\":\"y\",\"a\":1795439000}]");

	(void)state;
	assert_int_equal(h.posts.n, 3);
	assert_string_equal(h.posts.at[0].id, "1");
	assert_string_equal(h.posts.at[1].text, "x");
	assert_string_equal(h.posts.at[2].text, "y");
	heard_free(&h);
	free(s.options);
}

static void
test_ids_are_strings_or_exact_integers(void **state)
{
	struct cq_source s = mapped(AT, "", LIST("'text':'/t'"));
	struct heard h = hear_text(&s, "", 200, NULL,
	    "{\"list\":[{\"id\":1.5},{\"id\":true},{\"id\":\"\"},{\"id\":null}"
	    ",{},5,null,[],{\"id\":9007199254740993},{\"id\":\"a\\u0000b\"},"
	    "{\"id\":\"007\",\"t\":\"a\"},{\"id\":8}]}");

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "007");
	assert_string_equal(h.posts.at[1].id, "8");
	heard_free(&h);
	/* a map that finds none at all is wrong */
	heard_fails(hear_text(&s, "", 200, NULL,
			"{\"list\":[{\"key\":1},{\"key\":2}]}"),
	    "none of 2 items has an id where the map looks for it: check "
	    "post/id",
	    0, false);
	free(s.options);
}

static void
test_a_time_that_never_fits_its_form_is_told(void **state)
{
	struct cq_source s = mapped(AT, "",
	    LIST("'text':'/t','time':{'at':'/at','format':'mm/dd/yyyy'}"));
	struct heard h;

	(void)state;
	heard_fails(hear_text(&s, "", 200, NULL,
			"{\"list\":[{\"id\":1,\"at\":\"2026-11-23\"}]}"),
	    "none of 1 items has a time of the form mm/dd/yyyy at /at: check "
	    "the map",
	    0, false);
	h = hear_text(&s, "", 200, NULL,
	    "{\"list\":[{\"id\":1,\"t\":\"a\",\"at\":\"11/23/"
	    "2026\"},{\"id\":2}]}");
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 2);
	heard_free(&h);
	free(s.options);
}

static void
hears(const struct cq_source *s, const char *body, size_t n_posts)
{
	struct heard h = hear_text(s, "", 200, NULL, body);

	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, n_posts);
	heard_free(&h);
}

static void
test_a_map_that_finds_no_words_in_any_item_says_where_it_looked(void **state)
{
	static const char no_words[] =
	    "none of 2 items has a text at /words: check the map";
	struct cq_source s = mapped(AT, "", LIST("'text':'/words'"));
	struct cq_source both =
	    mapped(AT, "", LIST("'text':['/a','/b'],'title':'{/x/y}!'"));
	struct cq_source titled = mapped(AT, "",
	    "{'url':'{address}/x','items':'/list','skip':'/no','post':{"
	    "'id':'/id','title':'{/x/y|host}: {/z}','gone':'/gone'}}");

	(void)state;
	heard_fails(hear_text(&s, "", 200, NULL,
			"{\"list\":[{\"id\":1,\"text\":\"a\"},{\"id\":2}]}"),
	    no_words, 0, false);
	/* neither yes or no nor an object is a text */
	heard_fails(hear_text(&s, "", 200, NULL,
			"{\"list\":[{\"id\":1,\"words\":{\"en\":\"a\"}},"
			"{\"id\":2,\"words\":true}]}"),
	    no_words, 0, false);
	heard_fails(hear_text(&both, "", 200, NULL,
			"{\"list\":[{\"id\":1,\"x\":\"y\"}]}"),
	    "none of 1 items has a text at /a, or a title at {/x/y}!: check "
	    "the map",
	    0, false);
	heard_fails(hear_text(&titled, "", 200, NULL,
			"{\"list\":[{\"id\":1,\"x\":5},{\"id\":2,\"z\":\"a\","
			"\"no\":1},{\"id\":3,\"z\":\"a\",\"gone\":1}]}"),
	    "none of 1 items has a title at {/x/y|host}: {/z}: check the map",
	    0, false);

	/* one of many is enough, and a title without a text */
	hears(&s, "{\"list\":[{\"id\":1},{\"id\":2,\"words\":\"a\"}]}", 2);
	hears(&both, "{\"list\":[{\"id\":1,\"b\":5}]}", 1);
	hears(&both, "{\"list\":[{\"id\":1,\"x\":{\"y\":\"a\"}}]}", 1);
	hears(&titled, "{\"list\":[{\"id\":1,\"z\":\"a\"}]}", 1);
	/* who rates without a word has written none */
	hears(&s, "{\"list\":[{\"id\":1,\"words\":\"\"}]}", 1);
	hears(&s, "{\"list\":[{\"id\":1,\"words\":null}]}", 1);
	/* nor is one to be had of what is gone, or of no item */
	hears(&titled, "{\"list\":[{\"id\":1,\"gone\":true}]}", 1);
	hears(&s, "{\"list\":[]}", 0);
	free(s.options);
	free(both.options);
	free(titled.options);
}

static void
test_a_page_without_words_fails_no_source_that_had_some(void **state)
{
	static const char bare[] = "{\"list\":[{\"id\":2}]}";
	static const char no_words[] =
	    "none of 1 items has a text at /words: check the map";
	struct cq_source s = mapped(AT, "", LIST("'text':'/words'"));
	struct src_visit visit;
	struct heard h;
	char *cursor;

	(void)state;
	/* an empty list tells nothing of the map yet */
	h = hear_text(&s, "", 200, NULL, "{\"list\":[]}");
	assert_null(h.next.cursor);
	heard_free(&h);
	heard_fails(hear_text(&s, "", 200, NULL, bare), no_words, 0, false);

	h = hear_text(&s, "", 200, NULL,
	    "{\"list\":[{\"id\":1,\"words\":\"a\"}]}");
	cursor = cq_strdup(h.next.cursor);
	heard_free(&h);
	h = hear_text(&s, cursor, 200, NULL, bare);
	assert_string_equal(h.err.msg, "");
	assert_int_equal(h.posts.n, 1);
	assert_string_equal(h.posts.at[0].id, "2");
	assert_null(h.next.cursor); /* it stays */
	heard_free(&h);

	/* but who tries a source is told */
	visit = exchange_visit(&s, cursor);
	visit.trial = true;
	heard_fails(hear_answer(&src_json, &visit, 200, NULL, bare), no_words,
	    0, false);
	src_json.forget(visit.memory);
	free(cursor);
	free(s.options);
}

static void
test_the_last_page_of_a_first_walk_may_hold_no_words(void **state)
{
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}/x?p={page}','items':'/list',"
	    "'next':{'page':1},'post':{'id':'/id','text':'/words'}}");
	struct src_visit visit = exchange_visit(&s, "");
	struct heard h = hear_answer(&src_json, &visit, 200, NULL,
	    "{\"list\":[{\"id\":1,\"words\":\"a\"}]}");

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_true(h.next.more);
	heard_free(&h);
	h = hear_answer(&src_json, &visit, 200, NULL,
	    "{\"list\":[{\"id\":2}]}");
	assert_string_equal(h.err.msg, "");
	heard_free(&h);
	h = hear_answer(&src_json, &visit, 200, NULL, "{\"list\":[]}");
	assert_int_equal(h.posts.n, 2);
	heard_free(&h);
	src_json.forget(visit.memory);
	free(s.options);
}

static void
test_fixed_words_in_a_map_that_is_stored_are_read_as_they_are(void **state)
{
	struct cq_source s =
	    mapped(AT, "", LIST("'text':'/t','title':'Complaint form'"));
	struct heard h = hear_text(&s, "", 200, NULL,
	    "{\"list\":[{\"id\":1,\"t\":\"It broke.\"}]}");

	(void)state;
	assert_string_equal(h.err.msg, "");
	assert_string_equal(only_post(&h).text, "Complaint form\n\nIt broke.");
	heard_free(&h);
	free(s.options);
}

static void
test_what_the_map_skips_and_what_is_gone(void **state)
{
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}/x','items':'/list','skip':['/pull','/draft'],"
	    "'post':{'id':'/id','text':'/t','gone':'/deleted_at'}}");
	struct heard h = hear_text(&s, "", 200, NULL,
	    "{\"list\":[{\"id\":1,\"pull\":{}},{\"id\":2,\"draft\":true},"
	    "{\"id\":3,\"t\":\"a\",\"draft\":false,\"pull\":null},"
	    "{\"id\":4,\"deleted_at\":\"2026-11-23\"}]}");

	(void)state;
	assert_int_equal(h.posts.n, 2);
	assert_string_equal(h.posts.at[0].id, "3");
	assert_false(h.posts.at[0].gone);
	assert_true(h.posts.at[1].gone);
	heard_free(&h);
	free(s.options);
}

/* --- answers that are not what was asked for ------------------------------- */

static void
test_an_answer_without_its_list_says_where_it_was_looked_for(void **state)
{
	static const char none[] =
	    "the answer has no list at '/list', where the map looks for items";
	struct cq_source s = mapped(AT, "", LIST("'text':'/t'"));
	struct cq_source lenient = mapped(AT, "",
	    "{'url':'{address}/x','items':'/list','absent_is_empty':true,"
	    "'error':'/error','post':{'id':'/id','text':'/t'}}");
	struct heard h;

	(void)state;
	heard_fails(hear_text(&s, "", 200, NULL, "{}"), none, 0, false);
	heard_fails(hear_text(&s, "", 200, NULL, "[]"), none, 0, false);
	heard_fails(hear_text(&s, "", 200, NULL, "{\"list\":{}}"), none, 0,
	    false);
	h = hear_text(&s, "7", 200, NULL, "{\"list\":null}");
	assert_string_equal(h.err.msg, "");
	assert_null(h.next.cursor);
	heard_free(&h);
	h = hear_text(&lenient, "7", 200, NULL, "{\"count\":0}");
	assert_string_equal(h.err.msg, "");
	assert_null(h.next.cursor);
	heard_free(&h);
	heard_fails(hear_text(&lenient, "", 200, NULL,
			"{\"list\":5,\"error\":\"no such\\u001b[2Jthing\"}"),
	    "api.example says: no such<ESC>[2Jthing (200)", 0, false);
	free(s.options);
	free(lenient.options);
}

static void
test_broken_answers_move_nothing(void **state)
{
	static const char not_json[] =
	    "api.example answered with something else instead of JSON; check "
	    "the address";
	struct cq_source s = mapped(AT, "", LIST("'text':'/t'"));

	(void)state;
	heard_fails(hear_text(&s, "7", 200, NULL, "{\"list\":[{\"id\":1}"),
	    not_json, 0, false);
	heard_fails(hear_text(&s, "7", 200, NULL, "{\"list\":[\"\xff\"]}"),
	    not_json, 0, false);
	heard_fails(hear_text(&s, "7", 200, NULL, "<!doctype html><p>Hi"),
	    "api.example answered with a web page instead of JSON; check the "
	    "address",
	    0, false);
	heard_fails(hear_text(&s, "7", 401, NULL, "{}"),
	    "api.example wants a token: caseq source set place --token-file "
	    "FILE",
	    0, true);
	heard_fails(hear_text(&s, "7", 403, NULL, "{}"),
	    "api.example does not answer (403): it will be asked again later; "
	    "if it wants a token: caseq source set place --token-file FILE",
	    0, false);
	heard_fails(hear_text(&s, "7", 410, NULL, "{}"),
	    "api.example says that this is gone for good (410): remove "
	    "this source, and add its new address if there is one",
	    0, true);
	heard_fails(hear_text(&s, "7", 429, "Retry-After: 30\n", "{}"),
	    "api.example asks for patience (429): it will be asked again "
	    "later",
	    30, false);
	heard_fails(hear_text(&s, "7", 503, NULL, "{}"),
	    "api.example is out of order (503): it will be asked again later",
	    0, false);
	free(s.options);
}

static void
test_limits_are_counted_as_the_map_says(void **state)
{
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}/x','items':'','wait':'/0/backoff','limit':{"
	    "'remaining':'X-Left','reset':'X-Reset','kind':'seconds'},"
	    "'every':'10m','post':{'id':'/id','text':'/t'}}");
	struct heard h =
	    hear_text(&s, "", 200, "X-Left: 0\nX-Reset: 90\n", "[]");

	(void)state;
	assert_int_equal(h.next.wait_s, 90);
	assert_int_equal(h.next.every_s, 600);
	heard_free(&h);
	h = hear_text(&s, "", 200, NULL,
	    "[{\"id\":1,\"t\":\"a\",\"backoff\":12.2}]");
	assert_int_equal(h.next.wait_s, 13);
	heard_free(&h);
	h = hear_text(&s, "", 200, NULL,
	    "[{\"id\":1,\"t\":\"a\",\"backoff\":1e9}]");
	assert_int_equal(h.next.wait_s, DAY);
	heard_free(&h);
	free(s.options);
}

/* --- the token ------------------------------------------------------------ */

static void
test_the_token_stands_where_the_map_wants_it_and_nowhere_else(void **state)
{
	struct cq_source s = mapped(AT, "",
	    "{'url':'{address}/x','items':'','headers':{'X-App-Token':"
	    "'{token}','Accept':'a/b'},'post':{'id':'/id','text':'/t'}}");
	struct cq_source bearer = mapped(AT, "", LIST("'text':'/t'"));
	struct src_visit visit = exchange_visit(&s, "");
	struct src_request req;

	(void)state;
	assert_true(src_json.sees_secret);
	s.token_file = bearer.token_file = "/nonexistent";
	visit.secret = "abc123";
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	assert_int_equal(req.n_headers, 2);
	assert_string_equal(req.headers[0], "X-App-Token: abc123");
	assert_string_equal(req.headers[1], "Accept: a/b");
	assert_true(req.secret);
	assert_false(req.token);
	assert_null(strstr(req.url, "abc123"));
	src_request_free(&req);
	/* without one the header is left out */
	s.token_file = NULL;
	visit.secret = NULL;
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	assert_int_equal(req.n_headers, 1);
	assert_false(req.secret);
	src_request_free(&req);
	src_json.forget(visit.memory);
	/* a map without a place for it: as a bearer */
	visit = exchange_visit(&bearer, "");
	visit.secret = "abc123";
	assert_int_equal(src_json.ask(&visit, &req, NULL), CQ_OK);
	assert_true(req.token);
	assert_int_equal(req.n_headers, 1);
	assert_string_equal(req.headers[0], "Accept: application/json");
	src_request_free(&req);
	src_json.forget(visit.memory);
	free(s.options);
	free(bearer.options);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_a_recorded_page_of_socrata_is_read_by_a_map_of_ones_own),
	    cmocka_unit_test(
		test_a_recorded_404_of_socrata_is_told_in_its_own_words),
	    cmocka_unit_test(
		test_the_sample_of_the_open311_specification_is_no_json),
	    cmocka_unit_test(
		test_by_hand_open311_leaves_out_what_has_no_id_yet),
	    cmocka_unit_test(
		test_by_hand_complaints_of_nhtsa_are_one_whole_list),
	    cmocka_unit_test(
		test_by_hand_lemmy_comments_are_read_back_to_what_is_known),
	    cmocka_unit_test(
		test_by_hand_socrata_311_goes_on_from_the_newest_change),
	    cmocka_unit_test(test_each_member_of_a_post_is_filled_in),
	    cmocka_unit_test(
		test_wrong_types_leave_a_member_out_and_keep_the_post),
	    cmocka_unit_test(test_who_has_a_handle_alone_goes_by_it),
	    cmocka_unit_test(
		test_posts_of_one_moment_come_in_the_order_of_the_service),
	    cmocka_unit_test(
		test_a_post_that_is_there_twice_is_told_once_unless_it_differs),
	    cmocka_unit_test(test_ids_are_strings_or_exact_integers),
	    cmocka_unit_test(test_a_time_that_never_fits_its_form_is_told),
	    cmocka_unit_test(
		test_a_map_that_finds_no_words_in_any_item_says_where_it_looked),
	    cmocka_unit_test(
		test_a_page_without_words_fails_no_source_that_had_some),
	    cmocka_unit_test(
		test_the_last_page_of_a_first_walk_may_hold_no_words),
	    cmocka_unit_test(
		test_fixed_words_in_a_map_that_is_stored_are_read_as_they_are),
	    cmocka_unit_test(test_what_the_map_skips_and_what_is_gone),
	    cmocka_unit_test(
		test_an_answer_without_its_list_says_where_it_was_looked_for),
	    cmocka_unit_test(test_broken_answers_move_nothing),
	    cmocka_unit_test(test_limits_are_counted_as_the_map_says),
	    cmocka_unit_test(
		test_the_token_stands_where_the_map_wants_it_and_nowhere_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
