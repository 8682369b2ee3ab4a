#include "tests/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"

/* What the verbs leave in the tables, row by row. */

/* All rows of a query as SQL literals. */
static void
dump(sqlite3 *db, struct cq_buf *b, const char *sql)
{
	sqlite3_stmt *s = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			const void *v = sqlite3_column_blob(s, i);

			cq_buf_fmt(b, "%s=", sqlite3_column_name(s, i));
			if (sqlite3_column_type(s, i) == SQLITE_BLOB)
				cq_buf_fmt(b, "blob of %d",
				    sqlite3_column_bytes(s, i));
			else
				cq_buf_str(b, v == NULL ? "NULL" : v);
			cq_buf_char(b, '|');
		}
		cq_buf_char(b, '\n');
	}
	sqlite3_finalize(s);
}

static char *
dump_tables(struct fixture *f, const char *const *queries)
{
	struct cq_buf b = {0};
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (; *queries != NULL; queries++)
		dump(db, &b, *queries);
	sqlite3_close(db);
	return cq_buf_take(&b);
}

/* Every table but op: one row more tells that the act was done. */
static const char *const all_but_op[] = {"SELECT * FROM queue",
    "SELECT * FROM weight", "SELECT * FROM agent", "SELECT * FROM source",
    "SELECT * FROM author", "SELECT *, hex(last_hash) FROM cases",
    "SELECT * FROM counter", "SELECT * FROM post", "SELECT * FROM revision",
    "SELECT * FROM note", "SELECT * FROM tag", "SELECT * FROM draft",
    "SELECT * FROM presence", "SELECT *, hex(hash) FROM event", NULL};

/* What undo restores: all but fences, the log, and when a claim began. */
static const char *const work[] = {
    "SELECT id, state, grp, sort_key, outcome, owner, holder, opened_at,"
    " due_at, overdue, snooze_until_at, closed_at, last_post_at,"
    " joined_into, first_post, n_posts, n_reposts, n_authors, n_notes,"
    " reach, rating FROM cases WHERE joined_into IS NULL OR n_posts > 0",
    "SELECT * FROM post", "SELECT * FROM revision",
    "SELECT * FROM note WHERE retracted_at IS NULL", "SELECT * FROM tag",
    "SELECT agent, case_id, text FROM draft", NULL};

static void
furnish(struct fixture *f)
{
	struct cq_post p = a_post("1r", "mo", "me too, since Monday already");

	new_case(f, "1");
	new_case(f, "2");
	new_case(f, "3");
	p.in_reply_to = "1";
	p.rating = 2;
	p.url = "https://chirp.example/1r";
	p.extra = "{\"likes\":3}";
	put(f, &p);
	p.text = "me too, since Sunday already";
	put(f, &p);
	note(f, "ana", 1, "called the depot");
	note(f, "ben", 2, "strange");
	tag(f, "ana", 1, "lost", NULL);
	tag(f, "ana", 2, "lost", NULL);
	tag(f, "ben", 2, "strange", NULL);
	OK(f, cq_store_draft_save(f->store, "ana", 2, "dear mo,", &f->err));
	take(f, "ana", 2);
	resolve(f, "ben", 3);
}

static void
test_known_posts_leave_every_row_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("1r", "mo", "me too, since Monday already");
	char *before, *after;

	furnish(f);
	before = dump_tables(f, all_but_op);
	f->now += 5000;
	p.in_reply_to = "3"; /* not even what else has changed */
	p.author_followers = 77777;
	p.author_name = "Mo the Second";
	put(f, &p);
	p.text = "me too, since Sunday already";
	put(f, &p);
	new_case(f, "1");
	new_case(f, "3");
	after = dump_tables(f, all_but_op);
	same_snapshot(before, after, "known posts");
	free(before);
	free(after);
}

static void
test_a_refused_act_leaves_every_row_and_no_op(void **state)
{
	static const char *const ops[] = {"SELECT * FROM op", NULL};
	struct fixture *f = *state;
	char *before, *after, *ops_before, *ops_after;
	struct cq_act who;
	int64_t both[] = {2, 77}, id;

	furnish(f);
	before = dump_tables(f, all_but_op);
	ops_before = dump_tables(f, ops);
	who = act(f, "lea");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_move(f->store, &who, 2, 0, CQ_MOVE_RESOLVE, "fixed", 0,
		&f->err));
	who = act(f, "ana");
	REFUSED(f, CQ_NOT_FOUND,
	    cq_store_join(f->store, &who, 1, both, 2, false, "x",
		&f->err)); /* the first went well */
	who = act(f, "ana");
	REFUSED(f, CQ_INPUT,
	    cq_store_split(f->store, &who, 2, (int64_t[]){2}, 1, "x", &id,
		&f->err));
	who = act(f, "sue");
	REFUSED(f, CQ_DENIED,
	    cq_store_note(f->store, &who, 1, 0, "x", NULL, &f->err));
	after = dump_tables(f, all_but_op);
	ops_after = dump_tables(f, ops);
	same_snapshot(before, after, "refusals");
	same_snapshot(ops_before, ops_after, "refusals");
	free(before);
	free(after);
	free(ops_before);
	free(ops_after);
}

static void
do_join(struct fixture *f)
{
	join(f, "ana", 1, 2);
}

static void
do_join_closed(struct fixture *f)
{
	join(f, "ana", 3, 1);
}

static void
do_split(struct fixture *f)
{
	split(f, "ana", 1, 4);
}

static void
do_resolve(struct fixture *f)
{
	resolve(f, "ana", 2);
}

static void
do_release(struct fixture *f)
{
	release(f, "ana", 2);
}

static void
do_take(struct fixture *f)
{
	take(f, "ana", 1);
}

static void
do_tag(struct fixture *f)
{
	tag(f, "ana", 2, "new", "lost");
}

static void
do_assign(struct fixture *f)
{
	struct cq_act who = act(f, "ana");

	OK(f, cq_store_assign(f->store, &who, 1, "ana", "mine", &f->err));
}

static void
do_reopen(struct fixture *f)
{
	struct cq_act who = act(f, "ana");

	OK(f,
	    cq_store_move(f->store, &who, 3, 0, CQ_MOVE_REOPEN, "again", 0,
		&f->err));
}

static void
do_pend(struct fixture *f)
{
	struct cq_act who = act(f, "ana");

	OK(f,
	    cq_store_move(f->store, &who, 1, 0, CQ_MOVE_PEND, NULL, 0,
		&f->err));
}

static void
test_undo_restores_every_row(void **state)
{
	static const struct {
		const char *name;
		void (*run)(struct fixture *f);
	} acts[] = {{"join", do_join}, {"join into a closed", do_join_closed},
	    {"split", do_split}, {"resolve", do_resolve},
	    {"release", do_release}, {"take", do_take}, {"tag", do_tag},
	    {"assign", do_assign}, {"reopen", do_reopen}, {"pend", do_pend}};
	struct fixture *f = *state;

	furnish(f);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		char *before = dump_tables(f, work), *between, *after;

		f->now += 60;
		acts[i].run(f);
		between = dump_tables(f, work);
		if (strcmp(before, between) == 0)
			fail_msg("%s changes nothing", acts[i].name);
		f->now += 60;
		undo(f, "ana");
		after = dump_tables(f, work);
		/* of a split the number stays, and leads back */
		if (acts[i].run != do_split)
			same_snapshot(before, after, acts[i].name);
		else
			assert_non_null(strstr(after, "id=4|state=new|grp=3"));
		free(before);
		free(between);
		free(after);
	}
	all_is_well(f);
}

static void
test_acts_of_one_agent_leave_one_event_and_one_op_each(void **state)
{
	static const char *const orphans[] = {
	    "SELECT * FROM event e WHERE e.agent IS NOT NULL AND NOT EXISTS"
	    " (SELECT 1 FROM op WHERE id = e.op) AND e.id > 1",
	    "SELECT * FROM op WHERE status = 0 AND NOT EXISTS (SELECT 1 FROM"
	    " event WHERE op = op.id) AND verb NOT IN ('ingest')",
	    "SELECT * FROM event e JOIN op o ON o.id = e.op"
	    " WHERE o.agent <> e.agent OR o.at <> e.at",
	    NULL};
	struct fixture *f = *state;
	char *found;

	furnish(f);
	do_join(f);
	undo(f, "ana");
	do_split(f);
	do_tag(f);
	found = dump_tables(f, orphans);
	assert_string_equal(found, "");
	free(found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_known_posts_leave_every_row_as_it_was),
	    WITH_QUEUE(test_a_refused_act_leaves_every_row_and_no_op),
	    WITH_QUEUE(test_undo_restores_every_row),
	    WITH_QUEUE(test_acts_of_one_agent_leave_one_event_and_one_op_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
