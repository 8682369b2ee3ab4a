#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/link.h"

static void
test_what_changes_no_page_does_not_count(void **state)
{
	static const char *const same[] = {
	    "https://shop.example/News/lift?id=7&page=2",
	    "http://shop.example/News/lift?id=7&page=2",
	    "HTTPS://shop.example/News/lift?id=7&page=2",
	    "https://www.shop.example/News/lift?id=7&page=2",
	    "https://WWW.SHOP.example/News/lift?id=7&page=2",
	    "https://shop.example:443/News/lift?id=7&page=2",
	    "http://shop.example:80/News/lift?id=7&page=2",
	    "https://shop.example/News/lift/?id=7&page=2",
	    "https://shop.example/News/lift///?id=7&page=2",
	    "https://shop.example/News/lift?id=7&page=2#comments",
	    "https://shop.example/News/lift?utm_source=x&id=7&page=2",
	    "https://shop.example/News/lift?id=7&utm_medium=y&page=2",
	    "https://shop.example/News/lift?id=7&page=2&fbclid=abc",
	    "https://shop.example/News/lift?id=7&page=2&gclid=abc&mc_cid=1",
	    "https://shop.example/News/lift?id=7&page=2&mc_eid=1&igshid=2",
	    "https://shop.example/News/lift?ref_src=a&id=7&page=2#a?b",
	    "https://shop.example/News/lift?&id=7&&page=2&",
	};
	int64_t key = cq_link_key(same[0]);

	(void)state;
	assert_int_not_equal(key, 0);
	for (size_t i = 1; i < sizeof(same) / sizeof(same[0]); i++)
		if (cq_link_key(same[i]) != key)
			fail_msg("%s", same[i]);
}

static void
test_another_page_has_another_number(void **state)
{
	static const char *const pages[] = {
	    "https://shop.example/lift",
	    "https://shop.example/Lift", /* a server may tell them apart */
	    "https://shop.example/lifts",
	    "https://shop.example/lift/1",
	    "https://shop.example/lift?id=7",
	    "https://shop.example/lift?id=8",
	    "https://shop.example/lift?ID=7",
	    "https://shop.example/lift?id=7&page=2",
	    "https://shop.example/lift?page=2&id=7",
	    "https://shop.example/lift?source=x",
	    "https://shop.example:8080/lift",
	    "https://m.shop.example/lift",
	    "https://shop.test/lift",
	    "https://shop.example/?id=7",
	    "https://shop.example/l/ift",
	};
	size_t n = sizeof(pages) / sizeof(pages[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_int_not_equal(cq_link_key(pages[i]), 0);
		for (size_t j = 0; j < i; j++)
			if (cq_link_key(pages[i]) == cq_link_key(pages[j]))
				fail_msg("%s and %s", pages[i], pages[j]);
	}
}

static void
test_what_leads_to_no_page_has_no_number(void **state)
{
	static const char *const rows[] = {"", "shop.example/lift",
	    "www.shop.example/lift", "ftp://shop.example/lift",
	    "mailto:ann@shop.example", "at://did:plc:x/post/1", "https:/x/y",
	    "https://", "https://shop.example", "https://shop.example/",
	    "https://www.shop.example//", "https://shop.example/#top",
	    "https://shop.example/?utm_source=x", "https://shop.example?",
	    "https://shop.example/?&&", "https://shop.example:443/"};

	(void)state;
	assert_int_equal(cq_link_key(NULL), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (cq_link_key(rows[i]) != 0)
			fail_msg("%s", rows[i]);
}

static void
test_numbers_are_small_and_of_their_own(void **state)
{
	enum { N = 3000 };
	static int64_t keys[N];
	char url[64];

	(void)state;
	for (int i = 0; i < N; i++) {
		snprintf(url, sizeof(url), "https://shop.example/p/%d", i);
		keys[i] = cq_link_key(url);
		assert_true(keys[i] > 0 && keys[i] >> 40 == 0);
		for (int j = 0; j < i; j++)
			assert_true(keys[i] != keys[j]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_changes_no_page_does_not_count),
	    cmocka_unit_test(test_another_page_has_another_number),
	    cmocka_unit_test(test_what_leads_to_no_page_has_no_number),
	    cmocka_unit_test(test_numbers_are_small_and_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
