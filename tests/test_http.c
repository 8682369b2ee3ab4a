#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "sources/http.h"
#include "sources/url.h"
#include "tests/replay.h"

#define NOW 1795439220

struct fixture {
	struct replay *site;
	char dir[64];
};

static int64_t
fixed_now(void *arg)
{
	(void)arg;
	return NOW;
}

/* --- one request ------------------------------------------------------- */

/* An answer, copied while it was borrowed. */
struct got {
	int n, http;
	enum cq_status status;
	struct cq_buf body;
	char msg[256], url[512], moved_to[512], etag[64];
};

static void
keep(void *arg, const struct src_answer *answer, const struct cq_err *err)
{
	struct got *got = arg;

	got->n++;
	if (answer == NULL) {
		got->status = err->status;
		snprintf(got->msg, sizeof(got->msg), "%s", err->msg);
		return;
	}
	assert_int_equal(answer->now, NOW);
	assert_int_equal(answer->body[answer->n], '\0');
	got->http = answer->http;
	cq_buf_add(&got->body, answer->body, answer->n);
	snprintf(got->url, sizeof(got->url), "%s", answer->url);
	if (answer->moved_to != NULL)
		snprintf(got->moved_to, sizeof(got->moved_to), "%s",
		    answer->moved_to);
	if (answer->header(answer, "etag") != NULL)
		snprintf(got->etag, sizeof(got->etag), "%s",
		    answer->header(answer, "etag"));
}

struct ask {
	const char *url, *token_file, *ca_file;
	const char *header, *value;
	bool insecure, stays;
	size_t max_body;
	long total_ms;
};

static struct got
fetch(const struct ask *ask)
{
	const struct http_opts opts = {
	    .env = {.now = fixed_now},
	    .ca_file = ask->ca_file,
	    /* many certificates, under valgrind */
	    .connect_ms = 20000,
	    .total_ms = ask->total_ms > 0 ? ask->total_ms : 20000,
	};
	struct src_request req = {.url = cq_strdup(ask->url),
	    .token = ask->token_file != NULL,
	    .stays = ask->stays};
	struct got got = {0};
	const struct http_job job = {
	    .req = &req,
	    .token_file = ask->token_file,
	    .insecure = ask->insecure,
	    .max_body = ask->max_body,
	    .done = keep,
	    .arg = &got,
	};
	struct http *http = http_new(&opts);
	struct cq_err err = {0};

	assert_non_null(http);
	if (ask->header != NULL)
		assert_int_equal(src_request_header(&req, ask->header,
				     ask->value, &err),
		    CQ_OK);
	got.status = http_add(http, &job, &err);
	src_request_free(&req);
	if (got.status == CQ_OK) {
		http_run(http, NULL);
		assert_int_equal(got.n, 1);
	} else {
		snprintf(got.msg, sizeof(got.msg), "%s", err.msg);
	}
	http_free(http);
	return got;
}

/* Asks the site for path. */
static struct got
fetch_path(struct fixture *f, const char *path)
{
	char *url = cq_format("%s%s", replay_base(f->site), path);
	struct got got = fetch(&(struct ask){.url = url});

	free(url);
	return got;
}

static void
fails(struct got *got, enum cq_status status, const char *msg)
{
	assert_string_equal(got->msg, msg);
	assert_int_equal(got->status, status);
	cq_buf_free(&got->body);
}

static char *
write_file(struct fixture *f, const char *name, const void *bytes, size_t n,
    mode_t mode)
{
	char *path = cq_format("%s/%s", f->dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
	return path;
}

static int64_t
ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- answers ----------------------------------------------------------- */

static void
test_an_answer_arrives_with_its_headers(void **state)
{
	struct fixture *f = *state;
	struct got got;

	replay_text(f->site, "/a?b=c", 200, "ETag: W/\"x\"", "hello");
	got = fetch_path(f, "/a?b=c");
	assert_int_equal(got.http, 200);
	assert_string_equal(got.body.s, "hello");
	assert_string_equal(got.etag, "W/\"x\"");
	assert_string_equal(got.moved_to, "");
	assert_memory_equal(replay_header(f->site, "User-Agent"), "caseq/", 6);
	assert_string_equal(replay_header(f->site, "Authorization"), "");
	cq_buf_free(&got.body);
}

static void
test_any_status_code_is_an_answer(void **state)
{
	static const int codes[] = {304, 401, 404, 410, 429, 500};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		char path[16];
		struct got got;

		snprintf(path, sizeof(path), "/%d", codes[i]);
		replay_text(f->site, path, codes[i], NULL, "");
		got = fetch_path(f, path);
		assert_int_equal(got.status, CQ_OK);
		assert_int_equal(got.http, codes[i]);
		assert_int_equal(got.body.n, 0);
		cq_buf_free(&got.body);
	}
}

static void
test_all_transfers_run_at_once(void **state)
{
	const struct http_opts opts = {.env = {.now = fixed_now}};
	struct fixture *f = *state;
	struct http *http = http_new(&opts);
	struct got slow = {0}, quick = {0};
	struct src_request a = {0}, b = {0};
	struct http_job job = {.req = &a, .done = keep, .arg = &slow};
	int64_t began = ms_now();

	replay_fault(f->site, "/slow", REPLAY_SILENT);
	replay_text(f->site, "/quick", 200, NULL, "x");
	a.url = cq_format("%s/slow", replay_base(f->site));
	b.url = cq_format("%s/quick", replay_base(f->site));
	assert_int_equal(http_add(http, &job, NULL), CQ_OK);
	job.req = &b;
	job.arg = &quick;
	assert_int_equal(http_add(http, &job, NULL), CQ_OK);
	while (quick.n == 0 && ms_now() - began < 3000)
		assert_true(http_step(http, 50) > 0);
	assert_int_equal(quick.n, 1);
	assert_int_equal(slow.n, 0);
	http_free(http); /* with one still under way */
	assert_int_equal(slow.n, 0);
	src_request_free(&a);
	src_request_free(&b);
	cq_buf_free(&quick.body);
}

static void
test_a_stop_ends_the_run_at_once(void **state)
{
	const struct http_opts opts = {.env = {.now = fixed_now}};
	struct fixture *f = *state;
	struct http *http = http_new(&opts);
	struct src_request req = {0};
	struct got got = {0};
	const struct http_job job = {.req = &req, .done = keep, .arg = &got};
	const volatile int stop = 1;
	int64_t began = ms_now();

	replay_fault(f->site, "/slow", REPLAY_SILENT);
	req.url = cq_format("%s/slow", replay_base(f->site));
	assert_int_equal(http_add(http, &job, NULL), CQ_OK);
	http_run(http, &stop);
	assert_true(ms_now() - began < 1000);
	assert_int_equal(got.n, 0);
	http_free(http);
	src_request_free(&req);
}

/* --- limits ------------------------------------------------------------ */

static void
test_an_endless_answer_is_cut_off(void **state)
{
	struct fixture *f = *state;
	char *url = cq_format("%s/e", replay_base(f->site));
	struct got got;

	replay_fault(f->site, "/e", REPLAY_ENDLESS);
	got = fetch(&(struct ask){.url = url, .max_body = 100 * 1024});
	fails(&got, CQ_NET,
	    "the answer of 127.0.0.1 is larger than 100 KiB: not read; check "
	    "the address");
	free(url);
}

static void
test_a_gzip_bomb_is_cut_off_after_decoding(void **state)
{
	struct fixture *f = *state;
	char *url = cq_format("%s/z", replay_base(f->site));
	FILE *gzip = popen("head -c 50000000 /dev/zero | gzip -9", "r");
	struct cq_buf b = {0};
	char part[4096];
	struct got got;
	size_t n;

	assert_non_null(gzip);
	while ((n = fread(part, 1, sizeof(part), gzip)) > 0)
		cq_buf_add(&b, part, n);
	assert_int_equal(pclose(gzip), 0);
	assert_in_range(b.n, 1000, 100000);
	replay_add(f->site, "/z", 200, "Content-Encoding: gzip", b.s, b.n);
	got = fetch(&(struct ask){.url = url});
	fails(&got, CQ_NET,
	    "the answer of 127.0.0.1 is larger than 4096 KiB: not read; check "
	    "the address");
	cq_buf_free(&b);
	free(url);
}

static void
test_a_damaged_compression_is_told(void **state)
{
	struct fixture *f = *state;
	struct got got;

	replay_text(f->site, "/z", 200, "Content-Encoding: gzip",
	    "this is no gzip at all, not at all");
	got = fetch_path(f, "/z");
	fails(&got, CQ_NET,
	    "the compressed answer of 127.0.0.1 is damaged: try later");
}

static void
test_headers_without_end_are_cut_off(void **state)
{
	struct fixture *f = *state;
	struct got got;

	replay_fault(f->site, "/h", REPLAY_HEADERS);
	got = fetch_path(f, "/h");
	fails(&got, CQ_NET,
	    "the answer of 127.0.0.1 has more than 64 KiB of headers: not "
	    "read");
}

static void
test_a_slow_answer_times_out(void **state)
{
	static const enum replay_fault faults[] = {REPLAY_SILENT, REPLAY_DRIP};
	struct fixture *f = *state;
	char *url = cq_format("%s/s", replay_base(f->site));
	size_t i;

	for (i = 0; i < 2; i++) {
		int64_t began = ms_now();
		struct got got;

		replay_fault(f->site, "/s", faults[i]);
		got = fetch(&(struct ask){.url = url, .total_ms = 400});
		fails(&got, CQ_NET,
		    "127.0.0.1 did not finish its answer in time: try later");
		assert_true(ms_now() - began < 2500);
	}
	free(url);
}

/* Answers whoever comes first with that, and ends. */
static pid_t
speak(int sock, const char *words)
{
	pid_t child = fork();
	char ask[4096];
	int to;

	if (child != 0)
		return child;
	to = accept(sock, NULL, NULL);
	if (read(to, ask, sizeof(ask)) > 0 &&
	    write(to, words, strlen(words)) > 0)
		close(to);
	_exit(0);
}

static void
test_what_is_no_web_site_is_told_in_plain_words(void **state)
{
	static const char *const words[] = {"SSH-2.0-OpenSSH_9.2\r\n",
	    "HTTP/1.1 200 OK\r\nno header\r\n\r\n", "HTTP/9.9 x\r\n\r\n"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct sockaddr_in at = {.sin_family = AF_INET,
		    .sin_addr = {htonl(INADDR_LOOPBACK)}};
		socklen_t n = sizeof(at);
		int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		struct got got;
		pid_t child;
		char url[64];

		assert_int_equal(bind(sock, (struct sockaddr *)&at, n), 0);
		assert_int_equal(listen(sock, 1), 0);
		getsockname(sock, (struct sockaddr *)&at, &n);
		child = speak(sock, words[i]);
		snprintf(url, sizeof(url), "http://127.0.0.1:%d/",
		    ntohs(at.sin_port));
		got = fetch(&(struct ask){.url = url});
		fails(&got, CQ_NET,
		    "127.0.0.1 does not answer as a web site does: check "
		    "address and port");
		waitpid(child, NULL, 0);
		close(sock);
	}
}

static void
test_an_answer_that_breaks_off_is_no_answer(void **state)
{
	struct fixture *f = *state;
	struct got got;

	replay_fault(f->site, "/c", REPLAY_CUT);
	got = fetch_path(f, "/c");
	fails(&got, CQ_NET, "the connection to 127.0.0.1 broke off: try later");
}

/* --- who can be reached ------------------------------------------------ */

/* A port of this machine where nobody listens. */
static int
closed_port(void)
{
	struct replay *r = replay_start();
	int port = atoi(strrchr(replay_base(r), ':') + 1);

	replay_stop(r);
	return port;
}

static void
test_a_refused_connection_is_told(void **state)
{
	char *url = cq_format("http://127.0.0.1:%d/", closed_port());
	struct got got = fetch(&(struct ask){.url = url});

	(void)state;
	fails(&got, CQ_NET,
	    "127.0.0.1 refuses connections: is the service running, is the "
	    "port right?");
	free(url);
}

static void
test_a_host_that_is_not_found_is_told(void **state)
{
	/* ".invalid" is reserved for names that do not exist */
	struct got got = fetch(&(struct ask){.url = "https://caseq.invalid/"});

	(void)state;
	fails(&got, CQ_NET,
	    "cannot find the host caseq.invalid: check the address and the "
	    "network");
}

static void
test_plain_http_is_for_this_machine_only(void **state)
{
	struct got got = fetch(&(struct ask){.url = "http://e.invalid/"});

	(void)state;
	fails(&got, CQ_INPUT,
	    "plain http is not allowed for e.invalid: use https://, or "
	    "--insecure if it has none");
	got = fetch(&(struct ask){
	    .url = "http://caseq.invalid/", .insecure = true});
	fails(&got, CQ_NET,
	    "cannot find the host caseq.invalid: check the address and the "
	    "network");
}

static void
test_names_of_this_machine_are_known(void **state)
{
	(void)state;
	assert_true(url_host_is_local("localhost"));
	assert_true(url_host_is_local("127.0.0.1"));
	assert_true(url_host_is_local("127.8.9.10"));
	assert_true(url_host_is_local("::1"));
	assert_true(url_host_is_local("[::1]"));
	assert_false(url_host_is_local("128.0.0.1"));
	assert_false(url_host_is_local("0.0.0.0"));
	assert_false(url_host_is_local("localhost.example.org"));
	assert_false(url_host_is_local("127.0.0.1.example.org"));
	assert_false(url_host_is_local("[::2]"));
	assert_false(url_host_is_local(""));
}

static void
test_no_other_scheme_is_asked(void **state)
{
	static const char *const urls[] = {"file:///etc/passwd",
	    "gopher://127.0.0.1/", "ftp://127.0.0.1/x", "dict://127.0.0.1/",
	    "data:text/plain,x", "127.0.0.1/x", "/etc/passwd", "", "https://",
	    "https://user:pw@127.0.0.1/", "https://a b.example/",
	    "http://127.0.0.1\r\nX: y/"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct got got = fetch(&(struct ask){.url = urls[i]});

		assert_int_equal(got.status, CQ_INPUT);
		assert_int_equal(got.n, 0);
		assert_true(strlen(got.msg) > 10);
	}
}

/* --- redirects --------------------------------------------------------- */

static void
redirect(struct fixture *f, const char *path, int status, const char *to)
{
	char *headers = cq_format("Location: %s\nETag: \"way\"", to);

	replay_text(f->site, path, status, headers, "it is elsewhere");
	free(headers);
}

static void
test_three_redirects_are_followed_and_no_fourth(void **state)
{
	struct fixture *f = *state;
	struct got got;

	redirect(f, "/1", 302, "/2");
	redirect(f, "/2", 303, "@BASE@/3");
	redirect(f, "/3", 307, "4");
	replay_text(f->site, "/4", 200, NULL, "there");
	got = fetch_path(f, "/1");
	assert_string_equal(got.body.s, "there"); /* of the last one alone */
	assert_string_equal(got.etag, "");
	assert_string_equal(got.moved_to, "");
	assert_memory_equal(got.url + strlen(got.url) - 2, "/4", 2);
	cq_buf_free(&got.body);

	redirect(f, "/4", 302, "/5");
	got = fetch_path(f, "/1");
	fails(&got, CQ_NET,
	    "127.0.0.1 redirects more than 3 times: check the address");
}

static void
test_a_redirect_loop_ends(void **state)
{
	struct fixture *f = *state;
	int before = replay_count(f->site);
	struct got got;

	redirect(f, "/l", 301, "/l");
	got = fetch_path(f, "/l");
	fails(&got, CQ_NET,
	    "127.0.0.1 redirects more than 3 times: check the address");
	assert_int_equal(replay_count(f->site), before + 4);
}

static void
test_only_permanent_redirects_move_an_address(void **state)
{
	struct fixture *f = *state;
	struct got got;

	redirect(f, "/p", 301, "/q");
	redirect(f, "/q", 308, "/r");
	replay_text(f->site, "/r", 200, NULL, "");
	got = fetch_path(f, "/p");
	assert_string_equal(got.moved_to, got.url);
	assert_memory_equal(got.url + strlen(got.url) - 2, "/r", 2);
	cq_buf_free(&got.body);

	redirect(f, "/q", 302, "/r");
	got = fetch_path(f, "/p");
	assert_int_equal(got.http, 200);
	assert_string_equal(got.moved_to, "");
	cq_buf_free(&got.body);
}

/* What is wrong with it, so that somebody can give the right address. */
static void
fails_with(struct fixture *f, const char *to, const char *why)
{
	struct got got;

	redirect(f, "/away", 302, to);
	got = fetch_path(f, "/away");
	fails(&got, CQ_NET, why);
}

static void
test_a_redirect_elsewhere_is_refused(void **state)
{
	static const char *const to[] = {"file:///etc/passwd",
	    "gopher://127.0.0.1:1/", "ftp://127.0.0.1/", "http://e.invalid/",
	    "http://user:pw@127.0.0.1/"};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		struct got got;

		redirect(f, "/out", 302, to[i]);
		got = fetch_path(f, "/out");
		assert_int_equal(got.status, CQ_NET);
		assert_non_null(strstr(got.msg, "refused: "));
		cq_buf_free(&got.body);
	}
	fails_with(f, "http://e.invalid/",
	    "127.0.0.1 redirects to http://e.invalid/: refused: plain http is "
	    "not allowed for e.invalid: use https://, or --insecure if it has "
	    "none");
}

static void
test_a_redirect_may_be_the_answer(void **state)
{
	struct fixture *f = *state;
	char *url = cq_format("%s/s", replay_base(f->site));
	int before = replay_count(f->site);
	struct got got;

	redirect(f, "/s", 302, "/t");
	got = fetch(&(struct ask){.url = url, .stays = true});
	assert_int_equal(got.status, CQ_OK);
	assert_int_equal(got.http, 302);
	assert_int_equal(replay_count(f->site), before + 1);
	cq_buf_free(&got.body);
	free(url);
}

/* --- tokens ------------------------------------------------------------ */

static void
test_a_token_is_sent_from_its_file_only(void **state)
{
	struct fixture *f = *state;
	char *path = write_file(f, "token", "s3cret-tok\nrest\n", 16, 0600);
	char *url = cq_format("%s/t", replay_base(f->site));
	struct got got;

	replay_text(f->site, "/t", 200, NULL, "ok");
	got = fetch(&(struct ask){.url = url, .token_file = path});
	assert_int_equal(got.http, 200);
	assert_string_equal(replay_header(f->site, "Authorization"),
	    "Bearer s3cret-tok");
	cq_buf_free(&got.body);
	free(url);
	free(path);
}

static void
test_no_redirect_is_followed_with_a_token(void **state)
{
	struct fixture *f = *state;
	char *path = write_file(f, "token", "s3cret-tok\n", 11, 0600);
	char *url = cq_format("%s/t", replay_base(f->site));
	struct got got;
	int before;

	redirect(f, "/t", 302, "/u");
	replay_text(f->site, "/u", 200, NULL, "ok");
	before = replay_count(f->site);
	got = fetch(&(struct ask){.url = url, .token_file = path});
	assert_int_equal(got.status, CQ_NET);
	assert_non_null(strstr(got.msg, "not followed with a token"));
	assert_int_equal(replay_count(f->site), before + 1);
	assert_null(strstr(got.msg, "s3cret"));
	free(url);
	free(path);
}

static void
refuses_token_file(struct fixture *f, const char *path, const char *msg)
{
	char *url = cq_format("%s/t", replay_base(f->site));
	int before = replay_count(f->site);
	struct got got = fetch(&(struct ask){.url = url, .token_file = path});

	assert_int_equal(got.status, CQ_INPUT);
	assert_non_null(strstr(got.msg, msg));
	assert_null(strstr(got.msg, "s3cret"));
	assert_int_equal(replay_count(f->site), before);
	free(url);
}

static void
test_a_token_file_must_be_private_and_plain(void **state)
{
	static const mode_t open_modes[] = {0640, 0604, 0620, 0610, 0666};
	struct fixture *f = *state;
	char *path = write_file(f, "tok", "s3cret\n", 7, 0600);
	char *link = cq_format("%s/link", f->dir);
	char *fifo = cq_format("%s/fifo", f->dir);
	size_t i;

	for (i = 0; i < sizeof(open_modes) / sizeof(open_modes[0]); i++) {
		assert_int_equal(chmod(path, open_modes[i]), 0);
		refuses_token_file(f, path,
		    "can be read by others: chmod 600 it");
	}
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(symlink(path, link), 0);
	refuses_token_file(f, link, "is a symbolic link");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	refuses_token_file(f, fifo, "is no regular file");
	refuses_token_file(f, f->dir, "is no regular file");
	refuses_token_file(f, "/nonexistent/token", "No such file");
	free(path);
	free(link);
	free(fifo);
}

static void
test_a_token_holds_no_odd_bytes(void **state)
{
	struct fixture *f = *state;
	char long_token[5000];
	char *path;

	path = write_file(f, "t1", "s3cret\rX: y\n", 12, 0600);
	refuses_token_file(f, path, "holds a character that no token has");
	free(path);
	path = write_file(f, "t2", "s3cr\0t\n", 7, 0600);
	refuses_token_file(f, path, "holds a character that no token has");
	free(path);
	path = write_file(f, "t3", "\n", 1, 0600);
	refuses_token_file(f, path, "is empty");
	free(path);
	memset(long_token, 'x', sizeof(long_token));
	path = write_file(f, "t4", long_token, sizeof(long_token), 0600);
	refuses_token_file(f, path, "is too long");
	free(path);
}

static void
test_a_header_takes_no_line_break(void **state)
{
	struct src_request req = {0};
	struct cq_err err = {0};

	(void)state;
	assert_int_equal(src_request_header(&req, "A", "b\r\nC: d", &err),
	    CQ_INPUT);
	assert_int_equal(src_request_header(&req, "A\n", "b", &err), CQ_INPUT);
	assert_int_equal(src_request_header(&req, "A", "b\x7f", &err),
	    CQ_INPUT);
	assert_int_equal(req.n_headers, 0);
	assert_int_equal(src_request_header(&req, "A", "W/\"\xc3\xbc\"", &err),
	    CQ_OK);
	src_request_free(&req);
}

/* --- certificates ------------------------------------------------------ */

/* An authority and a certificate for each way to be wrong. */
static const char make_certificates[] =
    "cd '%s' && exec >/dev/null 2>&1 && "
    "key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }\n"
    "req() { key $1 && openssl req -new -key $1.key -subj /CN=$1 "
    "-out $1.csr && printf \"subjectAltName=$2\" >$1.ext; }\n"
    "sign() { openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key "
    "-set_serial $2 -days $3 -extfile $1.ext -out $1.pem; }\n"
    "key ca && openssl req -x509 -new -key ca.key -subj /CN=test-ca "
    "-days 2 -out ca.pem && "
    "req good IP:127.0.0.1 && sign good 2 2 && "
    "req wrong DNS:other.example && sign wrong 3 2 && "
    "req old IP:127.0.0.1 && sign old 4 -1 && "
    "key self && openssl req -x509 -new -key self.key -subj /CN=self "
    "-addext subjectAltName=IP:127.0.0.1 -days 2 -out self.pem";

static struct got
fetch_tls(struct fixture *f, const char *name, bool trust)
{
	char *cert_path = cq_format("%s/%s.pem", f->dir, name);
	char *key_path = cq_format("%s/%s.key", f->dir, name);
	char *ca_path = cq_format("%s/ca.pem", f->dir);
	size_t n;
	char *cert = replay_slurp(cert_path, &n);
	char *key = replay_slurp(key_path, &n);
	struct replay *site = replay_start_tls(cert, key);
	char *url = cq_format("%s/x", replay_base(site));
	struct got got;

	replay_text(site, "/x", 200, NULL, "safe");
	replay_text(site, "/down", 302, "Location: http://127.0.0.1:1/", "");
	got =
	    fetch(&(struct ask){.url = url, .ca_file = trust ? ca_path : NULL});
	if (got.status == CQ_OK) { /* and never back to plain http */
		struct got down;

		free(url);
		url = cq_format("%s/down", replay_base(site));
		down = fetch(&(struct ask){.url = url, .ca_file = ca_path});
		fails(&down, CQ_NET,
		    "127.0.0.1 redirects from https to http://127.0.0.1:1/: "
		    "refused; check the address");
	} else {
		assert_int_equal(replay_count(site), 0);
	}
	replay_stop(site);
	free(url);
	free(cert);
	free(key);
	free(cert_path);
	free(key_path);
	free(ca_path);
	return got;
}

static void
test_only_a_right_certificate_is_accepted(void **state)
{
	struct fixture *f = *state;
	char *script = cq_format(make_certificates, f->dir);
	struct got got;

	assert_int_equal(system(script), 0);
	free(script);
	got = fetch_tls(f, "good", true);
	assert_string_equal(got.msg, "");
	assert_string_equal(got.body.s, "safe");
	cq_buf_free(&got.body);
	got = fetch_tls(f, "good", false);
	fails(&got, CQ_NET,
	    "the certificate of 127.0.0.1 is not signed by an authority this "
	    "system knows; nothing was sent or read");
	got = fetch_tls(f, "wrong", true);
	fails(&got, CQ_NET,
	    "the certificate of 127.0.0.1 is for another name: check the "
	    "address; nothing was sent or read");
	got = fetch_tls(f, "old", true);
	fails(&got, CQ_NET,
	    "the certificate of 127.0.0.1 has expired; nothing was sent or "
	    "read");
	got = fetch_tls(f, "self", true);
	fails(&got, CQ_NET,
	    "the certificate of 127.0.0.1 is self-signed; nothing was sent or "
	    "read");
}

static void
test_an_authority_of_the_users_own_is_trusted(void **state)
{
	struct fixture *f = *state;
	char *script = cq_format(make_certificates, f->dir);
	char *ca_path = cq_format("%s/ca.pem", f->dir);
	struct got got;

	assert_int_equal(system(script), 0);
	setenv("SSL_CERT_FILE", ca_path, 1);
	got = fetch_tls(f, "good", false);
	assert_string_equal(got.msg, "");
	assert_string_equal(got.body.s, "safe");
	cq_buf_free(&got.body);
	got = fetch_tls(f, "wrong", false);
	fails(&got, CQ_NET,
	    "the certificate of 127.0.0.1 is for another name: check the "
	    "address; nothing was sent or read");
	setenv("SSL_CERT_FILE", "/nowhere/ca.pem", 1);
	got = fetch_tls(f, "good", false);
	fails(&got, CQ_NET,
	    "the certificates to trust cannot be read from /nowhere/ca.pem: "
	    "check SSL_CERT_FILE; nothing was sent to 127.0.0.1");
	setenv("SSL_CERT_FILE", "", 1); /* as if it was not set */
	got = fetch_tls(f, "good", false);
	fails(&got, CQ_NET,
	    "the certificate of 127.0.0.1 is not signed by an authority this "
	    "system knows; nothing was sent or read");
	unsetenv("SSL_CERT_FILE");
	free(script);
	free(ca_path);
}

static void
test_https_to_a_plain_server_is_told(void **state)
{
	struct fixture *f = *state;
	char *url = cq_format("https%s/x", replay_base(f->site) + 4);
	struct got got = fetch(&(struct ask){.url = url});

	fails(&got, CQ_NET,
	    "127.0.0.1 does not speak TLS 1.2 or later there: check the port");
	free(url);
}

/* --- ------------------------------------------------------------------- */

static int
set_up(void **state)
{
	struct fixture *f = cq_alloc(sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/caseq-http-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	f->site = replay_start();
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	char *rm = cq_format("rm -rf '%s'", f->dir);
	int rc = system(rm);

	replay_stop(f->site);
	free(rm);
	free(f);
	return rc;
}

static void
names_secret(const char *url, const char *name)
{
	char *got = url_secret_name(url);

	if (name == NULL)
		assert_null(got);
	else
		assert_string_equal(got, name);
	free(got);
}

static void
test_a_secret_in_an_address_is_known_by_its_name(void **state)
{
	static const char *const names[] = {"token", "feed_token", "key",
	    "api_key", "apiKey", "API-KEY", "client_secret", "password",
	    "passwd", "X-Amz-Signature", "sig", "auth"};
	static const char *const others[] = {
	    "keyword", "author", "design", "page", "t", "path"};
	char url[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(url, sizeof(url), "https://e.example/a?b=1&%s=x#c",
		    names[i]);
		names_secret(url, names[i]);
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(url, sizeof(url), "https://e.example/a?%s=x",
		    others[i]);
		names_secret(url, NULL);
	}
	names_secret("https://e.example/token=x", NULL);
	names_secret("https://e.example/?token", NULL);
	names_secret("https://e.example/?token=&a=b", NULL);
	names_secret("https://e.example/?", NULL);
	names_secret("https://e.example/?a=b#?token=x", NULL);
	names_secret("https://e.example/?a;token=x", "token");
	names_secret("https://e.example/?&&=&\x1bkey=x&%6bey=y", NULL);
}

static void
test_a_part_of_a_path_that_nobody_could_guess_is_a_secret(void **state)
{
	static const struct {
		const char *path, *part;
	} paths[] = {
	    {"private/8fa3c0d14b7e9f22/feed.xml", "8fa3..."},
	    {"private/Xk3-v9QpL2_mN7tRz4Wb.rss?a=b", "Xk3-..."},
	    {"u/7f9c24e8-3b1d-4a6f-9d02-5c8e1b7a0f34/", "7f9c..."},
	    {"f/eyJ0eXAi.eyJzdWIiOiIx.a8Kq2Zt5Yw", "eyJ0..."},
	    {"f/-8fa3c0d14b7e9f22", "-8fa..."},
	    {"private/8fa3c0d14b7e9f2", NULL}, /* too short to be one */
	    {"forum/how-to-fix-error-0x80070005-on-windows-10.rss", NULL},
	    {"a/internationalization2026/feed", NULL},
	    {"alerts/feeds/01234567890123456789", NULL},
	    {"%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82/%D0%BC%D0%B8%D1%80", NULL},
	    {"feed?x=8fa3c0d14b7e9f22", NULL},
	    {"feed#/8fa3c0d14b7e9f22", NULL},
	    {"", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char *url = cq_format("https://8fa3c0d14b7e9f22.example/%s",
		    paths[i].path);
		char *got = url_secret_part(url);

		if (paths[i].part == NULL && got != NULL)
			fail_msg("%s has %s", url, got);
		if (paths[i].part != NULL)
			assert_string_equal(got == NULL ? url : got,
			    paths[i].part);
		free(got);
		free(url);
	}
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_secret_in_an_address_is_known_by_its_name),
	    cmocka_unit_test(
		test_a_part_of_a_path_that_nobody_could_guess_is_a_secret),
	    T(test_an_answer_arrives_with_its_headers),
	    T(test_any_status_code_is_an_answer),
	    T(test_all_transfers_run_at_once),
	    T(test_a_stop_ends_the_run_at_once),
	    T(test_an_endless_answer_is_cut_off),
	    T(test_a_gzip_bomb_is_cut_off_after_decoding),
	    T(test_a_damaged_compression_is_told),
	    T(test_headers_without_end_are_cut_off),
	    T(test_a_slow_answer_times_out),
	    T(test_an_answer_that_breaks_off_is_no_answer),
	    T(test_a_refused_connection_is_told),
	    T(test_a_host_that_is_not_found_is_told),
	    T(test_plain_http_is_for_this_machine_only),
	    T(test_names_of_this_machine_are_known),
	    T(test_no_other_scheme_is_asked),
	    T(test_what_is_no_web_site_is_told_in_plain_words),
	    T(test_three_redirects_are_followed_and_no_fourth),
	    T(test_a_redirect_loop_ends),
	    T(test_only_permanent_redirects_move_an_address),
	    T(test_a_redirect_elsewhere_is_refused),
	    T(test_a_redirect_may_be_the_answer),
	    T(test_a_token_is_sent_from_its_file_only),
	    T(test_no_redirect_is_followed_with_a_token),
	    T(test_a_token_file_must_be_private_and_plain),
	    T(test_a_token_holds_no_odd_bytes),
	    T(test_a_header_takes_no_line_break),
	    T(test_only_a_right_certificate_is_accepted),
	    T(test_an_authority_of_the_users_own_is_trusted),
	    T(test_https_to_a_plain_server_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
