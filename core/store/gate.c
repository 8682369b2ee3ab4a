#include "core/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/*
 * SQLite's own waiting lets some processes starve: the sleeper comes back
 * to a lock that its last holder has already taken again.  So a writer
 * first takes flock(2) on a file beside the queue, where the kernel lines
 * the waiters up and frees the place of one that dies.  The file is never
 * written and never removed.
 */

int
gate_open(const char *path, mode_t mode)
{
	struct cq_buf name = {0};
	struct stat st;
	int fd;

	cq_buf_fmt(&name, "%s-gate", path);
	fd = open(name.s, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
	/* whoever may write the queue may wait here, whatever the umask */
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 0777) != mode && fchmod(fd, mode) != 0) {
		close(fd);
		fd = -1;
	}
	cq_buf_free(&name);
	return fd;
}

static void
wake_up(int signo)
{
	(void)signo; /* it only ends the wait in flock(2) */
}

/* Blocks until the lock is there or timeout_ms have passed. */
static int
lock_within(int fd, int timeout_ms)
{
	struct sigaction wake, before;
	struct itimerval timer = {0}, timer_before;
	int rc, failed;

	memset(&wake, 0, sizeof(wake));
	wake.sa_handler = wake_up; /* without SA_RESTART */
	sigaction(SIGALRM, &wake, &before);
	timer.it_value.tv_sec = timeout_ms / 1000;
	timer.it_value.tv_usec = timeout_ms % 1000 * 1000;
	/* again and again, in case the first came before the wait began */
	timer.it_interval.tv_usec = 50 * 1000;
	setitimer(ITIMER_REAL, &timer, &timer_before);
	rc = flock(fd, LOCK_EX);
	failed = errno;
	setitimer(ITIMER_REAL, &timer_before, NULL);
	sigaction(SIGALRM, &before, NULL);
	errno = failed;
	return rc;
}

enum cq_status
gate_lock(int fd, int timeout_ms, struct cq_err *err)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return CQ_OK;
	if (errno == EWOULDBLOCK && lock_within(fd, timeout_ms) == 0)
		return CQ_OK;
	if (errno == EINTR || errno == EWOULDBLOCK)
		return cq_fail(err, CQ_BUSY,
		    "the queue is busy: another process has been writing for "
		    "%d s; try again",
		    timeout_ms / 1000);
	return cq_fail(err, CQ_DB, "cannot lock the queue: %s",
	    strerror(errno));
}

void
gate_unlock(int fd)
{
	flock(fd, LOCK_UN);
}
