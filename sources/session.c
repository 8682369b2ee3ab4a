#include "sources/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/env.h"
#include "sources/answer.h"

/* --- where ------------------------------------------------------------- */

/* A copy of what env says up to its first ':', if that is a full name. */
static char *
full_name(char *(*env)(const char *name), const char *name)
{
	const char *value = env(name);

	if (value == NULL || *value != '/')
		return NULL;
	return cq_strndup(value, strcspn(value, ":"));
}

char *
session_dir(char *(*env)(const char *name))
{
	static const char *const ways[][2] = {
	    {"STATE_DIRECTORY", "sessions"},
	    {"XDG_STATE_HOME", "caseq/sessions"},
	    {"HOME", ".local/state/caseq/sessions"},
	};
	char *base, *dir;
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		base = full_name(env, ways[i][0]);
		if (base == NULL)
			continue;
		dir = cq_format("%s/%s", base, ways[i][1]);
		free(base);
		return dir;
	}
	return NULL;
}

char *
session_path(const char *dir, const struct cq_source *source)
{
	const char *host;
	struct cq_buf account = {0};
	char name[CQ_OP_SIZE];
	size_t n;

	if (dir == NULL)
		return NULL;
	host = strstr(source->address, "://");
	host = host == NULL ? source->address : host + 3;
	n = strcspn(host, "/?#");
	for (size_t i = 0; i < n; i++) /* a host has no case */
		cq_buf_char(&account,
		    host[i] >= 'A' && host[i] <= 'Z' ? (char)(host[i] + 32)
						     : host[i]);
	cq_buf_char(&account, '\0');
	if (source->token_file != NULL)
		cq_buf_str(&account, source->token_file);
	cq_op_derive(source->adapter, account.s, account.n, name);
	cq_buf_free(&account);
	return cq_format("%s/%s-%s", dir, source->adapter, name);
}

/* --- what is looked at ------------------------------------------------- */

/* Where sessions are kept is the caller's own: another account has another. */
static enum cq_status
fail(struct cq_err *err, const char *path, const char *why)
{
	return cq_fail(err, CQ_DENIED, "session file %s: %s", path, why);
}

static enum cq_status
fail_errno(struct cq_err *err, const char *path)
{
	return fail(err, path, strerror(errno));
}

static enum cq_status
fail_dir(struct cq_err *err, const char *dir)
{
	return cq_fail(err, CQ_DENIED, "session directory %s: %s", dir,
	    strerror(errno));
}

/* CQ_DENIED unless it is of this kind, ours, and nobody else's to use. */
static enum cq_status
check(int fd, mode_t kind, const char *path, struct cq_err *err)
{
	const char *what = kind == S_IFDIR ? "directory" : "file";
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail_errno(err, path);
	if ((st.st_mode & S_IFMT) != kind)
		return cq_fail(err, CQ_DENIED, "session %s %s is none", what,
		    path);
	if (st.st_uid != geteuid())
		return cq_fail(err, CQ_DENIED,
		    "session %s %s belongs to another user", what, path);
	if ((st.st_mode & 077) != 0)
		return cq_fail(err, CQ_DENIED,
		    "session %s %s is open to others: chmod %s it, and make "
		    "the token anew if they may have read it",
		    what, path, kind == S_IFDIR ? "700" : "600");
	return CQ_OK;
}

/* Opens the directory of path; *name is the rest.  -1 after a failure. */
static int
open_dir(const char *path, const char **name, enum cq_status *rc,
    struct cq_err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir = cq_strndup(path, (size_t)(slash - path));
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	*name = slash + 1;
	*rc = CQ_OK;
	if (fd < 0)
		*rc = fail_dir(err, dir);
	else
		*rc = check(fd, S_IFDIR, dir, err);
	if (fd >= 0 && *rc != CQ_OK) {
		close(fd);
		fd = -1;
	}
	free(dir);
	return fd;
}

/* --- reading ----------------------------------------------------------- */

static enum cq_status
read_all(int fd, char *buf, const char *path, struct cq_err *err)
{
	size_t n = 0;
	ssize_t got = 1;

	while (got > 0 && n < SRC_SESSION_MAX) {
		got = read(fd, buf + n, SRC_SESSION_MAX - n);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			n += (size_t)got;
	}
	if (got < 0)
		return fail_errno(err, path);
	if (n == SRC_SESSION_MAX || memchr(buf, '\0', n) != NULL)
		return fail(err, path, "caseq did not write this; remove it");
	buf[n] = '\0';
	return CQ_OK;
}

enum cq_status
session_read(const char *path, char buf[SRC_SESSION_MAX], struct cq_err *err)
{
	enum cq_status rc;
	const char *name;
	int dir, fd;

	buf[0] = '\0';
	if (path == NULL)
		return CQ_OK;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return CQ_OK;
	dir = open_dir(path, &name, &rc, err);
	if (dir < 0)
		return rc;
	/* O_NONBLOCK: a FIFO in its place must not hang us */
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		if (errno != ENOENT)
			rc = fail_errno(err, path);
	} else {
		rc = check(fd, S_IFREG, path, err);
		if (rc == CQ_OK)
			rc = read_all(fd, buf, path, err);
		close(fd);
	}
	close(dir);
	if (rc != CQ_OK)
		explicit_bzero(buf, SRC_SESSION_MAX);
	return rc;
}

/* --- writing ----------------------------------------------------------- */

/* Makes the directories above the file that are not there. */
static void
make_dirs(const char *path)
{
	char *copy = cq_strdup(path), *slash = copy;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		mkdir(copy, 0700); /* open_dir() says what is wrong */
		*slash = '/';
	}
	free(copy);
}

/* As open_dir(), with the directory made if need be. */
static int
make_dir(const char *path, const char **name, enum cq_status *rc,
    struct cq_err *err)
{
	if (path == NULL) {
		*rc = cq_fail(err, CQ_DENIED,
		    "there is no directory for a session: set HOME or "
		    "XDG_STATE_HOME");
		return -1;
	}
	make_dirs(path);
	return open_dir(path, name, rc, err);
}

enum cq_status
session_room(const char *path, struct cq_err *err)
{
	enum cq_status rc;
	const char *name;
	char *place;
	int dir = make_dir(path, &name, &rc, err);

	if (dir < 0)
		return rc;
	if (faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) != 0) {
		place = cq_strndup(path, (size_t)(name - path - 1));
		rc = fail_dir(err, place);
		free(place);
	}
	close(dir);
	return rc;
}

static bool
write_all(int fd, const char *text, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t put = write(fd, text + done, n - done);

		if (put < 0 && errno != EINTR)
			return false;
		done += put < 0 ? 0 : (size_t)put;
	}
	return fsync(fd) == 0;
}

/* Under the lock of the directory, so that one name serves all. */
static enum cq_status
replace(int dir, const char *name, const char *text, const char *path,
    struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	char *new_name = cq_format("%s.new", name);
	int fd;

	unlinkat(dir, new_name, 0); /* of one who was killed */
	fd = openat(dir, new_name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || !write_all(fd, text, strlen(text)) ||
	    fchmod(fd, 0600) != 0 || renameat(dir, new_name, dir, name) != 0) {
		rc = fail_errno(err, path);
		if (fd >= 0)
			unlinkat(dir, new_name, 0);
	}
	if (fd >= 0)
		close(fd);
	free(new_name);
	return rc;
}

enum cq_status
session_write(const char *path, const char *text, struct cq_err *err)
{
	enum cq_status rc;
	const char *name;
	int dir;

	if (path != NULL && strlen(text) >= SRC_SESSION_MAX)
		return cq_fail(err, CQ_INPUT,
		    "session file %s: what it should hold is too long", path);
	dir = make_dir(path, &name, &rc, err);
	if (dir < 0)
		return rc;
	if (flock(dir, LOCK_EX) != 0)
		rc = fail_errno(err, path);
	else if (*text != '\0')
		rc = replace(dir, name, text, path, err);
	else if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
		rc = fail_errno(err, path);
	if (rc == CQ_OK && fsync(dir) != 0)
		rc = fail_errno(err, path);
	close(dir);
	return rc;
}

/* --- what is in it ----------------------------------------------------- */

#define TOKEN_BYTES 6000 /* two of them fit into SRC_SESSION_MAX */

bool
session_json(const struct src_visit *visit, struct json *out)
{
	const char *s = visit->session;

	return s != NULL && *s != '\0' &&
	    json_read(s, strlen(s), NULL, out, NULL) == CQ_OK;
}

char *
session_token(const char *s)
{
	const char *p;

	if (src_within(s, TOKEN_BYTES) == NULL)
		return NULL;
	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f)
			return NULL;
	return cq_strdup(s);
}
