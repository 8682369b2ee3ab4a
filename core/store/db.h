#ifndef CQ_STORE_DB_H
#define CQ_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/buf.h"
#include "core/sha256.h"
#include "core/store.h"

/*
 * What the files of core/store/ share.  Nobody else includes it.
 *
 * A statement is a string literal beside the function that runs it, its
 * values are bound by name.  A failure sticks to the statement and is
 * reported by whoever asks for its result.
 */

#define DB_APPLICATION_ID 0x43534551 /* "CSEQ" */
#define DB_BUSY_MS 5000		     /* then CQ_BUSY, unless told */
#define DB_CACHED 256		     /* prepared statements kept */
#define DB_SLOTS 1024		     /* places for them, a power of two */

enum db_sync { DB_NORMAL, DB_FULL }; /* PRAGMA synchronous of a verb */

/* Cases of an incident when the queue was at that version. */
struct incident_counted {
	int64_t id, n, version;
};

/* A prepared statement and the literal it came from; free if sql is NULL. */
struct db_kept {
	const char *sql;
	sqlite3_stmt *stmt;
	bool used;
	struct db_place *places; /* DB_PLACES of them */
};

struct cq_store {
	sqlite3 *db;
	char *path;
	struct cq_env env;
	pid_t pid;	 /* who opened it: not for a child after fork() */
	int patience_ms; /* see cq_store_patience() */
	int gate_fd;
	int runner_fd; /* -1 unless this process is the runner */
	enum db_sync sync;
	bool sync_known;
	bool keep;	   /* commit although the verb was refused */
	bool import;	   /* this transaction brings in many posts */
	int wal_pages;	   /* in the log of SQLite: see wal.c */
	int64_t n_edits;   /* as words and posts in memory know them */
	int64_t others_ms; /* when others were seen to have written; or 0 */
	int64_t post_us;   /* how long a post holds the gate, about */
	int lean;	   /* caches are halved so often: cq_store_lean() */
	struct cq_weights weights;
	int64_t weights_at;	       /* data_version when they were read */
	struct db_kept kept[DB_SLOTS]; /* by the literal's address */
	size_t n_kept;
	struct incident_counted counted[8]; /* see incident_count() */
	struct word_rows *words;	    /* see wordrow.h */
	struct post_cache *posts;	    /* see postcache.h */
	struct like_cache *likes;	    /* see search.h */
};

/* post.flags: who may read it in two bits, then whether a program wrote it. */
#define POST_FLAGS(visibility, bot) ((int)(visibility) | ((bot) ? 4 : 0))
#define FLAGS_VISIBILITY(flags) ((enum cq_visibility)((flags)&3))
#define FLAGS_NOT_PUBLIC "flags & 3 > 0" /* SQL, as the index has it */
#define FLAGS_BOT(flags) (((flags)&4) != 0)

struct db_stmt {
	sqlite3_stmt *s;
	struct cq_store *store;
	struct db_kept *kept; /* NULL if it is finalized after use */
	unsigned n_bound;     /* values that were bound since it began */
	int rc;		      /* of the first thing that failed */
};

/* sql must be a literal: its address is what the cache knows it by. */
void db_prepare(struct db_stmt *q, struct cq_store *store, const char *sql);
/* For SQL put together at run time (never from values). */
void db_prepare_once(struct db_stmt *q, struct cq_store *store,
    const char *sql);
void db_finalize(struct db_stmt *q);
/* Frees the statements that were kept, before the connection is closed. */
void db_forget(struct cq_store *store);

/* name too must be a literal, unless the statement is prepared once. */
void db_bind_int(struct db_stmt *q, const char *name, int64_t v);
void db_bind_id(struct db_stmt *q, const char *name, int64_t v); /* 0: NULL */
void db_bind_time(struct db_stmt *q, const char *name, int64_t v);
void db_bind_text(struct db_stmt *q, const char *name, const char *v);
/*
 * A remote id, for the columns of post that hold one: what a number of 64
 * bits prints as is bound as that number, which takes half the room.  So it
 * must be wherever such a column is compared.  It is read as any text.
 */
void db_bind_remote(struct db_stmt *q, const char *name, const char *v);
void db_bind_blob(struct db_stmt *q, const char *name, const void *v, int n);

/* True while there is a row; false at the end or after a failure. */
bool db_row(struct db_stmt *q);
/* CQ_OK if nothing failed so far; else err is filled. */
enum cq_status db_result(struct db_stmt *q, struct cq_err *err);
/* Runs a statement that returns nothing, and finalizes it. */
enum cq_status db_run(struct db_stmt *q, struct cq_err *err);
/* First column of the first row; CQ_NOT_FOUND without one.  Finalizes. */
enum cq_status db_one_int(struct db_stmt *q, int64_t *v, struct cq_err *err);
enum cq_status db_one_text(struct db_stmt *q, char **v, struct cq_err *err);

int64_t db_int(struct db_stmt *q, int column);
int64_t db_time(struct db_stmt *q, int column);	    /* NULL: CQ_NO_TIME */
const char *db_text(struct db_stmt *q, int column); /* NULL stays NULL */
/* For columns that are never NULL, but may be in a damaged file: "". */
const char *db_str(struct db_stmt *q, int column);
char *db_copy(struct db_stmt *q, int column);
struct raw_text db_raw(struct db_stmt *q, int column);

/* Fills err from the connection's last failure. */
enum cq_status db_fail(struct cq_store *store, int rc, struct cq_err *err);
/* Statements without values, several at once: pragmas, schema. */
enum cq_status db_exec(struct cq_store *store, const char *sql,
    struct cq_err *err);

/*
 * A write: takes its turn at the gate, then BEGIN IMMEDIATE.  db_end commits
 * if rc is CQ_OK or store->keep is set, and gives the turn on; it returns
 * rc, or why the commit failed.
 */
enum cq_status db_begin(struct cq_store *store, enum db_sync sync,
    struct cq_err *err);
enum cq_status db_end(struct cq_store *store, enum cq_status rc,
    struct cq_err *err);

/* A read of several statements that must see one state of the queue. */
enum cq_status db_look(struct cq_store *store, struct cq_err *err);
void db_look_end(struct cq_store *store);

/* CQ_OK unless the store was opened by a parent process. */
enum cq_status db_own(struct cq_store *store, struct cq_err *err);

/*
 * gate.c: one writer after another; see there.  gate_open() opens or makes
 * the lock file path + suffix for all who may write the queue at path; -1
 * with errno.
 */
int gate_open(const char *path, const char *suffix);
enum cq_status gate_lock(int fd, int timeout_ms, struct cq_err *err);
void gate_unlock(int fd);

/*
 * open.c: the steps of opening a queue that making one has, too.  The full
 * path of a queue, owned by the caller as is the directory it is in, or NULL
 * with errno; a refusal of file systems that are shared, as locks fail there;
 * a store, not yet connected, which owns path from then on and is given up by
 * cq_store_close(); its connection, with all limits; its gate.
 */
char *store_resolve(const char *path, char **dir_out);
enum cq_status store_check_local(const struct cq_env *env, const char *dir,
    struct cq_err *err);
struct cq_store *store_new(char *path, const struct cq_env *env);
enum cq_status store_connect(struct cq_store *store, struct cq_err *err);
enum cq_status store_open_gate(struct cq_store *store, struct cq_err *err);

/*
 * create.c: a store without a name, in a temporary file that nobody else can
 * open and that is gone when it is closed or the process dies.  Its one
 * agent, an administrator, is SCRATCH_AGENT, which nobody is called.
 */
#define SCRATCH_AGENT "-"
enum cq_status store_scratch(const struct cq_env *env, struct cq_store **out,
    struct cq_err *err);

/* schema.c */
#define SCHEMA_VERSION_MAX schema_version()
int schema_version(void);
enum cq_status schema_migrate(struct cq_store *store, int from,
    struct cq_err *err);

/* Takes all steps in an empty database; returns what SQLite says. */
int schema_model(sqlite3 *empty);

/*
 * schema_check.c: did the steps make all tables, indexes and triggers that
 * there are?  What somebody planted must not run in our name.  whole: is none
 * missing either?
 */
enum cq_status schema_check(struct cq_store *store, bool whole,
    struct cq_err *err);

/*
 * SHA-256 over the names and texts of all parts, in hexadecimal, and that of
 * the model as it is known without making it.  Returns what SQLite says.
 */
#define SCHEMA_DIGEST_SIZE (2 * CQ_SHA256_SIZE + 1)
int schema_digest(sqlite3 *db, char hex[SCHEMA_DIGEST_SIZE]);
extern const char schema_digest_known[SCHEMA_DIGEST_SIZE];

/* files.c: rights of the queue's files and of their directory. */
void files_check(struct cq_store *store, cq_finding_fn tell, void *arg);

/* backup.c: copies into a new file that appears only when it is whole. */
enum cq_status db_copy_to(struct cq_store *store, const char *path,
    struct cq_err *err);

/*
 * wal.c: takes over when the log of SQLite is written back, and does it if
 * it has grown; not inside of a transaction, nor while the gate is held.
 */
void wal_set_up(struct cq_store *store);
void wal_write_back(struct cq_store *store, bool import);

int64_t db_now(const struct cq_store *store);
int64_t db_clock_us(void); /* for intervals: no time of day */

#endif
