#include "tests/file.h"
#include "tests/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"

/*
 * A queue that an older caseq made is brought up to date when it is opened,
 * and nothing in it is lost.  See tests/fixtures/store/version-N.sql.
 */
#define OLD_QUEUE "tests/fixtures/store/version-1.sql"
#define OLD_QUEUE_2 "tests/fixtures/store/version-2.sql"
#define OLD_QUEUE_4 "tests/fixtures/store/version-4.sql"
#define NEWEST 5
#define OLD_NOW (T0 - INT64_C(270000)) /* 2026-11-20 09:00:00 UTC */

/* An old queue in the place of the fixture's own. */
static void
set_up_from(struct fixture *f, const char *dump, int64_t now)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-gate"};
	char path[400];
	size_t n;
	char *sql;

	cq_store_close(f->store);
	f->store = NULL;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", f->path, suffixes[i]);
		unlink(path);
	}
	sql = file_read(dump, &n);
	sql = cq_grow(sql, n + 1, 1);
	sql[n] = '\0';
	file_sql(f->path, sql);
	free(sql);
	assert_int_equal(chmod(f->path, 0600), 0);
	f->now = now;
}

static void
set_up_old(struct fixture *f)
{
	set_up_from(f, OLD_QUEUE, OLD_NOW);
}

static void
open_old(struct fixture *f)
{
	OK(f, cq_store_open(f->path, &f->env, &f->store, &f->err));
}

static const char *
backup_path(struct fixture *f)
{
	static char path[400];

	snprintf(path, sizeof(path), "%s-before-v%d", f->path, NEWEST);
	return path;
}

/* Rows of a table that the backup has and the queue has not alike. */
static int64_t
n_lost(struct fixture *f, const char *table)
{
	char *attach = cq_format("ATTACH '%s' AS old", backup_path(f));
	char *make, *columns = NULL;
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int64_t n = -1;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
	free(attach);
	/* but the key of a text, which is made in another way now, and what
	 * is kept of the last hash, which the proof looks at; remote ids
	 * that are numbers are stored as numbers now */
	make = cq_format("SELECT group_concat(CASE WHEN name IN ('remote_id',"
			 " 'reply_to', 'repost_of', 'quote_of') THEN 'CAST('"
			 " || name || ' AS TEXT)' ELSE name END) FROM"
			 " pragma_table_info('%s', 'old')"
			 " WHERE name NOT IN ('text_key', 'last_hash')",
	    table);
	assert_int_equal(sqlite3_prepare_v2(db, make, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	columns = cq_strdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	free(make);
	make = cq_format("SELECT count(*), (SELECT count(*) FROM old.%s) FROM"
			 " (SELECT %s FROM old.%s EXCEPT SELECT %s FROM"
			 "  main.%s)",
	    table, columns, table, columns, table);
	assert_int_equal(sqlite3_prepare_v2(db, make, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	assert_true(sqlite3_column_int64(s, 1) > 0); /* it shows something */
	sqlite3_finalize(s);
	sqlite3_close(db);
	free(make);
	free(columns);
	return n;
}

static void
test_an_older_queue_is_brought_up_to_date_and_keeps_all(void **state)
{
	static const char *const tables[] = {"agent", "source", "author",
	    "cases", "post", "revision", "note", "tag", "op", "event", "queue",
	    "weight", "counter"};
	struct fixture *f = *state;

	set_up_old(f);
	assert_int_equal(number_at(f->path, "PRAGMA user_version"), 1);
	open_old(f);
	assert_int_equal(number_at(f->path, "PRAGMA user_version"), NEWEST);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (n_lost(f, tables[i]) != 0)
			fail_msg("rows of %s were lost or changed", tables[i]);
	assert_int_equal(counts(f, NULL).posts, 11);
	assert_int_equal(counts(f, NULL).cases, 8);
	all_is_well(f);
	cq_store_close(f->store);
	open_old(f); /* up to date it is opened as any other */
	all_is_well(f);
}

static void
test_a_copy_from_before_lies_beside_it(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	set_up_old(f);
	open_old(f);
	assert_int_equal(stat(backup_path(f), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(number_at(backup_path(f), "PRAGMA user_version"), 1);
	assert_int_equal(number_at(backup_path(f), "SELECT count(*) FROM post"),
	    11);
	assert_int_equal(number_at(backup_path(f),
			     "SELECT count(*) FROM sqlite_schema"
			     " WHERE name = 'incident'"),
	    0);
}

static void
test_what_was_known_is_told_as_before(void **state)
{
	struct fixture *f = *state;
	const struct cq_case *c;

	set_up_old(f);
	open_old(f);
	c = head(f, 5);
	assert_int_equal(c->id, 2);
	assert_int_equal(c->n_posts, 4);
	assert_int_equal(c->n_authors, 3);
	assert_int_equal(c->n_notes, 1);
	assert_int_equal(c->incident, 0);
	assert_string_equal(c->tags, "outage");
	assert_string_equal(c->owner, "ben");
	assert_string_equal(c->holder, "ana");
	c = head(f, 3);
	assert_int_equal(c->state, CQ_RESOLVED);
	assert_string_equal(c->outcome, "handed-over");
	c = head(f, 6);
	assert_int_equal(c->n_posts, 1);
	assert_int_equal(f->full.n > 1, true); /* its first text too */
	assert_int_equal(list(f, "gate", NULL)->n, 1);
	assert_int_equal(list(f, "all", NULL)->n, 7);
}

static void
test_acts_from_before_are_still_undone_and_done_once(void **state)
{
	static const char words[] = "Asked billing about HG-20114";
	struct fixture *f = *state;
	struct cq_act again = {.op = "v1-5", .agent = "ana"};
	int64_t note_id;

	set_up_old(f);
	open_old(f);
	OK(f, cq_store_note(f->store, &again, 1, 0, words, &note_id, &f->err));
	assert_int_equal(head(f, 1)->n_notes, 1);
	assert_string_equal(head(f, 2)->holder, "ana");
	undo(f, "ana"); /* takes 2 */
	assert_null(head(f, 2)->holder);
	undo(f, "ana"); /* puts 4 aside */
	assert_int_equal(head(f, 4)->state, CQ_NEW);
	undo(f, "ana"); /* breaks a post out of 6 */
	assert_int_equal(head(f, 8)->id, 6);
	undo(f, "ben"); /* closes 7 */
	undo(f, "ben"); /* the first tag; the second was undone before */
	undo(f, "ben"); /* joins 5 into 2 */
	assert_int_equal(head(f, 5)->id, 5);
	assert_int_equal(head(f, 2)->n_posts, 3);
	all_is_well(f);
}

struct late {
	const char *id, *author, *text;
	int64_t case_id;
	enum cq_rule rule;
};

static void
check_late(struct fixture *f, const struct cq_post *p, const struct late *l)
{
	int64_t id = put(f, p);
	const struct cq_entry *e = NULL;

	if (id != l->case_id)
		fail_msg("%s is in case %lld, not %lld", l->id, (long long)id,
		    (long long)l->case_id);
	head(f, id);
	for (size_t i = 0; i < f->full.n; i++)
		if (f->full.at[i].kind == CQ_ENTRY_POST &&
		    strcmp(f->full.at[i].remote_id.s, l->id) == 0)
			e = &f->full.at[i];
	assert_non_null(e);
	if (e->rule != l->rule)
		fail_msg("%s joined by rule %s, not %s: %s", l->id,
		    cq_rule_name(e->rule), cq_rule_name(l->rule), e->why.s);
}

static void
test_new_posts_are_compared_with_those_from_before(void **state)
{
	static const struct late rows[] = {
	    {"n1", "v1",
		"Halden Gas has charged my card twice this month and the chat "
		"has been closed since Tuesday, reference HG-20114!!",
		1, CQ_RULE_TEXT},
	    {"n2", "v2",
		"No hot watter in the whole of Quarry Lane for three days, and "
		"yuor map says all is well",
		2, CQ_RULE_COPY},
	    /* its tags counted as words once, so it had another key */
	    {"n3", "v3",
		"Engineer never came, nobody phoned, and the next free day is "
		"in three weeks & a half",
		3, CQ_RULE_TEXT},
	    {"n4", "v4", "ガスが昨日から止まったままで、電話もつながりません",
		2, CQ_RULE_TEXT},
	    {"n5", "v5",
		"Seit drei Wochen warte ich auf die Rückzahlung meiner "
		"Kautoin, niemand antwortet auf Briefe",
		4, CQ_RULE_COPY},
	    /* the words that it has now, not those that it had at first */
	    {"n6", "v6",
		"Meter reader walked over my flower bed, left the gate open, "
		"and the dog is gone",
		6, CQ_RULE_TEXT},
	};
	struct fixture *f = *state;

	set_up_old(f);
	open_old(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cq_post p =
		    a_post(rows[i].id, rows[i].author, rows[i].text);

		p.brand = "halden";
		check_late(f, &p, &rows[i]);
	}
	all_is_well(f);
}

static void
test_links_and_threads_from_before_are_known(void **state)
{
	static const struct late link = {"n1", "v1",
	    "Halden Gas has charged my card twice this month", 1, CQ_RULE_LINK};
	static const struct late thread = {
	    "n2", "u2", "Any news?", 2, CQ_RULE_CONVERSATION};
	struct fixture *f = *state;
	struct cq_post p;

	set_up_old(f);
	open_old(f);
	p = a_post(link.id, link.author, link.text);
	p.source = "mirror";
	p.url = "https://www.chirp.example/kit/1";
	p.brand = "halden";
	check_late(f, &p, &link);
	f->now += 2 * 24 * 3600; /* no follow-up any more */
	p = a_post(thread.id, thread.author, thread.text);
	p.conversation = "thread-7";
	check_late(f, &p, &thread);
	all_is_well(f);
}

static void
test_what_is_like_an_old_post_is_suggested(void **state)
{
	struct fixture *f = *state;
	struct cq_post p = a_post("n1", "v1",
	    "Halden Gas has charged my card twice this month and the chat has "
	    "been closed since Tuesday, reference HG-20998");
	struct cq_ingested sum = {0};
	struct cq_act who;

	set_up_old(f);
	open_old(f);
	who = act(f, "ana");
	OK(f, cq_store_ingest(f->store, &who, &p, 1, &sum, &f->err));
	assert_int_equal(sum.n_joined, 0);
	assert_int_equal(sum.n_suggested, 1);
}

static void
test_only_what_may_be_suggested_is_yet_to_be_indexed(void **state)
{
	struct fixture *f = *state;
	int64_t behind = 0;

	set_up_old(f);
	open_old(f);
	OK(f, cq_store_search_behind(f->store, &behind, &f->err));
	assert_int_equal(behind, 11);
	set_up_old(f);
	unlink(backup_path(f));
	/* after those of 08:05, before the two of 08:40 */
	f->now = OLD_NOW - 30 * 60 + 14 * 24 * 3600;
	open_old(f);
	OK(f, cq_store_search_behind(f->store, &behind, &f->err));
	assert_int_equal(behind, 2);
}

static void
note_words(void *arg, const char *words)
{
	struct fixture *f = arg;

	cq_fail(&f->err, CQ_OK, "%s", words);
}

/* More posts than are taken at once, and what is wrong with one of them. */
static void
test_all_of_many_posts_get_their_words(void **state)
{
	static const char many[] =
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 26000) INSERT INTO post (source, remote_id, case_id,"
	    " text, extra, seen_at, rule) SELECT 1, 'many' || i, 1,"
	    " 'kettle ' || i || ' leaks on the shelf of shop ' || (i % 700),"
	    " CASE i % 3 WHEN 0 THEN '{' WHEN 1 THEN '{\"conversation\":7}'"
	    " END, 1795160000, 'first' FROM n;"
	    "UPDATE post SET text = 'odd' || x'00ff' || x'fe' WHERE"
	    " remote_id = 'many17'";
	struct fixture *f = *state;

	set_up_old(f);
	file_sql(f->path, many);
	f->env.tell = note_words;
	open_old(f);
	expect_said(f, "26011 posts, about 1 s");
	expect_said(f, "q.db-before-v5");
	assert_int_equal(number_at(f->path, "SELECT n FROM word WHERE key = 0"),
	    26011);
	/* "leaks", in all of them but one */
	assert_int_equal(number_at(f->path,
			     "SELECT n FROM word WHERE key > 0"
			     " ORDER BY n DESC LIMIT 1 OFFSET 5"),
	    25999);
	assert_int_equal(number_at(f->path,
			     "SELECT count(*) FROM post WHERE"
			     " remote_id LIKE 'many%' AND text_key IS NULL"),
	    1);
	assert_int_equal(number_at(f->path,
			     "SELECT count(conversation) FROM post"),
	    1);
}

static void
test_a_step_that_fails_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct cq_store *store = NULL;

	set_up_old(f);
	file_sql(f->path, "CREATE TABLE apart (x)");
	REFUSED(f, CQ_DB, cq_store_open(f->path, &f->env, &store, &f->err));
	assert_null(store);
	assert_int_equal(number_at(f->path, "PRAGMA user_version"), 1);
	assert_int_equal(number_at(f->path,
			     "SELECT count(*) FROM sqlite_schema"
			     " WHERE name IN ('word', 'incident')"),
	    0);
	file_sql(f->path, "DROP TABLE apart");
	open_old(f); /* the copy that was made then is kept */
	assert_int_equal(number_at(backup_path(f), "PRAGMA user_version"), 1);
	all_is_well(f);
}

static void
test_sources_and_posts_from_before_are_public_and_missed_by_nobody(void **state)
{
	struct fixture *f = *state;
	struct cq_sources all;
	struct cq_gaps gaps;

	set_up_old(f);
	open_old(f);
	f->now += 30 * 24 * 3600;
	tick(f);
	OK(f, cq_store_gaps(f->store, &gaps, &f->err));
	assert_int_equal(gaps.n, 0);
	OK(f, cq_store_sources(f->store, &all, &f->err));
	assert_true(all.n > 0);
	for (size_t i = 0; i < all.n; i++) {
		assert_int_equal(all.at[i].since_at, CQ_NO_TIME);
		assert_int_equal(all.at[i].habit.n, 0);
		assert_int_equal(all.at[i].week_days, 0);
		assert_null(all.at[i].options);
	}
	cq_sources_free(&all);
	head(f, 1);
	for (size_t i = 0; i < f->full.n; i++) {
		assert_int_equal(f->full.at[i].marks.visibility, CQ_PUBLIC);
		assert_false(f->full.at[i].marks.bot);
		if (f->full.at[i].kind == CQ_ENTRY_POST)
			assert_int_equal(f->full.at[i].marks.gone_at,
			    CQ_NO_TIME);
	}
	all_is_well(f);
}

/* --- version 2: suggestions like in words had a row each ---------------- */

static void
set_up_suggested(struct fixture *f)
{
	set_up_from(f, OLD_QUEUE_2, T0 + 3600);
}

/* All suggestions as version 2 stored them. */
static char *
stored(const char *path)
{
	static const char sql[] =
	    "SELECT group_concat(line, char(10)) FROM (SELECT post || ' ' ||"
	    " rank || ' ' || other || ' ' || rule || ' ' || score || ' ' ||"
	    " state AS line FROM suggestion ORDER BY post, rank)";
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	char *all;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	all = cq_strdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
	return all;
}

/* The same of posts 1 to n, as they are explained. */
static char *
told(struct fixture *f, int64_t n)
{
	struct cq_buf b = {0};
	struct cq_explained e;

	for (int64_t post = 1; post <= n; post++) {
		OK(f, cq_store_explain(f->store, post, &e, &f->err));
		for (size_t i = 0; i < e.n_suggestions; i++) {
			const struct cq_explained_suggestion *s =
			    &e.suggestions[i];

			if (b.n > 0)
				cq_buf_char(&b, '\n');
			cq_buf_fmt(&b, "%lld %d %lld %s %d %s", (long long)post,
			    s->rank, (long long)s->other.id,
			    cq_rule_name(s->rule), s->score, s->state);
			assert_true(s->why.s[0] != '\0');
		}
		cq_explained_free(&e);
	}
	return cq_buf_take(&b);
}

static void
test_suggestions_take_less_room_and_are_all_there(void **state)
{
	struct fixture *f = *state;
	char *want, *got;

	set_up_suggested(f);
	want = stored(f->path);
	assert_int_equal(number_at(f->path, "SELECT count(*) FROM suggestion"),
	    12);
	open_old(f);
	got = told(f, 9);
	assert_string_equal(got, want);
	/* what was judged, what other rules said, and the newest number */
	assert_int_equal(number_at(f->path, "SELECT count(*) FROM suggestion"),
	    5);
	assert_int_equal(number_at(f->path, "SELECT max(id) FROM suggestion"),
	    12);
	assert_int_equal(number_at(f->path,
			     "SELECT count(*) FROM sqlite_schema"
			     " WHERE name = 'event_at'"),
	    0);
	all_is_well(f);
	free(want);
	free(got);
}

static int64_t
dups(struct fixture *f, int64_t case_id, int64_t *n_weak)
{
	struct cq_maybes m;
	int64_t n;

	OK(f, cq_store_dups(f->store, case_id, 0, &m, &f->err));
	n = (int64_t)m.n;
	*n_weak = 0;
	for (size_t i = 0; i < m.n; i++) {
		*n_weak += m.at[i].weak;
		assert_non_null(strstr(m.at[i].why.s, "like in words: "));
	}
	cq_maybes_free(&m);
	return n;
}

static void
test_what_was_judged_before_is_undone_and_judged_anew(void **state)
{
	struct fixture *f = *state;
	char *before, *after;
	int64_t n_weak;

	set_up_suggested(f);
	open_old(f);
	undo(f, "adm"); /* 6 is not the same as 2 */
	undo(f, "adm"); /* joins 3 into 1 */
	assert_int_equal(head(f, 3)->id, 3);
	/* 9, 1 and 4, from both sides, and weakly 5 */
	assert_int_equal(dups(f, 3, &n_weak), 4);
	assert_int_equal(n_weak, 1);
	before = told(f, 9);
	assert_null(strstr(before, "accepted"));
	assert_null(strstr(before, "refused"));
	join(f, "adm", 9, 3);
	after = told(f, 9);
	assert_non_null(strstr(after, "9 2 3 like 536 accepted"));
	free(after);
	all_is_well(f);
	undo(f, "adm");
	after = told(f, 9);
	assert_string_equal(after, before);
	assert_int_equal(dups(f, 3, &n_weak), 4);
	all_is_well(f);
	free(before);
	free(after);
}

/* Ids became numbers, hashes half as long, and there is a second index. */
static void
test_posts_are_known_by_their_ids_and_the_log_goes_on(void **state)
{
	static const char whole[] =
	    "SELECT count(*) FROM event WHERE length(hash) = 32";
	static const char half[] =
	    "SELECT count(*) FROM event WHERE length(hash) = 16";
	static const char numbers[] =
	    "SELECT count(*) FROM post WHERE typeof(remote_id) = 'integer'";
	struct fixture *f = *state;
	struct cq_ingested sum = {0};
	struct cq_post p = a_post("8", "late", "An answer to what came before");
	struct cq_act who;
	int64_t n, id = 0;

	set_up_suggested(f);
	n = number_at(f->path, whole);
	assert_true(n > 9);
	open_old(f);
	assert_int_equal(number_at(f->path, numbers), 9);
	OK(f, cq_store_post_id(f->store, "chirp", "8", &id, &f->err));
	assert_int_equal(id, 8);
	who = act(f, "adm");
	OK(f, cq_store_ingest(f->store, &who, &p, 1, &sum, &f->err));
	assert_int_equal(sum.n_edited, 1);
	p = a_post("late", "late", "Another answer");
	p.in_reply_to = "8";
	put(f, &p);
	assert_int_equal(number_at(f->path, whole), n);
	assert_int_equal(number_at(f->path, half), 2);
	assert_int_equal(number_at(f->path, "SELECT n FROM search_age"), 9);
	all_is_well(f);
}

/* --- version 4: a rest was no more than a time to ask next --------------- */

static void
test_sources_from_before_rest_for_nobody_and_are_looked_at_anew(void **state)
{
	static const char *const tables[] = {"agent", "source", "author",
	    "cases", "post", "note", "op", "event", "queue", "heard"};
	struct fixture *f = *state;
	struct cq_sources all;

	set_up_from(f, OLD_QUEUE_4, OLD_NOW);
	open_old(f);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (n_lost(f, tables[i]) != 0)
			fail_msg("rows of %s were lost or changed", tables[i]);
	OK(f, cq_store_sources(f->store, &all, &f->err));
	assert_int_equal(all.n, 3); /* chirp, forum, toots */
	for (size_t i = 0; i < all.n; i++) {
		assert_int_equal(all.at[i].rest_at, CQ_NO_TIME);
		assert_int_equal(all.at[i].looked_at, CQ_NO_TIME);
		assert_int_equal(all.at[i].look_before, 0);
	}
	assert_int_equal(all.at[1].n_failed, 1);
	assert_true(all.at[2].paused);
	cq_sources_free(&all);
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_an_older_queue_is_brought_up_to_date_and_keeps_all),
	    WITH_QUEUE(test_a_copy_from_before_lies_beside_it),
	    WITH_QUEUE(test_what_was_known_is_told_as_before),
	    WITH_QUEUE(test_acts_from_before_are_still_undone_and_done_once),
	    WITH_QUEUE(test_new_posts_are_compared_with_those_from_before),
	    WITH_QUEUE(test_links_and_threads_from_before_are_known),
	    WITH_QUEUE(test_what_is_like_an_old_post_is_suggested),
	    WITH_QUEUE(test_only_what_may_be_suggested_is_yet_to_be_indexed),
	    WITH_QUEUE(test_all_of_many_posts_get_their_words),
	    WITH_QUEUE(test_a_step_that_fails_changes_nothing),
	    WITH_QUEUE(
		test_sources_and_posts_from_before_are_public_and_missed_by_nobody),
	    WITH_QUEUE(test_suggestions_take_less_room_and_are_all_there),
	    WITH_QUEUE(test_what_was_judged_before_is_undone_and_judged_anew),
	    WITH_QUEUE(test_posts_are_known_by_their_ids_and_the_log_goes_on),
	    WITH_QUEUE(
		test_sources_from_before_rest_for_nobody_and_are_looked_at_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
