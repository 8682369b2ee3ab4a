#include "tests/store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* A disk that is full: nothing is lost, nothing is half done. */

static char big[20000]; /* a long note */

static int
set_up(void **state)
{
	memset(big, 'w', sizeof(big) - 1);
	return fixture_set_up(state);
}

/* Whatever became of the test, its disk goes. */
static int
tear_down(void **state)
{
	struct fixture *f = *state;
	char dir[300];

	cq_store_close(f->store);
	f->store = NULL;
	snprintf(dir, sizeof(dir), "%s/disk", f->dir);
	umount(dir);
	return fixture_tear_down(state);
}

#define WITH_DISK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static bool
mounted(struct fixture *f)
{
	char dir[300];

	/* a queue in a small file system of its own, if that is allowed */
	snprintf(dir, sizeof(dir), "%s/disk", f->dir);
	if (mkdir(dir, 0700) != 0 ||
	    mount("none", dir, "tmpfs", 0, "size=2m,mode=700") != 0) {
		print_message("no disk of its own: %s\n", strerror(errno));
		return false;
	}
	cq_store_close(f->store);
	f->store = NULL;
	snprintf(f->path, sizeof(f->path), "%s/disk/q.db", f->dir);
	return true;
}

static void
fill(const char *path)
{
	static const char zeros[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

	assert_true(fd >= 0);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	close(fd);
}

static enum cq_status
say(struct fixture *f, int64_t id, const char *words)
{
	struct cq_act who = act(f, "adm");

	return cq_store_note(f->store, &who, id, 0, words, NULL, &f->err);
}

/* Writes until there is no room; what was said to be done must be there. */
static void
write_until_full(struct fixture *f, int64_t id)
{
	enum cq_status rc = CQ_OK;
	int done = (int)head(f, id)->n_notes;

	for (int i = 0; rc == CQ_OK && i < 10000; i++) {
		rc = say(f, id, big);
		done += rc == CQ_OK;
	}
	assert_int_equal(rc, CQ_FULL);
	expect_said(f, "disk is full");
	assert_int_equal(head(f, id)->n_notes, done);
	assert_int_equal(n_events(f, id, "note"), done);
	all_is_well(f);
}

static void
test_a_full_disk_loses_nothing_and_says_so(void **state)
{
	struct fixture *f = *state;
	char ballast[320];
	int64_t id;

	if (!mounted(f))
		skip();
	OK(f,
	    cq_store_create(f->path, &f->env, "adm", NULL, CQ_NO_UID, &f->err));
	OK(f, cq_store_open(f->path, &f->env, &f->store, &f->err));
	{
		struct cq_agent ana = {
		    .name = "ana", .uid = CQ_NO_UID, .active = true};
		struct cq_act who = act(f, "adm");

		OK(f, cq_store_agent_add(f->store, &who, &ana, &f->err));
	}
	id = new_case(f, "1");
	snprintf(ballast, sizeof(ballast), "%s/disk/ballast", f->dir);
	write_until_full(f, id);
	fill(ballast);
	write_until_full(f, id); /* what little room the log had left */
	REFUSED(f, CQ_FULL, say(f, id, big));
	assert_int_equal(unlink(ballast), 0);
	OK(f, cq_store_draft_save(f->store, "adm", id, "room again", &f->err));
	all_is_well(f);
}

/* All but so many blocks. */
static void
fill_but(struct fixture *f, const char *path, int n_blocks)
{
	char dir[300];
	struct statvfs fs;

	fill(path);
	snprintf(dir, sizeof(dir), "%s/disk", f->dir);
	assert_int_equal(statvfs(dir, &fs), 0);
	assert_int_equal(truncate(path,
			     (off_t)(fs.f_blocks - fs.f_bavail -
				 (fsblkcnt_t)n_blocks) *
				 (off_t)fs.f_frsize),
	    0);
}

/* Wherever the room ends, there is a queue or nothing at all. */
static void
test_no_file_of_a_queue_that_found_no_room_is_left(void **state)
{
	struct fixture *f = *state;
	char ballast[320], cmd[700];
	int failed = 0;
	bool made = false;

	if (!mounted(f))
		skip();
	snprintf(ballast, sizeof(ballast), "%s/disk/ballast", f->dir);
	snprintf(cmd, sizeof(cmd), "test $(ls -A '%s/disk' | wc -l) = 1",
	    f->dir);
	for (int n = 0; !made; n += n < 20 ? 1 : 7) {
		assert_true(n < 400);
		fill_but(f, ballast, n);
		made = cq_store_create(f->path, &f->env, "adm", NULL, CQ_NO_UID,
			   &f->err) == CQ_OK;
		failed += !made;
		if (!made && system(cmd) != 0)
			fail_msg("%d blocks free: something is left", n);
	}
	assert_true(failed > 10);
	OK(f, cq_store_open(f->path, &f->env, &f->store, &f->err));
}

static void
test_a_queue_is_not_half_made_on_a_full_disk(void **state)
{
	struct fixture *f = *state;
	char ballast[320];
	enum cq_status rc;

	if (!mounted(f))
		skip();
	snprintf(ballast, sizeof(ballast), "%s/disk/ballast", f->dir);
	fill(ballast);
	rc = cq_store_create(f->path, &f->env, "adm", NULL, CQ_NO_UID, &f->err);
	assert_true(rc == CQ_FULL || rc == CQ_DB);
	assert_int_not_equal(access(f->path, F_OK), 0);
	assert_int_equal(unlink(ballast), 0);
	OK(f,
	    cq_store_create(f->path, &f->env, "adm", NULL, CQ_NO_UID, &f->err));
	OK(f, cq_store_open(f->path, &f->env, &f->store, &f->err));
}

static void
test_a_backup_to_a_full_disk_leaves_no_file(void **state)
{
	struct fixture *f = *state;
	struct cq_store *store = f->store;
	char path[400], dir[300];
	enum cq_status rc;

	new_case(f, "1");
	f->store = NULL;
	if (!mounted(f)) {
		f->store = store;
		skip();
	}
	snprintf(path, sizeof(path), "%s/disk/ballast", f->dir);
	fill(path);
	snprintf(path, sizeof(path), "%s/disk/copy.db", f->dir);
	rc = cq_store_backup(store, path, &f->err);
	assert_int_not_equal(rc, CQ_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	snprintf(dir, sizeof(dir), "%s/disk", f->dir);
	cq_store_close(store);
	/* only the ballast is there */
	snprintf(path, sizeof(path), "test $(ls '%s' | wc -l) = 1", dir);
	assert_int_equal(system(path), 0);
}

/* The same without a mount: no file may grow beyond a limit. */
static int
in_a_child(struct fixture *f, int64_t id)
{
	struct cq_store *store = NULL;
	struct rlimit limit;
	char words[3000];
	int done = 0;
	enum cq_status rc;

	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	if (cq_store_open(f->path, &f->env, &store, &f->err) != CQ_OK)
		return 1;
	f->store = store;
	limit.rlim_cur = limit.rlim_max = 400 * 1024;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 2;
	while ((rc = say(f, id, words)) == CQ_OK && done < 2000)
		done++;
	if (rc == CQ_OK || done == 0)
		return 3;
	if (say(f, id, words) == CQ_OK)
		return 4;
	/* what was said to be done is what the parent must find */
	return done > 99 ? 5 : 100 + done;
}

static void
test_a_write_that_fails_in_the_middle_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = new_case(f, "1");
	int status = 0;
	pid_t pid;

	cq_store_close(f->store);
	f->store = NULL;
	pid = fork();
	if (pid == 0)
		_exit(in_a_child(f, id));
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) > 100);
	f->store = open_again(f);
	assert_int_equal(head(f, id)->n_notes, WEXITSTATUS(status) - 100);
	assert_int_equal(n_events(f, id, "note"), WEXITSTATUS(status) - 100);
	all_is_well(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DISK(test_a_full_disk_loses_nothing_and_says_so),
	    WITH_DISK(test_no_file_of_a_queue_that_found_no_room_is_left),
	    WITH_DISK(test_a_queue_is_not_half_made_on_a_full_disk),
	    WITH_DISK(test_a_backup_to_a_full_disk_leaves_no_file),
	    WITH_DISK(test_a_write_that_fails_in_the_middle_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
