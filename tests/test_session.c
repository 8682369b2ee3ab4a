#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/buf.h"
#include "sources/session.h"
#include "sources/token.h"
#include "tests/file.h"

/* Files of sessions and of tokens: what is kept where, and who may read it. */

struct place {
	char dir[300], path[600];
	char buf[SRC_SESSION_MAX];
	struct cq_err err;
};

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *tmp = getenv("TMPDIR");

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "%s/cq-session-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/state/caseq/sessions/x-1",
	    p->dir);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	char command[400];

	snprintf(command, sizeof(command), "rm -rf '%s'", p->dir);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static const char *
in(struct place *p, const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", p->dir, name);
	return path;
}

static int
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 0777;
}

static void
says(const struct cq_err *err, const char *words)
{
	if (strstr(err->msg, words) == NULL)
		fail_msg("'%s' does not say '%s'", err->msg, words);
}

#define OK(call) assert_int_equal(call, CQ_OK)
#define REFUSED(p, call, words)                    \
	do {                                       \
		assert_int_equal(call, CQ_INPUT);  \
		assert_string_equal((p)->buf, ""); \
		says(&(p)->err, words);            \
	} while (0)

/* Only this caller may not have it. */
#define DENIED(p, call, words)                     \
	do {                                       \
		assert_int_equal(call, CQ_DENIED); \
		assert_string_equal((p)->buf, ""); \
		says(&(p)->err, words);            \
	} while (0)

/* --- where ------------------------------------------------------------- */

static const char *state_says, *xdg_says, *home_says;

static char *
env(const char *name)
{
	const char *value = strcmp(name, "STATE_DIRECTORY") == 0 ? state_says
	    : strcmp(name, "XDG_STATE_HOME") == 0		 ? xdg_says
	    : strcmp(name, "HOME") == 0				 ? home_says
								 : NULL;

	return (char *)(uintptr_t)value;
}

static void
dir_is(const char *state, const char *xdg, const char *home, const char *dir)
{
	char *got;

	state_says = state;
	xdg_says = xdg;
	home_says = home;
	got = session_dir(env);
	if (dir == NULL)
		assert_null(got);
	else
		assert_string_equal(got, dir);
	free(got);
}

static void
test_the_service_has_its_own_directory_people_have_theirs(void **state)
{
	(void)state;
	dir_is("/var/lib/caseq/main", "/x", "/home/ann",
	    "/var/lib/caseq/main/sessions");
	dir_is("/var/lib/a:/var/lib/b", NULL, NULL, "/var/lib/a/sessions");
	dir_is(NULL, "/x", "/home/ann", "/x/caseq/sessions");
	dir_is(NULL, NULL, "/home/ann",
	    "/home/ann/.local/state/caseq/sessions");
	dir_is("", "not/full", "/home/ann",
	    "/home/ann/.local/state/caseq/sessions");
	dir_is(NULL, NULL, "", NULL);
	dir_is(NULL, NULL, NULL, NULL);
}

static char *
path_of(const char *adapter, const char *address, const char *token_file)
{
	struct cq_source s = {.name = (char *)"any",
	    .adapter = (char *)(uintptr_t)adapter,
	    .address = (char *)(uintptr_t)address,
	    .token_file = (char *)(uintptr_t)token_file};

	return session_path("/d", &s);
}

static void
same_file(bool same, const char *adapter, const char *address,
    const char *token_file)
{
	char *a = path_of("bluesky", "https://pds.example/", "/t/one");
	char *b = path_of(adapter, address, token_file);

	assert_int_equal(strcmp(a, b) == 0, same);
	assert_memory_equal(a, "/d/bluesky-", 11);
	assert_int_equal(strlen(a), 11 + 32);
	free(a);
	free(b);
}

static void
test_sources_of_one_account_share_a_file(void **state)
{
	(void)state;
	same_file(true, "bluesky", "https://pds.example/", "/t/one");
	same_file(true, "bluesky", "https://PDS.example", "/t/one");
	same_file(true, "bluesky", "https://pds.example/xrpc?a=b", "/t/one");
	same_file(false, "mastodon", "https://pds.example/", "/t/one");
	same_file(false, "bluesky", "https://pds.example:8443/", "/t/one");
	same_file(false, "bluesky", "https://pds.example.org/", "/t/one");
	same_file(false, "bluesky", "https://pds.example/", "/t/two");
	same_file(false, "bluesky", "https://pds.example/", NULL);
	/* not the same letters cut at another place */
	same_file(false, "bluesky", "https://pds.example/t", "/one");
	assert_null(session_path(NULL, NULL));
}

/* --- what is kept ------------------------------------------------------ */

static void
test_a_session_is_what_was_written_last_and_ours_alone(void **state)
{
	struct place *p = *state;
	mode_t before = umask(0);

	OK(session_read(p->path, p->buf, &p->err));
	assert_string_equal(p->buf, "");
	OK(session_write(p->path, "{\"refresh\":\"one\"}", &p->err));
	OK(session_write(p->path, "two\nlines", &p->err));
	umask(before);
	OK(session_read(p->path, p->buf, &p->err));
	assert_string_equal(p->buf, "two\nlines");
	assert_int_equal(mode_of(p->path), 0600);
	assert_int_equal(mode_of(in(p, "state/caseq/sessions")), 0700);
	assert_int_equal(mode_of(in(p, "state")), 0700);
	OK(session_write(p->path, "", &p->err));
	assert_int_not_equal(access(p->path, F_OK), 0);
	OK(session_write(p->path, "", &p->err));
	OK(session_read(p->path, p->buf, &p->err));
	assert_string_equal(p->buf, "");
}

static void
test_a_session_has_sixteen_kibibytes_at_most(void **state)
{
	struct place *p = *state;
	char text[SRC_SESSION_MAX + 1];

	memset(text, 'x', sizeof(text));
	text[SRC_SESSION_MAX - 1] = '\0';
	OK(session_write(p->path, text, &p->err));
	OK(session_read(p->path, p->buf, &p->err));
	assert_string_equal(p->buf, text);
	text[SRC_SESSION_MAX - 1] = 'x';
	text[SRC_SESSION_MAX] = '\0';
	assert_int_equal(session_write(p->path, text, &p->err), CQ_INPUT);
	says(&p->err, "too long");
	OK(session_read(p->path, p->buf, &p->err));
	assert_int_equal(strlen(p->buf), SRC_SESSION_MAX - 1);
	file_write(p->path, text, SRC_SESSION_MAX);
	DENIED(p, session_read(p->path, p->buf, &p->err), "did not write");
	file_write(p->path, "a\0b", 3);
	DENIED(p, session_read(p->path, p->buf, &p->err), "did not write");
}

static void
test_a_session_that_others_can_read_is_refused(void **state)
{
	struct place *p = *state;

	OK(session_write(p->path, "secret", &p->err));
	assert_int_equal(chmod(p->path, 0640), 0);
	DENIED(p, session_read(p->path, p->buf, &p->err), "chmod 600");
	OK(session_write(p->path, "secret", &p->err)); /* makes it anew */
	OK(session_read(p->path, p->buf, &p->err));
	assert_int_equal(chmod(in(p, "state/caseq/sessions"), 0750), 0);
	DENIED(p, session_read(p->path, p->buf, &p->err), "chmod 700");
	p->buf[0] = '\0';
	DENIED(p, session_write(p->path, "other", &p->err), "chmod 700");
}

static void
test_a_session_of_another_user_is_refused(void **state)
{
	struct place *p = *state;

	if (geteuid() != 0)
		skip();
	OK(session_write(p->path, "secret", &p->err));
	assert_int_equal(chown(p->path, 65534, 65534), 0);
	DENIED(p, session_read(p->path, p->buf, &p->err), "another user");
	assert_int_equal(chown(in(p, "state/caseq/sessions"), 65534, 65534), 0);
	DENIED(p, session_write(p->path, "x", &p->err), "another user");
}

static void
test_what_is_no_file_is_neither_followed_nor_waited_for(void **state)
{
	struct place *p = *state;

	OK(session_write(p->path, "secret", &p->err));
	assert_int_equal(rename(p->path, in(p, "elsewhere")), 0);
	assert_int_equal(symlink(in(p, "elsewhere"), p->path), 0);
	assert_int_equal(session_read(p->path, p->buf, &p->err), CQ_DENIED);
	OK(session_write(p->path, "new", &p->err)); /* in place of the link */
	OK(session_read(p->path, p->buf, &p->err));
	assert_string_equal(p->buf, "new");
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	DENIED(p, session_read(p->path, p->buf, &p->err), "is none");
}

static void
test_what_a_killed_process_left_is_no_hindrance(void **state)
{
	struct place *p = *state;

	OK(session_write(p->path, "one", &p->err));
	file_write(in(p, "state/caseq/sessions/x-1.new"), "ha", 2);
	OK(session_write(p->path, "two", &p->err));
	assert_int_not_equal(access(in(p, "state/caseq/sessions/x-1.new"),
				 F_OK),
	    0);
	OK(session_read(p->path, p->buf, &p->err));
	assert_string_equal(p->buf, "two");
}

/* Writes for a while, texts of one letter; the process ends. */
static void
write_often(const char *path, char letter)
{
	char text[9000];

	memset(text, letter, sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 150; i++)
		if (session_write(path, text, NULL) != CQ_OK)
			_exit(1);
	_exit(0);
}

static void
test_two_who_write_at_a_time_leave_one_text_whole(void **state)
{
	struct place *p = *state;
	int running = 2, how;
	size_t n;

	OK(session_write(p->path, "a", &p->err));
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			write_often(p->path, (char)('a' + i));
	while (running > 0) {
		OK(session_read(p->path, p->buf, &p->err));
		n = strlen(p->buf);
		assert_true(n == 1 || n == 8999);
		assert_int_equal(strspn(p->buf, p->buf[0] == 'a' ? "a" : "b"),
		    n);
		if (waitpid(-1, &how, WNOHANG) > 0) {
			assert_int_equal(how, 0);
			running--;
		}
	}
}

static void
test_without_a_home_nothing_is_kept_and_that_is_said(void **state)
{
	struct place *p = *state;

	OK(session_read(NULL, p->buf, &p->err));
	assert_string_equal(p->buf, "");
	DENIED(p, session_write(NULL, "x", &p->err), "set HOME");
	DENIED(p, session_room(NULL, &p->err), "set HOME");
}

static void
test_room_for_a_session_is_made_or_what_is_in_the_way_is_said(void **state)
{
	struct place *p = *state;

	file_write(in(p, "state"), "", 0);
	DENIED(p, session_room(p->path, &p->err), "/sessions: Not a directory");
	assert_int_equal(unlink(in(p, "state")), 0);
	OK(session_room(p->path, &p->err));
	assert_int_equal(mode_of(in(p, "state/caseq/sessions")), 0700);
	assert_int_not_equal(access(p->path, F_OK), 0);
	OK(session_write(p->path, "one", &p->err));
	OK(session_room(p->path, &p->err));
	OK(session_read(p->path, p->buf, &p->err));
	assert_string_equal(p->buf, "one");
	p->buf[0] = '\0';
	assert_int_equal(chmod(in(p, "state/caseq/sessions"), 0770), 0);
	DENIED(p, session_room(p->path, &p->err), "chmod 700");
	assert_int_equal(chmod(in(p, "state/caseq/sessions"), 0500), 0);
	if (geteuid() == 0) /* who may write everywhere */
		return;
	DENIED(p, session_room(p->path, &p->err), "Permission denied");
	assert_int_equal(chmod(in(p, "state/caseq/sessions"), 0700), 0);
}

/* --- tokens ------------------------------------------------------------ */

static void
make(struct place *p, const char *name, const char *text, mode_t mode)
{
	file_write(in(p, name), text, strlen(text));
	assert_int_equal(chmod(in(p, name), mode), 0);
}

static void
test_a_credential_is_a_file_of_the_directory_that_systemd_names(void **state)
{
	struct place *p = *state;

	make(p, "toots", "s3cret\n", 0400);
	OK(token_read_in(p->dir, "credential:toots", p->buf, &p->err));
	assert_string_equal(p->buf, "s3cret");
	make(p, "login", "ann.example:abcd-efgh\nmore\n", 0400);
	OK(token_read_in(p->dir, "credential:login", p->buf, &p->err));
	assert_string_equal(p->buf, "ann.example:abcd-efgh");
	setenv("CREDENTIALS_DIRECTORY", p->dir, 1);
	OK(token_read("credential:toots", p->buf, &p->err));
	assert_string_equal(p->buf, "s3cret");
	unsetenv("CREDENTIALS_DIRECTORY");
	DENIED(p, token_read("credential:toots", p->buf, &p->err),
	    "let systemd start caseq, with LoadCredential=toots:FILE");
	DENIED(p, token_read_in(p->dir, "credential:none", p->buf, &p->err),
	    "given no credential none");
}

static void
test_a_credential_may_be_of_root_but_not_open_to_others(void **state)
{
	struct place *p = *state;
	const char *credential = "credential:toots";

	make(p, "toots", "s3cret\n", 0404);
	REFUSED(p, token_read_in(p->dir, credential, p->buf, &p->err),
	    "read by others");
	if (geteuid() != 0)
		skip();
	make(p, "toots", "s3cret\n", 0440); /* a list shows as the group */
	OK(token_read_in(p->dir, credential, p->buf, &p->err));
	/* but so no other file */
	p->buf[0] = '\0';
	REFUSED(p, token_read(in(p, "toots"), p->buf, &p->err),
	    "read by others");
	assert_int_equal(chown(in(p, "toots"), 65534, 65534), 0);
	DENIED(p, token_read_in(p->dir, credential, p->buf, &p->err),
	    "belongs to nobody, and root may not use it: ask as nobody, or");
}

static void
test_who_may_not_read_a_token_is_told_who_may(void **state)
{
	struct place *p = *state;

	if (geteuid() != 0)
		skip();
	make(p, "toots", "s3cret\n", 0600);
	assert_int_equal(seteuid(65534), 0); /* the directory is root's alone */
	DENIED(p, token_read(in(p, "toots"), p->buf, &p->err),
	    "nobody may not read token file ");
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(p->dir, 0711), 0);
	assert_int_equal(seteuid(65534), 0);
	DENIED(p, token_read(in(p, "toots"), p->buf, &p->err),
	    "belongs to root, and nobody may not use it: ask as root, or have "
	    "nobody own it");
	assert_int_equal(seteuid(0), 0);
	/* what is not there is nobody's, and that is another matter */
	REFUSED(p, token_read(in(p, "none"), p->buf, &p->err), "No such file");
}

static void
test_the_name_of_a_credential_leads_nowhere_else(void **state)
{
	static const char *const names[] = {"", ".", "..", "../toots", "a/b",
	    "/etc/passwd", "a b", "a\nb", "%s"};
	struct place *p = *state;
	char long_name[CREDENTIAL_NAME_MAX + 2], path[128];

	make(p, "toots", "s3cret\n", 0400);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "credential:%s", names[i]);
		REFUSED(p, token_read_in(p->dir, path, p->buf, &p->err),
		    "credential");
		assert_int_equal(token_credential_check(names[i], NULL),
		    CQ_INPUT);
	}
	memset(long_name, 'n', sizeof(long_name));
	long_name[CREDENTIAL_NAME_MAX + 1] = '\0';
	assert_int_equal(token_credential_check(long_name, NULL), CQ_INPUT);
	OK(token_credential_check(long_name + 1, NULL));
	OK(token_credential_check("mastodon.token_1-a", NULL));
}

static void
hidden(struct place *p, const char *token, const char *text, const char *shown)
{
	char msg[256];

	make(p, "token", token, 0600);
	snprintf(msg, sizeof(msg), "%s", text);
	token_hide(in(p, "token"), msg);
	assert_string_equal(msg, shown);
}

static void
test_what_a_server_says_is_told_without_the_token(void **state)
{
	struct place *p = *state;
	char msg[] = "no s3cret-token";

	hidden(p, "s3cret-token\n", "no such token: s3cret-token!",
	    "no such token: ***!");
	hidden(p, "s3cret-token\n", "s3cret-token s3cret-tokens3cret-token",
	    "*** ******");
	hidden(p, "s3cret-token\n", "cut off in the s3cret-tok",
	    "cut off in the ***");
	hidden(p, "s3cret-token\n", "s3cre is another matter, s3cre",
	    "s3cre is another matter, s3cre");
	hidden(p, "ann.example:abcd-efgh\n",
	    "ann.example: no password abcd-efgh.",
	    "ann.example: no password ***.");
	hidden(p, "short\n", "a short text", "a short text");
	token_hide(NULL, msg);
	token_hide(in(p, "none"), msg);
	assert_string_equal(msg, "no s3cret-token");
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_the_service_has_its_own_directory_people_have_theirs),
	    cmocka_unit_test(test_sources_of_one_account_share_a_file),
	    IN_PLACE(test_a_session_is_what_was_written_last_and_ours_alone),
	    IN_PLACE(test_a_session_has_sixteen_kibibytes_at_most),
	    IN_PLACE(test_a_session_that_others_can_read_is_refused),
	    IN_PLACE(test_a_session_of_another_user_is_refused),
	    IN_PLACE(test_what_is_no_file_is_neither_followed_nor_waited_for),
	    IN_PLACE(test_what_a_killed_process_left_is_no_hindrance),
	    IN_PLACE(test_two_who_write_at_a_time_leave_one_text_whole),
	    IN_PLACE(test_without_a_home_nothing_is_kept_and_that_is_said),
	    IN_PLACE(
		test_room_for_a_session_is_made_or_what_is_in_the_way_is_said),
	    IN_PLACE(
		test_a_credential_is_a_file_of_the_directory_that_systemd_names),
	    IN_PLACE(test_a_credential_may_be_of_root_but_not_open_to_others),
	    IN_PLACE(test_who_may_not_read_a_token_is_told_who_may),
	    IN_PLACE(test_the_name_of_a_credential_leads_nowhere_else),
	    IN_PLACE(test_what_a_server_says_is_told_without_the_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
