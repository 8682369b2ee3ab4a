#include "core/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"

/*
 * A copy while people work: SQLite's backup API, a check, fsync, and only
 * then the name.  Copying the file itself damages about every second copy.
 */

static enum cq_status
copy_pages(struct cq_store *store, sqlite3 *to, struct cq_err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", store->db, "main");
	int rc;

	if (b == NULL)
		return cq_fail(err, CQ_DB, "cannot begin the backup: %s",
		    sqlite3_errmsg(to));
	/* -1: in one step, so that writers meanwhile cannot restart it */
	rc = sqlite3_backup_step(b, -1);
	sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return CQ_OK;
	if ((rc & 0xff) == SQLITE_FULL)
		return cq_fail(err, CQ_FULL,
		    "the disk is full: no backup was made; free some space "
		    "and try again");
	return cq_fail(err, CQ_DB, "the backup failed: %s", sqlite3_errstr(rc));
}

static enum cq_status
check_copy(sqlite3 *copy, struct cq_err *err)
{
	sqlite3_stmt *s = NULL;
	bool ok = false;

	if (sqlite3_prepare_v2(copy, "PRAGMA quick_check(1)", -1, &s, NULL) ==
		SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		ok = strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0;
	sqlite3_finalize(s);
	if (ok)
		return CQ_OK;
	return cq_fail(err, CQ_CORRUPT,
	    "the copy is damaged, so the queue may be: see 'caseq doctor'; "
	    "no backup was made");
}

/* In a file of its own, not in the name's place yet. */
static enum cq_status
make_copy(struct cq_store *store, const char *name, struct cq_err *err)
{
	sqlite3 *copy = NULL;
	enum cq_status rc;

	if (sqlite3_open_v2(name, &copy,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		rc = cq_fail(err, CQ_DB, "cannot write %s", name);
	else
		rc = copy_pages(store, copy, err);
	/* one file, without a -wal beside it */
	if (rc == CQ_OK &&
	    sqlite3_exec(copy, "PRAGMA journal_mode = DELETE", NULL, NULL,
		NULL) != SQLITE_OK)
		rc = cq_fail(err, CQ_DB, "cannot finish %s", name);
	if (rc == CQ_OK)
		rc = check_copy(copy, err);
	/* whoever opens it finds a queue in the mode that queues have */
	if (rc == CQ_OK &&
	    sqlite3_exec(copy, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) !=
		SQLITE_OK)
		rc = cq_fail(err, CQ_DB, "cannot finish %s", name);
	sqlite3_close(copy);
	return rc;
}

static enum cq_status
sync_file(const char *name, struct cq_err *err)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum cq_status rc = CQ_OK;

	if (fd < 0 || fsync(fd) != 0)
		rc = cq_fail(err, CQ_DB, "cannot secure %s: %s", name,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Nothing is written over: fails with EEXIST if the name is taken. */
static int
rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* the file system cannot do that; then it has hard links */
	if (link(from, to) != 0)
		return -1;
	unlink(from);
	return 0;
}

static enum cq_status
give_name(const char *from, const char *to, struct cq_err *err)
{
	char *copy = cq_strdup(to);
	int dir = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum cq_status rc = CQ_OK;

	if (rename_new(from, to) != 0)
		rc = errno == EEXIST
		    ? cq_fail(err, CQ_CONFLICT,
			  "%s exists already; name another file", to)
		    : cq_fail(err, CQ_DB, "cannot make %s: %s", to,
			  strerror(errno));
	if (dir >= 0) {
		fsync(dir);
		close(dir);
	}
	free(copy);
	return rc;
}

enum cq_status
db_copy_to(struct cq_store *store, const char *path, struct cq_err *err)
{
	char *name = cq_format("%s.XXXXXX", path);
	int fd;
	enum cq_status rc;

	if (access(path, F_OK) == 0) {
		free(name);
		return cq_fail(err, CQ_CONFLICT,
		    "%s exists already; name another file", path);
	}
	fd = mkstemp(name); /* mode 0600 */
	if (fd < 0) {
		rc = cq_fail(err, CQ_DB, "cannot make %s: %s", path,
		    strerror(errno));
		free(name);
		return rc;
	}
	close(fd);
	rc = make_copy(store, name, err);
	if (rc == CQ_OK)
		rc = sync_file(name, err);
	if (rc == CQ_OK)
		rc = give_name(name, path, err);
	if (rc != CQ_OK)
		unlink(name);
	free(name);
	return rc;
}

enum cq_status
cq_store_backup(struct cq_store *store, const char *path, struct cq_err *err)
{
	enum cq_status rc = db_own(store, err);

	return rc == CQ_OK ? db_copy_to(store, path, err) : rc;
}
