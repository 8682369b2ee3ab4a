#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/markup.h"

static void
assert_dropped(const char *text, const char *want)
{
	/* so that reading behind its end is seen under AddressSanitizer */
	char *own = cq_strdup(text), *got = cq_markup_drop(own);

	assert_non_null(got);
	if (strcmp(got, want) != 0)
		fail_msg("'%s' became '%s'", text, got);
	free(got);
	free(own);
}

static void
test_plain_text_is_left_alone(void **state)
{
	static const char *const rows[] = {
	    "", "late again", "a > b; c", "#39;", "\xff\xfe"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_null(cq_markup_drop(rows[i]));
}

static void
test_tags_go_and_those_that_begin_a_line_leave_a_space(void **state)
{
	static const char *const rows[][2] = {
	    {"<b>late</b>", "late"},
	    {"la<b>te</b>", "late"},
	    {"<p>late</p><p>again</p>", " late  again "},
	    {"late<br>again", "late again"},
	    {"late<br/>again", "late again"},
	    {"late<br />again", "late again"},
	    {"late<BR\tclear=all>again", "late again"},
	    {"late<P CLASS=x>again", "late again"},
	    {"<li>one<li>two", " one two"},
	    {"<tr><td>a<td>b", "  a b"},
	    {"<h1>late</h1>again", " late again"},
	    {"<div\n>late", " late"},
	    {"<h4>late</h4>again", " late again"},
	    {"<summary>late</summary>", " late "}, /* not the s of old */
	    {"<a href=\"https://x.example/?a=1&amp;b=2\">late</a>", "late"},
	    {"<span class=invisible>late</span>", "late"},
	    {"</p>late", " late"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_dropped(rows[i][0], rows[i][1]);
}

static void
test_what_is_no_tag_stays(void **state)
{
	static const char *const rows[] = {"a < b", "a <3 b", "5<6>7", "<",
	    "</", "<>", "</>", "< b>", "<1>", "<b", "</b", "<b c", "a<b and c",
	    "<<", "<XK4471>", "<bra>late", "</order>", "<b4>", "<?xml>",
	    "<!-- no -->", "<-b>", "\xc3\xa9<\xc3\xa9>"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_dropped(rows[i], rows[i]);
	/* a tag that never ends does not swallow the next one */
	assert_dropped("<b <i>late", "<b late");
	assert_dropped("a<b and <b>c", "a<b and c");
	assert_dropped("<b<i>", "<b");
}

static void
test_references_become_their_signs(void **state)
{
	static const char *const rows[][2] = {
	    {"Q&amp;A", "Q&A"},
	    {"&lt;b&gt;", "<b>"},
	    {"&quot;late&quot;", "\"late\""},
	    {"it&apos;s it&#39;s it&#x27;s it&#X27;s", "it's it's it's it's"},
	    {"it&rsquo;s &lsquo;a&rsquo; &ldquo;b&rdquo;", "it's 'a' \"b\""},
	    {"late&nbsp;again", "late again"},
	    {"late&hellip;", "late\xe2\x80\xa6"},
	    {"a&mdash;b&ndash;c", "a-b-c"},
	    {"&#233;&#xe9;&#x1F600;", "\xc3\xa9\xc3\xa9\xf0\x9f\x98\x80"},
	    {"&#x10ffff;", "\xf4\x8f\xbf\xbf"},
	    /* once, as they were written twice */
	    {"&amp;amp; &amp;lt;", "&amp; &lt;"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_dropped(rows[i][0], rows[i][1]);
}

static void
test_what_is_no_reference_stays(void **state)
{
	static const char *const rows[] = {"R&D", "&", "&&", "&;", "&amp",
	    "&AMP;", "&eacute;", "&#", "&#;", "&#x", "&#x;", "&#39", "&#39 ;",
	    "&#0;", "&#xd800;", "&#xdfff;", "&#x110000;", "&#-5;", "&# 39;",
	    "&#99999999999999999999999;", "&#xffffffffffffffffffff;", "&#+39;",
	    "&#0x27;", "&#2a;", "&x27;"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_dropped(rows[i], rows[i]);
}

/* --- linear time ------------------------------------------------------------ */

static double
seconds_for(const char *unit, size_t n_bytes)
{
	size_t n = strlen(unit);
	char *text = cq_alloc(n_bytes + 1), *got;
	clock_t from;
	double s;

	for (size_t i = 0; i < n_bytes; i++)
		text[i] = unit[i % n];
	from = clock();
	got = cq_markup_drop(text);
	s = (double)(clock() - from) / CLOCKS_PER_SEC;
	free(got);
	free(text);
	return s;
}

/*
 * Eight times the bytes, eight times the time; quadratic would be sixty-four
 * times.  What is too quick to measure is quick enough.
 */
static void
test_a_mebibyte_of_nonsense_takes_linear_time(void **state)
{
	static const char *const units[] = {"<", "&", "<b", "<b ", "</", "<b>",
	    "&#", "&#1", "&#x", "&#x1f", "&amp;", "&am", "<&", "a<b&", "<p ",
	    "<br/", "&#0000000000000000000000000000000000000000"};

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double few = seconds_for(units[i], 128 << 10);
		double many = seconds_for(units[i], 1 << 20);

		if (many > 0.1 && many > 24 * few)
			fail_msg("'%s': %.3f s, and %.3f s for 8 times as much",
			    units[i], few, many);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain_text_is_left_alone),
	    cmocka_unit_test(
		test_tags_go_and_those_that_begin_a_line_leave_a_space),
	    cmocka_unit_test(test_what_is_no_tag_stays),
	    cmocka_unit_test(test_references_become_their_signs),
	    cmocka_unit_test(test_what_is_no_reference_stays),
	    cmocka_unit_test(test_a_mebibyte_of_nonsense_takes_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
