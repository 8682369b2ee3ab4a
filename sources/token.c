#include "sources/token.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"

/* --- who may read it ---------------------------------------------------- */

#define ACCOUNT_MAX 64 /* bytes with the NUL */
#define TEAM "see \"A team\" in caseq-sources(5)"

static void
account_name(uid_t uid, char out[ACCOUNT_MAX])
{
	struct passwd pw, *found = NULL;
	char strings[4096];

	if (getpwuid_r(uid, &pw, strings, sizeof(strings), &found) == 0 &&
	    found != NULL)
		snprintf(out, ACCOUNT_MAX, "%s", pw.pw_name);
	else
		snprintf(out, ACCOUNT_MAX, "account %lu", (unsigned long)uid);
}

/* It is another account's: CQ_DENIED, with what to do. */
static enum cq_status
refuse_owner(uid_t owner, const char *path, struct cq_err *err)
{
	char whose[ACCOUNT_MAX], mine[ACCOUNT_MAX];

	account_name(owner, whose);
	account_name(geteuid(), mine);
	return cq_fail(err, CQ_DENIED,
	    "token file %s belongs to %s, and %s may not use it: ask as %s, or "
	    "have %s own it; " TEAM,
	    path, whose, mine, whose, mine);
}

/* What a path that cannot be opened for want of rights is about. */
static enum cq_status
refuse_access(const char *path, struct cq_err *err)
{
	char mine[ACCOUNT_MAX];
	struct stat st;

	if (lstat(path, &st) == 0 && st.st_uid != geteuid())
		return refuse_owner(st.st_uid, path, err);
	account_name(geteuid(), mine);
	return cq_fail(err, CQ_DENIED,
	    "%s may not read token file %s: it must own it, in a folder that "
	    "is open to it (for a service not in /home); " TEAM,
	    mine, path);
}

/*
 * systemd gives a credential to the account of a service by an entry in an
 * access list, and such a list shows as if the group could read.
 */
static bool
made_by_systemd(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & 037) == 0;
}

static enum cq_status
check_file(int fd, bool credential, const char *path, struct cq_err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return cq_fail(err, CQ_INPUT, "token file %s: %s", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return cq_fail(err, CQ_INPUT,
		    "token file %s is no regular file", path);
	if (credential && made_by_systemd(&st))
		return CQ_OK;
	if (st.st_uid != geteuid())
		return refuse_owner(st.st_uid, path, err);
	if ((st.st_mode & 077) != 0)
		return cq_fail(err, CQ_INPUT,
		    "token file %s can be read by others: chmod 600 it", path);
	return CQ_OK;
}

static enum cq_status
first_line(char *buf, size_t n, const char *path, struct cq_err *err)
{
	const char *end = memchr(buf, '\n', n); /* a NUL ends nothing */
	size_t len = end == NULL ? n : (size_t)(end - buf), i;

	buf[n] = '\0';
	if (len > 0 && len < n && buf[len - 1] == '\r')
		len--;
	if (len == 0)
		return cq_fail(err, CQ_INPUT,
		    "token file %s is empty: its first line must be the "
		    "token",
		    path);
	for (i = 0; i < len; i++)
		if ((unsigned char)buf[i] <= 0x20 ||
		    (unsigned char)buf[i] >= 0x7f)
			return cq_fail(err, CQ_INPUT,
			    "token file %s holds a character that no token "
			    "has in its first line",
			    path);
	explicit_bzero(buf + len, n - len);
	return CQ_OK;
}

static enum cq_status
read_file(const char *path, bool credential, char buf[TOKEN_MAX],
    struct cq_err *err)
{
	/* O_NONBLOCK: a FIFO in its place must not hang us */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	enum cq_status rc;
	ssize_t n;

	if (fd < 0 && errno == EACCES)
		return refuse_access(path, err);
	if (fd < 0)
		return errno == ELOOP
		    ? cq_fail(err, CQ_INPUT,
			  "token file %s is a symbolic link: name the file "
			  "itself",
			  path)
		    : cq_fail(err, CQ_INPUT, "token file %s: %s", path,
			  strerror(errno));
	rc = check_file(fd, credential, path, err);
	if (rc == CQ_OK) {
		n = read(fd, buf, TOKEN_MAX - 1);
		if (n < 0)
			rc = cq_fail(err, CQ_INPUT, "token file %s: %s", path,
			    strerror(errno));
		else if (n == TOKEN_MAX - 1)
			rc = cq_fail(err, CQ_INPUT,
			    "token file %s is too long for a token", path);
		else
			rc = first_line(buf, (size_t)n, path, err);
	}
	close(fd);
	return rc;
}

enum cq_status
token_credential_check(const char *name, struct cq_err *err)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strlen(name);

	if (n == 0 || n > CREDENTIAL_NAME_MAX ||
	    name[strspn(name, fine)] != '\0')
		return cq_fail(err, CQ_INPUT,
		    "a credential is named with letters, digits, '.', '_' and "
		    "'-', at most %d of them",
		    CREDENTIAL_NAME_MAX);
	if (strspn(name, ".") == n)
		return cq_fail(err, CQ_INPUT, "'%s' names no credential", name);
	return CQ_OK;
}

static enum cq_status
read_credential(const char *name, const char *dir, char buf[TOKEN_MAX],
    struct cq_err *err)
{
	enum cq_status rc = token_credential_check(name, err);
	struct stat st;
	char *path;

	if (rc != CQ_OK)
		return rc;
	if (dir == NULL || *dir != '/')
		return cq_fail(err, CQ_DENIED,
		    "credential %s is known only to the service: let systemd "
		    "start caseq, with LoadCredential=%s:FILE in its unit; to "
		    "try it by hand " TEAM,
		    name, name);
	path = cq_format("%s/%s", dir, name);
	if (lstat(path, &st) != 0 && errno == ENOENT)
		rc = cq_fail(err, CQ_DENIED,
		    "the service was given no credential %s: its unit needs "
		    "LoadCredential=%s:FILE",
		    name, name);
	else
		rc = read_file(path, true, buf, err);
	free(path);
	return rc;
}

bool
token_is_credential(const char *path)
{
	return strncmp(path, TOKEN_CREDENTIAL, strlen(TOKEN_CREDENTIAL)) == 0;
}

enum cq_status
token_read_in(const char *credentials, const char *path, char buf[TOKEN_MAX],
    struct cq_err *err)
{
	enum cq_status rc;

	buf[0] = '\0';
	if (token_is_credential(path))
		rc = read_credential(path + strlen(TOKEN_CREDENTIAL),
		    credentials, buf, err);
	else
		rc = read_file(path, false, buf, err);
	if (rc != CQ_OK)
		explicit_bzero(buf, TOKEN_MAX);
	return rc;
}

enum cq_status
token_read(const char *path, char buf[TOKEN_MAX], struct cq_err *err)
{
	return token_read_in(getenv("CREDENTIALS_DIRECTORY"), path, buf, err);
}

/* --- what must not be told --------------------------------------------- */

#define HIDE_MIN 6 /* bytes */
#define HIDDEN "***"

static void
hide(char *text, const char *secret)
{
	size_t n = strlen(secret), len, k;
	char *at;

	if (n < HIDE_MIN)
		return;
	while ((at = strstr(text, secret)) != NULL) {
		memcpy(at, HIDDEN, strlen(HIDDEN));
		memmove(at + strlen(HIDDEN), at + n, strlen(at + n) + 1);
	}
	len = strlen(text); /* a message may be cut off in it */
	for (k = n - 1; k >= HIDE_MIN; k--)
		if (len >= k && memcmp(text + len - k, secret, k) == 0) {
			memcpy(text + len - k, HIDDEN, sizeof(HIDDEN));
			return;
		}
}

void
token_hide(const char *path, char *text)
{
	char token[TOKEN_MAX];
	const char *part;

	if (path == NULL || token_read(path, token, NULL) != CQ_OK)
		return; /* what is not known was not sent */
	hide(text, token);
	part = strchr(token, ':');
	if (part != NULL)
		hide(text, part + 1);
	explicit_bzero(token, sizeof(token));
}
