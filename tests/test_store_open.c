#include "tests/file.h"
#include "tests/store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The file: what is opened, what is refused, and what a backup is. */

#define NOBODY 65534

static enum cq_status
open_path(struct fixture *f, const char *path)
{
	struct cq_store *store = NULL;
	enum cq_status rc = cq_store_open(path, &f->env, &store, &f->err);

	assert_true((rc == CQ_OK) == (store != NULL));
	cq_store_close(store);
	return rc;
}

static const char *
beside(struct fixture *f, const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	return path;
}

static void
test_what_is_not_there_is_not_found(void **state)
{
	struct fixture *f = *state;

	REFUSED(f, CQ_NOT_FOUND, open_path(f, beside(f, "none.db")));
	expect_said(f, "caseq init");
	REFUSED(f, CQ_NOT_FOUND, open_path(f, beside(f, "no/dir/q.db")));
	assert_int_not_equal(access(beside(f, "none.db"), F_OK), 0);
	assert_int_not_equal(access(beside(f, "none.db-gate"), F_OK), 0);
}

static void
test_what_is_no_queue_is_refused_and_left_alone(void **state)
{
	struct fixture *f = *state;
	char text[5000];
	const char *path;
	size_t n;
	char *got;

	memset(text, 'x', sizeof(text));
	path = beside(f, "empty.db");
	file_write(path, "", 0);
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
	path = beside(f, "short.txt");
	file_write(path, "hello\n", 6);
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
	path = beside(f, "long.txt");
	file_write(path, text, sizeof(text));
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
	got = file_read(path, &n);
	assert_int_equal(n, sizeof(text));
	assert_memory_equal(got, text, n);
	free(got);
	path = beside(f, "foreign.db");
	file_sql(path, "CREATE TABLE weight (name TEXT, value INT)");
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
	expect_said(f, "not a caseq queue");
	assert_int_equal(number_at(path, "SELECT count(*) FROM sqlite_schema"),
	    1);
	assert_int_not_equal(access(beside(f, "foreign.db-gate"), F_OK), 0);
	path = beside(f, "dir.db");
	assert_int_equal(mkdir(path, 0700), 0);
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
	path = beside(f, "fifo.db");
	assert_int_equal(mkfifo(path, 0600), 0);
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
}

static void
test_a_link_to_a_queue_is_refused(void **state)
{
	struct fixture *f = *state;
	const char *path = beside(f, "link.db");

	assert_int_equal(symlink(f->path, path), 0);
	REFUSED(f, CQ_DB, open_path(f, path));
	expect_said(f, "symbolic link");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_create(path, &f->env, "eve", NULL, CQ_NO_UID, &f->err));
	/* but the directory may be reached through one */
	assert_int_equal(symlink(f->dir, beside(f, "dirlink")), 0);
	OK(f, open_path(f, beside(f, "dirlink/q.db")));
}

/* Runs a check in a child that may do less; its exit status. */
static int
as_nobody(struct fixture *f, const char *path, enum cq_status want)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct cq_store *store = NULL;
		enum cq_status rc;

		if (setegid(NOBODY) != 0 || seteuid(NOBODY) != 0)
			_exit(77);
		rc = cq_store_open(path, &f->env, &store, &f->err);
		if (rc != want)
			fprintf(stderr, "status %d: %s\n", rc, f->err.msg);
		_exit(rc == want && store == NULL ? 0 : 1);
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_a_queue_of_somebody_else_is_refused(void **state)
{
	struct fixture *f = *state;
	int status;

	if (geteuid() != 0) {
		print_message("only root can be somebody else\n");
		skip();
	}
	assert_int_equal(chmod(f->dir, 0755), 0);
	status = as_nobody(f, f->path, CQ_DB);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
	assert_int_equal(chmod(f->path, 0644), 0); /* read, not write */
	assert_int_equal(as_nobody(f, f->path, CQ_DB), 0);
	assert_int_equal(chmod(f->dir, 0700), 0);
	assert_int_equal(as_nobody(f, f->path, CQ_DB), 0);
}

static void
test_a_newer_queue_is_refused_and_left_alone(void **state)
{
	struct fixture *f = *state;

	cq_store_close(f->store);
	f->store = NULL;
	file_sql(f->path, "PRAGMA user_version = 9999");
	REFUSED(f, CQ_VERSION, open_path(f, f->path));
	expect_said(f, "newer");
	assert_int_equal(number_at(f->path, "PRAGMA user_version"), 9999);
}

static void
test_a_queue_whose_making_was_cut_off_is_refused(void **state)
{
	struct fixture *f = *state;
	const char *path = beside(f, "half.db");

	file_sql(path,
	    "PRAGMA journal_mode = WAL;"
	    "PRAGMA application_id = 0x43534551;");
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
	expect_said(f, "caseq init");
	assert_int_equal(number_at(path, "SELECT count(*) FROM sqlite_schema"),
	    0);
}

static void
test_tables_without_anybody_in_them_are_no_queue(void **state)
{
	struct fixture *f = *state;
	const char *path = beside(f, "empty.db");

	/* cut off between the tables and the first agent */
	OK(f, cq_store_create(path, &f->env, "eve", NULL, CQ_NO_UID, &f->err));
	file_sql(path,
	    "DROP TRIGGER event_stay; DELETE FROM event; DELETE FROM agent;"
	    "DELETE FROM weight; DELETE FROM queue;"
	    "CREATE TRIGGER event_stay BEFORE DELETE ON event BEGIN"
	    " SELECT RAISE(ABORT, 'the log is only ever added to');END;");
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
	expect_said(f, "never finished; remove it and run 'caseq init'");
	assert_int_equal(unlink(path), 0);
	OK(f, cq_store_create(path, &f->env, "eve", NULL, CQ_NO_UID, &f->err));
	OK(f, open_path(f, path));

	/* cut off before anything was written */
	path = beside(f, "nothing.db");
	file_write(path, "", 0);
	REFUSED(f, CQ_CORRUPT, open_path(f, path));
	expect_said(f, "is empty; remove it and run 'caseq init'");
}

static void
test_a_program_older_than_the_queue_stops_writing(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");
	int n = n_events(f, -1, NULL);

	file_sql(f->path, "PRAGMA user_version = 9999");
	REFUSED(f, CQ_VERSION,
	    cq_store_note(f->store, &who, id, 0, "words", NULL, &f->err));
	REFUSED(f, CQ_VERSION,
	    cq_store_draft_save(f->store, "ana", id, "w", &f->err));
	assert_int_equal(n_events(f, -1, NULL), n);
	assert_int_equal(head(f, id)->n_notes, 0);
}

static void
test_network_file_systems_are_refused(void **state)
{
	static const long kinds[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,
	    0xFE534D42L, 0xFF534D42L, V9FS_MAGIC, 0x65735546L, AFS_FS_MAGIC,
	    CODA_SUPER_MAGIC, 0x0BD00BD0L, CEPH_SUPER_MAGIC,
	    (long)(int32_t)0xFF534D42};
	struct fixture *f = *state;
	const char *path = beside(f, "new.db");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		f->fs_type = kinds[i];
		REFUSED(f, CQ_DB, open_path(f, f->path));
		expect_said(f, "network file system");
		REFUSED(f, CQ_DB,
		    cq_store_create(path, &f->env, "eve", NULL, CQ_NO_UID,
			&f->err));
		assert_int_not_equal(access(path, F_OK), 0);
	}
	f->fs_type = TMPFS_MAGIC;
	OK(f, open_path(f, f->path));
}

static void
test_a_new_queue_is_its_owners_alone_and_never_written_over(void **state)
{
	struct fixture *f = *state;
	const char *path = beside(f, "sub/new.db");
	struct cq_store *store;
	struct cq_agent a;
	struct stat st;

	REFUSED(f, CQ_INPUT,
	    cq_store_create(path, &f->env, "No Name", NULL, CQ_NO_UID,
		&f->err));
	umask(0);
	OK(f, cq_store_create(path, &f->env, "eve", "eve", 4711, &f->err));
	umask(022);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(beside(f, "sub"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	path = beside(f, "sub/new.db");
	REFUSED(f, CQ_CONFLICT,
	    cq_store_create(path, &f->env, "mal", NULL, CQ_NO_UID, &f->err));
	OK(f, cq_store_open(path, &f->env, &store, &f->err));
	OK(f, cq_store_agent_by_uid(store, 4711, &a, &f->err));
	assert_string_equal(a.name, "eve");
	assert_int_equal(a.role, CQ_ADMINISTRATOR);
	assert_true(cq_store_is_mine(store));
	cq_agent_free(&a);
	cq_store_close(store);
}

static void
test_the_file_is_a_wal_database_with_our_marks(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	assert_int_equal(number_at(f->path, "PRAGMA application_id"),
	    0x43534551);
	assert_int_equal(number_at(f->path, "PRAGMA user_version"), 5);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &s, NULL);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(s, 0), "wal");
	sqlite3_finalize(s);
	sqlite3_close(db);
	/* all tables keep to their types, but those of the word index */
	assert_int_equal(number_at(f->path,
			     "SELECT count(*) FROM sqlite_schema"
			     " WHERE type = 'table' AND sql NOT"
			     " LIKE '%STRICT%'"
			     " AND name NOT LIKE 'search%'"),
	    0);
}

static void
test_a_store_opened_before_fork_is_refused_in_the_child(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	int status = 0, bad = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct cq_act who = act(f, "ana");
		struct cq_counts c;
		struct cq_cases cases;

		bad += cq_store_note(f->store, &who, id, 0, "w", NULL,
			   &f->err) != CQ_DB;
		bad += cq_store_counts(f->store, NULL, &c, &f->err) != CQ_DB;
		bad += cq_store_list(f->store, NULL, NULL, NULL, 0, &cases,
			   &f->err) != CQ_DB;
		bad += cq_store_tick(f->store, NULL, &f->err) != CQ_DB;
		bad += cq_store_version(f->store) != -1;
		cq_store_close(f->store); /* must not harm the parent */
		/* and leaves what is the parent's, which is no leak */
		execlp(bad == 0 ? "true" : "false", "child", (char *)NULL);
		_exit(2);
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_int_equal(status, 0);
	note(f, "ana", id, "still mine");
	all_is_well(f);
}

static void
test_a_queue_has_one_runner(void **state)
{
	struct fixture *f = *state;
	struct cq_store *other = open_again(f);

	OK(f, cq_store_runner_lock(f->store, &f->err));
	OK(f, cq_store_runner_lock(f->store, &f->err)); /* and has it still */
	REFUSED(f, CQ_CONFLICT, cq_store_runner_lock(other, &f->err));
	cq_store_close(f->store);
	f->store = NULL;
	OK(f, cq_store_runner_lock(other, &f->err));
	cq_store_close(other);
}

static void
test_a_backup_is_the_queue_and_never_overwrites(void **state)
{
	struct fixture *f = *state;
	struct fixture copy;
	char *before, *after;
	struct stat st;

	new_case(f, "1");
	new_case(f, "2");
	join(f, "ana", 1, 2);
	note(f, "ana", 1, "words");
	take(f, "ben", 1);
	before = snapshot(f, 2);
	copy = *f;
	snprintf(copy.path, sizeof(copy.path), "%s/copy.db", f->dir);
	OK(f, cq_store_backup(f->store, copy.path, &f->err));
	assert_int_equal(stat(copy.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	REFUSED(f, CQ_CONFLICT, cq_store_backup(f->store, copy.path, &f->err));
	REFUSED(f, CQ_CONFLICT, cq_store_backup(f->store, f->path, &f->err));
	REFUSED(f, CQ_DB,
	    cq_store_backup(f->store, beside(f, "no/x.db"), &f->err));
	assert_int_equal(symlink("nowhere", beside(f, "dangling")), 0);
	REFUSED(f, CQ_CONFLICT,
	    cq_store_backup(f->store, beside(f, "dangling"), &f->err));
	note(f, "ana", 1, "after the backup");
	memset(&copy.full, 0, sizeof(copy.full));
	memset(&copy.cases, 0, sizeof(copy.cases));
	copy.store = open_again(&copy);
	after = snapshot(&copy, 2);
	same_snapshot(before, after, "backup");
	all_is_well(&copy);
	note(&copy, "ana", 1, "it goes on from here");
	cq_store_close(copy.store);
	cq_case_full_free(&copy.full);
	cq_cases_free(&copy.cases);
	free(before);
	free(after);
}

static void
test_rows_of_wrong_kinds_are_refused_by_the_file(void **state)
{
	static const char *const bad[] = {
	    "UPDATE cases SET state = 'lost'",
	    "UPDATE cases SET grp = 7",
	    "UPDATE cases SET n_posts = 'many'",
	    "UPDATE cases SET holder = 1, lease_until_at = NULL",
	    "UPDATE cases SET grp = 3",
	    "UPDATE post SET rating = 9",
	    "UPDATE post SET text = NULL",
	    "UPDATE agent SET role = 'king'",
	    "UPDATE agent SET active = 2",
	    "UPDATE source SET state = 'maybe'",
	    "INSERT INTO post (source, remote_id, case_id, text, seen_at,"
	    " rule) SELECT source, remote_id, case_id, text, 1, rule FROM"
	    " post",
	};
	static const char *const orphans[] = {
	    "UPDATE post SET case_id = 99",
	    "UPDATE cases SET owner = 99",
	    "INSERT INTO tag VALUES (99, 'x')",
	};
	struct fixture *f = *state;
	sqlite3 *db = NULL;

	new_case(f, "1");
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (sqlite3_exec(db, bad[i], NULL, NULL, NULL) !=
		    SQLITE_CONSTRAINT)
			fail_msg("taken: %s", bad[i]);
	sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	for (size_t i = 0; i < sizeof(orphans) / sizeof(orphans[0]); i++)
		if (sqlite3_exec(db, orphans[i], NULL, NULL, NULL) !=
		    SQLITE_CONSTRAINT)
			fail_msg("taken: %s", orphans[i]);
	sqlite3_close(db);
}

static void
test_a_store_waits_as_long_as_it_is_told(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");
	char gate[400];
	int fd;

	snprintf(gate, sizeof(gate), "%s-gate", f->path);
	fd = open(gate, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	cq_store_patience(f->store, 50);
	REFUSED(f, CQ_BUSY,
	    cq_store_note(f->store, &who, id, 0, "words", NULL, &f->err));
	expect_said(f, "busy");
	close(fd);
	OK(f, cq_store_note(f->store, &who, id, 0, "words", NULL, &f->err));
}

static void
test_nothing_is_written_into_a_file_that_was_moved_away(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	struct cq_act who = act(f, "ana");
	char away[400];

	snprintf(away, sizeof(away), "%s.away", f->path);
	assert_int_equal(rename(f->path, away), 0);
	REFUSED(f, CQ_DB,
	    cq_store_note(f->store, &who, id, 0, "lost", NULL, &f->err));
	expect_said(f, "nothing was saved");
	assert_int_equal(rename(away, f->path), 0);
	OK(f, cq_store_note(f->store, &who, id, 0, "kept", NULL, &f->err));
	assert_int_equal(head(f, id)->n_notes, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_what_is_not_there_is_not_found),
	    WITH_QUEUE(test_what_is_no_queue_is_refused_and_left_alone),
	    WITH_QUEUE(test_a_link_to_a_queue_is_refused),
	    WITH_QUEUE(test_a_queue_of_somebody_else_is_refused),
	    WITH_QUEUE(test_a_newer_queue_is_refused_and_left_alone),
	    WITH_QUEUE(test_a_queue_whose_making_was_cut_off_is_refused),
	    WITH_QUEUE(test_tables_without_anybody_in_them_are_no_queue),
	    WITH_QUEUE(test_a_program_older_than_the_queue_stops_writing),
	    WITH_QUEUE(test_network_file_systems_are_refused),
	    WITH_QUEUE(
		test_a_new_queue_is_its_owners_alone_and_never_written_over),
	    WITH_QUEUE(test_the_file_is_a_wal_database_with_our_marks),
	    WITH_QUEUE(test_a_store_opened_before_fork_is_refused_in_the_child),
	    WITH_QUEUE(test_a_queue_has_one_runner),
	    WITH_QUEUE(test_a_backup_is_the_queue_and_never_overwrites),
	    WITH_QUEUE(test_rows_of_wrong_kinds_are_refused_by_the_file),
	    WITH_QUEUE(test_a_store_waits_as_long_as_it_is_told),
	    WITH_QUEUE(test_nothing_is_written_into_a_file_that_was_moved_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
