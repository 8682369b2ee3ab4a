#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/store/verb.h"

/*
 * Making a queue: a new file that nobody else may read, whole or not at all;
 * and one for an hour, without a name.
 */

static enum cq_status
make_directory(const char *path, struct cq_err *err)
{
	char *copy = cq_strdup(path), *dir = dirname(copy);
	enum cq_status rc = CQ_OK;

	/* only the parts of a default place are made: two levels */
	if (access(dir, F_OK) != 0) {
		char *up = cq_strdup(dir);

		if (mkdir(dirname(up), 0700) != 0 && errno != EEXIST)
			rc = cq_fail(err, CQ_DB, "cannot make %s: %s", up,
			    strerror(errno));
		free(up);
		if (rc == CQ_OK && mkdir(dir, 0700) != 0 && errno != EEXIST)
			rc = cq_fail(err, CQ_DB, "cannot make %s: %s", dir,
			    strerror(errno));
	}
	free(copy);
	return rc;
}

static enum cq_status
make_file(const char *path, struct cq_err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);

	if (fd < 0 && errno == EEXIST)
		return cq_fail(err, CQ_CONFLICT,
		    "%s exists already; name another file with -q", path);
	if (fd < 0)
		return cq_fail(err, CQ_DB, "cannot make %s: %s", path,
		    strerror(errno));
	if (fchmod(fd, 0600) != 0) {
		close(fd);
		return cq_fail(err, CQ_DB, "cannot protect %s: %s", path,
		    strerror(errno));
	}
	close(fd); /* before SQLite ever opens it */
	return CQ_OK;
}

static enum cq_status
fill(struct cq_store *store, const char *agent, const char *login, uid_t uid,
    struct cq_err *err)
{
	struct cq_buf sql = {0};
	enum cq_status rc;

	cq_buf_fmt(&sql,
	    "PRAGMA journal_mode = WAL; PRAGMA application_id = %d;",
	    DB_APPLICATION_ID);
	rc = db_exec(store, sql.s, err);
	cq_buf_free(&sql);
	if (rc == CQ_OK)
		rc = gate_lock(store->gate_fd, DB_BUSY_MS, err);
	if (rc != CQ_OK)
		return rc;
	rc = schema_migrate(store, 0, err);
	gate_unlock(store->gate_fd);
	if (rc == CQ_OK)
		rc = agent_first(store, agent, login, uid, err);
	return rc;
}

/* Of a queue that was not finished; nobody else has opened it yet. */
static void
remove_files(const char *path)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-gate"};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *name = cq_format("%s%s", path, suffixes[i]);

		unlink(name);
		free(name);
	}
}

enum cq_status
cq_store_create(const char *path, const struct cq_env *env, const char *agent,
    const char *login, uid_t uid, struct cq_err *err)
{
	char *dir = NULL, *full = NULL;
	struct cq_store *store;
	enum cq_status rc;

	if (!cq_name_valid(agent))
		return cq_fail(err, CQ_INPUT,
		    "'%s' cannot be an agent's name: use a-z, 0-9, '.', '_', "
		    "'-', a letter first, at most 32; see --name",
		    agent);
	rc = make_directory(path, err);
	if (rc == CQ_OK && (full = store_resolve(path, &dir)) == NULL)
		rc = cq_fail(err, CQ_DB, "cannot reach %s: %s", path,
		    strerror(errno));
	if (rc == CQ_OK)
		rc = store_check_local(env, dir, err);
	free(dir);
	if (rc == CQ_OK)
		rc = make_file(full, err);
	if (rc != CQ_OK) {
		free(full);
		return rc;
	}
	store = store_new(cq_strdup(full), env);
	rc = store_connect(store, err);
	if (rc == CQ_OK)
		rc = store_open_gate(store, err);
	if (rc == CQ_OK)
		rc = fill(store, agent, login, uid, err);
	cq_store_close(store);
	if (rc != CQ_OK)
		remove_files(full);
	free(full);
	return rc;
}

enum cq_status
store_scratch(const struct cq_env *env, struct cq_store **out,
    struct cq_err *err)
{
	/* to SQLite "" is a file that it unlinks as soon as it is open */
	struct cq_store *store = store_new(cq_strdup(""), env);
	enum cq_status rc = store_connect(store, err);

	*out = NULL;
	/* what is refused is rolled back, but no crash must be outlived */
	if (rc == CQ_OK)
		rc = db_exec(store, "PRAGMA journal_mode = MEMORY", err);
	if (rc == CQ_OK)
		rc = schema_migrate(store, 0, err);
	if (rc == CQ_OK)
		rc = agent_first(store, SCRATCH_AGENT, NULL, CQ_NO_UID, err);
	if (rc == CQ_OK)
		*out = store;
	else
		cq_store_close(store);
	return rc;
}
