#include "tests/listening.h"

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
