#include "tests/listening.h"

#include <stdlib.h>

#include "core/buf.h"

struct cq_source
a_source(const char *name, const char *address, const char *token_file)
{
	return (struct cq_source){.name = (char *)name,
	    .adapter = "mastodon",
	    .address = (char *)address,
	    .query = "#parcels",
	    .token_file = (char *)token_file,
	    .every_s = 300,
	    .since_at = CQ_NO_TIME};
}

void
add_source(struct fixture *f, const struct cq_source *source)
{
	struct cq_act who = act(f, "adm");

	OK(f, cq_store_source_add(f->store, &who, source, &f->err));
}

struct cq_source
source_now(struct fixture *f, const char *name)
{
	struct cq_source s;

	OK(f, cq_store_source(f->store, name, &s, &f->err));
	return s;
}

int64_t
rest_at_of(struct fixture *f, const char *name)
{
	struct cq_source s = source_now(f, name);
	int64_t at = s.rest_at;

	cq_source_free(&s);
	return at;
}

struct cq_ingested
fetched(struct fixture *f, const char *name, const struct cq_fetched *end,
    const struct cq_post *posts, size_t n)
{
	struct cq_source s = source_now(f, name);
	struct cq_fetched fetched = *end;
	struct cq_ingested sum = {0};
	struct cq_act who = act(f, "ana");

	fetched.source_id = s.id;
	fetched.cursor_before = s.cursor;
	fetched.asked = &s;
	fetched.next_at = f->now + 300;
	OK(f,
	    cq_store_fetched(f->store, &who, &fetched, posts, n, &sum,
		&f->err));
	cq_source_free(&s);
	return sum;
}

void
fetched_nothing(struct fixture *f, const char *name, const char *error)
{
	struct cq_fetched end = {.error = error};

	fetched(f, name, &end, NULL, 0);
}

void
pause_source(struct fixture *f, const char *name, bool paused)
{
	struct cq_act who = act(f, "adm");

	OK(f, cq_store_source_pause(f->store, &who, name, paused, &f->err));
}

void
remove_source(struct fixture *f, const char *name)
{
	struct cq_act who = act(f, "adm");

	OK(f, cq_store_source_remove(f->store, &who, name, &f->err));
}

/* --- gaps ------------------------------------------------------------------ */

char *
standing(struct fixture *f)
{
	struct cq_buf b = {0};
	struct cq_gaps gaps;

	OK(f, cq_store_gaps(f->store, &gaps, &f->err));
	cq_buf_str(&b, "");
	for (size_t i = 0; i < gaps.n; i++) {
		const struct cq_gap *g = &gaps.at[i];

		cq_buf_fmt(&b, "%s %s%s%s\n", g->source, cq_gap_name(g->kind),
		    g->seen_by == NULL ? "" : " seen by ",
		    g->seen_by == NULL ? "" : g->seen_by);
	}
	cq_gaps_free(&gaps);
	return cq_buf_take(&b);
}

void
expect_standing(struct fixture *f, const char *want)
{
	char *got;

	tick(f);
	got = standing(f);
	assert_string_equal(got, want);
	free(got);
}

struct cq_gap
gap_now(struct fixture *f, size_t n)
{
	struct cq_gaps gaps;
	struct cq_gap gap;

	OK(f, cq_store_gaps(f->store, &gaps, &f->err));
	assert_true(gaps.n > n);
	gap = gaps.at[n];
	gaps.at[n] = (struct cq_gap){0};
	cq_gaps_free(&gaps);
	return gap;
}

void
add_loud(struct fixture *f)
{
	struct cq_source s = a_source("loud", HOST, "/t/one");

	add_source(f, &s);
	fetched_nothing(f, "loud", NULL);
}

void
fail_for(struct fixture *f, const char *name, int n, int64_t step_s)
{
	while (n-- > 0) {
		f->now += step_s;
		fetched_nothing(f, name, "social.example does not answer");
	}
}

int64_t
see(struct fixture *f, const char *agent, const char *source)
{
	struct cq_act who = act(f, agent);
	int64_t n;

	OK(f, cq_store_gap_seen(f->store, &who, source, &n, &f->err));
	return n;
}
