#include "sources/token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum cq_status
check_file(int fd, const char *path, struct cq_err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return cq_fail(err, CQ_INPUT, "token file %s: %s", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return cq_fail(err, CQ_INPUT,
		    "token file %s is no regular file", path);
	if (st.st_uid != geteuid())
		return cq_fail(err, CQ_INPUT,
		    "token file %s belongs to another user", path);
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

enum cq_status
token_read(const char *path, char buf[TOKEN_MAX], struct cq_err *err)
{
	/* O_NONBLOCK: a FIFO in its place must not hang us */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	enum cq_status rc;
	ssize_t n;

	buf[0] = '\0';
	if (fd < 0)
		return errno == ELOOP
		    ? cq_fail(err, CQ_INPUT,
			  "token file %s is a symbolic link: name the file "
			  "itself",
			  path)
		    : cq_fail(err, CQ_INPUT, "token file %s: %s", path,
			  strerror(errno));
	rc = check_file(fd, path, err);
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
	if (rc != CQ_OK)
		explicit_bzero(buf, TOKEN_MAX);
	return rc;
}
