#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "tests/bench/made.h"
#include "tests/bench/measure.h"

/*
 * How fast is a long feed stored, and how much memory does it take?
 *
 * usage: bench_fetch [--items N] [--keep]
 *
 * nginx serves a feed of N items (50,000) on this machine.  "caseq fetch"
 * and "newsboat -x reload" each store it in a new queue or cache, in the
 * same run; then 20 items are added on top, as forums and papers do, and both
 * fetch it again.  The first fetch includes the word index, for two seconds
 * at most.
 * The posts are made up (made.h).  caseq is the one built beside
 * this program.  What is not installed is left out, and said.
 */

#define NGINX "/usr/sbin/nginx"
#define N_MORE 20

struct bench {
	char dir[200], feed[240], caseq[PATH_MAX];
	int port, n_items;
	int64_t began_at; /* the items are older, what is added is newer */
	pid_t nginx;
};

struct used {
	int status;
	double cpu_s, wall_s;
	long peak_kib;
};

/* --- the feed ---------------------------------------------------------- */

static void
write_escaped(FILE *f, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '<')
			fputs("&lt;", f);
		else if (*s == '&')
			fputs("&amp;", f);
		else
			fputc(*s, f);
}

/* As forums do: the first words are the title, the text is escaped HTML. */
static void
write_item(FILE *f, uint64_t k, int64_t at)
{
	struct made none = {0};
	struct made_post p;
	time_t t = (time_t)at;
	char date[40], *space;
	struct tm tm;

	made_post(&none, k, &p);
	gmtime_r(&t, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	fprintf(f,
	    "<item><guid isPermaLink=\"false\">%s</guid>"
	    "<link>https://forum.example/post/%s</link>"
	    "<dc:creator>%s</dc:creator><pubDate>%s</pubDate>"
	    "<description>&lt;p&gt;",
	    p.id, p.id, p.author, date);
	write_escaped(f, p.text);
	fputs("&lt;/p&gt;</description><title>", f);
	space = strlen(p.text) > 40 ? strchr(p.text + 40, ' ') : NULL;
	if (space != NULL)
		*space = '\0';
	write_escaped(f, p.text);
	fprintf(f, "%s</title></item>\n", space != NULL ? "..." : "");
}

/* With so many items more than at first; those of the first stay as is. */
static void
write_feed(const struct bench *b, int n_more)
{
	FILE *f = fopen(b->feed, "w");
	int k;

	if (f == NULL) {
		perror(b->feed);
		exit(1);
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\""
	      " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>"
	      "<title>Forum</title><link>https://forum.example/</link>"
	      "<description>All posts</description>\n",
	    f);
	for (k = b->n_items + n_more; k-- > 0;)
		write_item(f, (uint64_t)k, b->began_at - (b->n_items - k));
	fputs("</channel></rss>\n", f);
	fclose(f);
}

/* --- programs ---------------------------------------------------------- */

static void
run(const char *log, char *const argv[], struct used *used)
{
	double start = now_ms();
	struct rusage ru;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		dup2(fd, 1);
		dup2(fd, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (wait4(pid, &used->status, 0, &ru) < 0 && errno == EINTR)
		;
	used->wall_s = (now_ms() - start) / 1000;
	used->cpu_s = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	used->peak_kib = ru.ru_maxrss;
}

static bool
is_there(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = cq_strdup(path == NULL ? "/usr/bin" : path), *save = NULL;
	char *dir;
	bool found = false;

	for (dir = strtok_r(copy, ":", &save); dir != NULL && !found;
	     dir = strtok_r(NULL, ":", &save)) {
		char *whole = cq_format("%s/%s", dir, name);

		found = access(whole, X_OK) == 0;
		free(whole);
	}
	free(copy);
	return found;
}

static int
free_port(void)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) != 0) {
		perror("a port on this machine");
		exit(1);
	}
	close(fd);
	return ntohs(at.sin_port);
}

static bool
opens(int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool ok = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	return ok;
}

static void
write_config(const struct bench *b, const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	fprintf(f,
	    "%sdaemon off;\npid %s/pid;\nerror_log %s/error.log;\nevents {}\n"
	    "http {\naccess_log off;\nclient_body_temp_path %s;\n"
	    "proxy_temp_path %s;\nfastcgi_temp_path %s;\nuwsgi_temp_path %s;\n"
	    "scgi_temp_path %s;\ntypes { application/rss+xml xml; }\n"
	    "server { listen 127.0.0.1:%d; root %s/www; }\n}\n",
	    geteuid() == 0 ? "user root;\n" : "", b->dir, b->dir, b->dir,
	    b->dir, b->dir, b->dir, b->dir, b->port, b->dir);
	fclose(f);
}

static void
start_nginx(struct bench *b)
{
	const struct timespec pause = {.tv_nsec = 50 * 1000000L};
	char *config = cq_format("%s/nginx.conf", b->dir);
	int i;

	b->port = free_port();
	write_config(b, config);
	b->nginx = fork();
	if (b->nginx == 0) {
		execl(NGINX, NGINX, "-p", b->dir, "-c", config, "-e",
		    "error.log", (char *)NULL);
		_exit(127);
	}
	for (i = 0; i < 100 && !opens(b->port); i++)
		nanosleep(&pause, NULL);
	free(config);
}

static void
stop_nginx(struct bench *b)
{
	if (b->nginx <= 0)
		return;
	kill(b->nginx, SIGTERM);
	waitpid(b->nginx, NULL, 0);
}

/* --- what is measured -------------------------------------------------- */

static void
tell(const struct bench *b, const char *who, const struct used *used)
{
	if (used->status != 0) {
		printf("%-24s failed: see the log in %s\n", who, b->dir);
		return;
	}
	printf("%-24s %9.2f %9.2f %12.0f %9.1f\n", who, used->cpu_s,
	    used->wall_s, b->n_items / used->cpu_s,
	    (double)used->peak_kib / 1024);
	fflush(stdout);
}

static void
make_queue(const struct bench *b)
{
	char *queue = cq_format("%s/q.db", b->dir);
	char *url = cq_format("http://127.0.0.1:%d/feed.xml", b->port);
	char *log = cq_format("%s/init.log", b->dir);
	char *init[] = {(char *)b->caseq, "init", "--name", "bench", NULL};
	char *add[] = {(char *)b->caseq, "source", "add", "forum", url,
	    "--adapter", "feed", "--since", "30d", NULL};
	struct used used;

	setenv("CASEQ_QUEUE", queue, 1);
	run(log, init, &used);
	run(log, add, &used);
	if (used.status != 0) {
		fprintf(stderr, "bench_fetch: %s: no queue; see %s\n", b->caseq,
		    log);
		exit(1);
	}
	free(log);
	free(url);
	free(queue);
}

static void
fetch_with_caseq(const struct bench *b, struct used *used)
{
	char *log = cq_format("%s/caseq.log", b->dir);
	char *argv[] = {(char *)b->caseq, "fetch", "forum", NULL};

	run(log, argv, used);
	free(log);
}

/* What a fetch leaves for "caseq run" to do, so that the next is a fetch. */
static void
take_into_index(const struct bench *b)
{
	char *log = cq_format("%s/index.log", b->dir);
	char *argv[] = {(char *)b->caseq, "dedup", "index", NULL};
	struct used used;

	run(log, argv, &used);
	free(log);
}

static void
reload_with_newsboat(const struct bench *b, struct used *used)
{
	char *home = cq_format("%s/home", b->dir);
	char *urls = cq_format("%s/home/urls", b->dir);
	char *config = cq_format("%s/home/config", b->dir);
	char *cache = cq_format("%s/home/cache.db", b->dir);
	char *log = cq_format("%s/newsboat.log", b->dir);
	char *argv[] = {"newsboat", "-C", config, "-u", urls, "-c", cache, "-x",
	    "reload", NULL};
	FILE *f;

	mkdir(home, 0700);
	if ((f = fopen(urls, "w")) != NULL) {
		fprintf(f, "http://127.0.0.1:%d/feed.xml\n", b->port);
		fclose(f);
	}
	if ((f = fopen(config, "w")) != NULL)
		fclose(f);
	setenv("HOME", home, 1);
	run(log, argv, used);
	free(home);
	free(urls);
	free(config);
	free(cache);
	free(log);
}

static void
measure(struct bench *b)
{
	bool newsboat = is_there("newsboat");
	struct used ours = {0}, theirs = {0};
	int i;

	printf("%-24s %9s %9s %12s %9s\n", "", "CPU s", "wall s", "items/CPU s",
	    "peak MiB");
	make_queue(b);
	for (i = 0; i < 2; i++) {
		fetch_with_caseq(b, &ours);
		tell(b, i == 0 ? "caseq fetch" : "caseq fetch, again", &ours);
		if (newsboat) {
			reload_with_newsboat(b, &theirs);
			tell(b,
			    i == 0 ? "newsboat -x reload" : "newsboat, again",
			    &theirs);
			printf("%-24s %9.2f times newsboat's\n", "",
			    theirs.cpu_s / ours.cpu_s);
		}
		if (i > 0)
			break;
		take_into_index(b);
		sleep(1); /* Last-Modified counts in seconds */
		write_feed(b, N_MORE);
	}
	if (!newsboat)
		puts("newsboat is not installed: left out");
}

static void
find_caseq(struct bench *b, const char *self)
{
	char path[PATH_MAX];

	if (realpath(self, path) == NULL) {
		perror(self);
		exit(1);
	}
	snprintf(b->caseq, sizeof(b->caseq), "%.*s/caseq", PATH_MAX - 8,
	    dirname(dirname(dirname(path))));
	if (access(b->caseq, X_OK) != 0) {
		perror(b->caseq);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct bench b = {.n_items = 50000};
	char *www;
	struct stat st;
	bool keep = false;
	int i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], "--keep") == 0)
			keep = true;
		else if (strcmp(argv[i], "--items") == 0 && i + 1 < argc)
			b.n_items = atoi(argv[++i]);
		else
			return fputs("usage: bench_fetch [--items N] "
				     "[--keep]\n",
				   stderr),
			       2;
	if (access(NGINX, X_OK) != 0) {
		puts("bench_fetch: nginx is not installed: skipped");
		return 0;
	}
	find_caseq(&b, argv[0]);
	snprintf(b.dir, sizeof(b.dir), "/tmp/bench_fetch.XXXXXX");
	if (mkdtemp(b.dir) == NULL) {
		perror(b.dir);
		return 1;
	}
	www = cq_format("%s/www", b.dir);
	mkdir(www, 0755);
	snprintf(b.feed, sizeof(b.feed), "%s/feed.xml", www);
	b.began_at = time(NULL);
	write_feed(&b, 0);
	stat(b.feed, &st);
	start_nginx(&b);
	printf("a feed of %d items, %.1f MiB, from nginx on this machine\n",
	    b.n_items, (double)st.st_size / 1024 / 1024);
	measure(&b);
	stop_nginx(&b);
	if (!keep) {
		char *rm[] = {"rm", "-rf", b.dir, NULL};
		struct used used;

		run("/dev/null", rm, &used);
	} else {
		printf("kept: %s\n", b.dir);
	}
	free(www);
	return 0;
}
