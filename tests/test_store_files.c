#include "tests/store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/store/db.h"

/* The files beside a queue: who may use them, and what the doctor says. */

#define NOBODY 65534

static const char *
beside(struct fixture *f, const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	return path;
}

static int
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
test_what_a_group_shares_it_can_lock(void **state)
{
	struct fixture *f = *state;
	mode_t before = umask(077);

	cq_store_close(f->store);
	assert_int_equal(chmod(f->path, 0660), 0);
	f->store = open_again(f);
	OK(f, cq_store_runner_lock(f->store, &f->err));
	umask(before);
	assert_int_equal(mode_of(beside(f, "q.db-gate")), 0660);
	assert_int_equal(mode_of(beside(f, "q.db-run")), 0660);
	/* and it is a lock of the owner alone once more */
	cq_store_close(f->store);
	assert_int_equal(chmod(f->path, 0600), 0);
	f->store = open_again(f);
	OK(f, cq_store_runner_lock(f->store, &f->err));
	assert_int_equal(mode_of(beside(f, "q.db-gate")), 0600);
	assert_int_equal(mode_of(beside(f, "q.db-run")), 0600);
}

/* A colleague: of the group, but neither the owner nor root. */
static int
as_colleague(struct fixture *f, gid_t group)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct cq_store *store = NULL;
		enum cq_status rc;

		umask(077);
		if (setgid(group) != 0 || setuid(NOBODY) != 0)
			_exit(77);
		rc = cq_store_open(f->path, &f->env, &store, &f->err);
		if (rc == CQ_OK)
			rc = cq_store_runner_lock(store, &f->err);
		if (rc != CQ_OK)
			fprintf(stderr, "status %d: %s\n", rc, f->err.msg);
		cq_store_close(store);
		_exit(rc == CQ_OK ? 0 : 1);
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_two_accounts_of_a_group_take_turns_at_the_run(void **state)
{
	const gid_t team = 4321;
	struct fixture *f = *state;
	struct stat st;
	int status;

	if (geteuid() != 0 || chown(f->dir, 0, team) != 0 ||
	    chown(f->path, 0, team) != 0) {
		print_message("only root can share a queue with a group\n");
		skip();
	}
	cq_store_close(f->store);
	f->store = NULL;
	/* not setgid, so that new files are of the wrong group */
	assert_int_equal(chmod(f->dir, 0770), 0);
	assert_int_equal(chmod(f->path, 0660), 0);
	f->store = open_again(f);
	OK(f, cq_store_runner_lock(f->store, &f->err));
	cq_store_close(f->store);
	f->store = NULL;
	assert_int_equal(stat(beside(f, "q.db-run"), &st), 0);
	assert_int_equal(st.st_gid, team);
	status = as_colleague(f, team);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
	/* the other way round: first the colleague, then the owner */
	assert_int_equal(unlink(beside(f, "q.db-run")), 0);
	assert_int_equal(unlink(beside(f, "q.db-gate")), 0);
	assert_int_equal(as_colleague(f, team), 0);
	assert_int_equal(mode_of(beside(f, "q.db-run")), 0660);
	f->store = open_again(f);
	OK(f, cq_store_runner_lock(f->store, &f->err));
}

/* Waits for a child, but not for ever: -1 if it had to be killed. */
static int
end_of(pid_t pid)
{
	const struct timespec nap = {.tv_nsec = 20000000};
	int status = 0;

	for (int i = 0; i < 250; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		nanosleep(&nap, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

static void
test_the_wait_for_the_gate_ends_though_alarms_are_blocked(void **state)
{
	struct fixture *f = *state;
	int fd = gate_open(f->path, "-gate");
	pid_t pid;

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	pid = fork();
	if (pid == 0) {
		int own = gate_open(f->path, "-gate");
		sigset_t set;
		enum cq_status rc;

		sigemptyset(&set);
		sigaddset(&set, SIGALRM);
		sigprocmask(SIG_BLOCK, &set, NULL);
		rc = gate_lock(own, 200, &f->err);
		sigprocmask(SIG_SETMASK, NULL, &set);
		/* the caller's mask is what it was, and no alarm waits in it */
		if (!sigismember(&set, SIGALRM))
			_exit(1);
		sigpending(&set);
		_exit(sigismember(&set, SIGALRM) ? 2 : rc == CQ_BUSY ? 0 : 3);
	}
	assert_int_equal(end_of(pid), 0);
	close(fd);
}

/* No hard links from here on, as on a FAT file system. */
static bool
forbid_links(void)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), /* the call's number */
#ifdef SYS_link
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_link, 1, 0),
#endif
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
	    sizeof(filter) / sizeof(filter[0]), filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void
test_a_backup_needs_no_hard_links(void **state)
{
	struct fixture *f = *state;
	pid_t pid = fork();
	int rc;

	if (pid == 0) {
		struct cq_store *store = NULL;

		if (!forbid_links())
			_exit(77);
		if (link(f->path, beside(f, "link.db")) == 0)
			_exit(1);
		if (cq_store_open(f->path, &f->env, &store, &f->err) != CQ_OK)
			_exit(2);
		if (cq_store_backup(store, beside(f, "b.db"), &f->err) != CQ_OK)
			_exit(3);
		if (cq_store_backup(store, beside(f, "b.db"), &f->err) !=
		    CQ_CONFLICT)
			_exit(4);
		cq_store_close(store);
		_exit(0);
	}
	rc = end_of(pid);
	if (rc == 77)
		skip();
	assert_int_equal(rc, 0);
	cq_store_close(f->store);
	snprintf(f->path, sizeof(f->path), "%s/b.db", f->dir);
	f->store = open_again(f);
	all_is_well(f);
}

/* --- doctor ------------------------------------------------------------ */

struct heard {
	int n_bad, n_warn;
	char text[3000]; /* of what is not fine */
};

static void
hear(void *arg, enum cq_finding what, const char *check, const char *text)
{
	struct heard *h = arg;
	size_t n = strlen(h->text);

	if (what == CQ_FINE || strcmp(check, "files") != 0)
		return;
	h->n_bad += what == CQ_BAD;
	h->n_warn += what == CQ_WARN;
	snprintf(h->text + n, sizeof(h->text) - n, "%s\n", text);
}

static struct heard
ask(struct fixture *f)
{
	struct heard h = {0};

	OK(f, cq_store_doctor(f->store, false, hear, &h, &f->err));
	return h;
}

static void
must_say(const struct heard *h, int n_bad, int n_warn, const char *repair)
{
	if (h->n_bad != n_bad || h->n_warn != n_warn ||
	    (repair != NULL && strstr(h->text, repair) == NULL))
		fail_msg("%d bad, %d warnings, not '%s':\n%s", h->n_bad,
		    h->n_warn, repair == NULL ? "" : repair, h->text);
}

/* A queue with all its files, shared with the caller's own group. */
static void
share(struct fixture *f)
{
	cq_store_close(f->store);
	assert_int_equal(chmod(f->dir, 02770), 0);
	assert_int_equal(chmod(f->path, 0660), 0);
	f->store = open_again(f);
	OK(f, cq_store_runner_lock(f->store, &f->err));
	new_case(f, "1");
}

static void
test_a_queue_of_one_person_is_not_warned_of(void **state)
{
	struct fixture *f = *state;
	struct heard h;

	OK(f, cq_store_runner_lock(f->store, &f->err));
	new_case(f, "1");
	h = ask(f);
	must_say(&h, 0, 0, NULL);
}

static void
test_a_queue_shared_on_purpose_is_told_so_once(void **state)
{
	struct fixture *f = *state;
	struct heard h;

	share(f);
	h = ask(f);
	must_say(&h, 0, 1, "can change it past caseq");
	assert_null(strstr(h.text, "chmod"));
	assert_null(strstr(h.text, "run:"));
}

static void
test_a_file_with_fewer_rights_than_the_queue_is_bad(void **state)
{
	static const char *const names[] = {"-wal", "-shm", "-gate", "-run"};
	struct fixture *f = *state;
	char name[40], repair[700];
	struct heard h;

	share(f);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "q.db%s", names[i]);
		assert_int_equal(chmod(beside(f, name), 0600), 0);
		h = ask(f);
		snprintf(repair, sizeof(repair), "run: chmod 660 '%s'",
		    beside(f, name));
		must_say(&h, 1, 1, repair);
		assert_int_equal(chmod(beside(f, name), 0666), 0);
		h = ask(f);
		snprintf(repair, sizeof(repair), "run: chmod o-rwx '%s'",
		    beside(f, name));
		must_say(&h, 1, 1, repair);
		assert_int_equal(chmod(beside(f, name), 0660), 0);
	}
	/* more than the queue itself lets a group do */
	assert_int_equal(chmod(f->path, 0600), 0);
	h = ask(f);
	must_say(&h, 0, 4, "run: chmod 600 '");
	/* and a queue that is half shared */
	assert_int_equal(chmod(f->path, 0640), 0);
	h = ask(f);
	must_say(&h, 0, 5, "chmod 660 '");
}

static void
test_files_of_another_group_are_bad_in_a_shared_queue(void **state)
{
	const gid_t team = 4321;
	struct fixture *f = *state;
	struct heard h;

	if (geteuid() != 0) {
		print_message("only root can give files away\n");
		skip();
	}
	share(f);
	assert_int_equal(chown(beside(f, "q.db-wal"), 0, team), 0);
	assert_int_equal(chown(beside(f, "q.db-gate"), 0, team), 0);
	h = ask(f);
	must_say(&h, 2, 1, "run: chgrp ");
	assert_non_null(strstr(h.text, "q.db-wal'"));
	assert_non_null(strstr(h.text, "q.db-gate'"));
	/* alone, it is the owner that counts */
	assert_int_equal(chmod(f->dir, 0700), 0);
	assert_int_equal(chown(beside(f, "q.db-wal"), NOBODY, 0), 0);
	for (int i = 0; i < 5; i++) {
		static const char *const all[] = {
		    "q.db", "q.db-wal", "q.db-shm", "q.db-gate", "q.db-run"};

		assert_int_equal(chmod(beside(f, all[i]), 0600), 0);
	}
	h = ask(f);
	must_say(&h, 1, 0, "run: chown 0 '");
}

static void
test_a_directory_that_is_not_setgid_is_warned_of_when_shared(void **state)
{
	struct fixture *f = *state;
	char repair[700];
	struct heard h;

	share(f);
	snprintf(repair, sizeof(repair), "chmod g+rwxs '%s'", f->dir);
	assert_int_equal(chmod(f->dir, 0770), 0);
	h = ask(f);
	must_say(&h, 0, 2, repair);
	assert_int_equal(chmod(f->dir, 02750), 0);
	h = ask(f);
	must_say(&h, 0, 2, repair);
	assert_int_equal(chmod(f->dir, 03770), 0); /* sticky does no harm */
	h = ask(f);
	must_say(&h, 0, 1, NULL);
}

static void
test_a_large_wal_is_told_whatever_its_mode(void **state)
{
	struct fixture *f = *state;
	struct heard h;

	share(f);
	/* behind what SQLite has written, so that it does not mind */
	assert_int_equal(truncate(beside(f, "q.db-wal"), 65 << 20), 0);
	h = ask(f);
	must_say(&h, 0, 2, "q.db-wal has grown to 65 MiB");
	assert_int_equal(chmod(beside(f, "q.db-wal"), 0600), 0);
	h = ask(f);
	must_say(&h, 1, 2, "q.db-wal has grown to 65 MiB");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_QUEUE(test_what_a_group_shares_it_can_lock),
	    WITH_QUEUE(test_two_accounts_of_a_group_take_turns_at_the_run),
	    WITH_QUEUE(
		test_the_wait_for_the_gate_ends_though_alarms_are_blocked),
	    WITH_QUEUE(test_a_backup_needs_no_hard_links),
	    WITH_QUEUE(test_a_queue_of_one_person_is_not_warned_of),
	    WITH_QUEUE(test_a_queue_shared_on_purpose_is_told_so_once),
	    WITH_QUEUE(test_a_file_with_fewer_rights_than_the_queue_is_bad),
	    WITH_QUEUE(test_files_of_another_group_are_bad_in_a_shared_queue),
	    WITH_QUEUE(
		test_a_directory_that_is_not_setgid_is_warned_of_when_shared),
	    WITH_QUEUE(test_a_large_wal_is_told_whatever_its_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
