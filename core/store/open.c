#include <errno.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/store/likes.h"
#include "core/store/url.h"
#include "core/store/postcache.h"
#include "core/store/wordrow.h"

/*
 * Opening and closing a queue.  Nothing but SQLite opens the file,
 * its -wal or its -shm in this process: POSIX locks vanish when any
 * descriptor of a file is closed.
 */

#ifndef SMB2_SUPER_MAGIC
#define SMB2_SUPER_MAGIC 0xFE534D42
#endif
#define CIFS_MAGIC 0xFF534D42
#define LUSTRE_MAGIC 0x0BD00BD0
#define FUSE_MAGIC 0x65735546
#define GPFS_MAGIC 0x47504653

static const struct {
	unsigned long magic;
	const char *name;
} remote_systems[] = {
    {NFS_SUPER_MAGIC, "NFS"},
    {SMB_SUPER_MAGIC, "SMB"},
    {SMB2_SUPER_MAGIC, "SMB"},
    {CIFS_MAGIC, "SMB"},
    {V9FS_MAGIC, "9P"},
    {FUSE_MAGIC, "FUSE"},
    {AFS_SUPER_MAGIC, "AFS"},
    {AFS_FS_MAGIC, "AFS"},
    {CODA_SUPER_MAGIC, "Coda"},
    {NCP_SUPER_MAGIC, "NCP"},
    {CEPH_SUPER_MAGIC, "Ceph"},
    {OCFS2_SUPER_MAGIC, "OCFS2"},
    {LUSTRE_MAGIC, "Lustre"},
    {GPFS_MAGIC, "GPFS"},
};

/* Locks of network file systems fail, and then the queue is damaged. */
enum cq_status
store_check_local(const struct cq_env *env, const char *dir, struct cq_err *err)
{
	long type = env->fs_type(env->arg, dir);

	if (type == -1)
		return cq_fail(err, CQ_DB, "cannot look at %s: %s", dir,
		    strerror(errno));
	for (size_t i = 0;
	     i < sizeof(remote_systems) / sizeof(remote_systems[0]); i++)
		if (remote_systems[i].magic ==
		    ((unsigned long)type & 0xffffffff))
			return cq_fail(err, CQ_DB,
			    "%s lies on a network file system (%s), where a "
			    "queue gets damaged; use a local disk",
			    dir, remote_systems[i].name);
	return CQ_OK;
}

/*
 * The path with its directory resolved, so that SQLite may refuse a link in
 * its last part (SQLITE_OPEN_NOFOLLOW).  NULL with errno if there is none.
 */
char *
store_resolve(const char *path, char **dir_out)
{
	char *copy = cq_strdup(path), *copy2 = cq_strdup(path);
	char *dir = realpath(dirname(copy), NULL);
	char *full = NULL;

	if (dir != NULL)
		full = cq_format("%s/%s", strcmp(dir, "/") == 0 ? "" : dir,
		    basename(copy2));
	free(copy);
	free(copy2);
	*dir_out = dir;
	return full;
}

/* Sleeps a random while, so that no waiter keeps step with the holder. */
static int
busy(void *arg, int n)
{
	struct cq_store *store = arg;
	uint16_t dice;
	struct timespec nap = {0};

	if (n > store->patience_ms * 2 / 3) /* about 1.5 ms each */
		return 0;
	store->env.random(store->env.arg, &dice, sizeof(dice));
	nap.tv_nsec = 500000 + dice * 2000000L / 65536;
	nanosleep(&nap, NULL);
	return 1;
}

static void
limit(struct cq_store *store)
{
	sqlite3 *db = store->db;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_handler(db, busy, store);
	wal_set_up(store);
	likes_function(db);
	url_function(db);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
}

static enum cq_status
pragma_int(struct cq_store *store, const char *sql, int64_t *v,
    struct cq_err *err)
{
	struct db_stmt q;

	db_prepare_once(&q, store, sql);
	return db_one_int(&q, v, err);
}

/* In KiB; the others are those of cq_store_lean(). */
static const char *const cache_sizes[] = {"PRAGMA cache_size = -16384;",
    "PRAGMA cache_size = -8192;", "PRAGMA cache_size = -4096;"};

void
cq_store_lean(struct cq_store *store, size_t n)
{
	const size_t mib = 1024 * 1024;
	int lean = n < 8 * mib ? 0 : n < 20 * mib ? 1 : 2;

	if (lean == store->lean)
		return;
	store->lean = lean;
	/* a cache of another size is only slower */
	(void)db_exec(store, cache_sizes[lean], NULL);
	postcache_forget(store);
	words_forget(store);
}

static enum cq_status
set_up(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] = "PRAGMA foreign_keys = ON;"
				  "PRAGMA cell_size_check = ON;"
				  "PRAGMA journal_size_limit = 20971520;"
				  "PRAGMA temp_store = MEMORY;";
	int64_t on = 0;
	enum cq_status rc = db_exec(store, sql, err);

	if (rc == CQ_OK)
		rc = db_exec(store, cache_sizes[0], err);
	if (rc == CQ_OK)
		rc = pragma_int(store, "PRAGMA foreign_keys", &on, err);
	if (rc == CQ_OK && !on)
		rc = cq_fail(err, CQ_DB, "this SQLite has no foreign keys");
	return rc;
}

static enum cq_status
unfinished(struct cq_store *store, struct cq_err *err)
{
	return cq_fail(err, CQ_CORRUPT,
	    "%s was never finished; remove it and run 'caseq init' again",
	    store->path);
}

/* It has no mark of ours.  Is there anything in it that could be lost? */
static enum cq_status
not_ours(struct cq_store *store, struct cq_err *err)
{
	int64_t n = 0;
	enum cq_status rc =
	    pragma_int(store, "SELECT count(*) FROM sqlite_schema", &n, err);

	if (rc == CQ_OK && n == 0)
		return cq_fail(err, CQ_CORRUPT,
		    "%s is empty; remove it and run 'caseq init', or name "
		    "another file",
		    store->path);
	if (rc == CQ_OK)
		rc = cq_fail(err, CQ_CORRUPT,
		    "%s is not a caseq queue; name another file, or make one "
		    "with 'caseq init'",
		    store->path);
	return rc;
}

/* Is it a queue at all, and one that this program understands? */
static enum cq_status
check_kind(struct cq_store *store, int64_t *version, struct cq_err *err)
{
	int64_t id = 0;
	enum cq_status rc;

	rc = pragma_int(store, "PRAGMA application_id", &id, err);
	if (rc == CQ_OK && id != DB_APPLICATION_ID)
		return not_ours(store, err);
	if (rc == CQ_OK)
		rc = pragma_int(store, "PRAGMA user_version", version, err);
	if (rc == CQ_OK && *version < 1)
		return unfinished(store, err);
	if (rc == CQ_OK && *version > schema_version())
		return cq_fail(err, CQ_VERSION,
		    "%s was made by a newer caseq (version %d, this one knows "
		    "%d); update caseq",
		    store->path, (int)*version, schema_version());
	return rc;
}

/* So many posts take about a second. */
#define POSTS_A_SECOND 25000

static void
tell_of_waiting(struct cq_store *store, const char *copy)
{
	int64_t n = 0;
	char *words;

	if (store->env.tell == NULL ||
	    pragma_int(store, "SELECT count(*) FROM post", &n, NULL) != CQ_OK ||
	    n < POSTS_A_SECOND)
		return;
	words = cq_format("the queue is brought up to date, this once: %lld "
			  "posts, about %lld s; what it was is kept as %s",
	    (long long)n, (long long)(n / POSTS_A_SECOND), copy);
	store->env.tell(store->env.arg, words);
	free(words);
}

static enum cq_status
bring_up_to_date(struct cq_store *store, int64_t version, struct cq_err *err)
{
	char *copy;
	enum cq_status rc;

	if (version == schema_version())
		return CQ_OK;
	rc = gate_lock(store->gate_fd, DB_BUSY_MS, err);
	if (rc != CQ_OK)
		return rc;
	rc = pragma_int(store, "PRAGMA user_version", &version, err);
	copy = cq_format("%s-before-v%d", store->path, schema_version());
	if (rc == CQ_OK && version < schema_version() && version > 0)
		tell_of_waiting(store, copy);
	if (rc == CQ_OK && version < schema_version() && version > 0 &&
	    access(copy, F_OK) != 0)
		rc = db_copy_to(store, copy, err);
	if (rc == CQ_OK)
		rc = schema_migrate(store, (int)version, err);
	free(copy);
	gate_unlock(store->gate_fd);
	return rc;
}

/* Tables without anybody in them are no queue: nobody could do a thing. */
static enum cq_status
check_finished(struct cq_store *store, struct cq_err *err)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM agent)"
				  " OR EXISTS (SELECT 1 FROM queue)"
				  " OR EXISTS (SELECT 1 FROM event)";
	int64_t begun = 0;
	enum cq_status rc = pragma_int(store, sql, &begun, err);

	return rc == CQ_OK && !begun ? unfinished(store, err) : rc;
}

struct cq_store *
store_new(char *path, const struct cq_env *env)
{
	struct cq_store *store = cq_alloc(sizeof(*store));

	store->path = path;
	store->env = *env;
	store->pid = getpid();
	store->patience_ms = DB_BUSY_MS;
	store->gate_fd = -1;
	store->runner_fd = -1;
	store->weights = cq_weights_default();
	return store;
}

enum cq_status
store_connect(struct cq_store *store, struct cq_err *err)
{
	int rc = sqlite3_open_v2(store->path, &store->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX |
		SQLITE_OPEN_EXRESCODE,
	    NULL);

	if (store->db == NULL)
		return cq_fail(err, CQ_DB, "cannot open %s", store->path);
	if (rc != SQLITE_OK)
		return db_fail(store, rc, err);
	limit(store);
	return set_up(store, err);
}

/* Only beside a file that is a queue: nothing is left beside another. */
enum cq_status
store_open_gate(struct cq_store *store, struct cq_err *err)
{
	store->gate_fd = gate_open(store->path, "-gate");
	if (store->gate_fd < 0)
		return cq_fail(err, CQ_DB,
		    "cannot open %s-gate: %s; ask the owner of the queue to "
		    "run 'caseq doctor'",
		    store->path, strerror(errno));
	return CQ_OK;
}

/* What stat(2) can tell before SQLite touches the file. */
static enum cq_status
check_file(const char *path, struct cq_err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0 && errno == ENOENT)
		return cq_fail(err, CQ_NOT_FOUND,
		    "no queue at %s; make one with 'caseq init'", path);
	if (lstat(path, &st) != 0)
		return cq_fail(err, CQ_DB, "cannot look at %s: %s", path,
		    strerror(errno));
	if (S_ISLNK(st.st_mode))
		return cq_fail(err, CQ_DB,
		    "%s is a symbolic link; name the file itself", path);
	if (!S_ISREG(st.st_mode))
		return cq_fail(err, CQ_CORRUPT,
		    "%s is no file, so it is no queue", path);
	if (access(path, R_OK | W_OK) != 0)
		return cq_fail(err, CQ_DB,
		    "%s may not be read and written by you: %s; ask its owner",
		    path, strerror(errno));
	return CQ_OK;
}

enum cq_status
cq_store_open(const char *path, const struct cq_env *env, struct cq_store **out,
    struct cq_err *err)
{
	char *dir = NULL, *full = store_resolve(path, &dir);
	struct cq_store *store = NULL;
	int64_t version = 0;
	enum cq_status rc = CQ_OK;

	*out = NULL;
	if (full == NULL) {
		rc = errno == ENOENT
		    ? cq_fail(err, CQ_NOT_FOUND,
			  "no queue at %s; make one with 'caseq init'", path)
		    : cq_fail(err, CQ_DB, "cannot reach %s: %s", path,
			  strerror(errno));
		free(dir);
		return rc;
	}
	rc = store_check_local(env, dir, err);
	free(dir);
	if (rc == CQ_OK)
		rc = check_file(full, err);
	store = store_new(full, env);
	if (rc == CQ_OK)
		rc = store_connect(store, err);
	if (rc == CQ_OK)
		rc = check_kind(store, &version, err);
	if (rc == CQ_OK)
		rc = store_open_gate(store, err);
	if (rc == CQ_OK)
		rc = bring_up_to_date(store, version, err);
	if (rc == CQ_OK)
		rc = schema_check(store, false, err);
	if (rc == CQ_OK)
		rc = check_finished(store, err);
	if (rc == CQ_OK)
		rc = weights_load(store, err);
	if (rc == CQ_OK)
		*out = store;
	else
		cq_store_close(store);
	return rc;
}

void
cq_store_close(struct cq_store *store)
{
	if (store == NULL)
		return;
	db_forget(store);
	if (store->pid == getpid()) /* not what a parent still uses */
		sqlite3_close(store->db);
	if (store->gate_fd >= 0)
		close(store->gate_fd);
	if (store->runner_fd >= 0)
		close(store->runner_fd);
	words_forget(store);
	postcache_forget(store);
	search_forget(store);
	free(store->path);
	free(store);
}

void
cq_store_patience(struct cq_store *store, int ms)
{
	store->patience_ms = ms;
}

int64_t
cq_store_now(const struct cq_store *store)
{
	return db_now(store);
}

bool
cq_store_is_mine(const struct cq_store *store)
{
	struct stat st;

	return stat(store->path, &st) == 0 && st.st_uid == getuid();
}

#define ROOM_MAX (UINT64_C(200) << 20)

enum cq_status
cq_store_room(struct cq_store *store, struct cq_err *err)
{
	struct statvfs fs;
	uint64_t left, least;

	if (statvfs(store->path, &fs) != 0)
		return cq_fail(err, CQ_DB, "cannot look at the disk of %s: %s",
		    store->path, strerror(errno));
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	least = (uint64_t)fs.f_blocks * fs.f_frsize / 20;
	if (least > ROOM_MAX)
		least = ROOM_MAX;
	if (left >= least)
		return CQ_OK;
	return cq_fail(err, CQ_FULL,
	    "the disk of %s has %llu KiB free: nothing is fetched until "
	    "there are %llu KiB",
	    store->path, (unsigned long long)left >> 10,
	    (unsigned long long)least >> 10);
}

int64_t
cq_store_version(struct cq_store *store)
{
	static const char sql[] = "PRAGMA data_version";
	struct db_stmt q;
	int64_t v = 0;

	if (db_own(store, NULL) != CQ_OK)
		return -1;
	db_prepare(&q, store, sql);
	if (db_one_int(&q, &v, NULL) != CQ_OK)
		return -1;
	return v << 32 |
	    ((int64_t)sqlite3_total_changes(store->db) & 0xffffffff);
}
