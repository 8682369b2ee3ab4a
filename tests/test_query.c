#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/case.h"
#include "core/query.h"

static struct cq_query *
parse(const char *s)
{
	struct cq_query *q;
	struct cq_err err = {0};

	if (cq_query_parse(s, &q, &err) != CQ_OK)
		fail_msg("\"%s\": %s", s, err.msg);
	return q;
}

static void
test_each_term_means_what_the_header_says(void **state)
{
	static const struct {
		const char *s;
		struct cq_term term; /* kind, not, less, n, text */
	} rows[] = {
	    {"state:open", {CQ_TERM_STATE, 0, 0, CQ_OPEN, NULL}},
	    {"new", {CQ_TERM_STATE, 0, 0, CQ_NEW, NULL}},
	    {"snoozed", {CQ_TERM_STATE, 0, 0, CQ_SNOOZED, NULL}},
	    {"!open", {CQ_TERM_STATE, 1, 0, CQ_OPEN, NULL}},
	    {"mine", {CQ_TERM_MINE, 0, 0, 0, NULL}},
	    {"unclaimed", {CQ_TERM_UNCLAIMED, 0, 0, 0, NULL}},
	    {"overdue", {CQ_TERM_OVERDUE, 0, 0, 0, NULL}},
	    {"!overdue", {CQ_TERM_OVERDUE, 1, 0, 0, NULL}},
	    {"!!overdue", {CQ_TERM_OVERDUE, 0, 0, 0, NULL}},
	    {"owner", {CQ_TERM_OWNER, 0, 0, 0, NULL}},
	    {"!owner", {CQ_TERM_OWNER, 1, 0, 0, NULL}},
	    {"owner:ann", {CQ_TERM_OWNER, 0, 0, 0, "ann"}},
	    {"held", {CQ_TERM_HELD, 0, 0, 0, NULL}},
	    {"held:bo", {CQ_TERM_HELD, 0, 0, 0, "bo"}},
	    {"tag:refund", {CQ_TERM_TAG, 0, 0, 0, "refund"}},
	    {"source:r/acme", {CQ_TERM_SOURCE, 0, 0, 0, "r/acme"}},
	    {"author:@jo", {CQ_TERM_AUTHOR, 0, 0, 0, "@jo"}},
	    {"author:\"Jo Doe\"", {CQ_TERM_AUTHOR, 0, 0, 0, "Jo Doe"}},
	    {"lang:de", {CQ_TERM_LANG, 0, 0, 0, "de"}},
	    {"brand:acme", {CQ_TERM_BRAND, 0, 0, 0, "acme"}},
	    {"due<15m", {CQ_TERM_DUE, 0, 1, 900, NULL}},
	    {"due<-5m", {CQ_TERM_DUE, 0, 1, -300, NULL}},
	    {"age>2h", {CQ_TERM_AGE, 0, 0, 7200, NULL}},
	    {"reach>1k", {CQ_TERM_REACH, 0, 0, 1000, NULL}},
	    {"reach>2M", {CQ_TERM_REACH, 0, 0, 2000000, NULL}},
	    {"posts>3", {CQ_TERM_POSTS, 0, 0, 3, NULL}},
	    {"pri>50", {CQ_TERM_PRIORITY, 0, 0, 50, NULL}},
	    {"pri<-4", {CQ_TERM_PRIORITY, 0, 1, -4, NULL}},
	    {"!rating<3", {CQ_TERM_RATING, 1, 1, 3, NULL}},
	    {"#12", {CQ_TERM_CASE, 0, 0, 12, NULL}},
	    {"incident", {CQ_TERM_INCIDENT, 0, 0, 0, NULL}},
	    {"!incident", {CQ_TERM_INCIDENT, 1, 0, 0, NULL}},
	    {"incident:17", {CQ_TERM_INCIDENT, 0, 0, 17, NULL}},
	    {"incident:I-17", {CQ_TERM_INCIDENT, 0, 0, 17, NULL}},
	    {"!incident:i-17", {CQ_TERM_INCIDENT, 1, 0, 17, NULL}},
	    {"refund", {CQ_TERM_WORD, 0, 0, 0, "refund"}},
	    {"!refund", {CQ_TERM_WORD, 1, 0, 0, "refund"}},
	    {"\"two words\"", {CQ_TERM_WORD, 0, 0, 0, "two words"}},
	    {"!\"two words\"", {CQ_TERM_WORD, 1, 0, 0, "two words"}},
	    /* in quotes all is text */
	    {"\"mine\"", {CQ_TERM_WORD, 0, 0, 0, "mine"}},
	    {"\"open\"", {CQ_TERM_WORD, 0, 0, 0, "open"}},
	    {"\"all\"", {CQ_TERM_WORD, 0, 0, 0, "all"}},
	    {"\"tag:x\"", {CQ_TERM_WORD, 0, 0, 0, "tag:x"}},
	    {"\"#12\"", {CQ_TERM_WORD, 0, 0, 0, "#12"}},
	    {"\"!x\"", {CQ_TERM_WORD, 0, 0, 0, "!x"}},
	    /* and so is what is nothing else */
	    {"#fail", {CQ_TERM_WORD, 0, 0, 0, "#fail"}},
	    {"@ann", {CQ_TERM_WORD, 0, 0, 0, "@ann"}},
	    {"10:30", {CQ_TERM_WORD, 0, 0, 0, "10:30"}},
	    {"<3", {CQ_TERM_WORD, 0, 0, 0, "<3"}},
	    {"due", {CQ_TERM_WORD, 0, 0, 0, "due"}},
	    {"Open", {CQ_TERM_WORD, 0, 0, 0, "Open"}},
	    {"R\xc3\xbc"
	     "ckzahlung",
		{CQ_TERM_WORD, 0, 0, 0,
		    "R\xc3\xbc"
		    "ckzahlung"}},
	};
	const struct cq_term *want;
	struct cq_query *q;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		q = parse(rows[i].s);
		want = &rows[i].term;
		assert_int_equal(q->n, 1);
		if (q->at[0].kind != want->kind || q->at[0].n != want->n)
			fail_msg("\"%s\"", rows[i].s);
		assert_int_equal(q->at[0].negated, want->negated);
		assert_int_equal(q->at[0].less, want->less);
		if (want->text == NULL)
			assert_null(q->at[0].text);
		else
			assert_string_equal(q->at[0].text, want->text);
		cq_query_free(q);
	}
}

static void
test_terms_are_parted_by_any_space(void **state)
{
	struct cq_query *q = parse("  due<15m\treach>1k   !owner \"a  b\"\n");

	(void)state;
	assert_int_equal(q->n, 4);
	assert_int_equal(q->at[0].kind, CQ_TERM_DUE);
	assert_int_equal(q->at[1].kind, CQ_TERM_REACH);
	assert_int_equal(q->at[2].kind, CQ_TERM_OWNER);
	assert_true(q->at[2].negated);
	assert_string_equal(q->at[3].text, "a  b");
	cq_query_free(q);
}

static void
test_scope_is_the_queue_unless_closed_cases_are_asked_for(void **state)
{
	static const struct {
		const char *s;
		enum cq_scope scope;
		size_t n;
	} rows[] = {
	    {"", CQ_SCOPE_QUEUE, 0},
	    {"   ", CQ_SCOPE_QUEUE, 0},
	    {"refund", CQ_SCOPE_QUEUE, 1},
	    {"closed", CQ_SCOPE_CLOSED, 0},
	    {"all", CQ_SCOPE_ALL, 0},
	    {"all closed", CQ_SCOPE_CLOSED, 0},
	    {"all refund", CQ_SCOPE_ALL, 1},
	    /* nobody asks for resolved cases to see none */
	    {"resolved", CQ_SCOPE_ALL, 1},
	    {"state:dismissed", CQ_SCOPE_ALL, 1},
	    {"!resolved", CQ_SCOPE_QUEUE, 1},
	    {"closed resolved", CQ_SCOPE_CLOSED, 1},
	    {"#12", CQ_SCOPE_ALL, 1},
	};
	struct cq_query *q;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		q = parse(rows[i].s);
		assert_int_equal(q->scope, rows[i].scope);
		assert_int_equal(q->n, rows[i].n);
		cq_query_free(q);
	}
}

static void
test_bad_term_is_named_with_what_it_needs(void **state)
{
	static const struct {
		const char *s, *msg;
	} rows[] = {
	    {"due:15m", "due needs a length of time such as due<15m"},
	    {"due<", "due needs a length of time such as due<15m"},
	    {"due<soon", "due needs a length of time such as due<15m"},
	    {"due<-", "due needs a length of time such as due<15m"},
	    {"age>99999999999999999999d",
		"age needs a length of time such as age>2h"},
	    {"reach>many", "reach needs a number such as reach>1k"},
	    {"reach:1k", "reach needs a number such as reach>1k"},
	    {"reach>1kk", "reach needs a number such as reach>1k"},
	    {"reach>=1k", "reach needs a number such as reach>1k"},
	    {"reach>9223372036854775807M",
		"reach needs a number such as reach>1k"},
	    {"reach>99999999999999999999",
		"reach needs a number such as reach>1k"},
	    {"posts>1.5", "posts needs a number such as posts>3"},
	    {"pri>", "pri needs a number such as pri>50"},
	    {"rating<*", "rating needs a number such as rating<3"},
	    {"incident:", "incident needs a number such as incident:I-17"},
	    {"incident:0", "incident needs a number such as incident:I-17"},
	    {"incident:I-", "incident needs a number such as incident:I-17"},
	    {"incident:-4", "incident needs a number such as incident:I-17"},
	    {"incident:17x", "incident needs a number such as incident:I-17"},
	    {"incident>17", "incident needs a number such as incident:I-17"},
	    {"incident:99999999999999999999",
		"incident needs a number such as incident:I-17"},
	    {"tag:", "tag needs a name such as tag:billing"},
	    {"tag<x", "tag needs a name such as tag:billing"},
	    {"tag:\"\"", "tag needs a name such as tag:billing"},
	    {"owner:", "owner needs a name such as owner:ann"},
	    {"held>bo", "held needs a name such as held:ann"},
	    {"state:asleep",
		"\"asleep\" is no state: new, open, pending, snoozed, "
		"resolved, dismissed"},
	    {"state<3", "state needs a name such as state:open"},
	    {"sate:open",
		"sate is not known before \":\"; in quotes it is looked for "
		"in the text"},
	    {"https://x",
		"https is not known before \":\"; in quotes it is looked for "
		"in the text"},
	    {"Due<15m",
		"Due is not known before \"<\"; in quotes it is looked for "
		"in the text"},
	    {"mine:ann",
		"mine is not known before \":\"; in quotes it is looked for "
		"in the text"},
	    {"#12x", "#12x is no case number"},
	    {"#99999999999999999999",
		"#99999999999999999999 is no case number"},
	    {"#1k", "#1k is no case number"},
	    {"\"two words", "the quote before two words is not closed"},
	    {"!", "a term must follow \"!\""},
	    {"mine ! open", "a term must follow \"!\""},
	    {"\"\"", "nothing stands between the quotes"},
	    {"!all", "\"!\" cannot stand before all"},
	    {"!closed", "\"!\" cannot stand before closed"},
	    {"a\xff", "the query is not valid UTF-8"},
	    {"\x1b[2J:x", NULL}, /* a word; nothing to complain of */
	    {"x\"\x1b[2J", "the quote before x<ESC>[2J is not closed"},
	};
	struct cq_query *q = NULL;
	struct cq_err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		err.msg[0] = '\0';
		if (rows[i].msg == NULL) {
			cq_query_free(parse(rows[i].s));
			continue;
		}
		assert_int_equal(cq_query_parse(rows[i].s, &q, &err), CQ_INPUT);
		assert_null(q);
		assert_string_equal(err.msg, rows[i].msg);
	}
	assert_int_equal(cq_query_parse("tag:", &q, NULL), CQ_INPUT);
}

static void
test_endless_query_is_refused(void **state)
{
	struct cq_buf b = {0};
	struct cq_query *q;
	struct cq_err err;
	int i;

	(void)state;
	for (i = 0; i < 50; i++)
		cq_buf_str(&b, "x ");
	cq_query_free(parse(b.s));
	cq_buf_str(&b, "x");
	assert_int_equal(cq_query_parse(b.s, &q, &err), CQ_INPUT);
	assert_string_equal(err.msg, "more than 50 terms");
	assert_null(q);
	cq_buf_free(&b);
}

static void
test_freeing_no_query_is_allowed(void **state)
{
	(void)state;
	cq_query_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_term_means_what_the_header_says),
	    cmocka_unit_test(test_terms_are_parted_by_any_space),
	    cmocka_unit_test(
		test_scope_is_the_queue_unless_closed_cases_are_asked_for),
	    cmocka_unit_test(test_bad_term_is_named_with_what_it_needs),
	    cmocka_unit_test(test_endless_query_is_refused),
	    cmocka_unit_test(test_freeing_no_query_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
