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

/*
 * Whoever may write the queue may wait here, whatever the umask and whoever
 * came first: the file is made as the queue is.
 */
static bool
make_alike(int fd, const struct stat *queue)
{
	mode_t mode = queue->st_mode & 0660;
	bool root = geteuid() == 0;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	if (!root && st.st_uid != geteuid())
		return true; /* its owner sees to it */
	if ((root && st.st_uid != queue->st_uid) || st.st_gid != queue->st_gid)
		if (fchown(fd, root ? queue->st_uid : (uid_t)-1,
			queue->st_gid) != 0 &&
		    errno != EPERM) /* not of that group: doctor tells */
			return false;
	return (st.st_mode & 0777) == mode || fchmod(fd, mode) == 0;
}

int
gate_open(const char *path, const char *suffix)
{
	struct cq_buf name = {0};
	struct stat queue;
	int fd = -1, failed;

	cq_buf_fmt(&name, "%s%s", path, suffix);
	if (stat(path, &queue) == 0)
		fd = open(name.s, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    queue.st_mode & 0660);
	if (fd >= 0 && !make_alike(fd, &queue)) {
		failed = errno;
		close(fd);
		errno = failed;
		fd = -1;
	}
	failed = errno;
	cq_buf_free(&name);
	errno = failed;
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
	sigset_t ours, mask_before;
	int rc, failed;

	memset(&wake, 0, sizeof(wake));
	wake.sa_handler = wake_up; /* without SA_RESTART */
	sigaction(SIGALRM, &wake, &before);
	/* a parent may have blocked it: then the wait would never end */
	sigemptyset(&ours);
	sigaddset(&ours, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &ours, &mask_before);
	timer.it_value.tv_sec = timeout_ms / 1000;
	timer.it_value.tv_usec = timeout_ms % 1000 * 1000;
	/* again and again, in case the first came before the wait began */
	timer.it_interval.tv_usec = 50 * 1000;
	setitimer(ITIMER_REAL, &timer, &timer_before);
	rc = flock(fd, LOCK_EX);
	failed = errno;
	/* our last signal must not come once the old handler is back */
	timer = (struct itimerval){0};
	setitimer(ITIMER_REAL, &timer, NULL);
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
	sigaction(SIGALRM, &before, NULL);
	setitimer(ITIMER_REAL, &timer_before, NULL);
	errno = failed;
	return rc;
}

enum cq_status
gate_lock(int fd, int timeout_ms, struct cq_err *err)
{
	if (fd < 0) /* a scratch store: nobody else can open it */
		return CQ_OK;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return CQ_OK;
	if (errno == EWOULDBLOCK && lock_within(fd, timeout_ms) == 0)
		return CQ_OK;
	if (errno == EINTR || errno == EWOULDBLOCK)
		return cq_fail(err, CQ_BUSY,
		    "the queue is busy: another process has been writing for "
		    "more than %d s; try again",
		    timeout_ms / 1000);
	return cq_fail(err, CQ_DB, "cannot lock the queue: %s",
	    strerror(errno));
}

void
gate_unlock(int fd)
{
	if (fd >= 0)
		flock(fd, LOCK_UN);
}

enum cq_status
cq_store_runner_lock(struct cq_store *store, struct cq_err *err)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd;

	if (store->runner_fd >= 0)
		return CQ_OK;
	fd = gate_open(store->path, "-run");
	if (fd < 0)
		return cq_fail(err, CQ_DB,
		    "cannot open %s-run: %s; see 'caseq doctor'", store->path,
		    strerror(errno));
	if (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
		close(fd);
		return cq_fail(err, CQ_CONFLICT,
		    "another 'caseq run' serves this queue already");
	}
	store->runner_fd = fd;
	return CQ_OK;
}
