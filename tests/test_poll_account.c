#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "tests/polling.h"

/* Sources that ask with one account, or one host: its limits are theirs. */

#define FEED "<rss><channel><item><title>one</title></item></channel></rss>"

/* The reset of a limit that is not used up is no reason to wait for it. */
static void
test_a_server_out_of_order_is_not_left_until_its_limit_resets(void **state)
{
	struct polling *f = *state;
	char *headers = cq_format("X-RateLimit-Remaining: 4999\n"
				  "X-RateLimit-Reset: %lld",
	    (long long)f->now + 3000);

	polling_add(f, "kettle", "github", "/ann/kettle", "");
	replay_text(f->site,
	    "/api/v3/repos/ann/kettle/issues?state=all&sort=updated&"
	    "direction=asc&per_page=50",
	    502, headers, "");
	polling_round(f, NULL,
	    "kettle: 11 127.0.0.1 is out of order (502): it will be asked "
	    "again later\n");
	assert_in_range(f->next_at - f->now, 60, 75);
	free(headers);
}

#define N_SLOW 12 /* of one host, of which four are asked at a time */

static void
test_many_sources_of_a_slow_host_are_all_heard(void **state)
{
	struct polling *f = *state;
	char name[16], path[16], why[200];
	struct http_opts http;
	struct poll_opts opts = polling_options(f, &http);
	struct cq_err err = {0};
	struct cq_source s;
	struct cq_act a;
	int i;

	assert_true(replay_fail(f->site, "path=/f*\nn=all\nwait=0.3", why));
	for (i = 0; i < N_SLOW; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		snprintf(path, sizeof(path), "/f%d", i);
		polling_add(f, name, "feed", path, "");
		replay_text(f->site, path, 200, NULL, FEED);
	}
	a = polling_act(f);
	assert_int_equal(poll_round(f->store, &a, &opts, &err), CQ_OK);
	for (i = 0; i < N_SLOW; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		s = polling_source(f, name);
		assert_null(s.last_error);
		cq_source_free(&s);
	}
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, polling_set_up, polling_tear_down)
	const struct CMUnitTest tests[] = {
	    T(test_a_server_out_of_order_is_not_left_until_its_limit_resets),
	    T(test_many_sources_of_a_slow_host_are_all_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
