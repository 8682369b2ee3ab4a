#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tui/gaps.h"

/* Gaps and marks in words, for screens, lists and reports. */

#define NOW INT64_C(1795435200) /* 2026-11-23 12:00:00 UTC */
#define MIN 60
#define HOUR 3600
#define DAY (24 * HOUR)

static struct cq_gap
gap(enum cq_gap_kind kind, int64_t from, int64_t until)
{
	return (struct cq_gap){.source = "shop-forum",
	    .kind = kind,
	    .from_at = from,
	    .until_at = until,
	    .seen_at = CQ_NO_TIME,
	    .words = {"wants a new token"}};
}

static void
expect(const struct cq_gap *g, const char *want)
{
	struct cq_buf out = {0};

	say_gap(g, NOW, &out);
	assert_string_equal(out.s, want);
	cq_buf_free(&out);
}

static void
test_a_gap_is_a_sentence_with_its_time_and_its_reason(void **state)
{
	struct cq_gap g = gap(CQ_GAP_FAILED, NOW - 148 * MIN, CQ_NO_TIME);

	(void)state;
	expect(&g,
	    "source shop-forum: nothing heard since 09:32 (2 h 28 min): "
	    "wants a new token");
	g.until_at = NOW - 20 * MIN;
	expect(&g,
	    "source shop-forum: nothing heard 09:32-11:40 (2 h 8 min): "
	    "wants a new token");
	g.seen_by = "ana";
	expect(&g,
	    "source shop-forum: nothing heard 09:32-11:40 (2 h 8 min), seen by "
	    "ana: wants a new token");
}

static void
test_another_day_is_told_with_its_date(void **state)
{
	struct cq_gap g = gap(CQ_GAP_SILENT, NOW - 3 * DAY, CQ_NO_TIME);

	(void)state;
	expect(&g,
	    "source shop-forum: silent since 20 Nov 12:00 (3 d 0 h): wants a "
	    "new token");
	g.until_at = NOW - 2 * DAY;
	expect(&g,
	    "source shop-forum: silent 20 Nov 12:00-21 Nov 12:00 (24 h 0 min):"
	    " wants a new token");
}

static void
test_a_jump_may_have_begun_at_any_time(void **state)
{
	struct cq_gap g = gap(CQ_GAP_JUMPED, CQ_NO_TIME, NOW - MIN);

	(void)state;
	expect(&g,
	    "source shop-forum: posts passed over before 11:59: wants a new "
	    "token");
	g.from_at = NOW - 70;
	expect(&g,
	    "source shop-forum: posts passed over 11:58-11:59 (under 1 min): "
	    "wants a new token");
	g.from_at = NOW; /* the clock was set back */
	expect(&g,
	    "source shop-forum: posts passed over 12:00-11:59 (under 1 min): "
	    "wants a new token");
}

static void
test_what_a_server_says_cannot_reach_the_terminal(void **state)
{
	struct cq_gap g = gap(CQ_GAP_FAILED, NOW - HOUR, CQ_NO_TIME);

	(void)state;
	g.words.s = "it said \033[2J\nand more";
	g.source = "a\033]0;b";
	expect(&g,
	    "source a<ESC>]0;b: nothing heard since 11:00 (1 h 0 min): it said"
	    " <ESC>[2J and more");
}

static void
expect_marks(struct cq_marks m, const char *want, bool is_not_public)
{
	struct cq_buf out = {0};

	cq_buf_str(&out, "");
	say_marks(&m, NOW, &out);
	assert_string_equal(out.s, want);
	assert_int_equal(is_private(&m), is_not_public);
	cq_buf_free(&out);
}

static void
test_a_post_is_marked_by_what_is_not_usual(void **state)
{
	(void)state;
	expect_marks((struct cq_marks){CQ_PUBLIC, false, CQ_NO_TIME}, "",
	    false);
	expect_marks((struct cq_marks){CQ_UNLISTED, true, CQ_NO_TIME},
	    "[unlisted] [bot] ", false);
	expect_marks((struct cq_marks){CQ_PRIVATE, false, NOW - HOUR},
	    "[private] [deleted 11:00] ", true);
	expect_marks((struct cq_marks){CQ_DIRECT, false, NOW - 2 * DAY},
	    "[direct] [deleted 21 Nov 12:00] ", true);
}

#define T(test) cmocka_unit_test(test)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_a_gap_is_a_sentence_with_its_time_and_its_reason),
	    T(test_another_day_is_told_with_its_date),
	    T(test_a_jump_may_have_begun_at_any_time),
	    T(test_what_a_server_says_cannot_reach_the_terminal),
	    T(test_a_post_is_marked_by_what_is_not_usual),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
